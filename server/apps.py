"""The platform itself: start-up checks and wiring that knows all slices."""

from django.apps import AppConfig


class ServerConfig(AppConfig):
    """The platform."""

    name = "server"
    label = "server"

    def ready(self) -> None:
        """Connect what earlier slices ask of later ones, and register the start-up checks."""
        from server import checks, features  # noqa: F401
