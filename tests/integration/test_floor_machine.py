"""Random meetings, played on the real floor beside a small model of it.

Hypothesis chooses what people do, also what they may not do. After each step the rows agree with the model, what must
always hold does, and whoever replays the journal from nothing, as any audience, has what a fresh snapshot says.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from meetings.floor.models import MICROPHONES, OPEN, RequestKind, SpeakerRequest, Speech
from meetings.floor.order import Preset
from meetings.floor.queue import places
from meetings.live import journal, snapshots
from meetings.live.roles import Audience, Role
from server.core import clock
from server.core.errors import Refused
from tests.story import Room, Somebody, new_room

START = datetime(2026, 5, 21, 6, 30, tzinfo=UTC)
WAITING = {"waiting", "called"}

Floor = dict[str, Any]


class Time:
    """The server's clock, moved by the machine."""

    now = START


@dataclass
class Request:
    """What the model knows of a request."""

    who: int
    kind: str
    state: str = "waiting"
    calls: int = 0
    requeued: bool = False


@dataclass
class Turn:
    """Somebody on the floor, or set aside."""

    who: int
    request: str | None = None
    interrupted: bool = False


@dataclass
class Model:
    """The floor as the domain has it: who waits for what, who speaks, who was set aside."""

    requests: dict[str, Request] = field(default_factory=dict)
    floor: list[Turn] = field(default_factory=list)
    aside: list[Turn] = field(default_factory=list)
    dialogue: bool = False

    def becomes(self, turn: Turn, state: str) -> None:
        if turn.request:
            self.requests[turn.request].state = state

    def finish(self, turns: list[Turn]) -> None:
        for turn in turns:
            self.becomes(turn, "done")
        self.floor = [turn for turn in self.floor if turn not in turns]
        self.dialogue = self.dialogue and len(self.floor) > 1

    def begin(self, who: int, request: str | None = None) -> None:
        turn = Turn(who, request)
        self.floor.append(turn)
        self.becomes(turn, "speaking")

    def end(self, request: str, state: str) -> None:
        """A request that will not go on takes its speech with it."""
        self.aside = [turn for turn in self.aside if turn.request != request]
        self.floor = [turn for turn in self.floor if turn.request != request]
        self.dialogue = self.dialogue and len(self.floor) > 1
        self.requests[request].state = state

    def next_called(self, request: str | None) -> None:
        for each in self.requests.values():
            if each.state == "called":
                each.state = "waiting"
        if request:
            self.requests[request].state = "called"
            self.requests[request].calls += 1


STATES = {
    "QUEUED": "waiting",
    "ON_DECK": "waiting",
    "CALLED": "called",
    "SPEAKING": "speaking",
    "INTERRUPTED": "interrupted",
    "DONE": "done",
    "WITHDRAWN": "withdrawn",
    "SKIPPED": "skipped",
    "CONVERTED_TO_WRITTEN": "written",
}
members = st.integers(0, 4)
kinds = st.sampled_from([RequestKind.IMPROMPTU, RequestKind.QUESTION, RequestKind.DIALOGUE])
numbers = st.integers(0, 30)


