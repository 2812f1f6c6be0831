"""A lower third: two short lines over the stage, at the left above the badge, where and while nothing else is there.

Where that is, is looked for in the drawn pictures: the first stretch that is long enough and shows nothing but ground.
Without one it is left out, rather than laid over something.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapehead.render.framing.lettering import Pen, pixels, quoted, typeset
from tapehead.render.framing.rooms import Box
from tapehead.scenes.stage.palette import rgb

EARLIEST_S, LATEST_S = 0.8, 40.0
"""When in the scene it may begin; later than the last nobody looks for it."""
FADE_S = 0.3
_NEAR = 3
"""Levels by which ground may differ from ground."""
_LEFT, _BOTTOM, _WIDTH, _HEIGHT = 0.035, 0.11, 0.4, 0.13

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]
_BLACK = (0, 0, 0)
"""Manim's own ground, on which plain scenes stand where a channel has none."""
_NEARLY_BLACK = 16
"""Levels up to which nobody sees a plate on black."""


def grounds_of(pen: Pen) -> list[Colour]:
    """On what it can stand: on the stage's ground, and on black where that looks the same."""
    red, green, blue = (round(255 * part) for part in rgb(pen.ground))
    return [(red, green, blue), *([_BLACK] if max(red, green, blue) <= _NEARLY_BLACK else [])]


@dataclass(frozen=True)
class Third:
    """What it says and for how long."""

    text: str
    line: str
    seconds: float


def box_of(width: int, height: int) -> Box:
    """Where it stands on a stage of this size."""
    high = round(height * _HEIGHT)
    return Box(round(width * _LEFT), height - round(height * _BOTTOM) - high, round(width * _WIDTH), high)


def free_from(
    frames: Iterable[tuple[Picture, int]], box: Box, grounds: Sequence[Colour], earliest: int, length: int
) -> int | None:
    """The first frame from which on a box shows nothing but a ground for so many frames; ``None`` if there is none.

    Args:
        frames: uint8 ``(height, width, 3)`` with how many frames each is shown, from frame 0 on.
        box: in pixels.
        grounds: the colours that count as one, 0..255.
        earliest: the first frame that counts.
        length: in frames.
    """
    at, start = 0, -1
    for frame, repeat in frames:
        part = frame[box.top : box.top + box.height, box.left : box.left + box.width].astype(np.int16)
        if min(np.abs(part - np.array(ground, np.int16)).max() for ground in grounds) > _NEAR:
            start = -1
        elif at + repeat > earliest:
            start = max(at, earliest) if start < 0 else start
            if at + repeat - start >= length:
                return start
        at += repeat
    return None


def picture_of(third: Third, pen: Pen, width: int, height: int) -> Picture:
    """It, set: a bar of the brand's colour, the text, and the line below."""
    size = height * 0.36
    while True:
        pages = typeset(pen, width, height, _body(third, pen, height, size), size, "left + horizon")
        if len(pages) == 1 or size < height * 0.1:
            return pixels(pages[0])
        size *= 0.9


def _body(third: Third, pen: Pen, height: int, size: float) -> str:
    below = f'#text(size: {size * 0.72:.2f}pt, fill: rgb("{pen.soft}"), {quoted(third.line)})'
    return (
        f'#box(width: 100%, height: 100%, stroke: (left: {max(2.0, height * 0.05):.2f}pt + rgb("{pen.highlight}")), '
        f"inset: (left: {size * 0.5:.2f}pt))[#set align(left + horizon)\n"
        f'#text(weight: "bold", {quoted(third.text)})' + (f" \\\n{below}" if third.line else "") + "]"
    )


def strength(index: int, span: tuple[int, int], fade: int) -> float:
    """How much of it there is at a frame, 0 to 1; it comes and goes within ``fade`` frames."""
    first, last = span
    if not first <= index < last:
        return 0.0
    return min(1.0, (index - first + 1) / max(1, fade), (last - index) / max(1, fade))
