"""Finding issued minutes by words. The text is matched as it is: Chinese needs no segmentation for substrings.

Every word of the query must occur. SQLite and PostgreSQL answer alike.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce

from django.db.models import Q, QuerySet

from meetings.minutes.models import FROZEN, Minutes
from server.accounts.models import Person

MAX_WORDS = 8
AROUND = 36
"""Characters shown on each side of the first hit."""


@dataclass(frozen=True)
class Snippet:
    """A piece of text with the places of the words in it, as [start, end)."""

    text: str
    marks: list[tuple[int, int]]


def readable_by(person: Person) -> "QuerySet[Minutes]":
    """Issued minutes of the own organisation and of every meeting that the person was on the roster of."""
    issued = Minutes.objects.filter(state__in=[state.value for state in FROZEN])
    own = Q(organization_id=person.organization_id)
    seat = Q(meeting__in=person.participant_set.values("meeting"))
    return issued.filter(own | seat)


def query_words(query: str) -> list[str]:
    """The words of a query: full-width spaces part them too; too many are ignored."""
    return query.replace("　", " ").split()[:MAX_WORDS]


def find(person: Person, query: str) -> "QuerySet[Minutes]":
    """Issued minutes that have all words, newest first."""
    conditions = (Q(search_text__icontains=word) for word in query_words(query))
    found = reduce(lambda rows, condition: rows.filter(condition), conditions, readable_by(person))
    return found.order_by("-issued_at", "-issue_no", "id")


def snippet(text: str, words: list[str]) -> Snippet:
    """The surroundings of the first hit, with every word marked. Pure."""
    body = text.partition("\n")[2].replace("\n", "　") or text
    low = body.lower()
    hits = [at for word in words if (at := low.find(word.lower())) >= 0]
    first = min(hits, default=0)
    start = max(0, first - AROUND) if hits else 0
    longest = max((len(word) for word in words), default=0)
    end = min(len(body), first + longest + 2 * AROUND)
    cut = body[start:end]
    before, after = "…" if start else "", "…" if end < len(body) else ""
    marks = merged((at, at + len(word)) for word in words for at in _places(cut.lower(), word.lower()))
    shift = len(before)
    return Snippet(text=before + cut + after, marks=[(a + shift, b + shift) for a, b in marks])


def merged(marks: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Overlapping marks as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(marks):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _places(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))
