"""The one consumer, spoken to over its real protocol."""

import json
import uuid
from dataclasses import dataclass

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meetings.live import bell
from meetings.live.consumer import decode
from meetings.live.feed import MAX_UNSEEN_BEATS, hub
from meetings.live.models import Participant
from meetings.live.roles import Role
from server.asgi import application
from server.core.errors import Refused
from tests.sockets import LiveClient, cookie_of
from tests.story import Room, Somebody, new_room

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Cast:
    """A meeting with a host and a member who can both connect."""

    room: Room
    host: Somebody
    li: Somebody
    host_cookie: str
    li_cookie: str

    def connect(self, who: str, **options: object) -> LiveClient:
        cookie = self.host_cookie if who == "host" else self.li_cookie
        return LiveClient(cookie=cookie, meeting=self.room.meeting_id, **options)  # type: ignore[arg-type]


@pytest.fixture
async def cast() -> Cast:
    @sync_to_async
    def people() -> tuple[Room, Somebody, Somebody]:
        room = new_room()
        host, li = room.host(), room.member("李春分")
        room.account(host, "host")
        room.account(li, "m04")
        return room, host, li

    room, host, li = await people()
    accounts = [await sync_to_async(lambda who=who: who.row.person.account)() for who in (host, li)]
    return Cast(room, host, li, await cookie_of(accounts[0]), await cookie_of(accounts[1]))


@pytest.fixture(autouse=True)
async def _hub_is_closed():  # type: ignore[no-untyped-def]
    yield
    await hub.close()


async def test_what_one_does_everybody_is_told_in_the_same_order(cast: Cast) -> None:
    async with cast.connect("host") as host, cast.connect("li") as li:
        assert host.welcome["me"]["audience"] == "staff"
        assert li.welcome["me"]["audience"] == "everyone"
        await host.do("floor.open")
        done = await li.do("floor.request", topic="增容")
        assert done["t"] == "done"
        for client, second in ((host, "floor.requested"), (li, "hidden")):
            events = await client.events_until(done["seq"])
            assert [event["type"] for event in events] == ["floor.opened", second, "floor.length_changed"]
            assert [event["seq"] for event in events] == [1, 2, 3]


async def test_a_programme_output_shows_what_everybody_may_see_and_does_nothing(cast: Cast) -> None:
    async with cast.connect("host", seat="program") as screen, cast.connect("host") as host:
        me = screen.welcome["me"]
        assert (me["seat"], me["audience"], me["can"]) == ("program", "everyone", [])
        refused = await screen.do("floor.open")
        assert (refused["t"], refused["code"]) == ("refused", "NOT_ALLOWED")
        done = await host.do("floor.open")
        assert [event["type"] for event in await screen.events_until(done["seq"])] == ["floor.opened"]


async def test_a_member_puts_no_programme_on_a_screen(cast: Cast) -> None:
    headers = [(b"origin", b"http://localhost"), (b"cookie", cast.li_cookie.encode())]
    line = WebsocketCommunicator(application, "/ws/live", headers=headers)
    await line.connect()
    await line.send_json_to({"t": "hello", "protocol": 1, "meeting": str(cast.room.meeting_id), "seat": "program"})
    assert (await line.receive_json_from())["code"] == "NOT_ALLOWED"
    assert (await line.receive_output())["type"] == "websocket.close"


async def test_staff_matters_are_placeholders_for_others(cast: Cast) -> None:
    @sync_to_async
    def redact() -> None:
        auditor = cast.room.person("青竹", Role.AUDITOR)
        auditor.does("journal.redact", entry=1, reason="本人申请")

    async with cast.connect("host") as host, cast.connect("li") as li:
        await li.do("people.leave")
        await host.events_until(1)
        await li.events_until(1)
        await redact()
        assert [event["type"] for event in await host.events_until(2)] == ["people.left", "journal.redacted"]
        assert [event["type"] for event in await li.events_until(2)] == ["people.left", "hidden"]
    async with cast.connect("li", since=0) as again:
        assert [event["type"] for event in again.welcome["events"]] == ["hidden", "hidden"]


async def test_coming_back_by_seq_brings_only_what_was_missed(cast: Cast) -> None:
    async with cast.connect("host") as host:
        await host.do("floor.open")
        await host.do("floor.close")
    async with cast.connect("li", since=1) as li:
        assert li.welcome["snapshot"] is None
        assert [event["seq"] for event in li.welcome["events"]] == [2]
    async with cast.connect("li") as fresh:
        assert fresh.welcome["snapshot"]["floor"]["is_open"] is False


