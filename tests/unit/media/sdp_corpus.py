"""Offers as real clients wrote them, recorded from the engine (browsers) and from aiortc."""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "corpus" / "sdp"


@cache
def corpus() -> dict[str, str]:
    """By client, with the line ends of SDP."""
    return {
        path.name.removesuffix(".offer.sdp"): path.read_text().replace("\n", "\r\n")
        for path in sorted(FOLDER.glob("*.offer.sdp"))
    }
