"""Between the meeting and the media engine: rights and pictures down, slots and speaking up.

Above this file nobody knows which engine runs. Rights are computed from the database whenever the journal grows and
whenever the worker (re)appears, and carry the journal's `seq`, so that several web processes may push and the newest
wins. A worker that is new (another `epoch`) knows nothing: clients are told to build their peer connection again.
"""

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from meetings.live.feed import hub, volatile_frame
from meetings.live.media_port import Seat
from meetings.live.models import Participant
from meetings.live.roles import Audience, MeetingState, Presence
from meetings.live.threads import run
from meetings.stage.reading import Wanted, read_wanted
from meetings.stage.relays import configured
from meetings.stage.rights import CAMERA_STATES, NONE, Rights
from meetings.stage.turn import LIFETIME, ice_servers
from server.core import clock
from server.core.errors import Code, Refused
from server.media.client import MediaClient, MediaRefused, MediaUnavailable
from server.media.messages import Disconnected, SlotsChanged, Speaking

log = logging.getLogger(__name__)

RELEVANT = ("floor.", "people.", "meeting.", "stage.")
MAX_THUMBS = 9
Endpoint = tuple[UUID, UUID]


@dataclass
class Owner:
    """The connection whose peer connection is the endpoint's media: one tab of one participant."""

    seat: Seat
    connection: str
    told: Rights = NONE