async def test_a_lost_bell_is_made_up_for(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell, "ring", lambda meeting_id, seq: None)
    async with cast.connect("host") as host, cast.connect("li") as li:
        done = await host.do("floor.open")
        assert [event["type"] for event in await li.events_until(done["seq"])] == ["floor.opened"]


async def test_whoever_is_shown_out_is_cut_off_and_stays_out(cast: Cast) -> None:
    async with cast.connect("host") as host, cast.connect("li") as li:
        await host.do("people.remove", participant=str(cast.li.id), reason="扰乱会场秩序")
        while (message := await li.socket.receive_output(timeout=5))["type"] != "websocket.close":
            pass
        assert message["code"] == 4003
    socket = WebsocketCommunicator(
        application, "/ws/live", headers=[(b"origin", b"http://localhost"), (b"cookie", cast.li_cookie.encode())]
    )
    await socket.connect()
    await socket.send_json_to({"t": "hello", "protocol": 1, "meeting": str(cast.room.meeting_id), "since": None})
    assert (await socket.receive_json_from())["code"] == "NOT_ALLOWED"
    assert (await socket.receive_output())["code"] == 4003


@pytest.mark.parametrize(
    ("frame", "code", "close"),
    [
        ({"t": "hello", "protocol": 99, "meeting": str(uuid.uuid4())}, "BAD_PROTOCOL", 4010),
        ({"t": "hello", "protocol": 1, "meeting": "?"}, "BAD_FRAME", 4009),
        ({"t": "hello", "protocol": 1, "meeting": str(uuid.uuid4()), "since": -1}, "BAD_FRAME", 4009),
        ({"t": "do", "id": str(uuid.uuid4()), "command": {"type": "floor.open"}}, "BAD_FRAME", 4009),
        ({"t": "hello", "protocol": 1, "meeting": str(uuid.uuid4()), "since": None}, "NOT_SIGNED_IN", 4001),
    ],
)
async def test_a_bad_start_is_refused_with_a_code_and_the_door(frame: dict[str, object], code: str, close: int) -> None:
    socket = WebsocketCommunicator(application, "/ws/live", headers=[(b"origin", b"http://localhost")])
    await socket.connect()
    await socket.send_json_to(frame)
    assert (await socket.receive_json_from())["code"] == code
    assert (await socket.receive_output())["code"] == close


async def test_a_page_of_another_site_gets_no_socket() -> None:
    with pytest.MonkeyPatch.context() as patch:
        from django.conf import settings as django_settings

        patch.setattr(django_settings, "ALLOWED_HOSTS", ["localhost"])
        from channels.security.websocket import AllowedHostsOriginValidator

        guarded = AllowedHostsOriginValidator(application)
        socket = WebsocketCommunicator(guarded, "/ws/live", headers=[(b"origin", b"https://elsewhere.example")])
        connected, _ = await socket.connect()
        assert not connected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("not json", "BAD_FRAME"),
        ("[]", "BAD_FRAME"),
        (json.dumps({"t": "nonsense"}), "BAD_FRAME"),
        (json.dumps({"t": "do", "id": "x", "command": {}}), "BAD_FRAME"),
        (json.dumps({"t": "do", "id": str(uuid.uuid4()), "command": {"type": "floor.fly"}}), "UNKNOWN_COMMAND"),
        (json.dumps({"t": "do", "id": str(uuid.uuid4()), "command": {"type": "floor.open", "x": 1}}), "BAD_REQUEST"),
        (json.dumps({"t": "do", "id": str(uuid.uuid4()), "command": {"type": "floor.call"}}), "NOT_ALLOWED"),
        (json.dumps({"t": "do", "x": "y" * 20_000}), "TOO_LARGE"),
        (json.dumps({"t": "hello", "protocol": 1}), "BAD_FRAME"),
        ("[" * 100_000, "TOO_LARGE"),
    ],
)
async def test_bad_frames_are_refused_and_the_line_goes_on(cast: Cast, text: str, code: str) -> None:
    async with cast.connect("li") as li:
        await li.socket.send_to(text_data=text)
        refused = await li.until("refused")
        if text.startswith("[["):
            assert refused["code"] in ("TOO_LARGE", "BAD_FRAME")
        else:
            assert refused["code"] == code
        assert (await li.do("people.leave"))["t"] == "done"


