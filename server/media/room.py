"""A room: endpoints that hear and see each other, under the rights and the stage that the meeting decided.

The last rights told are the truth; an endpoint nobody named has none. Who is in which slot is computed by `slots.py`.
"""

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from server.media import clock
from server.media.endpoint import Endpoint, Gone, Rights
from server.media.loudness import Loudness
from server.media.messages import Connected, Disconnected, Quality, SlotsChanged, Speaking, Watched
from server.media.pipe.remote import Remote
from server.media.quality import QualityNow
from server.media.sdp import Use
from server.media.slots import Assignment, Scene, assign
from server.media.uptrack import UpTrack
from server.media.viewer import BIG_HEIGHT, THUMB_HEIGHT

AUDIO_SLOTS = 3
# An encoding that nobody has watched for so long is paused; it is wanted again at once.
PAUSE_AFTER = 2.0
# The worker that leads says so often whose voices are heard, for those that have just come.
LEAD_EVERY = 1.0
# A worker that hangs leads nobody.
LED_FOR = 3.0
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


class Neighbour(Protocol):
    """Another worker that carries a part of the room, as the room sees it."""

    def shares(self, room: str) -> bool: ...

    def came(self, house: "Room", endpoint: Endpoint) -> None: ...

    def went(self, house: "Room", endpoint: Endpoint) -> None: ...

    def lead(self, house: "Room", loud: Sequence[str]) -> None: ...


