"""Tasks, told as stories: suggested, assigned, answered, evaluated; and who may do which of it."""

import itertools
import uuid
from datetime import date, timedelta
from typing import Any

import pytest

from meetings.followups import services
from meetings.followups.machine import (
    ORIGINS,
    Action,
    Rating,
    ResultClass,
    TaskState,
    Urgency,
    after_evaluation,
    urgency,
)
from meetings.followups.models import FollowUpTask, TaskStep
from server.accounts.models import Unit
from tests.integration.paper.office import UNIT, Desk, Held, O, desk, held_meeting, issued, stranger

pytestmark = pytest.mark.django_db

DUE = (services.today() + timedelta(days=90)).isoformat()
ROW = {"text": "编制专项规划", "lead": UNIT, "co": ["供电公司"], "due": "2026年12月底", "opinions": [1]}
S = TaskState
Step = tuple[Desk, str, dict[str, Any]]


class City:
    """Everybody a task needs."""

    def __init__(self) -> None:
        self.held: Held = held_meeting()
        self.secretary: Desk = self.held.secretary
        self.proposer = desk("赵立春", person=self.held.member.row.person)
        self.supervisor = desk("督查岭", O.SUPERVISION_OFFICER)
        self.handler = desk("经办川", O.UNIT_HANDLER, unit=UNIT)
        self.other_unit = desk("别家川", O.UNIT_HANDLER, unit="市城市管理执法局")
        self.colleague = desk("处长河", unit=UNIT)
        self.lead = Unit.objects.get(name=UNIT)

    def suggest(self) -> str:
        status, body = self.secretary.post("/followups/", opinion=self.held.opinion)
        assert status == 201, body
        return str(body["id"])

    def in_state(self, state: TaskState, *, result_class: str = "B") -> str:
        """A task brought there by the people whose part it is."""
        task = self.suggest()
        for who, action, body in self.way_to(state, result_class):
            status, answer = who.post(f"/followups/{task}/{action}", **body)
            assert status in (200, 204), answer
        assert self.state(task) is state
        return task

    def way_to(self, state: TaskState, result_class: str) -> list[Step]:
        order = {"lead_unit": self.lead.pk, "reference": "澄政办督〔2026〕8号", "due": DUE}
        assign: Step = (self.supervisor, "assign", order)
        accept: Step = (self.handler, "accept", {})
        contact: Step = (self.handler, "contact", {"stage": "BEFORE", "on": "2026-06-09", "note": "电话了解提出初衷"})
        reply: Step = (self.handler, "reply", {"text": "已列入年度计划。", "result_class": result_class})
        forward: Step = (self.secretary, "accept_reply", {})
        good: Step = (self.proposer, "evaluate", {"attitude": "SATISFIED", "result": "SATISFIED"})
        bad: Step = (self.proposer, "evaluate", {"attitude": "MOSTLY", "result": "DISSATISFIED", "reason": "无时限"})
        answered = [assign, accept, contact, reply]
        ways: dict[TaskState, list[Step]] = {
            S.SUGGESTED: [],
            S.DROPPED: [(self.secretary, "drop", {"reason": "已在办"})],
            S.ASSIGNED: [assign],
            S.RETURNED: [assign, (self.handler, "return", {"reason": "不属我委职责"})],
            S.IN_PROGRESS: [assign, accept, contact],
            S.REPLIED: answered,
            S.EVALUATING: [*answered, forward],
            S.TRACKING: [*answered, forward, good],
            S.CLOSED: [*answered, forward, good, (self.secretary, "look_back", {"holds": True})],
            S.REHANDLING: [*answered, forward, bad],
        }
        return ways[state]

    def state(self, task: str) -> TaskState:
        return TaskState(FollowUpTask.objects.get(pk=task).state)


