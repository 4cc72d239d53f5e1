"""Addresses as the kernel reads them."""

import socket
import struct

from server.media.ice import Address


def socket_address(address: Address, family: int) -> bytes:
    """`struct sockaddr_in` or `sockaddr_in6` of an address, for a socket of that family."""
    host, port = address
    if family == socket.AF_INET:
        return struct.pack("=H", family) + struct.pack("!H", port) + socket.inet_pton(family, host) + bytes(8)
    mapped = host if ":" in host else f"::ffff:{host}"
    return struct.pack("=H", family) + struct.pack("!HI", port, 0) + socket.inet_pton(family, mapped) + bytes(4)
