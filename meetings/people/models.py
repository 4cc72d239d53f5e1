"""Venues, guests' links, and attendance as intervals.

The participant itself is the kernel's (`meetings.live.models.Participant`): every frame is authorised by it.
"""

from typing import ClassVar

from django.db import models

from meetings.live.models import Meeting, Participant
from server.accounts.models import Organization
from server.core import ids


class Venue(models.Model):
    """会场: a place with one camera, one microphone chain and many seats."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT)
    name = models.CharField(max_length=80)
    type = models.CharField(max_length=10, default="sub")
    capacity = models.PositiveIntegerField(default=20)
    network = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "name"], name="one_venue_per_name")]

    def __str__(self) -> str:
        return self.name


class MeetingVenue(models.Model):
    """A venue that takes part in a meeting. Its clerk's connection is the venue's endpoint."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="venues")
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["meeting", "venue"], name="one_place_per_venue")]

    def __str__(self) -> str:
        return f"{self.venue_id} in {self.meeting_id}"


class GuestLink(models.Model):
    """A guest's single-use link: only the digest of its secret is kept."""

    participant = models.OneToOneField(Participant, on_delete=models.CASCADE, related_name="guest_link")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"link of {self.participant_id}"


class Attendance(models.Model):
    """One stay of a participant inside the meeting; open while `left_at` is empty."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="attendance")
    arrived_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["arrived_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["participant"], condition=models.Q(left_at=None), name="one_open_stay_per_participant"
            )
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.arrived_at:%H:%M}"
