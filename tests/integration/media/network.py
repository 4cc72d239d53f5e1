"""A second network beside ours, joined by a cable, and rules for what its firewall lets through. Needs root.

The tests run in a network namespace of their own already (`bin/isolated`); here another one is opened from inside it.
"""

import ctypes
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


class Elsewhere:
    """The other side of a cable: `here` are our addresses on it, `there` theirs, the first one with the route back."""

    def __init__(self, *, here: list[str], there: list[str]) -> None:
        if os.geteuid():
            pytest.skip("a network of its own is root's to make")
        self.here, self.there = here, there
        # Only that it lives keeps the namespace; when it ends, the cable and all rules are gone.
        self._keeper = subprocess.Popen(
            ["unshare", "--net", "sh", "-c", "echo up; exec sleep infinity"], stdout=subprocess.PIPE, text=True
        )
        assert self._keeper.stdout is not None
        self._keeper.stdout.readline()
        self.door = f"/proc/{self._keeper.pid}/ns/net"
        self.near, self.far = f"near{self._keeper.pid}", f"far{self._keeper.pid}"
        run("ip", "link", "add", self.near, "type", "veth", "peer", "name", self.far, "netns", str(self._keeper.pid))
        self._dress([], self.near, here)
        self._dress(self.inside(), self.far, there)

    def _dress(self, prefix: list[str], link: str, addresses: list[str]) -> None:
        for address in addresses:
            # nodad: an IPv6 address is of use at once.
            six = ["nodad"] if ":" in address else []
            run(*prefix, "ip", "address", "add", f"{address}/{64 if six else 24}", "dev", link, *six)
        run(*prefix, "ip", "link", "set", link, "up")
        run(*prefix, "ip", "link", "set", "lo", "up")

    def inside(self, *command: str) -> list[str]:
        """The command, as it runs over there."""
        return ["nsenter", f"--net={self.door}", *command]

    def firewall(self, *rules: str) -> None:
        """Rules for what leaves there, in nft's words: `udp dport 1-65535 drop`."""
        run(*self.inside("nft", "flush", "ruleset"))
        run(*self.inside("nft", "add table inet way"))
        run(*self.inside("nft", "add chain inet way out { type filter hook output priority 0; }"))
        for rule in rules:
            run(*self.inside("nft", f"add rule inet way out {rule}"))

    @contextmanager
    def visit(self) -> Iterator[None]:
        """Sockets opened within live over there."""
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        other = os.open(self.door, os.O_RDONLY)
        try:
            _enter(other)
            yield
        finally:
            _enter(home)
            os.close(home)
            os.close(other)

    def plug(self, host: str, *, port: int = 0) -> socket.socket:
        """A UDP socket over there."""
        with self.visit():
            made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
            made.bind((host, port))
        made.setblocking(False)
        return made

    def close(self) -> None:
        self._keeper.kill()
        self._keeper.wait(5)
        assert self._keeper.stdout is not None
        self._keeper.stdout.close()


def _enter(handle: int) -> None:
    if _libc.setns(handle, _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def run(*command: str) -> str:
    """What it said; that it cannot be done is the test's failure."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
    return done.stdout
