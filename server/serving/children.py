"""The processes that `manage.py serve` watches: started, started again when they die, ended together.

A child never outlives the supervisor, not even when that is killed. `run/<name>.pid` says which process it is now.
"""

import asyncio
import ctypes
import logging
import os
import signal
import sys
import time
from asyncio.subprocess import Process
from dataclasses import dataclass, field
from pathlib import Path

log = logging.getLogger(__name__)

FIRST_DELAY = 0.1
LONGEST_DELAY = 10.0
STEADY = 10.0
"""Seconds of life after which a child's earlier deaths are forgotten."""
GRACE = 8.0
"""Seconds that a child has for ending when it is asked to."""
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Child:
    """One program to keep running."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    ends_by: signal.Signals = signal.SIGTERM


def delay_after(deaths: int) -> float:
    """Seconds to wait after that many deaths in quick succession: at once the first time, patient with a broken one."""
    return float(min(FIRST_DELAY * 2 ** (deaths - 1), LONGEST_DELAY))


async def keep_running(children: list[Child], *, folder: Path, stop: asyncio.Event) -> None:
    """Run all children until `stop` is set, then end them all. Pid files go into the (existing) folder."""
    async with asyncio.TaskGroup() as group:
        for child in children:
            group.create_task(_keep(child, folder=folder, stop=stop))


async def _keep(child: Child, *, folder: Path, stop: asyncio.Event) -> None:
    pid_file = folder / f"{child.name}.pid"
    stopping = asyncio.create_task(stop.wait())
    deaths = 0
    try:
        while not stop.is_set():
            born = time.monotonic()
            process = await _start(child)
            _write(pid_file, str(process.pid))
            ending = asyncio.create_task(process.wait())
            await asyncio.wait({ending, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if stop.is_set():
                await _end(process, by=child.ends_by)
                break
            deaths = 1 if time.monotonic() - born > STEADY else deaths + 1
            delay = delay_after(deaths)
            log.warning("%s ended with %s, starting it again in %.1f s", child.name, process.returncode, delay)
            await asyncio.wait({stopping}, timeout=delay)
    finally:
        stopping.cancel()
        pid_file.unlink(missing_ok=True)


async def _start(child: Child) -> Process:
    supervisor = os.getpid()

    def tie_to_supervisor() -> None:
        """In the child, before its program begins: die when the supervisor dies."""
        if not sys.platform.startswith("linux"):
            return
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != supervisor:  # it died before the line above
            os._exit(1)

    return await asyncio.create_subprocess_exec(
        *child.command,
        env={**os.environ, **child.environment},
        stdin=asyncio.subprocess.DEVNULL,
        # A session of its own: Ctrl-C reaches the supervisor alone, which then ends its children in order.
        start_new_session=True,
        preexec_fn=tie_to_supervisor,
    )


async def _end(process: Process, *, by: signal.Signals) -> None:
    if process.returncode is not None:
        return
    process.send_signal(by)
    try:
        async with asyncio.timeout(GRACE):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _write(path: Path, text: str) -> None:
    """In one step, so that nobody reads half a number."""
    fresh = path.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(path)
