"""`manage.py seed_demo`: the fictional city 澄湾市, once; later runs only make sure that a meeting is open today.

Prints where to go and who to sign in as. Refuses a database that holds anything but a demo.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from server.accounts.models import Organization
from server.demo.card import card
from server.demo.city import chengwan
from server.demo.meeting import meeting_today
from server.demo.people import settle
from server.serving.addresses import lan_addresses


class Command(BaseCommand):
    """See the module."""

    help = "Fill the database with the fictional city 澄湾市 and print its accounts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where `serve` will answer, to print links that work."""
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--https", action="store_true")
        parser.add_argument("--no-documents", action="store_true", help="nothing on the table, nothing to draw")
        parser.add_argument("--quiet", action="store_true", help="print nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Fill, then print."""
        if Organization.objects.filter(is_demo=False).exists():
            raise CommandError("This database holds an organisation that is not a demo: nothing was changed.")
        city = chengwan()
        with transaction.atomic():
            people = settle(city)
            meeting = meeting_today(city, people, documents=not options["no_documents"])
        if not options["quiet"]:
            host = next(iter(lan_addresses()), "localhost") if options["https"] else "localhost"
            scheme = "https" if options["https"] else "http"
            address = f"{scheme}://{host}:{options['port']}"
            self.stdout.write(card(city=city, people=people, meeting=meeting, address=address))
