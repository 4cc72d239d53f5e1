"""`manage.py media_drain WORKER`: let everybody move to other workers, then the worker ends."""

import asyncio
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from server.serving.workers import NoSuchWorker, drain, read_urls


class Command(BaseCommand):
    """See the module. `serve` then starts the worker again."""

    help = "Drain a media worker: its meetings move to others without interruption, then it ends."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which."""
        parser.add_argument("worker", help="its name, such as media-0")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask and wait."""
        urls = settings.MEDIA_CONTROL_URLS or read_urls(settings.DATA_DIR)
        if not urls:
            raise CommandError("No media worker is known: set GONGSHANG_MEDIA_CONTROL_URLS.")
        try:
            asyncio.run(drain(options["worker"], urls=urls, token=settings.MEDIA_TOKEN))
        except NoSuchWorker as others:
            raise CommandError(f"No media worker {options['worker']} answers; there are: {others or 'none'}.") from None
        self.stdout.write(f"{options['worker']} is drained.")
