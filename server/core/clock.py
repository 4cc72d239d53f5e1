"""Time comes in through this door, so that tests need no patching of anything else."""

from datetime import UTC, datetime

from django.utils import timezone


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return timezone.now()


def iso(moment: datetime) -> str:
    """ISO 8601 with milliseconds in UTC (`2026-05-21T06:30:00.000Z`), the one form on the wire and in the journal."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read(text: str) -> datetime:
    """The moment that `iso` wrote."""
    return datetime.fromisoformat(text)
