"""Debian's coturn with the configuration that we ship, the words in capitals replaced."""

import re
import socket
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from meetings.stage.turn import IceServer, Relays, Way, ice_servers
from tests.integration.media.media_harness import ROOT

SECRET = "a-secret-only-for-tests-0123456789"
TLS_PORT = 443


class Coturn:
    """A TURN server at `address` that relays to `media`."""

    def __init__(self, folder: Path, *, address: str, media: str) -> None:
        self.address = address
        self._folder = folder
        certificate, key = _self_signed(folder, address)
        words = {
            "LISTENING_ADDRESS": address,
            "MEDIA_ADDRESS": media,
            "CERTIFICATE_FILE": str(certificate),
            "KEY_FILE": str(key),
            "SECRET": SECRET,
            "REALM": "chengwan.example",
        }
        shipped = (ROOT / "deploy" / "coturn" / "turnserver.conf").read_text()
        settings = [row for row in shipped.splitlines() if row and not row.startswith("#")]
        filled = [re.sub(r"\b[A-Z]+(_[A-Z]+)*$", lambda found: words[found[0]], row) for row in settings]
        self._file = folder / "turnserver.conf"
        self._file.write_text("\n".join([*filled, f"pidfile={folder / 'pid'}", f"userdb={folder / 'db'}"]) + "\n")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(["turnserver", "-c", str(self._file)], stdout=log, stderr=log)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            assert self._process.poll() is None, self.log
            try:
                socket.create_connection((self.address, TLS_PORT), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError(f"coturn does not answer\n{self.log}")

    @property
    def log(self) -> str:
        return (self._folder / "log").read_text(errors="replace")

    def servers(self, *ways: Way, who: str = "li") -> list[IceServer]:
        """What our server would hand out for these ways."""
        urls = {
            Way.UDP: f"turn:{self.address}:3478?transport=udp",
            Way.TCP: f"turn:{self.address}:3478?transport=tcp",
            Way.TLS: f"turns:{self.address}:{TLS_PORT}?transport=tcp",
        }
        relays = Relays.of(turn=[urls[way] for way in ways], stun=[], secret=SECRET)
        return ice_servers(relays, who=who, now=datetime.now(UTC))

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)


def _self_signed(folder: Path, address: str) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    paths = folder / "turn.pem", folder / "turn.key"
    paths[0].write_bytes(certificate.public_bytes(pem))
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    paths[1].write_bytes(secret)
    return paths
