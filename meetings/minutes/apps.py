"""协商纪要: drafted from the record, written block by block, issued and frozen."""

from django.apps import AppConfig


class MinutesConfig(AppConfig):
    """协商纪要: drafted from the record, written block by block, issued and frozen."""

    name = "meetings.minutes"
    label = "minutes"

    def ready(self) -> None:
        """Register the slice's command and event."""
        from meetings.minutes import commands  # noqa: F401
