"""Where later slices register with earlier ones (a gate that asks whether minutes are issued): the one place that may
know them all."""

from meetings.consultation import gates
from meetings.consultation.machine import Move
from meetings.consultation.models import Consultation
from meetings.live import journal
from meetings.live.models import JournalEntry, Meeting
from meetings.live.roles import MeetingState
from meetings.minutes import facts
from voting.events import PollClosed
from voting.models import Poll, PollState


@facts.polls_come_from
def closed_polls(meeting: Meeting) -> list[facts.PollFact]:
    """The closed polls of a meeting in numbers, with the journal entry that told each result."""
    told: dict[str, int] = {}
    for entry in JournalEntry.objects.filter(meeting=meeting, type=PollClosed.type).order_by("seq"):
        event = journal.typed(entry)
        if isinstance(event, PollClosed):
            told[event.poll.id] = entry.seq
    return [_poll_fact(poll, told) for poll in Poll.objects.filter(meeting=meeting, state=PollState.CLOSED)]


def _poll_fact(poll: Poll, told: dict[str, int]) -> facts.PollFact:
    result = poll.result or {}
    return facts.PollFact(
        title=poll.question,
        participated=result.get("participated", 0),
        options=list(zip(poll.options, result.get("counts", []), strict=True)),
        max_choices=poll.max_choices,
        seq=told.get(str(poll.pk)),
    )


def minutes_are_issued(consultation: Consultation) -> list[str]:
    """G3: every meeting that was held has its minutes out."""
    held = consultation.meetings.filter(meeting__state=MeetingState.ENDED)
    return ["minutes_not_issued"] if held.exists() else []


gates.guards(Move.SUBMIT, minutes_are_issued)
