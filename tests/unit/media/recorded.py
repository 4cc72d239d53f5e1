"""Packets as real browsers sent them: recorded by `tests.integration.media.record`, read and written here.

A file of `tests/corpus/rtp` is the decrypted RTP and RTCP of one publisher with the times of arrival. Of a payload only
the beginning is kept, which is all that forwarding looks at; the size is the true one. The offer is beside it, in
`tests/corpus/sdp`, under the same name.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from server.media.rtcp import is_rtcp
from server.media.rtp import Packet

FOLDER = Path(__file__).parents[2] / "corpus" / "rtp"
KEPT = 20
"""Bytes of a payload: descriptor and the height of a key frame, behind the number of a retransmission."""
_ENTRY = struct.Struct("!IHH")


@dataclass(frozen=True)
class Recorded:
    """One packet, and when it came (seconds)."""

    at: float
    data: bytes

    @property
    def is_rtcp(self) -> bool:
        return is_rtcp(self.data)


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.rtp"))


def recorded(name: str) -> list[Recorded]:
    return list(_read((FOLDER / f"{name}.rtp").read_bytes()))


def write(name: str, packets: Iterable[Recorded]) -> None:
    (FOLDER / f"{name}.rtp").write_bytes(b"".join(_entry(each) for each in packets))


def _entry(each: Recorded) -> bytes:
    data, kept = each.data, len(each.data)
    packet = Packet()
    if not each.is_rtcp and packet.read(data):
        kept = min(kept, packet.payload + KEPT)
    # The last byte says how much of the end is padding.
    return _ENTRY.pack(round(each.at * 1000), len(data), kept) + data[:kept] + data[-1:]


def _read(content: bytes) -> Iterator[Recorded]:
    at = 0
    while at < len(content):
        milliseconds, size, kept = _ENTRY.unpack_from(content, at)
        at += _ENTRY.size
        data = content[at : at + kept]
        if kept < size:
            data = data.ljust(size - 1, b"\x2a") + content[at + kept : at + kept + 1]
        at += kept + 1
        yield Recorded(milliseconds / 1000, data)
