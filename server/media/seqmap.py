"""Renumbering: how packets of changing sources become one unbroken stream for a decoder.

A `Run` is a stretch of packets of one source with constant offsets; the list of runs is the truth, in both
directions. A slot never starts a video run anywhere but at a key frame: that decision is the caller's.
"""

from collections import deque
from dataclasses import dataclass
from typing import Any

VIDEO_CLOCK = 90000
OPUS_FRAME = 960
# After this much silence an audio slot no longer continues the old talk spurt but wall-clock time.
AUDIO_IDLE = 0.06


@dataclass(slots=True)
class Run:
    """Packets of `source` from `first_in` on go out with these offsets."""

    source: Any
    first_in: int
    first_out: int
    soff: int
    toff: int
    poff: int
    loff: int
    continues: bool  # the run before is the same source, interrupted by padding only


class Renumber:
    """Sequence, timestamp and VP8 picture numbers of one slot, over all its sources."""

    __slots__ = ("last_pid", "last_t", "last_tl0", "last_ts", "runs", "seq")

    def __init__(self, *, seq: int, ts: int, pid: int, tl0: int, now: float) -> None:
        self.seq = seq
        self.last_ts = ts
        self.last_t = now
        self.last_pid = pid
        self.last_tl0 = tl0
        self.runs: deque[Run] = deque(maxlen=64)

    def switch_video(self, source: object, *, seq: int, ts: int, pid: int, tl0: int, now: float) -> None:
        """Begin `source` at the first packet of a key frame. Timestamps follow the wall clock."""
        ticks = max(90, round((now - self.last_t) * VIDEO_CLOCK))
        self._begin(source, seq=seq, ts=ts, ticks=ticks, pid=pid, tl0=tl0)

    def switch_audio(self, source: object, *, seq: int, ts: int, now: float) -> None:
        """Begin `source` at any packet. One frame on, not wall clock: that is what makes the change inaudible."""
        idle = now - self.last_t
        frames = 1 if idle < AUDIO_IDLE else max(1, round(idle * 50))
        self._begin(source, seq=seq, ts=ts, ticks=OPUS_FRAME * frames, pid=0, tl0=0)

    def _begin(self, source: object, *, seq: int, ts: int, ticks: int, pid: int, tl0: int) -> None:
        first_out = (self.seq + 1) & 0xFFFF
        self.runs.append(
            Run(
                source=source,
                first_in=seq,
                first_out=first_out,
                soff=(first_out - seq) & 0xFFFF,
                toff=(self.last_ts + ticks - ts) & 0xFFFFFFFF,
                poff=(self.last_pid + 1 - pid) & 0x7FFF,
                loff=(self.last_tl0 + 1 - tl0) & 0xFF,
                continues=False,
            )
        )

    def place(self, seq: int) -> Run | None:
        """The run that covers `seq` of the current source; None for packets from before its key frame."""
        for run in reversed(self.runs):
            if (seq - run.first_in) & 0xFFFF < 0x8000:
                return run
            if not run.continues:
                return None
        return None

    def skip(self, seq: int) -> None:
        """Close the hole of a packet that carries only padding, unless later packets are out already."""
        if not self.runs:
            return
        run = self.runs[-1]
        out = (seq + run.soff) & 0xFFFF
        ahead = (out - self.seq) & 0xFFFF
        if (seq - run.first_in) & 0xFFFF >= 0x8000 or ahead == 0 or ahead >= 0x8000:
            return
        self.runs.append(
            Run(
                source=run.source,
                first_in=(seq + 1) & 0xFFFF,
                first_out=out,
                soff=(run.soff - 1) & 0xFFFF,
                toff=run.toff,
                poff=run.poff,
                loff=run.loff,
                continues=True,
            )
        )

    def sent(self, *, seq: int, ts: int, pid: int, tl0: int, now: float) -> None:
        """Remember what went out, if it is the newest."""
        if (seq - self.seq) & 0xFFFF >= 0x8000:
            return
        self.seq = seq
        if ts != self.last_ts:
            self.last_ts = ts
            self.last_t = now
        self.last_pid = pid
        self.last_tl0 = tl0

    def origin(self, seq: int) -> tuple[Run, int] | None:
        """Which packet of which source went out as `seq`? For answers to NACK."""
        if (self.seq - seq) & 0xFFFF >= 0x8000:
            return None
        for run in reversed(self.runs):
            if (seq - run.first_out) & 0xFFFF < 0x8000:
                return run, (seq - run.soff) & 0xFFFF
        return None
