"""Between the meeting and the media engine: rights and wishes down, slots and speaking up.

Nobody above this file knows which engine runs, and this file does not know it either (`engine`). Rights are computed
from the database whenever the journal grows and carry its `seq`, so that several web processes may push and the newest
wins. A change that could not be read or told is tried again until it is.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Q
from pydantic import BaseModel, ValidationError

from meetings.live.feed import hub, volatile_frame
from meetings.live.media_port import Seat
from meetings.live.models import Meeting, Participant
from meetings.live.roles import Audience, Presence
from meetings.live.threads import run
from meetings.stage.engine import (
    Ended,
    Engine,
    EngineEvent,
    Outlived,
    Place,
    Quality,
    Said,
    Sending,
    Slots,
    Speaking,
    Unavailable,
    View,
    Words,
)
from meetings.stage.health import Health
from meetings.stage.program import MAY_OPEN, output_of
from meetings.stage.reading import Wanted, read_wanted
from meetings.stage.relays import configured
from meetings.stage.rights import CAMERA_STATES, NONE, Rights
from meetings.stage.tasks import Tasks
from meetings.stage.turn import LIFETIME, ice_servers
from server.core import clock
from server.core.errors import Code, Refused

log = logging.getLogger(__name__)

Wish = TypeVar("Wish", bound=BaseModel)
RELEVANT = ("floor.", "people.", "meeting.", "stage.")
FIRST_DELAY = 0.05
LONGEST_DELAY = 1.0


@dataclass(eq=False)
class Owner:
    """The connection whose media the endpoint is: one tab of one participant."""

    seat: Seat
    connection: str
    told: Rights = NONE


class Gateway:
    """The media port of one web process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._engine.listen(self._on_event, self._refresh)
        self._owners: dict[Place, Owner] = {}
        self._tasks = Tasks()
        self._due: set[UUID] = set()
        self._updating: set[UUID] = set()
        self.health = Health(engine.workers)

    async def close(self) -> None:
        """End what this process has going."""
        await self.health.close()
        await self._tasks.close()
        await self._engine.close()

    # from the clients

    async def frame(self, seat: Seat, frame: dict[str, Any]) -> None:
        """A `media` frame. Companions have no media: their page has no code for it, and the server no ear."""
        if seat.seat == "companion":
            raise Refused(Code.NOT_ALLOWED)
        words = {key: value for key, value in frame.items() if key != "t"}
        try:
            await self._on_frame(_place(seat), seat, words)
        except Unavailable:
            await _send(seat, {"op": "unavailable"})

    async def _on_frame(self, place: Place, seat: Seat, words: Words) -> None:
        match words:
            case {"op": "enter"}:
                await self._enter(place, seat)
            case {"op": "view", **wish}:
                await self._told(self._engine.view, place, View, wish)
            case {"op": "sending", **wish}:
                await self._told(self._engine.sending, place, Sending, wish)
            case {"op": "report", **report}:
                if seat.seat != "program":  # what is said of the person is of the person's own device
                    self.health.report(seat, report)
            case {"op": "watch_health", "on": bool(on)} if seat.seat != "program":
                await self.health.watch(seat, on=on)
            case {"op": "leave"}:
                await self._leave(place, seat)
            case {"op": str(), "connection": str(connection)} if connection:
                await self._join(place, seat, connection, words)
            case _:
                raise Refused(Code.BAD_FRAME)

    async def closed(self, seat: Seat) -> None:
        """The socket is gone. Media goes on: the person may only have changed networks; the engine notices silence."""
        self.health.closed(seat)
        place = _place(seat)
        if self._owns(place, seat):
            del self._owners[place]

    async def grown(self, meeting: UUID, types: set[str]) -> None:
        """The journal has grown: push rights and pictures when they may have changed. Nobody waits for that."""
        if any(type_.startswith(RELEVANT) for type_ in types):
            self._refresh(meeting)

    async def _enter(self, place: Place, seat: Seat) -> None:
        """Which engine, and by which ways: credentials are fresh every time, and only for who may come in."""
        if not await run(_may_join, seat):
            raise Refused(Code.NOT_PRESENT)
        servers = ice_servers(configured(), who=str(seat.participant), now=clock.now())
        expires_s = int(LIFETIME.total_seconds())
        engine = {"engine": self._engine.name, "ice_servers": servers, "expires_s": expires_s}
        await _send(seat, {"op": "engine", **engine})

    async def _leave(self, place: Place, seat: Seat) -> None:
        if self._owns(place, seat):
            del self._owners[place]
            with contextlib.suppress(Unavailable):  # then silence tells the engine
                await self._engine.leave(place)

    async def _told(
        self, tell: Callable[[Place, Wish], Awaitable[None]], place: Place, kind: type[Wish], words: Words
    ) -> None:
        """What a page shows or sends. The engine keeps it: its absence is no reason for the page to begin anew."""
        try:
            wish = kind.model_validate(words)
        except ValidationError:
            raise Refused(Code.BAD_FRAME) from None
        with contextlib.suppress(Unavailable):
            await tell(place, wish)

    async def _join(self, place: Place, seat: Seat, connection: str, words: Words) -> None:
        if not await run(_may_join, seat):
            raise Refused(Code.NOT_PRESENT)
        before = self._owners.get(place)
        # Before the answer: the engine tells the slots at once.
        owner = self._owners[place] = Owner(seat=seat, connection=connection)
        try:
            answer = await self._engine.join(place, connection, await run(read_wanted, place.meeting), words)
        except Outlived:
            self._put_back(place, owner, before)
            await _send(seat, {"op": "reset"})
            return
        except (Refused, Unavailable):
            self._put_back(place, owner, before)
            raise
        if before and before.seat.connection != seat.connection and before.connection != connection:
            await _send(before.seat, {"op": "moved"})
        await _send(seat, answer)
        await self._tell_rights(place, owner, await run(read_wanted, place.meeting), always=True)
        # What was decided while somebody came in is told to the engine once more.
        self._refresh(place.meeting)

    def _put_back(self, place: Place, tried: Owner, before: Owner | None) -> None:
        if self._owners.get(place) is not tried:
            return
        del self._owners[place]
        if before:
            self._owners[place] = before

    def _owns(self, place: Place, seat: Seat) -> bool:
        owner = self._owners.get(place)
        return owner is not None and owner.seat.connection == seat.connection

    # to the engine

    def _refresh(self, meeting: UUID) -> None:
        """Read what is wanted and bring it into force: one reader per meeting, once more for a change meanwhile."""
        self._due.add(meeting)
        if meeting not in self._updating:
            self._updating.add(meeting)
            self._tasks.start(self._update(meeting), name=f"rights of {meeting}")

    async def _update(self, meeting: UUID) -> None:
        delay = FIRST_DELAY
        try:
            while meeting in self._due:
                self._due.discard(meeting)
                try:
                    wanted = await run(read_wanted, meeting)
                    await self._engine.apply(meeting, wanted)
                except Meeting.DoesNotExist:
                    return
                except Exception:
                    # A busy database, or worse: a revocation is never given up.
                    log.exception("rights of %s", meeting)
                    self._due.add(meeting)
                    await asyncio.sleep(delay)
                    delay = min(delay * 2, LONGEST_DELAY)
                    continue
                for place, owner in list(self._owners.items()):
                    if place.meeting == meeting:
                        await self._tell_rights(place, owner, wanted)
        finally:
            self._updating.discard(meeting)

    async def _tell_rights(self, place: Place, owner: Owner, wanted: Wanted, *, always: bool = False) -> None:
        rights = wanted.rights.get(str(place.participant), NONE)
        if always or rights != owner.told:
            owner.told = rights
            await _send(owner.seat, {"op": "rights", **rights._asdict()})

    # from the engine

    async def _on_event(self, event: EngineEvent) -> None:
        if isinstance(event, Speaking):
            if feed := hub.feeds.get(event.meeting):
                frame = volatile_frame("speaking", {"participants": list(event.participants)})
                await feed.broadcast(frame, Audience.EVERYONE)
            return
        owner = self._owners.get(event.place)
        if owner is None:
            return
        match event:
            case Said():
                await _send(owner.seat, event.words)
            case Slots():
                slots = {"slots": event.slots, "pages": event.pages}
                await _send(owner.seat, {"op": "slots", "connection": event.connection, **slots})
            case Quality():
                told = {"level": event.level, "reason": event.reason, "audio_only": event.audio_only}
                await _send(owner.seat, {"op": "quality", "connection": event.connection, **told})
            case Ended() if owner.connection == event.connection:
                await _send(owner.seat, {"op": "ended", "reason": event.reason})


async def _send(seat: Seat, words: Words) -> None:
    await seat.send({"t": "media", **words})


def _place(seat: Seat) -> Place:
    """The endpoint behind a connection: a programme output is beside the device of who opened it."""
    return Place(seat.meeting, output_of(seat.participant) if seat.seat == "program" else seat.participant)


def _may_join(seat: Seat) -> bool:
    """Only people who are inside send or receive media, and only while the doors are open."""
    may = MAY_OPEN if seat.seat == "program" else Q(presence=Presence.PRESENT)
    found = Participant.objects.filter(may, meeting_id=seat.meeting, pk=seat.participant)
    return found.filter(meeting__state__in=CAMERA_STATES).exists()