REACHABLE = [state for state in TaskState if state is not S.CLAIMABLE]
BODIES: dict[Action, dict[str, Any]] = {
    Action.DROP: {"reason": "不再办理"},
    Action.ACCEPT: {},
    Action.RETURN: {"reason": "不属我委职责"},
    Action.CONTACT: {"stage": "DURING", "on": "2026-06-20", "note": "现场查看"},
    Action.REPLY: {"text": "已完成。", "result_class": "A"},
    Action.ASK_MORE: {"reason": "请补充时限"},
    Action.ACCEPT_REPLY: {},
    Action.EVALUATE: {"attitude": "SATISFIED", "result": "MOSTLY"},
    Action.LOOK_BACK: {"holds": False, "note": "出现反弹"},
}
OWNER: dict[Action, tuple[str, ...]] = {
    Action.DROP: ("secretary",),
    Action.ASSIGN: ("supervisor",),
    Action.ACCEPT: ("handler",),
    Action.RETURN: ("handler",),
    Action.CONTACT: ("handler",),
    Action.REPLY: ("handler",),
    Action.ASK_MORE: ("secretary", "proposer"),
    Action.ACCEPT_REPLY: ("secretary",),
    Action.EVALUATE: ("proposer",),
    Action.LOOK_BACK: ("secretary",),
}
PEOPLE = ["secretary", "supervisor", "handler", "other_unit", "colleague", "proposer"]


@pytest.fixture
def city() -> City:
    return City()


def body_of(city: City, action: Action) -> dict[str, Any]:
    if action is Action.ASSIGN:
        return {"lead_unit": city.lead.pk, "reference": "澄政办督〔2026〕9号", "due": DUE}
    return BODIES[action]


def test_from_a_suggestion_to_a_closed_task(city: City) -> None:
    minutes = issued(city.held, rows=[ROW])
    status, body = city.secretary.post("/followups/", minutes=minutes, row=1)
    assert status == 201
    task = body["id"]
    for who, action, sent in city.way_to(S.EVALUATING, "A"):
        assert who.post(f"/followups/{task}/{action}", **sent)[0] == 204
    status, body = city.proposer.post(f"/followups/{task}/evaluate", attitude="SATISFIED", result="MOSTLY", reason="")
    assert (status, body["state"]) == (200, "CLOSED")
    shown = city.proposer.get(f"/followups/{task}")[1]
    assert [(step["action"], step["by"], step["to"]) for step in shown["timeline"]] == [
        ("suggest", "雪松岗", "SUGGESTED"),
        ("assign", "督查岭", "ASSIGNED"),
        ("accept", "经办川", "IN_PROGRESS"),
        ("contact", "经办川", "IN_PROGRESS"),
        ("reply", "经办川", "REPLIED"),
        ("accept_reply", "雪松岗", "EVALUATING"),
        ("evaluate", "赵立春", "CLOSED"),
    ]
    assert (shown["lead"], shown["reference"], shown["minutes_no"], shown["suggested_co"]) == (
        UNIT, "澄政办督〔2026〕8号", 1, ["供电公司"],
    )  # fmt: skip
    assert shown["replies"][0]["evaluation"]["attitude"] == "SATISFIED"
    assert shown["opinions"][0]["text"] == "公布三年建设清单"
    assert city.secretary.get(f"/followups/of-minutes/{minutes}")[1] == {"1": task}


def test_a_suggestion_becomes_one_task_however_often_it_is_clicked(city: City) -> None:
    minutes = issued(city.held, rows=[ROW])
    assert city.secretary.post("/followups/", minutes=minutes, row=1)[0] == 201
    status, body = city.secretary.post("/followups/", minutes=minutes, row=1)
    assert (status, body["code"]) == (409, "WRONG_STATE")
    assert city.secretary.post("/followups/", minutes=minutes, row=2)[0] == 404
    assert FollowUpTask.objects.count() == 1


def test_minutes_that_are_not_issued_give_no_tasks(city: City) -> None:
    status, body = city.secretary.post("/followups/", minutes=city.held.minutes(), row=1)
    assert (status, body["code"], body["facts"]["state"]) == (409, "WRONG_STATE", "DRAFTING")


def test_a_suggestion_needs_a_proposer(city: City) -> None:
    minutes = issued(city.held, rows=[{**ROW, "opinions": []}])
    status, body = city.secretary.post("/followups/", minutes=minutes, row=1)
    assert (status, body["facts"]) == (400, {"fields": ["proposer"]})
    named = str(city.proposer.account.person_id)
    assert city.secretary.post("/followups/", minutes=minutes, row=1, proposer=named)[0] == 201


@pytest.mark.parametrize("who", PEOPLE[1:])
def test_only_the_secretaries_suggest(city: City, who: str) -> None:
    status, body = getattr(city, who).post("/followups/", opinion=city.held.opinion)
    assert (status, body["code"]) == (403, "NOT_ALLOWED")
    assert FollowUpTask.objects.count() == 0


