"""The city as written down in `chengwan.json`. Only what the product can show is read; the file tells more."""

from datetime import datetime
from functools import cache
from pathlib import Path

from pydantic import BaseModel, Field

from meetings.agenda.models import ItemKind

SOURCE = Path(__file__).with_name("chengwan.json")


class Organisation(BaseModel):
    """The committee."""

    name: str
    short: str
    brand: str


class Named(BaseModel):
    """Something with a name."""

    id: str
    name: str


class VenueFacts(Named):
    """A venue and who looks after it."""

    type: str
    capacity: int
    network: str
    clerk: str


class Someone(Named):
    """A person with an account."""

    username: str
    title: str = ""


class MemberFacts(Someone):
    """委员: where they will be that day."""

    sector: str
    attendance: str
    venue: str | None


class StaffFacts(Someone):
    """Staff of a meeting, or somebody with an office of the organisation."""

    role: str


class DepartmentFacts(BaseModel):
    """A unit and who comes for it."""

    id: str
    unit: str
    rep: str
    title: str
    username: str


class ExpertFacts(Someone):
    """An expert, perhaps sitting in a venue."""

    venue: str | None = None


class GuestFacts(Named):
    """A guest without an account."""

    title: str
    venue: str


class ObserverFacts(Named):
    """旁听."""

    kind: str


class Topic(BaseModel):
    """What is to be consulted on."""

    title: str
    owner: str


class MeetingFacts(BaseModel):
    """The meeting."""

    title: str
    start: str
    end: str


class ConsultationFacts(BaseModel):
    """The consultation."""

    title: str


class AgendaFacts(BaseModel):
    """One agenda item; `speaker` names a person when one person has it."""

    kind: ItemKind
    title: str
    start: str
    end: str
    speaker: str | None

    @property
    def minutes(self) -> int:
        """Planned length."""
        return minutes_between(self.start, self.end)


class DocumentFacts(Named):
    """A document on the table."""

    name: str = Field(alias="title")
    pages: int


class City(BaseModel):
    """Everything."""

    organisation: Organisation
    children: list[Named]
    sectors: list[Named]
    venues: list[VenueFacts]
    members: list[MemberFacts]
    staff: list[StaffFacts]
    officers: list[StaffFacts]
    leaders: list[Someone]
    departments: list[DepartmentFacts]
    experts: list[ExpertFacts]
    guests: list[GuestFacts]
    observers: list[ObserverFacts]
    topic: Topic
    consultation: ConsultationFacts
    meeting: MeetingFacts
    agenda: list[AgendaFacts]
    documents: list[DocumentFacts]


def minutes_between(start: str, end: str) -> int:
    """Minutes from `14:30` to `16:50`."""
    hours = "%H:%M"
    return int((datetime.strptime(end, hours) - datetime.strptime(start, hours)).total_seconds() // 60)


@cache
def chengwan() -> City:
    """The city."""
    return City.model_validate_json(SOURCE.read_text(encoding="utf-8"))
