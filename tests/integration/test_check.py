"""The self-test over HTTP: who may measure, and how often."""

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from meetings.people import links
from server.core import clock
from tests.story import PASSWORD, Room, new_room

pytestmark = pytest.mark.django_db

URLS = ["turn:t.example:3478?transport=udp", "turn:t.example:3478?transport=tcp", "turns:t.example:443"]


@pytest.fixture(autouse=True)
def _site(settings: Settings) -> None:
    cache.clear()
    settings.TURN_URLS, settings.TURN_SECRET = URLS, "a-secret-shared-with-coturn"
    settings.MEDIA_CONTROL_URLS = []


@pytest.fixture
def room() -> Room:
    return new_room()


@pytest.fixture
def li(room: Room) -> Client:
    room.account(room.member("李春分"), "m04")
    client = Client()
    assert client.post("/api/accounts/sign-in", {"username": "m04", "password": PASSWORD}, "application/json")
    return client


def begin(client: Client, token: str = "") -> tuple[int, dict[str, object]]:
    answer = client.post("/api/check/begin", {"token": token}, "application/json")
    return answer.status_code, answer.json()


def test_whoever_is_signed_in_gets_a_ticket_and_each_way_by_itself(li: Client) -> None:
    status, body = begin(li)
    assert status == 200
    assert [relay["way"] for relay in body["relays"]] == ["udp", "tcp", "tls"]  # type: ignore[attr-defined]
    servers = [relay["servers"] for relay in body["relays"]]  # type: ignore[attr-defined]
    assert [[server["urls"] for server in each] for each in servers] == [[[url]] for url in URLS]
    assert "m04" not in str(servers)


def test_a_guest_measures_with_the_link_before_and_after_using_it(room: Room) -> None:
    guest = room.person("林一苇", present=False).row
    guest.person = None
    guest.save()
    token = links.new_guest_link(guest)
    client = Client()
    assert begin(client, token)[0] == 200
    assert links.take_up(token, clock.now()) == guest
    assert begin(client, token)[0] == 200


def test_strangers_may_not(room: Room) -> None:
    client = Client()
    assert begin(client) == (401, {"code": "NOT_SIGNED_IN", "facts": {}})
    assert begin(client, "made-up")[1]["code"] == "LINK_UNKNOWN"
    answer = client.post("/api/check/probe", {"ticket": "made-up", "sdp": "v=0"}, "application/json")
    assert answer.json()["code"] == "CHECK_EXPIRED"


def test_one_person_measures_a_few_times_and_a_ticket_opens_a_few_mirrors(li: Client) -> None:
    ticket = begin(li)[1]["ticket"]
    codes = [
        li.post("/api/check/probe", {"ticket": ticket, "sdp": "v=0"}, "application/json").json()["code"]
        for _ in range(9)
    ]
    assert codes == ["MEDIA_UNAVAILABLE"] * 8 + ["TOO_MANY"]  # no worker runs here
    assert [begin(li)[0] for _ in range(6)] == [200] * 5 + [429]
