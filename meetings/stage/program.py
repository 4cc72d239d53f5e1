"""节目输出, the programme output: the stage alone on a hall's screen, a projector or a capture card.

It is an endpoint of its own beside the device of whoever opened it: it sends nothing, and who opened it keeps sound and
picture at the desk. Its name follows from the participant's, so that every process finds it without a table.
"""

from uuid import UUID, uuid5

from django.db.models import Q

from meetings.live.roles import PROGRAM_ROLES, STAFF_ROLES, Presence

MAY_OPEN = Q(role__in=PROGRAM_ROLES & STAFF_ROLES) & ~Q(presence=Presence.REMOVED) | Q(
    role__in=PROGRAM_ROLES, presence=Presence.PRESENT
)
"""Participants whose programme output may be connected. The staff work from their desks before they have signed in."""


def output_of(participant: UUID) -> UUID:
    """The endpoint of a participant's programme output."""
    return uuid5(participant, "program")
