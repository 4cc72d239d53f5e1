"""The addresses of this machine, as browsers in the same network can reach them, and ports that are free.

Nothing here asks another machine.
"""

import socket
from ipaddress import IPv4Address
from itertools import islice

import ifaddr

MOST = 4
"""More addresses than this (bridges of containers) would only make every media answer longer."""


def lan_addresses() -> list[str]:
    """The machine's own IPv4 addresses outside loopback, the one with the default route first."""
    found = {address.ip for adapter in ifaddr.get_adapters() for address in adapter.ips if isinstance(address.ip, str)}
    usable = sorted(ip for ip in found if not (IPv4Address(ip).is_loopback or IPv4Address(ip).is_link_local))
    first = _towards_the_world()
    return sorted(usable, key=lambda ip: ip != first)[:MOST]


def _towards_the_world() -> str | None:
    """The source address of a packet to the documentation network; connecting a UDP socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return str(probe.getsockname()[0])


def free_ports(count: int, *, after: int) -> list[int]:
    """The next TCP ports that nobody on this machine listens on.

    None from the kernel's ephemeral range: a client that keeps trying a dead server there may connect to itself.
    """
    free = (port for port in range(after + 1, 65_536) if is_free("127.0.0.1", port, socket.SOCK_STREAM))
    return list(islice(free, count))


def is_free(host: str, port: int, kind: socket.SocketKind) -> bool:
    """Whether a server could take this port now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            # As the server itself does: connections of the one before, still in TIME_WAIT, do not count.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
