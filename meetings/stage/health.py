"""The technicians' health board: what workers count of each endpoint, and what its page says of itself, side by side.

Workers are the truth for what comes and goes; reports of pages tell of devices and browsers, are checked strictly and
live in this process only while their connection does. Whoever watches is asked for the role again with every frame.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db import DatabaseError
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from meetings.live.media_port import Seat
from meetings.live.models import Participant
from meetings.live.roles import Presence, Role
from meetings.live.threads import run
from meetings.stage.engine import Unavailable
from server.core.errors import Code, Refused

log = logging.getLogger(__name__)

WATCHERS = frozenset({Role.HOST, Role.CO_HOST, Role.SECRETARY, Role.TECH})
EVERY = 2.0
# A page reports every five seconds; one that has missed three says nothing of how it is now.
STALE = 16.0
# A page may be hasty when a device changes; more often than this is noise.
APART = 0.5

Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[int, Field(ge=0, le=10_000_000)]
DeviceState = Literal["off", "on", "silent", "denied", "missing", "busy"]
Level = Literal["good", "fair", "poor"]
_RANK: dict[str | None, int] = {None: -1, "good": 0, "fair": 1, "poor": 2}

Stats = Mapping[str, Any]
Workers = Callable[[], Awaitable[Mapping[str, Stats]]]
"""The control operation `stats` of every worker, by the worker's name."""


class Devices(BaseModel):
    """How somebody's devices are."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    microphone: DeviceState
    camera: DeviceState


class Report(BaseModel):
    """What a page says of itself."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)

    devices: Devices
    browser: Annotated[str, StringConstraints(max_length=60, pattern=r"^[^\x00-\x1f]*$")]
    visible: bool
    rtt_ms: Annotated[int, Field(ge=0, le=600_000)] | None
    loss_up: Share | None
    loss_down: Share
    kbps_up: Rate
    kbps_down: Rate
    loudness: Share | None
    level: Level | None
    reason: Annotated[str, StringConstraints(max_length=30, pattern=r"^[a-z_]*$")]
    audio_only: bool


class _Counted(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Layer(_Counted):
    kbps: int = 0


class _Up(_Counted):
    allowed: bool = False
    live: bool = False
    layers: dict[str, _Layer] = {}


class _Down(_Counted):
    layer: str | None = None


class Counted(_Counted):
    """An endpoint as its worker counts it; a worker of another version may know more or less."""

    connected: bool = False
    rtt_ms: int | None = None
    loss_up: float | None = None
    loss_down: float | None = None
    kbps_in: int | None = None
    kbps_out: int | None = None
    level: Level | None = None
    reason: str = "none"
    audio_only: bool = False
    up: dict[str, _Up] = {}
    down: dict[str, _Down] = {}


@dataclass
class _Said:
    """The last report, and when it came over which connection."""

    report: Report
    connection: str
    at: float


class Health:
    """The board of one web process."""

    def __init__(self, workers: Workers, *, now: Callable[[], float] = monotonic) -> None:
        self.workers = workers
        self._now = now
        self._said: dict[UUID, dict[UUID, _Said]] = {}
        self._watching: dict[str, Seat] = {}
        self._telling: asyncio.Task[None] | None = None

    # from the clients

    def report(self, seat: Seat, words: Mapping[str, Any]) -> None:
        """A `report` frame. One that comes too soon is forgotten: the next one says the same and more."""
        try:
            report = Report.model_validate(words)
        except ValidationError:
            raise Refused(Code.BAD_FRAME) from None
        room = self._said.setdefault(seat.meeting, {})
        before, now = room.get(seat.participant), self._now()
        if before is None or before.connection != seat.connection or now - before.at >= APART:
            room[seat.participant] = _Said(report, seat.connection, now)

    async def watch(self, seat: Seat, *, on: bool) -> None:
        """A `watch_health` frame."""
        if seat.participant not in await run(_watchers, seat.meeting, [seat.participant]):
            self._watching.pop(seat.connection, None)
            raise Refused(Code.NOT_ALLOWED)
        if not on:
            self._watching.pop(seat.connection, None)
            return
        self._watching[seat.connection] = seat
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell(), name="health")

    def closed(self, seat: Seat) -> None:
        """The connection is gone, and with it what its page said."""
        self._watching.pop(seat.connection, None)
        room = self._said.get(seat.meeting, {})
        said = room.get(seat.participant)
        if said is not None and said.connection == seat.connection:
            del room[seat.participant]
        if not room:
            self._said.pop(seat.meeting, None)

    async def close(self) -> None:
        """Tell nobody any more."""
        self._watching.clear()
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.gather(self._telling, return_exceptions=True)

    # to those who watch

    async def _tell(self) -> None:
        """Ends by itself with the last one who watches; owned by `close`."""
        while self._watching:
            with contextlib.suppress(DatabaseError):  # then nobody is told this time: the role could not be asked
                await self._tell_once()
            await asyncio.sleep(EVERY)

    async def _tell_once(self) -> None:
        stats: Mapping[str, Stats] | None = None
        with contextlib.suppress(Unavailable):
            stats = await self.workers()
        seats = list(self._watching.values())
        for meeting in {seat.meeting for seat in seats}:
            here = [seat for seat in seats if seat.meeting == meeting]
            allowed = await run(_watchers, meeting, [seat.participant for seat in here])
            frame = {"t": "media", "op": "health", "media": stats is not None, "endpoints": self._board(meeting, stats)}
            for seat in here:
                if seat.participant in allowed:
                    await seat.send(frame)
                else:
                    self._watching.pop(seat.connection, None)

    def _board(self, meeting: UUID, stats: Mapping[str, Stats] | None) -> list[dict[str, Any]]:
        oldest = self._now() - STALE
        said = self._said.get(meeting, {})
        reports = {str(who): each.report for who, each in said.items() if each.at >= oldest}
        return board(read_room(str(meeting), (stats or {}).values()), reports)


