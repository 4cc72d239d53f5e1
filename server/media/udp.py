"""The one UDP port of a worker: who sent this datagram, and what is it?

An address belongs to an endpoint only after an authenticated connectivity check from it. Everything else is
dropped without an answer, so the port amplifies nothing. Nothing raises out of the socket handler.

The port has one number and a socket for each of the machine's addresses. A socket bound to everywhere answers from the
address that the routing table likes, which on a machine with two networks is often not the one the peer asked; so
whoever asks at an address for the first time makes us bind a socket there, and is answered from it. Sending stays one
plain `sendto`, and IPv4 and IPv6 have sockets of their own: no address is ever seen in its mapped form.
"""

import asyncio
import errno
import socket
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Protocol

from server.media import clock, ice
from server.media.ice import Address, Credentials

BURST = 64
MAX_HOMES = 32
"""More addresses than this are answered as the routing table likes."""
WILDCARDS = ("0.0.0.0", "::")  # noqa: S104 - media is public
EVERYWHERE = ",".join(WILDCARDS)
_LARGEST = 2048
_BUFFER = 4 * 1024 * 1024
_TRIES = 20
_IP_PKTINFO = 8  # linux/in.h; Python 3.11 has no name for it


class Expected(Protocol):
    """Somebody who may show up, as the port sees them."""

    credentials: deque[Credentials]
    addresses: deque[Address]

    @property
    def address(self) -> Address | None:
        """Where it is now."""

    def password_of(self, ufrag: str) -> str | None: ...

    def checked(self, address: Address, nominated: bool, now: float) -> None: ...

    def on_dtls(self, data: bytes) -> None: ...

    def on_media(self, data: bytes, now: float) -> None: ...


