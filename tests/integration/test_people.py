"""At the door: the roster, the lobby, venues, guests and showing out."""

import json
from typing import Any

import pytest
from django.test import Client

from meetings.live.models import Participant
from meetings.live.roles import Presence, Role
from meetings.people import links
from meetings.people.links import venue_token
from meetings.people.models import Attendance, GuestLink
from meetings.stage.reading import read_wanted
from server.accounts.models import Appointment, Person, Unit
from server.core.errors import Code, Refused
from tests.story import Room, Somebody, new_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Room:
    return new_room("LOBBY")


def refusal(somebody: Somebody, type_: str, **fields: Any) -> Code:
    with pytest.raises(Refused) as refused:
        somebody.does(type_, **fields)
    return refused.value.code


def test_members_wait_until_they_are_admitted(room: Room) -> None:
    host, li = room.host(), room.member("李春分", present=False)
    li.does("people.check_in")
    assert li.row.presence == Presence.WAITING
    host.does("people.admit", participants=[str(li.id)])
    assert li.row.presence == Presence.PRESENT
    assert Attendance.objects.filter(participant=li.id, left_at=None).count() == 1


def test_when_two_admit_at_once_the_second_is_told_that_nobody_waits(room: Room) -> None:
    host, secretary = room.host(), room.person("赤石滩", Role.SECRETARY)
    li = room.member("李春分", present=False)
    li.does("people.check_in")
    host.does("people.admit", participants=[str(li.id)])
    assert refusal(secretary, "people.admit", participants=[str(li.id)]) is Code.NOBODY_WAITING
    assert room.types.count("people.admitted") == 1


def test_staff_and_leaders_need_nobody_to_let_them_in(room: Room) -> None:
    for role in (Role.HOST, Role.SECRETARY, Role.LEADER, Role.VENUE_CLERK):
        somebody = room.person(f"某{role}", role, present=False)
        somebody.does("people.check_in")
        assert somebody.row.presence == Presence.PRESENT


def test_whoever_was_inside_walks_back_in_and_has_two_stays(room: Room) -> None:
    room.host()
    li = room.member("李春分")
    li.does("people.leave")
    li.does("people.check_in")
    assert li.row.presence == Presence.PRESENT
    assert Attendance.objects.filter(participant=li.id).count() == 2
    assert Attendance.objects.filter(participant=li.id, left_at=None).count() == 1


def test_signing_in_twice_changes_nothing(room: Room) -> None:
    li = room.member("李春分", present=False)
    li.does("people.check_in")
    li.does("people.check_in")
    assert room.types == ["people.checked_in"]


def test_nobody_signs_in_before_the_doors_open() -> None:
    room = new_room("NOTIFIED")
    assert refusal(room.member("李春分", present=False), "people.check_in") is Code.WRONG_STATE


def test_a_venues_qr_seats_people_and_a_forged_one_does_not(room: Room) -> None:
    venue, li = room.venue(), room.member("李春分")
    li.does("people.take_seat", token=venue_token(meeting=room.meeting_id, venue=venue.pk))
    assert li.row.venue == venue.pk
    assert refusal(li, "people.take_seat", token="forged") is Code.LINK_UNKNOWN
    other = new_room("LOBBY")
    elsewhere = venue_token(meeting=other.meeting_id, venue=venue.pk)
    assert refusal(li, "people.take_seat", token=elsewhere) is Code.LINK_UNKNOWN


def test_a_clerk_mutes_in_the_own_venue_only(room: Room) -> None:
    venue = room.venue()
    clerk = room.person("沧浪亭", Role.VENUE_CLERK, venue=venue.pk)
    inside, outside = room.member("韩白露", venue=venue.pk), room.member("朱寒露")
    clerk.does("people.mute", participant=str(inside.id))
    assert inside.row.muted
    assert refusal(clerk, "people.mute", participant=str(outside.id)) is Code.NOT_ALLOWED


def test_the_host_is_never_shown_out(room: Room) -> None:
    host, secretary = room.host(), room.person("赤石滩", Role.SECRETARY)
    assert refusal(secretary, "people.remove", participant=str(host.id)) is Code.NOT_ALLOWED


def test_whoever_was_inside_stays_on_the_roster(room: Room) -> None:
    host, li = room.host(), room.member("李春分")
    assert refusal(host, "people.uninvite", participant=str(li.id)) is Code.WRONG_STATE


def test_guests_hold_no_office(room: Room) -> None:
    assert refusal(room.host(), "people.invite_guest", guest_name="某", role="HOST") is Code.NOT_ALLOWED


def guest_path(room: Room) -> tuple[str, str]:
    host = room.host()
    account = room.account(host, "host")
    made = host.does("people.invite_guest", guest_name="芦荻岸", title="南汀社区居民代表").result
    assert made
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(f"/api/people/{room.meeting_id}/guests/{made['participant']}/link")
    path: str = answer.json()["path"]
    return path.removeprefix("/j/"), str(made["participant"])


def take_up(client: Client, token: str) -> tuple[int, dict[str, Any]]:
    answer = client.post("/api/people/guest", json.dumps({"token": token}), content_type="application/json")
    return answer.status_code, answer.json()


def test_a_guests_link_works_once(room: Room) -> None:
    token, participant = guest_path(room)
    guest = Client()
    assert take_up(guest, token) == (200, {"meeting": str(room.meeting_id), "name": "芦荻岸"})
    assert guest.get(f"/api/live/{room.meeting_id}/state").status_code == 200
    assert take_up(Client(), token) == (410, {"code": "LINK_USED", "facts": {}})
    assert take_up(Client(), "unknown") == (404, {"code": "LINK_UNKNOWN", "facts": {}})
    assert GuestLink.objects.get(participant__pk=participant).digest != token


