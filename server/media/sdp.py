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
    pt: int = -1  # opus or VP8
    rtx_pt: int = -1
    codecs: dict[int, str] = field(default_factory=dict)
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
            if pt.isdigit() and rest.startswith("apt=") and rest[4:].isdigit():
                line.apt[int(pt[:3])] = int(rest[4:7])
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
    wanted = "opus/48000" if line.kind == "audio" else "vp8/90000"
    line.pt = next((pt for pt, codec in line.codecs.items() if codec == wanted and pt < 128), -1)
    rtx = (pt for pt, codec in line.codecs.items() if codec == "rtx/90000" and line.apt.get(pt) == line.pt and pt < 128)
    line.rtx_pt = next(rtx, -1) if line.kind == "video" else -1
    if line.kind not in ("audio", "video") or line.pt < 0 or "RTP/SAVPF" not in line.protocol:
        line.rejected = True


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
        pts = f"{line.pt} {line.rtx_pt}" if line.rtx_pt >= 0 else str(line.pt)
        out += [f"m={line.kind} {port} {line.protocol} {pts}", _connection(hosts[0])]
        if first:
            out += [_candidate(place, host, port) for place, host in enumerate(hosts)]
            out.append("a=end-of-candidates")
            first = False
        out += [f"a=ice-ufrag:{ufrag}", f"a=ice-pwd:{password}", f"a=fingerprint:sha-256 {fingerprint}"]
        out += ["a=setup:passive", f"a=mid:{line.mid}", "a=rtcp-mux", "a=rtcp-rsize"]
        out += _codecs(line)
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


def _codecs(line: Line) -> list[str]:
    if line.kind == "audio":
        return [f"a=rtpmap:{line.pt} opus/48000/2", f"a=fmtp:{line.pt} minptime=10;useinbandfec=1"]
    out = [f"a=rtpmap:{line.pt} VP8/90000"]
    out += [f"a=rtcp-fb:{line.pt} {kind}" for kind in ("goog-remb", "ccm fir", "nack", "nack pli")]
    if line.rtx_pt >= 0:
        out += [f"a=rtpmap:{line.rtx_pt} rtx/90000", f"a=fmtp:{line.rtx_pt} apt={line.pt}"]
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
