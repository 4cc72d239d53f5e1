"""A voice for microphones that are none: syllables without a pause, so that every lost packet would be heard."""

import math
import wave
from array import array
from pathlib import Path

RATE = 48_000
SECONDS = 8


def write_voice(path: Path) -> Path:
    """A gliding tone with overtones, four syllables a second. It begins and ends alike, for it is played in a ring."""
    samples = array("h")
    turn = 0.0
    for at in range(RATE * SECONDS):
        second = at / RATE
        turn += 2 * math.pi * (150 + 40 * math.sin(2 * math.pi * second * 0.75)) / RATE
        loudness = 0.55 + 0.45 * math.sin(2 * math.pi * second * 4)
        tone = sum(math.sin(turn * overtone) / overtone for overtone in (1, 2, 3, 5, 8))
        samples.append(round(9000 * loudness * tone))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return path
