"""Text that cannot be kept (NUL, half a surrogate pair), sent in at every door: refused, never an error of ours.

Every command and every endpoint is tried, with values made from its own schema. On PostgreSQL the same text would be an
error of the database.
"""

import json
import uuid
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from channels.testing import WebsocketCommunicator
from django.core.cache import cache as cache_of_rates
from django.core.files.base import ContentFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meetings.live.commands import COMMANDS
from meetings.live.feed import hub
from server.accounts.models import Appointment, OrganizationRole
from server.api import api
from server.asgi import application
from server.core.text import can_be_kept
from tests.integration.paper.office import held_meeting
from tests.sockets import LiveClient
from tests.story import Room, new_room

pytestmark = pytest.mark.django_db(transaction=True)

Schema = dict[str, Any]

texts = st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=8)
"""Any text, also what is none."""
bad_texts = st.builds(
    lambda before, bad, after: before + bad + after, texts, st.sampled_from("\x00\ud800\udbff\udc00\udfff"), texts
)
thorough = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


def values(schema: Schema, defs: dict[str, Schema], text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Values of a JSON schema in which every free text comes from `text`."""
    if "$ref" in schema:
        return values(defs[schema["$ref"].rsplit("/", 1)[1]], defs, text)
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum", [schema.get("const")]))
    if "allOf" in schema:
        return values(schema["allOf"][0], defs, text)
    if "anyOf" in schema:
        return st.one_of([values(each, defs, text) for each in schema["anyOf"]])
    match schema.get("type"):
        case "string":
            made = {
                "uuid": st.uuids().map(str),
                "date": st.dates().map(str),
                "date-time": st.datetimes().map(lambda at: f"{at.isoformat()}Z"),
            }
            return made.get(schema.get("format", ""), text)
        case "integer":
            return st.integers(schema.get("minimum", -(10**20)), schema.get("maximum", 10**20))
        case "number":
            return st.floats(allow_nan=False, allow_infinity=False)
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case "array":
            items = values(schema.get("items", {}), defs, text)
            return st.lists(items, min_size=schema.get("minItems", 0), max_size=3)
        case "object" if "properties" in schema:
            fields = {name: values(each, defs, text) for name, each in schema["properties"].items()}
            needed = set(schema.get("required", ()))
            return st.fixed_dictionaries(
                {name: each for name, each in fields.items() if name in needed},
                optional={name: each for name, each in fields.items() if name not in needed},
            )
    return st.dictionaries(text, text, max_size=2)


def _order(name: str, fields: Schema) -> Schema:
    return {"type": name, **fields}


def orders(text: st.SearchStrategy[str]) -> st.SearchStrategy[Schema]:
    """Well-formed commands of every name, in which every free text comes from `text`."""
    made = []
    for name, command in COMMANDS.items():
        schema = command.model_json_schema()
        fields = values(schema, schema.get("$defs", {}), text) if schema.get("properties") else st.just({})
        made.append(st.builds(_order, st.just(name), fields))
    return st.one_of(made)


@cache
def endpoints() -> list[tuple[str, str, Schema]]:
    """Method, path and description of every endpoint."""
    return [
        (method.upper(), path, described)
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method, described in methods.items()
    ]


@cache
def definitions() -> dict[str, Schema]:
    found: dict[str, Schema] = api.get_openapi_schema()["components"]["schemas"]
    return found


def test_what_can_be_kept() -> None:
    kept = ["", "李春分", "😀", "\t\n", {"a": ["b", None, 1.5, True]}, b"\x00", None]
    unkept = ["\x00", "a\ud83d", "\ude00", {"\x00": 1}, {"a": [{"b": "\udfff"}]}, [["\x00"]]]
    assert all(map(can_be_kept, kept))
    assert not any(map(can_be_kept, unkept))
    deep: list[Any] = ["\x00"]
    for _ in range(100_000):
        deep = [deep]
    assert not can_be_kept(deep)


@thorough
@given(text=texts)
def test_what_can_be_kept_is_what_utf8_and_a_null_ended_string_can_hold(text: str) -> None:
    assert can_be_kept(text) == ("\x00" not in text and text.encode(errors="ignore").decode() == text)


@dataclass
class World:
    """A meeting that goes on, one that was held, and somebody who may do everything in both."""

    room: Room
    browser: Client
    cookie: str
    ids: dict[str, str]


@pytest.fixture
def world() -> World:
    held = held_meeting()
    minutes = held.minutes()
    _, task = held.secretary.post("/followups/", opinion=held.opinion)
    room = new_room()
    host = room.host("雪岭")
    account = room.account(host, "host")
    for office in OrganizationRole:
        Appointment.objects.create(person=account.person, organization=room.organization, role=office)
    browser = Client()
    browser.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    ids = {
        "meeting_id": str(room.meeting_id),
        "minutes_id": minutes,
        "task_id": task["id"],
        "kind": "BACKGROUND",
        "page": "1",
    }
    return World(room, browser, f"gongshang_session={browser.cookies['gongshang_session'].value}", ids)


def sent(world: World, data: st.DataObject, text: st.SearchStrategy[str]) -> tuple[int, Schema, bool]:
    """Ask an endpoint of hypothesis' choice; status, answer, and whether all text in the question can be kept."""
    method, path, described = data.draw(st.sampled_from(endpoints()), label="endpoint")
    query: Schema = {}
    for each in described.get("parameters", []):
        if each["in"] == "query":
            drawn = data.draw(values(each["schema"], definitions(), text), label=each["name"])
            # A query cannot bring half a surrogate pair: it is percent-encoded UTF-8.
            query[each["name"]] = drawn.encode(errors="ignore").decode() if isinstance(drawn, str) else drawn or ""
        else:
            word = world.ids.get(each["name"]) or data.draw(values(each["schema"], {}, text), label=each["name"])
            path = path.replace(f"{{{each['name']}}}", quote(word, safe="", errors="surrogatepass"))
    content = described.get("requestBody", {}).get("content", {})
    body: Any = None
    cache_of_rates.clear()
    if "multipart/form-data" in content:
        title = data.draw(text, label="title").encode(errors="ignore").decode()
        form = {"title": title, "file": ContentFile(b"%PDF-", name="a.pdf")}
        answer = world.browser.post(path, form)
        return answer.status_code, json.loads(answer.content), can_be_kept(title)
    if content:
        schema = content["application/json"]["schema"]
        body = data.draw(values(schema, definitions(), text), label="body")
        if "command" in body:
            body["command"] = data.draw(orders(text), label="command")
    answer = world.browser.generic(
        method, f"{path}?{urlencode(query)}", json.dumps(body), content_type="application/json"
    )
    is_json = answer.headers.get("Content-Type", "").startswith("application/json") and answer.content
    return answer.status_code, json.loads(answer.content) if is_json else {}, can_be_kept([body, query])


@thorough
@given(data=st.data())
def test_no_text_whatever_is_an_error_of_ours(world: World, data: st.DataObject) -> None:
    status, answer, kept = sent(world, data, texts | bad_texts)
    assert status < 500, answer
    if not kept:
        assert (status, answer["code"]) == (400, "BAD_TEXT")


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(sent_orders=st.lists(orders(texts | bad_texts), min_size=1, max_size=20))
async def test_a_socket_refuses_what_it_cannot_keep_and_goes_on(world: World, sent_orders: list[Schema]) -> None:
    async with LiveClient(cookie=world.cookie, meeting=world.room.meeting_id) as line:
        for order in sent_orders:
            number = str(uuid.uuid4())
            await line.send(t="do", id=number, command=order)
            while (answer := await line.receive())["t"] not in ("done", "refused"):
                pass
            assert (answer["id"], answer.get("code") == "BAD_TEXT") == (number, not can_be_kept(order)), order
            assert answer.get("code") != "INTERNAL", order
    await hub.close()


async def test_an_id_that_cannot_be_sent_back_is_answered_without(world: World) -> None:
    async with LiveClient(cookie=world.cookie, meeting=world.room.meeting_id) as line:
        await line.send(t="do", id="\ud83d", command={"type": "floor.open"})
        answer = await line.until("refused")
        assert (answer["id"], answer["code"]) == (None, "BAD_TEXT")
        await line.socket.send_to(text_data="[" * 5000)
        assert (await line.until("refused"))["code"] == "BAD_FRAME"
    await hub.close()


@pytest.mark.parametrize("key", ["\x00" * 32, "a" * 31 + "\x00", "short", "長" * 32, "A" * 32, "a" * 10_000])
def test_a_cookie_that_is_no_session_key_is_no_session(world: World, key: str) -> None:
    octal = "".join(char if char.isalnum() and char.isascii() else f"\\{ord(char) & 0xFF:03o}" for char in key)
    stranger = Client(HTTP_COOKIE=f'gongshang_session="{octal}"')
    answer = stranger.get("/api/accounts/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "NOT_SIGNED_IN")


async def test_nor_is_it_one_for_a_socket(world: World) -> None:
    headers = [(b"origin", b"http://localhost"), (b"cookie", b'gongshang_session="' + b"\\000" * 32 + b'"')]
    socket = WebsocketCommunicator(application, "/ws/live", headers=headers)
    connected, _ = await socket.connect()
    assert connected
    await socket.send_json_to({"t": "hello", "protocol": 1, "meeting": str(world.room.meeting_id), "since": None})
    assert (await socket.receive_json_from())["code"] == "NOT_SIGNED_IN"


@pytest.mark.parametrize("path", ["/c/a%00b", "/j/%ed%a0%80", "/api/people/venue-link/a%00b", "/%00", "/api/%00"])
def test_a_path_is_only_looked_up(world: World, path: str) -> None:
    assert world.browser.get(path).status_code in (200, 404, 503)
