"""发言用时: the table as a file."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from meetings.live.roles import Role
from server.accounts.models import Sector
from server.core import clock
from tests.story import Somebody, new_room

pytestmark = pytest.mark.django_db


class Hall:
    """A host, two members who spoke (one twice, and over time), and a clock in the hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = datetime(2026, 5, 21, 6, 30, tzinfo=UTC)
        monkeypatch.setattr(clock, "now", lambda: self.now)
        self.room = new_room()
        sector = Sector.objects.get(name="工商联界")
        venue = self.room.venue("东屿区政协分会场")
        self.host = self.room.host()
        self.han = self.room.member("韩白露", sector=sector, venue=venue.pk)
        self.zhang = self.room.member("张大寒")
        self.speaks(self.han, 100, topic="=1+1")
        self.speaks(self.zhang, 207)
        self.speaks(self.han, 80)

    def speaks(self, who: Somebody, seconds: int, topic: str = "") -> None:
        if not self.room.types:
            self.host.does("floor.open")
        who.does("floor.request", topic=topic)
        self.host.does("floor.call")
        self.now += timedelta(seconds=seconds)
        self.host.does("floor.finish")

    def file(self, who: Somebody, by: str) -> tuple[int, list[list[str]]]:
        client = Client()
        client.force_login(
            self.room.account(who, f"account-{who.id}"), backend="django.contrib.auth.backends.ModelBackend"
        )
        answer = client.get(f"/api/floor/{self.room.meeting_id}/speaking-times.csv?by={by}")
        return answer.status_code, list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.fixture
def hall(monkeypatch: pytest.MonkeyPatch) -> Hall:
    return Hall(monkeypatch)


TABLES = [
    ("person", [["张大寒", "", "", "", "1", "207", "27"], ["韩白露", "", "", "工商联界", "2", "180", "0"]]),
    ("sector", [["无界别", "1", "207", "27"], ["工商联界", "2", "180", "0"]]),
    ("venue", [["个人远程", "1", "207", "27"], ["东屿区政协分会场", "2", "180", "0"]]),
]


@pytest.mark.parametrize(("by", "rows"), TABLES)
def test_the_staff_has_the_totals_as_a_file(hall: Hall, by: str, rows: list[list[str]]) -> None:
    status, (_, *body) = hall.file(hall.host, by)
    assert (status, body) == (200, rows)


def test_every_speech_is_a_line_and_no_cell_is_a_formula(hall: Hall) -> None:
    _, (head, *body) = hall.file(hall.host, "speech")
    assert (head[0], [line[0] for line in body]) == ("序号", ["1", "2", "3"])
    assert body[0][head.index("主题")] == "'=1+1"


@pytest.mark.parametrize("role", [Role.MEMBER, Role.LEADER, Role.OBSERVER, Role.VENUE_CLERK])
def test_others_do_not_get_it(hall: Hall, role: Role) -> None:
    status, _ = hall.file(hall.room.person("某人", role), "person")
    assert status == 403
