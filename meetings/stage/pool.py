"""Our own forwarding unit as an engine: a pool of media workers, over the control lines to all of them.

Everything here is made so by looking again, not by remembering. `_settle` reads the meeting's lease (`homes`), brings
the newest rights to every worker that may have somebody of it (`courier`), and tells those who sit elsewhere to come
over. It runs after every change, whenever a worker comes or goes, and every two seconds, since another web process may
have moved the meeting.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from meetings.live.threads import run
from meetings.stage import leases
from meetings.stage.courier import Carriers, Post
from meetings.stage.engine import (
    Ended,
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
from meetings.stage.homes import Homes
from meetings.stage.leases import Lease
from meetings.stage.lines import Fate, Line, Lines
from meetings.stage.placement import Life
from meetings.stage.reading import Wanted
from meetings.stage.sessions import Sessions
from meetings.stage.tasks import Tasks
from server.core.errors import Code, Refused
from server.media import messages
from server.media.client import MediaRefused, MediaUnavailable

log = logging.getLogger(__name__)

SWEEP = 2.0
FIRST_CONTACT = 3.0
"""Seconds that a join waits for a worker when none answers."""
IN_FORCE = 3.0
"""Seconds that a join waits until rights are acknowledged."""
LAST_WORD = 60.0
"""Seconds that the end of a meeting waits for its workers before the lease is given up."""
ORDINARY = frozenset({"left", "replaced", "closed", "consent", "handshake"})
"""Ends of a connection that are nobody's fault. Every other reason is a misbehaviour, and is told."""


