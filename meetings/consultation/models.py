"""Consultations: the whole life around one topic, with one or many meetings.

`Consultation.status` is the truth, moved by conditional updates only (`services`); `ConsultationStep` tells who moved
it and when. What happens inside a meeting is the kernel's.
"""

from enum import StrEnum
from typing import ClassVar

from django.db import models

from meetings.consultation.machine import Status
from meetings.live.models import Meeting
from server.accounts.models import Organization, Person
from server.core import ids


class ConsultationForm(StrEnum):
    """协商形式."""

    PLENARY = "PLENARY"
    STANDING_COMMITTEE = "STANDING_COMMITTEE"
    CHAIRPERSONS = "CHAIRPERSONS"
    TOPICAL = "TOPICAL"
    COUNTERPART = "COUNTERPART"
    SECTOR = "SECTOR"
    PROPOSAL = "PROPOSAL"
    ONLINE = "ONLINE"
    REMOTE = "REMOTE"
    FRONTLINE = "FRONTLINE"


class Consultation(models.Model):
    """协商活动. `brand` is the local name it runs under (请你来协商, 澄心商量)."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT)
    title = models.CharField(max_length=200)
    form = models.CharField(max_length=20, choices=[(form.value, form.value) for form in ConsultationForm])
    topic = models.CharField(max_length=500, blank=True)
    status = models.CharField(
        max_length=14, default=Status.DRAFT, choices=[(status.value, status.value) for status in Status]
    )
    brand = models.CharField(max_length=50, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT)

    class Meta:
        ordering: ClassVar = ["-created_at", "id"]
        indexes: ClassVar = [models.Index(fields=["organization", "-created_at"], name="consultation_by_age")]

    def __str__(self) -> str:
        return self.title


class ConsultationMeeting(models.Model):
    """A meeting that belongs to a consultation; a meeting belongs to one at most."""

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, primary_key=True, related_name="consultation")
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="meetings")

    class Meta:
        ordering: ClassVar = ["meeting__scheduled_start", "meeting_id"]

    def __str__(self) -> str:
        return f"{self.meeting_id} of {self.consultation_id}"


class ConsultationStep(models.Model):
    """One move: what, from where to where, by whom (nobody: the system), when and why."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="steps")
    move = models.CharField(max_length=24)
    from_status = models.CharField(max_length=14)
    to_status = models.CharField(max_length=14)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.move} {self.at:%Y-%m-%d}"
