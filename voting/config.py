"""What was asked, as digests: they are told when the poll opens and again with its result.

Both can be recomputed from the journal by anybody (`meetings/live/checker.py` has the canonical form).
"""

import hashlib
from collections.abc import Iterable

from meetings.live import checker
from voting.models import Poll


def electorate(participants: Iterable[str]) -> str:
    """SHA-256 over the sorted ids of those who may answer, one a line."""
    return hashlib.sha256("\n".join(sorted(participants)).encode()).hexdigest()


def digest(poll: Poll) -> str:
    """SHA-256 over the canonical JSON of everything that is fixed when the poll opens."""
    fixed = {
        "poll": str(poll.pk),
        "question": poll.question,
        "options": poll.options,
        "mode": poll.mode,
        "kind": poll.kind,
        "max_choices": poll.max_choices,
        "rule": poll.rule,
        "eligible": poll.eligible_count,
        "electorate": poll.electorate,
    }
    return hashlib.sha256(checker.canonical(fixed).encode()).hexdigest()
