"""What this worker has in common with one other: in which rooms, which tracks go there, and who is there.

Each side enters a room with the other; who is asked so and has the room too tells of everybody connected there, and of
all changes. Rights are not told here: each worker has them from the web process.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from server.media import clock
from server.media.endpoint import Endpoint
from server.media.pipe import frames
from server.media.pipe.link import Link
from server.media.pipe.outlet import Outlet
from server.media.pipe.remote import Remote, RemoteTrack
from server.media.sdp import Use

if TYPE_CHECKING:
    from server.media.forward import Forwarder

MAX_ROOMS = 10_000
MAX_REMOTES = 10_000


class House(Protocol):
    """The room, as a neighbour sees it."""

    name: str

    def connected_here(self) -> Iterator[Endpoint]: ...

    def number_of(self, endpoint: str) -> int: ...

    def arrived(self, remote: Remote) -> None: ...

    def departed(self, remotes: Sequence[Remote]) -> None: ...

    def changed(self) -> None: ...

    def heard(self, endpoint: str, level: int, now: float) -> None: ...

    def led(self, worker: str, loud: Sequence[str]) -> None: ...


class Neighbour:
    """See the module. `epoch` is the other worker."""

    def __init__(self, *, epoch: str, link: Link, forwarder: "Forwarder") -> None:
        self.epoch = epoch
        self.link = link
        link.on_packet = self._on_packet
        self._forwarder = forwarder
        self._rooms: dict[str, House] = {}  # that we have entered with it
        self._entered: set[str] = set()  # that it has entered with us
        self._streams = itertools.count(1)
        self._outlets: dict[int, Outlet] = {}
        self._ours: dict[tuple[str, str], list[Outlet]] = {}
        self._inlets: dict[int, RemoteTrack] = {}
        self._theirs: dict[tuple[str, str], Remote] = {}

    # --- what happens here ----------------------------------------------------------------------------------------

    def enter(self, house: House) -> None:
        """The other worker carries a part of this room."""
        if house.name not in self._rooms:
            self._rooms[house.name] = house
            self.link.say(frames.Enter(room=house.name))
            self._tell_all(house)

    def exit(self, house: House) -> None:
        """It does no more, or we do not."""
        if self._rooms.pop(house.name, None) is not None:
            self.link.say(frames.Exit(room=house.name))
            self._forget(house)

    def shares(self, room: str) -> bool:
        """Both of us have said that we carry it."""
        return room in self._rooms and room in self._entered

    def came(self, house: House, endpoint: Endpoint) -> None:
        """Somebody is connected here."""
        if self.shares(house.name):
            self._tell_of(house.name, endpoint)

    def went(self, house: House, endpoint: Endpoint) -> None:
        """And is no more."""
        if self._withdraw(house.name, endpoint.name):
            self.link.say(frames.Absent(room=house.name, endpoint=endpoint.name))

    def lead(self, house: House, loud: Sequence[str]) -> None:
        """These voices are heard in the room."""
        if self.shares(house.name):
            self.link.say(frames.Loud(room=house.name, endpoints=tuple(loud)))

    def tick(self, now: float) -> None:
        """Every 50 ms."""
        for outlet in list(self._outlets.values()):
            outlet.tick(now)

    def close(self) -> None:
        """The link is gone."""
        for house in list(self._rooms.values()):
            self._forget(house)
        self._rooms.clear()

    def _tell_all(self, house: House) -> None:
        if self.shares(house.name):
            for endpoint in house.connected_here():
                self._tell_of(house.name, endpoint)

    def _tell_of(self, room: str, endpoint: Endpoint) -> None:
        self._withdraw(room, endpoint.name)
        outlets = [Outlet(stream=next(self._streams), track=track, link=self.link) for track in endpoint.ups.values()]
        self._ours[room, endpoint.name] = outlets
        self._outlets.update((outlet.stream, outlet) for outlet in outlets)
        tracks = tuple(outlet.described() for outlet in outlets)
        self.link.say(frames.Present(room=room, endpoint=endpoint.name, since=endpoint.since or 0.0, tracks=tracks))

    def _withdraw(self, room: str, endpoint: str) -> bool:
        outlets = self._ours.pop((room, endpoint), None)
        for outlet in outlets or ():
            outlet.close()
            del self._outlets[outlet.stream]
        return outlets is not None

    def _forget(self, house: House) -> None:
        for endpoint in [name for room, name in self._ours if room == house.name]:
            self._withdraw(house.name, endpoint)
        self._lose(house, [name for room, name in self._theirs if room == house.name])

    # --- what happens there ---------------------------------------------------------------------------------------

    def _on_packet(self, stream: int, layer: int, number: int, data: bytes) -> None:
        inlet = self._inlets.get(stream)
        if inlet is not None:
            inlet.receive_from_owner(layer, number, data, clock.now())

    def hear(self, word: frames.Word) -> None:
        """A word of the other worker; what is about nothing that we know comes too late."""
        now = clock.now()
        match word:
            case frames.Enter():
                self._on_enter(word.room)
            case frames.Exit():
                self._entered.discard(word.room)
                if house := self._rooms.get(word.room):
                    self._forget(house)
            case frames.Present():
                if house := self._rooms.get(word.room):
                    self._meet(house, word)
            case frames.Absent():
                if house := self._rooms.get(word.room):
                    self._lose(house, [word.endpoint])
            case frames.Loud():
                if house := self._rooms.get(word.room):
                    house.led(self.epoch, word.endpoints)
            case frames.Live() | frames.Begin() | frames.Clock():
                if inlet := self._inlets.get(word.stream):
                    _tell(inlet, word, now)
            case frames.Ask() | frames.Key() | frames.Again():
                if outlet := self._outlets.get(word.stream):
                    _want(outlet, word, now)

    def _on_enter(self, room: str) -> None:
        if len(self._entered) >= MAX_ROOMS:
            self.link.end()
            return
        self._entered.add(room)
        if house := self._rooms.get(room):
            self._forget(house)  # it begins anew
            self._tell_all(house)

    def _meet(self, house: House, word: frames.Present) -> None:
        self._lose(house, [word.endpoint])
        if len(self._theirs) >= MAX_REMOTES:
            return
        tracks: dict[Use, RemoteTrack] = {told.use: self._inlet(house, word.endpoint, told) for told in word.tracks}
        remote = Remote(name=word.endpoint, since=word.since, ups=tracks)
        self._theirs[house.name, word.endpoint] = remote
        self._inlets.update((track.stream, track) for track in tracks.values())
        house.arrived(remote)

    def _inlet(self, house: House, endpoint: str, told: frames.Track) -> RemoteTrack:
        return RemoteTrack(
            told=told,
            endpoint=endpoint,
            number=house.number_of(endpoint),
            forwarder=self._forwarder,
            say=self.link.say,
            changed=house.changed,
            heard=lambda level, now: house.heard(endpoint, level, now),
        )

    def _lose(self, house: House, endpoints: Iterable[str]) -> None:
        found = (self._theirs.pop((house.name, endpoint), None) for endpoint in endpoints)
        remotes = [remote for remote in found if remote is not None]
        if not remotes:
            return
        for track in (track for remote in remotes for track in remote.ups.values()):
            if self._inlets.get(track.stream) is track:
                del self._inlets[track.stream]
        house.departed(remotes)
        for remote in remotes:
            remote.close()


def _tell(inlet: RemoteTrack, word: frames.Live | frames.Begin | frames.Clock, now: float) -> None:
    match word:
        case frames.Live():
            inlet.sends(word.live)
        case frames.Begin():
            inlet.begins(word.layer, word.rid, now)
        case frames.Clock():
            inlet.tells_time(word, now)


def _want(outlet: Outlet, word: frames.Ask | frames.Key | frames.Again, now: float) -> None:
    match word:
        case frames.Ask():
            outlet.ask(frozenset(word.encodings), now)
        case frames.Key():
            outlet.key(word.layer, now)
        case frames.Again():
            outlet.again(word.layer, word.numbers)
