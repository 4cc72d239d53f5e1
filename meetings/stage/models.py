"""What is on the big picture when nobody speaks, chosen by the staff."""

from django.db import models

from meetings.live.models import Meeting, Participant


class Stage(models.Model):
    """The stage of one meeting. `spotlight` is shown big instead of the speaker."""

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="stage")
    spotlight = models.ForeignKey(Participant, null=True, blank=True, on_delete=models.SET_NULL)

    def __str__(self) -> str:
        return f"stage of {self.meeting_id}"
