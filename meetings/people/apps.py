"""Participants, the lobby, venues and companions."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Participants, the lobby, venues and companions."""

    name = "meetings.people"
    label = "people"

    def ready(self) -> None:
        """Register the slice's commands, events and snapshot."""
        from meetings.people import commands, snapshot  # noqa: F401
