"""The media workers from outside, for management commands: where they are, and asking one of them to drain.

The product itself speaks with them through `meetings.stage`.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from server.media.client import MediaClient

ANSWER = 3.0
"""Seconds that a worker has for saying its name."""


class NoSuchWorker(Exception):
    """Nobody answers to that name; those who answer are named."""


def write_urls(urls: Sequence[str], *, data: Path) -> None:
    """`serve` chooses the ports: leave word for the commands that want to speak with its workers."""
    _file(data).write_text(",".join(urls))


def read_urls(data: Path) -> list[str]:
    """Where the workers of the last `serve` are."""
    try:
        return [url for url in _file(data).read_text().split(",") if url]
    except FileNotFoundError:
        return []


async def drain(name: str, *, urls: Sequence[str], token: str) -> None:
    """Ask a worker to take nobody new and to end when everybody has moved; returns when it has ended."""
    async with AsyncExitStack() as stack:
        workers: dict[str, tuple[MediaClient, asyncio.Event]] = {}
        for url in urls:
            ended = asyncio.Event()
            client = MediaClient(url=url, token=token, on_lost=ended.set)
            stack.push_async_callback(client.close)
            await client.start()
            with suppress(TimeoutError):
                async with asyncio.timeout(ANSWER):
                    await client.wait_connected()
            if client.hello is not None:
                workers[client.hello.worker] = (client, ended)
        if name not in workers:
            raise NoSuchWorker(", ".join(sorted(workers)))
        client, ended = workers[name]
        await client.request("drain")
        await ended.wait()


def _file(data: Path) -> Path:
    return data / "run" / "media_control_urls"