def read_room(meeting: str, stats: Iterable[Stats]) -> dict[str, Counted]:
    """A room's endpoints from all workers. One that is on two of them, on its way, is where it is connected."""
    found: dict[str, Counted] = {}
    for each in stats:
        room = each.get("rooms", {}).get(meeting, {})
        for name, words in room.items():
            if not _is_participant(name):
                continue  # nobody of ours
            try:
                counted = Counted.model_validate(words)
            except ValidationError:
                log.warning("a worker's statistics of an endpoint cannot be read")
                counted = Counted()
            if name not in found or counted.connected:
                found[name] = counted
    return found


def board(room: Mapping[str, Counted], reports: Mapping[str, Report]) -> list[dict[str, Any]]:
    """One row for each endpoint that a worker knows or whose page reports."""
    names = sorted(room.keys() | reports.keys())
    return [_row(name, room.get(name, Counted()), reports.get(name)) for name in names]


def _row(name: str, counted: Counted, report: Report | None) -> dict[str, Any]:
    """Figures are the worker's where it has them: it sees both ends of each link."""
    said = report.model_dump() if report is not None else {}
    level, reason = counted.level, counted.reason
    if report is not None and _RANK[report.level] > _RANK[level]:
        level, reason = report.level, report.reason
    return {
        "participant": name,
        "connected": counted.connected,
        "up": {use: _sends(counted.up.get(use, _Up())) for use in ("mic", "camera", "screen")},
        "down": {"streams": len(counted.down), "big": counted.down.get("big", _Down()).layer},
        "rtt_ms": _first(counted.rtt_ms, said.get("rtt_ms")),
        "loss_up": _first(counted.loss_up, said.get("loss_up")),
        "loss_down": _first(counted.loss_down, said.get("loss_down")),
        "kbps_up": _first(counted.kbps_in, said.get("kbps_up")),
        "kbps_down": _first(counted.kbps_out, said.get("kbps_down")),
        "level": level,
        "reason": reason,
        "audio_only": counted.audio_only or said.get("audio_only", False),
        "devices": said.get("devices"),
        "browser": said.get("browser"),
        "visible": said.get("visible"),
        "loudness": said.get("loudness"),
    }


def _sends(up: _Up) -> dict[str, Any]:
    layers = [name for name, layer in up.layers.items() if layer.kbps > 0]
    return {"right": up.allowed, "live": up.live, "layers": layers}


def _first(counted: float | None, said: float | None) -> float | None:
    return counted if counted is not None else said


def _is_participant(name: str) -> bool:
    try:
        UUID(name)
    except ValueError:
        return False
    return True


def _watchers(meeting: UUID, participants: list[UUID]) -> set[UUID]:
    """Who of these may watch now."""
    rows = Participant.objects.filter(meeting_id=meeting, pk__in=participants, role__in=WATCHERS)
    return set(rows.exclude(presence=Presence.REMOVED).values_list("pk", flat=True))
