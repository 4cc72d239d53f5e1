"""Who is in which slot of a viewer. Pure: the stage, the loud ones and what was there before in, names out.

An endpoint that stays on the page stays in its slot, because every change costs a key frame.
Nobody ever receives own sound or own picture.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What is true for the whole room."""

    big: str | None
    order: tuple[str, ...]
    loud: tuple[str, ...]
    cameras: frozenset[str]  # endpoints whose camera has a right and moves
    screens: frozenset[str]
    present: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """What one viewer receives: endpoint or nothing for each slot."""

    audio: tuple[str | None, ...] = ()
    big: str | None = None
    screen: bool = False
    thumbs: tuple[str | None, ...] = field(default=())
    pages: int = 1

    def words(self) -> dict[str, str | bool | None]:
        """As told to the page: a0.., big, screen (big carries the screen, not the camera), t0.. ."""
        out: dict[str, str | bool | None] = {f"a{i}": name for i, name in enumerate(self.audio)}
        out["big"] = self.big
        out["screen"] = self.screen
        out.update({f"t{i}": name for i, name in enumerate(self.thumbs)})
        return out


def assign(
    viewer: str, scene: Scene, before: Assignment, *, audio: int, big: bool, thumbs: int, page: int = 0
) -> Assignment:
    """Fill a viewer's slots: `audio` many, the big one if there is one, `thumbs` many of a page of small pictures."""
    chosen = _big(viewer, scene) if big else None
    screen = chosen is not None and chosen in scene.screens
    shown = chosen if not screen else None
    faces = [name for name in scene.order if name in scene.cameras and name not in (viewer, shown)]
    voices = [name for name in scene.loud if name != viewer]
    pages = max(1, -(-len(faces) // thumbs)) if thumbs else 1
    first = min(page, pages - 1) * thumbs
    return Assignment(
        audio=_keep_places(before.audio, voices, audio),
        big=chosen,
        screen=screen,
        thumbs=_keep_places(before.thumbs, faces[first:], thumbs),
        pages=pages,
    )


def _big(viewer: str, scene: Scene) -> str | None:
    if scene.big is not None and scene.big != viewer:
        return scene.big if scene.big in scene.present else None
    if scene.big is None:
        # Everybody alike; but a screen that is shared is to be read.
        return next((name for name in sorted(scene.screens) if name != viewer), None)
    others = [name for name in scene.order if name != viewer and name in scene.present]
    return next((name for name in others if name in scene.cameras), others[0] if others else None)


def _keep_places(before: tuple[str | None, ...], names: list[str], size: int) -> tuple[str | None, ...]:
    names = names[:size]
    out: list[str | None] = [None] * size
    for place, name in enumerate(before[:size]):
        if name in names and name not in out:
            out[place] = name
    waiting = [name for name in names if name not in out]
    for place in range(size):
        if out[place] is None and waiting:
            out[place] = waiting.pop(0)
    return tuple(out)
