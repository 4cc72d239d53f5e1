"""The minutes slice."""

from django.apps import AppConfig


class MinutesConfig(AppConfig):
    """The minutes slice."""

    name = "meetings.minutes"
    label = "minutes"