@pytest.mark.parametrize(("action", "who"), list(itertools.product(OWNER, PEOPLE)))
def test_each_action_is_some_peoples_alone(city: City, action: Action, who: str) -> None:
    task = city.in_state(ORIGINS[action][0])
    before = city.state(task), TaskStep.objects.count()
    status, body = getattr(city, who).post(f"/followups/{task}/{action}", **body_of(city, action))
    if who in OWNER[action]:
        assert status in (200, 204), body
        assert TaskStep.objects.count() == before[1] + 1
    else:
        sees = who in ("secretary", "supervisor", "proposer") or (who == "handler" and before[0] is not S.SUGGESTED)
        assert (status, body["code"]) == ((403, "NOT_ALLOWED") if sees else (404, "NOT_FOUND"))
        assert (city.state(task), TaskStep.objects.count()) == before


@pytest.mark.parametrize("state", REACHABLE)
def test_from_each_state_only_what_the_machine_allows(city: City, state: TaskState) -> None:
    task = city.in_state(state)
    for action, owners in OWNER.items():
        if state in ORIGINS[action]:
            continue
        owner = getattr(city, owners[0])
        status, body = owner.post(f"/followups/{task}/{action}", **body_of(city, action))
        refused = (409, "WRONG_STATE")
        unseen = (404, "NOT_FOUND") if owners[0] == "handler" and state in (S.SUGGESTED, S.DROPPED) else refused
        assert (status, body["code"]) in (refused, unseen), action
        assert city.state(task) is state
    shown = city.secretary.get(f"/followups/{task}")[1]["actions"]
    assert set(shown) == {a for a, owners in OWNER.items() if "secretary" in owners and state in ORIGINS[a]}


def test_a_reply_needs_a_talk_with_the_proposer_first(city: City) -> None:
    task = city.in_state(S.ASSIGNED)
    city.handler.post(f"/followups/{task}/accept")
    status, body = city.handler.post(f"/followups/{task}/reply", text="已办。", result_class="A")
    assert (status, body["facts"]) == (400, {"fields": ["contacts"]})
    assert city.state(task) is S.IN_PROGRESS


@pytest.mark.parametrize(
    ("action", "state", "body"),
    [
        (Action.DROP, S.SUGGESTED, {"reason": " "}),
        (Action.RETURN, S.ASSIGNED, {"reason": ""}),
        (Action.ASK_MORE, S.REPLIED, {}),
        (Action.EVALUATE, S.EVALUATING, {"attitude": "SATISFIED", "result": "DISSATISFIED"}),
        (Action.EVALUATE, S.EVALUATING, {"attitude": "DISSATISFIED", "result": "SATISFIED", "reason": " "}),
        (Action.LOOK_BACK, S.TRACKING, {"holds": False}),
    ],
)
def test_saying_no_needs_a_reason(city: City, action: Action, state: TaskState, body: dict[str, Any]) -> None:
    task = city.in_state(state)
    status, answer = getattr(city, OWNER[action][0]).post(f"/followups/{task}/{action}", **body)
    assert (status, answer["code"], city.state(task)) == (409, "REASON_REQUIRED", state)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"due": "2020-01-01"}, "due"), ({"reference": " "}, "reference"), ({"lead_unit": 999_999}, "lead_unit")],
)
def test_an_assignment_needs_a_unit_a_reference_and_a_day_to_come(city: City, wrong: Any, field: str) -> None:
    task = city.suggest()
    status, body = city.supervisor.post(f"/followups/{task}/assign", **{**body_of(city, Action.ASSIGN), **wrong})
    assert (status, body["code"], body["facts"]["fields"]) == (400, "BAD_REQUEST", [field])


def test_not_satisfied_is_handled_again_with_a_new_day(city: City) -> None:
    task = city.in_state(S.REHANDLING)
    assert FollowUpTask.objects.get(pk=task).due == services.today() + timedelta(days=30)
    assert city.handler.post(f"/followups/{task}/reply", text="时限已公开。", result_class="A")[0] == 204
    city.secretary.post(f"/followups/{task}/accept_reply")
    body = city.proposer.post(f"/followups/{task}/evaluate", attitude="SATISFIED", result="SATISFIED")[1]
    assert body["state"] == "CLOSED"
    assert [reply["evaluation"]["result"] for reply in city.proposer.get(f"/followups/{task}")[1]["replies"]] == [
        "DISSATISFIED", "SATISFIED",
    ]  # fmt: skip


