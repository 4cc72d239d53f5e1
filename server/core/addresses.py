"""Where a request comes from, as far as that can be known.

A proxy of ours (`GONGSHANG_TRUSTED_PROXIES`) says whom it speaks for; what others write into that header is ignored.
"""

from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The client's address. An IPv6 network of 64 bits is one: a household or a phone changes within it at will."""
    said = request.headers.get("X-Forwarded-For", "").split(",") if settings.TRUSTED_PROXIES else []
    nearest = [request.META.get("REMOTE_ADDR") or "", *(part.strip() for part in reversed(said))]
    first = next((each for each in nearest if each not in settings.TRUSTED_PROXIES), nearest[0])
    return _network(first) or _network(nearest[0]) or "unknown"


def _network(text: str) -> str | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address)
