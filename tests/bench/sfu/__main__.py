"""The run: each shape, each server in turn, one line of JSON for each measurement, then the summary.

Every measurement has a fresh server and a fresh crowd. The shape of the summary is measured three times, in turn, and
the median counts. A measurement in which not everything arrived is printed as invalid and does not count. `behind_s` is
how long after the last packet was sent the last one came; `others` is what the rest of the machine took meanwhile, in
cores: with much of it the figures are worth little.

`QUICK=1` takes the shape of the summary alone, once and shortly, and only what the summary needs. `LIVEKIT=1` builds
LiveKit's server when it is not there yet. `SPREAD=600` measures nothing but one room of so many over two workers, which
share the core of the servers here: what the pipe costs is the difference to one worker.
"""

import asyncio
import json
import os
import signal
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import ifaddr

from tests.bench.sfu import janus, livekit
from tests.bench.sfu.janus import Janus
from tests.bench.sfu.limit import Limit
from tests.bench.sfu.livekit import LiveKit
from tests.bench.sfu.load import WATCHERS, Load
from tests.bench.sfu.ours import Ours, backends
from tests.bench.sfu.processes import LOAD_CORE, busy_seconds, first_in_line, pin
from tests.bench.sfu.servers import Server, Unavailable

QUICK = os.environ.get("QUICK") == "1"
SPREAD = int(os.environ.get("SPREAD") or 0)
BUILD = os.environ.get("LIVEKIT") == "1"
SECONDS = 3.0 if QUICK else 8.0
IDLE_S = 1.0
"""Everybody is there and nobody sends."""
JOINING_AT_ONCE = 10
FEWEST, MOST = 0.9995, 1.02
"""A measurement in which less was delivered is invalid; LiveKit adds a little padding."""

Make = Callable[[Load], Server]
Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Shape:
    publishers: int
    subscribers: int
    rounds: int = 1

    @property
    def name(self) -> str:
        return f"{self.publishers}x{self.subscribers}"

    @property
    def voices(self) -> int:
        """Nobody hears more than three, so the others are silent, at all servers alike."""
        return min(3, self.publishers)


ONE_TO_200 = Shape(publishers=1, subscribers=200, rounds=1 if QUICK else 3)
SHAPES = (
    Shape(publishers=1, subscribers=10),
    Shape(publishers=1, subscribers=50),
    ONE_TO_200,
    Shape(publishers=1, subscribers=400),
    Shape(publishers=5, subscribers=40),
)
LARGEST = 600
"""Subscribers of one room over two workers: only ours."""


def say(**line: Any) -> None:
    print(json.dumps({"bench": "sfu", **line}, ensure_ascii=False), flush=True)


def address() -> str:
    """An address of this machine that is not loopback: Janus leaves loopback out."""
    found = [ip.ip for each in ifaddr.get_adapters() for ip in each.ips if isinstance(ip.ip, str)]
    return next((ip for ip in found if not ip.startswith("127.")), "127.0.0.1")


def servers() -> list[Make]:
    """What can be had here, from the bare limit to ours."""
    makes: list[Make] = [Limit]
    try:
        janus.library()
        if not QUICK:
            makes.append(Janus)
        makes.append(partial(Janus, event_loops=1))
    except Unavailable as why:
        say(server="janus", unavailable=str(why))
    try:
        if QUICK:
            raise Unavailable("QUICK=1 leaves it out")
        if BUILD and not livekit.built():
            say(server="livekit", building=livekit.MODULE)
        livekit.binary(build=BUILD)
        makes.append(LiveKit)
    except Unavailable as why:
        say(server="livekit", unavailable=str(why))
    return makes + [partial(Ours, backend=name) for name in backends()]


async def measure(make: Make, shape: Shape) -> Row:
    load = Load(address())
    server: Server | None = None
    try:
        load.start()
        server = make(load)
        await server.start()
        for place in range(shape.publishers):
            await server.publish(sound=place < shape.voices)
        joining = await join_all(server, shape.subscribers)
        await server.ready()
        idle = cpu(server)
        await asyncio.sleep(IDLE_S)
        idle = cpu(server) - idle
        load.send()
        await load.until_all_comes()
        await load.pause()
        before, busy_before, own_before = cpu(server), busy_seconds(), time.process_time()
        window = await load.measure(SECONDS)
        spent = cpu(server) - before
        others = busy_seconds() - busy_before - spent - (time.process_time() - own_before)
        delivered = window.received / window.expected
        return {
            "shape": shape.name,
            "server": server.name,
            "valid": FEWEST <= delivered <= MOST and not window.broken,
            "delivered": round(delivered, 5),
            "cpu_ms_per_1000": round(1e6 * spent / max(1, window.received), 2),
            "of_a_core": round(spent / window.seconds, 3),
            "pps": round(window.received / window.seconds),
            "p50_us": quantile(window.took, 0.50),
            "p99_us": quantile(window.took, 0.99),
            "idle_of_a_core": round(idle / IDLE_S, 3),
            "join_cpu_ms": round(1000 * joining / shape.subscribers, 2),
            "rss_mb": round(sum(each.resident_mb() for each in server.processes), 1),
            "threads": sum(each.threads() for each in server.processes),
            "srtp": load.subscribers[0].peer.profile,
            "holes": window.holes,
            "broken": window.broken,
            "late_beats": window.late,
            "behind_s": round(window.seconds - SECONDS, 2),
            "others": round(max(0.0, others) / window.seconds, 2),
        }
    except Unavailable as why:
        return {"shape": shape.name, "server": server.name if server else "?", "unavailable": str(why)}
    except (TimeoutError, ConnectionError, RuntimeError) as error:
        return {"shape": shape.name, "server": server.name if server else "?", "valid": False, "error": repr(error)}
    finally:
        await load.stop()
        if server is not None:
            await server.stop()


