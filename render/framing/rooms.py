"""Which part of a film's picture is the stage's, and which is left for a title and for captions.

A stage scene is composed for 16:9 unless its declaration says ``shapes=("9:16", …)``.  A film of another shape gives
each scene the largest rectangle of one of its shapes that the room holds; nothing of a scene is cut off or stretched.
Captions have a band of their own: the stage makes room for them, so they never stand over anything.

In an upright picture the top and the bottom stay free as well: that is where players put their own buttons and names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

STAGE = Fraction(16, 9)
"""What a scene is composed for that declares nothing else."""
_SAME = 0.01
"""Ratios that differ by less are one: 854x480 is no whole 16:9."""
_LINES, _WORDS = 0.15, 0.15
"""Shares of the picture's height for two lines of captions, and for the large words of an upright cut."""
_UNDER = 0.02
"""Share of the height that is free below captions at the least."""


@dataclass(frozen=True)
class Box:
    """A rectangle of a picture, in pixels from its top left corner."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Margins:
    """Shares of the picture's height that stay free, and that a title has."""

    top: float
    bottom: float
    title: float


UPRIGHT, SQUARE, WIDE = Margins(0.08, 0.18, 0.12), Margins(0.03, 0.03, 0.14), Margins(0.0, 0.0, 0.0)
_UPRIGHT_BELOW, _WIDE_FROM = 0.8, 1.2


@dataclass(frozen=True)
class Rooms:
    """The rooms of a picture; ``stage`` has even sides, since it is drawn as a picture of its own."""

    stage: Box
    title: Box | None
    captions: Box | None


def ratio_of(shape: str) -> Fraction:
    """``9:16`` as a number; :class:`~tapehead.scenes.episode.SceneRef` has checked it."""
    wide, _, high = shape.partition(":")
    return Fraction(int(wide), int(high))


def margins_of(width: int, height: int) -> Margins:
    """What stays free in a picture of this shape."""
    ratio = width / height
    return UPRIGHT if ratio < _UPRIGHT_BELOW else SQUARE if ratio < _WIDE_FROM else WIDE


def fills(width: int, height: int, shapes: Iterable[str]) -> bool:
    """Whether a scene of these shapes has the whole picture as its stage."""
    return any(abs(width / height / float(ratio) - 1) < _SAME for ratio in (STAGE, *map(ratio_of, shapes)))


def rooms(width: int, height: int, shapes: Iterable[str] = (), *, captions: str = "", title: bool = True) -> Rooms:
    """Divide a picture.

    Args:
        width: of the picture, in pixels.
        height: likewise.
        shapes: what the scene can be besides 16:9.
        captions: ``lines`` or ``words``, or empty for none.
        title: whether there is one to be shown.  Wide pictures have no room for it.
    """
    shapes = tuple(shapes)
    if not captions and fills(width, height, shapes):
        return Rooms(Box(0, 0, width, height), None, None)
    margins = margins_of(width, height)
    band = round(height * {"": 0.0, "lines": _LINES, "words": _WORDS}[captions])
    head = round(height * margins.title) if title else 0
    lowest = max(margins.bottom, _UNDER if captions else 0.0)
    top, bottom = round(height * margins.top), round(height * (1 - lowest))
    room = Box(0, top + head, width, bottom - band - top - head)
    wide, high = max(
        (_fitted(room, ratio) for ratio in (STAGE, *map(ratio_of, shapes))), key=lambda size: size[0] * size[1]
    )
    # In an upright picture title, stage and words are one group; what is left over lies above and below it.
    free = room.height - high
    at = room.top + (free // 2 if margins is not WIDE or not captions else 0)
    stage = Box((width - wide) // 2, at, wide, high)
    side = round(width * 0.06)
    inner = width - 2 * side
    heading = Box(side, max(top, at - head - free // 4), inner, head) if head else None
    below = Box(side, min(bottom - band, at + high + free // 4), inner, band) if band else None
    return Rooms(stage, heading, below)


def _fitted(room: Box, ratio: Fraction) -> tuple[int, int]:
    """The largest even size of a ratio in a room."""
    width = min(float(room.width), room.height * float(ratio))
    height = min(float(room.height), room.width / float(ratio))
    return max(2, 2 * round(width / 2 - 0.25)), max(2, 2 * round(height / 2 - 0.25))
