"""The documents slice."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """The documents slice."""

    name = "meetings.documents"
    label = "documents"
