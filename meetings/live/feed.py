"""The feed: one per process and meeting, from the journal to the sockets.

A ring of the bell, or two seconds without one, makes it read the journal from where it stands; each event is encoded
once per audience and written to every socket in order. A client that does not keep up is closed and comes back by
`seq`. The hub owns the feeds, their tasks and the process's one subscription to the channel layer.
"""

import asyncio
import contextlib
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from uuid import UUID

from channels.layers import get_channel_layer

from meetings.live import bell, hosting, journal, media_port, own, snapshots
from meetings.live.execute import execute
from meetings.live.models import Participant
from meetings.live.roles import Audience, Presence, Role, may_read
from meetings.live.threads import run
from server.accounts.sign_ins import Ended, SignIn, lasting
from server.core import clock, ids

log = logging.getLogger(__name__)

REPAIR_SECONDS = 2.0
TAIL = 1000
BATCH = 200
MAX_UNSEEN_BYTES = 4_000_000
MAX_UNSEEN_BEATS = 3
BEAT_SECONDS = 15.0
WATCH_SECONDS = 5.0
SLOW = 4008
NOT_ALLOWED = 4003
COME_AGAIN = 1012
TOO_MANY = 4029
MAX_SOCKETS_EACH = 6
REJOIN_SECONDS = 600.0
HANDED = frozenset({hosting.HandedOver.type, hosting.HandedBack.type})


@dataclass(eq=False)
class Subscriber:
    """One socket. `seq` is the last event written to it; `written` and `read` count bytes since it was opened.

    Each beat carries a mark that only this socket is told. Saying it back ("seen") proves that everything before it has
    been read: nobody can claim to be further than they are.
    """

    participant: UUID
    role: str
    audience: Audience
    sign_in: SignIn
    send: Callable[[str], Awaitable[None]]
    close: Callable[[int], Awaitable[None]]
    seq: int = 0
    written: int = 0
    read: int = 0
    marks: deque[tuple[str, int]] = field(default_factory=deque)
    """Beats not yet answered: the mark, and what `written` was then."""
    own: str = ""
    """What this participant alone was told last (see `own`)."""
    screen: bool = False
    """A programme output: a hall looks at it, so it is told nothing of anybody's own, and proves nobody's presence."""
    closed: bool = False

    async def write(self, text: str, *, counted: bool = True) -> None:
        """Write a frame, or close the socket when its client has not kept up. Volatile frames do not count."""
        if self.closed:
            return
        if counted:
            self.written += len(text)
        if self.written - self.read > MAX_UNSEEN_BYTES or len(self.marks) > MAX_UNSEEN_BEATS:
            await self.end(SLOW)
            return
        try:
            await self.send(text)
        except Exception:
            self.closed = True

    async def end(self, code: int) -> None:
        """Close the socket; nothing more is written to it."""
        if not self.closed:
            self.closed = True
            with contextlib.suppress(Exception):
                await self.close(code)

    async def beat(self, *, seq: int, at: str) -> None:
        """Write a beat with a mark of its own."""
        mark = ids.new_mark()
        text = json.dumps({"t": "beat", "seq": seq, "at": at, "mark": mark})
        self.marks.append((mark, self.written + len(text)))
        await self.write(text)

    def has_seen(self, mark: str) -> None:
        """The client has read up to this mark; what was written later still counts. An unknown mark proves nothing."""
        if any(mark == known for known, _ in self.marks):
            known = ""
            while known != mark:
                known, self.read = self.marks.popleft()


