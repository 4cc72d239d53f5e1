"""The kernel: commands, events, journal, feed."""

from django.apps import AppConfig


class LiveConfig(AppConfig):
    """The durable meeting and everything every slice stands on."""

    name = "meetings.live"
    label = "live"

    def ready(self) -> None:
        """Register the kernel's own commands, events and snapshot."""
        from meetings.live import hosting, lifecycle, redaction  # noqa: F401
