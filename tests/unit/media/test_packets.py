"""RTP, VP8 and RTCP as bytes: what is right is read, what is wrong is passed over."""

import struct

import pytest
from aiortc import rtp as reference
from aiortc.codecs.vpx import VpxPayloadDescriptor
from hypothesis import example, given
from hypothesis import strategies as st

from server.media import rtcp
from server.media.downtrack import body
from server.media.h264 import NalUnit
from server.media.rtp import Outgoing, Packet, PacketCache, newer16, newer32, unwrap_rtx
from server.media.seqmap import Run
from server.media.vp8 import Descriptor


def test_order_wraps() -> None:
    assert newer16(0, 0xFFFF)
    assert not newer16(0xFFFF, 0)
    assert not newer16(5, 5)
    assert newer32(3, 0xFFFFFFF0)


def built(*, extensions: list[tuple[int, bytes]], csrcs: int = 0, payload: bytes = b"sound", pad: int = 0) -> bytes:
    profile, value = reference.pack_header_extensions(extensions)
    first = 0x80 | csrcs | (0x10 if value else 0) | (0x20 if pad else 0)
    data = struct.pack("!BBHII", first, 0x80 | 111, 7, 8, 9) + bytes(4 * csrcs)
    if value:
        data += struct.pack("!HH", profile, len(value) // 4) + value
    return data + payload + (bytes(pad - 1) + bytes([pad]) if pad else b"")


@pytest.mark.parametrize("csrcs", [0, 2])
@pytest.mark.parametrize("pad", [0, 1, 5])
@pytest.mark.parametrize("extensions", [[], [(1, b"\x85")], [(4, b"12"), (1, b"\x85")], [(4, b"x" * 20), (1, b"\x85")]])
def test_a_packet_is_read(csrcs: int, pad: int, extensions: list[tuple[int, bytes]]) -> None:
    packet = Packet()
    assert packet.read(built(extensions=extensions, csrcs=csrcs, pad=pad))
    assert (packet.pt, packet.seq, packet.ts, packet.ssrc) == (111, 7, 8, 9)
    assert packet.data[packet.payload : packet.end] == b"sound"
    assert packet.extension(1) == (b"\x85" if extensions else b"")
    assert packet.extension(4) == dict(extensions).get(4, b"")
    assert packet.extension(9) == b""


@given(st.binary(max_size=80))
@example(bytes([0xB0]) + bytes(11))
@example(bytes([0x90]) + bytes(11) + b"\xbe\xde\xff\xff")
def test_rubbish_is_not_a_reason_to_fail(data: bytes) -> None:
    packet, picture = Packet(), Descriptor()
    if packet.read(data):
        assert 12 <= packet.payload <= packet.end <= len(data)
        packet.extension(3)
        picture.read(data, packet.payload, packet.end)
        NalUnit().read(data, packet.payload, packet.end)
        unwrap_rtx(packet, ssrc=1, pt=2)
    list(rtcp.read(data))
    for first in (0x80, 0x81, 0x8F):
        for kind in range(200, 207):
            list(rtcp.read(struct.pack("!BBH", first, kind, max(0, len(data) // 4 - 1)) + data))


def test_a_retransmission_unwraps_to_the_original() -> None:
    packet, original = Packet(), Packet()
    head = struct.pack("!BBHII", 0x80, 0x80 | 97, 1, 1000, 5)
    assert packet.read(head + b"\x12\x34" + b"picture")
    assert original.read(unwrap_rtx(packet, ssrc=44, pt=96))
    assert (original.seq, original.ssrc, original.pt, original.ts) == (0x1234, 44, 96, 1000)
    assert original.marker
    assert original.data[12:] == b"picture"
    assert packet.read(head + b"\x12\x34")
    assert unwrap_rtx(packet, ssrc=44, pt=96) == b""


def test_the_cache_keeps_the_last_512_and_knows_doubles() -> None:
    cache = PacketCache()
    for seq in range(65000, 66000):
        assert cache.put(seq, b"%d" % seq, 1.0)
    assert not cache.put(65999, b"again", 1.0)
    assert not cache.put(65999 - 512, b"from long ago, in the place of a newer one", 1.0)
    assert cache.get(65999) == b"65999"
    assert cache.get(65000 + 488) == b"65488"
    assert cache.get(65000 + 487) == b""
    cache.clear()
    assert cache.get(65999) == b""
    assert not cache.put(65999, b"a double, also after a mute", 1.0)


@pytest.mark.parametrize("picture_id", [None, 0, 5, 127, 128, 32767])
@pytest.mark.parametrize("tl0", [None, 0, 255])
def test_a_vp8_descriptor_is_rewritten_as_aiortc_would_write_it(picture_id: int | None, tl0: int | None) -> None:
    tid = (1, 1) if tl0 is not None else None
    before = VpxPayloadDescriptor(1, 0, picture_id=picture_id, tl0picidx=tl0, tid=tid)
    data = b"....." + bytes(before) + b"\x10rest"
    picture = Descriptor()
    assert picture.read(data, 5, len(data))
    assert picture.key
    assert picture.pid == (picture_id or 0)
    assert picture.tl0 == (tl0 or 0)
    packet, out = Packet(), Outgoing()
    packet.data, packet.payload, packet.end = data, 5, len(data)
    out.take(packet, picture, 1, True, 0.0)
    shift = Run(source=None, number=1, first=0, first_out=0, soff=0, toff=0, poff=300 - out.pid, loff=9 - out.tl0)
    after, rest = VpxPayloadDescriptor.parse(body(out, shift))
    assert after.picture_id == (300 if picture_id is not None else None)
    assert after.tl0picidx == (9 if tl0 is not None else None)
    assert after.tid == tid
    assert rest == b"\x10rest"


def test_the_height_of_a_key_frame_is_known() -> None:
    picture = Descriptor()
    header = b"\x10" + b"\x10\x00\x00" + b"\x9d\x01\x2a" + struct.pack("<HH", 640, 360 | 1 << 14)
    assert picture.read(header, 0, len(header))
    assert picture.height == 360
    assert picture.read(b"\x10\x01", 0, 2)
    assert picture.height == 360


@pytest.mark.parametrize(
    ("payload", "key"),
    [
        (b"\x67\x42\xe0\x1f", True),  # SPS alone
        (b"\x78\x00\x04\x67\x42\xe0\x1f\x00\x02\x68\xce", True),  # STAP-A of SPS and PPS
        (b"\x78\x00\x02\x68\xce\x00\x04\x67\x42\xe0\x1f", True),
        (b"\x7c\x87\x42", True),  # the first fragment of an SPS
        (b"\x7c\x07\x42", False),
        (b"\x7c\x85\x88", False),  # an IDR picture: its parameters came before it
        (b"\x61\x9a", False),
        (b"\x78\x00", False),
        (b"\x78\xff\xff\x67", True),
        (b"\x7c", False),
    ],
)
def test_an_h264_sequence_begins_at_its_parameters(payload: bytes, key: bool) -> None:
    unit = NalUnit()
    assert unit.read(b"..." + payload, 3, 3 + len(payload))
    assert unit.key is key
    assert not unit.read(payload, 2, 2)


def test_only_the_first_packet_of_a_key_frame_is_a_place_to_switch() -> None:
    picture = Descriptor()
    assert picture.read(b"\x10\x00", 0, 2)
    assert picture.key
    for data in (b"\x00\x00", b"\x11\x00", b"\x10\x01"):
        assert picture.read(data, 0, 2)
        assert not picture.key


def test_reports_are_read_as_aiortc_writes_them() -> None:
    block = reference.RtcpReceiverInfo(5, 64, 10, 1000, 3, 7, 8)
    half_past_ten = (10 << 32) + (1 << 31)
    sent = reference.RtcpSenderInfo(half_past_ten, rtp_timestamp=99, packet_count=1, octet_count=2)
    compound = bytes(reference.RtcpSrPacket(3, sent, [block]))
    compound += bytes(reference.RtcpRtpfbPacket(fmt=1, ssrc=1, media_ssrc=5, lost=[10, 11, 26, 40]))
    compound += bytes(reference.RtcpPsfbPacket(fmt=1, ssrc=1, media_ssrc=6))
    fir = struct.pack("!II", 8, 1 << 24)
    compound += bytes(reference.RtcpPsfbPacket(fmt=4, ssrc=1, media_ssrc=0, fci=fir))
    remb = reference.pack_remb_fci(1_234_567, [5, 6])
    compound += bytes(reference.RtcpPsfbPacket(fmt=15, ssrc=1, media_ssrc=0, fci=remb))
    report, reception, nack, pli, full, estimate = rtcp.read(compound)
    assert report == rtcp.SenderReport(3, 10.5, (10 << 16) + (1 << 15), 99)
    assert reception == rtcp.Reception(5, 0.25, 10, 7, 8)
    assert nack == rtcp.Nack(5, [10, 11, 26, 40])
    assert (pli, full) == (rtcp.KeyRequest(6), rtcp.KeyRequest(8))
    assert isinstance(estimate, rtcp.Remb)
    assert estimate.ssrcs == (5, 6)
    assert abs(estimate.bitrate - 1_234_567) < 8


def test_reports_are_written_as_aiortc_reads_them() -> None:
    block = rtcp.block(ssrc=5, fraction=3, lost=-2, highest=70000, jitter=9, lsr=1, dlsr=2)
    compound = rtcp.receiver_report(sender=1, blocks=[block]) + rtcp.remb(sender=1, bitrate=2_500_000, ssrcs=[7])
    compound += rtcp.pli(sender=1, ssrc=7) + rtcp.nack(sender=1, ssrc=7, seqs=[65535, 0, 30])
    compound += rtcp.sender_report(ssrc=4, ntp=3_900_000_000.5, rtp=5, packets=6, octets=7)
    received, remb, pli, nack, sender = reference.RtcpPacket.parse(compound)
    assert isinstance(received, reference.RtcpRrPacket)
    assert received.reports[0].packets_lost == -2
    assert received.reports[0].highest_sequence == 70000
    assert isinstance(remb, reference.RtcpPsfbPacket)
    bitrate, ssrcs = reference.unpack_remb_fci(remb.fci)
    assert ssrcs == [7]
    assert abs(bitrate - 2_500_000) < 16
    assert isinstance(pli, reference.RtcpPsfbPacket)
    assert (pli.fmt, pli.media_ssrc) == (1, 7)
    assert isinstance(nack, reference.RtcpRtpfbPacket)
    assert [seq & 0xFFFF for seq in nack.lost] == [65535, 0, 30]  # aiortc does not wrap
    assert isinstance(sender, reference.RtcpSrPacket)
    assert sender.sender_info.ntp_timestamp >> 32 == 3_900_000_000
