"""What `__main__` asks of a server under measurement."""

from collections.abc import Sequence
from typing import Protocol

from tests.bench.sfu.load import Publisher
from tests.bench.sfu.processes import Process


class Unavailable(Exception):
    """This server cannot be had here; the text says why."""


class Server(Protocol):
    """One server process, one room. Everybody is connected when the method that lets them in returns."""

    @property
    def name(self) -> str: ...

    @property
    def processes(self) -> Sequence[Process]: ...

    async def start(self) -> None: ...

    async def publish(self, *, sound: bool) -> Publisher: ...

    async def subscribe(self, *, watches: bool) -> None:
        """Somebody who wants to see and hear all publishers."""
        ...

    async def ready(self) -> None:
        """Nobody else will come."""
        ...

    async def stop(self) -> None: ...
