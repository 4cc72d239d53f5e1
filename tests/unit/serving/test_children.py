"""Watching processes: what dies is started again, what is ended stays ended."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from server.serving.children import FIRST_DELAY, LONGEST_DELAY, Child, delay_after, keep_running

SLEEPER = Child(name="sleeper", command=[sys.executable, "-c", "import time; time.sleep(60)"])


def pid_in(folder: Path, other_than: int | None = None) -> int | None:
    try:
        pid = int((folder / "sleeper.pid").read_text())
    except FileNotFoundError:
        return None
    return None if pid == other_than else pid


async def until(seen: Callable[[], int | None]) -> int:
    async with asyncio.timeout(20):
        while (value := seen()) is None:  # noqa: ASYNC110 - it is another process that is waited for
            await asyncio.sleep(0.02)
    return value


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""
    except FileNotFoundError:
        return False


async def test_a_killed_child_comes_back_as_another_process(tmp_path: Path) -> None:
    stop = asyncio.Event()
    watching = asyncio.create_task(keep_running([SLEEPER], folder=tmp_path, stop=stop))
    first = await until(lambda: pid_in(tmp_path))

    os.kill(first, signal.SIGKILL)
    second = await until(lambda: pid_in(tmp_path, other_than=first))

    assert is_alive(second)
    stop.set()
    await watching
    assert not is_alive(second)
    assert pid_in(tmp_path) is None


async def test_a_child_that_does_not_want_to_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.serving.children.GRACE", 0.2)
    deaf = "import signal, time, pathlib; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    stop = asyncio.Event()
    child = Child(name="sleeper", command=[sys.executable, "-c", deaf])
    watching = asyncio.create_task(keep_running([child], folder=tmp_path, stop=stop))
    pid = await until(lambda: pid_in(tmp_path))

    stop.set()
    await watching

    assert not is_alive(pid)


async def test_no_child_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    program = (
        "import asyncio, pathlib, sys; from server.serving.children import Child, keep_running;"
        "child = Child(name='sleeper', command=[sys.executable, '-c', 'import time; time.sleep(60)']);"
        "asyncio.run(keep_running([child], folder=pathlib.Path(sys.argv[1]), stop=asyncio.Event()))"
    )
    supervisor = await asyncio.create_subprocess_exec(sys.executable, "-c", program, str(tmp_path))
    child = await until(lambda: pid_in(tmp_path))

    supervisor.kill()
    await supervisor.wait()

    await until(lambda: None if is_alive(child) else child)


def test_the_first_death_is_answered_at_once_and_a_broken_program_patiently() -> None:
    delays = [delay_after(deaths) for deaths in range(1, 20)]

    assert delays[0] == FIRST_DELAY
    assert delays == sorted(delays)
    assert delays[-1] == LONGEST_DELAY
