"""Where a meeting's media lives, decided together with the other web processes: the lease, kept right.

A meeting leaves a worker that is dead (see `lines`) or drains, for the least loaded of the others; with nobody else to
go to it stays, because a draining worker still works and a dead one may be back in a moment. Everything is read anew
each time, and changed by an update that loses against a faster one: then what the other has decided holds.
"""

from uuid import UUID

from meetings.live.threads import run
from meetings.stage import leases
from meetings.stage.engine import Unavailable
from meetings.stage.leases import Lease
from meetings.stage.lines import Fate, Lines
from meetings.stage.placement import Life, Load, Seating, choose_home, choose_seat
from meetings.stage.sessions import Sessions
from server.core import clock


class Homes:
    """See the module. `spread_above` is the number of endpoints from which a meeting takes a second worker."""

    def __init__(self, lines: Lines, sessions: Sessions, *, spread_above: int) -> None:
        self._lines = lines
        self._sessions = sessions
        self._spread_above = spread_above

    async def find(self, meeting: UUID) -> Lease | None:
        """The lease as it should be now."""
        lease = await run(leases.read, meeting)
        return await self._without_the_dead(lease) if lease else None

    async def find_or_take(self, meeting: UUID) -> Lease | None:
        """The same, with a home for a meeting that had none. None: no worker can be asked."""
        if lease := await self.find(meeting):
            return lease
        home = choose_home(await self._loads())
        return await run(leases.take, meeting, home, now=clock.now()) if home else None

    async def seat(self, lease: Lease, *, before: Life | None) -> Life:
        """The worker that takes an endpoint; it may become an annex by that. Raises `Unavailable`."""
        seating = choose_seat(lease.places, await self._loads(), before=before, spread_above=self._spread_above)
        if seating is None:
            raise Unavailable
        return await self._annexed(lease, seating) if seating.annex else seating.life

    async def _annexed(self, lease: Lease, seating: Seating) -> Life:
        annexes = (*lease.annexes, seating.life)
        changed = await self._change(lease, lease.home, annexes, lease.leaving)
        if changed is None:
            raise Unavailable
        # Somebody else may have been faster and chosen another.
        return seating.life if seating.life in changed.places else changed.home

    async def _without_the_dead(self, lease: Lease) -> Lease | None:
        fates = {life: await self._lines.fate(life) for life in lease.lives}
        taking = self._lines.taking()
        # Whoever is only away stays: a line that breaks for a moment moves nobody.
        stays = [life for life in lease.places if life in taking or fates[life] is Fate.AWAY]
        home: Life | None = lease.home
        if lease.home not in stays:
            home = choose_home(await self._loads(), annexes=stays)
        if home is None:
            return lease
        annexes = tuple(life for life in stays if life != home and life in lease.annexes)
        gone = [life for life in (*lease.places, *lease.leaving) if life != home and life not in annexes]
        leaving = tuple(life for life in gone if fates[life] is not Fate.DEAD)
        if (home, annexes, leaving) == (lease.home, lease.annexes, lease.leaving):
            return lease
        return await self._change(lease, home, annexes, leaving)

    async def _loads(self) -> list[Load]:
        return self._lines.loads(meetings=await run(leases.homes), people=self._sessions.counted())

    async def _change(
        self, lease: Lease, home: Life, annexes: tuple[Life, ...], leaving: tuple[Life, ...]
    ) -> Lease | None:
        return await run(leases.change, lease, home=home, annexes=annexes, leaving=leaving, now=clock.now())