class RandomMeeting(RuleBasedStateMachine):
    """Five members, a leader and a host."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.known: set[str] = set()
        self.speeches = 0

    @initialize()
    def begins(self) -> None:
        Time.now = START
        self.room: Room = new_room()
        self.host = self.room.host()
        self.members = [self.room.member(f"委员{number}") for number in range(5)]
        self.leader = self.room.person("紫金原", Role.LEADER)
        self.people = [*self.members, self.leader]
        self.before = {audience: self.state(audience) for audience in Audience}
        self.host.does("floor.open")

    def state(self, audience: Audience) -> Floor:
        found: Floor = json.loads(snapshots.take(self.room.meeting_id, audience).text)["floor"]
        return found

    def tries(self, who: Somebody, type_: str, *, may: bool, **fields: Any) -> dict[str, Any] | None:
        """Give a command; it is done just when the model says so, and a refusal changes nothing."""
        seq = self.room.meeting.seq
        if may:
            return who.does(type_, **fields).result
        with pytest.raises(Refused):
            who.does(type_, **fields)
        assert self.room.meeting.seq == seq
        return None

    def pick(self, number: int, *states: str) -> str | None:
        ids = [key for key, request in self.model.requests.items() if not states or request.state in states]
        return ids[number % len(ids)] if ids else None

    @rule(seconds=st.integers(1, 400))
    def time_passes(self, seconds: int) -> None:
        Time.now += timedelta(seconds=seconds)

    @rule(who=members, kind=kinds)
    def somebody_asks(self, who: int, kind: str) -> None:
        open_ = {"waiting", "called", "speaking", "interrupted"}
        may = not any(
            each.who == who and each.kind == kind and each.state in open_ for each in self.model.requests.values()
        )
        if made := self.tries(self.members[who], "floor.request", may=may, kind=kind):
            self.model.requests[made["request"]] = Request(who, kind)

    @rule(number=numbers, stranger=members)
    def somebody_withdraws(self, number: int, stranger: int) -> None:
        if request := self.pick(number):
            one = self.model.requests[request]
            if stranger != one.who:
                self.tries(self.members[stranger], "floor.withdraw", may=False, request=request)
            may = one.state in WAITING
            self.tries(self.members[one.who], "floor.withdraw", may=may, request=request)
            if may:
                one.state = "withdrawn"

    @rule(number=numbers)
    def somebody_is_called_up(self, number: int) -> None:
        if request := self.pick(number):
            one = self.model.requests[request]
            may = one.state in WAITING and one.calls < 2
            self.tries(self.host, "floor.summon", may=may, request=request)
            if may:
                self.model.next_called(request)

    @rule(number=numbers)
    def somebody_answers(self, number: int) -> None:
        if request := self.pick(number):
            one = self.model.requests[request]
            self.tries(self.members[one.who], "floor.answer", may=one.state == "called", request=request)
            if one.state == "called" and not self.model.floor:
                self.model.begin(one.who, request)

    @rule()
    def the_next_is_called(self) -> None:
        queue = places(self.room.meeting)
        self.tries(self.host, "floor.call", may=bool(queue))
        if queue:
            self.model.finish(list(self.model.floor))
            self.model.begin(self.model.requests[queue[0].request].who, queue[0].request)

    @rule(number=numbers)
    def a_request_is_called(self, number: int) -> None:
        if request := self.pick(number):
            one = self.model.requests[request]
            may = one.state in WAITING
            self.tries(self.host, "floor.call", may=may, request=request)
            if may:
                self.model.finish(list(self.model.floor))
                self.model.begin(one.who, request)

    @rule(who=members)
    def somebody_is_called_without_asking(self, who: int) -> None:
        self.tries(self.host, "floor.call", may=True, participant=str(self.members[who].id))
        self.model.finish(list(self.model.floor))
        self.model.begin(who)

    @rule(number=numbers)
    def somebody_is_passed_over(self, number: int) -> None:
        if request := self.pick(number):
            may = self.model.requests[request].state in WAITING | {"interrupted"}
            self.tries(self.host, "floor.skip", may=may, request=request)
            if may:
                self.model.end(request, "skipped")

    @rule(number=numbers)
    def somebody_queues_again(self, number: int) -> None:
        if request := self.pick(number, "skipped"):
            one = self.model.requests[request]
            rivals = [
                each
                for each in self.model.requests.values()
                if (each.who, each.kind) == (one.who, one.kind) and each.state in WAITING | {"speaking", "interrupted"}
            ]
            may = not one.requeued and not rivals
            self.tries(self.members[one.who], "floor.requeue", may=may, request=request)
            if may:
                one.state, one.requeued, one.calls = "waiting", True, 0

    @rule(number=numbers)
    def a_request_becomes_a_written_speech(self, number: int) -> None:
        if request := self.pick(number):
            may = self.model.requests[request].state in WAITING | {"skipped", "interrupted"}
            self.tries(self.host, "floor.to_written", may=may, request=request)
            if may:
                self.model.end(request, "written")

    @rule()
    def the_host_finishes_all(self) -> None:
        self.tries(self.host, "floor.finish", may=bool(self.model.floor))
        self.model.finish(list(self.model.floor))

    @rule(who=st.integers(0, 5))
    def somebody_finishes(self, who: int) -> None:
        own = [turn for turn in self.model.floor if turn.who == who]
        self.tries(self.people[who], "floor.finish", may=bool(own))
        self.model.finish(own)

    @rule(who=st.integers(0, 5))
    def a_speech_is_interrupted(self, who: int) -> None:
        own = [turn for turn in self.model.floor if turn.who == who]
        self.tries(self.host, "floor.interrupt", may=bool(own), participant=str(self.people[who].id))
        for turn in own:
            turn.interrupted = True
            self.model.becomes(turn, "interrupted")

    @rule()
    def a_speech_goes_on(self) -> None:
        halted = [turn for turn in self.model.floor if turn.interrupted] or self.model.aside[-1:]
        self.tries(self.host, "floor.resume", may=bool(halted))
        if not halted:
            return
        turn = halted[0]
        if turn in self.model.aside:
            self.model.aside.remove(turn)
            self.model.finish(list(self.model.floor))
            self.model.floor.append(turn)
        turn.interrupted = False
        self.model.becomes(turn, "speaking")

    @rule()
    def the_leader_speaks(self) -> None:
        model = self.model
        speaks = any(turn.who == 5 for turn in model.floor)
        may = speaks or not model.dialogue or len(model.floor) < MICROPHONES
        self.tries(self.leader, "floor.speak", may=may)
        if speaks or not may:
            return
        if not model.dialogue:
            for turn in model.floor:
                turn.interrupted = True
                model.becomes(turn, "interrupted")
            model.aside, model.floor = [*model.aside, *model.floor], []
        model.begin(5)

    @rule(who=st.lists(st.integers(0, 5), min_size=2, max_size=4, unique=True))
    def a_dialogue_is_opened(self, who: list[int]) -> None:
        model = self.model
        self.tries(self.host, "floor.dialogue", may=True, participants=[str(self.people[one].id) for one in who])
        model.finish([turn for turn in model.floor if turn.who not in who])
        for one in who:
            if not any(turn.who == one for turn in model.floor):
                asked = [
                    key
                    for key, each in model.requests.items()
                    if each.who == one and each.kind == RequestKind.DIALOGUE and each.state in WAITING
                ]
                model.begin(one, asked[0] if asked else None)
        model.dialogue = True

    @rule(preset=st.sampled_from(Preset), booked=st.booleans())
    def another_rule_is_chosen(self, preset: Preset, booked: bool) -> None:
        self.tries(self.host, "floor.set_rule", may=True, preset=preset, scheduled_first=booked)

    @rule(number=numbers, to=numbers)
    def somebody_is_moved(self, number: int, to: int) -> None:
        queue = [place.request for place in places(self.room.meeting)]
        if len(queue) > 1:
            request = queue[number % len(queue)]
            others = [each for each in queue if each != request]
            before = [*others, None][to % len(queue)]
            self.tries(self.host, "floor.move", may=True, request=request, before=before, reason="时间安排需要")
            wanted = others[: others.index(before)] if before else others
            after = [place.request for place in places(self.room.meeting)]
            assert after[len(wanted)] == request
            assert after[: len(wanted)] == wanted

    @rule(who=members)
    def somebody_leaves_and_comes_back(self, who: int) -> None:
        member, model = self.members[who], self.model
        self.tries(member, "people.leave", may=True)
        model.finish([turn for turn in model.floor if turn.who == who])
        model.aside = [turn for turn in model.aside if turn.who != who]
        for each in model.requests.values():
            if each.who == who and each.state in WAITING:
                each.state = "withdrawn"
            elif each.who == who and each.state == "interrupted":
                each.state = "done"
        member.does("people.check_in")
        if member.row.presence != "PRESENT":
            self.host.does("people.admit", participants=[str(member.id)])

    @rule(seconds=st.integers(1, 600))
    def the_meeting_is_adjourned_for_a_while(self, seconds: int) -> None:
        spent = {speech.pk: speech.spent_ms for speech in Speech.objects.filter(meeting=self.room.meeting)}
        self.host.does("meeting.pause")
        held = {speech.pk: speech.spent_ms for speech in Speech.objects.filter(meeting=self.room.meeting)}
        Time.now += timedelta(seconds=seconds)
        self.host.does("meeting.resume")
        assert held == {speech.pk: speech.spent_ms for speech in Speech.objects.filter(meeting=self.room.meeting)}
        assert all(held[pk] >= before for pk, before in spent.items())

    @invariant()
    def the_rows_agree_with_the_model(self) -> None:
        if not hasattr(self, "room"):
            return
        rows = SpeakerRequest.objects.filter(meeting=self.room.meeting)
        assert {str(row.pk): STATES[row.state] for row in rows} == {
            key: request.state for key, request in self.model.requests.items()
        }
        speaking = Speech.objects.filter(meeting=self.room.meeting, slot__isnull=False)
        names = {member.id: number for number, member in enumerate(self.people)}
        assert sorted(names[speech.participant_id] for speech in speaking) == sorted(
            turn.who for turn in self.model.floor
        )
        assert self.room.meeting.queue.dialogue == self.model.dialogue

    @invariant()
    def one_speaks_unless_a_dialogue_is_open(self) -> None:
        if hasattr(self, "room"):
            speaking = Speech.objects.filter(meeting=self.room.meeting, slot__isnull=False).count()
            assert 2 <= speaking <= MICROPHONES if self.room.meeting.queue.dialogue else speaking <= 1

    @invariant()
    def each_has_one_open_request_of_a_kind_and_the_order_is_the_servers(self) -> None:
        if not hasattr(self, "room"):
            return
        rows = SpeakerRequest.objects.filter(meeting=self.room.meeting)
        open_ = list(rows.filter(state__in=OPEN).values_list("participant", "kind"))
        assert len(open_) == len(set(open_))
        fresh = rows.filter(requeued=False).order_by("arrival").values_list("requested_at", flat=True)
        assert list(fresh) == sorted(fresh)
        queue = places(self.room.meeting)
        assert {place.request for place in queue} == {
            key for key, request in self.model.requests.items() if request.state in WAITING
        }
        assert [place.place for place in queue] == list(range(1, len(queue) + 1))
        assert self.room.meeting.queue.length == len(queue)
        assert rows.filter(state__in=["ON_DECK", "CALLED"]).count() <= 1

    @invariant()
    def nothing_is_deleted(self) -> None:
        if not hasattr(self, "room"):
            return
        now = {str(pk) for pk in SpeakerRequest.objects.filter(meeting=self.room.meeting).values_list("pk", flat=True)}
        assert self.known <= now
        self.known = now
        speeches = Speech.objects.filter(meeting=self.room.meeting).count()
        assert self.speeches <= speeches
        self.speeches = speeches

    def teardown(self) -> None:
        """The journal, replayed from nothing, is the live state: for everybody, for the leaders, for the staff."""
        if not hasattr(self, "room"):
            return
        assert journal.verify(self.room.meeting) is None
        told = journal.read(self.room.meeting_id, after=0, limit=100_000)
        for audience in Audience:
            state = self.before[audience]
            for event in told:
                frame = json.loads(event.text(audience))
                state = reduce(state, frame["type"], frame.get("data", {}))
            assert state == self.state(audience), audience


def _put(state: Floor, data: Floor) -> Floor:
    speech = data["speech"]
    others = [each for each in state["speeches"] if each["id"] != speech["id"]]
    at = next((at for at, each in enumerate(state["speeches"]) if each["id"] == speech["id"]), len(others))
    return {**state, "speeches": [*others[:at], speech, *others[at:]]}


def _changed(state: Floor, data: Floor) -> Floor:
    requests = {request["id"]: request for request in data.get("requests") or [data["request"]]}
    return {**state, "requests": {**state["requests"], **requests}, "queue": data["queue"]}


def _counted(state: Floor, data: Floor) -> Floor:
    times = {scope: dict(rows) for scope, rows in state["times"].items()}
    for row in data["times"]:
        times[row["scope"]][row["key"]] = row
    return {**state, "times": times}


REDUCERS: dict[str, Callable[[Floor, Floor], Floor]] = {
    "floor.opened": lambda state, _: {**state, "is_open": True},
    "floor.closed": lambda state, _: {**state, "is_open": False},
    "floor.rule_set": lambda state, data: {**state, "rule": data["rule"]},
    "floor.requested": _changed,
    "floor.requests_changed": lambda state, data: (
        _changed(state, data) if data["requests"] else {**state, "queue": data["queue"]}
    ),
    "floor.length_changed": lambda state, data: {**state, "length": data["length"]},
    "floor.speech_started": _put,
    "floor.speech_extended": _put,
    "floor.speech_halted": _put,
    "floor.speech_resumed": _put,
    "floor.speech_finished": _put,
    "floor.dialogue_opened": lambda state, _: {**state, "dialogue": True},
    "floor.dialogue_closed": lambda state, _: {**state, "dialogue": False},
    "floor.times_changed": _counted,
}
"""What the browser does in `frontend/src/live/reduce/floor.ts`."""


def reduce(state: Floor, type_: str, data: Floor) -> Floor:
    step = REDUCERS.get(type_)
    return step(state, data) if step else state


@pytest.mark.django_db
def test_random_meetings_keep_to_the_model_and_to_the_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: Time.now)
    run_state_machine_as_test(
        RandomMeeting,
        settings=settings(
            max_examples=25, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
