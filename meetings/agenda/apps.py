"""The agenda and the item under discussion."""

from django.apps import AppConfig


class AgendaConfig(AppConfig):
    """The agenda and the item under discussion."""

    name = "meetings.agenda"
    label = "agenda"

    def ready(self) -> None:
        """Register the slice's commands, events and snapshot."""
        from meetings.agenda import commands, snapshot  # noqa: F401
