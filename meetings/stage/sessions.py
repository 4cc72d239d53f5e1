"""The peer connections that this process has brought to the workers: whose, where, and whether they are through.

An endpoint has one. While it moves to another worker it has two, the newer one last.
"""

from collections import Counter
from dataclasses import dataclass, field
from time import monotonic
from uuid import UUID

from pydantic import BaseModel

from meetings.stage.engine import Place
from meetings.stage.placement import Life

OVERLAP = 5.0
"""Seconds after which an endpoint that is through on another worker is taken out of the one before."""


@dataclass(eq=False)
class Session:
    """One peer connection of an endpoint."""

    place: Place
    life: Life
    connection: str
    connected_at: float | None = None
    told_to_move: bool = False
    alone: bool = False
    """Nothing of the endpoint is left on other workers."""
    wishes: dict[str, BaseModel] = field(default_factory=dict)
    """What its page said last, by the name of the request: told again to a worker that was away."""


class Sessions:
    """See the module."""

    def __init__(self) -> None:
        self._by_place: dict[Place, list[Session]] = {}

    def enter(self, place: Place, life: Life, connection: str) -> tuple[Session, bool]:
        """The session of this connection, and whether it is new. One on the same worker is replaced by the worker."""
        known = self.find(place, connection)
        if known is not None and known.life == life:
            known.told_to_move = False  # the page may have lost that word with its socket
            return known, False
        session = Session(place, life, connection)
        self._by_place.setdefault(place, []).append(session)
        return session, True

    def drop(self, session: Session) -> None:
        """It is over."""
        sessions = self._by_place.get(session.place, [])
        if session in sessions:
            sessions.remove(session)
        if not sessions:
            self._by_place.pop(session.place, None)

    def take_out(self, place: Place) -> list[Session]:
        """All sessions of an endpoint, forgotten."""
        return self._by_place.pop(place, [])

    def find(self, place: Place, connection: str) -> Session | None:
        """The session of a connection."""
        return next((each for each in self.of(place) if each.connection == connection), None)

    def at(self, place: Place, life: Life) -> Session | None:
        """The newest session of an endpoint on a worker."""
        return next((each for each in reversed(self.of(place)) if each.life == life), None)

    def of(self, place: Place) -> list[Session]:
        """The sessions of an endpoint, the newest last."""
        return list(self._by_place.get(place, []))

    def newest(self, meeting: UUID | None = None) -> list[Session]:
        """The newest session of every endpoint, of one meeting or of all."""
        return [each[-1] for place, each in self._by_place.items() if meeting in (None, place.meeting)]

    def on(self, life: Life) -> list[Session]:
        """Everybody on a worker."""
        return [session for each in self._by_place.values() for session in each if session.life == life]

    def counted(self) -> Counter[Life]:
        """How many endpoints this process has brought to each worker."""
        return Counter(session.life for session in self.newest())

    def overlapping(self) -> list[Session]:
        """Those that have been through for a while and may have left something of their endpoint elsewhere."""
        late = monotonic() - OVERLAP
        return [each for each in self.newest() if not each.alone and each.connected_at and each.connected_at < late]

    @property
    def meetings(self) -> set[UUID]:
        """The meetings that have somebody here."""
        return {place.meeting for place in self._by_place}
