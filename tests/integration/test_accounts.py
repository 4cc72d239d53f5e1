"""Signing in, the lock-out, and the initial password."""

import json
from typing import Any

import pytest
from django.test import Client

from server.accounts.models import Account
from tests.story import PASSWORD, Room, new_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Room:
    return new_room()


@pytest.fixture
def account(room: Room) -> Account:
    return room.account(room.host(), "host")


def post(client: Client, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
    answer = client.post(path, json.dumps(body), content_type="application/json")
    return answer.status_code, json.loads(answer.content or b"{}")


def sign_in(client: Client, password: str = PASSWORD) -> tuple[int, dict[str, Any]]:
    return post(client, "/api/accounts/sign-in", username="host", password=password)


def test_the_right_password_opens_and_signing_out_closes(account: Account) -> None:
    client = Client()
    assert client.get("/api/accounts/me").status_code == 401
    status, body = sign_in(client)
    assert status == 200
    assert body["account"]["name"] == "青云岭"
    assert client.get("/api/accounts/me").json()["account"]["username"] == "host"
    client.post("/api/accounts/sign-out")
    assert client.get("/api/accounts/me").json() == {"code": "NOT_SIGNED_IN", "facts": {}}


def test_five_failures_lock_the_name_for_fifteen_minutes(account: Account) -> None:
    client = Client()
    for _ in range(4):
        assert sign_in(client, "wrong") == (401, {"code": "WRONG_CREDENTIALS", "facts": {}})
    assert sign_in(client, "wrong") == (403, {"code": "LOCKED_OUT", "facts": {"minutes": 15}})
    assert sign_in(Client())[1]["code"] == "LOCKED_OUT"


def test_an_unknown_name_is_refused_like_a_wrong_password(account: Account) -> None:
    status, body = post(Client(), "/api/accounts/sign-in", username="nobody", password="x")
    assert (status, body["code"]) == (401, "WRONG_CREDENTIALS")


def test_an_initial_password_opens_nothing_but_its_own_change(account: Account, room: Room) -> None:
    account.must_change_password = True
    account.save()
    client = Client()
    assert sign_in(client)[1]["account"]["must_change_password"] is True
    assert client.get(f"/api/live/{room.meeting_id}/state").json()["code"] == "PASSWORD_CHANGE_REQUIRED"
    status, body = post(client, "/api/accounts/change-password", old=PASSWORD, new="123")
    assert (status, body["code"]) == (400, "PASSWORD_TOO_WEAK")
    assert "password_too_short" in body["facts"]["reasons"]
    assert post(client, "/api/accounts/change-password", old=PASSWORD, new=PASSWORD)[1]["code"] == "PASSWORD_TOO_WEAK"
    assert post(client, "/api/accounts/change-password", old="x", new="Tide-and-Reed-77")[0] == 401
    assert post(client, "/api/accounts/change-password", old=PASSWORD, new="Tide-and-Reed-77")[0] == 200
    assert client.get(f"/api/live/{room.meeting_id}/state").status_code == 200


def test_a_change_without_the_csrf_header_is_refused(account: Account) -> None:
    client = Client(enforce_csrf_checks=True)
    status, body = sign_in(client)
    assert (status, body["code"]) == (403, "BAD_ORIGIN")
    client.get("/api/accounts/csrf")
    token = client.cookies["csrftoken"].value
    answer = client.post(
        "/api/accounts/sign-in",
        json.dumps({"username": "host", "password": PASSWORD}),
        content_type="application/json",
        headers={"x-csrftoken": token},
    )
    assert answer.status_code == 200


def test_a_missing_field_is_named(account: Account) -> None:
    status, body = post(Client(), "/api/accounts/sign-in", username="host")
    assert (status, body) == (400, {"code": "BAD_REQUEST", "facts": {"fields": ["password"]}})


def test_an_endless_name_or_password_is_not_even_tried(account: Account) -> None:
    for field in ("username", "password"):
        status, body = post(
            Client(), "/api/accounts/sign-in", **{"username": "host", "password": "x", field: "长" * 2000}
        )
        assert (status, body) == (400, {"code": "BAD_REQUEST", "facts": {"fields": [field]}})


def test_a_body_that_is_no_json_is_a_bad_request(account: Account) -> None:
    for body in ("", "{", "[" * 100_000, '"' * 3, b"\xff"):
        answer = Client().post("/api/accounts/sign-in", body, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (400, "BAD_REQUEST")


def test_a_crash_is_a_code_and_no_trace(
    account: Account, room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from meetings.live import snapshots

    def crash(*args: object, **kwargs: object) -> None:
        raise RuntimeError("a secret detail")

    client = Client()
    sign_in(client)
    monkeypatch.setattr(snapshots, "catch_up", crash)
    answer = client.get(f"/api/live/{room.meeting_id}/state")
    assert (answer.status_code, answer.json()) == (500, {"code": "INTERNAL", "facts": {}})
    assert "a secret detail" in caplog.text