class UdpPort:
    """`host` is one address or several, separated by commas: all of them get the same port number."""

    def __init__(self, *, host: str, port: int) -> None:
        self._wide: list[socket.socket] = []  # bound to everywhere
        self._homes: dict[str, socket.socket] = {}  # bound to one address
        self._loop: asyncio.AbstractEventLoop | None = None
        self._take([each.strip() for each in host.split(",") if each.strip()], port)
        self._first = next(iter([*self._homes.values(), *self._wide]))
        self.hosts = list(self._homes)
        self.number: int = self._first.getsockname()[1]
        self._expected: dict[str, Expected] = {}
        self._by_address: dict[Address, Expected] = {}
        self._ways: dict[Address, socket.socket] = {}
        self.received = self.sent = self.unknown = self.unsent = 0
        self.after_burst: Callable[[], None] = lambda: None

    def open(self) -> None:
        self._loop = asyncio.get_running_loop()
        for each in self._wide:
            self._loop.add_reader(each.fileno(), partial(self._on_readable_anywhere, each))
        for each in self._homes.values():
            self._loop.add_reader(each.fileno(), partial(self._on_readable, each))

    def close(self) -> None:
        for each in [*self._wide, *self._homes.values()]:
            if self._loop is not None:
                self._loop.remove_reader(each.fileno())
            each.close()
        self._wide.clear()
        self._homes.clear()

    def expect(self, ufrag: str, endpoint: Expected) -> None:
        self._expected[ufrag] = endpoint
        known = {each.ufrag for each in endpoint.credentials}
        for old in [name for name, each in self._expected.items() if each is endpoint and name not in known]:
            del self._expected[old]

    def forget(self, endpoint: Expected) -> None:
        for each in endpoint.credentials:
            self._expected.pop(each.ufrag, None)
        for address in [address for address, each in self._by_address.items() if each is endpoint]:
            del self._by_address[address]
            del self._ways[address]

    @property
    def expected(self) -> int:
        """How many credentials are good."""
        return len(self._expected)

    @property
    def addresses(self) -> int:
        """How many addresses belong to somebody."""
        return len(self._by_address)

    def socket_for(self, address: Address) -> socket.socket:
        """Which socket reaches that address: the one at the address of ours that it has asked last."""
        return self._ways.get(address, self._first)

    # --- sockets --------------------------------------------------------------------------------------------------

    def _take(self, hosts: list[str], port: int) -> None:
        """Bind all hosts to one number. With port 0 a number that is free on the first may be taken on the next."""
        for trial in range(_TRIES):
            number = port
            try:
                for host in hosts:
                    number = self._bind_first(host, number, optional=host == "::" and len(hosts) > 1)
                return
            except OSError as error:
                self.close()
                if port or error.errno != errno.EADDRINUSE or trial == _TRIES - 1:
                    raise

    def _bind_first(self, host: str, number: int, *, optional: bool) -> int:
        try:
            bound = _bind(host, number)
        except OSError as error:
            if optional and error.errno in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL):
                return number  # a machine without IPv6
            raise
        if host in WILDCARDS:
            self._wide.append(bound)
        else:
            self._homes[host] = bound
        return int(bound.getsockname()[1])

    def _home(self, wide: socket.socket, local: str) -> socket.socket:
        """The socket bound to this address of ours; bound now if it is the first time that somebody asks there."""
        home = self._homes.get(local)
        if home is not None or not local:
            return home or wide
        if len(self._homes) >= MAX_HOMES or self._loop is None:
            return wide
        try:
            home = _bind(local, self.number, beside=wide)
        except OSError:
            return wide
        self._homes[local] = home
        self._loop.add_reader(home.fileno(), partial(self._on_readable, home))
        return home

    # --- in -------------------------------------------------------------------------------------------------------

    def _on_readable(self, home: socket.socket) -> None:
        receive = home.recvfrom
        now = clock.now()
        for _ in range(BURST):
            try:
                data, address = receive(_LARGEST)
            except OSError:  # nothing left, or the echo of an unreachable peer
                break
            self.received += 1
            self.on_datagram(data, address[:2], now, home)
        self.after_burst()

    def _on_readable_anywhere(self, wide: socket.socket) -> None:
        now = clock.now()
        for _ in range(BURST):
            try:
                data, extra, _, address = wide.recvmsg(_LARGEST, 128)
            except OSError:
                break
            self.received += 1
            self.on_datagram(data, address[:2], now, self._home(wide, _local(extra)))
        self.after_burst()

    def on_datagram(self, data: bytes, address: Address, now: float, home: socket.socket | None = None) -> None:
        """One datagram. Public for tests that throw rubbish at it."""
        if len(data) < 12:
            return
        first = data[0]
        if first < 4:
            self._on_stun(data, address, now, home or self._first)
            return
        endpoint = self._by_address.get(address)
        if endpoint is None:
            self.unknown += 1
        elif 128 <= first <= 191:
            endpoint.on_media(data, now)
        elif 20 <= first <= 63:
            endpoint.on_dtls(data)

    def _on_stun(self, data: bytes, address: Address, now: float, home: socket.socket) -> None:
        check = ice.check(data, address, self._password_of)
        if check is None:
            return
        endpoint = self._expected[check.ufrag]
        if self._by_address.get(address) is not endpoint:
            self._admit(address, endpoint)
            self._ways[address] = home
        elif check.nominates:
            # The same peer at another of our addresses: the pair it has chosen counts.
            self._ways[address] = home
        self._answer(check.response, address, home)
        endpoint.checked(address, check.nominates, now)

    def _answer(self, response: bytes, address: Address, home: socket.socket) -> None:
        """To where the request came from, from where it went to."""
        try:
            home.sendto(response, address)
            self.sent += 1
        except OSError:  # full buffer or unreachable: a datagram may be lost
            self.unsent += 1

    def _admit(self, address: Address, endpoint: Expected) -> None:
        """Believe that this address is this endpoint's; it has a bounded number of them."""
        known = endpoint.addresses
        if address not in known:
            if len(known) == known.maxlen:
                if known[0] == endpoint.address:
                    known.rotate(-1)
                oldest = known.popleft()
                if self._by_address.get(oldest) is endpoint:
                    del self._by_address[oldest]
                    del self._ways[oldest]
            known.append(address)
        self._by_address[address] = endpoint

    def _password_of(self, ufrag: str) -> str | None:
        endpoint = self._expected.get(ufrag)
        return endpoint.password_of(ufrag) if endpoint is not None else None


def _bind(host: str, number: int, *, beside: socket.socket | None = None) -> socket.socket:
    """A socket bound to this address. `beside` lends the number that it holds everywhere, for this moment only:
    another process must find the number taken."""
    six = ":" in host
    made = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        if six:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if host in WILDCARDS:
            level, option = (socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO) if six else (socket.IPPROTO_IP, _IP_PKTINFO)
            made.setsockopt(level, option, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        made.setblocking(False)
        shared = [made, beside] if beside is not None else []
        for each in shared:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind((host, number))
        finally:
            for each in shared:
                each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
    except OSError:
        made.close()
        raise
    return made


def _local(extra: list[tuple[int, int, bytes]]) -> str:
    """The address of ours that a datagram was sent to, from what the kernel says beside it; empty if it does not."""
    for level, kind, data in extra:
        if level == socket.IPPROTO_IP and kind == _IP_PKTINFO and len(data) >= 12:
            # Not the destination, which may be a broadcast, but the address to answer from.
            return socket.inet_ntop(socket.AF_INET, data[4:8])
        if level == socket.IPPROTO_IPV6 and kind == socket.IPV6_PKTINFO and len(data) >= 16:
            return socket.inet_ntop(socket.AF_INET6, data[:16])
    return ""