@dataclass(eq=False)
class Feed:
    """The feed of one meeting in this process."""

    meeting: UUID
    seq: int
    subscribers: set[Subscriber] = field(default_factory=set)
    tail: deque[journal.Told] = field(default_factory=lambda: deque(maxlen=TAIL))
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    own_is_due: bool = False
    online: tuple[str, ...] = ()
    next_presence: float = 0.0
    next_beat: float = field(default_factory=lambda: monotonic() + BEAT_SECONDS)
    next_watch: float = 0.0

    async def run(self) -> None:
        """Deliver for as long as the hub keeps the feed."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REPAIR_SECONDS):
                    await self.wake.wait()
            self.wake.clear()
            try:
                await self.deliver()
                await self.tell_own()
                await self.tell_presence()
                if monotonic() >= self.next_watch:
                    self.next_watch = monotonic() + WATCH_SECONDS
                    await self.watch_the_host()
                if monotonic() >= self.next_beat:
                    self.next_beat = monotonic() + BEAT_SECONDS
                    await self.beat()
            except Exception:
                log.exception("feed of meeting %s", self.meeting)
                await asyncio.sleep(REPAIR_SECONDS)

    async def deliver(self) -> None:
        """Read what is new and write it to every socket."""
        while new := await run(journal.read, self.meeting, after=self.seq, limit=BATCH):
            self.tail.extend(new)
            self.seq = new[-1].seq
            if any(told.type == "journal.redacted" for told in new):
                self.tail.clear()
                snapshots.forget(self.meeting)
            # Before the sockets are written: whoever may no longer be heard is silent at once.
            await media_port.port().grown(self.meeting, {told.type for told in new})
            frames = {audience: events_frame(new, audience) for audience in Audience}
            for subscriber in list(self.subscribers):
                await self._bring(subscriber, new, frames)
            self.own_is_due = self.own_is_due or own.may_change(told.type for told in new)
            if any(told.type in HANDED for told in new):
                self.next_beat = 0.0  # who acts for the host comes again with other commands
        self.subscribers = {subscriber for subscriber in self.subscribers if not subscriber.closed}

    async def _bring(self, subscriber: Subscriber, new: list[journal.Told], frames: dict[Audience, str]) -> None:
        if subscriber.seq >= new[-1].seq:
            return
        if subscriber.seq == new[0].seq - 1:
            text = frames[subscriber.audience]
        else:
            missed = [told for told in self.tail if told.seq > subscriber.seq]
            if not missed or missed[0].seq != subscriber.seq + 1:
                await subscriber.end(SLOW)
                return
            text = events_frame(missed, subscriber.audience)
        subscriber.seq = new[-1].seq
        await subscriber.write(text)

    async def add(self, subscriber: Subscriber) -> None:
        """Take a socket on that has been told everything up to `subscriber.seq`."""
        self.subscribers.add(subscriber)
        if subscriber.seq < self.seq:
            missed = await run(journal.read, self.meeting, after=subscriber.seq)
            missed = [told for told in missed if told.seq > subscriber.seq]
            if missed:
                subscriber.seq = missed[-1].seq
                await subscriber.write(events_frame(missed, subscriber.audience))
        self.wake.set()

    async def tell_own(self) -> None:
        """Tell what is theirs alone to those for whom it differs from what they were told: one reading for all.

        When nothing has changed only new sockets are told: 500 who come again at once are not read 500 times over.
        """
        asked = [each for each in self.subscribers if not each.screen and (self.own_is_due or not each.own)]
        self.own_is_due = False
        if not asked:
            return
        try:
            texts = await run(own.read, self.meeting, {subscriber.participant for subscriber in asked})
        except Exception:
            self.own_is_due = True
            raise
        for subscriber in asked:
            text = texts[subscriber.participant]
            if text != subscriber.own:
                subscriber.own = text
                await subscriber.write(f'{{"t":"own","data":{text}}}')

    async def broadcast(self, text: str, audience: Audience) -> None:
        """Write a frame that is not kept."""
        for subscriber in list(self.subscribers):
            if may_read(subscriber.audience, audience):
                await subscriber.write(text, counted=False)

    async def beat(self) -> None:
        """Every fifteen seconds: where the journal stands. Here is noticed whose seat or sign-in is not what it was."""
        seats = await run(_seats, self.meeting)
        good = await run(lasting, {subscriber.sign_in for subscriber in self.subscribers})
        at = clock.iso(clock.now())
        for subscriber in list(self.subscribers):
            role, presence = seats.get(subscriber.participant, ("", Presence.REMOVED))
            if presence == Presence.REMOVED:
                await subscriber.end(NOT_ALLOWED)
            elif role != subscriber.role or subscriber.sign_in not in good:
                await subscriber.end(COME_AGAIN)
            else:
                await subscriber.beat(seq=self.seq, at=at)

    async def watch_the_host(self) -> None:
        """Note that those who run the meeting are connected here, and see to it that somebody does run it."""
        now = clock.now()
        here = {subscriber.participant for subscriber in self.subscribers if not subscriber.screen}
        await run(hosting.saw, self.meeting, here, now)
        if await run(hosting.is_due, self.meeting, now):
            command = hosting.HandOver()
            await run(execute, meeting_id=self.meeting, actor=None, command_id=str(ids.new()), command=command)

    async def tell_presence(self) -> None:
        """Tell who is connected to this process, when that has changed, at most every two seconds."""
        here = {str(subscriber.participant) for subscriber in self.subscribers if not subscriber.screen}
        online = tuple(sorted(here))
        if online != self.online and monotonic() >= self.next_presence:
            self.online, self.next_presence = online, monotonic() + REPAIR_SECONDS
            await self.broadcast(volatile_frame("presence", {"online": list(online)}), Audience.EVERYONE)


class Hub:
    """All feeds of this process and its one subscription to the channel layer."""

    def __init__(self) -> None:
        self.feeds: dict[UUID, Feed] = {}
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._listener: asyncio.Task[None] | None = None

    async def join(self, meeting: UUID, subscriber: Subscriber) -> Feed:
        """Subscribe a socket; the meeting's first socket starts its feed. Somebody's seventh socket ends another."""
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen(), name="bell")
        feed = self.feeds.get(meeting)
        if feed is None:
            feed = self.feeds[meeting] = Feed(meeting=meeting, seq=subscriber.seq)
            self._tasks[meeting] = asyncio.create_task(feed.run(), name=f"feed {meeting}")
        own = [each for each in feed.subscribers if each.participant == subscriber.participant]
        if len(own) >= MAX_SOCKETS_EACH:
            await own[0].end(TOO_MANY)
        await feed.add(subscriber)
        return feed

    async def leave(self, meeting: UUID, subscriber: Subscriber) -> None:
        """Unsubscribe a socket; the last one ends the feed."""
        subscriber.closed = True
        feed = self.feeds.get(meeting)
        if feed is None:
            return
        feed.subscribers.discard(subscriber)
        feed.wake.set()
        if not feed.subscribers:
            del self.feeds[meeting]
            await _end(self._tasks.pop(meeting))

    async def close(self) -> None:
        """End all tasks of this process."""
        for task in [*self._tasks.values(), *([self._listener] if self._listener else [])]:
            await _end(task)
        self.feeds.clear()
        self._tasks.clear()
        self._listener = None

    async def _listen(self) -> None:
        layer = get_channel_layer()
        while True:
            try:
                channel = await layer.new_channel("gongshang.process")
                while True:
                    # Again and again: a layer forgets a group's members after a day.
                    await layer.group_add(bell.GROUP, channel)
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(REJOIN_SECONDS):
                            while True:
                                await self._heard(await layer.receive(channel))
            except Exception:
                # Redis is away, whatever its client calls that: the feeds go on by asking the journal.
                log.exception("the bell cannot be heard")
                await asyncio.sleep(REPAIR_SECONDS)

    async def _heard(self, message: dict[str, Any]) -> None:
        if message["type"] == "ended":
            await self._send_back(Ended(account=message["account"], session=message["session"]))
            return
        feed = self.feeds.get(UUID(message["meeting"]))
        if feed is None:
            return
        match message["type"]:
            case "bell":
                if message["seq"] > feed.seq:
                    feed.wake.set()
            case "volatile":
                frame = volatile_frame(message["kind"], message["data"])
                await feed.broadcast(frame, Audience(message["audience"]))
            case "expel":
                for subscriber in list(feed.subscribers):
                    if str(subscriber.participant) == message["participant"]:
                        await subscriber.end(NOT_ALLOWED)

    async def _send_back(self, ended: Ended) -> None:
        for feed in list(self.feeds.values()):
            for subscriber in list(feed.subscribers):
                if ended.covers(subscriber.sign_in):
                    await subscriber.end(COME_AGAIN)


def _seats(meeting: UUID) -> dict[UUID, tuple[str, str]]:
    """Role and presence of everybody in the meeting; whoever acts for the host counts as one."""
    rows = Participant.objects.filter(meeting_id=meeting).values_list("pk", "role", "presence", "meeting__acting_host")
    return {pk: (Role.HOST if pk == acting else role, presence) for pk, role, presence, acting in rows}


async def _end(task: asyncio.Task[None]) -> None:
    if task is asyncio.current_task():
        return
    while not task.done():
        # Again and again: the client of Redis may swallow a cancellation that meets it in the middle of a command.
        task.cancel()
        await asyncio.wait({task}, timeout=1)


def events_frame(told: list[journal.Told], audience: Audience) -> str:
    """The `events` frame, put together from texts that were encoded once."""
    return '{"t":"events","events":[' + ",".join(event.text(audience) for event in told) + "]}"


def volatile_frame(kind: str, data: dict[str, Any]) -> str:
    """The `volatile` frame."""
    return json.dumps({"t": "volatile", "kind": kind, "data": data}, ensure_ascii=False, separators=(",", ":"))


hub = Hub()
