"""`manage.py demo`: migrate, seed the fictional city and serve it, in one process and thus in seconds."""

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

MOST_WORKERS = 4


class Command(BaseCommand):
    """See the module."""

    help = "Serve the fictional city 澄湾市: migrate, seed_demo and serve in one go."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """As `serve`."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--https", action="store_true")
        parser.add_argument("--no-documents", action="store_true", help="as `seed_demo`")

    def handle(self, *args: Any, **options: Any) -> None:
        """One after the other."""
        port, https = options["port"], options["https"]
        workers = settings.MEDIA_WORKERS or min(len(os.sched_getaffinity(0)), MOST_WORKERS)
        call_command("migrate", verbosity=0)
        call_command("seed_demo", port=port, https=https, no_documents=options["no_documents"])
        call_command("serve", host=options["host"], port=port, https=https, media_workers=workers)
