"""How much one person may upload in one meeting: each limit with its last success and its first refusal."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from meetings.documents import quota
from meetings.documents.models import DocumentState, MeetingDocument
from meetings.documents.quota import AT_THE_DESK, ELSEWHERE, Quota, quota_of
from meetings.live.models import Participant
from meetings.live.roles import Role
from server.core.errors import Code
from tests.integration.documents.materials import ready, secretary, send, uploads
from tests.story import Room, Somebody, new_room

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room() -> Room:
    return new_room()


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path) -> Iterator[None]:
    with override_settings(FILES_DIR=tmp_path):
        yield


def has_sent(somebody: Somebody, files: int, *, total: int = 0, state: DocumentState = DocumentState.READY) -> None:
    """Rows as if this much had been uploaded before."""
    for number in range(files):
        row = ready(somebody.room, somebody)
        MeetingDocument.objects.filter(pk=row.pk).update(state=state, bytes=total if number == 0 else 0)


def answer_of(somebody: Somebody) -> tuple[int, object]:
    answer = send(somebody)
    body = answer.json()  # type: ignore[attr-defined]
    return answer.status_code, body if answer.status_code != 200 else None


def test_the_last_file_is_taken_and_the_next_is_refused(room: Room) -> None:
    li = room.member("李春分")
    has_sent(li, ELSEWHERE.files - 1)
    assert answer_of(li) == (200, None)
    assert answer_of(li) == (409, {"code": Code.UPLOAD_QUOTA, "facts": {"files": 30, "megabytes": 300}})
    assert answer_of(room.member("王小满")) == (200, None)


def test_bytes_count_together_and_what_was_taken_back_counts_on(room: Room) -> None:
    li = room.member("李春分")
    document = uploads(li)
    has_sent(li, 1, total=ELSEWHERE.bytes - 2 * document.bytes)
    assert answer_of(li) == (200, None)
    li.does("documents.recall", document=str(document.pk))
    assert answer_of(li)[0] == 409


def test_only_so_many_wait_to_be_drawn_at_once(room: Room) -> None:
    li = room.member("李春分")
    has_sent(li, ELSEWHERE.waiting - 1, state=DocumentState.PROCESSING)
    assert answer_of(li) == (200, None)
    assert answer_of(li) == (429, {"code": Code.UPLOADS_WAITING, "facts": {"limit": 5}})
    MeetingDocument.objects.update(state=DocumentState.READY)
    assert answer_of(li) == (200, None)


def test_another_meeting_has_a_quota_of_its_own(room: Room) -> None:
    li = room.member("李春分")
    has_sent(li, ELSEWHERE.files)
    other = new_room()
    seat = Participant.objects.get(pk=other.member("李春分二").id)
    Participant.objects.filter(pk=seat.pk).update(person=li.row.person)
    assert answer_of(li)[0] == 409
    assert answer_of(Somebody(other, seat.pk)) == (200, None)


@pytest.mark.parametrize("role", list(Role))
def test_the_desk_brings_everybodys_materials(role: Role) -> None:
    at_the_desk = role in {Role.HOST, Role.CO_HOST, Role.SECRETARY}
    assert quota_of(role) == (AT_THE_DESK if at_the_desk else ELSEWHERE)


def test_the_desk_has_its_limit_too(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = secretary(room)
    monkeypatch.setattr(quota, "AT_THE_DESK", Quota(files=2, bytes=10**9, waiting=20))
    assert [answer_of(desk)[0] for _ in range(3)] == [200, 200, 409]


def test_an_upload_sent_again_is_answered_also_when_the_quota_is_used_up(room: Room) -> None:
    li = room.member("李春分")
    has_sent(li, ELSEWHERE.files - 1)
    first = send(li, command_id="6c0d2f5e-7c2f-4ba7-9a56-3b8d6a5f9c11")
    again = send(li, command_id="6c0d2f5e-7c2f-4ba7-9a56-3b8d6a5f9c11")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()  # type: ignore[attr-defined]
