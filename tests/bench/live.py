"""Event fan-out of our feed against plain Channels `group_send`, and the return of everybody after a restart.

Both servers run under daphne in processes of their own, one after the other on the same machine, with the same number
of sockets and messages of the same size. CPU is the server process's own (user and system). Prints JSON lines; the
last one is the summary. `QUICK=1` takes fewer rounds.
"""

import asyncio
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).parent.parent.parent
QUICK = os.environ.get("QUICK") == "1"
SIZES = (50, 200, 500)
ROUNDS = 12 if QUICK else 40
PAUSE = 0.15 if QUICK else 0.25
RETURNING = 300
SERVERS = (("feed", "server.asgi:application"), ("group_send", "tests.bench.group_send:application"))
TICKS = os.sysconf("SC_CLK_TCK")

Clients = list["Client"]


def say(**line: Any) -> None:
    print(json.dumps({"bench": "live", **line}), flush=True)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process (proc(5), fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: str, **more: str) -> dict[str, str]:
    keep = {key: value for key, value in os.environ.items() if not key.startswith("GONGSHANG_")}
    return {
        **keep,
        "GONGSHANG_DATA_DIR": folder,
        "DJANGO_SETTINGS_MODULE": "server.settings.base",
        "PYTHONPATH": str(ROOT),
        **more,
    }


def start(application: str, port: int, env: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "-v", "0", application]
    process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
        time.sleep(0.05)
    raise RuntimeError(f"{application} did not start")


