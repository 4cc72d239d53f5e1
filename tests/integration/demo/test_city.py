"""The demo city: complete, made by commands, and the same however often it is seeded."""

import stat
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from pypdf import PdfReader

from meetings.agenda.models import AgendaItem
from meetings.consultation.models import Consultation, ConsultationMeeting
from meetings.documents import storage
from meetings.documents.models import MeetingDocument
from meetings.live.checker import GENESIS
from meetings.live.models import JournalEntry, Meeting, Participant
from meetings.live.roles import AttendanceKind, MeetingState, Presence, Role
from meetings.people.models import Venue
from server.accounts.models import Account, Member, Organization, Person, Sector, Unit
from server.demo.city import chengwan

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_data_folder(tmp_path: Path) -> Iterator[None]:
    with override_settings(DATA_DIR=tmp_path, FILES_DIR=tmp_path / "files"):
        yield


def seeded() -> str:
    out = StringIO()
    call_command("seed_demo", stdout=out)
    return out.getvalue()


def test_the_whole_city_is_there() -> None:
    seeded()

    assert Organization.objects.count() == 4
    assert (Sector.objects.count(), Member.objects.count(), Unit.objects.count()) == (9, 40, 6)
    assert Venue.objects.count() == 4
    meeting = Meeting.objects.get()
    assert meeting.state == MeetingState.NOTIFIED
    assert ConsultationMeeting.objects.get(meeting=meeting).consultation == Consultation.objects.get()
    members = Participant.objects.filter(meeting=meeting, attendance_kind=AttendanceKind.MEMBER)
    assert members.filter(presence=Presence.INVITED).count() == 36
    assert members.filter(presence=Presence.ON_LEAVE).count() == 4
    assert members.exclude(venue=None).count() == 18 + 5 + 4 + 3
    assert Participant.objects.filter(meeting=meeting, role=Role.OBSERVER, person=None).count() == 12
    clerks = Participant.objects.filter(meeting=meeting, role=Role.VENUE_CLERK)
    assert {clerk.venue for clerk in clerks} == set(Venue.objects.values_list("pk", flat=True))
    agenda = AgendaItem.objects.filter(meeting=meeting)
    assert agenda.count() == 17
    assert sum(item.minutes for item in agenda) == meeting.planned_minutes == 140
    assert agenda.get(no=9).presenter.name == "邹山茶"  # type: ignore[union-attr]


def test_the_documents_are_on_the_table() -> None:
    seeded()

    rows = list(MeetingDocument.objects.all())
    assert [row.title for row in rows] == [document.name for document in chengwan().documents]
    for row, document in zip(rows, chengwan().documents, strict=True):
        with PdfReader(storage.original(row.pk)) as pdf:
            assert len(pdf.pages) == document.pages
            assert "澄湾" in "".join(page.extract_text() for page in pdf.pages)


def test_every_change_is_in_the_journal() -> None:
    seeded()

    meeting = Meeting.objects.get()
    types = list(JournalEntry.objects.filter(meeting=meeting).values_list("type", flat=True))
    assert meeting.seq == len(types) > 30
    assert meeting.head != GENESIS
    assert types[-1] == "meeting.published"
    call_command("verify_journal", stdout=StringIO())


def test_seeding_again_changes_nothing() -> None:
    first = seeded()
    before = (Person.objects.count(), Meeting.objects.get().seq, JournalEntry.objects.count())

    second = seeded()

    assert (Person.objects.count(), Meeting.objects.get().seq, JournalEntry.objects.count()) == before
    assert password_in(first) == password_in(second)


def test_who_has_played_a_meeting_through_finds_a_fresh_one() -> None:
    seeded()
    Meeting.objects.update(state=MeetingState.ENDED)

    seeded()

    assert sorted(Meeting.objects.values_list("state", flat=True)) == [MeetingState.ENDED, MeetingState.NOTIFIED]
    assert Consultation.objects.count() == 1


def test_demo_accounts_sign_in_with_what_was_printed(client: Client) -> None:
    password = password_in(seeded())

    for username in ("host", "secretary", "m17", "m40", "clerk-east", "unit-d6", "auditor", "admin"):
        answer = client.post(
            "/api/accounts/sign-in", {"username": username, "password": password}, content_type="application/json"
        )

        assert answer.status_code == 200, username
        assert answer.json()["account"]["must_change_password"] is False
        assert answer.json()["account"]["is_demo"] is True


def test_the_password_is_a_secret_of_this_installation(tmp_path: Path) -> None:
    seeded()

    assert stat.S_IMODE((tmp_path / "demo_password").stat().st_mode) == 0o600
    assert len({account.password for account in Account.objects.all()}) == 1


def test_a_lost_password_is_replaced_for_all_accounts(tmp_path: Path) -> None:
    old = password_in(seeded())
    (tmp_path / "demo_password").unlink()

    new = password_in(seeded())

    assert new != old
    assert Account.objects.get(username="m01").check_password(new)


def test_a_real_database_is_left_alone() -> None:
    Organization.objects.create(name="政协某某市委员会", short_name="某某市政协")

    with pytest.raises(CommandError):
        seeded()

    assert not Account.objects.exists()


def password_in(card: str) -> str:
    return next(line.split()[1] for line in card.splitlines() if line.strip().startswith("Password"))
