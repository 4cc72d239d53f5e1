"""A database from before the whole floor is brought up to date with what is in it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from meetings.floor.models import SpeakerRequest, Speech
from meetings.floor.queue import places
from meetings.floor.speeches import speaking_times
from tests.story import Somebody, new_room

pytestmark = pytest.mark.django_db(transaction=True)

START = datetime(2026, 5, 21, 6, 30, tzinfo=UTC)
BEFORE = [("floor", "0001_initial"), ("live", "0001_initial")]


def migrate(targets: list[tuple[str, str]]) -> Apps:
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.fixture
def _up_to_date_afterwards() -> Iterator[None]:
    yield
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())


@pytest.mark.usefixtures("_up_to_date_afterwards")
def test_a_meeting_that_goes_on_while_the_server_is_brought_up_to_date_goes_on() -> None:
    room = new_room()
    host, li, wang, zhou = room.host(), room.member("李春分"), room.member("王小满"), room.member("周清明")
    old = migrate(BEFORE)
    old.get_model("floor", "Queue").objects.create(meeting_id=room.meeting_id, is_open=True)

    def requests(who: Somebody, arrival: int, state: str) -> Any:
        return old.get_model("floor", "SpeakerRequest").objects.create(
            id=uuid4(), meeting_id=room.meeting_id, participant_id=who.id, kind="IMPROMPTU",
            state=state, arrival=arrival, requested_at=START,
        )  # fmt: skip

    def speaks(who: Somebody, request: Any, begins: int, ends: int | None) -> None:
        old.get_model("floor", "Speech").objects.create(
            id=uuid4(), meeting_id=room.meeting_id, participant_id=who.id, request=request, kind="IMPROMPTU",
            limit_seconds=180, started_at=START + timedelta(seconds=begins),
            ended_at=None if ends is None else START + timedelta(seconds=ends),
        )  # fmt: skip

    speaks(wang, requests(wang, 2, "SPEAKING"), begins=210, ends=None)
    speaks(li, requests(li, 1, "DONE"), begins=0, ends=207)
    requests(zhou, 3, "QUEUED")

    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())

    speeches = Speech.objects.filter(meeting=room.meeting).values_list("no", "participant", "slot", "spent_ms")
    assert list(speeches) == [(1, li.id, None, 207_000), (2, wang.id, 0, 0)]
    assert Speech.objects.get(participant=wang.id).running_since == START + timedelta(seconds=210)
    assert room.meeting.queue.length == len(places(room.meeting)) == 1
    assert [row.overtime_ms for row in speaking_times(room.meeting) if row.key == str(li.id)] == [27_000]

    host.does("floor.call")
    states = SpeakerRequest.objects.filter(meeting=room.meeting).values_list("participant", "state")
    assert dict(states) == {li.id: "DONE", wang.id: "DONE", zhou.id: "SPEAKING"}
    assert room.meeting.queue.length == 0