def test_an_expired_link_says_so(room: Room) -> None:
    token, participant = guest_path(room)
    GuestLink.objects.filter(participant__pk=participant).update(expires_at="2026-01-01T00:00:00Z")
    assert take_up(Client(), token) == (410, {"code": "LINK_EXPIRED", "facts": {}})


def test_a_member_cannot_make_links(room: Room) -> None:
    li = room.member("李春分")
    client = Client()
    client.force_login(room.account(li, "m04"), backend="django.contrib.auth.backends.ModelBackend")
    guest = room.host().does("people.invite_guest", guest_name="芦荻岸").result
    assert guest
    answer = client.post(f"/api/people/{room.meeting_id}/guests/{guest['participant']}/link")
    assert (answer.status_code, answer.json()["code"]) == (403, "NOT_ALLOWED")


def test_a_new_link_shuts_out_whoever_used_the_old_one(room: Room) -> None:
    token, participant = guest_path(room)
    wrong = Client()
    take_up(wrong, token)
    fresh = links.new_guest_link(room.meeting.participants.get(pk=participant))
    assert wrong.get(f"/api/live/{room.meeting_id}/state").status_code == 403
    right = Client()
    take_up(right, fresh)
    assert right.get(f"/api/live/{room.meeting_id}/state").status_code == 200


def test_whoever_still_waits_acts_on_nothing_but_the_door(room: Room) -> None:
    room.host().does("meeting.start")
    expert = room.person("绿杨堤", Role.EXPERT, present=False)
    expert.does("people.check_in")
    assert refusal(expert, "record.note_opinion", text="公开变压器可开放容量") is Code.NOT_PRESENT
    expert.does("people.leave")


def test_only_an_auditor_of_the_organisation_is_invited_as_one(room: Room) -> None:
    host = room.host()
    anybody = Person.objects.create(organization=room.organization, name="某人")
    assert refusal(host, "people.invite", persons=[str(anybody.pk)], role="AUDITOR") is Code.NOT_ALLOWED
    Appointment.objects.create(person=anybody, organization=room.organization, role="AUDITOR")
    host.does("people.invite", persons=[str(anybody.pk)], role="AUDITOR")


def test_the_secretary_names_no_second_host_while_the_meeting_runs(room: Room) -> None:
    host, secretary = room.host(), room.person("赤石滩", Role.SECRETARY)
    host.does("meeting.start")
    other = Person.objects.create(organization=room.organization, name="某人")
    assert refusal(secretary, "people.invite", persons=[str(other.pk)], role="HOST") is Code.NOT_ALLOWED
    host.does("people.invite", persons=[str(other.pk)], role="HOST")


def test_the_roster_stands_after_the_end(room: Room) -> None:
    host, li = room.host(), room.member("李春分", present=False)
    host.does("meeting.start")
    host.does("meeting.end")
    assert refusal(host, "people.uninvite", participant=str(li.id)) is Code.WRONG_STATE
    assert refusal(host, "people.grant_leave", participant=str(li.id)) is Code.WRONG_STATE
    assert refusal(host, "people.leave") is Code.WRONG_STATE


def test_a_draft_is_the_staffs_alone() -> None:
    room = new_room("DRAFT")
    li, secretary = room.member("李春分", present=False), room.person("赤石滩", Role.SECRETARY)
    answers = {}
    for who, username in ((li, "m04"), (secretary, "secretary")):
        client = Client()
        client.force_login(room.account(who, username), backend="django.contrib.auth.backends.ModelBackend")
        answers[username] = client.get(f"/api/live/{room.meeting_id}/state").status_code
    assert answers == {"m04": 403, "secretary": 200}


def test_a_speaker_who_scans_another_venues_qr_opens_no_microphone_there() -> None:
    room = new_room()
    venue, host = room.venue(), room.host()
    clerk = room.person("沧浪亭", Role.VENUE_CLERK, venue=venue.pk)
    remote = room.member("朱寒露")
    host.does("floor.call", participant=str(remote.id))
    remote.does("people.take_seat", token=venue_token(meeting=room.meeting_id, venue=venue.pk))
    assert not read_wanted(room.meeting_id).rights[str(clerk.id)].audio


def test_leaders_stand_as_ranked_then_members_by_strokes_then_departments_as_established(room: Room) -> None:
    host = room.host()
    place = room.organization
    late, early = (
        Unit.objects.create(organization=place, name=name, position=no)
        for no, name in ((2, "市城市管理执法局"), (1, "市发展和改革委员会"))
    )
    persons = [
        Person.objects.create(organization=place, name="丁一川", unit=late),
        Person.objects.create(organization=place, name="蔡长河", unit=early),
        Person.objects.create(organization=place, name="张立夏"),
        Person.objects.create(organization=place, name="李春分"),
        Person.objects.create(organization=place, name="李一"),
        Person.objects.create(organization=place, name="魏主席", protocol_order=1),
    ]
    host.does("people.invite", persons=[str(person.pk) for person in persons], role="MEMBER")
    host.does("people.invite_guest", guest_name="丁江客")
    names = [row.name for row in Participant.objects.filter(meeting=room.meeting_id).exclude(pk=host.id)]
    assert names == ["魏主席", "李一", "李春分", "张立夏", "蔡长河", "丁一川", "丁江客"]
