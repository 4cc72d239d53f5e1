"""Consultations, told as stories: who opens them, how they move, and the meetings called in them."""

import uuid
from typing import Any

import pytest
from django.test import Client

from meetings.consultation.machine import MOVES, Move, Progress, Status, Step, moves_from, steps
from meetings.consultation.models import Consultation, ConsultationMeeting
from meetings.live.models import JournalEntry, Meeting, Participant
from tests.integration.paper.office import Desk, O, desk, held_meeting, issued, stranger
from tests.story import Room, Somebody, new_room

pytestmark = pytest.mark.django_db

TITLE = "加快新能源充电桩建设"


@pytest.fixture
def secretary() -> Desk:
    return desk("雪松岗", O.SECRETARY)


def opened(secretary: Desk, **fields: Any) -> str:
    status, body = secretary.post("/consultations/", **{"title": TITLE, "form": "REMOTE", **fields})
    assert status == 201, body
    return str(body["id"])


def called(secretary: Desk, consultation: str) -> tuple[int, Any]:
    return secretary.post(
        f"/consultations/{consultation}/meetings",
        title=f"“{TITLE}”远程协商会",
        scheduled_start="2026-05-21T14:30:00+08:00",
        planned_minutes=140,
    )


def test_a_secretary_opens_a_consultation_and_everybody_of_the_city_reads_it(secretary: Desk) -> None:
    made = opened(secretary)
    status, body = desk("赵立春").get(f"/consultations/{made}")
    assert status == 200
    assert (body["title"], body["status"], body["brand"]) == (TITLE, "DRAFT", "澄心商量")
    assert [step["progress"] for step in body["steps"]] == ["CURRENT"] + ["PENDING"] * 7
    assert body["may_edit"] is False
    assert body["moves"] == []
    assert stranger().get(f"/consultations/{made}")[0] == 404
    assert Client().get(f"/api/consultations/{made}").status_code == 401
    assert [row["id"] for row in secretary.get("/consultations/", q="充电桩")[1]["items"]] == [made]
    assert stranger().get("/consultations/")[1]["items"] == []


def test_the_list_is_by_age_page_by_page_and_a_page_beyond_the_last_is_the_last(secretary: Desk) -> None:
    made = [opened(secretary, title=f"{TITLE}（{number}）") for number in range(23)]
    pages = [secretary.get("/consultations/", page=page)[1] for page in (1, 2, 10**20)]
    shown = [[row["id"] for row in page["items"]] for page in pages]
    assert shown[0] + shown[1] == made[::-1]
    assert shown[2] == shown[1]


def test_a_meeting_is_called_with_its_secretary_on_the_roster_by_the_journal(secretary: Desk) -> None:
    made = opened(secretary)
    status, body = called(secretary, made)
    assert status == 201
    seat = Participant.objects.get(meeting_id=body["id"])
    assert (seat.person_id, seat.role) == (secretary.account.person_id, "SECRETARY")
    assert list(JournalEntry.objects.filter(meeting_id=body["id"]).values_list("type", flat=True)) == ["people.invited"]
    assert secretary.get(f"/consultations/of-meeting/{body['id']}")[1]["id"] == made
    called(secretary, made)
    meetings = secretary.get(f"/consultations/{made}")[1]["meetings"]
    assert [meeting["role"] for meeting in meetings] == ["SECRETARY", "SECRETARY"]


WRITES: list[tuple[str, dict[str, Any]]] = [
    ("/consultations/", {"title": TITLE}),
    ("/consultations/{id}/meetings", {"title": TITLE, "scheduled_start": "2026-05-21T14:30:00+08:00"}),
    ("/consultations/{id}/move", {"move": "select"}),
]
OFFICES = [None, *O]


@pytest.mark.parametrize("write", WRITES)
def test_only_the_secretaries_office_writes(secretary: Desk, write: tuple[str, dict[str, Any]]) -> None:
    path, body = write
    made = opened(secretary)
    for office in OFFICES:
        who = desk("某某", *([office] if office else []))
        before = Consultation.objects.count(), Meeting.objects.count()
        status, answer = who.post(path.replace("{id}", made), **body)
        if office is O.SECRETARY:
            assert status in (201, 204)
            continue
        assert (status, answer["code"]) == (403, "NOT_ALLOWED"), office
        assert (Consultation.objects.count(), Meeting.objects.count()) == before


@pytest.mark.parametrize("path", ["/consultations/{id}/meetings", "/consultations/{id}/move"])
def test_another_citys_secretary_finds_nothing_to_write_in(secretary: Desk, path: str) -> None:
    made = opened(secretary)
    other = stranger()
    guest = desk("远秘书", O.SECRETARY, person=other.account.person.__class__.objects.create(
        organization=other.account.person.organization, name="远秘书"))  # fmt: skip
    body = dict(WRITES[1][1] if path.endswith("meetings") else WRITES[2][1])
    assert guest.post(path.replace("{id}", made), **body)[0] == 404


