"""Links that open a door: the venue's QR for its companions, and the guest's single-use link.

A venue's link is signed and may be scanned by everybody in the room: it says where one sits, not who one is. A guest's
link says who one is and works once.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing

from meetings.live.models import Participant
from meetings.people.models import GuestLink
from server.core import clock, ids
from server.core.errors import Code, Refused

_VENUE_SALT = "gongshang.venue"


def venue_token(*, meeting: UUID, venue: UUID) -> str:
    """The secret in a venue's QR."""
    return signing.dumps([meeting.hex, venue.hex], salt=_VENUE_SALT, compress=False)


def venue_of(token: str) -> tuple[UUID, UUID]:
    """The meeting and the venue that a token names; refuses what we did not sign."""
    try:
        meeting, venue = signing.loads(token, salt=_VENUE_SALT)
        return UUID(meeting), UUID(venue)
    except (signing.BadSignature, ValueError, TypeError):
        raise Refused(Code.LINK_UNKNOWN) from None


def new_guest_link(participant: Participant) -> str:
    """A fresh secret for a guest; the one before, if any, no longer works. Valid until a day after the
    meeting's planned end, or after now if that is later."""
    token = ids.new_token()
    meeting = participant.meeting
    planned_end = meeting.scheduled_start + timedelta(minutes=meeting.planned_minutes)
    expires = max(planned_end, clock.now()) + timedelta(days=1)
    GuestLink.objects.update_or_create(
        participant=participant,
        defaults={"digest": ids.token_digest(token), "expires_at": expires, "used_at": None},
    )
    return token


def take_up(token: str, now: datetime) -> Participant:
    """Use a guest's link: exactly one taker wins, also when two come at once."""
    link = GuestLink.objects.select_related("participant").filter(digest=ids.token_digest(token)).first()
    if link is None:
        raise Refused(Code.LINK_UNKNOWN)
    if link.expires_at < now:
        raise Refused(Code.LINK_EXPIRED)
    if not GuestLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now):
        raise Refused(Code.LINK_USED)
    return link.participant


def holder_of(token: str, now: datetime) -> Participant:
    """Whose link this is, without using it up; a used one still says it."""
    link = GuestLink.objects.select_related("participant").filter(digest=ids.token_digest(token)).first()
    if link is None:
        raise Refused(Code.LINK_UNKNOWN)
    if link.expires_at < now:
        raise Refused(Code.LINK_EXPIRED)
    return link.participant