async def test_somebody_not_invited_sees_nothing(cast: Cast) -> None:
    await sync_to_async(lambda: Participant.objects.filter(pk=cast.li.id).delete())()
    socket = WebsocketCommunicator(
        application, "/ws/live", headers=[(b"origin", b"http://localhost"), (b"cookie", cast.li_cookie.encode())]
    )
    await socket.connect()
    await socket.send_json_to({"t": "hello", "protocol": 1, "meeting": str(cast.room.meeting_id), "since": None})
    assert (await socket.receive_json_from())["code"] == "NOT_IN_MEETING"


async def test_too_many_frames_close_the_line(cast: Cast) -> None:
    async with cast.connect("li") as li:
        for _ in range(120):
            await li.send(t="seen", mark="")
        while (message := await li.socket.receive_output(timeout=5))["type"] != "websocket.close":
            pass
        assert message["code"] == 4029


async def test_who_claims_to_be_ahead_of_the_journal_is_closed_like_who_says_nothing(cast: Cast) -> None:
    async with cast.connect("li") as liar:
        await liar.do("nothing")  # from here on it is in the feed
        feed = hub.feeds[cast.room.meeting_id]
        for _ in range(MAX_UNSEEN_BEATS + 1):
            await feed.beat()
            await liar.send(t="seen", mark="f" * 16)
            await liar.send(t="seen", seq=10**30)
        while (message := await liar.socket.receive_output(timeout=5))["type"] != "websocket.close":
            pass
        assert message["code"] == 4008


async def test_who_says_each_mark_back_is_kept(cast: Cast) -> None:
    async with cast.connect("li") as li:
        await li.do("nothing")
        feed = hub.feeds[cast.room.meeting_id]
        for _ in range(MAX_UNSEEN_BEATS + 3):
            await feed.beat()
            await li.send(t="seen", mark=(await li.until("beat"))["mark"])
        assert (await li.do("people.leave"))["t"] == "done"


async def test_coming_back_from_beyond_the_journal_brings_a_snapshot(cast: Cast) -> None:
    async with cast.connect("li", since=10**30) as li:
        assert li.welcome["snapshot"] is not None
        assert li.welcome["seq"] == 0


async def test_companions_have_no_media(cast: Cast) -> None:
    async with cast.connect("li", seat="companion") as li:
        await li.send(t="media", op="offer", sdp="v=0", connection="x")
        frame = await li.receive()
        while frame["t"] not in ("refused", "media"):
            frame = await li.receive()
        assert frame.get("code") == "NOT_ALLOWED" or frame.get("op") == "unavailable"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
frames = st.one_of(
    st.text(min_size=1, max_size=200),
    json_values.map(json.dumps),
    st.fixed_dictionaries(
        {"t": st.sampled_from(["do", "hello", "seen", "media", "beat", ""])},
        optional={
            "id": json_values | st.uuids().map(str),
            "mark": json_values,
            "op": st.sampled_from(["offer", "view", "leave", "resume", "x"]) | json_values,
            "sdp": json_values,
            "connection": json_values,
            "command": json_values
            | st.fixed_dictionaries(
                {"type": st.sampled_from(["floor.request", "floor.call", "people.mute", "agenda.set_items", "x"])},
                optional={"participant": json_values, "kind": json_values, "items": json_values},
            ),
        },
    ).map(json.dumps),
)


@given(text=frames)
def test_any_text_is_a_frame_or_refused(text: str) -> None:
    code = None
    try:
        frame = decode(text)
    except Refused as refused:
        code = refused.code
    assert code in ("BAD_FRAME", "TOO_LARGE") if code else isinstance(frame, dict)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(frames, min_size=1, max_size=15))
async def test_random_frames_never_break_the_line(cast: Cast, texts: list[str]) -> None:
    async with cast.connect("li") as li:
        for text in texts:
            await li.socket.send_to(text_data=text)
        await li.send(t="do", id="last", command={"type": "nothing"})
        while True:
            frame = await li.receive()
            assert frame["t"] in ("done", "refused", "events", "volatile", "own", "media", "beat")
            if frame["t"] == "refused":
                assert frame["code"] != "INTERNAL"
                if frame["id"] == "last":
                    break
