"""Sockets end with their sign-in: at once by the bell, at the next beat without it; others stay."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from meetings.live import bell
from meetings.live.feed import hub
from server.accounts.models import Account, Appointment, OrganizationRole, Person
from tests.sockets import LiveClient
from tests.story import PASSWORD, Room, new_room

pytestmark = pytest.mark.django_db(transaction=True)

COME_AGAIN = 1012


@dataclass
class Browser:
    """A browser of somebody who is signed in, with one page open on the meeting."""

    room: Room
    client: Client

    @property
    def page(self) -> LiveClient:
        cookie = f"gongshang_session={self.client.cookies['gongshang_session'].value}"
        return LiveClient(cookie=cookie, meeting=self.room.meeting_id)

    async def post(self, path: str, **body: Any) -> int:
        answer = await sync_to_async(self.client.post)(path, json.dumps(body), content_type="application/json")
        return answer.status_code


@pytest.fixture
def room() -> Room:
    return new_room()


@pytest.fixture
def li(room: Room) -> Account:
    return room.account(room.member("李春分"), "m04")


@pytest.fixture
def administrator(room: Room) -> Account:
    person = Person.objects.create(organization=room.organization, name="安全岭")
    Appointment.objects.create(person=person, organization=room.organization, role=OrganizationRole.SECURITY_ADMIN)
    return Account.objects.create_user(username="sec", password=PASSWORD, person=person, must_change_password=False)


@pytest.fixture(autouse=True)
async def _hub_is_closed():  # type: ignore[no-untyped-def]
    yield
    await hub.close()


@sync_to_async
def browser(room: Room, account: Account) -> Browser:
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return Browser(room, client)


async def in_the_feed(page: LiveClient) -> None:
    """From here on the page is told everything."""
    assert (await page.do("nothing"))["code"] == "UNKNOWN_COMMAND"


async def closed_with(page: LiveClient) -> int:
    while (message := await page.socket.receive_output(timeout=5))["type"] != "websocket.close":
        pass
    return int(message["code"])


async def knocks(page: LiveClient) -> str:
    """The code with which a page is refused that comes again."""
    await page.socket.connect()
    await page.send(t="hello", protocol=1, meeting=page.meeting, since=None, seat="person")
    return str((await page.receive())["code"])


async def test_signing_out_closes_the_pages_of_this_session_and_no_others(room: Room, li: Account) -> None:
    here, elsewhere = await browser(room, li), await browser(room, li)
    stale = here.page
    async with here.page as one, here.page as two, elsewhere.page as other:
        for page in (one, two, other):
            await in_the_feed(page)
        assert await here.post("/api/accounts/sign-out") == 204
        assert [await closed_with(one), await closed_with(two)] == [COME_AGAIN, COME_AGAIN]
        assert (await other.do("people.leave"))["t"] == "done"
    assert await knocks(stale) == "NOT_SIGNED_IN"


async def test_a_new_password_sends_all_sessions_back_to_the_door_and_lets_this_one_in(room: Room, li: Account) -> None:
    here, elsewhere = await browser(room, li), await browser(room, li)
    stale = elsewhere.page
    async with here.page as mine, elsewhere.page as other:
        for page in (mine, other):
            await in_the_feed(page)
        changed = {"old": PASSWORD, "new": "Tide-and-Reed-77"}
        assert await here.post("/api/accounts/change-password", **changed) == 200
        assert [await closed_with(mine), await closed_with(other)] == [COME_AGAIN, COME_AGAIN]
    assert await knocks(stale) == "NOT_SIGNED_IN"
    async with here.page as again:
        assert again.welcome["me"]["name"] == "李春分"


async def test_a_closed_account_is_out_at_once(room: Room, li: Account, administrator: Account) -> None:
    here, desk = await browser(room, li), await browser(room, administrator)
    stale = here.page
    async with here.page as page:
        await in_the_feed(page)
        assert await desk.post(f"/api/accounts/{li.pk}/close") == 204
        assert await closed_with(page) == COME_AGAIN
    assert await knocks(stale) == "NOT_SIGNED_IN"
    assert await here.post("/api/accounts/sign-in", username="m04", password=PASSWORD) == 401


async def test_only_the_security_administrator_closes_accounts_and_only_others_of_the_own_city(
    room: Room, li: Account, administrator: Account
) -> None:
    mine, desk = await browser(room, li), await browser(room, administrator)
    assert await mine.post(f"/api/accounts/{administrator.pk}/close") == 403
    assert await desk.post(f"/api/accounts/{administrator.pk}/close") == 403
    elsewhere = await sync_to_async(_of_another_city)()
    assert await desk.post(f"/api/accounts/{elsewhere.pk}/close") == 404
    assert await sync_to_async(Account.objects.filter(is_active=True).count)() == 3


def _of_another_city() -> Account:
    room = new_room()
    other = type(room.organization).objects.create(name="政协远山市委员会", short_name="远山市政协")
    person = Person.objects.create(organization=other, name="远客")
    return Account.objects.create_user(username="far", password=PASSWORD, person=person)


@pytest.mark.parametrize("end", ["closed", "password", "session"])
async def test_the_beat_notices_what_the_bell_did_not_tell(
    room: Room, li: Account, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr(bell, "_send", lambda message: None)
    here = await browser(room, li)
    colleague = await browser(room, await sync_to_async(lambda: room.account(room.member("王小满"), "m05"))())

    @sync_to_async
    def ends() -> None:
        if end == "closed":
            Account.objects.filter(pk=li.pk).update(is_active=False)
        elif end == "password":
            li.set_password("Tide-and-Reed-77")
            li.save()
        else:
            here.client.logout()

    async with here.page as page, colleague.page as other:
        for each in (page, other):
            await in_the_feed(each)
        await ends()
        await hub.feeds[room.meeting_id].beat()
        assert await closed_with(page) == COME_AGAIN
        assert (await other.until("beat"))["mark"]
