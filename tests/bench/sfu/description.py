"""The crowd's descriptions: an offer of what is sent and received, an answer that receives what a server offers."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.media import sdp
from server.media.sdp import AUDIO_LEVEL
from tests.bench.sfu.peer import FINGERPRINT, Peer
from tests.bench.sfu.picture import AUDIO_PT, LEVEL_EXTENSION, RTX_PT, VIDEO_PT


@dataclass(frozen=True, kw_only=True)
class Line:
    """One m-line of ours; `ssrc` where it sends."""

    kind: str
    direction: str
    ssrc: int = 0


def offer(peer: Peer, lines: Sequence[Line], *, setup: str, version: int = 1) -> str:
    mids = [str(place) for place in range(len(lines))]
    out = _head(mids, version)
    for mid, line in zip(mids, lines, strict=True):
        pts = str(AUDIO_PT) if line.kind == "audio" else f"{VIDEO_PT} {RTX_PT}"
        out += [f"m={line.kind} {peer.address[1]} UDP/TLS/RTP/SAVPF {pts}", *_end(peer, mid, setup)]
        out.append(f"a={line.direction}")
        if line.kind == "audio":
            out += [f"a=rtpmap:{AUDIO_PT} opus/48000/2", f"a=fmtp:{AUDIO_PT} minptime=10;useinbandfec=1"]
            out.append(f"a=extmap:{LEVEL_EXTENSION} {AUDIO_LEVEL}")
        else:
            out += _video(VIDEO_PT)
            out += [f"a=rtpmap:{RTX_PT} rtx/90000", f"a=fmtp:{RTX_PT} apt={VIDEO_PT}"]
        if line.ssrc:
            out += [f"a=msid:{peer.credentials.ufrag} {line.kind}{mid}", f"a=ssrc:{line.ssrc} cname:load"]
    return "\r\n".join(out) + "\r\n"


def answer(peer: Peer, offered: str, *, setup: str) -> str:
    """Receive everything that is offered in Opus and VP8."""
    theirs = sdp.parse(offered)
    out = _head([line.mid for line in theirs.lines if not line.rejected], 1)
    for line in theirs.lines:
        if line.rejected:
            out += [f"m={line.kind} 0 {line.protocol} {line.formats}", "c=IN IP4 0.0.0.0", f"a=mid:{line.mid}"]
            continue
        pts = f"{line.pt} {line.rtx_pt}" if line.rtx_pt >= 0 else str(line.pt)
        out += [f"m={line.kind} {peer.address[1]} {line.protocol} {pts}", *_end(peer, line.mid, setup)]
        out.append("a=recvonly")
        if line.kind == "audio":
            out.append(f"a=rtpmap:{line.pt} opus/48000/2")
        else:
            out += _video(line.pt)
            if line.rtx_pt >= 0:
                out += [f"a=rtpmap:{line.rtx_pt} rtx/90000", f"a=fmtp:{line.rtx_pt} apt={line.pt}"]
    return "\r\n".join(out) + "\r\n"


def _head(mids: Sequence[str], version: int) -> list[str]:
    return ["v=0", f"o=- 1 {version} IN IP4 127.0.0.1", "s=-", "t=0 0", f"a=group:BUNDLE {' '.join(mids)}"]


def _end(peer: Peer, mid: str, setup: str) -> list[str]:
    host, port = peer.address
    return [
        f"c=IN IP4 {host}",
        f"a=candidate:1 1 udp 2130706431 {host} {port} typ host",
        "a=end-of-candidates",
        f"a=ice-ufrag:{peer.credentials.ufrag}",
        f"a=ice-pwd:{peer.credentials.password}",
        f"a=fingerprint:sha-256 {FINGERPRINT}",
        f"a=setup:{setup}",
        f"a=mid:{mid}",
        "a=rtcp-mux",
    ]


def _video(pt: int) -> list[str]:
    return [f"a=rtpmap:{pt} VP8/90000"] + [
        f"a=rtcp-fb:{pt} {kind}" for kind in ("goog-remb", "ccm fir", "nack", "nack pli")
    ]
