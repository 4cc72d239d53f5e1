"""A server under measurement: a process on the first core, and what /proc says about it."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[3]
TICKS = os.sysconf("SC_CLK_TCK")
SERVER_CORE, LOAD_CORE = 0, 1
_AUTOGROUP = Path("/proc/self/autogroup")


def pin(core: int) -> None:
    """Keep this process on `core`, where there are two."""
    if os.cpu_count() != 1:
        os.sched_setaffinity(0, {core})


@contextmanager
def first_in_line() -> Iterator[None]:
    """Before whatever else runs on the machine, with all children. Only root may; others share as usual."""
    with suppress(OSError):
        _AUTOGROUP.write_text("-10")  # sched(7): between sessions this counts, not the nice value
    try:
        yield
    finally:
        with suppress(OSError):
            _AUTOGROUP.write_text("0")


def busy_seconds() -> float:
    """CPU time of the whole machine (proc(5), /proc/stat: user, nice, system, irq, softirq)."""
    fields = [int(word) for word in Path("/proc/stat").read_text().split(maxsplit=9)[1:9]]
    return (sum(fields[:3]) + fields[5] + fields[6]) / TICKS


class Process:
    """See the module."""

    def __init__(self, command: Sequence[str], *, core: int = SERVER_CORE) -> None:
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `stop`
        mine = os.sched_getaffinity(0)
        pin(core)  # a child inherits it, and so do its threads
        try:
            self._popen = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._complaints
            )
        finally:
            os.sched_setaffinity(0, mine)

    def cpu_seconds(self) -> float:
        """User and system time of all its threads (proc(5), fields 14 and 15)."""
        fields = Path(f"/proc/{self._popen.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident_mb(self) -> float:
        return round(self._status("VmRSS") / 1024, 1)

    def threads(self) -> int:
        return self._status("Threads")

    def _status(self, field: str) -> int:
        rows = Path(f"/proc/{self._popen.pid}/status").read_text().splitlines()
        return next(int(row.split()[1]) for row in rows if row.startswith(f"{field}:"))

    @property
    def alive(self) -> bool:
        return self._popen.poll() is None

    def says(self) -> bytes:
        """Its next line; empty when it ended."""
        assert self._popen.stdout is not None
        return self._popen.stdout.readline()

    def complaint(self) -> str:
        """The last it said on stderr, once it ended."""
        self._popen.wait()
        self._complaints.seek(0)
        return self._complaints.read().decode(errors="replace").strip().rpartition("\n")[2]

    def tell(self, line: bytes) -> None:
        assert self._popen.stdin is not None
        self._popen.stdin.write(line + b"\n")
        self._popen.stdin.flush()

    def stop(self) -> None:
        self._popen.kill()
        self._popen.communicate()
        self._complaints.close()
