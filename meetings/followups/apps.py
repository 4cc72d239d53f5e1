"""The followups slice."""

from django.apps import AppConfig


class FollowupsConfig(AppConfig):
    """The followups slice."""

    name = "meetings.followups"
    label = "followups"
