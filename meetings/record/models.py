"""What was said that must not be lost: opinions (意见建议) and on-site commitments (现场承诺)."""

from typing import ClassVar

from django.db import models

from meetings.live.models import Meeting, Participant
from server.accounts.models import Unit
from server.core import ids


class Opinion(models.Model):
    """One piece of advice, counted and attributed. `aspect` is the 方面 it belongs to; `seq` ties it to the journal."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="opinions")
    no = models.PositiveIntegerField()
    aspect = models.CharField(max_length=50, blank=True)
    text = models.CharField(max_length=1000)
    speaker = models.ForeignKey(Participant, null=True, blank=True, on_delete=models.PROTECT)
    seq = models.PositiveBigIntegerField()

    class Meta:
        ordering: ClassVar = ["no"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["meeting", "no"], name="one_opinion_per_no")]

    def __str__(self) -> str:
        return self.text[:40]


class Commitment(models.Model):
    """A promise that a unit made on the spot."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="commitments")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT)
    unit_name = models.CharField(max_length=80)
    text = models.CharField(max_length=1000)
    due = models.DateField(null=True, blank=True)
    seq = models.PositiveBigIntegerField()

    class Meta:
        ordering: ClassVar = ["seq", "id"]

    def __str__(self) -> str:
        return self.text[:40]
