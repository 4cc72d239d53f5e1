"""Who may give which command: the one table (domain 2.5), tested as a matrix.

A row says which meeting roles may give the command at all. What else must hold (own request, own venue, the meeting's
state) is the handler's to check. Generated types and the reference page are written from this table.
"""

from uuid import UUID

from meetings.live.commands import Command
from meetings.live.models import Participant
from meetings.live.roles import DOORS_OPEN, HOSTS, STAFF_ROLES, Presence, Role
from server.core.errors import Code, Refused

R = Role

_HOSTS = HOSTS
_DESK = _HOSTS | {R.SECRETARY}
_NOTES = _DESK | {R.RECORDER}
_SOUND = _DESK | {R.TECH, R.VENUE_CLERK}
_SPEAKERS = frozenset({R.MEMBER, R.DEPARTMENT, R.EXPERT, R.PUBLIC, R.VENUE_CLERK})
_PRESENTERS = _DESK | {R.MEMBER, R.DEPARTMENT, R.EXPERT}
_ALL = frozenset(Role)

TABLE: dict[str, frozenset[Role]] = {
    "meeting.publish": _DESK,
    "meeting.open_lobby": _DESK,
    "meeting.start": _HOSTS,
    "meeting.pause": _HOSTS,
    "meeting.resume": _HOSTS,
    "meeting.end": _HOSTS,
    "meeting.cancel": _DESK,
    "meeting.hand_over": frozenset(),  # the server's own word
    "journal.redact": frozenset({R.AUDITOR}),
    "people.invite": _DESK,
    "people.invite_guest": _DESK,
    "people.uninvite": _DESK,
    "people.grant_leave": _DESK,
    "people.check_in": _ALL,
    "people.take_seat": _ALL,
    "people.leave": _ALL,
    "people.admit": _DESK,
    "people.admit_all": _DESK,
    "people.remove": _DESK,
    "people.mute": _SOUND,
    "people.unmute": _SOUND,
    "agenda.set_items": _DESK,
    "agenda.activate": _DESK,
    "floor.open": _DESK,
    "floor.close": _DESK,
    "floor.set_rule": _HOSTS,
    "floor.request": _SPEAKERS | _DESK,
    "floor.route": _DESK,
    "floor.settle_question": _DESK | {R.DEPARTMENT},
    "floor.withdraw": _SPEAKERS,
    "floor.move": _HOSTS,
    "floor.summon": _HOSTS,
    "floor.answer": _HOSTS | _SPEAKERS,
    "floor.call": _HOSTS,
    "floor.speak": _HOSTS | {R.LEADER},
    "floor.dialogue": _HOSTS,
    "floor.skip": _HOSTS,
    "floor.requeue": _HOSTS | _SPEAKERS,
    "floor.to_written": _HOSTS | _SPEAKERS,
    "floor.extend": _HOSTS,
    "floor.interrupt": _HOSTS,
    "floor.resume": _HOSTS | _SPEAKERS | {R.LEADER},
    "floor.finish": _HOSTS | _SPEAKERS | {R.LEADER},
    "documents.add": _PRESENTERS,
    "documents.present": _PRESENTERS,
    "documents.turn": _PRESENTERS,
    "documents.stop": _PRESENTERS,
    "documents.recall": _PRESENTERS,
    "documents.processed": frozenset(),  # the server's own word
    "record.note_opinion": _NOTES | {R.MEMBER, R.EXPERT},
    "record.note_commitment": _NOTES | {R.DEPARTMENT},
    "stage.spotlight": _DESK,
    "stage.set_layout": _DESK,
    # Given by the server alone, when the secretaries' office issues the minutes.
    "minutes.record_issue": frozenset(),
    "voting.prepare": _DESK,
    "voting.open": _DESK,
    "voting.cast": frozenset({R.MEMBER}),
    "voting.close": _DESK,
    "voting.void": _DESK,
}


FROM_OUTSIDE = frozenset({"people.check_in", "people.take_seat", "people.leave", "voting.cast"})
"""What may be done without being inside: the door itself, and a ballot of somebody who was asked while inside."""


def require(command: Command, actor: Participant | None, state: str, *, acting_host: UUID | None = None) -> None:
    """Refuse unless the actor's role may give the command, from inside once the doors are open.

    The server itself may give any command; the staff work from their desks also before they have signed in. Whoever
    acts for the host may do what a host may, and still what their own role may.
    """
    if actor is None:
        return
    allowed = TABLE[command.name]
    acts = actor.pk == acting_host and R.HOST in allowed
    if not (actor.role in allowed or acts) or actor.presence == Presence.REMOVED:
        raise Refused(Code.NOT_ALLOWED, command=command.name)
    inside = actor.presence == Presence.PRESENT or actor.role in STAFF_ROLES
    if state in DOORS_OPEN and not inside and command.name not in FROM_OUTSIDE:
        raise Refused(Code.NOT_PRESENT)


def commands_of(*roles: Role) -> list[str]:
    """The commands that these roles may give, for the client's buttons (the server still decides each time)."""
    return sorted(name for name, allowed in TABLE.items() if allowed.intersection(roles))
