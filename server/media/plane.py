"""The media plane of one worker: its rooms behind its port. Every operation of the control API is a method here."""

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence

from aiortc import RTCCertificate

from server.media import clock, sdp
from server.media.endpoint import Endpoint, Rights
from server.media.forward import make_forwarder
from server.media.messages import Load, Problem
from server.media.pipe.neighbours import Neighbours
from server.media.probe import Full, Mirrors
from server.media.room import Layout, Room, RoomEvent, Stage
from server.media.seam import certificate_fingerprint
from server.media.udp import UdpPort

TICK = 0.05
LOAD_EVERY = 2.0
MAX_ENDPOINTS = 1000


class Declined(Exception):
    """An operation that cannot be done, with its stable code."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


class MediaPlane:
    """See the module."""

    def __init__(self, *, udp_host: str, udp_port: int, announce: Sequence[str], forwarder: str = "auto") -> None:
        self.epoch = secrets.token_hex(8)
        self.port = UdpPort(host=udp_host, port=udp_port)
        self.tell: Callable[[RoomEvent | Load], None] = lambda event: None
        self.draining = False
        self._announce = list(announce) or self.port.hosts
        self._certificate = RTCCertificate.generateCertificate()
        self._fingerprint = certificate_fingerprint(self._certificate)
        self._forwarder = make_forwarder(forwarder)
        self.port.after_burst = self._forwarder.flush
        self._rooms: dict[str, Room] = {}
        self.neighbours = Neighbours(
            epoch=self.epoch, forwarder=self._forwarder, rooms=lambda: list(self._rooms.values())
        )
        self.mirrors = Mirrors(
            port=self.port, certificate=self._certificate, fingerprint=self._fingerprint, hosts=self._announce
        )

    @property
    def forwarder(self) -> str:
        """Which backend forwards."""
        return self._forwarder.name

    async def run(self) -> None:
        """Serve until cancelled."""
        self.port.open()
        told_at, used = clock.now(), time.process_time()
        try:
            while True:
                await asyncio.sleep(TICK)
                now = clock.now()
                for room in list(self._rooms.values()):
                    room.tick(now)
                self.neighbours.tick(now)
                self.mirrors.tick(now)
                if now - told_at >= LOAD_EVERY:
                    spent = time.process_time()
                    self.tell(Load(endpoints=self.endpoints, cpu=round((spent - used) / (now - told_at), 3)))
                    told_at, used = now, spent
        finally:
            self.neighbours.close()
            await asyncio.gather(*(room.close() for room in self._rooms.values()), self.mirrors.close())
            self.port.close()

    @property
    def endpoints(self) -> int:
        return sum(len(room.endpoints) for room in self._rooms.values())

    def join(self, *, room: str, endpoint: str, connection: str, sdp_offer: str) -> str:
        """Answer an offer. The same `connection` again restarts ICE, another one takes the endpoint's place."""
        try:
            offer = sdp.parse(sdp_offer)
        except sdp.BadOffer as error:
            raise Declined(Problem.BAD_OFFER) from error
        house = self._room(room)
        if not house.admits(endpoint):
            raise Declined(Problem.NOT_PRESENT)
        peer = house.endpoints.get(endpoint)
        if peer is not None and peer.connection == connection:
            if not peer.same_shape(offer):
                raise Declined(Problem.BAD_OFFER)
            peer.new_credentials()
            house.tell_slots(endpoint)
            return self._answer(peer, offer)
        if self.draining:
            raise Declined(Problem.DRAINING)
        if len(house.endpoints) >= MAX_ENDPOINTS:
            raise Declined(Problem.ROOM_FULL)
        peer = Endpoint(
            name=endpoint,
            connection=connection,
            number=house.number_of(endpoint),
            offer=offer,
            certificate=self._certificate,
            port=self.port,
            house=house,
            forwarder=self._forwarder,
        )
        house.enter(peer)
        return self._answer(peer, offer)

    def _answer(self, peer: Endpoint, offer: sdp.Offer) -> str:
        newest = peer.credentials[-1]
        peer.version += 1
        return sdp.answer(
            offer,
            version=peer.version,
            hosts=self._announce,
            port=self.port.number,
            ufrag=newest.ufrag,
            password=newest.password,
            fingerprint=self._fingerprint,
            slots=peer.viewer.announced(),
        )

    def leave(self, *, room: str, endpoint: str) -> None:
        house = self._rooms.get(room)
        if house is None or not house.leave(endpoint):
            raise Declined(Problem.UNKNOWN_ENDPOINT)

    def rights(self, *, room: str, seq: int, rights: dict[str, Rights], present: frozenset[str] | None = None) -> bool:
        return self._room(room).set_rights(seq, rights, present)

    def stage(self, *, room: str, seq: int, big: str | None, order: Sequence[str]) -> bool:
        return self._room(room).set_stage(seq, Stage(big=big, order=tuple(order)))

    def spread(self, *, room: str, seq: int, workers: Sequence[str]) -> bool:
        """The epochs of the workers that carry a room together, its home first."""
        house = self._room(room)
        if not house.set_workers(seq, tuple(workers)):
            return False
        self.neighbours.arrange(house)
        return True

    def view(self, *, room: str, endpoint: str, layout: Layout) -> None:
        house = self._rooms.get(room)
        if house is not None:
            house.view(endpoint, layout)

    def sending(self, *, room: str, endpoint: str, camera: bool, screen: bool) -> None:
        house = self._rooms.get(room)
        if house is not None:
            house.announce(endpoint, camera=camera, screen=screen)

    def probe(self, *, sdp_offer: str) -> str:
        """Answer the self-test of a browser."""
        if self.draining:
            raise Declined(Problem.DRAINING)
        try:
            return self.mirrors.answer(sdp_offer)
        except sdp.BadOffer as error:
            raise Declined(Problem.BAD_OFFER) from error
        except Full as full:
            raise Declined(Problem.BUSY) from full

    async def close_room(self, *, room: str) -> None:
        house = self._rooms.pop(room, None)
        if house is not None:
            self.neighbours.leave(house)
            await house.close()

    def stats(self) -> dict[str, object]:
        """Counters for the technician: per room and endpoint, and of the port."""
        return {
            "port": {
                "received": self.port.received,
                "sent": self.port.sent,
                "unknown": self.port.unknown,
                "unsent": self.port.unsent,
                "expected": self.port.expected,
                "addresses": self.port.addresses,
            },
            "pipe": self.neighbours.stats(),
            "rooms": {
                name: {who: peer.stats() for who, peer in room.endpoints.items()} for name, room in self._rooms.items()
            },
        }

    def _room(self, name: str) -> Room:
        house = self._rooms.get(name)
        if house is None:
            house = self._rooms[name] = Room(name=name, worker=self.epoch, tell=lambda event: self.tell(event))
        return house
