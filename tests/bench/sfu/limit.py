"""The bare limit: protect each packet for everybody and send it; no ICE, no DTLS, no RTCP, no state, nothing else.

The process (`python -m tests.bench.sfu.limit`) is told on its first line who wants packets; what comes in is plain RTP.
"""

import json
import select
import socket
import sys
from collections.abc import Sequence
from typing import Any

from pylibsrtp import Policy, Session, _binding

from server.media.seam import Srtp
from tests.bench.sfu.load import Load, Publisher
from tests.bench.sfu.mmsg import Inbox, Outbox
from tests.bench.sfu.peer import make_room
from tests.bench.sfu.picture import Sound
from tests.bench.sfu.processes import Process

_ffi, _lib = _binding.ffi, _binding.lib
_PROFILE = Policy.SRTP_PROFILE_AEAD_AES_256_GCM
_KEY = bytes(range(44))
_TAG = 16
_AT_ONCE = 64


def session(direction: int) -> Session:
    return Session(Policy(key=_KEY, ssrc_type=direction, srtp_profile=_PROFILE))


class Limit:
    """See the module, and `Server` in `servers.py`."""

    name = "limit"

    def __init__(self, load: Load) -> None:
        self._load = load
        self._process = Process([sys.executable, "-m", "tests.bench.sfu.limit"])
        self.processes = [self._process]

    async def start(self) -> None:
        return

    async def publish(self, *, sound: bool) -> Publisher:
        return self._load.publisher(sound=Sound(with_level=False) if sound else None)

    async def subscribe(self, *, watches: bool) -> None:
        peer = self._load.subscriber(watches=watches).peer
        srtp = Srtp(session(Policy.SSRC_ANY_INBOUND), session(Policy.SSRC_ANY_OUTBOUND))
        peer.meet(peer.address, srtp, "SRTP_AEAD_AES_256_GCM")

    async def ready(self) -> None:
        """Everybody is here: let the process begin."""
        targets = [each.peer.address for each in self._load.subscribers]
        self._process.tell(json.dumps({"host": self._load.host, "targets": targets}).encode())
        port = json.loads(self._process.says())["port"]
        for publisher in self._load.publishers:
            publisher.peer.meet((self._load.host, port), None)

    async def stop(self) -> None:
        self._process.stop()


def reflect(sock: socket.socket, targets: Sequence[tuple[str, int]]) -> None:
    """For ever."""
    sessions = [session(Policy.SSRC_ANY_OUTBOUND) for _ in targets]
    contexts: list[Any] = [each._srtp[0] for each in sessions]
    outbox = Outbox(targets)
    inbox = Inbox(64)
    places = [outbox.place(place) for place in range(len(targets))]
    length = _ffi.new("int *")
    protect = _lib.srtp_protect
    descriptor = sock.fileno()
    prepared = 0
    while True:
        select.select([sock], [], [])
        for arrived in range(inbox.read(descriptor)):
            plain = inbox.datagram(arrived)
            size = len(plain)
            if size != prepared:
                outbox.lengths(size + _TAG)
                prepared = size
            outbox.fill(plain)
            for first in range(0, len(places), _AT_ONCE):
                behind = min(first + _AT_ONCE, len(places))
                for place in range(first, behind):
                    length[0] = size
                    protect(contexts[place], places[place], length)
                outbox.send(descriptor, first, behind)


def main() -> None:
    told = json.loads(sys.stdin.readline())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        make_room(sock, 4 * 1024 * 1024)
        sock.bind((told["host"], 0))
        print(json.dumps({"port": sock.getsockname()[1]}), flush=True)
        reflect(sock, [(host, port) for host, port in told["targets"]])


if __name__ == "__main__":
    main()
