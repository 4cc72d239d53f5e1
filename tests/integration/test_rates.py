"""How often somebody may knock: the last success, the first refusal with its time, and success again after it."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client, override_settings

from meetings.documents.api import UPLOADS
from meetings.live.api import COMMANDS
from meetings.live.models import Participant
from meetings.live.roles import AttendanceKind, Presence, Role
from meetings.people.api import LINKS_MADE, LINKS_READ, LINKS_TAKEN_UP
from meetings.people.links import new_guest_link
from server.accounts.api import PASSWORD_CHANGES, SIGN_INS
from server.core import clock
from server.core.errors import Code, Refused
from server.core.rates import Rate
from tests.story import PASSWORD, Room, Somebody, new_room

pytestmark = pytest.mark.django_db

VENUE = "198.51.100.7"
HOME = "203.0.113.9"


class Clock:
    """The hands that a test moves; it begins where a window of every rate begins."""

    def __init__(self) -> None:
        self.now = datetime(2026, 5, 21, 6, 30, tzinfo=UTC)

    def goes_on(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Clock:
    moved = Clock()
    monkeypatch.setattr(clock, "now", lambda: moved.now)
    return moved


@pytest.fixture
def room() -> Room:
    return new_room()


def used(rate: Rate, who: object, *, left: int = 0) -> None:
    """As if somebody had done it all but `left` times just now."""
    for _ in range(rate.most - left):
        rate.take(who)


def post(client: Client, path: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> HttpResponse:
    answer: HttpResponse = client.post(path, json.dumps(body), content_type="application/json", headers=headers)  # type: ignore[assignment]
    return answer


def sign_in(password: str, *, address: str = VENUE, forwarded_for: str = "") -> HttpResponse:
    body = {"username": "host", "password": password}
    headers = {"X-Forwarded-For": forwarded_for} if forwarded_for else None
    return post(Client(REMOTE_ADDR=address), "/api/accounts/sign-in", body, headers)


def at_home(somebody: Somebody) -> Client:
    account = somebody.room.account(somebody, f"u{somebody.id.hex[:12]}")
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def told_to_wait(answer: HttpResponse) -> int:
    """The seconds in a refusal; they stand in its facts and in its header."""
    body = json.loads(answer.content)
    assert (answer.status_code, body["code"]) == (429, Code.TOO_MANY)
    assert answer.headers["Retry-After"] == str(body["facts"]["retry_after"])
    return int(body["facts"]["retry_after"])


def test_signing_in_is_limited_for_an_address_and_not_for_others(room: Room, hands: Clock) -> None:
    room.account(room.host(), "host")
    used(SIGN_INS, VENUE, left=1)
    assert sign_in(PASSWORD).status_code == 200
    seconds = told_to_wait(sign_in(PASSWORD))
    assert sign_in(PASSWORD, address=HOME).status_code == 200
    hands.goes_on(seconds - 1)
    told_to_wait(sign_in(PASSWORD))
    hands.goes_on(1)
    assert sign_in(PASSWORD).status_code == 200


def test_a_venue_of_fifty_signs_in_with_a_second_try_each(room: Room, hands: Clock) -> None:
    room.account(room.host(), "host")
    used(SIGN_INS, VENUE, left=SIGN_INS.most - 100)
    assert sign_in(PASSWORD).status_code == 200


def test_the_header_of_a_stranger_is_not_believed(room: Room, hands: Clock) -> None:
    room.account(room.host(), "host")
    used(SIGN_INS, VENUE)
    told_to_wait(sign_in(PASSWORD, forwarded_for=HOME))
    with override_settings(TRUSTED_PROXIES=["10.0.0.1"]):
        told_to_wait(sign_in(PASSWORD, forwarded_for=HOME))
        told_to_wait(sign_in(PASSWORD, address="10.0.0.1", forwarded_for=f"{HOME}, {VENUE}"))
        assert sign_in(PASSWORD, address="10.0.0.1", forwarded_for=f"{VENUE}, {HOME}").status_code == 200


@pytest.mark.parametrize("other", ["2001:db8:0:1:ffff::1", "2001:0db8:0000:0001::9"])
def test_a_network_of_ipv6_is_one_address(room: Room, hands: Clock, other: str) -> None:
    room.account(room.host(), "host")
    used(SIGN_INS, "2001:db8:0:1::")
    told_to_wait(sign_in(PASSWORD, address=other))
    assert sign_in(PASSWORD, address="2001:db8:0:2::1").status_code == 200


def test_guessing_the_old_password_is_limited(room: Room, hands: Clock) -> None:
    host = room.host()
    client = at_home(host)
    used(PASSWORD_CHANGES, host.row.person.account.pk, left=1)  # type: ignore[union-attr]
    body = {"old": "x", "new": "Tide-and-Reed-77"}
    assert post(client, "/api/accounts/change-password", body).status_code == 401
    told_to_wait(post(client, "/api/accounts/change-password", body | {"old": PASSWORD}))


def test_commands_over_http_are_limited_for_a_participant(room: Room, hands: Clock) -> None:
    li, wang = room.member("李春分"), room.member("王小满")
    room.host().does("floor.open")
    used(COMMANDS, li.id, left=1)

    def asks(client: Client) -> HttpResponse:
        body = {"id": str(uuid.uuid4()), "command": {"type": "floor.request", "topic": "增容"}}
        return post(client, f"/api/live/{room.meeting_id}/do", body)

    browser = at_home(li)
    assert asks(browser).status_code == 200
    seconds = told_to_wait(asks(browser))
    assert asks(at_home(wang)).status_code == 200
    hands.goes_on(seconds)
    assert json.loads(asks(browser).content)["code"] == Code.ALREADY_WAITING


def guest(room: Room) -> Participant:
    return Participant.objects.create(
        meeting_id=room.meeting_id,
        name="江边客",
        role=Role.OBSERVER,
        attendance_kind=AttendanceKind.OBSERVER,
        presence=Presence.INVITED,
    )


def test_taking_up_links_is_limited_for_an_address(room: Room, hands: Clock) -> None:
    token = new_guest_link(guest(room))
    used(LINKS_TAKEN_UP, VENUE, left=1)
    browser = Client(REMOTE_ADDR=VENUE)
    assert json.loads(post(browser, "/api/people/guest", {"token": "x"}).content)["code"] == Code.LINK_UNKNOWN
    hands.goes_on(told_to_wait(post(browser, "/api/people/guest", {"token": token})))
    assert post(browser, "/api/people/guest", {"token": token}).status_code == 200


def test_making_links_is_limited_for_whoever_makes_them(room: Room, hands: Clock) -> None:
    host = room.host()
    client, address = at_home(host), f"/api/people/{room.meeting_id}/guests/{guest(room).pk}/link"
    used(LINKS_MADE, host.id, left=1)
    assert client.post(address).status_code == 200
    hands.goes_on(told_to_wait(client.post(address)))  # type: ignore[arg-type]
    assert client.post(address).status_code == 200


def test_reading_a_venues_link_is_limited_for_an_address(room: Room, hands: Clock) -> None:
    used(LINKS_READ, VENUE, left=1)
    browser = Client(REMOTE_ADDR=VENUE)
    assert browser.get("/api/people/venue-link/x").json()["code"] == Code.LINK_UNKNOWN
    told_to_wait(browser.get("/api/people/venue-link/x"))  # type: ignore[arg-type]


def test_sending_files_is_limited_whatever_becomes_of_them(room: Room, hands: Clock) -> None:
    li = room.member("李春分")
    client, address = at_home(li), f"/api/documents/{room.meeting_id}"
    used(UPLOADS, li.id, left=1)
    body = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\nno pdf\r\n--edge--\r\n'
    kind = "multipart/form-data; boundary=edge"
    assert client.post(address, body, content_type=kind).json()["code"] == Code.NOT_A_PDF
    told_to_wait(client.post(address, body, content_type=kind))  # type: ignore[arg-type]


def test_a_cache_that_is_away_keeps_nobody_out(monkeypatch: pytest.MonkeyPatch, hands: Clock) -> None:
    once = Rate("once", most=1, seconds=60)
    once.take("li")
    with pytest.raises(Refused):
        once.take("li")

    def away(*args: object, **kwargs: object) -> None:
        raise ConnectionError("connection refused")

    monkeypatch.setattr(cache, "incr", away)
    once.take("li")


def test_what_was_refused_does_not_prolong_the_waiting(hands: Clock) -> None:
    rate = Rate("ten", most=10, seconds=60)
    used(rate, "li")
    for _ in range(30):
        with pytest.raises(Refused) as refusal:
            rate.take("li")
    hands.goes_on(int(refusal.value.facts["retry_after"]))  # type: ignore[arg-type]
    rate.take("li")
