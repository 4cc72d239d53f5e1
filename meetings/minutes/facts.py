"""What the minutes are drafted from: one meeting read from its rows and its journal, as plain values.

Nothing is judged or worded here (`draft`), nothing is written. Polls belong to a slice above this one, which registers
its provider with `polls_come_from` in `server/features.py`.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from meetings.documents.models import DocumentState, MeetingDocument
from meetings.floor.events import SpeechFinished
from meetings.floor.models import RequestKind, Speech
from meetings.live import journal
from meetings.live.lifecycle import MeetingEnded, MeetingStarted
from meetings.live.models import JournalEntry, Meeting, Participant
from meetings.live.roles import AttendanceKind, Presence, Role
from meetings.people.events import Admitted, CheckedIn, Invited, LeaveGranted
from meetings.record.models import Commitment, Opinion


class Value(BaseModel):
    """A value that does not change."""

    model_config = ConfigDict(frozen=True)


class PersonFact(Value):
    """Somebody on the roster. `present`: came at least once; `seq`: the entry that says so (or grants the leave)."""

    id: str
    name: str
    unit: str
    title: str
    role: Role
    kind: AttendanceKind
    sector: str
    venue: str | None
    present: bool
    on_leave: bool
    seq: int | None = None


class VenueFact(Value):
    """A venue that took part."""

    id: str
    name: str
    is_main: bool


class SpeechFact(Value):
    """A speech that was made."""

    speaker: PersonFact
    kind: RequestKind
    topic: str
    on_behalf_of: str
    venue: str | None
    started_at: datetime
    ended_at: datetime
    limit_seconds: int
    spent_ms: int | None = None
    seq: int | None = None

    @property
    def used_seconds(self) -> int:
        """How long it took, without the time in which its clock stood."""
        if self.spent_ms is not None:
            return round(self.spent_ms / 1000)
        return max(0, round((self.ended_at - self.started_at).total_seconds()))


class OpinionFact(Value):
    """A piece of advice."""

    id: str
    no: int
    aspect: str
    text: str
    speaker: str | None
    seq: int


class CommitmentFact(Value):
    """A promise made on the spot."""

    unit: str
    text: str
    due: str | None
    seq: int


class PollFact(Value):
    """A closed poll in numbers only: names never reach the minutes."""

    title: str
    participated: int
    options: list[tuple[str, int]]
    max_choices: int = 1
    seq: int | None = None


class MeetingFacts(Value):
    """Everything that the minutes of one meeting are drafted from."""

    title: str
    organization: str
    short_name: str
    started_at: datetime
    ended_at: datetime
    people: list[PersonFact]
    venues: list[VenueFact]
    speeches: list[SpeechFact]
    opinions: list[OpinionFact]
    commitments: list[CommitmentFact]
    polls: list[PollFact]
    documents: list[str]
    started_seq: int | None = None
    ended_seq: int | None = None


PollProvider = Callable[[Meeting], list[PollFact]]

_poll_providers: list[PollProvider] = []


def polls_come_from(provider: PollProvider) -> PollProvider:
    """Register who knows the closed polls of a meeting."""
    _poll_providers.append(provider)
    return provider


def read(meeting: Meeting) -> MeetingFacts:
    """Read an ended meeting."""
    index = _Index(meeting)
    venues = {str(row.venue_id): row.venue for row in meeting.venues.select_related("venue")}
    names = {key: venue.name for key, venue in venues.items()}
    people = {
        row.pk: _person(row, names, index)
        for row in Participant.objects.filter(meeting=meeting).select_related("sector").prefetch_related("attendance")
    }
    started = meeting.started_at or meeting.scheduled_start
    return MeetingFacts(
        title=meeting.title,
        organization=meeting.organization.name,
        short_name=meeting.organization.short_name,
        started_at=started,
        ended_at=meeting.ended_at or started,
        people=list(people.values()),
        venues=[VenueFact(id=key, name=venue.name, is_main=venue.type == "main") for key, venue in venues.items()],
        speeches=[
            SpeechFact(
                speaker=people[row.participant_id],
                kind=RequestKind(row.kind),
                topic=row.topic,
                on_behalf_of=row.on_behalf_of,
                venue=names.get(str(row.venue)) if row.venue else None,
                started_at=row.started_at,
                ended_at=row.ended_at,
                limit_seconds=row.limit_seconds,
                spent_ms=row.spent_ms,
                seq=index.speeches.get(str(row.pk)),
            )
            for row in Speech.objects.filter(meeting=meeting)
            if row.ended_at is not None
        ],
        opinions=[
            OpinionFact(
                id=str(row.pk),
                no=row.no,
                aspect=row.aspect,
                text=row.text,
                speaker=row.speaker.name if row.speaker else None,
                seq=row.seq,
            )
            for row in Opinion.objects.filter(meeting=meeting).select_related("speaker")
        ],
        commitments=[
            CommitmentFact(unit=row.unit_name, text=row.text, due=row.due.isoformat() if row.due else None, seq=row.seq)
            for row in Commitment.objects.filter(meeting=meeting)
        ],
        polls=[poll for provider in _poll_providers for poll in provider(meeting)],
        documents=[row.title for row in MeetingDocument.objects.filter(meeting=meeting, state=DocumentState.READY)],
        started_seq=index.started,
        ended_seq=index.ended,
    )


class _Index:
    """Where in the journal the facts are: the last entry that tells each."""

    TYPES = (Invited, CheckedIn, Admitted, LeaveGranted, SpeechFinished, MeetingStarted, MeetingEnded)

    def __init__(self, meeting: Meeting) -> None:
        self.people: dict[str, int] = {}
        self.speeches: dict[str, int] = {}
        self.started: int | None = None
        self.ended: int | None = None
        for entry in self._entries(meeting):
            self._note(entry)

    def _entries(self, meeting: Meeting) -> Iterator[JournalEntry]:
        types = [event.type for event in self.TYPES]
        return JournalEntry.objects.filter(meeting=meeting, type__in=types).order_by("seq").iterator()

    def _note(self, entry: JournalEntry) -> None:
        match journal.typed(entry):
            case Invited() | CheckedIn() | Admitted() | LeaveGranted() as event:
                self.people.update({person.id: entry.seq for person in event.participants})
            case SpeechFinished(speech=speech):
                self.speeches[speech.id] = entry.seq
            case MeetingStarted():
                self.started = entry.seq
            case MeetingEnded():
                self.ended = entry.seq


def _person(row: Participant, venues: dict[str, str], index: _Index) -> PersonFact:
    return PersonFact(
        id=str(row.pk),
        name=row.name,
        unit=row.unit,
        title=row.title,
        role=Role(row.role),
        kind=AttendanceKind(row.attendance_kind),
        sector=row.sector.name if row.sector else "",
        venue=venues.get(str(row.venue)) if row.venue else None,
        present=bool(row.attendance.all()),
        on_leave=row.presence == Presence.ON_LEAVE,
        seq=index.people.get(str(row.pk)),
    )