def test_a_returned_task_goes_to_another_unit_and_is_no_longer_the_first_ones(city: City) -> None:
    task = city.in_state(S.RETURNED)
    other = Unit.objects.get(name="市城市管理执法局")
    body = {**body_of(city, Action.ASSIGN), "lead_unit": other.pk}
    assert city.supervisor.post(f"/followups/{task}/assign", **body)[0] == 204
    assert city.handler.get(f"/followups/{task}")[0] == 404
    assert city.other_unit.post(f"/followups/{task}/accept")[0] == 204


def test_everybody_sees_the_own_tasks_only(city: City) -> None:
    task = city.in_state(S.ASSIGNED)
    for who, sees in {
        "secretary": 1, "supervisor": 1, "handler": 1, "proposer": 1, "other_unit": 0, "colleague": 0,
    }.items():  # fmt: skip
        assert getattr(city, who).get("/followups/")[1]["total"] == sees, who
    assert stranger().get(f"/followups/{task}")[0] == 404
    assert city.handler.get("/followups/", waiting=True)[1]["items"][0]["waits_for_me"] is True
    assert city.proposer.get("/followups/", waiting=True)[1]["items"] == []
    assert city.secretary.get("/followups/", state="ASSIGNED", q="清单")[1]["total"] == 1
    assert city.secretary.get("/followups/", state="CLOSED")[1]["total"] == 0
    assert city.secretary.get("/followups/")[1]["states"] == {"ASSIGNED": 1}


@pytest.mark.parametrize(
    ("result", "result_class", "to"),
    [
        (Rating.SATISFIED, ResultClass.A, S.CLOSED),
        (Rating.MOSTLY, ResultClass.B, S.TRACKING),
        (Rating.SATISFIED, ResultClass.C, S.TRACKING),
        (Rating.MOSTLY, ResultClass.D, S.CLOSED),
        (Rating.DISSATISFIED, ResultClass.A, S.REHANDLING),
    ],
)
def test_where_an_evaluation_leads(result: Rating, result_class: ResultClass, to: TaskState) -> None:
    assert after_evaluation(result=result, result_class=result_class) is to


@pytest.mark.parametrize(
    ("state", "days", "flag"),
    [
        (S.IN_PROGRESS, 8, Urgency.NONE),
        (S.IN_PROGRESS, 7, Urgency.DUE_SOON),
        (S.IN_PROGRESS, 0, Urgency.DUE_SOON),
        (S.IN_PROGRESS, -1, Urgency.OVERDUE),
        (S.REHANDLING, -15, Urgency.OVERDUE),
        (S.ASSIGNED, -16, Urgency.LONG_OVERDUE),
        (S.REPLIED, -16, Urgency.NONE),
        (S.CLOSED, -16, Urgency.NONE),
    ],
)
def test_how_the_deadline_stands(state: TaskState, days: int, flag: Urgency) -> None:
    today = date(2026, 10, 12)
    assert urgency(state=state, due=today + timedelta(days=days), today=today) is flag


def test_the_home_page_shows_what_waits_for_whom(city: City) -> None:
    issued(city.held)
    task = city.in_state(S.ASSIGNED)
    todos = {who: getattr(city, who).get("/me/home")[1]["todos"] for who in PEOPLE}
    assert [(todo["kind"], todo["id"], todo["path"]) for todo in todos["handler"]] == [
        ("ACCEPT_TASK", task, f"/followups/{task}")
    ]
    assert [who for who, found in todos.items() if found] == ["handler"]
    assert city.handler.get("/me/home")[1]["counts"] == {"today": 0, "coming": 0, "todos": 1, "tasks": 1}


def test_the_home_page_shows_papers_to_the_secretary_and_meetings_to_their_people(city: City) -> None:
    home = city.secretary.get("/me/home")[1]
    assert [(todo["kind"], todo["path"]) for todo in home["todos"]] == [
        ("WRITE_MINUTES", f"/meetings/{city.held.room.meeting_id}/minutes")
    ]
    minutes = city.held.minutes()
    assert city.secretary.get("/me/home")[1]["todos"][0]["path"] == f"/minutes/{minutes}"
    assert city.colleague.get("/me/home")[1]["meetings"] == []


def test_an_unknown_task(city: City) -> None:
    assert city.secretary.get(f"/followups/{uuid.uuid4()}")[0] == 404
    assert city.secretary.post(f"/followups/{uuid.uuid4()}/drop", reason="无")[0] == 404
