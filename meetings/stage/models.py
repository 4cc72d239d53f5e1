"""How the meeting is shown, chosen by the staff; and where a meeting's media lives."""

from enum import StrEnum

from django.db import models

from meetings.live.models import Meeting, Participant


class Layout(StrEnum):
    """How the pictures stand. A document that is presented and a screen that is shared come before them, 会标 does not
    give way: it is what the hall sees while something is prepared behind it."""

    SPEAKER = "SPEAKER"
    """Who speaks, big; the others small."""
    ROUND_TABLE = "ROUND_TABLE"
    """Everybody alike, with no head of the table (围坐式)."""
    VENUE_WALL = "VENUE_WALL"
    """The venues alike, and who speaks from elsewhere."""
    TITLE_CARD = "TITLE_CARD"
    """会标."""


class Stage(models.Model):
    """The stage of one meeting. `spotlight` is shown big instead of the speaker."""

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="stage")
    spotlight = models.ForeignKey(Participant, null=True, blank=True, on_delete=models.SET_NULL)
    layout = models.CharField(
        max_length=12, choices=[(each.value, each.value) for each in Layout], default=Layout.SPEAKER.value
    )

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
