"""Closed sets of words about people and meetings (domain glossary), and who counts as staff."""

from enum import StrEnum


class Role(StrEnum):
    """Meeting roles. They hold for one meeting, bound to the participant and never to a socket."""

    HOST = "HOST"
    CO_HOST = "CO_HOST"
    SECRETARY = "SECRETARY"
    RECORDER = "RECORDER"
    TECH = "TECH"
    VENUE_CLERK = "VENUE_CLERK"
    LEADER = "LEADER"
    MEMBER = "MEMBER"
    DEPARTMENT = "DEPARTMENT"
    EXPERT = "EXPERT"
    PUBLIC = "PUBLIC"
    OBSERVER = "OBSERVER"
    MEDIA = "MEDIA"
    AUDITOR = "AUDITOR"


class AttendanceKind(StrEnum):
    """出席 / 列席 / 旁听 / 工作人员. 应到 and 实到 count MEMBER only."""

    MEMBER = "MEMBER"
    NONVOTING = "NONVOTING"
    OBSERVER = "OBSERVER"
    STAFF = "STAFF"


class Presence(StrEnum):
    """Where a participant stands with regard to the door."""

    INVITED = "INVITED"
    ON_LEAVE = "ON_LEAVE"
    WAITING = "WAITING"
    PRESENT = "PRESENT"
    LEFT = "LEFT"
    REMOVED = "REMOVED"


class MeetingState(StrEnum):
    """States of a meeting; the machine is in `lifecycle`."""

    DRAFT = "DRAFT"
    NOTIFIED = "NOTIFIED"
    LOBBY = "LOBBY"
    LIVE = "LIVE"
    PAUSED = "PAUSED"
    ENDED = "ENDED"
    DONE = "DONE"
    CANCELLED = "CANCELLED"


DOORS_OPEN = (MeetingState.LOBBY, MeetingState.LIVE, MeetingState.PAUSED)
BEFORE_THE_END = (MeetingState.DRAFT, MeetingState.NOTIFIED, *DOORS_OPEN)


class Audience(StrEnum):
    """Who may read an event. Others receive a placeholder with the same `seq`, so nobody's sequence has a gap.

    Each audience is part of the one before it: everybody; the staff and the leaders, who see the whole queue; the
    staff.
    """

    EVERYONE = "everyone"
    QUEUE = "queue"
    STAFF = "staff"


PROGRAM_ROLES = frozenset({Role.HOST, Role.CO_HOST, Role.SECRETARY, Role.TECH, Role.VENUE_CLERK, Role.MEDIA})
"""Who may put the programme output on a screen: those who run a hall, and the press."""

HOSTS = frozenset({Role.HOST, Role.CO_HOST})
STAFF_ROLES = frozenset({Role.HOST, Role.CO_HOST, Role.SECRETARY, Role.RECORDER, Role.TECH, Role.AUDITOR})

KIND_OF_ROLE: dict[Role, AttendanceKind] = {
    Role.HOST: AttendanceKind.STAFF,
    Role.CO_HOST: AttendanceKind.STAFF,
    Role.SECRETARY: AttendanceKind.STAFF,
    Role.RECORDER: AttendanceKind.STAFF,
    Role.TECH: AttendanceKind.STAFF,
    Role.VENUE_CLERK: AttendanceKind.STAFF,
    Role.AUDITOR: AttendanceKind.STAFF,
    Role.LEADER: AttendanceKind.NONVOTING,
    Role.MEMBER: AttendanceKind.MEMBER,
    Role.DEPARTMENT: AttendanceKind.NONVOTING,
    Role.EXPERT: AttendanceKind.NONVOTING,
    Role.PUBLIC: AttendanceKind.NONVOTING,
    Role.OBSERVER: AttendanceKind.OBSERVER,
    Role.MEDIA: AttendanceKind.OBSERVER,
}


_RANK = {audience: rank for rank, audience in enumerate(Audience)}


def audience_of(role: str) -> Audience:
    """Which events a role may read."""
    if role in STAFF_ROLES:
        return Audience.STAFF
    return Audience.QUEUE if role == Role.LEADER else Audience.EVERYONE


def may_read(reader: Audience, audience: Audience) -> bool:
    """May somebody of the one audience read what is for the other?"""
    return _RANK[reader] >= _RANK[audience]
