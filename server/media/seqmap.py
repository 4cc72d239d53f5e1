"""Renumbering: how packets of changing sources become one unbroken stream for a decoder. Pure.

Inside the plane sequence numbers do not wrap: a layer counts its packets with plain integers (`Gapless`), a slot adds
one constant per `Run`. What a slot sent last is the newest packet of its layer plus that constant, so nothing has to
be remembered per packet and viewer. Only what leaves is cut to 16 bits.
"""

from collections import deque
from dataclasses import dataclass
from typing import Any

VIDEO_CLOCK = 90000
OPUS_FRAME = 960
# After this much silence an audio slot no longer continues the old talk spurt but wall-clock time.
AUDIO_IDLE = 0.06
# So many packets from far behind in a row are no late ones: the publisher began to count anew.
_RESTART_AFTER = 32
_FAR_BEHIND = 1024


@dataclass(slots=True)
class Head:
    """The newest packet of a layer, or the last one of a slot. `at` is when the first packet of its frame went."""

    seq: int
    ts: int
    pid: int = 0
    tl0: int = 0
    at: float = 0.0


class Gapless:
    """The packets of one SSRC, counted without those that carry only padding."""

    __slots__ = ("_behind", "_borders", "_delta", "_first", "_newest")

    def __init__(self) -> None:
        self._newest = -1
        self._behind = 0
        self._first = 0
        self._delta = 0
        self._borders: deque[tuple[int, int]] = deque(maxlen=32)

    def place(self, seq: int) -> int:
        """The number of the packet that came with the 16-bit `seq`."""
        number = self._extend(seq)
        if number >= self._first:
            return number - self._delta
        for first, delta in reversed(self._borders):
            if number >= first:
                return number - delta
        return number - (self._borders[0][1] if self._borders else self._delta)

    def skip(self, seq: int) -> None:
        """A packet without a payload: later ones move up, unless one of them is out already."""
        newest = self._newest
        number = self._extend(seq)
        if number <= newest:
            return
        self._borders.append((self._first, self._delta))
        self._first = number + 1
        self._delta += 1

    def _extend(self, seq: int) -> int:
        newest = self._newest
        if newest < 0:
            # Far from zero: packets from before the first one shall have a number too.
            self._newest = seq + 0x10000
            return self._newest
        ahead = (seq - newest) & 0xFFFF
        if ahead < 0x8000:
            self._behind = 0
            self._newest = newest + ahead
            return self._newest
        if 0x10000 - ahead > _FAR_BEHIND:
            self._behind += 1
            if self._behind >= _RESTART_AFTER:
                self._behind = 0
                self._newest = newest + ahead
                return self._newest
        return newest + ahead - 0x10000


@dataclass(slots=True)
class Run:
    """A stretch of one source in a slot: everything from number `first` on goes out with these offsets."""

    source: Any
    number: int  # of the publisher, for CSRC
    first: int
    first_out: int
    soff: int
    toff: int
    poff: int
    loff: int

    def out(self, head: Head) -> Head:
        """`head` of the source as the slot sends it."""
        return Head(
            seq=head.seq + self.soff,
            ts=(head.ts + self.toff) & 0xFFFFFFFF,
            pid=(head.pid + self.poff) & 0x7FFF,
            tl0=(head.tl0 + self.loff) & 0xFF,
            at=head.at,
        )


def video_run(last: Head, first: Head, *, source: object, number: int) -> Run:
    """Begin at `first`, the first packet of a key frame. Timestamps follow the wall clock (RFC 3550, 5.1)."""
    ticks = max(90, round((first.at - last.at) * VIDEO_CLOCK))
    return _run(last, first, ticks, source, number)


def audio_run(last: Head, first: Head, *, source: object, number: int) -> Run:
    """Begin at any packet. One frame on, not wall clock: that is what makes the change inaudible."""
    idle = first.at - last.at
    frames = 1 if idle < AUDIO_IDLE else max(1, round(idle * 50))
    return _run(last, first, OPUS_FRAME * frames, source, number)


def _run(last: Head, first: Head, ticks: int, source: object, number: int) -> Run:
    return Run(
        source=source,
        number=number,
        first=first.seq,
        first_out=last.seq + 1,
        soff=last.seq + 1 - first.seq,
        toff=(last.ts + ticks - first.ts) & 0xFFFFFFFF,
        poff=(last.pid + 1 - first.pid) & 0x7FFF,
        loff=(last.tl0 + 1 - first.tl0) & 0xFF,
    )


class History:
    """The runs of one slot, to find out what went out under a number."""

    __slots__ = ("_runs",)

    def __init__(self) -> None:
        self._runs: deque[Run] = deque(maxlen=16)

    def __bool__(self) -> bool:
        return bool(self._runs)

    def begin(self, run: Run) -> None:
        self._runs.append(run)

    def origin(self, seq: int, newest: int) -> tuple[Run, int] | None:
        """The run and the source's number of what went out as the 16-bit `seq`; `newest` is the last number sent."""
        number = newest - ((newest - seq) & 0xFFFF)
        for run in reversed(self._runs):
            if number >= run.first_out:
                return run, number - run.soff
        return None
