"""Which participant is behind a connection: by account, or by the seat that a guest's link has put into the session.

Knowing an id opens nothing: every frame and request goes through here or through `execute`.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from meetings.live.models import Meeting, Participant
from meetings.live.roles import STAFF_ROLES, MeetingState, Presence
from server.accounts.models import Account
from server.core.errors import Code, Refused

GUEST_SEATS = "guest_seats"
"""Session key: meeting id → [participant id, digest of the link], written when a single-use link is taken up."""


def participant_of(*, user: object, session: Mapping[str, Any], meeting_id: UUID) -> Participant:
    """The seat in this meeting; refuses strangers, people not invited and people shown out."""
    seats = Participant.objects.filter(meeting_id=meeting_id).select_related("meeting")
    found = None
    if isinstance(user, Account) and user.is_active:
        if user.must_change_password:
            raise Refused(Code.PASSWORD_CHANGE_REQUIRED)
        found = seats.filter(person_id=user.person_id).first()
    if found is None and (guest_seat := session.get(GUEST_SEATS, {}).get(str(meeting_id))):
        # A newer link for the same guest shuts out whoever came by the older one.
        participant, digest = guest_seat
        found = seats.filter(pk=participant, guest_link__digest=digest).first()
    if found is not None:
        if found.presence == Presence.REMOVED:
            raise Refused(Code.NOT_ALLOWED)
        if found.meeting.state == MeetingState.DRAFT and found.role not in STAFF_ROLES:
            raise Refused(Code.NOT_IN_MEETING)
        return found
    if not isinstance(user, Account) and not session.get(GUEST_SEATS):
        raise Refused(Code.NOT_SIGNED_IN)
    if not Meeting.objects.filter(pk=meeting_id).exists():
        raise Refused(Code.NOT_FOUND, what="meeting")
    raise Refused(Code.NOT_IN_MEETING)
