"""What is asked over HTTP: the state of the own ballot, the turnout, and the names in a named poll."""

from typing import Any

import pytest
from django.test import Client

from meetings.live.roles import Role
from tests.integration.voting.polls import prepared
from tests.story import Room, Somebody, new_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Room:
    return new_room()


@pytest.fixture
def host(room: Room) -> Somebody:
    return room.host()


def browser(room: Room, somebody: Somebody, username: str) -> Client:
    client = Client()
    account = room.account(somebody, username)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def get(client: Client, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_my_ballot_is_told_to_me_alone(room: Room, host: Somebody) -> None:
    li, wang = room.member("李春分"), room.member("王小满")
    mine = f"/api/voting/{room.meeting_id}/mine"
    li_sees, wang_sees, host_sees = browser(room, li, "li"), browser(room, wang, "wang"), browser(room, host, "host")
    poll = prepared(room, host)
    assert get(li_sees, mine) == []
    poll.opens()
    assert get(li_sees, mine) == [{"poll": poll.id, "received": False, "choices": None}]
    poll.answered_by(li, 1)
    assert get(li_sees, mine) == [{"poll": poll.id, "received": True, "choices": None}]
    assert get(wang_sees, mine) == [{"poll": poll.id, "received": False, "choices": None}]
    assert get(host_sees, mine) == []
    poll.closes()
    assert get(li_sees, mine) == [{"poll": poll.id, "received": True, "choices": None}]


def test_a_named_choice_is_told_to_its_owner_and_after_closing_to_the_staff(room: Room, host: Somebody) -> None:
    li, wang = room.member("李春分", position=2), room.member("王小满", position=1)
    poll = prepared(room, host, mode="NAMED").opens()
    poll.answered_by(li, 0)
    poll.answered_by(li, 1)
    poll.answered_by(wang, 2)
    li_sees, host_sees = browser(room, li, "li"), browser(room, host, "host")
    names = f"/api/voting/{room.meeting_id}/polls/{poll.id}/ballots"
    assert get(li_sees, f"/api/voting/{room.meeting_id}/mine")[0]["choices"] == [1]
    assert host_sees.get(names).json() == {"code": "WRONG_STATE", "facts": {"poll": "OPEN"}}
    poll.closes()
    assert [(row["name"], row["choices"]) for row in get(host_sees, names)] == [("王小满", [2]), ("李春分", [1])]
    assert li_sees.get(names).status_code == 403


def test_a_secret_poll_has_no_names_for_anybody(room: Room, host: Somebody) -> None:
    li = room.member("李春分")
    poll = prepared(room, host).opens()
    poll.answered_by(li, 0)
    poll.closes()
    auditor = browser(room, room.person("审计员", Role.AUDITOR), "auditor")
    assert auditor.get(f"/api/voting/{room.meeting_id}/polls/{poll.id}/ballots").status_code == 404


def test_the_turnout_is_coarse_for_secret_polls_and_exact_for_named_ones(room: Room, host: Somebody) -> None:
    voters = [room.member(f"委员{number}") for number in range(8)]
    desk, turnout = browser(room, host, "host"), f"/api/voting/{room.meeting_id}/turnout"
    assert get(desk, turnout) == []
    secret = prepared(room, host).opens()
    for voter in voters[:7]:
        secret.answered_by(voter, 0)
    assert get(desk, turnout) == [{"poll": secret.id, "participated": 5, "eligible": 8}]
    secret.answered_by(voters[7], 0)
    assert get(desk, turnout) == [{"poll": secret.id, "participated": 8, "eligible": 8}]
    secret.closes()
    named = prepared(room, host, mode="NAMED").opens()
    for voter in voters[:7]:
        named.answered_by(voter, 0)
    assert get(desk, turnout) == [{"poll": named.id, "participated": 7, "eligible": 8}]


def test_a_ballot_over_http_and_strangers_at_the_door(room: Room, host: Somebody) -> None:
    li = room.member("李春分")
    poll = prepared(room, host).opens()
    body = {
        "id": "6f1c7a52-3a55-4c5f-9b0e-6f3f3f0c9b11",
        "command": {"type": "voting.cast", "poll": poll.id, "choices": [0]},
    }
    do = f"/api/live/{room.meeting_id}/do"
    assert Client().post(do, body, content_type="application/json").status_code == 401
    for path in ("mine", "turnout", f"polls/{poll.id}/ballots"):
        assert Client().get(f"/api/voting/{room.meeting_id}/{path}").status_code == 401
    elsewhere = browser(new_room(), new_room().member(), "stranger")
    assert elsewhere.post(do, body, content_type="application/json").status_code == 403
    li_browser = browser(room, li, "li")
    for _ in range(2):
        answer = li_browser.post(do, body, content_type="application/json")
        assert answer.json()["result"] == {"received": True}
    assert poll.closes()["counts"] == [1, 0, 0]