@pytest.mark.parametrize(
    "wrong",
    [{"title": ""}, {"title": "   "}, {"title": "长" * 201}, {"form": "VOTE"}, {"topic": "长" * 501}],
)
def test_a_bad_form_is_named(secretary: Desk, wrong: dict[str, Any]) -> None:
    status, body = secretary.post("/consultations/", **{"title": TITLE, "form": "REMOTE", **wrong})
    assert (status, body["code"], body["facts"]["fields"]) == (400, "BAD_REQUEST", list(wrong))


def test_a_meeting_needs_a_time_with_its_zone(secretary: Desk) -> None:
    made = opened(secretary)
    status, body = secretary.post(
        f"/consultations/{made}/meetings", title="会", scheduled_start="2026-05-21T14:30:00", planned_minutes=60
    )
    assert (status, body["facts"]) == (400, {"fields": ["scheduled_start"]})


def in_consultation(room: Room, consultation: str) -> None:
    ConsultationMeeting.objects.create(meeting_id=room.meeting_id, consultation_id=consultation)


def test_the_first_start_brings_it_to_the_table_and_open_meetings_keep_it_there(secretary: Desk) -> None:
    made = opened(secretary)
    room = new_room("LOBBY")
    in_consultation(room, made)
    host: Somebody = room.host()
    host.does("meeting.start")
    assert secretary.get(f"/consultations/{made}")[1]["status"] == "DELIBERATING"
    status, body = secretary.post(f"/consultations/{made}/move", move="finish_meetings")
    assert (status, body["facts"]["gate"]) == (409, ["meeting_open"])
    host.does("meeting.end")
    assert secretary.post(f"/consultations/{made}/move", move="finish_meetings")[0] == 204
    history = secretary.get(f"/consultations/{made}")[1]["history"]
    assert [(step["move"], step["by"]) for step in history] == [("deliberate", None), ("finish_meetings", "雪松岗")]


def test_nothing_is_submitted_before_the_minutes_are_issued(secretary: Desk) -> None:
    made = opened(secretary)
    held = held_meeting(secretary)
    in_consultation(held.room, made)
    Consultation.objects.filter(pk=made).update(status=Status.REPORTING)
    status, body = secretary.post(f"/consultations/{made}/move", move="submit")
    assert (status, body["facts"]["gate"]) == (409, ["minutes_not_issued"])
    issued(held)
    assert secretary.post(f"/consultations/{made}/move", move="submit")[0] == 204


@pytest.mark.parametrize("move", list(Move))
def test_every_move_from_every_state(secretary: Desk, move: Move) -> None:
    made = opened(secretary)
    in_consultation(new_room("DONE"), made)
    origins, to = MOVES[move]
    for status in Status:
        Consultation.objects.filter(pk=made).update(status=status)
        code, body = secretary.post(f"/consultations/{made}/move", move=move, reason="主席会议研究")
        now = Consultation.objects.get(pk=made).status
        if move is Move.DELIBERATE:
            assert (code, body["code"], now) == (403, "NOT_ALLOWED", status)
        elif status in origins:
            assert (code, now) == (204, to)
        else:
            assert (code, body["code"], now) == (409, "WRONG_STATE", status)


def test_stopping_needs_a_reason(secretary: Desk) -> None:
    made = opened(secretary)
    status, body = secretary.post(f"/consultations/{made}/move", move="decline", reason=" ")
    assert (status, body["code"]) == (409, "REASON_REQUIRED")


@pytest.mark.parametrize(
    ("status", "current", "done"),
    [
        (Status.DRAFT, Step.TOPIC, 0),
        (Status.SCHEDULED, Step.DELIBERATION, 4),
        (Status.DELIBERATING, Step.DELIBERATION, 4),
        (Status.EVALUATING, Step.EVALUATION, 7),
        (Status.CLOSED, None, 8),
        (Status.ARCHIVED, None, 8),
        (Status.CANCELLED, None, 0),
    ],
)
def test_the_stepper(status: Status, current: Step | None, done: int) -> None:
    shown = steps(status)
    assert [one.step for one in shown if one.progress is Progress.CURRENT] == ([current] if current else [])
    assert sum(one.progress is Progress.DONE for one in shown) == done
    assert len(shown) == 8
    assert Move.DELIBERATE not in moves_from(status)


def test_an_unknown_consultation(secretary: Desk) -> None:
    assert secretary.get(f"/consultations/{uuid.uuid4()}")[0] == 404
