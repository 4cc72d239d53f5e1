"""One media worker process: self-test, port, control door.

SIGTERM drains it: it takes nobody new, tells the web processes, and ends when everybody has moved to another worker or
after `--drain-seconds`. SIGINT, or a second SIGTERM, ends it now.

    python -m server.media --udp-host 127.0.0.1 --udp-port 0 --control-port 0 --token-file F --announce IP[,IP]

It prints one JSON line with its ports when it is ready. It keeps nothing: whoever holds the meeting tells it again.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

from aiohttp import web

from server.media.control import ControlServer
from server.media.forward import NAMES, ForwarderMissing
from server.media.messages import Draining
from server.media.plane import MediaPlane
from server.media.seam import SeamBroken, self_test
from server.media.udp import EVERYWHERE


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="media", description="A media worker of 共商.")
    parser.add_argument("--udp-host", default=EVERYWHERE, help="addresses of the UDP port, separated by commas")
    parser.add_argument("--udp-port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--control-host", default="127.0.0.1", help="keep this private")
    parser.add_argument("--control-port", type=int, default=0, help="0 takes a free one")
    parser.add_argument(
        "--token-file", type=Path, help="file with the bearer token of the control door; or GONGSHANG_MEDIA_TOKEN"
    )
    parser.add_argument("--announce", default="", help="addresses that members reach, separated by commas")
    parser.add_argument(
        "--forwarder",
        choices=NAMES,
        default="auto",
        help="backend of the packet path; auto takes the fastest that loads",
    )
    parser.add_argument("--worker", default=f"worker-{os.getpid()}", help="name of this worker, unique among all")
    parser.add_argument(
        "--pipe-folder",
        type=Path,
        default=Path(tempfile.gettempdir()) / f"gongshang-media-{os.getuid()}",
        help="where the workers of this machine find each other; nobody else may open it",
    )
    parser.add_argument("--drain-seconds", type=float, default=30.0, help="how long SIGTERM waits for people to move")
    return parser.parse_args(argv)


def addresses(text: str) -> list[str]:
    """The announced addresses, as they stand in candidates: browsers look up no names there."""
    try:
        return [str(ip_address(each.strip())) for each in text.split(",") if each.strip()]
    except ValueError as error:
        raise SystemExit(f"media worker: --announce takes IP addresses ({error})") from None


async def serve(options: argparse.Namespace) -> None:
    """Run until drained or told to stop."""
    await self_test()
    stop, drain = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, stop.set)
    loop.add_signal_handler(signal.SIGTERM, lambda: (stop if drain.is_set() else drain).set())
    announce = addresses(options.announce)
    plane = MediaPlane(
        udp_host=options.udp_host, udp_port=options.udp_port, announce=announce, forwarder=options.forwarder
    )
    if not announce and not plane.port.hosts:
        raise SystemExit("media worker: bound to everywhere it cannot know what members reach: say --announce")
    token = options.token_file.read_text() if options.token_file else os.environ.get("GONGSHANG_MEDIA_TOKEN", "")
    if len(token.strip()) < 16:
        raise SystemExit("the token of the control door must have at least 16 characters")
    control = ControlServer(plane=plane, token=token.strip(), worker=options.worker, drain=drain.set)
    plane.neighbours.listen(options.pipe_folder)
    runner = web.AppRunner(control.application(), access_log=None, shutdown_timeout=2)
    await runner.setup()
    site = web.TCPSite(runner, options.control_host, options.control_port)
    await site.start()
    running = asyncio.create_task(plane.run())
    ends = [asyncio.create_task(stop.wait()), asyncio.create_task(_drained(plane, control, drain, options))]
    ready = {"udp_port": plane.port.number, "control_port": runner.addresses[0][1], "epoch": plane.epoch}
    ready["forwarder"] = plane.forwarder
    print(json.dumps({"media": options.worker, **ready}), flush=True)  # noqa: T201 - read by the supervisor
    try:
        await asyncio.wait({running, *ends}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (running, *ends):
            task.cancel()
        results = await asyncio.gather(running, *ends, return_exceptions=True)
        await runner.cleanup()
    if isinstance(results[0], Exception):
        raise results[0]


async def _drained(
    plane: MediaPlane, control: ControlServer, drain: asyncio.Event, options: argparse.Namespace
) -> None:
    """Once asked to: take nobody new, say so, and wait until everybody has gone elsewhere."""
    await drain.wait()
    plane.draining = True
    control.tell(Draining())
    with suppress(TimeoutError):
        async with asyncio.timeout(options.drain_seconds):
            while plane.endpoints:  # noqa: ASYNC110 - looked at ten times a second, once in a worker's life
                await asyncio.sleep(0.1)


def main(argv: list[str] | None = None) -> None:
    options = arguments(argv)
    try:
        asyncio.run(serve(options))
    except (SeamBroken, ForwarderMissing) as broken:
        sys.exit(f"media worker: {broken}")


if __name__ == "__main__":
    main()
