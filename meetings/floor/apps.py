"""The speaker queue and who has the floor."""

from django.apps import AppConfig


class FloorConfig(AppConfig):
    """The speaker queue and who has the floor."""

    name = "meetings.floor"
    label = "floor"

    def ready(self) -> None:
        """Register the slice's commands, events and snapshot."""
        from meetings.floor import asking, calling, own, reactions, snapshot  # noqa: F401
