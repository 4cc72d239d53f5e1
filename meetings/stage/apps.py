"""The big picture, and the media rights that follow from the floor."""

from django.apps import AppConfig
from django.conf import settings


class StageConfig(AppConfig):
    """The big picture, and the media rights that follow from the floor."""

    name = "meetings.stage"
    label = "stage"

    def ready(self) -> None:
        """Register the slice's commands, events and snapshot."""
        from meetings.stage import commands, snapshot  # noqa: F401

        if settings.MEDIA_CONTROL_URLS:
            from meetings.live import media_port
            from meetings.stage import relays
            from meetings.stage.gateway import Gateway
            from meetings.stage.pool import SfuPool

            relays.configured()
            pool = SfuPool(
                urls=settings.MEDIA_CONTROL_URLS, token=settings.MEDIA_TOKEN, spread_above=settings.MEDIA_SPREAD_ABOVE
            )
            media_port.plug(Gateway(pool))
