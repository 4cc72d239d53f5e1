"""/metrics for Prometheus: how busy the media workers are, in numbers without a name or an id of anybody.

Counters of endpoints end with them, and a counter must never fall: so what endpoints counted is added up here, per
worker, each time it is read. What an endpoint counts between the last reading and its leaving is not in the sums.
"""

import hmac
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from meetings.live import media_port
from meetings.stage.engine import Unavailable
from meetings.stage.gateway import Gateway
from meetings.stage.health import Stats
from server.core.errors import Code

KIND = "text/plain; version=0.0.4; charset=utf-8"

_HELP = {
    "media_up": ("gauge", "1 if a media worker answered."),
    "media_rooms": ("gauge", "Rooms on a worker."),
    "media_endpoints": ("gauge", "Endpoints on a worker."),
    "media_endpoints_connected": ("gauge", "Endpoints whose connection carries media."),
    "media_endpoints_poor": ("gauge", "Endpoints whose quality is poor."),
    "media_endpoints_audio_only": ("gauge", "Endpoints whose link carries sound alone."),
    "media_kbps_in": ("gauge", "Kilobits per second from all endpoints."),
    "media_kbps_out": ("gauge", "Kilobits per second to all endpoints."),
    "media_udp_received_total": ("counter", "Datagrams received by the socket."),
    "media_udp_sent_total": ("counter", "Datagrams sent by the socket."),
    "media_udp_unknown_total": ("counter", "Datagrams that belong to nobody."),
    "media_udp_unsent_total": ("counter", "Datagrams that the system did not take."),
    "media_pipe_links": ("gauge", "Other workers of its machine that a worker is linked with."),
    "media_pipe_sent_total": ("counter", "Datagrams to other workers."),
    "media_pipe_received_total": ("counter", "Datagrams from other workers."),
    "media_pipe_dropped_total": ("counter", "Packets that another worker was too slow for."),
    "media_packets_in_total": ("counter", "RTP packets from endpoints."),
    "media_octets_in_total": ("counter", "Bytes of RTP from endpoints."),
    "media_packets_out_total": ("counter", "RTP packets to endpoints."),
    "media_octets_out_total": ("counter", "Bytes of RTP payload to endpoints."),
    "media_retransmitted_total": ("counter", "Packets sent once more on request."),
    "media_nacks_in_total": ("counter", "Packets that viewers asked for again."),
    "media_nacks_out_total": ("counter", "Packets that we asked publishers for again."),
    "media_plis_in_total": ("counter", "Key frames that viewers asked for."),
    "media_plis_out_total": ("counter", "Key frames that we asked publishers for."),
    "media_lost_in_total": ("counter", "Packets from publishers that never came."),
    "media_refused_total": ("counter", "Packets that were refused."),
}

_NEVER_FALL = ("packets_in", "packets_out")
_PORT = ("received", "sent", "unknown", "unsent")
_PIPE = ("sent", "received", "dropped")


class Totals:
    """Sums that only grow, out of counters of endpoints that come and go."""

    def __init__(self) -> None:
        self._sums: dict[str, dict[str, int]] = {}
        self._last: dict[str, dict[tuple[str, str], dict[str, int]]] = {}

    def add(self, worker: str, stats: Stats) -> dict[str, int]:
        """The sums of a worker after this reading."""
        sums = self._sums.setdefault(worker, {})
        before = self._last.get(worker, {})
        now: dict[tuple[str, str], dict[str, int]] = {}
        for room, endpoints in stats.get("rooms", {}).items():
            for name, endpoint in endpoints.items():
                counted = now[room, name] = _counted(endpoint)
                known = before.get((room, name), {})
                if any(counted[key] < known.get(key, 0) for key in _NEVER_FALL):
                    known = {}  # a new connection, which began at nothing
                for key, value in counted.items():
                    # What was lost may come after all.
                    counted[key] = highest = max(value, known.get(key, 0))
                    sums[key] = sums.get(key, 0) + highest - known.get(key, 0)
        self._last[worker] = now
        return sums


def _counted(endpoint: Mapping[str, Any]) -> dict[str, int]:
    downs = endpoint.get("down", {}).values()
    return {
        "packets_in": endpoint.get("packets_in", 0),
        "octets_in": endpoint.get("octets_in", 0),
        "refused": endpoint.get("refused", 0),
        "nacks_in": endpoint.get("nacks_in", 0),
        "nacks_out": endpoint.get("nacks_out", 0),
        "plis_out": endpoint.get("plis_out", 0),
        "lost_in": endpoint.get("lost_in", 0),
        "packets_out": sum(down.get("packets", 0) for down in downs),
        "octets_out": sum(down.get("octets", 0) for down in downs),
        "retransmitted": sum(down.get("resent", 0) for down in downs),
        "plis_in": sum(down.get("key_requests", 0) for down in downs),
    }


def exposition(workers: Mapping[str, Stats], totals: Totals) -> str:
    """The text format of Prometheus; workers are told apart by number, in the order of their names."""
    samples: dict[str, list[tuple[int, int]]] = {name: [] for name in _HELP}
    for number, (worker, stats) in enumerate(sorted(workers.items())):
        for name, value in _samples(stats, totals.add(worker, stats)):
            samples[name].append((number, value))
    lines = []
    for name, (kind, text) in _HELP.items():
        lines += [f"# HELP gongshang_{name} {text}", f"# TYPE gongshang_{name} {kind}"]
        if name == "media_up":
            lines.append(f"gongshang_{name} {int(bool(workers))}")
        lines += [f'gongshang_{name}{{worker="{number}"}} {value}' for number, value in samples[name]]
    return "\n".join(lines) + "\n"


def _samples(stats: Stats, sums: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    rooms = stats.get("rooms", {})
    endpoints = [endpoint for room in rooms.values() for endpoint in room.values()]
    yield "media_rooms", len(rooms)
    yield "media_endpoints", len(endpoints)
    yield "media_endpoints_connected", sum(bool(each.get("connected")) for each in endpoints)
    yield "media_endpoints_poor", sum(each.get("level") == "poor" for each in endpoints)
    yield "media_endpoints_audio_only", sum(bool(each.get("audio_only")) for each in endpoints)
    for way in ("in", "out"):
        yield f"media_kbps_{way}", sum(each.get(f"kbps_{way}") or 0 for each in endpoints)
    for name in _PORT:
        yield f"media_udp_{name}_total", stats.get("port", {}).get(name, 0)
    pipe = stats.get("pipe", {})
    yield "media_pipe_links", pipe.get("links", 0)
    for name in _PIPE:
        yield f"media_pipe_{name}_total", pipe.get(name, 0)
    for name, value in sums.items():
        yield f"media_{name}_total", value


_totals = Totals()


async def page(request: HttpRequest) -> HttpResponse:
    """What Prometheus reads. A stranger reads nothing."""
    if not may_read(request):
        return JsonResponse({"code": Code.NOT_ALLOWED, "facts": {}}, status=403)
    port = media_port.port()
    workers: Mapping[str, Stats] = {}
    if isinstance(port, Gateway):
        try:
            workers = await port.health.workers()
        except Unavailable:
            workers = {}
    return HttpResponse(exposition(workers, _totals), content_type=KIND)


def may_read(request: HttpRequest) -> bool:
    """With a token whoever has it; without one only this machine itself, and nobody for whom a proxy here speaks."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    forwarded = ("X-Forwarded-For", "X-Real-Ip", "Forwarded", "Via")
    if any(name in request.headers for name in forwarded):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR") or "").is_loopback
    except ValueError:
        return False
