"""Who shows which page to everybody, told as stories."""

import pytest

from meetings.documents.commands import Upload
from meetings.documents.models import DocumentState, MeetingDocument, Presenting
from meetings.documents.processed import Outcome, Processed
from meetings.documents.snapshot import documents_snapshot
from meetings.live.execute import execute
from meetings.live.roles import Audience, MeetingState, Role
from server.core import ids
from server.core.errors import Code
from tests.integration.documents.materials import has_the_floor, ready, refused, secretary, some_id
from tests.story import Room, Somebody, new_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Room:
    return new_room()


@pytest.fixture
def host(room: Room) -> Somebody:
    return room.host()


@pytest.fixture
def report(room: Room, host: Somebody) -> MeetingDocument:
    return ready(room, host, pages=14)


def page_shown(room: Room) -> int | None:
    shown = documents_snapshot(room.meeting, Audience.EVERYONE).presenting  # type: ignore[attr-defined]
    return shown.page if shown else None


def test_the_secretary_shows_a_document_and_turns_its_pages(room: Room, report: MeetingDocument) -> None:
    desk = secretary(room)
    desk.does("documents.present", document=str(report.pk))
    desk.does("documents.turn", page=2)
    desk.does("documents.turn", page=3, document=str(report.pk))
    assert room.types[-3:] == ["documents.presented", "documents.turned", "documents.turned"]
    assert [event.presenting.page for event in room.events[-3:]] == [1, 2, 3]  # type: ignore[attr-defined]


def test_a_late_joiner_lands_on_the_current_page(room: Room, host: Somebody, report: MeetingDocument) -> None:
    host.does("documents.present", document=str(report.pk), page=4)
    host.does("documents.turn", page=9)
    state = documents_snapshot(room.meeting, Audience.EVERYONE)
    assert state.presenting.document == str(report.pk)  # type: ignore[attr-defined]
    assert page_shown(room) == 9


def test_turning_to_the_page_that_is_shown_tells_nothing(room: Room, host: Somebody, report: MeetingDocument) -> None:
    host.does("documents.present", document=str(report.pk), page=4)
    before = room.types
    host.does("documents.turn", page=4)
    host.does("documents.present", document=str(report.pk), page=4)
    assert room.types == before


@pytest.mark.parametrize("role", [Role.MEMBER, Role.DEPARTMENT, Role.EXPERT])
def test_speakers_show_documents_only_while_they_have_the_floor(
    room: Room, host: Somebody, report: MeetingDocument, role: Role
) -> None:
    li = room.person("李春分", role)
    with refused(Code.NOT_SPEAKING):
        li.does("documents.present", document=str(report.pk))
    has_the_floor(room, li, host)
    li.does("documents.present", document=str(report.pk), page=2)
    li.does("documents.turn", page=3)
    assert page_shown(room) == 3
    host.does("floor.finish")
    assert page_shown(room) is None
    assert room.types[-3:] == ["floor.speech_finished", "documents.stopped", "floor.times_changed"]
    with refused(Code.NOT_SPEAKING):
        li.does("documents.turn", page=4)


def test_a_speaker_turns_the_pages_of_what_the_desk_put_up(room: Room, host: Somebody, report: MeetingDocument) -> None:
    desk, li, wang = secretary(room), room.member("李春分"), room.member("王小满")
    desk.does("documents.present", document=str(report.pk))
    has_the_floor(room, li, host)
    li.does("documents.turn", page=5)
    with refused(Code.NOT_SPEAKING):
        wang.does("documents.turn", page=6)
    with refused(Code.NOT_ALLOWED):
        li.does("documents.stop")
    host.does("floor.finish")
    assert page_shown(room) == 5, "what the desk shows stays when the speech is over"


def test_a_speaker_takes_the_own_document_off(room: Room, host: Somebody, report: MeetingDocument) -> None:
    li = room.member("李春分")
    has_the_floor(room, li, host)
    li.does("documents.present", document=str(report.pk))
    li.does("documents.stop")
    assert page_shown(room) is None
    with refused(Code.WRONG_STATE):
        li.does("documents.turn", page=2)


@pytest.mark.parametrize("role", [Role.LEADER, Role.PUBLIC, Role.OBSERVER, Role.MEDIA, Role.TECH, Role.RECORDER])
def test_others_never_show_documents(room: Room, host: Somebody, report: MeetingDocument, role: Role) -> None:
    somebody = room.person("芦荻岸", role)
    if role in (Role.LEADER, Role.PUBLIC):
        has_the_floor(room, somebody, host)
    for command, fields in (
        ("documents.present", {"document": str(report.pk)}),
        ("documents.turn", {"page": 1}),
        ("documents.stop", {}),
        ("documents.recall", {"document": str(report.pk)}),
    ):
        with refused(Code.NOT_ALLOWED):
            somebody.does(command, **fields)


def test_there_is_no_page_beyond_the_last(room: Room, host: Somebody, report: MeetingDocument) -> None:
    with refused(Code.PAGE_OUT_OF_RANGE):
        host.does("documents.present", document=str(report.pk), page=15)
    host.does("documents.present", document=str(report.pk), page=14)
    with refused(Code.PAGE_OUT_OF_RANGE):
        host.does("documents.turn", page=15)
    with refused(Code.BAD_REQUEST):
        host.does("documents.turn", page=0)
    assert page_shown(room) == 14


