"""`enter`: which engine, and by which ways. No worker is needed for it."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django.fixtures import Settings

from meetings.live.media_port import Seat
from meetings.live.threads import run
from meetings.stage import relays
from meetings.stage.gateway import Gateway
from meetings.stage.pool import SfuPool
from server.core.errors import Code, Refused
from tests.story import Somebody, new_room

pytestmark = pytest.mark.django_db(transaction=True)

URLS = ["turn:t.example:3478?transport=udp", "turns:t.example:443?transport=tcp"]


@pytest.fixture
def configured(settings: Settings) -> None:
    settings.TURN_URLS = URLS
    settings.STUN_URLS = ["stun:t.example:3478"]
    settings.TURN_SECRET = "a-secret-shared-with-coturn"


class Door:
    """The gateway, and what it told."""

    def __init__(self) -> None:
        self.gateway = Gateway(SfuPool(urls=["http://127.0.0.1:9/control"], token="nobody"))
        self.told: list[dict[str, Any]] = []

    async def enter(self, who: Somebody, *, seat: str = "person") -> dict[str, Any]:
        async def send(frame: dict[str, Any]) -> None:
            self.told.append(frame)

        place = Seat(connection="c", meeting=who.room.meeting_id, participant=who.id, seat=seat, send=send)
        await self.gateway.frame(place, {"t": "media", "op": "enter"})
        return self.told[-1]


async def test_whoever_is_inside_learns_the_engine_and_gets_fresh_credentials(configured: None) -> None:
    room = await run(new_room)
    li, wang = await run(room.member, "李春分"), await run(room.member, "王小满")
    door = Door()
    engine = await door.enter(li)
    assert (engine["t"], engine["op"], engine["engine"], engine["expires_s"]) == ("media", "engine", "sfu", 7200)
    stun, turn = engine["ice_servers"]
    assert stun == {"urls": ["stun:t.example:3478"]}
    assert turn["urls"] == URLS
    assert (await door.enter(wang))["ice_servers"][1]["username"].split(":")[1] != turn["username"].split(":")[1]
    assert "李春分" not in str(door.told)
    assert str(li.id) not in str(door.told)


async def test_without_relays_there_is_just_the_engine() -> None:
    li = await run((await run(new_room)).member, "李春分")
    assert (await Door().enter(li))["ice_servers"] == []


async def test_companions_people_outside_and_ended_meetings_get_no_credentials(configured: None) -> None:
    room, over = await run(new_room), await run(new_room, "ENDED")
    li, wang = await run(room.member, "李春分"), await run(lambda: room.person("王小满", present=False))
    late = await run(over.member, "赵立春")
    door = Door()
    for who, seat, code in (
        (li, "companion", Code.NOT_ALLOWED),
        (wang, "person", Code.NOT_PRESENT),
        (late, "person", Code.NOT_PRESENT),
    ):
        with pytest.raises(Refused) as refused:
            await door.enter(who, seat=seat)
        assert refused.value.code == code
    assert door.told == []


def test_a_mistake_in_the_settings_stops_the_start_with_a_sentence(settings: Settings) -> None:
    settings.TURN_URLS, settings.TURN_SECRET = ["turn.example:3478"], "a-secret-shared-with-coturn"
    with pytest.raises(ImproperlyConfigured, match=r"turn\.example:3478 is no TURN address"):
        relays.configured()
