"""The certificate for telephones in the same network."""

import ssl
import stat
from datetime import timedelta
from pathlib import Path

from cryptography import x509

from server.core import clock
from server.serving.certificate import RENEW_BEFORE, certificate_for


def test_it_names_the_machine_and_its_addresses(tmp_path: Path) -> None:
    made = certificate_for(folder=tmp_path, names=["localhost"], addresses=["127.0.0.1", "192.0.2.7"])

    names = x509.load_pem_x509_certificate(made.certificate.read_bytes()).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert names.value.get_values_for_type(x509.DNSName) == ["localhost"]
    assert [str(each) for each in names.value.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "192.0.2.7"]
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(made.certificate, made.key)


def test_nobody_else_reads_the_key(tmp_path: Path) -> None:
    made = certificate_for(folder=tmp_path, names=["localhost"], addresses=[])

    assert stat.S_IMODE(made.key.stat().st_mode) == 0o600


def test_it_is_kept_as_long_as_it_serves(tmp_path: Path) -> None:
    first = certificate_for(folder=tmp_path, names=["localhost"], addresses=["192.0.2.7"]).certificate.read_bytes()

    again = certificate_for(folder=tmp_path, names=["localhost"], addresses=["192.0.2.7"]).certificate.read_bytes()
    moved = certificate_for(folder=tmp_path, names=["localhost"], addresses=["192.0.2.8"]).certificate.read_bytes()

    assert again == first
    assert moved != first


def test_it_lives_long_enough_to_be_worth_trusting_once(tmp_path: Path) -> None:
    made = certificate_for(folder=tmp_path, names=["localhost"], addresses=[])

    ends = x509.load_pem_x509_certificate(made.certificate.read_bytes()).not_valid_after_utc
    assert ends > clock.now() + RENEW_BEFORE + timedelta(days=30)
