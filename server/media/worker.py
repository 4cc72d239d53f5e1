"""One media worker process: self-test, port, control door, until SIGTERM.

    python -m server.media --udp-host 127.0.0.1 --udp-port 0 --control-port 0 --token-file F --announce IP[,IP]

It prints one JSON line with its ports when it is ready. It keeps nothing: whoever holds the meeting tells it again.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
from ipaddress import ip_address
from pathlib import Path

from aiohttp import web

from server.media.control import ControlServer
from server.media.forward import NAMES, ForwarderMissing
from server.media.plane import MediaPlane
from server.media.seam import SeamBroken, self_test
from server.media.udp import EVERYWHERE


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="media", description="A media worker of 共商.")
    parser.add_argument("--udp-host", default=EVERYWHERE, help="addresses of the UDP port, separated by commas")
    parser.add_argument("--udp-port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--control-host", default="127.0.0.1", help="keep this private")
    parser.add_argument("--control-port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--token-file", type=Path, required=True, help="file with the bearer token of the control door")
    parser.add_argument("--announce", default="", help="addresses that members reach, separated by commas")
    parser.add_argument(
        "--forwarder",
        choices=NAMES,
        default="auto",
        help="backend of the packet path; auto takes the fastest that loads",
    )
    parser.add_argument("--worker", default=f"worker-{os.getpid()}", help="name of this worker")
    return parser.parse_args(argv)


def addresses(text: str) -> list[str]:
    """The announced addresses, as they stand in candidates: browsers look up no names there."""
    try:
        return [str(ip_address(each.strip())) for each in text.split(",") if each.strip()]
    except ValueError as error:
        raise SystemExit(f"media worker: --announce takes IP addresses ({error})") from None


async def serve(options: argparse.Namespace) -> None:
    """Run until SIGTERM or SIGINT."""
    await self_test()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    announce = addresses(options.announce)
    plane = MediaPlane(
        udp_host=options.udp_host, udp_port=options.udp_port, announce=announce, forwarder=options.forwarder
    )
    if not announce and not plane.port.hosts:
        raise SystemExit("media worker: bound to everywhere it cannot know what members reach: say --announce")
    token = options.token_file.read_text().strip()
    if len(token) < 16:
        raise SystemExit("the token file must hold at least 16 characters")
    control = ControlServer(plane=plane, token=token, worker=options.worker)
    runner = web.AppRunner(control.application(), access_log=None, shutdown_timeout=2)
    await runner.setup()
    site = web.TCPSite(runner, options.control_host, options.control_port)
    await site.start()
    running = asyncio.create_task(plane.run())
    ready = {"udp_port": plane.port.number, "control_port": runner.addresses[0][1], "epoch": plane.epoch}
    ready["forwarder"] = plane.forwarder
    print(json.dumps({"media": options.worker, **ready}), flush=True)  # noqa: T201 - read by the supervisor
    try:
        await asyncio.wait({running, asyncio.create_task(stop.wait())}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        running.cancel()
        results = await asyncio.gather(running, return_exceptions=True)
        await runner.cleanup()
    if isinstance(results[0], Exception):
        raise results[0]


def main(argv: list[str] | None = None) -> None:
    options = arguments(argv)
    try:
        asyncio.run(serve(options))
    except (SeamBroken, ForwarderMissing) as broken:
        sys.exit(f"media worker: {broken}")


if __name__ == "__main__":
    main()
