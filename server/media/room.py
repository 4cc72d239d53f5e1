"""A room: endpoints that hear and see each other, under the rights and the stage that the meeting decided.

The last rights told are the truth; an endpoint nobody named has none. Who is in which slot is computed by `slots.py`.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from server.media import clock
from server.media.endpoint import Endpoint, Gone, Rights
from server.media.loudness import Loudness
from server.media.messages import Connected, Disconnected, Quality, SlotsChanged, Speaking, Watched
from server.media.quality import QualityNow
from server.media.sdp import Use
from server.media.slots import Assignment, Scene, assign
from server.media.uptrack import UpTrack
from server.media.viewer import BIG_HEIGHT, THUMB_HEIGHT

AUDIO_SLOTS = 3
# An encoding that nobody has watched for so long is paused; it is wanted again at once.
PAUSE_AFTER = 2.0
RoomEvent = SlotsChanged | Connected | Disconnected | Speaking | Watched | Quality


@dataclass(frozen=True, slots=True)
class Stage:
    """Whose picture is big, and the order of the small ones."""

    big: str | None = None
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """What a page shows: heights in device pixels, 0 is not shown."""

    big: int = BIG_HEIGHT
    thumbs: int = 64
    thumb: int = THUMB_HEIGHT
    page: int = 0


@dataclass(slots=True)
class _Told:
    """What an endpoint and its meeting heard last."""

    quality: QualityNow
    watched: tuple[tuple[int, ...], bool] | None = None
    fewer_since: float | None = None


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
        self._views: dict[str, Layout] = {}
        self._told: dict[str, _Told] = {}
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
        self._told[endpoint.name] = _Told(quality=endpoint.quality)
        self._apply_view(endpoint)
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

    def view(self, name: str, view: Layout) -> None:
        """What the page shows now, and how large."""
        self._views[name] = view
        endpoint = self.endpoints.get(name)
        if endpoint is not None:
            self._apply_view(endpoint)
            self._reassign()
            endpoint.viewer.choose(clock.now())

    def announce(self, name: str, *, camera: bool, screen: bool) -> None:
        """The page says what it sends: a camera whose encodings are all paused is on nevertheless."""
        endpoint = self.endpoints.get(name)
        if endpoint is None:
            return
        for use, sends in ((Use.CAMERA, camera), (Use.SCREEN, screen)):
            track = endpoint.ups.get(use)
            if track is not None:
                track.announce(sends)

    def _apply_view(self, endpoint: Endpoint) -> None:
        view = self._views.get(endpoint.name, Layout())
        endpoint.viewer.show(big=view.big, thumb=view.thumb)

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
        endpoint.viewer.ready(clock.now())

    def gone(self, endpoint: Endpoint, why: Gone) -> None:
        if self.endpoints.get(endpoint.name) is not endpoint:
            return
        del self.endpoints[endpoint.name]
        self._assignments.pop(endpoint.name, None)
        self._told.pop(endpoint.name, None)
        self._loudness.forget(endpoint.name)
        if why is not Gone.REPLACED:
            self._views.pop(endpoint.name, None)
        self._tell(Disconnected(room=self.name, endpoint=endpoint.name, connection=endpoint.connection, reason=why))
        self._reassign()
        task = asyncio.get_running_loop().create_task(endpoint.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    # --- time -----------------------------------------------------------------------------------------------------

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
        for name, endpoint in self.endpoints.items():
            told = self._told[name]
            self._tell_watched(endpoint, told, now)
            if endpoint.quality != told.quality:
                told.quality = endpoint.quality
                self._tell_quality(endpoint)

    def _tell_watched(self, endpoint: Endpoint, told: _Told, now: float) -> None:
        """More is told at once; less only after a while, for a viewer who comes right back."""
        camera, screen = endpoint.ups.get(Use.CAMERA), endpoint.ups.get(Use.SCREEN)
        wanted = (
            tuple(sorted(camera.wished())) if camera is not None and camera.allowed else (),
            screen is not None and screen.allowed and bool(screen.wished()),
        )
        if wanted == told.watched:
            told.fewer_since = None
            return
        before = told.watched or ((), False)
        fewer = told.watched is not None and set(wanted[0]) <= set(before[0]) and wanted[1] <= before[1]
        if fewer:
            told.fewer_since = now if told.fewer_since is None else told.fewer_since
            if now - told.fewer_since < PAUSE_AFTER:
                return
        told.watched, told.fewer_since = wanted, None
        rids = [] if camera is None else [camera.rids[index] if camera.rids else "" for index in wanted[0]]
        self._tell(Watched(room=self.name, endpoint=endpoint.name, camera=rids, screen=wanted[1]))

    def _tell_quality(self, endpoint: Endpoint) -> None:
        now = endpoint.quality
        self._tell(
            Quality(
                room=self.name,
                endpoint=endpoint.name,
                level=now.level,
                reason=now.reason,
                audio_only=now.audio_only,
            )
        )

    # --- slots ----------------------------------------------------------------------------------------------------

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
        # Most viewers are in nobody's picture: what one of them receives, all in the same position receive.
        seen = scene.cameras | scene.screens | set(scene.loud) | {scene.big}
        alike: dict[tuple[object, ...], Assignment] = {}
        for name, endpoint in self.endpoints.items():
            before = self._assignments.get(name, Assignment())
            viewer, view = endpoint.viewer, self._views.get(name, Layout())
            shape = (len(viewer.audio), viewer.big is not None, min(len(viewer.thumbs), view.thumbs), view.page)
            key = (name if name in seen else None, before, shape)
            after = alike.get(key)
            if after is None:
                audio, big, thumbs, page = shape
                after = alike[key] = assign(name, scene, before, audio=audio, big=big, thumbs=thumbs, page=page)
            self._assignments[name] = after
            self._apply(endpoint, after, now)
            if after != before:
                self.tell_slots(name)

    def _apply(self, endpoint: Endpoint, assignment: Assignment, now: float) -> None:
        viewer = endpoint.viewer
        for down, who in zip(viewer.audio, assignment.audio, strict=True):
            down.watch(self._track(who, Use.MIC), 0, now)
        pictures = False
        if viewer.big is not None:
            use = Use.SCREEN if assignment.screen else Use.CAMERA
            pictures |= viewer.big.show(self._track(assignment.big, use), now)
        shown = len(assignment.thumbs)
        for place, down in enumerate(viewer.thumbs):
            who = assignment.thumbs[place] if place < shown else None
            pictures |= down.show(self._track(who, Use.CAMERA), now)
        if pictures:
            viewer.choose(now)

    def tell_slots(self, name: str) -> None:
        """Say who is in which slot of this endpoint, also when nothing has changed: the listener may be new."""
        assignment = self._assignments.get(name)
        if assignment is not None:
            self._tell(SlotsChanged(room=self.name, endpoint=name, slots=assignment.words(), pages=assignment.pages))

    def _track(self, name: str | None, use: Use) -> UpTrack | None:
        endpoint = self.endpoints.get(name) if name is not None else None
        return endpoint.ups.get(use) if endpoint is not None else None

    def _moving(self, use: Use) -> frozenset[str]:
        found = ((name, endpoint.ups.get(use)) for name, endpoint in self.endpoints.items())
        return frozenset(name for name, track in found if track is not None and track.allowed and track.live)
