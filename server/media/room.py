"""A room: endpoints that hear and see each other, under the rights and the stage that the meeting decided.

The last rights told are the truth; an endpoint nobody named has none. Who is in which slot is computed by `slots.py`.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from server.media import clock
from server.media.endpoint import Endpoint, Gone, Rights
from server.media.loudness import Loudness
from server.media.messages import Connected, Disconnected, SlotsChanged, Speaking
from server.media.sdp import Use
from server.media.slots import Assignment, Scene, assign
from server.media.uptrack import UpTrack

AUDIO_SLOTS = 3
RoomEvent = SlotsChanged | Connected | Disconnected | Speaking


@dataclass(frozen=True, slots=True)
class Stage:
    """Whose picture is big, and the order of the small ones."""

    big: str | None = None
    order: tuple[str, ...] = ()


class Room:
    """See the module."""

    def __init__(self, *, name: str, tell: Callable[[RoomEvent], None]) -> None:
        self.name = name
        self.endpoints: dict[str, Endpoint] = {}
        self.rights: dict[str, Rights] = {}
        self.present: frozenset[str] | None = None
        self.stage = Stage()
        self._tell = tell
        self._rights_seq = self._stage_seq = -1
        self._numbers: dict[str, int] = {}
        self._assignments: dict[str, Assignment] = {}
        self._views: dict[str, int] = {}
        self._loudness = Loudness()
        self._loud: list[str] = []
        self._speaking: list[str] = []
        self._dirty = False
        self._closing: set[asyncio.Task[None]] = set()

    def number_of(self, endpoint: str) -> int:
        """The small number that stands for the endpoint in CSRC: the same for the life of the room."""
        return self._numbers.setdefault(endpoint, len(self._numbers) + 1)

    def enter(self, endpoint: Endpoint) -> None:
        """A new peer connection; it takes the place of an older one of the same endpoint."""
        old = self.endpoints.get(endpoint.name)
        if old is not None:
            self.gone(old, Gone.REPLACED)
        self.endpoints[endpoint.name] = endpoint
        endpoint.allow(self.rights.get(endpoint.name, Rights()))
        self._reassign()

    def set_rights(self, seq: int, rights: dict[str, Rights], present: frozenset[str] | None = None) -> bool:
        """The rights of the whole room and who may be in it; False when something newer was said before."""
        if seq < self._rights_seq:
            return False
        self._rights_seq = seq
        self.rights = rights
        self.present = present
        for name, endpoint in list(self.endpoints.items()):
            if not self.admits(name):
                self.gone(endpoint, Gone.LEFT)
        for name, endpoint in self.endpoints.items():
            endpoint.allow(rights.get(name, Rights()))
        # At once, before the request is acknowledged: a revoked voice leaves its slot now.
        self._reassign()
        return True

    def admits(self, name: str) -> bool:
        """May this endpoint be here? Somebody shown out neither sends nor receives."""
        return self.present is None or name in self.present

    def set_stage(self, seq: int, stage: Stage) -> bool:
        if seq < self._stage_seq:
            return False
        self._stage_seq = seq
        self.stage = stage
        self._reassign()
        return True

    def view(self, endpoint: str, thumbs: int) -> None:
        """How many small pictures the page shows now."""
        self._views[endpoint] = thumbs
        self._reassign()

    def leave(self, name: str) -> bool:
        endpoint = self.endpoints.get(name)
        if endpoint is not None:
            self.gone(endpoint, Gone.LEFT)
        return endpoint is not None

    async def close(self) -> None:
        for endpoint in list(self.endpoints.values()):
            self.gone(endpoint, Gone.LEFT)
        if self._closing:
            await asyncio.gather(*self._closing, return_exceptions=True)

    # --- what endpoints tell --------------------------------------------------------------------------------------

    def changed(self) -> None:
        self._dirty = True

    def heard(self, endpoint: str, level: int, now: float) -> None:
        self._loudness.heard(endpoint, level, now)

    def connected(self, endpoint: Endpoint) -> None:
        if self.endpoints.get(endpoint.name) is not endpoint:
            return
        self._tell(Connected(room=self.name, endpoint=endpoint.name, connection=endpoint.connection))
        self.tell_slots(endpoint.name)
        now = clock.now()
        for down in endpoint.downs:
            if down.track is not None and down.video:
                down.track.want_key(now)

    def gone(self, endpoint: Endpoint, why: Gone) -> None:
        if self.endpoints.get(endpoint.name) is not endpoint:
            return
        del self.endpoints[endpoint.name]
        self._assignments.pop(endpoint.name, None)
        self._loudness.forget(endpoint.name)
        if why is not Gone.REPLACED:
            self._views.pop(endpoint.name, None)
        self._tell(Disconnected(room=self.name, endpoint=endpoint.name, connection=endpoint.connection, reason=why))
        self._reassign()
        task = asyncio.get_running_loop().create_task(endpoint.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    # --- slots ----------------------------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Every 50 ms."""
        for endpoint in list(self.endpoints.values()):
            endpoint.tick(now)
        if self._dirty or self._choose_loud(now) != self._loud:
            self._reassign()
        speaking = [name for name in self._loudness.speaking(now) if self.rights.get(name, Rights()).audio]
        if speaking != self._speaking:
            self._speaking = speaking
            self._tell(Speaking(room=self.name, endpoints=speaking))

    def _choose_loud(self, now: float) -> list[str]:
        # One more than a viewer hears: a speaker does not hear himself.
        voices = [name for name, right in self.rights.items() if right.audio and self._track(name, Use.MIC)]
        return self._loudness.choose(voices, AUDIO_SLOTS + 1, now)

    def _reassign(self) -> None:
        now = clock.now()
        self._dirty = False
        self._loud = self._choose_loud(now)
        scene = Scene(
            big=self.stage.big,
            order=self.stage.order,
            loud=tuple(self._loud),
            cameras=self._moving(Use.CAMERA),
            screens=self._moving(Use.SCREEN),
            present=frozenset(self.endpoints),
        )
        for name, endpoint in self.endpoints.items():
            before = self._assignments.get(name, Assignment())
            after = assign(
                name,
                scene,
                before,
                audio=len(endpoint.audio_slots),
                big=endpoint.big is not None,
                thumbs=min(len(endpoint.thumbs), self._views.get(name, len(endpoint.thumbs))),
            )
            self._assignments[name] = after
            self._apply(endpoint, after, now)
            if after != before:
                self.tell_slots(name)

    def _apply(self, endpoint: Endpoint, assignment: Assignment, now: float) -> None:
        for down, who in zip(endpoint.audio_slots, assignment.audio, strict=True):
            down.watch(self._track(who, Use.MIC), now)
        if endpoint.big is not None:
            use = Use.SCREEN if assignment.screen else Use.CAMERA
            endpoint.big.watch(self._track(assignment.big, use), now)
        shown = len(assignment.thumbs)
        for place, down in enumerate(endpoint.thumbs):
            down.watch(self._track(assignment.thumbs[place], Use.CAMERA) if place < shown else None, now)

    def tell_slots(self, name: str) -> None:
        """Say who is in which slot of this endpoint, also when nothing has changed: the listener may be new."""
        assignment = self._assignments.get(name)
        if assignment is not None:
            self._tell(SlotsChanged(room=self.name, endpoint=name, slots=assignment.words()))

    def _track(self, name: str | None, use: Use) -> UpTrack | None:
        endpoint = self.endpoints.get(name) if name is not None else None
        return endpoint.ups.get(use) if endpoint is not None else None

    def _moving(self, use: Use) -> frozenset[str]:
        found = ((name, endpoint.ups.get(use)) for name, endpoint in self.endpoints.items())
        return frozenset(name for name, track in found if track is not None and track.allowed and track.live)
