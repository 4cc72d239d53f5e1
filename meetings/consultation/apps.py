"""Consultations: eight steps around one topic, one or many meetings."""

from django.apps import AppConfig


class ConsultationConfig(AppConfig):
    """Consultations: eight steps around one topic, one or many meetings."""

    name = "meetings.consultation"
    label = "consultation"

    def ready(self) -> None:
        """Register what the slice does when a meeting starts."""
        from meetings.consultation import reactions  # noqa: F401