async def join_all(server: Server, people: int) -> float:
    """Let the subscribers in, some at a time; the server's CPU seconds."""
    watching = {place * (people - 1) // (WATCHERS - 1) for place in range(WATCHERS)}
    before = cpu(server)
    for first in range(0, people, JOINING_AT_ONCE):
        behind = min(first + JOINING_AT_ONCE, people)
        await asyncio.gather(*(server.subscribe(watches=place in watching) for place in range(first, behind)))
    return cpu(server) - before


def cpu(server: Server) -> float:
    return sum(process.cpu_seconds() for process in server.processes)


def quantile(took: Sequence[int], share: float) -> int:
    """In microseconds, of sorted nanoseconds."""
    return took[min(len(took) - 1, int(len(took) * share))] // 1000 if took else 0


def middle(rows: Sequence[Row], server: str, field: str) -> float | None:
    """The median of a server's valid measurements."""
    values = [row[field] for row in rows if row["server"] == server and row.get("valid")]
    return statistics.median(values) if values else None


def ratio(above: float | None, below: float | None) -> float | None:
    return round(above / below, 3) if above and below else None


def comparison(rows: Sequence[Row]) -> Row:
    """CPU per packet of each server, and how it stands to Janus at its best and to the bare limit."""
    table: Row = {}
    for server in dict.fromkeys(row["server"] for row in rows):
        own = middle(rows, server, "cpu_ms_per_1000")
        table[server] = {
            "cpu_ms_per_1000": own,
            "to_janus": ratio(own, middle(rows, "janus event_loops=1", "cpu_ms_per_1000")),
            "to_limit": ratio(own, middle(rows, "limit", "cpu_ms_per_1000")),
        }
    return table


def summary(rows: Sequence[Row]) -> Row:
    """Of the shape 1x200. The default backend is the one that needs no compiler, the helper the compiled one."""
    best, default, helper = "janus event_loops=1", "ours cffi", "ours native"
    if middle(rows, default, "pps") is None:
        default = "ours python"

    def to(server: str, other: str, field: str = "cpu_ms_per_1000") -> float | None:
        return ratio(middle(rows, server, field), middle(rows, other, field))

    return {
        "default_backend": default,
        "ratio_to_janus_default_backend_n200": to(default, best),
        "ratio_to_janus_helper_n200": to(helper, best),
        "ratio_to_livekit_default_backend_n200": to(default, "livekit"),
        "ratio_to_limit_n200": to(default, "limit"),
        "ratio_to_limit_helper_n200": to(helper, "limit"),
        "p99_ratio_to_janus_n200": to(default, best, "p99_us"),
        "p99_ratio_to_janus_helper_n200": to(helper, best, "p99_us"),
        "join_cpu_ms": middle(rows, default, "join_cpu_ms"),
        "join_cpu_ms_janus": middle(rows, best, "join_cpu_ms"),
    }


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that servers are stopped too
    makes = [] if SPREAD else servers()
    pin(LOAD_CORE)
    with first_in_line():
        last = spread(SPREAD) if SPREAD else run(makes)
    print(json.dumps({"bench": "sfu", "summary": last}))


def run(makes: Sequence[Make]) -> Row:
    last: Row = {}
    for shape in (ONE_TO_200,) if QUICK else SHAPES:
        rows: list[Row] = []
        for _ in range(shape.rounds):
            for make in makes:
                rows.append(asyncio.run(measure(make, shape)))
                say(**rows[-1])
        say(shape=shape.name, compared=comparison(rows))
        if shape is ONE_TO_200:
            last = summary(rows)
    if not QUICK:
        last |= spread(LARGEST)
    return last


def spread(subscribers: int) -> Row:
    """One room over two workers, and the same on one."""
    shape = Shape(publishers=1, subscribers=subscribers)
    found: Row = {}
    for workers in (1, 2):
        row = asyncio.run(measure(partial(Ours, workers=workers), shape))
        say(**row)
        figures = ("valid", "delivered", "cpu_ms_per_1000", "of_a_core", "p50_us", "p99_us", "error", "unavailable")
        found["one" if workers == 1 else "two"] = {name: row[name] for name in figures if name in row}
    return {f"spread_{subscribers}": found}


if __name__ == "__main__":
    main()
