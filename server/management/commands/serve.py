"""`manage.py serve`: the whole product on one machine, a web process and media workers, watched and restarted.

It decides addresses, ports and the certificate; `server.serving` does the watching. A cluster does not use it.
"""

import asyncio
import fcntl
import os
import signal
import socket
import sys
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from server.serving.addresses import free_ports, is_free, lan_addresses
from server.serving.certificate import certificate_for
from server.serving.children import Child, keep_running
from server.serving.workers import write_urls

EVERYWHERE = "0.0.0.0"  # noqa: S104 - what an administrator asks for with --host
LOOPBACK = "127.0.0.1"


class Command(BaseCommand):
    """See the module."""

    requires_system_checks = []  # `migrate` and the web process run them; starting must be quick
    help = "Serve the product on this machine: web process and media workers, restarted when they die."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Addresses, ports, HTTPS."""
        parser.add_argument("--host", default=LOOPBACK, help=f"{LOOPBACK} (this machine) or {EVERYWHERE} (the network)")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--media-port",
            type=int,
            default=None,
            help="UDP port of sound and picture; further workers take the next ones; default: as --port",
        )
        parser.add_argument(
            "--media-workers", type=int, default=settings.MEDIA_WORKERS, help="how many; default: one per core"
        )
        parser.add_argument(
            "--https", action="store_true", help="with a self-signed certificate kept in the data folder"
        )
        parser.add_argument("--no-media", action="store_true", help="without sound and picture")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check what would only fail later, then watch until SIGTERM or SIGINT."""
        host, port, https = options["host"], options["port"], options["https"]
        run = settings.DATA_DIR / "run"
        with _only_one(run):
            self._require_migrated()
            if not is_free(host, port, socket.SOCK_STREAM):
                raise CommandError(f"Port {port} of {host} is taken. Choose another: --port (make demo: PORT=…).")
            lan = lan_addresses()
            children = [self._web(host=host, port=port, https=https, lan=lan)]
            if not options["no_media"]:
                count = options["media_workers"] or len(os.sched_getaffinity(0))
                controls = free_ports(count, after=port)
                urls = [f"ws://{LOOPBACK}:{control}/control" for control in controls]
                children[0].environment["GONGSHANG_MEDIA_CONTROL_URLS"] = ",".join(urls)
                write_urls(urls, data=settings.DATA_DIR)
                first = options["media_port"] or port
                for number, control in enumerate(controls):
                    children.append(self._media(number, wanted=first + number, control=control, lan=lan))
            asyncio.run(self._watch(children, run=run, host=host, port=port, https=https, lan=lan))

    async def _watch(
        self, children: list[Child], *, run: Path, host: str, port: int, https: bool, lan: list[str]
    ) -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        hosts = ["localhost", *lan] if host == EVERYWHERE else ["localhost" if host == LOOPBACK else host]
        greeting = asyncio.create_task(
            self._greet(LOOPBACK if host == EVERYWHERE else host, port, hosts=hosts, https=https)
        )
        try:
            await keep_running(children, folder=run, stop=stop)
        finally:
            greeting.cancel()
            with suppress(asyncio.CancelledError):
                await greeting

    async def _greet(self, host: str, port: int, *, hosts: list[str], https: bool) -> None:
        """Say where to go as soon as somebody answers there."""
        while True:
            try:
                _, writer = await asyncio.open_connection(host, port)
            except OSError:
                await asyncio.sleep(0.1)
                continue
            writer.close()
            break
        scheme = "https" if https else "http"
        for each in hosts:
            self.stdout.write(self.style.SUCCESS(f"共商  {scheme}://{each}:{port}"))
        self.stdout.write("Ctrl-C ends it.")
        self.stdout.flush()

    def _web(self, *, host: str, port: int, https: bool, lan: list[str]) -> Child:
        environment = {}
        if host == EVERYWHERE and not os.environ.get("GONGSHANG_ALLOWED_HOSTS"):
            names = [*settings.ALLOWED_HOSTS, *lan, socket.gethostname()]
            environment["GONGSHANG_ALLOWED_HOSTS"] = ",".join(dict.fromkeys(names))
        if https:
            environment["GONGSHANG_HTTPS"] = "1"
            place = certificate_for(
                folder=settings.DATA_DIR / "tls",
                names=list(dict.fromkeys(["localhost", socket.gethostname()])),
                addresses=[LOOPBACK, *lan],
            )
            door = [
                "-e",
                f"ssl:{port}:interface={_escaped(host)}"
                f":privateKey={_escaped(str(place.key))}:certKey={_escaped(str(place.certificate))}",
            ]
        else:
            door = ["-b", host, "-p", str(port)]
        command = [sys.executable, "-m", "server.serving.web", "-v", "0", "--no-server-name", *door]
        command += ["server.asgi:application"]
        return Child(name="web", command=command, environment=environment)

    def _media(self, number: int, *, wanted: int, control: int, lan: list[str]) -> Child:
        # Bound everywhere also for this machine alone: Firefox does not pair 127.0.0.1 with its own address.
        udp = wanted if is_free(EVERYWHERE, wanted, socket.SOCK_DGRAM) else 0
        command = [sys.executable, "-m", "server.media"]
        announce = settings.MEDIA_ANNOUNCE or [*lan, LOOPBACK]
        command += ["--udp-port", str(udp), "--announce", ",".join(announce)]
        command += ["--control-port", str(control), "--worker", f"media-{number}"]
        command += ["--pipe-folder", str(settings.DATA_DIR / "run" / "pipes")]
        # All end together: SIGTERM would make each of them wait for its people to move to another.
        token = {"GONGSHANG_MEDIA_TOKEN": settings.MEDIA_TOKEN}
        return Child(name=f"media-{number}", command=command, environment=token, ends_by=signal.SIGINT)

    def _require_migrated(self) -> None:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError("The database is not up to date: run `manage.py migrate` first.")
        connections.close_all()


def _escaped(text: str) -> str:
    """As Twisted's endpoint descriptions want it."""
    return text.replace("\\", "\\\\").replace(":", "\\:")


def _only_one(run: Path) -> IO[str]:
    """Hold the data folder: a second `serve` on it would not hear the first one's bells."""
    run.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = (run / "serve.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise CommandError(f"The product already runs on {run.parent}.") from None
    return lock
