"""快速征询: polls, ballots, tallies."""

from django.apps import AppConfig


class VotingConfig(AppConfig):
    """快速征询: polls, ballots, tallies."""

    name = "voting"
    label = "voting"

    def ready(self) -> None:
        """Register the commands, events and snapshot."""
        from voting import casting, commands, snapshot  # noqa: F401
