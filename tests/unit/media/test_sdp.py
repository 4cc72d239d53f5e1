"""Offers of real clients and the answer they get."""

import re

import pytest
from aiortc.sdp import SessionDescription

from server.media import sdp
from server.media.sdp import Use
from tests.unit.media.sdp_corpus import corpus


def answer_to(offer: sdp.Offer, hosts: tuple[str, ...] = ("192.0.2.2", "2001:db8::1")) -> str:
    slots = {
        line.mid: sdp.Slot(name=f"s{place}", ssrc=1000 + place, rtx_ssrc=2000 + place)
        for place, line in enumerate(offer.slots(Use.AUDIO_SLOT) + offer.slots(Use.VIDEO_SLOT))
    }
    return sdp.answer(
        offer,
        version=3,
        hosts=hosts,
        port=40000,
        ufrag="uf",
        password="pass",
        fingerprint="AA:BB",
        slots=slots,
    )


@pytest.mark.parametrize("client", sorted(corpus()))
def test_lines_are_used_in_the_agreed_order(client: str) -> None:
    offer = sdp.parse(corpus()[client])
    uses = [line.use for line in offer.lines]
    assert uses[:6] == [Use.MIC, Use.CAMERA, Use.SCREEN] + [Use.AUDIO_SLOT] * 3
    assert set(uses[6:]) == {Use.VIDEO_SLOT}
    assert len(offer.fingerprints) >= 1
    for line in offer.lines:
        assert line.pt > 0
        assert (line.rtx_pt > 0) == (line.kind == "video")


@pytest.mark.parametrize("client", sorted(corpus()))
def test_the_answer_repeats_every_line_and_only_numbers_of_that_line(client: str) -> None:
    offer = sdp.parse(corpus()[client])
    text = answer_to(offer)
    head, *sections = re.split(r"\r\n(?=m=)", text.rstrip("\r\n"))
    assert "a=ice-lite" in head
    assert f"a=group:BUNDLE {' '.join(line.mid for line in offer.lines)}" in head
    assert len(sections) == len(offer.lines)
    for line, section in zip(offer.lines, sections, strict=True):
        rows = section.split("\r\n")
        slot = line.use in (sdp.Use.AUDIO_SLOT, sdp.Use.VIDEO_SLOT)
        pairs = line.payload_types.values() if slot else [(line.pt, line.rtx_pt)]
        pts = [str(pt) for pair in pairs for pt in pair if pt >= 0]
        assert rows[0] == f"m={line.kind} 40000 UDP/TLS/RTP/SAVPF {' '.join(pts)}"
        assert f"a=mid:{line.mid}" in rows
        assert "a=setup:passive" in rows
        assert ("a=recvonly" if line.direction == "sendonly" else "a=sendonly") in rows
        for number, uri in re.findall(r"a=extmap:(\d+) (\S+)", section):
            assert line.extensions[uri] == int(number)
        if line.use is Use.VIDEO_SLOT:
            assert len(re.findall(r"a=ssrc:", section)) == 2
            assert "urn:ietf:params:rtp-hdrext:sdes:mid" not in section
    assert text.count("a=candidate:") == 2
    assert "a=candidate:1 1 udp 2130706431 192.0.2.2 40000 typ host" in text
    assert len(SessionDescription.parse(text).media) == len(offer.lines)


def test_rids_are_answered_in_the_order_of_the_offer() -> None:
    rids = "a=rid:h send\r\na=rid:m send\r\na=rid:l send\r\na=simulcast:send h;m;l"
    text = re.sub(r"(a=mid:1\r\n)", rf"\1{rids}\r\n", corpus()["chromium"], count=1)
    assert "a=rid:h recv\r\na=rid:m recv\r\na=rid:l recv\r\na=simulcast:recv h;m;l" in answer_to(sdp.parse(text))


def test_a_bundled_line_with_port_zero_is_not_rejected() -> None:
    text = corpus()["aiortc"]
    firefox = re.sub(r"m=video \d+ (.*)\r\n", r"m=video 0 \1\r\na=bundle-only\r\n", text)
    assert all(line.use is not Use.NONE for line in sdp.parse(firefox).lines)
    rejected = re.sub(r"m=video \d+ (.*)\r\n", r"m=video 0 \1\r\n", text)
    answer = answer_to(sdp.parse(rejected))
    assert answer.count("m=video 0 ") == rejected.count("m=video 0 ")


def test_a_line_without_vp8_or_opus_is_rejected_and_the_others_live() -> None:
    offer = sdp.parse(corpus()["aiortc"].replace("opus/48000", "speex/16000"))
    assert [line.rejected for line in offer.lines] == [line.kind == "audio" for line in offer.lines]


@pytest.mark.parametrize(
    ("broken", "pattern", "instead"),
    [
        ("no fingerprint", r"a=fingerprint.*\r\n", ""),
        ("no credentials", r"a=ice-pwd.*\r\n", ""),
        ("doubled mid", r"a=mid:\d+", "a=mid:7"),
        ("no mid", r"a=mid:.*\r\n", ""),
        ("broken line", r"m=video.*\r\n", "m=video\r\n"),
        ("too many lines", r"(?s)(m=.*)", r"\1" * 12),
        ("forged credentials", r"a=ice-ufrag:.*", "a=ice-ufrag:a b"),
        ("too large", r"(?s)$", "a" * 400_001),
    ],
)
def test_an_offer_we_cannot_answer_is_declined(broken: str, pattern: str, instead: str) -> None:
    with pytest.raises(sdp.BadOffer):
        sdp.parse(re.sub(pattern, instead, corpus()["aiortc"]))
