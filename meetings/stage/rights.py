"""Who may send sound and picture: a pure function of role, presence, mutes and the floor.

What this function does not grant, the media worker drops. It is evaluated anew after every change and every reconnect,
so a right is never looser than the server's last word.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from meetings.live.roles import MeetingState, Presence, Role


class Rights(NamedTuple):
    """What one endpoint may send."""

    audio: bool = False
    camera: bool = False
    screen: bool = False


NONE = Rights()

CAMERA_ROLES = frozenset({Role.HOST, Role.CO_HOST, Role.LEADER, Role.MEMBER, Role.DEPARTMENT, Role.EXPERT})
FREE_AUDIO_ROLES = frozenset({Role.HOST, Role.CO_HOST, Role.LEADER})
SPEAKING_ROLES = CAMERA_ROLES | {Role.PUBLIC}
CAMERA_STATES = frozenset({MeetingState.LOBBY, MeetingState.LIVE, MeetingState.PAUSED})


@dataclass(frozen=True)
class Person:
    """What the rights need to know of a participant. `seated` says whether they sit in a venue."""

    id: str
    role: Role
    presence: Presence
    muted: bool
    venue: str | None


@dataclass(frozen=True)
class Floor:
    """Who has the floor, and the venue they sit in, if any; in a dialogue the `others` have it, too."""

    speaker: str | None = None
    venue: str | None = None
    others: "tuple[Floor, ...]" = ()

    def has(self, person: str) -> bool:
        """Has this person the floor?"""
        return self.speaker == person or any(other.has(person) for other in self.others)

    def is_in(self, venue: str | None) -> bool:
        """Does somebody who sits in this venue have the floor?"""
        return venue is not None and (self.venue == venue or any(other.is_in(venue) for other in self.others))


def rights(person: Person, floor: Floor, state: MeetingState) -> Rights:
    """The rights of the endpoint that is this participant's own device."""
    if person.presence != Presence.PRESENT or state not in CAMERA_STATES:
        return NONE
    if person.role == Role.VENUE_CLERK:
        speaks = floor.is_in(person.venue) or floor.has(person.id)
        return Rights(audio=speaks and state == MeetingState.LIVE and not person.muted, camera=True)
    if person.venue is not None and person.role not in FREE_AUDIO_ROLES:
        # Seated people have no endpoint of their own: a phone with sound in the room would howl.
        return NONE
    speaks = floor.has(person.id) and person.role in SPEAKING_ROLES and state == MeetingState.LIVE
    is_host = person.role in (Role.HOST, Role.CO_HOST)
    free = person.role in FREE_AUDIO_ROLES and (state == MeetingState.LIVE or is_host)
    return Rights(
        audio=(speaks or free) and not person.muted,
        camera=person.role in CAMERA_ROLES or speaks,
        screen=is_host or speaks,
    )


def all_rights(people: Iterable[Person], floor: Floor, state: MeetingState) -> dict[str, Rights]:
    """The rights of everybody who has any."""
    found = {person.id: rights(person, floor, state) for person in people}
    return {endpoint: granted for endpoint, granted in found.items() if granted != NONE}
