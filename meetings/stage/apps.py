"""The big picture, and the media rights that follow from the floor."""

from django.apps import AppConfig


class StageConfig(AppConfig):
    """The big picture, and the media rights that follow from the floor."""

    name = "meetings.stage"
    label = "stage"

    def ready(self) -> None:
        """Register the slice's commands, events and snapshot."""
        from meetings.stage import commands, snapshot  # noqa: F401, PLC0415