@contextmanager
def serving(application: str, port: int, env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = start(application, port, env)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


class Client:
    """One socket; notes when each event came."""

    def __init__(self, url: str, cookie: str, meeting: str) -> None:
        self.url, self.cookie, self.meeting = url, cookie, meeting
        self.came: dict[int, float] = {}
        self.seqs: list[int] = []
        self.welcome_bytes = 0
        self.line: aiohttp.ClientWebSocketResponse | None = None
        self.reader: asyncio.Task[None] | None = None

    @property
    def seq(self) -> int | None:
        return self.seqs[-1] if self.seqs else None

    async def connect(self, session: aiohttp.ClientSession) -> None:
        headers = {"Cookie": self.cookie, "Origin": "http://localhost"}
        self.line = await session.ws_connect(self.url, headers=headers, max_msg_size=0, compress=0)
        if self.meeting:
            hello = {"t": "hello", "protocol": 1, "meeting": self.meeting, "since": self.seq, "seat": "person"}
            await self.line.send_str(json.dumps(hello))
        text = await self.line.receive_str()
        self.welcome_bytes = len(text.encode())
        welcome = json.loads(text)
        if welcome["t"] != "welcome":
            raise RuntimeError(text)
        if self.meeting and self.seq is None:
            self.seqs.append(welcome["seq"])
        else:
            self.note(welcome.get("events", ()))
        self.reader = asyncio.create_task(self.read())

    async def read(self) -> None:
        assert self.line is not None
        async for message in self.line:
            if message.type is not aiohttp.WSMsgType.TEXT:
                break
            if '"events"' in message.data:
                self.note(json.loads(message.data)["events"])

    def note(self, events: Any) -> None:
        now = time.perf_counter()
        for event in events:
            self.seqs.append(event["seq"])
            self.came[event["seq"]] = now

    async def give(self, command: str) -> None:
        assert self.line is not None
        frame = {"t": "do", "id": str(uuid.uuid4()), "command": {"type": command}}
        await self.line.send_str(json.dumps(frame))

    async def close(self) -> None:
        if self.line is not None:
            await self.line.close()
        if self.reader is not None:
            await self.reader


async def all_have(clients: Clients, seq: int) -> None:
    while any(seq not in client.came for client in clients):
        await asyncio.sleep(0.001)


async def connect_all(clients: Clients, session: aiohttp.ClientSession) -> None:
    for at in range(0, len(clients), 25):
        await asyncio.gather(*(client.connect(session) for client in clients[at : at + 25]))


async def fan_out(clients: Clients, pid: int, *, ours: bool) -> dict[str, float]:
    """Rounds of one event to all; time is from sending the command to the last socket."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await connect_all(clients, session)
        await asyncio.sleep(2.5)
        took = []
        before = cpu_seconds(pid)
        for number in range(ROUNDS):
            expected = (clients[0].seq or 0) + 1 if ours else number + 1
            sent = time.perf_counter()
            if ours:
                await clients[0].give("floor.open" if number % 2 == 0 else "floor.close")
            else:
                await say_plain(clients[0], expected)
            async with asyncio.timeout(30):
                await all_have(clients, expected)
            took.append(1000 * (max(client.came[expected] for client in clients) - sent))
            await asyncio.sleep(PAUSE)
        spent = cpu_seconds(pid) - before
        await asyncio.gather(*(client.close() for client in clients))
    deliveries = ROUNDS * len(clients)
    cuts = statistics.quantiles(took, n=20, method="inclusive")
    return {
        "cpu_ms_per_1000": round(1e6 * spent / deliveries, 2),
        "p50_ms": round(statistics.median(took), 1),
        "p95_ms": round(cuts[18], 1),
        "welcome_bytes": clients[-1].welcome_bytes,
    }


async def say_plain(client: Client, seq: int) -> None:
    """The same event, with the same fields, as our journal tells it."""
    assert client.line is not None
    event = {
        "seq": seq, "at": "2026-05-21T06:30:00.000Z", "type": "floor.opened", "v": 1,
        "actor": "00000000-0000-4000-8000-000000000000", "data": {},
    }  # fmt: skip
    await client.line.send_str(json.dumps({"t": "events", "events": [event]}))


async def everybody_returns(
    clients: Clients, server: subprocess.Popen[bytes], again: Any
) -> tuple[float, bool, subprocess.Popen[bytes]]:
    """Kill the server, start it, wait until everybody is back and has every event. Seconds from its first breath."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await connect_all(clients, session)
        for number in range(4):
            await clients[0].give("floor.open" if number % 2 == 0 else "floor.close")
        server.send_signal(signal.SIGKILL)
        server.wait()
        await asyncio.gather(*(client.close() for client in clients), return_exceptions=True)
        fresh: subprocess.Popen[bytes] = await asyncio.to_thread(again)
        begin = time.perf_counter()
        await asyncio.gather(*(client.connect(session) for client in clients))
        await clients[0].give("floor.open")
        async with asyncio.timeout(30):
            while len({client.seq for client in clients}) > 1:
                await asyncio.sleep(0.005)
        took = time.perf_counter() - begin
        gapless = all(seqs == list(range(seqs[0], seqs[0] + len(seqs))) for seqs in (client.seqs for client in clients))
        await asyncio.gather(*(client.close() for client in clients))
    return took, gapless, fresh


def main() -> None:
    summary: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="gongshang-bench-") as folder:
        env = environment(folder)
        manage = [sys.executable, str(ROOT / "manage.py")]
        subprocess.run([*manage, "migrate", "-v", "0"], env=env, cwd=ROOT, check=True)
        seeded = subprocess.run(
            [sys.executable, "-m", "tests.bench.seed", str(max(SIZES))],
            env=env, cwd=ROOT, check=True, capture_output=True, text=True,
        )  # fmt: skip
        seed = json.loads(seeded.stdout.splitlines()[-1])
        for size in SIZES:
            results = {}
            for name, application in SERVERS:
                port = free_port()
                with serving(application, port, env) as process:
                    url = f"http://127.0.0.1:{port}/ws/live"
                    meeting = seed["meeting"] if name == "feed" else ""
                    clients = [Client(url, cookie, meeting) for cookie in seed["cookies"][:size]]
                    results[name] = asyncio.run(fan_out(clients, process.pid, ours=name == "feed"))
                say(clients=size, server=name, **results[name])
            ratio = round(results["feed"]["cpu_ms_per_1000"] / results["group_send"]["cpu_ms_per_1000"], 3)
            say(clients=size, cpu_ratio_to_group_send=ratio)
            summary["cpu_ratio_to_group_send"] = ratio
            summary[f"p95_ms_{size}"] = results["feed"]["p95_ms"]
            summary["welcome_bytes"] = results["feed"]["welcome_bytes"]
        port = free_port()
        server = start("server.asgi:application", port, env)
        try:
            url = f"http://127.0.0.1:{port}/ws/live"
            clients = [Client(url, cookie, seed["meeting"]) for cookie in seed["cookies"][:RETURNING]]
            took, gapless, server = asyncio.run(
                everybody_returns(clients, server, lambda: start("server.asgi:application", port, env))
            )
        finally:
            server.kill()
            server.wait()
        say(clients=RETURNING, reconnect_s=round(took, 2), no_event_lost=gapless)
        if not gapless:
            raise SystemExit("events were lost")
        summary[f"reconnect_{RETURNING}_s"] = round(took, 2)
    print(json.dumps({"bench": "live", "summary": summary}))


if __name__ == "__main__":
    main()
