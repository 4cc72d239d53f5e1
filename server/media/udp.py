"""The one UDP port of a worker: who sent this datagram, and what is it?

An address belongs to an endpoint only after an authenticated connectivity check from it. Everything else is
dropped without an answer, so the port amplifies nothing. Nothing raises out of the socket handler.
"""

import asyncio
import socket
from collections.abc import Callable

from server.media import clock, ice
from server.media.endpoint import Endpoint
from server.media.ice import Address

BURST = 64
_LARGEST = 2048
_BUFFER = 4 * 1024 * 1024


class UdpPort:
    """See the module."""

    def __init__(self, *, host: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        self._socket.setblocking(False)
        self._socket.bind((host, port))
        self.number: int = self._socket.getsockname()[1]
        self._expected: dict[str, Endpoint] = {}
        self._by_address: dict[Address, Endpoint] = {}
        self.received = self.sent = self.unknown = self.unsent = 0
        self.after_burst: Callable[[], None] = lambda: None

    def open(self) -> None:
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._on_readable)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._socket.fileno())
        self._socket.close()

    def expect(self, ufrag: str, endpoint: Endpoint) -> None:
        self._expected[ufrag] = endpoint
        known = {each.ufrag for each in endpoint.credentials}
        for old in [name for name, each in self._expected.items() if each is endpoint and name not in known]:
            del self._expected[old]

    def forget(self, endpoint: Endpoint) -> None:
        for each in endpoint.credentials:
            self._expected.pop(each.ufrag, None)
        for address in [address for address, each in self._by_address.items() if each is endpoint]:
            del self._by_address[address]

    def socket_for(self, address: Address) -> socket.socket:
        """Which socket reaches that address."""
        return self._socket

    def send(self, data: bytes | memoryview, address: Address) -> None:
        try:
            self._socket.sendto(data, address)
            self.sent += 1
        except OSError:  # full buffer or unreachable: a datagram may be lost
            self.unsent += 1

    def _on_readable(self) -> None:
        receive = self._socket.recvfrom
        now = clock.now()
        for _ in range(BURST):
            try:
                data, address = receive(_LARGEST)
            except OSError:  # nothing left, or the echo of an unreachable peer
                break
            self.received += 1
            self.on_datagram(data, address[:2], now)
        self.after_burst()

    def on_datagram(self, data: bytes, address: Address, now: float) -> None:
        """One datagram. Public for tests that throw rubbish at it."""
        if len(data) < 12:
            return
        first = data[0]
        if first < 4:
            self._on_stun(data, address, now)
            return
        endpoint = self._by_address.get(address)
        if endpoint is None:
            self.unknown += 1
        elif 128 <= first <= 191:
            endpoint.on_media(data, now)
        elif 20 <= first <= 63:
            endpoint.on_dtls(data)

    def _on_stun(self, data: bytes, address: Address, now: float) -> None:
        check = ice.check(data, address, self._password_of)
        if check is None:
            return
        endpoint = self._expected[check.ufrag]
        self.send(check.response, address)
        if self._by_address.get(address) is not endpoint:
            if len(endpoint.addresses) == endpoint.addresses.maxlen:
                oldest = endpoint.addresses[0]
                if self._by_address.get(oldest) is endpoint and oldest != endpoint.address:
                    del self._by_address[oldest]
            endpoint.addresses.append(address)
            self._by_address[address] = endpoint
        endpoint.checked(address, check.nominates, now)

    def _password_of(self, ufrag: str) -> str | None:
        endpoint = self._expected.get(ufrag)
        return endpoint.password_of(ufrag) if endpoint is not None else None
