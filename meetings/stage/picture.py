"""Whose picture is big, and in which order the small ones come: a pure function."""

from collections.abc import Iterable

from meetings.live.roles import Presence, Role
from meetings.stage.models import Layout
from meetings.stage.rights import CAMERA_ROLES, Floor, Person


def endpoint_of(person: str | None, people: dict[str, Person]) -> str | None:
    """The endpoint that shows a person: their venue's clerk if they sit in a venue that has one, else their own."""
    if person is None or person not in people:
        return None
    venue = people[person].venue
    if venue is not None:
        for other in people.values():
            if other.role == Role.VENUE_CLERK and other.venue == venue and other.presence == Presence.PRESENT:
                return other.id
    return person


def picture(
    people: Iterable[Person], floor: Floor, *, spotlight: str | None, layout: Layout = Layout.SPEAKER
) -> tuple[str | None, list[str]]:
    """(big, order): the spotlight, else the speaker, else the host; then hosts, leaders, venues and everybody else.

    At the round table and on the wall nobody is big, and who came first to the roster stands first: no rank is shown.
    """
    by_id = {person.id: person for person in people if person.presence == Presence.PRESENT}
    hosts = [person.id for person in by_id.values() if person.role in (Role.HOST, Role.CO_HOST)]
    leaders = [person.id for person in by_id.values() if person.role == Role.LEADER]
    venues = [person.id for person in by_id.values() if person.role == Role.VENUE_CLERK]
    others = [
        person.id
        for person in by_id.values()
        if person.venue is None and person.role in CAMERA_ROLES and person.id not in {*hosts, *leaders}
    ]
    if layout is Layout.ROUND_TABLE:
        return None, sorted([*hosts, *leaders, *venues, *others])
    if layout is Layout.VENUE_WALL:
        speaker = endpoint_of(floor.speaker, by_id)
        return None, sorted({*venues, *([speaker] if speaker else [])})
    if layout is Layout.TITLE_CARD:
        return None, [*hosts, *leaders, *venues, *others]
    wanted = endpoint_of(spotlight, by_id) or endpoint_of(floor.speaker, by_id)
    return wanted or (hosts[0] if hosts else None), [*hosts, *leaders, *venues, *others]
