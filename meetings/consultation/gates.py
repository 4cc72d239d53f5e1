"""What has to hold before a consultation moves on.

A gate answers with the reasons that speak against the move, none when it is open. Later slices register theirs in
`server/features.py`: only they know whether minutes are issued and tasks are answered.
"""

from collections.abc import Callable

from meetings.consultation.machine import Move
from meetings.consultation.models import Consultation
from meetings.live.roles import MeetingState

Gate = Callable[[Consultation], list[str]]

GATES: dict[Move, list[Gate]] = {}


def guards(move: Move, gate: Gate) -> None:
    """Ask `gate` before `move`."""
    GATES.setdefault(move, []).append(gate)


def objections(move: Move, consultation: Consultation) -> list[str]:
    """Every reason against the move."""
    return [reason for gate in GATES.get(move, ()) for reason in gate(consultation)]


def no_meeting_is_open(consultation: Consultation) -> list[str]:
    """All meetings have ended or were called off, and there was at least one."""
    states = list(consultation.meetings.values_list("meeting__state", flat=True))
    over = {MeetingState.ENDED, MeetingState.DONE, MeetingState.CANCELLED}
    if not states:
        return ["no_meeting"]
    return [] if set(states) <= over else ["meeting_open"]


guards(Move.FINISH_MEETINGS, no_meeting_is_open)
