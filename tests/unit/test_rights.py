"""Who may send sound and picture, as a table."""

import pytest

from meetings.live.roles import MeetingState, Presence, Role
from meetings.stage.models import Layout
from meetings.stage.picture import picture
from meetings.stage.rights import NONE, Floor, Person, Rights, rights

LIVE = MeetingState.LIVE


def person(
    role: Role, *, name: str = "p", presence: Presence = Presence.PRESENT, muted: bool = False, venue: str | None = None
) -> Person:
    return Person(id=name, role=role, presence=presence, muted=muted, venue=venue)


SPEAKS = Floor(speaker="p")

TABLE = [
    # role, floor, state, granted
    (Role.HOST, Floor(), LIVE, Rights(audio=True, camera=True, screen=True)),
    (Role.HOST, Floor(), MeetingState.PAUSED, Rights(audio=True, camera=True, screen=True)),
    (Role.CO_HOST, Floor(), LIVE, Rights(audio=True, camera=True, screen=True)),
    (Role.LEADER, Floor(), LIVE, Rights(audio=True, camera=True)),
    (Role.LEADER, Floor(), MeetingState.LOBBY, Rights(camera=True)),
    (Role.MEMBER, Floor(), LIVE, Rights(camera=True)),
    (Role.MEMBER, SPEAKS, LIVE, Rights(audio=True, camera=True, screen=True)),
    (Role.MEMBER, SPEAKS, MeetingState.PAUSED, Rights(camera=True)),
    (Role.MEMBER, Floor(speaker="other"), LIVE, Rights(camera=True)),
    (Role.DEPARTMENT, SPEAKS, LIVE, Rights(audio=True, camera=True, screen=True)),
    (Role.EXPERT, Floor(), LIVE, Rights(camera=True)),
    (Role.PUBLIC, Floor(), LIVE, NONE),
    (Role.PUBLIC, SPEAKS, LIVE, Rights(audio=True, camera=True, screen=True)),
    (Role.OBSERVER, SPEAKS, LIVE, NONE),
    (Role.MEDIA, Floor(), LIVE, NONE),
    (Role.SECRETARY, Floor(), LIVE, NONE),
    (Role.RECORDER, Floor(), LIVE, NONE),
    (Role.TECH, Floor(), LIVE, NONE),
    (Role.AUDITOR, Floor(), LIVE, NONE),
    (Role.HOST, Floor(), MeetingState.ENDED, NONE),
]


@pytest.mark.parametrize(("role", "floor", "state", "granted"), TABLE)
def test_rights_follow_role_and_floor(role: Role, floor: Floor, state: MeetingState, granted: Rights) -> None:
    assert rights(person(role), floor, state) == granted


@pytest.mark.parametrize("presence", [presence for presence in Presence if presence is not Presence.PRESENT])
def test_nobody_outside_sends_anything(presence: Presence) -> None:
    assert rights(person(Role.HOST, presence=presence), SPEAKS, LIVE) == NONE


def test_a_muted_speaker_is_seen_and_not_heard() -> None:
    assert rights(person(Role.MEMBER, muted=True), SPEAKS, LIVE) == Rights(camera=True, screen=True)


def test_a_venue_is_heard_when_one_of_its_people_has_the_floor() -> None:
    clerk = person(Role.VENUE_CLERK, name="clerk", venue="east")
    assert rights(clerk, Floor(speaker="p", venue="east"), LIVE) == Rights(audio=True, camera=True)
    assert rights(clerk, Floor(speaker="p", venue="north"), LIVE) == Rights(camera=True)
    assert rights(clerk, Floor(speaker="p"), LIVE) == Rights(camera=True)


def test_a_muted_venue_stays_silent() -> None:
    clerk = person(Role.VENUE_CLERK, name="clerk", venue="east", muted=True)
    assert rights(clerk, Floor(speaker="p", venue="east"), LIVE) == Rights(camera=True)


def test_a_seated_member_has_no_microphone_of_the_own_even_with_the_floor() -> None:
    assert rights(person(Role.MEMBER, venue="east"), Floor(speaker="p", venue="east"), LIVE) == NONE


def test_the_speaker_in_a_venue_is_shown_by_the_venues_camera() -> None:
    clerk = person(Role.VENUE_CLERK, name="clerk", venue="east")
    seated = person(Role.MEMBER, name="m", venue="east")
    host = person(Role.HOST, name="host")
    big, order = picture([host, clerk, seated], Floor(speaker="m", venue="east"), spotlight=None)
    assert big == "clerk"
    assert order == ["host", "clerk"]


def test_the_spotlight_wins_over_the_speaker_and_the_host_fills_in() -> None:
    host, member = person(Role.HOST, name="host"), person(Role.MEMBER, name="m")
    assert picture([host, member], Floor(), spotlight=None)[0] == "host"
    assert picture([host, member], Floor(speaker="m"), spotlight=None)[0] == "m"
    assert picture([host, member], Floor(speaker="m"), spotlight="host")[0] == "host"


def test_at_the_round_table_nobody_is_big_and_rank_makes_no_order() -> None:
    people = [person(Role.MEMBER, name="1"), person(Role.LEADER, name="2"), person(Role.HOST, name="3")]
    clerk, seated = person(Role.VENUE_CLERK, name="4", venue="east"), person(Role.MEMBER, name="5", venue="east")
    everybody = [*people, clerk, seated]
    table = picture(everybody, Floor(speaker="5", venue="east"), spotlight="1", layout=Layout.ROUND_TABLE)
    assert table == (None, ["1", "2", "3", "4"])


def test_the_wall_shows_venues_and_who_speaks_from_elsewhere() -> None:
    clerks = [person(Role.VENUE_CLERK, name=name, venue=name) for name in ("east", "north")]
    everybody = [person(Role.HOST, name="host"), person(Role.MEMBER, name="m"), *clerks]
    silent, speaking = Floor(), Floor(speaker="m")
    assert picture(everybody, silent, spotlight=None, layout=Layout.VENUE_WALL) == (None, ["east", "north"])
    assert picture(everybody, speaking, spotlight=None, layout=Layout.VENUE_WALL) == (None, ["east", "m", "north"])


def test_behind_the_title_card_nobody_is_big() -> None:
    host, member = person(Role.HOST, name="host"), person(Role.MEMBER, name="m")
    card = picture([host, member], Floor(speaker="m"), spotlight=None, layout=Layout.TITLE_CARD)
    assert card == (None, ["host", "m"])
