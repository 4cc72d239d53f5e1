"""Documents that everybody sees."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Materials of a meeting, and the page that is shown to all."""

    name = "meetings.documents"
    label = "documents"

    def ready(self) -> None:
        """Register the slice's commands, events and snapshot."""
        from meetings.documents import commands, processed, snapshot  # noqa: F401
