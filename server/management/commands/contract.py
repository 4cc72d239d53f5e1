"""`manage.py contract`: write what can be written of the contract with clients; `--check` fails when it is stale."""

import json
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from meetings.live import contract


class Command(BaseCommand):
    """Write the JSON Schema and the reference page."""

    help = "Write frontend/src/api/generated/schema.json and docs/reference.md."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--check` writes nothing."""
        parser.add_argument("--check", action="store_true", help="fail when the files are stale")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare."""
        wanted = {
            settings.BASE_DIR / "frontend/src/api/generated/schema.json": json.dumps(
                contract.schema(), ensure_ascii=False, indent=1
            )
            + "\n",
            settings.BASE_DIR / "docs/reference.md": contract.page(),
        }
        stale = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
        if options["check"]:
            for path in stale:
                self.stderr.write(f"stale: {path.relative_to(settings.BASE_DIR)} (run `make contract`)")
            sys.exit(1 if stale else 0)
        for path in stale:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path], "utf-8")
            self.stdout.write(f"wrote {path.relative_to(settings.BASE_DIR)}")
