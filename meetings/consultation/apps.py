"""The consultation slice."""

from django.apps import AppConfig


class ConsultationConfig(AppConfig):
    """The consultation slice."""

    name = "meetings.consultation"
    label = "consultation"
