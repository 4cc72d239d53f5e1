"""The speaking-time table as a file, for the staff."""

import csv
import io
from enum import StrEnum
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from meetings.floor.models import Speech
from meetings.floor.speeches import speaking_times
from meetings.floor.times import Scope
from meetings.live.api import seat_of
from meetings.live.models import Meeting, Participant
from meetings.live.roles import Audience, audience_of
from meetings.people.models import MeetingVenue
from server.core import clock
from server.core.errors import Code, Refused
from server.core.rates import Rate

router = Router(tags=["floor"])

EXPORTS = Rate("speaking-times", most=30, seconds=60)
"""For each participant."""


class By(StrEnum):
    """What a row is."""

    PERSON = "person"
    SECTOR = "sector"
    VENUE = "venue"
    SPEECH = "speech"


TOTALS = ("speeches", "seconds", "overtime_seconds")
HEADS: dict[By, tuple[str, ...]] = {
    By.PERSON: ("name", "unit", "title", "sector", *TOTALS),
    By.SECTOR: ("sector", *TOTALS),
    By.VENUE: ("venue", *TOTALS),
    By.SPEECH: (
        "no", "name", "sector", "venue", "on_behalf_of", "kind", "topic",
        "started_at", "ended_at", "limit_seconds", "seconds", "overtime_seconds",
    ),
}  # fmt: skip
WORDS = {
    "no": "序号", "name": "姓名", "unit": "单位", "title": "职务", "sector": "界别", "venue": "会场",
    "on_behalf_of": "代表", "kind": "类型", "topic": "主题", "started_at": "开始时间", "ended_at": "结束时间",
    "limit_seconds": "限时（秒）", "speeches": "发言次数", "seconds": "用时（秒）", "overtime_seconds": "超时（秒）",
    "SCHEDULED": "预约发言", "IMPROMPTU": "即席发言", "QUESTION": "提问", "RESPONSE": "回应", "DIALOGUE": "插话",
    "": "无界别", "remote": "个人远程",
}  # fmt: skip
"""The file is an office's paper: its words are Chinese, like those of the minutes."""

Row = list[str | int]


@router.get("/{meeting_id}/speaking-times.csv")
def export(request: HttpRequest, meeting_id: UUID, by: By = By.PERSON) -> HttpResponse:
    """Totals by person, sector or venue, or every speech, as far as they are over."""
    me = seat_of(request, meeting_id)
    if audience_of(me.role) is not Audience.STAFF:
        raise Refused(Code.NOT_ALLOWED)
    EXPORTS.take(me.pk)
    text = table(me.meeting, by)
    # With a mark at the front spreadsheets read UTF-8.
    response = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="speaking-times-{by}.csv"'
    return response


def table(meeting: Meeting, by: By) -> str:
    """The table as CSV."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([WORDS[head] for head in HEADS[by]])
    rows = _speeches(meeting) if by is By.SPEECH else _totals(meeting, by)
    writer.writerows([[_harmless(cell) for cell in row] for row in rows])
    return file.getvalue()


def _totals(meeting: Meeting, by: By) -> list[Row]:
    people = {str(row.pk): row for row in Participant.objects.filter(meeting=meeting).select_related("sector")}
    venues = _venues(meeting)
    rows: list[Row] = []
    for total in speaking_times(meeting):
        if total.scope is not Scope(by.upper()):
            continue
        match total.scope:
            case Scope.PERSON:
                person = people[total.key]
                names = [person.name, person.unit, person.title, person.sector.name if person.sector else ""]
            case Scope.SECTOR:
                names = [total.key or WORDS[""]]
            case Scope.VENUE:
                names = [venues.get(total.key, WORDS["remote"])]
        rows.append([*names, total.speeches, _seconds(total.spent_ms), _seconds(total.overtime_ms)])
    return sorted(rows, key=lambda row: -int(row[-2]))


def _speeches(meeting: Meeting) -> list[Row]:
    venues = _venues(meeting)
    speeches = Speech.objects.filter(meeting=meeting, ended_at__isnull=False).select_related("participant__sector")
    return [
        [
            speech.no,
            speech.participant.name,
            speech.participant.sector.name if speech.participant.sector else "",
            venues.get(str(speech.venue), ""),
            speech.on_behalf_of,
            WORDS[speech.kind],
            speech.topic,
            clock.iso(speech.started_at),
            clock.iso(speech.ended_at) if speech.ended_at else "",
            speech.limit_seconds if speech.timed else "",
            _seconds(speech.spent_ms),
            _seconds(speech.overtime_ms),
        ]
        for speech in speeches
    ]


def _venues(meeting: Meeting) -> dict[str, str]:
    rows = MeetingVenue.objects.filter(meeting=meeting).select_related("venue")
    return {str(row.venue_id): row.venue.name for row in rows}


def _seconds(milliseconds: int) -> int:
    return round(milliseconds / 1000)


def _harmless(cell: str | int) -> str | int:
    """A spreadsheet would take a text that begins like this for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
