"""Who is loud: smoothed levels per endpoint, the ones worth forwarding, and the ones who speak.

Pure: levels and times in, names out. Levels are those of RFC 6464: 0 is loudest, 127 is silence.
"""

from dataclasses import dataclass

SILENCE = 127
# A challenger must be this much louder than the quietest chosen one, or slots would flutter between two voices.
ADVANTAGE_DB = 8.0
SPEAKING_DB = 72.0  # 127 - 72 = -55 dBov
HOLD_S = 0.8


@dataclass(slots=True)
class _Voice:
    loud: float = 0.0
    at: float = 0.0
    spoke_at: float = -1e9


class Loudness:
    """Levels of all endpoints of one room."""

    def __init__(self) -> None:
        self._voices: dict[str, _Voice] = {}
        self._chosen: list[str] = []

    def heard(self, endpoint: str, level: int, now: float) -> None:
        """One audio packet: fast up, slow down, as an ear does it."""
        voice = self._voices.get(endpoint)
        if voice is None:
            voice = self._voices[endpoint] = _Voice()
        loud = float(SILENCE - level)
        voice.loud += (loud - voice.loud) * (0.35 if loud > voice.loud else 0.06)
        voice.at = now
        if voice.loud >= SPEAKING_DB:
            voice.spoke_at = now

    def forget(self, endpoint: str) -> None:
        self._voices.pop(endpoint, None)

    def speaking(self, now: float) -> list[str]:
        """Who speaks now, with a little hold so that a pause for breath does not count."""
        return sorted(name for name, voice in self._voices.items() if now - voice.spoke_at < HOLD_S)

    def choose(self, candidates: list[str], size: int, now: float) -> list[str]:
        """The `size` loudest of `candidates`; those chosen before stay until somebody is clearly louder."""
        if len(candidates) <= size:
            self._chosen = list(candidates)
            return self._chosen
        scores = {name: self._score(name, now) for name in candidates}
        for name in self._chosen:
            if name in scores:
                scores[name] += ADVANTAGE_DB
        order = {name: place for place, name in enumerate(candidates)}
        self._chosen = sorted(candidates, key=lambda name: (-scores[name], order[name]))[:size]
        return self._chosen

    def _score(self, endpoint: str, now: float) -> float:
        voice = self._voices.get(endpoint)
        if voice is None:
            return 0.0
        # A muted device sends nothing: its last loud word must not hold a slot.
        return voice.loud * max(0.0, 1.0 - (now - voice.at) / 2.0)