class Gateway:
    """The media port of one web process."""

    def __init__(self, *, url: str, token: str) -> None:
        self._client = MediaClient(
            url=url, token=token, on_event=self._on_event, on_connected=self._on_connected, on_lost=self._on_lost
        )
        self._owners: dict[Endpoint, Owner] = {}
        self._epoch = ""
        self._started = False
        self._pushes: dict[UUID, asyncio.Lock] = {}

    # from the clients

    async def frame(self, seat: Seat, frame: dict[str, Any]) -> None:
        """A `media` frame. Companions have no media: their page has no code for it, and the server no ear."""
        if seat.seat == "companion":
            raise Refused(Code.NOT_ALLOWED)
        try:
            await self._on_frame(seat, frame)
        except MediaUnavailable:
            await seat.send({"t": "media", "op": "unavailable"})

    async def _on_frame(self, seat: Seat, frame: dict[str, Any]) -> None:
        endpoint = (seat.meeting, seat.participant)
        if frame.get("op") == "enter":  # needs no worker
            await self._enter(endpoint, seat)
            return
        await self._start()
        match frame:
            case {"op": "offer", "epoch": str(epoch)} if epoch != self._epoch and self._epoch:
                # A peer connection of the worker before this one: its keys are gone, an ICE restart cannot save it.
                await seat.send({"t": "media", "op": "reset"})
            case {"op": "offer", "sdp": str(sdp), "connection": str(connection)} if connection:
                await self._offer(endpoint, seat, sdp=sdp, connection=connection)
            case {"op": "view", "thumbs": int(thumbs)} if 0 <= thumbs <= MAX_THUMBS:
                await self._ask("view", endpoint, thumbs=thumbs)
            case {"op": "leave"}:
                if self._owns(endpoint, seat):
                    del self._owners[endpoint]
                    await self._ask("leave", endpoint)
            case _:
                raise Refused(Code.BAD_FRAME)

    async def closed(self, seat: Seat) -> None:
        """The socket is gone. Media goes on: the person may only have changed networks; the worker notices silence."""
        endpoint = (seat.meeting, seat.participant)
        if self._owns(endpoint, seat):
            del self._owners[endpoint]

    async def grown(self, meeting: UUID, types: set[str]) -> None:
        """The journal has grown: push rights and pictures when they may have changed."""
        if self._started and any(type_.startswith(RELEVANT) for type_ in types):
            await self._push(meeting)

    async def _enter(self, endpoint: Endpoint, seat: Seat) -> None:
        """Which engine, and by which ways: credentials are fresh every time, and only for who may come in."""
        if not await run(_may_join, *endpoint):
            raise Refused(Code.NOT_PRESENT)
        servers = ice_servers(configured(), who=str(seat.participant), now=clock.now())
        expires_s = int(LIFETIME.total_seconds())
        await seat.send({"t": "media", "op": "engine", "engine": "sfu", "ice_servers": servers, "expires_s": expires_s})

    async def _offer(self, endpoint: Endpoint, seat: Seat, *, sdp: str, connection: str) -> None:
        if not await run(_may_join, *endpoint):
            raise Refused(Code.NOT_PRESENT)
        # Rights first: whoever comes in is never heard more than the server wants.
        await self._push(endpoint[0])
        before = self._owners.get(endpoint)
        # Before the answer: the worker tells the slots at once.
        owner = self._owners[endpoint] = Owner(seat=seat, connection=connection)
        try:
            answer = await self._ask("join", endpoint, connection=connection, sdp=sdp)
        except (Refused, MediaUnavailable):
            self._put_back(endpoint, owner, before)
            raise
        if before and before.seat.connection != seat.connection and before.connection != connection:
            await before.seat.send({"t": "media", "op": "moved"})
        await seat.send(
            {"t": "media", "op": "answer", "sdp": answer["sdp"], "connection": connection, "epoch": self._epoch}
        )
        await self._tell_rights(endpoint, owner, await run(read_wanted, endpoint[0]), always=True)

    def _put_back(self, endpoint: Endpoint, tried: Owner, before: Owner | None) -> None:
        if self._owners.get(endpoint) is not tried:
            return
        del self._owners[endpoint]
        if before:
            self._owners[endpoint] = before

    def _owns(self, endpoint: Endpoint, seat: Seat) -> bool:
        owner = self._owners.get(endpoint)
        return owner is not None and owner.seat.connection == seat.connection

    # to the worker

    async def _start(self) -> None:
        """The first client that wants media in this process connects it to the worker."""
        if not self._started:
            self._started = True
            await self._client.start()
        if not self._client.connected:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(3):
                    await self._client.wait_connected()

    async def _ask(self, op: str, endpoint: Endpoint, **fields: Any) -> dict[str, Any]:
        try:
            return await self._client.request(op, room=str(endpoint[0]), endpoint=str(endpoint[1]), **fields)
        except MediaRefused as refused:
            raise Refused(Code.BAD_REQUEST, media=refused.code) from None

    async def _push(self, meeting: UUID) -> None:
        """Push what the database says. One push per meeting at a time, so that an older one cannot end last."""
        async with self._pushes.setdefault(meeting, asyncio.Lock()):
            wanted = await run(read_wanted, meeting)
            room = str(meeting)
            with contextlib.suppress(MediaUnavailable, MediaRefused):
                granted = {name: rights._asdict() for name, rights in wanted.rights.items()}
                present = sorted(wanted.present)
                await self._client.request("rights", room=room, seq=wanted.seq, endpoints=granted, present=present)
                await self._client.request("stage", room=room, seq=wanted.seq, big=wanted.big, order=wanted.order)
                if wanted.state in (MeetingState.ENDED, MeetingState.DONE, MeetingState.CANCELLED):
                    await self._client.request("close_room", room=room)
                    self._pushes.pop(meeting, None)
            for endpoint, owner in list(self._owners.items()):
                if endpoint[0] == meeting:
                    await self._tell_rights(endpoint, owner, wanted)

    async def _tell_rights(self, endpoint: Endpoint, owner: Owner, wanted: Wanted, *, always: bool = False) -> None:
        rights = wanted.rights.get(str(endpoint[1]), NONE)
        if always or rights != owner.told:
            owner.told = rights
            await owner.seat.send({"t": "media", "op": "rights", **rights._asdict()})

    # from the worker

    async def _on_connected(self, epoch: str) -> None:
        known, self._epoch = self._epoch, epoch
        for meeting in list(hub.feeds):
            await self._push(meeting)
        if known and epoch != known:
            owners, self._owners = self._owners, {}
            for owner in owners.values():
                await owner.seat.send({"t": "media", "op": "reset"})

    def _on_lost(self) -> None:
        log.warning("the media worker is away")

    async def _on_event(self, event: object) -> None:
        match event:
            case SlotsChanged():
                owner = self._owners.get((UUID(event.room), UUID(event.endpoint)))
                if owner:
                    await owner.seat.send({"t": "media", "op": "slots", "slots": event.slots})
            case Speaking():
                if feed := hub.feeds.get(UUID(event.room)):
                    frame = volatile_frame("speaking", {"participants": event.endpoints})
                    await feed.broadcast(frame, Audience.EVERYONE)
            case Disconnected():
                log.info("media of %s in %s ended: %s", event.endpoint, event.room, event.reason)


def _may_join(meeting: UUID, participant: UUID) -> bool:
    """Only people who are inside send or receive media, and only while the doors are open."""
    inside = Participant.objects.filter(meeting_id=meeting, pk=participant, presence=Presence.PRESENT)
    return inside.filter(meeting__state__in=CAMERA_STATES).exists()
