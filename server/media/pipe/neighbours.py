"""All workers this one is linked with, and the rooms it carries together with them."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from server.media.pipe import frames
from server.media.pipe.link import Link
from server.media.pipe.links import Links
from server.media.pipe.neighbour import Neighbour

if TYPE_CHECKING:
    from server.media.forward import Forwarder
    from server.media.room import Room


class Neighbours:
    """See the module. `rooms` are those that the worker has now."""

    def __init__(self, *, epoch: str, forwarder: "Forwarder", rooms: Callable[[], Iterable["Room"]]) -> None:
        self.links = Links(
            epoch=epoch,
            on_up=self._on_up,
            on_down=self._on_down,
            on_word=self._on_word,
            after_burst=forwarder.flush,
        )
        self._forwarder = forwarder
        self._rooms = rooms
        self._by_epoch: dict[str, Neighbour] = {}
        self._before = dict.fromkeys(("sent", "received", "dropped", "strange"), 0)  # of links that are gone

    def listen(self, folder: Path) -> None:
        self.links.listen(folder)

    def arrange(self, room: "Room") -> None:
        """The workers that carry the room have changed."""
        self._want()
        for neighbour in list(self._by_epoch.values()):
            self._join(neighbour, room)

    def leave(self, room: "Room") -> None:
        """The room is no more."""
        for neighbour in list(self._by_epoch.values()):
            neighbour.exit(room)
        room.neighbours.clear()
        self._want()

    def tick(self, now: float) -> None:
        """Every 50 ms."""
        self.links.tick(now)
        for neighbour in list(self._by_epoch.values()):
            neighbour.tick(now)

    def close(self) -> None:
        self.links.close()

    def stats(self) -> dict[str, int]:
        """Datagrams through all links, and how many of them were lost because the other side was slow."""
        links = [neighbour.link for neighbour in self._by_epoch.values()]
        counted = {name: before + sum(getattr(link, name) for link in links) for name, before in self._before.items()}
        return {"links": len(links), "waiting": sum(link.waiting for link in links), **counted}

    def _want(self) -> None:
        wanted = {worker for room in self._rooms() for worker in room.workers}
        self.links.want(frozenset(wanted - {self.links.epoch}))

    def _join(self, neighbour: Neighbour, room: "Room") -> None:
        if neighbour.epoch in room.workers:
            room.neighbours[neighbour.epoch] = neighbour
            neighbour.enter(room)
        else:
            room.neighbours.pop(neighbour.epoch, None)
            neighbour.exit(room)

    def _on_up(self, epoch: str, link: Link) -> None:
        neighbour = self._by_epoch[epoch] = Neighbour(epoch=epoch, link=link, forwarder=self._forwarder)
        for room in self._rooms():
            self._join(neighbour, room)

    def _on_down(self, epoch: str, link: Link) -> None:
        neighbour = self._by_epoch.pop(epoch)
        for name in self._before:
            self._before[name] += getattr(link, name)
        for room in self._rooms():
            room.neighbours.pop(epoch, None)
        neighbour.close()

    def _on_word(self, epoch: str, word: frames.Word) -> None:
        self._by_epoch[epoch].hear(word)