class SfuPool:
    """See the module."""

    name = "sfu"

    def __init__(self, *, urls: list[str], token: str, spread_above: int = 0) -> None:
        self._tasks = Tasks()
        lines = (Line(url=url, token=token, on_event=self._on_event, on_change=self._on_line) for url in urls)
        self._lines = Lines(lines)
        self._sessions = Sessions()
        self._homes = Homes(self._lines, self._sessions, spread_above=spread_above)
        self._post = Post(ask=self._request, tasks=self._tasks)
        self._leases: dict[UUID, Lease] = {}
        self._locks: dict[UUID, asyncio.Lock] = {}
        self._joining: Counter[UUID] = Counter()
        self._heard: dict[UUID, dict[Life, list[str]]] = {}
        self._tell: Callable[[EngineEvent], Awaitable[None]]
        self._stale: Callable[[UUID], None]
        self._new: set[Life] = set()
        self._started = False

    def listen(self, on_event: Callable[[EngineEvent], Awaitable[None]], on_stale: Callable[[UUID], None]) -> None:
        """Where events go."""
        self._tell, self._stale = on_event, on_stale

    async def close(self) -> None:
        """Hang up."""
        await self._tasks.close()
        await self._lines.close()

    # the engine's interface

    async def join(self, place: Place, connection: str, wanted: Wanted, words: Words) -> Words:
        """Answer an offer: on the worker that has this connection already, else on the one that is best."""
        sdp, epoch = words.get("sdp"), words.get("epoch")
        if words.get("op") != "offer" or not isinstance(sdp, str) or not isinstance(epoch, str | None):
            raise Refused(Code.BAD_FRAME)
        await self._start()
        if not self._lines.taking():
            await self._lines.any_up(FIRST_CONTACT)
        self._post.word(place.meeting, wanted)
        self._joining[place.meeting] += 1
        try:
            life = await self._life_with(place.meeting, epoch) if epoch else await self._seat(place)
            try:
                return await self._let_in(place, life, connection, sdp)
            except MediaRefused as refused:
                if refused.code != messages.Problem.DRAINING:
                    raise
                self._lines.drains(life)
                return await self._let_in(place, await self._seat(place), connection, sdp)
        except MediaRefused as refused:
            raise Refused(Code.BAD_REQUEST, media=refused.code) from None
        finally:
            self._joining[place.meeting] -= 1

    async def leave(self, place: Place) -> None:
        """Out of every worker where this process knows the endpoint."""
        for session in self._sessions.take_out(place):
            with contextlib.suppress(MediaRefused):
                await self._ask(session.life, "leave", place)

    async def view(self, place: Place, view: View) -> None:
        """While somebody moves both workers know: the old one still plays."""
        await self._wish(place, "view", view)

    async def sending(self, place: Place, sending: Sending) -> None:
        """Both workers know, as with the view."""
        await self._wish(place, "sending", sending)

    async def apply(self, meeting: UUID, wanted: Wanted) -> None:
        """At once to the workers we know of, then to those that the lease names."""
        self._post.word(meeting, wanted)
        if lease := self._leases.get(meeting):
            self._post.bring(meeting, lease.lives)
        await self._start()
        lease = await self._settle(meeting)
        if lease is not None and wanted.over:
            self._tasks.start(self._give_up(lease), name=f"end of {meeting}")

    async def statistics(self, meeting: UUID) -> dict[str, dict[str, Any]]:
        """What the meeting's workers have measured; of somebody who is on two, what the newer one has."""
        lease = await run(leases.read, meeting)
        found: dict[str, dict[str, Any]] = {}
        for life in reversed(lease.lives if lease else ()):
            with contextlib.suppress(MediaUnavailable, MediaRefused):
                told = await self._request(life, "stats")
                found.update(told["rooms"].get(str(meeting), {}))
        return found

    async def workers(self) -> dict[str, dict[str, Any]]:
        """Of all workers that can be asked now."""
        await self._start()
        found: dict[str, dict[str, Any]] = {}
        for life in self._lines.heard():
            with contextlib.suppress(MediaUnavailable, MediaRefused):
                found[life.worker] = await self._request(life, "stats")
        if not found:
            raise Unavailable
        return found

    async def _wish(self, place: Place, op: str, wish: BaseModel) -> None:
        for session in self._sessions.of(place):
            session.wishes[op] = wish
            with contextlib.suppress(MediaRefused):
                await self._ask(session.life, op, place, **wish.model_dump())

    # letting in

    async def _start(self) -> None:
        if not self._started:
            self._started = True
            await self._lines.start()
            self._tasks.start(self._sweep(), name="media sweep")

    async def _seat(self, place: Place) -> Life:
        """The worker that takes an endpoint."""
        lease = await self._settle(place.meeting, needed=True)
        if lease is None:
            raise Unavailable
        sessions = self._sessions.of(place)
        life = await self._homes.seat(lease, before=sessions[-1].life if sessions else None)
        if life not in lease.lives:
            await self._settle(place.meeting)  # the others have to hear of the new one
        return life

    async def _life_with(self, meeting: UUID, epoch: str) -> Life:
        """The worker that counts by this epoch, if it has anybody of the meeting."""
        lease = await self._settle(meeting)
        life = next((life for life in (lease.lives if lease else ()) if life.epoch == epoch), None)
        fate = await self._lines.fate(life) if life else Fate.DEAD
        if life is None or fate is Fate.DEAD:
            raise Outlived
        if fate is Fate.AWAY:
            raise Unavailable
        return life

    async def _let_in(self, place: Place, life: Life, connection: str, sdp: str) -> Words:
        # Rights first: whoever comes in is never heard more than the server wants.
        for courier, ticket in self._post.bring(place.meeting, [life]):
            await courier.delivered(ticket, seconds=IN_FORCE)
        # Before the answer: the worker tells the slots at once.
        session, new = self._sessions.enter(place, life, connection)
        try:
            answer = await self._ask(life, "join", place, connection=connection, sdp=sdp)
        except (MediaRefused, Unavailable):
            if new:
                self._sessions.drop(session)
            raise
        return {"op": "answer", "sdp": answer["sdp"], "connection": connection, "epoch": life.epoch}

    # where everybody should be

    async def _settle(self, meeting: UUID, *, needed: bool = False) -> Lease | None:
        """See the module. `needed` gives a home to a meeting without one."""
        async with self._locks.setdefault(meeting, asyncio.Lock()):
            lease = await (self._homes.find_or_take(meeting) if needed else self._homes.find(meeting))
            if lease is None:
                self._leases.pop(meeting, None)
                return None
            before = self._leases.get(meeting)
            if before and before.home != lease.home:
                log.info("media of %s has moved from %s to %s", meeting, before.home, lease.home)
            self._leases[meeting] = lease
            carriers = Carriers(lease.generation, tuple(life.epoch for life in lease.lives))
            self._post.carry(meeting, carriers)
            self._post.bring(meeting, lease.lives)
            await self._call_over(lease)
            return lease

    async def _call_over(self, lease: Lease) -> None:
        """Tell those of this process who sit where the meeting is no more, as soon as there is somewhere to go."""
        if not any(self._lines.to(life) for life in lease.places):
            return
        for session in self._sessions.newest(lease.meeting):
            fate = await self._lines.fate(session.life)
            if session.life in lease.places and fate is not Fate.DEAD:
                continue
            if fate is not Fate.HERE:
                self._sessions.take_out(session.place)
                await self._tell(Said(session.place, {"op": "reset"}))
            elif not session.told_to_move:
                session.told_to_move = True
                await self._tell(Said(session.place, {"op": "move"}))

    async def _give_up(self, lease: Lease) -> None:
        """The meeting is over: its workers have closed the room, or are dead."""
        for courier, ticket in self._post.bring(lease.meeting, lease.lives):
            with contextlib.suppress(Unavailable):
                await courier.delivered(ticket, seconds=LAST_WORD)
        await run(leases.give_up, lease.meeting)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP)
            await self._lines.vouch()
            await self._look_again()
            self._tidy()

    def _tidy(self) -> None:
        """Forget the meetings that have nobody here and nothing on its way."""
        self._joining = +self._joining
        self._post.tidy(keep=self._sessions.meetings | set(self._joining))
        for meeting in set(self._locks) - self._sessions.meetings - self._post.meetings:
            if not self._locks[meeting].locked():
                del self._locks[meeting]
                self._leases.pop(meeting, None)

    async def _settle_all(self) -> None:
        for meeting in self._sessions.meetings | self._post.meetings:
            await self._settle(meeting)

    async def _bury(self) -> None:
        """The dead need no word any more, and speak no more."""
        for life in self._post.waiting():
            if await self._lines.fate(life) is Fate.DEAD:
                self._post.bury(life)
        for meeting, heard in list(self._heard.items()):
            for life in list(heard):
                if await self._lines.fate(life) is Fate.DEAD:
                    await self._on_speaking(meeting, life, [])

    async def _end_overlaps(self) -> None:
        """Take endpoints out of the workers they came from: the page may have died before it hung up there."""
        for session in self._sessions.overlapping():
            session.alone = True
            for older in self._sessions.of(session.place)[:-1]:
                self._sessions.drop(older)
            lease = self._leases.get(session.place.meeting)
            for life in lease.lives if lease else ():
                if life != session.life:
                    with contextlib.suppress(MediaRefused, Unavailable):
                        await self._ask(life, "leave", session.place)

    # the workers

    async def _request(self, life: Life, op: str, **fields: Any) -> dict[str, Any]:
        line = self._lines.to(life)
        if line is None:
            raise MediaUnavailable(str(life))
        return await line.client.request(op, **fields)

    async def _ask(self, life: Life, op: str, place: Place, **fields: Any) -> dict[str, Any]:
        try:
            return await self._request(life, op, room=str(place.meeting), endpoint=str(place.participant), **fields)
        except MediaUnavailable:
            raise Unavailable from None

    def _on_line(self, line: Line, came: bool) -> None:
        if line.life is None:
            return
        if came:
            self._post.hurry(line.life)
            self._new.add(line.life)
        self._tasks.start(self._look_again(), name="media line")

    async def _look_again(self) -> None:
        """Whenever a worker comes or goes, and every two seconds."""
        try:
            for life in list(self._new):
                await self._tell_again(life)
            await self._bury()
            await self._settle_all()
            await self._end_overlaps()
        except Exception:
            # A busy database, or worse: what was not done is done at the next look, which must come.
            log.exception("media workers")

    async def _tell_again(self, life: Life) -> None:
        """A worker is heard: this process may be new, and the one before may have died with something to say."""
        for meeting in await run(leases.meetings_at, life):
            self._stale(meeting)
        self._new.discard(life)
        for session in self._sessions.on(life):
            for op, wish in session.wishes.items():
                with contextlib.suppress(MediaRefused, Unavailable):
                    await self._ask(life, op, session.place, **wish.model_dump())

    async def _on_event(self, line: Line, event: object) -> None:
        life = line.life
        if life is None:
            return
        match event:
            case messages.Speaking():
                await self._on_speaking(UUID(event.room), life, event.endpoints)
            case messages.Connected() | messages.Disconnected():
                await self._on_connection(life, event)
            case messages.SlotsChanged() | messages.Quality() | messages.Watched():
                place = Place(UUID(event.room), UUID(event.endpoint))
                if session := self._sessions.at(place, life):
                    await self._tell(_told(place, session.connection, event))

    async def _on_connection(self, life: Life, event: messages.Connected | messages.Disconnected) -> None:
        place = Place(UUID(event.room), UUID(event.endpoint))
        session = self._sessions.find(place, event.connection)
        if session is None or session.life != life:
            return
        if isinstance(event, messages.Connected):
            session.connected_at = session.connected_at or monotonic()
            return
        log.info("media of %s in %s ended: %s", event.endpoint, event.room, event.reason)
        self._sessions.drop(session)
        if event.reason not in ORDINARY:
            await self._tell(Ended(place, event.connection, event.reason))

    async def _on_speaking(self, meeting: UUID, life: Life, endpoints: list[str]) -> None:
        """Who is heard on any of the meeting's workers."""
        heard = self._heard.setdefault(meeting, {})
        heard[life] = endpoints
        await self._tell(Speaking(meeting, tuple(sorted({name for names in heard.values() for name in names}))))
        if not any(heard.values()):
            del self._heard[meeting]


def _told(
    place: Place, connection: str, event: messages.SlotsChanged | messages.Quality | messages.Watched
) -> EngineEvent:
    match event:
        case messages.SlotsChanged():
            return Slots(place, connection, event.slots, event.pages)
        case messages.Quality():
            return Quality(place, connection, event.level, event.reason, event.audio_only)
        case messages.Watched():
            words = {"op": "watched", "connection": connection, "camera": event.camera, "screen": event.screen}
            return Said(place, words)
