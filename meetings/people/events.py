"""What happened at the door. Every event carries the participants as they are after it."""

from meetings.live.events import Event
from meetings.people.views import ParticipantView, VenueView

NAMES = frozenset({"participants"})


class Invited(Event, type="people.invited", personal=NAMES):
    """People were put on the roster."""

    participants: list[ParticipantView]


class VenueAdded(Event, type="people.venue_added"):
    """A venue takes part."""

    venue: VenueView


class Uninvited(Event, type="people.uninvited"):
    """Somebody was taken off the roster before having come."""

    participant: str


class LeaveGranted(Event, type="people.leave_granted", personal=NAMES):
    """请假: approved leave."""

    participants: list[ParticipantView]
    reason: str


class CheckedIn(Event, type="people.checked_in", personal=NAMES):
    """Somebody signed in: staff are inside, others wait to be admitted."""

    participants: list[ParticipantView]


class Admitted(Event, type="people.admitted", personal=NAMES):
    """People who waited are inside."""

    participants: list[ParticipantView]


class Seated(Event, type="people.seated", personal=NAMES):
    """Somebody sits in a venue now (or no longer does)."""

    participants: list[ParticipantView]


class Left(Event, type="people.left", personal=NAMES):
    """Somebody left."""

    participants: list[ParticipantView]


class Removed(Event, type="people.removed", personal=NAMES):
    """请离会场: somebody was shown out."""

    participants: list[ParticipantView]
    reason: str


class Muted(Event, type="people.muted", personal=NAMES):
    """Microphones were shut by the staff or by the venue's clerk."""

    participants: list[ParticipantView]


class Unmuted(Event, type="people.unmuted", personal=NAMES):
    """Microphones may be heard again when their owner has the floor."""

    participants: list[ParticipantView]
