"""`manage.py demo_bots MEETING USERNAME…`: moving, speaking participants in a running meeting."""

import asyncio
import contextlib
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from meetings.stage.bots import BotAccount, run_bots


class Command(BaseCommand):
    """A thin shell over `meetings.stage.bots`."""

    help = "Put bots (real WebRTC clients) into a meeting until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        """Meeting, accounts, and where the product is served."""
        parser.add_argument("meeting", help="id of the meeting")
        parser.add_argument("usernames", nargs="+", help="accounts that are invited; `venue:NAME` sits down as a venue")
        parser.add_argument("--url", default="http://localhost:8000")
        parser.add_argument("--password", default=os.environ.get("DEMO_PASSWORD", ""), help="or DEMO_PASSWORD")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until interrupted."""
        accounts = []
        for word in options["usernames"]:
            seat, _, name = word.rpartition(":")
            accounts.append(BotAccount(username=name, password=options["password"], seat=seat or "person"))
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(run_bots(options["url"], options["meeting"], accounts, say=self.stdout.write))
