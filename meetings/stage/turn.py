"""Ways round a firewall: which STUN and TURN servers a browser may use, and with which credentials. Pure.

The credentials are those of coturn's `use-auth-secret`: a name that says when it ends, and its HMAC under a secret that
the TURN server shares, so nobody has to be registered. The name carries a pseudonym, never a person: the TURN server's
log says that somebody used it, and its quota counts by it.
"""

import hmac
import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypedDict

LIFETIME = timedelta(hours=2)
"""For new allocations; one that exists goes on. Every `enter` brings fresh credentials."""
SHORTEST_SECRET = 16

_TURN = re.compile(r"(turns?):(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(?::\d{1,5})?(?:\?transport=(udp|tcp))?")
_STUN = re.compile(r"stuns?:(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(?::\d{1,5})?")


class Way(StrEnum):
    """How a browser reaches the TURN server."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


class IceServer(TypedDict, total=False):
    """As `RTCPeerConnection` wants it."""

    urls: list[str]
    username: str
    credential: str


class Misconfigured(ValueError):
    """An address that is none, or addresses without a secret."""


@dataclass(frozen=True)
class Relays:
    """The configured servers; none is a site whose networks let UDP through."""

    turn: tuple[str, ...] = ()
    stun: tuple[str, ...] = ()
    secret: str = ""

    @classmethod
    def of(cls, *, turn: Sequence[str], stun: Sequence[str], secret: str) -> "Relays":
        """As configured; raises Misconfigured with a sentence."""
        for url in turn:
            if not _TURN.fullmatch(url):
                raise Misconfigured(f"{url} is no TURN address (turn:host:3478?transport=udp, turns:host:443)")
        for url in stun:
            if not _STUN.fullmatch(url):
                raise Misconfigured(f"{url} is no STUN address (stun:host:3478)")
        if turn and len(secret) < SHORTEST_SECRET:
            raise Misconfigured(f"TURN needs a secret of at least {SHORTEST_SECRET} characters, the same as in coturn")
        return cls(turn=tuple(turn), stun=tuple(stun), secret=secret)

    def by(self, way: Way) -> "Relays":
        """Only the TURN servers that are reached this way."""
        return Relays(turn=tuple(url for url in self.turn if way_of(url) is way), secret=self.secret)

    @property
    def ways(self) -> list[Way]:
        """The ways that there are, the quickest first."""
        return [way for way in Way if any(way_of(url) is way for url in self.turn)]


def way_of(url: str) -> Way:
    """RFC 7065: `turns` is TLS whatever the transport says (nobody does DTLS), `turn` is UDP unless it says TCP."""
    if url.startswith("turns:"):
        return Way.TLS
    return Way.TCP if url.endswith("?transport=tcp") else Way.UDP


def ice_servers(relays: Relays, *, who: str, now: datetime, lifetime: timedelta = LIFETIME) -> list[IceServer]:
    """What `who` (an opaque id of ours) gets for the next `lifetime`."""
    servers: list[IceServer] = []
    if relays.stun:
        servers.append({"urls": list(relays.stun)})
    if relays.turn:
        username = f"{int((now + lifetime).timestamp())}:{pseudonym(relays.secret, who)}"
        password = hmac.digest(relays.secret.encode(), username.encode(), "sha1")
        servers.append(
            {"urls": list(relays.turn), "username": username, "credential": b64encode(password).decode("ascii")}
        )
    return servers


def pseudonym(secret: str, who: str) -> str:
    """The same for the same person, so that coturn's quota per user holds over many credentials; says nothing else."""
    return hmac.digest(secret.encode(), b"gongshang.turn.who:" + who.encode(), "sha256").hex()[:20]
