"""Opinions and commitments noted during the meeting."""

from django.apps import AppConfig


class RecordConfig(AppConfig):
    """Opinions and commitments noted during the meeting."""

    name = "meetings.record"
    label = "record"

    def ready(self) -> None:
        """Register the slice's commands, events and snapshot."""
        from meetings.record import commands, snapshot  # noqa: F401
