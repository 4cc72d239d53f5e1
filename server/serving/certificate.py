"""A self-signed certificate, so that a phone in the same network may use its camera and microphone.

Browsers give devices to secure pages only. Kept in the data folder and made anew when the machine's addresses change
or it is about to expire. A real deployment has a real certificate in front of it.
"""

import os
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from server.core import clock

LIFE = timedelta(days=365)
RENEW_BEFORE = timedelta(days=30)


@dataclass(frozen=True)
class Certificate:
    """Where the certificate and its key lie."""

    certificate: Path
    key: Path


def certificate_for(*, folder: Path, names: list[str], addresses: list[str]) -> Certificate:
    """The certificate of these names and addresses, the one in the folder if it still serves."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = Certificate(folder / "certificate.pem", folder / "key.pem")
    wanted = _alternative_names(names, addresses)
    if not _still_serves(kept, wanted):
        _make(kept, wanted)
    return kept


def _alternative_names(names: list[str], addresses: list[str]) -> x509.SubjectAlternativeName:
    hosts = [x509.DNSName(name) for name in names]
    return x509.SubjectAlternativeName([*hosts, *(x509.IPAddress(ip_address(each)) for each in addresses)])


def _still_serves(kept: Certificate, wanted: x509.SubjectAlternativeName) -> bool:
    if not (kept.certificate.exists() and kept.key.exists()):
        return False
    present = x509.load_pem_x509_certificate(kept.certificate.read_bytes())
    names = present.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return names == wanted and present.not_valid_after_utc > clock.now() + RENEW_BEFORE


def _make(place: Certificate, names: x509.SubjectAlternativeName) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Gongshang, self-signed")])
    now = clock.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LIFE)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    handle = os.open(place.key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
    place.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
