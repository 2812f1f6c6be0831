"""What has to be painted again: the rows of those objects that changed from one frame to the next.

Manim paints all objects anew for each frame, from the first one on that moves.  Most of them are what and where they
were.  An object is therefore noted with all that its pixels depend on; the rows where a note differs from the one
before, and where the object stood before, are painted anew, and nothing else.  Rows and never columns: a shape that is
cut off above and below is the same shape in between, to the bit, while Cairo rounds where it is cut off at a side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapehead.render.drawing.master import STRIPE

Stripes = NDArray[np.bool_]
Rows = tuple[int, int]

_MITER = 10.0
"""How far Cairo lets a corner stand out at most, in half line widths (its miter limit)."""
_PASSES = 4
"""Stretches of rows that are painted by themselves at most; each asks Cairo for its objects again."""


@dataclass(frozen=True, slots=True)
class Note:
    """An object as it was painted."""

    mobject: Any
    look: tuple[Any, ...] | None
    """All that its pixels depend on but for its outline; ``None``: never taken for the same."""
    outline: Any
    """Its path or corners: the same array as long as it stands."""
    rows: Rows
    """From the first row it may touch up to the last, not included; empty if it cannot be seen."""

    def same(self, other: Note) -> bool:
        """Whether it paints the same pixels."""
        return (
            self.mobject is other.mobject
            and self.outline is other.outline
            and self.rows == other.rows
            and self.look is not None
            and self.look == other.look
        )


def rows_of(heights: NDArray[Any], margin: float, height: int) -> Rows:
    """The rows of a picture ``height`` pixels high between the least and the largest of ``heights``, and a margin.

    Whole stripes of :data:`~tapehead.render.drawing.master.STRIPE` rows; all in pixels from the top.
    """
    low, high = float(heights.min()) - margin, float(heights.max()) + margin
    if not low <= high:
        return 0, 0  # not a number
    first = max(0, int(max(low, 0.0)) // STRIPE * STRIPE)
    last = min(height, (int(min(max(high, -STRIPE), height)) // STRIPE + 1) * STRIPE)
    return (first, last) if first < last else (0, 0)


def line_margin(width: float) -> float:
    """How far a line of a width, in pixels, can reach beyond its points, with what is left of the pixel it ends in."""
    return (_MITER * width / 2 if width else 0.0) + 2


def stale(before: Sequence[Note], now: Sequence[Note], height: int) -> Stripes:
    """The stripes in which a picture of objects ``now`` may differ from one of objects ``before``.

    Objects that come, go or change their places in the order count as changed.
    """
    found = np.zeros(-(-height // STRIPE), bool)
    least = min(len(before), len(now))
    head = 0
    while head < least and before[head].mobject is now[head].mobject:
        head += 1
    tail = 0
    while tail < least - head and before[-1 - tail].mobject is now[-1 - tail].mobject:
        tail += 1
    pairs = [*zip(before[:head], now[:head], strict=True)]
    if tail:
        pairs += zip(before[-tail:], now[-tail:], strict=True)
    changed = [each for pair in pairs if not pair[0].same(pair[1]) for each in pair]
    for note in (*changed, *before[head : len(before) - tail], *now[head : len(now) - tail]):
        first, last = note.rows
        found[first // STRIPE : -(-last // STRIPE)] = True
    return found


def stretches(stripes: Stripes, height: int) -> list[Rows]:
    """The rows of what is marked, in a few stretches at most: the narrowest gaps are painted over."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], stripes, [False]]).astype(np.int8)))
    found = [(int(a) * STRIPE, min(int(b) * STRIPE, height)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    while len(found) > _PASSES:
        at = min(range(len(found) - 1), key=lambda k: found[k + 1][0] - found[k][1])
        found[at : at + 2] = [(found[at][0], found[at + 1][1])]
    return found


def within(note: Note, rows: Rows) -> bool:
    """Whether an object may touch these rows."""
    return note.rows[0] < rows[1] and rows[0] < note.rows[1]
