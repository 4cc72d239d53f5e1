"""`make test`: install what the tests need, run every stage once, and say what each took.

Standard library only: it runs before anything is installed. A stage that fails does not keep the others from running
(a failed preparation does); nothing is tried twice. The last line counts all tests, in pytest's words.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 25 * 60
"""Seconds after which a stage counts as hung."""
# A test that hangs tells where, long before its stage is given up.
PYTEST = [".venv/bin/python", "-m", "pytest", "-o", "faulthandler_timeout=240"]
MEDIA = "tests/integration/media"
NETWORKS = "tests/e2e/test_media.py"


@dataclass(frozen=True)
class Stage:
    """One command. `reports` stages are pytest runs and leave a report with their counts."""

    name: str
    command: list[str]
    prepares: bool = False
    reports: bool = False


STAGES = [
    Stage("system", ["bin/system-packages"], prepares=True),
    Stage("python", ["bin/venv", "dev"], prepares=True),
    Stage("helper", [".venv/bin/python", "-m", "server.media.forward.build"], prepares=True),
    Stage("frontend", ["bin/frontend", "build"], prepares=True),
    Stage("old-browser", ["bin/old-browser"], prepares=True),
    Stage("check", ["make", "--no-print-directory", "check"]),
    Stage("built", ["npm", "--prefix", "frontend", "run", "--silent", "test:built"]),
    Stage("sqlite", [*PYTEST, "tests/unit", "tests/integration", f"--ignore={MEDIA}"], reports=True),
    Stage("postgresql", ["bin/with-services", *PYTEST, "tests/integration", f"--ignore={MEDIA}"], reports=True),
    Stage("media", ["bin/isolated", *PYTEST, MEDIA], reports=True),
    Stage("e2e", ["bin/isolated", *PYTEST, "tests/e2e", f"--ignore={NETWORKS}"], reports=True),
    Stage("networks", ["bin/isolated", *PYTEST, NETWORKS], reports=True),
]


@dataclass
class Counts:
    """What pytest reported."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, report: Path) -> None:
        for suite in ElementTree.parse(report).iter("testsuite"):  # noqa: S314 - pytest wrote it just now
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            skipped = int(suite.get("skipped", 0))
            self.failed += failed
            self.skipped += skipped
            self.passed += int(suite.get("tests", 0)) - failed - skipped

    def __str__(self) -> str:
        parts = [(self.failed, "failed"), (self.passed, "passed"), (self.skipped, "skipped")]
        return ", ".join(f"{number} {word}" for number, word in parts if number or word == "passed")


def main(only: list[str]) -> int:
    """Run the stages (all, or those named) and return the exit status."""
    unknown = set(only) - {stage.name for stage in STAGES}
    if unknown:
        sys.exit(f"no such stage: {', '.join(sorted(unknown))} (there are {', '.join(each.name for each in STAGES)})")
    took: list[tuple[str, float, bool]] = []
    counts = Counts()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="gongshang-tests-") as folder:
        for stage in STAGES:
            if only and not stage.prepares and stage.name not in only:
                continue
            print(f"\n=== {stage.name}: {' '.join(stage.command)}", flush=True)
            start = time.monotonic()
            report = Path(folder) / f"{stage.name}.xml"
            fine = run(stage, data=Path(folder) / stage.name, report=report) == 0
            took.append((stage.name, time.monotonic() - start, fine))
            if report.exists():
                counts.add(report)
            if stage.prepares and not fine:
                break
    print()
    for name, seconds, fine in took:
        print(f"{name:<12} {seconds:7.1f} s  {'' if fine else 'FAILED'}")
    failed = [name for name, _, fine in took if not fine]
    if failed:
        print(f"failed: {', '.join(failed)}")
    print(f"=== {counts} in {time.monotonic() - begin:.2f}s ===")
    return 1 if failed else 0


def run(stage: Stage, *, data: Path, report: Path) -> int:
    """Run one stage in a process group of its own, and leave nothing of it behind."""
    command = [*stage.command, f"--junitxml={report}"] if stage.reports else stage.command
    environment = dict(os.environ)
    # The caller's own database must never meet a test.
    environment = {name: value for name, value in environment.items() if not name.startswith("GONGSHANG_")}
    if stage.reports:
        environment["GONGSHANG_DATA_DIR"] = str(data)
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)  # noqa: S603
    try:
        return process.wait(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        print(f"{stage.name}: no end after {PATIENCE} s")
        return 1
    finally:
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ask the whole group to end (pytest reports, services stop in order), then insist."""
    for number, patience in ((signal.SIGINT, 15.0), (signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0)):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return
        end = time.monotonic() + patience
        while time.monotonic() < end and _alive(process):
            time.sleep(0.05)


def _alive(process: "subprocess.Popen[bytes]") -> bool:
    process.poll()
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(sys.argv[1:]))
