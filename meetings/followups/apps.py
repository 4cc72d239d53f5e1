"""办理事项: what follows from a consultation, from the suggestion to the evaluation."""

from django.apps import AppConfig


class FollowupsConfig(AppConfig):
    """办理事项: what follows from a consultation, from the suggestion to the evaluation."""

    name = "meetings.followups"
    label = "followups"
