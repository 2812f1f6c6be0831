"""A square canvas that is drawn in curves and read as an array: every picture in any size, with smooth edges.

Pictures are drawn several times too large and averaged, so that an edge has the same grey whatever draws it.
Coordinates run from 0 to 1, x to the right and y downwards.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import cairo
import numpy as np

from tapehead.analysis.errors import UsageError

Colour = tuple[float, float, float]
Point = tuple[float, float]
LEAST_SIDE, MOST_SIDE = 8, 2048


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """``share`` of the way from one colour to another."""
    r, g, b = (a + share * (c - a) for a, c in zip(one, other, strict=True))
    return r, g, b


def shaded(colour: Colour, factor: float) -> Colour:
    """A colour made darker (below 1) or lighter, kept inside 0 to 1."""
    r, g, b = (min(max(factor * part, 0.0), 1.0) for part in colour)
    return r, g, b


class Canvas:
    """Draws into a square of ``side`` pixels; ``over`` lines and columns are drawn for each.

    Raises:
        UsageError: a side that is no picture, or one too large.
    """

    def __init__(self, side: int, ground: Colour, over: int = 4) -> None:
        if not LEAST_SIDE <= side <= MOST_SIDE or not 1 <= over <= 16:
            raise UsageError(
                f"a picture has between {LEAST_SIDE} and {MOST_SIDE} pixels on a side, drawn 1 to 16 times too large; "
                f"asked for {side}, {over} times"
            )
        self.side, self.over = side, over
        self._surface = cairo.ImageSurface(cairo.FORMAT_RGB24, side * over, side * over)
        self.pen = cairo.Context(self._surface)
        self.pen.scale(side * over, side * over)
        self.pen.set_line_cap(cairo.LINE_CAP_ROUND)
        self.pen.set_line_join(cairo.LINE_JOIN_ROUND)
        self.pen.set_source_rgb(*ground)
        self.pen.paint()

    def place(self, x: float, y: float, size: float, turn: float = 0.0, flip: bool = False) -> None:
        """From now on 0 is at (x, y) and a unit has ``size``; ``turn`` in radians, ``flip`` left to right."""
        self.pen.translate(x, y)
        self.pen.rotate(turn)
        self.pen.scale(-size if flip else size, size)

    def where(self, x: float, y: float) -> Point:
        """Where a placed point lies in the picture, 0 to 1."""
        across, down = self.pen.user_to_device(x, y)
        return across / (self.side * self.over), down / (self.side * self.over)

    def path(self, points: Sequence[Point], closed: bool = True) -> None:
        """A smooth curve through points (Catmull and Rom's spline), not yet drawn."""
        count = len(points)
        spans = count if closed else count - 1

        def at(n: int) -> np.ndarray:
            return np.array(points[n % count] if closed else points[min(max(n, 0), count - 1)])

        self.pen.new_path()
        self.pen.move_to(*points[0])
        for n in range(spans):
            before, start, end, after = (at(n + k) for k in (-1, 0, 1, 2))
            one, other = start + (end - before) / 6, end - (after - start) / 6
            self.pen.curve_to(*one, *other, *end)
        if closed:
            self.pen.close_path()

    def ellipse(self, x: float, y: float, across: float, down: float, turn: float = 0.0) -> None:
        """An ellipse by its middle and half its width and height, not yet drawn."""
        self.pen.save()
        self.pen.translate(x, y)
        self.pen.rotate(turn)
        self.pen.scale(across, down)
        self.pen.new_path()
        self.pen.arc(0, 0, 1, 0, 2 * math.pi)
        self.pen.restore()

    def box(self, left: float, top: float, right: float, bottom: float, round_by: float = 0.0) -> None:
        """A rectangle with round corners, not yet drawn."""
        r = min(round_by, (right - left) / 2, (bottom - top) / 2)
        self.pen.new_path()
        if r <= 0:
            self.pen.rectangle(left, top, right - left, bottom - top)
            return
        for x, y, start in ((right - r, top + r, -0.5), (right - r, bottom - r, 0), (left + r, bottom - r, 0.5)):
            self.pen.arc(x, y, r, start * math.pi, (start + 0.5) * math.pi)
        self.pen.arc(left + r, top + r, r, math.pi, 1.5 * math.pi)
        self.pen.close_path()

    def polygon(self, points: Sequence[Point]) -> None:
        """Straight lines from point to point and back, not yet drawn."""
        self.pen.new_path()
        for point in points:
            self.pen.line_to(*point)
        self.pen.close_path()

    def fill(self, colour: Colour, opacity: float = 1.0) -> None:
        """Fill the path and forget it."""
        self.pen.set_source_rgba(*colour, opacity)
        self.pen.fill()

    def edged(self, colour: Colour, edge: Colour, width: float) -> None:
        """Fill the path and draw its edge."""
        self.pen.set_source_rgb(*colour)
        self.pen.fill_preserve()
        self.stroke(edge, width)

    def stroke(self, colour: Colour, width: float) -> None:
        """Draw along the path and forget it."""
        self.pen.set_source_rgb(*colour)
        self.pen.set_line_width(width)
        self.pen.stroke()

    def picture(self) -> np.ndarray:
        """What was drawn: (row, column, colour), 0 to 1."""
        self._surface.flush()
        wide = self.side * self.over
        raw = np.ndarray((wide, wide, 4), np.uint8, self._surface.get_data())[..., 2::-1]
        blocks = raw.reshape(self.side, self.over, self.side, self.over, 3)
        return np.asarray(blocks.mean(axis=(1, 3)) / 255)


def grey(picture: np.ndarray) -> np.ndarray:
    """Brightness of (…, colour) by the weights of Rec. 601: (…)."""
    return np.asarray(picture @ np.array([0.299, 0.587, 0.114]))