class Room:
    """See the module. `worker` is the epoch of the worker that it, or this part of it, is on."""

    def __init__(self, *, name: str, worker: str, tell: Callable[[RoomEvent], None]) -> None:
        self.name = name
        self.endpoints: dict[str, Endpoint] = {}
        self.remotes: dict[str, list[Remote]] = {}  # connected with other workers
        self.workers: tuple[str, ...] = ()  # that carry it, its home first
        self.neighbours: dict[str, Neighbour] = {}  # those of them that we are linked with
        self.rights: dict[str, Rights] = {}
        self.present: frozenset[str] | None = None
        self.stage = Stage()
        self._tell = tell
        self._worker = worker
        self._rights_seq = self._stage_seq = self._workers_seq = -1
        self._loud_elsewhere: Sequence[str] = ()  # as the worker that leads has said
        self._lead_at = self._led_at = 0.0
        self._assignments: dict[str, Assignment] = {}
        self._views: dict[str, Layout] = {}
        self._told: dict[str, _Told] = {}
        self._loudness = Loudness()
        self._loud: list[str] = []
        self._speaking: list[str] = []
        self._dirty = False
        self._closing: set[asyncio.Task[None]] = set()

    def number_of(self, endpoint: str) -> int:
        """The number that stands for the endpoint in CSRC: the same on all workers, and after a move to another."""
        return int.from_bytes(hashlib.blake2s(endpoint.encode(), digest_size=4).digest()) or 1

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
        for name, remotes in self.remotes.items():
            for remote in remotes:
                rights.get(name, Rights()).apply(remote.ups)
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

    def set_workers(self, seq: int, workers: tuple[str, ...]) -> bool:
        """The workers that carry the room; False when something newer was said before."""
        if seq < self._workers_seq:
            return False
        self._workers_seq = seq
        self.workers = workers
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
        endpoint.since = clock.now()
        for neighbour in self.neighbours.values():
            neighbour.came(self, endpoint)
        self._tell(Connected(room=self.name, endpoint=endpoint.name, connection=endpoint.connection))
        self.tell_slots(endpoint.name)
        endpoint.viewer.ready(clock.now())
        if endpoint.name in self.remotes:
            self._reassign()  # it has come over from another worker

    def gone(self, endpoint: Endpoint, why: Gone) -> None:
        if self.endpoints.get(endpoint.name) is not endpoint:
            return
        del self.endpoints[endpoint.name]
        self._assignments.pop(endpoint.name, None)
        self._told.pop(endpoint.name, None)
        for neighbour in self.neighbours.values():
            neighbour.went(self, endpoint)
        if endpoint.name not in self.remotes:
            self._loudness.forget(endpoint.name)
        if why is not Gone.REPLACED:
            self._views.pop(endpoint.name, None)
        self._tell(Disconnected(room=self.name, endpoint=endpoint.name, connection=endpoint.connection, reason=why))
        self._reassign()
        task = asyncio.get_running_loop().create_task(endpoint.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    # --- what other workers tell ----------------------------------------------------------------------------------

    def connected_here(self) -> Iterator[Endpoint]:
        return (endpoint for endpoint in self.endpoints.values() if endpoint.since is not None)

    def arrived(self, remote: Remote) -> None:
        """Somebody is connected with another worker. The right is what was told here."""
        self.rights.get(remote.name, Rights()).apply(remote.ups)
        self.remotes.setdefault(remote.name, []).append(remote)
        self._dirty = True

    def departed(self, remotes: Sequence[Remote]) -> None:
        """And these are no more. They close themselves, but their places are taken first."""
        for remote in remotes:
            rest = self.remotes[remote.name]
            rest.remove(remote)
            if not rest:
                del self.remotes[remote.name]
                if remote.name not in self.endpoints:
                    self._loudness.forget(remote.name)
        self._reassign()

    def led(self, worker: str, loud: Sequence[str]) -> None:
        """Another worker has said whose voices are heard."""
        if worker == self._leader():
            self._loud_elsewhere = loud
            self._led_at = clock.now()

    def _leader(self) -> str | None:
        """The first worker of those that can be heard here: it chooses the voices, so that all hear the same."""
        for worker in self.workers:
            if worker == self._worker:
                return worker
            neighbour = self.neighbours.get(worker)
            if neighbour is not None and neighbour.shares(self.name):
                return worker
        return None

    # --- time -----------------------------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Every 50 ms."""
        for endpoint in list(self.endpoints.values()):
            endpoint.tick(now)
        for remotes in self.remotes.values():
            for remote in remotes:
                remote.tick(now)
        loud = self._choose_loud(now)
        if self.neighbours and (loud != self._loud or now - self._lead_at >= LEAD_EVERY):
            self._lead(loud, now)
        if self._dirty or loud != self._loud:
            self._reassign()
        # Of somebody elsewhere the other worker tells it.
        heard = [name for name in self._loudness.speaking(now) if name in self.endpoints]
        speaking = [name for name in heard if self.rights.get(name, Rights()).audio]
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
        own = self._loudness.choose(voices, AUDIO_SLOTS + 1, now)
        if now - self._led_at > LED_FOR or self._leader() in (None, self._worker):
            return own
        led = [name for name in self._loud_elsewhere if name in voices]
        return [*led, *(name for name in own if name not in led)][: AUDIO_SLOTS + 1]

    def _lead(self, loud: list[str], now: float) -> None:
        self._lead_at = now
        if self._leader() == self._worker:
            for neighbour in self.neighbours.values():
                neighbour.lead(self, loud)

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
            present=frozenset(self.endpoints).union(filter(self.admits, self.remotes)),
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
        """Somebody who moves to another worker is in two for a moment: the one connected last counts.

        Sound that comes is heard, wherever it comes from; a picture has to be wished before it comes.
        """
        if name is None:
            return None
        found = self._tracks(name, use)
        if use is Use.MIC and len(found) > 1:
            return next((track for track in found if track.live), found[0])
        return found[0] if found else None

    def _tracks(self, name: str, use: Use) -> list[UpTrack]:
        """All that there are, of the newest connection first."""
        endpoint, remotes = self.endpoints.get(name), self.remotes.get(name)
        if not remotes:
            track = endpoint.ups.get(use) if endpoint is not None else None
            return [track] if track is not None else []
        selves: list[tuple[float, Mapping[Use, UpTrack]]] = [(remote.since, remote.ups) for remote in remotes]
        if endpoint is not None:
            selves.append((endpoint.since or 0.0, endpoint.ups))
        selves.sort(key=lambda each: each[0], reverse=True)
        return [ups[use] for _, ups in selves if use in ups]

    def _moving(self, use: Use) -> frozenset[str]:
        names = [*self.endpoints, *self.remotes]
        return frozenset(
            name for name in names if any(track.allowed and track.live for track in self._tracks(name, use))
        )
