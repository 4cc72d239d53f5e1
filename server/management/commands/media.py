"""`manage.py media`: one media worker, where `serve` does not run. One per core, each with its own ports."""

import os
import socket
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from server.serving.addresses import lan_addresses


class Command(BaseCommand):
    """Becomes the worker: nothing of Django stays in the process."""

    help = "Run one media worker. SIGTERM lets its people move to another before it ends, SIGINT does not wait."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Addresses, ports, name."""
        parser.add_argument(
            "--udp-host", default="", help="addresses of the UDP port, separated by commas; default: all"
        )
        parser.add_argument(
            "--udp-port", type=int, required=True, help="UDP port of sound and picture, open to members"
        )
        parser.add_argument("--control-host", default="127.0.0.1", help="where web processes reach it; keep it private")
        parser.add_argument("--control-port", type=int, required=True, help="TCP port for the web processes")
        parser.add_argument(
            "--announce", default="", help="addresses that members reach; default: those of this machine"
        )
        parser.add_argument("--worker", default="", help="its name, unique among all; default: host and UDP port")
        parser.add_argument(
            "--drain-seconds", type=float, default=30.0, help="how long SIGTERM waits for people to move"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Hand over to `server.media`."""
        os.environ["GONGSHANG_MEDIA_TOKEN"] = settings.MEDIA_TOKEN
        command = [sys.executable, "-m", "server.media"]
        if options["udp_host"]:
            command += ["--udp-host", options["udp_host"]]
        for name in ("udp_port", "control_host", "control_port", "drain_seconds"):
            command += [f"--{name.replace('_', '-')}", str(options[name])]
        command += ["--announce", options["announce"] or ",".join(settings.MEDIA_ANNOUNCE or lan_addresses())]
        command += ["--worker", options["worker"] or f"{socket.gethostname()}-{options['udp_port']}"]
        os.execv(sys.executable, command)  # noqa: S606 - our own program
