"""The one offer we understand and the one answer we give (the template that browsers accepted). Pure text.

Send lines come in the order microphone, camera, screen; receive lines in the order audio slots, big, thumbs.
Nothing is negotiated twice: turning things on and off is rights and slots, never another description.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"

MAX_SIZE = 400_000
MAX_LINES = 64
MAX_RIDS = 3

_TOKEN = re.compile(r"[A-Za-z0-9_+/=.-]{1,256}")
_RTPMAP = re.compile(r"(\d{1,3}) ([A-Za-z0-9_.-]+)/(\d+)(?:/(\d+))?")


class BadOffer(ValueError):
    """The offer cannot be answered; the text says why, for a log."""


class Codec(StrEnum):
    """What is in the packets."""

    OPUS = "opus"
    VP8 = "vp8"
    H264 = "h264"


# Every browser decodes VP8 in software; H.264 is for clients that have nothing else.
_PREFERRED = {"audio": (Codec.OPUS,), "video": (Codec.VP8, Codec.H264)}
_NAMES = {Codec.OPUS: "opus/48000", Codec.VP8: "vp8/90000", Codec.H264: "h264/90000"}
# (Constrained) Baseline, any packetization of single units (RFC 6184, 8.1): what all WebRTC encoders have in common.
_H264_FORMAT = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id="
_BASELINE = re.compile(r"42(e0|c0|00)[0-9a-f]{2}")


class Use(StrEnum):
    """What an m-line is for."""

    MIC = "mic"
    CAMERA = "camera"
    SCREEN = "screen"
    AUDIO_SLOT = "audio"
    VIDEO_SLOT = "video"
    NONE = "none"


@dataclass(slots=True)
class Line:
    """One m-line of an offer."""

    kind: str
    mid: str = ""
    protocol: str = ""
    formats: str = ""
    rejected: bool = False
    direction: str = "sendrecv"
    codec: Codec = Codec.VP8
    pt: int = -1  # of `codec`
    rtx_pt: int = -1
    payload_types: dict[Codec, tuple[int, int]] = field(default_factory=dict)
    """Every codec we could use on this line: payload type, and that of its RTX or -1."""
    codecs: dict[int, str] = field(default_factory=dict)
    parameters: dict[int, dict[str, str]] = field(default_factory=dict)
    apt: dict[int, int] = field(default_factory=dict)
    extensions: dict[str, int] = field(default_factory=dict)
    rids: list[str] = field(default_factory=list)
    ssrc: int = 0
    rtx_ssrc: int = 0
    use: Use = Use.NONE

    def extension(self, uri: str) -> int:
        return self.extensions.get(uri, 0)


@dataclass(slots=True)
class Offer:
    """What the answer and the endpoint need to know."""

    lines: list[Line] = field(default_factory=list)
    ufrag: str = ""
    password: str = ""
    fingerprints: list[tuple[str, str]] = field(default_factory=list)
    mixed: bool = False

    def sending(self) -> list[Line]:
        return [line for line in self.lines if line.use in (Use.MIC, Use.CAMERA, Use.SCREEN)]

    def slots(self, use: Use) -> list[Line]:
        return [line for line in self.lines if line.use is use]


@dataclass(frozen=True, kw_only=True)
class Slot:
    """How a receive line is announced."""

    name: str
    ssrc: int
    rtx_ssrc: int


def parse(text: str) -> Offer:
    """Read an offer; raises BadOffer."""
    if len(text) > MAX_SIZE:
        raise BadOffer("too large")
    offer = Offer()
    line: Line | None = None
    for row in text.splitlines():
        if row.startswith("m="):
            line = _media(row)
            offer.lines.append(line)
            if len(offer.lines) > MAX_LINES:
                raise BadOffer("too many m-lines")
        elif row.startswith("a="):
            name, _, value = row[2:].partition(":")
            if line is None or name in ("ice-ufrag", "ice-pwd", "fingerprint", "extmap-allow-mixed"):
                _session(offer, name, value)
            else:
                _attribute(line, name, value)
    if not offer.lines:
        raise BadOffer("no m-line")
    if not offer.fingerprints or not offer.ufrag or not offer.password:
        raise BadOffer("no ICE credentials or fingerprint")
    mids = [each.mid for each in offer.lines]
    if len(set(mids)) != len(mids) or not all(_TOKEN.fullmatch(mid) for mid in mids):
        raise BadOffer("mids missing or doubled")
    for each in offer.lines:
        _choose_codec(each)
    _assign_uses(offer)
    return offer


def _media(row: str) -> Line:
    words = row[2:].split(" ", 3)
    if len(words) < 4 or not words[1].split("/")[0].isdigit():
        raise BadOffer("broken m-line")
    return Line(kind=words[0], protocol=words[2], formats=words[3], rejected=int(words[1].split("/")[0][:6]) == 0)


def _session(offer: Offer, name: str, value: str) -> None:
    if name == "ice-ufrag" and not offer.ufrag:
        offer.ufrag = _token(value)
    elif name == "ice-pwd" and not offer.password:
        offer.password = _token(value)
    elif name == "extmap-allow-mixed":
        offer.mixed = True
    elif name == "fingerprint":
        algorithm, _, digest = value.partition(" ")
        pair = (algorithm.lower(), digest.strip().upper())
        if pair not in offer.fingerprints:
            offer.fingerprints.append(pair)
        if len(offer.fingerprints) > 8:
            raise BadOffer("too many fingerprints")


def _attribute(line: Line, name: str, value: str) -> None:
    match name:
        case "mid":
            line.mid = value
        case "bundle-only":
            line.rejected = False  # Firefox writes port 0 there: bundled, not rejected
        case "sendonly" | "recvonly" | "inactive" | "sendrecv":
            line.direction = name
        case "rtpmap":
            if found := _RTPMAP.fullmatch(value):
                line.codecs[int(found[1])] = f"{found[2].lower()}/{found[3]}"
        case "fmtp":
            pt, _, rest = value.partition(" ")
            if pt.isdigit() and len(pt) <= 3:
                words = rest.lower().replace(" ", "").split(";")
                line.parameters[int(pt)] = dict(word.partition("=")[::2] for word in words[:32])
                if rest.startswith("apt=") and rest[4:].isdigit():
                    line.apt[int(pt)] = int(rest[4:7])
        case "extmap":
            number, _, uri = value.partition(" ")
            number = number.split("/")[0]  # Firefox writes extmap:9/sendonly
            if number.isdigit() and 0 < int(number[:5]) < 256:
                line.extensions[uri.split(" ")[0]] = int(number[:5])
        case "rid":
            rid, _, rest = value.partition(" ")
            if rest.startswith("send") and _TOKEN.fullmatch(rid) and len(line.rids) < MAX_RIDS:
                line.rids.append(rid)
        case "ssrc-group":
            words = value.split(" ")
            if words[0] == "FID" and len(words) == 3 and line.rtx_ssrc == 0:
                line.ssrc, line.rtx_ssrc = _number(words[1]), _number(words[2])
        case "ssrc":
            if line.ssrc == 0:
                line.ssrc = _number(value.split(" ")[0])
        case _:
            pass


def _choose_codec(line: Line) -> None:
    for codec in _PREFERRED.get(line.kind, ()):
        pt = next((pt for pt in line.codecs if pt < 128 and _is(line, pt, codec)), -1)
        if pt >= 0:
            repeats = (rtx for rtx, name in line.codecs.items() if name == "rtx/90000" and line.apt.get(rtx) == pt)
            line.payload_types[codec] = pt, next((rtx for rtx in repeats if rtx < 128), -1)
    if not line.payload_types or "RTP/SAVPF" not in line.protocol:
        line.rejected = True
        return
    line.codec, (line.pt, line.rtx_pt) = next(iter(line.payload_types.items()))


def _is(line: Line, pt: int, codec: Codec) -> bool:
    if line.codecs[pt] != _NAMES[codec]:
        return False
    if codec is not Codec.H264:
        return True
    words = line.parameters.get(pt, {})
    return words.get("packetization-mode") == "1" and bool(_BASELINE.fullmatch(words.get("profile-level-id", "")))


def _assign_uses(offer: Offer) -> None:
    free = {"audio": [Use.MIC], "video": [Use.CAMERA, Use.SCREEN]}
    for line in offer.lines:
        if line.rejected or line.direction == "inactive":
            continue
        if line.direction == "recvonly":
            line.use = Use.AUDIO_SLOT if line.kind == "audio" else Use.VIDEO_SLOT
        elif free[line.kind]:
            line.use = free[line.kind].pop(0)


def _token(value: str) -> str:
    if not _TOKEN.fullmatch(value):
        raise BadOffer("broken ICE credentials")
    return value


def _number(word: str) -> int:
    return int(word) if word.isdigit() and len(word) <= 10 and int(word) < 2**32 else 0


def answer(
    offer: Offer,
    *,
    version: int,
    hosts: Sequence[str],
    port: int,
    ufrag: str,
    password: str,
    fingerprint: str,
    slots: dict[str, Slot],
) -> str:
    """Answer `offer`; `slots` says for each mid of a receive line how it is announced."""
    bundled = " ".join(line.mid for line in offer.lines if not line.rejected)
    out = ["v=0", f"o=- 1 {version} IN IP4 127.0.0.1", "s=-", "t=0 0", "a=ice-lite"]
    if offer.mixed:
        out.append("a=extmap-allow-mixed")
    out += [f"a=group:BUNDLE {bundled}", "a=msid-semantic: WMS *"]
    first = True
    for line in offer.lines:
        if line.rejected:
            out += [f"m={line.kind} 0 {line.protocol} {line.formats}", "c=IN IP4 0.0.0.0", f"a=mid:{line.mid}"]
            out.append("a=inactive")
            continue
        used = _used(line)
        pts = " ".join(str(pt) for pair in used.values() for pt in pair if pt >= 0)
        out += [f"m={line.kind} {port} {line.protocol} {pts}", _connection(hosts[0])]
        if first:
            out += [_candidate(place, host, port) for place, host in enumerate(hosts)]
            out.append("a=end-of-candidates")
            first = False
        out += [f"a=ice-ufrag:{ufrag}", f"a=ice-pwd:{password}", f"a=fingerprint:sha-256 {fingerprint}"]
        out += ["a=setup:passive", f"a=mid:{line.mid}", "a=rtcp-mux", "a=rtcp-rsize"]
        for codec, (pt, rtx_pt) in used.items():
            out += _codec(line, codec, pt, rtx_pt)
        slot = slots.get(line.mid)
        if line.use in (Use.AUDIO_SLOT, Use.VIDEO_SLOT) and slot is not None:
            out += _receiving(line, slot)
        elif line.use is Use.NONE:
            out.append("a=inactive")
        else:
            out += _sending(line)
    return "\r\n".join(out) + "\r\n"


def _connection(host: str) -> str:
    return f"c=IN IP{'6' if ':' in host else '4'} {host}"


def _candidate(place: int, host: str, port: int) -> str:
    priority = (126 << 24) | ((65535 - place) << 8) | 255
    return f"a=candidate:{place + 1} 1 udp {priority} {host} {port} typ host"


def _used(line: Line) -> dict[Codec, tuple[int, int]]:
    """A slot shows whatever the publisher sends; a line that sends keeps to one codec."""
    if line.use in (Use.AUDIO_SLOT, Use.VIDEO_SLOT):
        return line.payload_types
    return {line.codec: (line.pt, line.rtx_pt)}


def _codec(line: Line, codec: Codec, pt: int, rtx_pt: int) -> list[str]:
    if codec is Codec.OPUS:
        # FEC repairs single losses on the way up; in silence a microphone sends almost nothing (RFC 7587, 7).
        return [
            f"a=rtpmap:{pt} opus/48000/2",
            f"a=rtcp-fb:{pt} nack",
            f"a=fmtp:{pt} minptime=10;useinbandfec=1;usedtx=1",
        ]
    out = [f"a=rtpmap:{pt} {'VP8' if codec is Codec.VP8 else 'H264'}/90000"]
    out += [f"a=rtcp-fb:{pt} {kind}" for kind in ("goog-remb", "ccm fir", "nack", "nack pli")]
    if codec is Codec.H264:
        out.append(f"a=fmtp:{pt} {_H264_FORMAT}{line.parameters[pt]['profile-level-id']}")
    if rtx_pt >= 0:
        out += [f"a=rtpmap:{rtx_pt} rtx/90000", f"a=fmtp:{rtx_pt} apt={pt}"]
    return out


def _extensions(line: Line, uris: tuple[str, ...]) -> list[str]:
    return [f"a=extmap:{line.extensions[uri]} {uri}" for uri in uris if uri in line.extensions]


def _sending(line: Line) -> list[str]:
    out = _extensions(line, (MID, RID, REPAIRED_RID, SEND_TIME, AUDIO_LEVEL))
    out.append("a=recvonly")
    if line.rids:
        out += [f"a=rid:{rid} recv" for rid in line.rids]
        out.append("a=simulcast:recv " + ";".join(line.rids))
    return out


def _receiving(line: Line, slot: Slot) -> list[str]:
    # An msid of its own for each slot: browsers must not lip-sync a voice with another person's picture.
    out = [*_extensions(line, (SEND_TIME,)), "a=sendonly", f"a=msid:{slot.name} {slot.name}"]
    if line.rtx_pt >= 0:
        out.append(f"a=ssrc-group:FID {slot.ssrc} {slot.rtx_ssrc}")
    out.append(f"a=ssrc:{slot.ssrc} cname:sfu")
    if line.rtx_pt >= 0:
        out.append(f"a=ssrc:{slot.rtx_ssrc} cname:sfu")
    return out
