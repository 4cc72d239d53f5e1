"""RTCP: reading what peers report, writing what the SFU reports. Pure bytes in both directions.

Unknown, broken or oversized parts are passed over in silence: a peer's feedback is a wish, never a reason to fail.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

NTP_EPOCH = 2208988800

SR, RR, SDES, BYE, RTPFB, PSFB = 200, 201, 202, 203, 205, 206
_MAX_NACKS = 256

_HEAD = struct.Struct("!BBH")
_TWO = struct.Struct("!II")
_SENDER = struct.Struct("!IIIIII")
_BLOCK = struct.Struct("!IIIIII")
_NACK = struct.Struct("!HH")


@dataclass(frozen=True, slots=True)
class SenderReport:
    ssrc: int
    ntp: float  # seconds of the sender's clock
    ntp_middle: int
    rtp: int


@dataclass(frozen=True, slots=True)
class Reception:
    """One report block: how `ssrc` arrives there."""

    ssrc: int
    fraction_lost: float
    lost: int
    lsr: int
    dlsr: int


@dataclass(frozen=True, slots=True)
class Nack:
    ssrc: int
    seqs: list[int]


@dataclass(frozen=True, slots=True)
class KeyRequest:
    """PLI or FIR."""

    ssrc: int


@dataclass(frozen=True, slots=True)
class Remb:
    bitrate: int
    ssrcs: tuple[int, ...]


Report = SenderReport | Reception | Nack | KeyRequest | Remb


def is_rtcp(data: bytes) -> bool:
    """With rtcp-mux the second byte tells them apart (RFC 5761)."""
    return 192 <= data[1] <= 223


def read(data: bytes) -> Iterator[Report]:
    """All reports in a compound packet that we understand."""
    at, size = 0, len(data)
    while at + 8 <= size:
        first, kind, words = _HEAD.unpack_from(data, at)
        end = at + 4 + 4 * words
        if first >> 6 != 2 or end > size or words == 0:
            return
        count = first & 0x1F
        if kind == SR and end - at >= 28:
            ssrc, high, low, rtp, _, _ = _SENDER.unpack_from(data, at + 4)
            yield SenderReport(ssrc, high + low / 2**32, (high & 0xFFFF) << 16 | low >> 16, rtp)
            yield from _blocks(data, at + 28, end, count)
        elif kind == RR:
            yield from _blocks(data, at + 8, end, count)
        elif kind == RTPFB and count == 1 and end - at >= 16:
            yield Nack(_TWO.unpack_from(data, at + 4)[1], _nacked(data, at + 12, end))
        elif kind == PSFB and end - at >= 12:
            yield from _feedback(data, at, end, count)
        at = end


def _blocks(data: bytes, at: int, end: int, count: int) -> Iterator[Reception]:
    for _ in range(count):
        if at + 24 > end:
            return
        ssrc, lost, _, _, lsr, dlsr = _BLOCK.unpack_from(data, at)
        yield Reception(ssrc, (lost >> 24) / 256, lost & 0xFFFFFF, lsr, dlsr)
        at += 24


def _nacked(data: bytes, at: int, end: int) -> list[int]:
    seqs: list[int] = []
    while at + 4 <= end and len(seqs) < _MAX_NACKS:
        pid, mask = _NACK.unpack_from(data, at)
        seqs.append(pid)
        for bit in range(16):
            if mask >> bit & 1:
                seqs.append((pid + bit + 1) & 0xFFFF)
        at += 4
    return seqs


def _feedback(data: bytes, at: int, end: int, fmt: int) -> Iterator[Report]:
    if fmt == 1:
        yield KeyRequest(_TWO.unpack_from(data, at + 4)[1])
    elif fmt == 4:
        for place in range(at + 12, end - 7, 8):
            yield KeyRequest(_TWO.unpack_from(data, place)[0])
    elif fmt == 15 and end - at >= 20 and data[at + 12 : at + 16] == b"REMB":
        many, exponent = data[at + 16], data[at + 17] >> 2
        mantissa = (data[at + 17] & 3) << 16 | data[at + 18] << 8 | data[at + 19]
        room = (end - at - 20) // 4
        ssrcs = struct.unpack_from(f"!{min(many, room)}I", data, at + 20)
        yield Remb(min(mantissa << exponent, 2**40), ssrcs)


def pli(*, sender: int, ssrc: int) -> bytes:
    return _HEAD.pack(0x81, PSFB, 2) + _TWO.pack(sender, ssrc)


def nack(*, sender: int, ssrc: int, seqs: list[int]) -> bytes:
    """`seqs` in rising order (modulo 2^16)."""
    pairs: list[list[int]] = []
    for seq in seqs:
        ahead = (seq - pairs[-1][0] - 1) & 0xFFFF if pairs else 16
        if ahead < 16:
            pairs[-1][1] |= 1 << ahead
        else:
            pairs.append([seq, 0])
    body = b"".join(_NACK.pack(pid, mask) for pid, mask in pairs)
    return _HEAD.pack(0x81, RTPFB, 2 + len(pairs)) + _TWO.pack(sender, ssrc) + body


def remb(*, sender: int, bitrate: int, ssrcs: list[int]) -> bytes:
    exponent = max(0, bitrate.bit_length() - 18)
    mantissa = bitrate >> exponent
    body = b"REMB" + bytes((len(ssrcs), exponent << 2 | mantissa >> 16, mantissa >> 8 & 0xFF, mantissa & 0xFF))
    body += struct.pack(f"!{len(ssrcs)}I", *ssrcs)
    return _HEAD.pack(0x8F, PSFB, 4 + len(ssrcs)) + _TWO.pack(sender, 0) + body


def sender_report(*, ssrc: int, ntp: float, rtp: int, packets: int, octets: int) -> bytes:
    high = int(ntp)
    low = int((ntp - high) * 2**32) & 0xFFFFFFFF
    body = _SENDER.pack(ssrc, high & 0xFFFFFFFF, low, rtp, packets & 0xFFFFFFFF, octets & 0xFFFFFFFF)
    return _HEAD.pack(0x80, SR, 6) + body


def receiver_report(*, sender: int, blocks: list[bytes]) -> bytes:
    return _HEAD.pack(0x80 | len(blocks), RR, 1 + 6 * len(blocks)) + struct.pack("!I", sender) + b"".join(blocks)


def block(*, ssrc: int, fraction: int, lost: int, highest: int, jitter: int, lsr: int, dlsr: int) -> bytes:
    lost = max(-0x800000, min(0x7FFFFF, lost)) & 0xFFFFFF
    return _BLOCK.pack(ssrc, fraction << 24 | lost, highest & 0xFFFFFFFF, jitter & 0xFFFFFFFF, lsr, dlsr & 0xFFFFFFFF)
