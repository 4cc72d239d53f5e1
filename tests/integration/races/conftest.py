"""What races share. They run on whatever database the run is configured for: `GONGSHANG_DATABASE_URL` chooses it."""

from collections.abc import Callable, Sequence
from threading import Barrier, Thread
from typing import Protocol

import pytest
from django.db import connection

from server.core.errors import Refused


class Together(Protocol):
    """Does all the works at the same moment, each in a thread with a connection of its own; outcomes in their order."""

    def __call__(self, works: Sequence[Callable[[], object]]) -> list[object]: ...


@pytest.fixture
def together() -> Together:
    """Outcomes are what a work returned, or the `Refused` it raised; any other exception fails the test."""

    def run(works: Sequence[Callable[[], object]]) -> list[object]:
        outcomes: list[object] = [None] * len(works)
        crashes: list[BaseException] = []
        gate = Barrier(len(works))

        def one(index: int, work: Callable[[], object]) -> None:
            try:
                gate.wait(timeout=30)
                outcomes[index] = work()
            except Refused as refusal:
                outcomes[index] = refusal
            except BaseException as crash:  # a thread's exception would only be printed
                crashes.append(crash)
            finally:
                connection.close()

        threads = [Thread(target=one, args=(index, work)) for index, work in enumerate(works)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert not any(thread.is_alive() for thread in threads)
        if crashes:
            raise crashes[0]
        return outcomes

    return run