def test_pages_can_be_shown_as_soon_as_they_are_drawn(room: Room, host: Somebody, report: MeetingDocument) -> None:
    MeetingDocument.objects.update(state=DocumentState.PROCESSING, ready_pages=2)
    host.does("documents.present", document=str(report.pk), page=2)
    with refused(Code.DOCUMENT_NOT_READY):
        host.does("documents.turn", page=3)


def test_a_click_meant_for_the_document_before_turns_nothing(
    room: Room, host: Somebody, report: MeetingDocument
) -> None:
    other = ready(room, host)
    host.does("documents.present", document=str(other.pk))
    with refused(Code.WRONG_STATE):
        host.does("documents.turn", page=2, document=str(report.pk))
    assert page_shown(room) == 1


def test_a_recalled_document_leaves_the_screens(room: Room, host: Somebody, report: MeetingDocument) -> None:
    host.does("documents.present", document=str(report.pk))
    secretary(room).does("documents.recall", document=str(report.pk))
    assert room.types[-2:] == ["documents.stopped", "documents.recalled"]
    with refused(Code.WRONG_STATE):
        host.does("documents.present", document=str(report.pk))


def test_a_recall_of_another_document_leaves_the_screens_alone(
    room: Room, host: Somebody, report: MeetingDocument
) -> None:
    other = ready(room, host)
    host.does("documents.present", document=str(report.pk))
    host.does("documents.recall", document=str(other.pk))
    assert page_shown(room) == 1


def test_members_recall_what_they_uploaded_and_nothing_else(room: Room, report: MeetingDocument) -> None:
    li, wang = room.member("李春分"), room.member("王小满")
    speech = ready(room, li)
    with refused(Code.NOT_ALLOWED):
        wang.does("documents.recall", document=str(speech.pk))
    li.does("documents.recall", document=str(speech.pk))
    assert room.types[-1] == "documents.recalled"
    li.does("documents.recall", document=str(speech.pk))
    assert room.types.count("documents.recalled") == 1


def test_the_end_of_the_meeting_takes_the_document_off(room: Room, host: Somebody, report: MeetingDocument) -> None:
    host.does("documents.present", document=str(report.pk))
    host.does("meeting.end")
    assert page_shown(room) is None
    with refused(Code.WRONG_STATE):
        host.does("documents.present", document=str(report.pk))
    secretary(room).does("documents.recall", document=str(report.pk))
    assert room.types[-1] == "documents.recalled", "会后收回"


def test_a_meeting_called_off_takes_the_document_off() -> None:
    room = new_room(MeetingState.LOBBY)
    host = room.host()
    host.does("documents.present", document=str(ready(room, host).pk))
    host.does("meeting.cancel", reason="台风")
    assert not Presenting.objects.exists()


def test_documents_of_another_meeting_are_unknown(room: Room, host: Somebody) -> None:
    elsewhere = new_room()
    theirs = ready(elsewhere, elsewhere.host("别处"))
    for command in ("documents.present", "documents.recall"):
        with refused(Code.NOT_FOUND):
            host.does(command, document=str(theirs.pk))


def test_nobody_adds_what_was_not_uploaded_or_was_uploaded_by_others(room: Room, host: Somebody) -> None:
    li = room.member("李春分")
    token = Upload(
        document=ids.new(), meeting=room.meeting_id, participant=li.id, filename="a.pdf", sha256="0" * 64, bytes=1
    ).token()
    with refused(Code.NOT_FOUND):
        host.does("documents.add", upload="made-up", title="材料")
    with refused(Code.NOT_FOUND):
        host.does("documents.add", upload=token, title="材料")
    li.does("documents.add", upload=token, title="材料")
    with refused(Code.BAD_REQUEST):
        li.does("documents.add", upload=token, title="材料")
    assert room.types.count("documents.added") == 1


def test_no_person_speaks_for_the_rendering(room: Room, host: Somebody, report: MeetingDocument) -> None:
    for role in Role:
        somebody = room.person(f"某{role}", role)
        with refused(Code.NOT_ALLOWED):
            somebody.does("documents.processed", document=str(report.pk), worker="w", outcome="FAILED")


def test_only_the_holder_of_the_lease_is_heard(room: Room, host: Somebody, report: MeetingDocument) -> None:
    MeetingDocument.objects.update(state=DocumentState.PROCESSING, worker="second", ready_pages=0)
    for worker in ("first", "second"):
        execute(
            meeting_id=room.meeting_id,
            actor=None,
            command_id=some_id(),
            command=Processed(document=report.pk, worker=worker, outcome=Outcome.READY, pages=14, ready_pages=14),
        )
    assert room.types.count("documents.ready") == 1


def test_a_document_that_turns_out_broken_leaves_the_screens(
    room: Room, host: Somebody, report: MeetingDocument
) -> None:
    MeetingDocument.objects.update(state=DocumentState.PROCESSING, worker="w", ready_pages=2)
    host.does("documents.present", document=str(report.pk))
    broken = Processed(document=report.pk, worker="w", outcome=Outcome.FAILED, error=Code.DOCUMENT_BROKEN)
    execute(meeting_id=room.meeting_id, actor=None, command_id=some_id(), command=broken)
    assert room.types[-2:] == ["documents.stopped", "documents.failed"]
    assert page_shown(room) is None
