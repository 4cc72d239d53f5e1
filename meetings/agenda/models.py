"""The agenda: items in order, at most one of them active."""

from enum import StrEnum
from typing import ClassVar

from django.db import models

from meetings.live.models import Meeting, Participant
from server.core import ids


class ItemKind(StrEnum):
    """Kinds of agenda items (domain glossary)."""

    OPENING = "OPENING"
    REPORT = "REPORT"
    BRIEFING = "BRIEFING"
    SPEECH = "SPEECH"
    VIDEO = "VIDEO"
    ONSITE = "ONSITE"
    GUEST = "GUEST"
    POLL = "POLL"
    INTERACTION = "INTERACTION"
    RESPONSE = "RESPONSE"
    LEADER = "LEADER"
    SUMMARY = "SUMMARY"
    BREAK = "BREAK"


class ItemState(StrEnum):
    """PENDING → ACTIVE → DONE | SKIPPED."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    DONE = "DONE"
    SKIPPED = "SKIPPED"


class AgendaItem(models.Model):
    """One item with its planned minutes and, if known, its presenter."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="agenda_items")
    no = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in ItemKind])
    title = models.CharField(max_length=200)
    minutes = models.PositiveSmallIntegerField(default=5)
    presenter = models.ForeignKey(Participant, null=True, blank=True, on_delete=models.SET_NULL)
    state = models.CharField(max_length=8, default=ItemState.PENDING)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["no", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["meeting"], condition=models.Q(state="ACTIVE"), name="one_active_item_per_meeting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.no} {self.title}"
