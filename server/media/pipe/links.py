"""The links of one worker: whom it is linked with, and how they find each other.

Every worker listens in one folder of the machine, at a socket named after its epoch. Of two workers the one with the
smaller epoch dials. Packets are plain in there: the folder is open to one user only, and each side looks who the other
process belongs to.
"""

import asyncio
import logging
import os
import socket
import stat
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from server.media import clock
from server.media.pipe.frames import Hello, Word
from server.media.pipe.link import Link

log = logging.getLogger(__name__)

MAX_STRANGERS = 16
STRANGE_FOR = 3.0
"""Seconds in which the other side has to say who it is."""
DIAL_EVERY = 0.25
STALE_AFTER = 60.0
_BUFFER = 2_000_000
_PEER = struct.Struct("3i")


class Links:
    """See the module. `on_up` and `on_down` get the epoch of the other worker."""

    def __init__(
        self,
        *,
        epoch: str,
        on_up: Callable[[str, Link], None],
        on_down: Callable[[str, Link], None],
        on_word: Callable[[str, Word], None],
        after_burst: Callable[[], None],
    ) -> None:
        self.place = ""
        """Workers that say the same can be linked; empty: there is no pipe here."""
        self.epoch = epoch
        self._on_up, self._on_down, self._on_word = on_up, on_down, on_word
        self._after_burst = after_burst
        self._up: dict[str, Link] = {}
        self._names: dict[Link, str] = {}
        self._strangers: dict[Link, float] = {}
        self._wanted: frozenset[str] = frozenset()
        self._dialled_at = 0.0
        self._folder = -1
        self._listener: socket.socket | None = None

    def listen(self, folder: Path) -> None:
        """Be found in this folder. Where that cannot be, the worker works alone."""
        try:
            self._folder = _private(folder)
            self._sweep()
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._listener = listener
            listener.setblocking(False)
            listener.bind(self._path(self.epoch))
            listener.listen(MAX_STRANGERS)
            self.place = _place(self._folder)
        except (OSError, AttributeError) as error:
            log.warning("no pipe to other workers: %s", error)
            self.close()
            return
        asyncio.get_running_loop().add_reader(listener.fileno(), self._on_accept)

    def want(self, peers: frozenset[str]) -> None:
        """Be linked with these workers."""
        for peer in self._wanted - peers:
            # Whoever dialled hangs up.
            if self.epoch < peer and peer in self._up:
                self._up[peer].end()
        self._wanted = peers
        self._dialled_at = 0.0

    def adopt(self, sock: socket.socket) -> Link:
        """A connected socket: say who we are, and wait for the same."""
        for each in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            sock.setsockopt(socket.SOL_SOCKET, each, _BUFFER)
        link = Link(sock, on_word=self._heard, on_end=self._ended, after_burst=self._after_burst)
        self._strangers[link] = clock.now()
        link.say(Hello(epoch=self.epoch))
        return link

    def tick(self, now: float) -> None:
        """Every 50 ms."""
        for link, since in list(self._strangers.items()):
            if now - since > STRANGE_FOR:
                link.end()
        if self._folder < 0 or now - self._dialled_at < DIAL_EVERY:
            return
        self._dialled_at = now
        for peer in self._wanted:
            if self.epoch < peer and peer not in self._up:
                self._dial(peer)

    def close(self) -> None:
        for link in [*self._up.values(), *self._strangers]:
            link.end()
        if self._listener is not None:
            with suppress(RuntimeError):  # it may not have got that far
                asyncio.get_running_loop().remove_reader(self._listener.fileno())
            self._listener.close()
            self._listener = None
            with suppress(OSError):
                os.unlink(self.epoch, dir_fd=self._folder)
        if self._folder >= 0:
            os.close(self._folder)
            self._folder = -1
        self.place = ""

    # --- finding each other ---------------------------------------------------------------------------------------

    def _path(self, name: str) -> str:
        # The name of a socket has 108 bytes, that of a folder may be longer.
        return f"/proc/self/fd/{self._folder}/{name}"

    def _dial(self, peer: str) -> None:
        if len(self._strangers) >= MAX_STRANGERS:
            return
        made = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            made.setblocking(False)
            made.connect(self._path(peer))
        except OSError:  # not there yet, or not any more
            made.close()
            return
        self._meet(made)

    def _on_accept(self) -> None:
        assert self._listener is not None
        try:
            made, _ = self._listener.accept()
        except OSError:
            return
        if len(self._strangers) >= MAX_STRANGERS:
            made.close()
            return
        self._meet(made)

    def _meet(self, made: socket.socket) -> None:
        _, uid, _ = _PEER.unpack(made.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))
        if uid != os.geteuid():
            made.close()
            return
        self.adopt(made)

    def _sweep(self) -> None:
        """Workers that were killed have left their sockets."""
        for name in os.listdir(self._folder):
            with suppress(OSError):
                if time.time() - os.stat(name, dir_fd=self._folder).st_mtime < STALE_AFTER:
                    continue
                with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as trial:
                    trial.setblocking(False)
                    try:
                        trial.connect(self._path(name))
                    except ConnectionRefusedError:
                        os.unlink(name, dir_fd=self._folder)

    # --- what links tell ------------------------------------------------------------------------------------------

    def _heard(self, link: Link, word: Word) -> None:
        peer = self._names.get(link)
        if peer is not None:
            self._on_word(peer, word)
            return
        if not isinstance(word, Hello) or word.epoch == self.epoch:
            link.end()
            return
        before = self._up.get(word.epoch)
        if before is not None:
            before.end()
        del self._strangers[link]
        self._names[link] = word.epoch
        self._up[word.epoch] = link
        self._on_up(word.epoch, link)

    def _ended(self, link: Link) -> None:
        self._strangers.pop(link, None)
        peer = self._names.pop(link, None)
        if peer is not None and self._up.get(peer) is link:
            del self._up[peer]
            self._on_down(peer, link)


def _private(folder: Path) -> int:
    """The folder, made if need be; refused when it is somebody else's or open to others."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    found = os.fstat(opened)
    if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        os.close(opened)
        raise PermissionError(f"{folder} must belong to this user alone (mode 0700)")
    return opened


def _place(folder: int) -> str:
    """The same for all processes that see this folder on this machine, and for no other."""
    found = os.fstat(folder)
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}:{found.st_dev}:{found.st_ino}"
