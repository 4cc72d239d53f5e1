"""The end of a poll: count, check, and leave nothing from which a choice could be tied to a person.

While a secret poll is open, its last participation and the counter it raised were written by one transaction, and rows
lie in the order of casting. So closing deletes the counters and writes the participations anew: with new random keys,
in the order of these keys, by one transaction, without the clients' ids. Backups and the database's own logs are
beyond our reach, and the page says so.
"""

from collections.abc import Iterator

from meetings.live.events import Event
from meetings.live.scene import Scene
from server.core import ids
from voting import events, tally
from voting.events import poll_view
from voting.models import Ballot, Participation, Poll, PollMode, PollState, Tally

BATCH = 500


def close(poll: Poll, scene: Scene) -> Iterator[Event]:
    """OPEN → CLOSED, or DISPUTED. The caller holds the meeting's lock and then the poll's."""
    counts = _counts(poll)
    participated = _forget_the_order(poll)
    poll.state = PollState.CLOSED
    poll.closed_at = scene.now
    poll.result = {
        "counts": counts,
        "eligible": poll.eligible_count,
        "participated": participated,
        "config": poll.config,
        "head": scene.meeting.head,
    }
    if not _sound(poll, counts, participated):
        poll.state = PollState.DISPUTED
    poll.save(update_fields=["state", "closed_at", "result"])
    if poll.state == PollState.DISPUTED:
        yield events.PollDisputed(poll=poll_view(poll), participated=participated, counted=sum(counts))
    else:
        yield events.PollClosed(poll=poll_view(poll))


def void(poll: Poll, scene: Scene, reason: str) -> Iterator[Event]:
    """OPEN → VOID: an interim count must not be learnt by asking twice, so what was answered is deleted."""
    Ballot.objects.filter(poll=poll).delete()
    Tally.objects.filter(poll=poll).delete()
    Participation.objects.filter(poll=poll).delete()
    poll.state = PollState.VOID
    poll.closed_at = scene.now
    poll.void_reason = reason
    poll.save(update_fields=["state", "closed_at", "void_reason"])
    yield events.PollVoided(poll=poll_view(poll))


def _counts(poll: Poll) -> list[int]:
    options = len(poll.options)
    if poll.mode == PollMode.NAMED:
        return tally.count(Ballot.objects.filter(poll=poll).values_list("choices", flat=True), options=options)
    tallies = Tally.objects.filter(poll=poll)
    counts = tally.in_order(dict(tallies.values_list("option", "count")), options=options)
    tallies.delete()
    return counts


def _sound(poll: Poll, counts: list[int], participated: int) -> bool:
    """Nobody took part who was not asked, and the answers can be theirs."""
    strangers = Participation.objects.filter(poll=poll).exclude(participant__in=poll.electors.values("participant"))
    return not strangers.exists() and tally.agrees(counts, participated=participated, max_choices=poll.max_choices)


def _forget_the_order(poll: Poll) -> int:
    """Write the participations anew; returns how many there are."""
    rows = Participation.objects.filter(poll=poll)
    participants = list(rows.values_list("participant_id", flat=True))
    rows.delete()
    fresh = [Participation(id=ids.new(), poll=poll, participant_id=participant) for participant in participants]
    Participation.objects.bulk_create(sorted(fresh, key=lambda row: row.pk), batch_size=BATCH)
    return len(fresh)
