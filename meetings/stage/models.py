"""What is on the big picture when nobody speaks, chosen by the staff; and where a meeting's media lives."""

from django.db import models

from meetings.live.models import Meeting, Participant


class Stage(models.Model):
    """The stage of one meeting. `spotlight` is shown big instead of the speaker."""

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="stage")
    spotlight = models.ForeignKey(Participant, null=True, blank=True, on_delete=models.SET_NULL)

    def __str__(self) -> str:
        return f"stage of {self.meeting_id}"


class MediaLease(models.Model):
    """Which media workers carry a meeting: `worker@epoch`, read and written by `leases` alone.

    `generation` grows with every change; a change names the one it has seen, so that of two web processes one wins
    and the other reads what the first decided. There is one row per meeting that is going on.
    """

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, primary_key=True, related_name="media_lease")
    home = models.CharField(max_length=200)
    annexes = models.JSONField(default=list)
    leaving = models.JSONField(default=list)
    generation = models.PositiveIntegerField(default=1)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"media of {self.meeting_id} on {self.home}"
