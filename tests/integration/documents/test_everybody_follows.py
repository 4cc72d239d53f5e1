"""The whole way through the real application: upload over HTTP, drawing in the web process, events on the sockets."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from channels.testing import HttpCommunicator
from django.test import override_settings

from meetings.documents import rendering
from meetings.documents.models import DocumentState, MeetingDocument
from meetings.live.feed import hub
from meetings.live.models import Meeting
from server.asgi import application
from server.core import clock
from tests.integration.documents import pdfs
from tests.integration.documents.materials import secretary, uploads
from tests.sockets import LiveClient, cookie_of
from tests.story import Somebody, new_room

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
async def _own_folder(tmp_path: Path) -> AsyncIterator[None]:
    with override_settings(FILES_DIR=tmp_path):
        yield
        await rendering.desk.stop()
        await hub.close()


@sync_to_async
def two_people() -> tuple[Somebody, Somebody]:
    room = new_room()
    desk, li = secretary(room), room.member("李春分")
    room.account(desk, "desk")
    room.account(li, "m04")
    return desk, li


@sync_to_async
def account_of(somebody: Somebody):  # type: ignore[no-untyped-def]
    person = somebody.row.person
    assert person is not None
    return person.account


async def connected(somebody: Somebody) -> LiveClient:
    return LiveClient(cookie=await cookie_of(await account_of(somebody)), meeting=somebody.room.meeting_id)


async def get(somebody: Somebody, path: str):  # type: ignore[no-untyped-def]
    cookie = await cookie_of(await account_of(somebody))
    headers = [(b"host", b"localhost"), (b"cookie", cookie.encode())]
    return await HttpCommunicator(application, "GET", path, headers=headers).get_response(timeout=10)


async def drawn_by_the_process(document: MeetingDocument) -> int:
    """Wait until the rendering task has drawn the document; the journal's number then."""
    async with asyncio.timeout(60):
        while document.state == DocumentState.PROCESSING:
            await asyncio.sleep(0.05)
            await document.arefresh_from_db()
    return await sync_to_async(lambda: Meeting.objects.get(pk=document.meeting_id).seq)()


async def test_members_are_told_of_the_first_page_and_follow_the_presenter() -> None:
    desk, li = await two_people()
    async with await connected(li) as seen_by_li, await connected(desk) as secretary_page:
        document = await sync_to_async(uploads)(desk, pdfs.pdf(6))
        # Any request to this process begins the rendering.
        await get(li, f"/api/documents/{desk.room.meeting_id}")
        seq = await drawn_by_the_process(document)
        told = [event["type"] for event in await seen_by_li.events_until(seq)]
        assert told[:2] == ["documents.added", "documents.pages_ready"]
        assert told[-1] == "documents.ready"
        page = await get(li, f"/api/documents/{desk.room.meeting_id}/{document.pk}/pages/6?w=480")
        assert (page["status"], page["body"][:4]) == (200, b"RIFF")

        await secretary_page.do("documents.present", document=str(document.pk))
        turned = await secretary_page.do("documents.turn", page=4)
        events = await seen_by_li.events_until(turned["seq"])
        assert [event["data"]["presenting"]["page"] for event in events[-2:]] == [1, 4]
        refusal = await seen_by_li.do("documents.turn", page=5)
        assert (refusal["t"], refusal["code"]) == ("refused", "NOT_SPEAKING")

    async with await connected(li) as after_a_reload:
        state = after_a_reload.welcome["snapshot"]["documents"]
        tail = [event["data"] for event in after_a_reload.welcome["events"] if event["type"] == "documents.turned"]
        shown = tail[-1]["presenting"] if tail else state["presenting"]
        assert (shown["document"], shown["page"]) == (str(document.pk), 4)


async def test_a_new_process_draws_what_a_killed_one_left() -> None:
    desk, _ = await two_people()
    document = await sync_to_async(uploads)(desk, pdfs.pdf(2))

    @sync_to_async
    def killed_while_drawing() -> None:
        assert rendering.take_next() is not None
        MeetingDocument.objects.update(leased_until=clock.now() - timedelta(seconds=1), pages=2, ready_pages=1)

    await killed_while_drawing()
    async with await connected(desk) as page:
        await get(desk, "/api/accounts/me")
        seq = await drawn_by_the_process(document)
        assert (await page.events_until(seq))[-1]["type"] == "documents.ready"
    assert (document.state, document.ready_pages, document.attempts) == (DocumentState.READY, 2, 2)
