"""Rulers: a number line with a unit of its own, the bars that are laid along it, and values at the end of bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from manim import DOWN, LEFT, ORIGIN, RIGHT, UP, Arrow, Line, Rectangle, VGroup

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Reading
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Words
from tapehead.scenes.stage.palette import GROUND, INK, SOFT
from tapehead.scenes.stage.planes import arrow

BAR = 0.3
"""How thick a bar is drawn."""
CLEAR = 0.07
"""Between a ruler and a bar that lies beside it."""


@dataclass(frozen=True)
class RulerLook:
    """How a ruler is drawn: how far its ticks reach on either side, and how large it is lettered.

    ``ticks`` is the colour of the ticks (empty: the ruler's own); ``gap`` is that between the line and the numbers.
    An ``italic`` title stands over the end of the line; a plain one beyond it.
    """

    line: float = 5
    above: float = 0.13
    below: float = 0.13
    stroke: float = 3
    ticks: str = INK
    size: float = SMALL
    colour: str = SOFT
    gap: float = 0.24
    title: float = SMALL
    italic: bool = False


SLIM = RulerLook()
"""Beside a plane: small numbers, upright title."""
BROAD = RulerLook(line=6, below=0.42, stroke=4, size=HEADING, colour=INK, gap=0.67, title=BODY, italic=True)
"""As a subject of its own: large numbers under long ticks."""
BARE = RulerLook(line=6, stroke=4, ticks="", title=HEADING, italic=True)
"""Ticks alone, in the ruler's colour; numbers are put where they are needed."""


class Ruler(VGroup):
    """A line with a title and ticks at the whole numbers from ``low`` to ``high``, horizontal or upright.

    ``zero`` is the place of zero, ``unit`` frame units per one.  ``numbers`` maps ticks to the readings that stand at
    them; a ruler without numbers has an empty part ``numbers``.  ``reach`` is how far the line goes on beyond its
    ticks, before the first and after the last.  Parts: ``line``, ``ticks``, ``numbers``, ``title``.
    """

    def __init__(
        self,
        title: str,
        colour: str,
        zero: np.ndarray,
        unit: float,
        ticks: tuple[int, int],
        numbers: Mapping[int, Reading] | None = None,
        *,
        upright: bool = False,
        reach: tuple[float, float] = (0.2, 0.3),
        look: RulerLook = SLIM,
    ) -> None:
        low, high = ticks
        if unit <= 0 or low > high:
            raise EpisodeError(f"a ruler needs a positive unit and rising ticks; got {unit:g} and {low} to {high}")
        self.zero, self.unit, self.upright, self.colour = np.array(zero, dtype=float), unit, upright, colour
        self.along, self.side = (UP, RIGHT) if upright else (RIGHT, UP)
        self.line = Line(self.at(low) - reach[0] * self.along, self.at(high) + reach[1] * self.along)
        self.line.set_stroke(colour, look.line)
        self.ticks, self.numbers = VGroup(), VGroup()
        for value in range(low, high + 1):
            ends = (self.at(value) + look.above * self.side, self.at(value) - look.below * self.side)
            self.ticks.add(Line(*ends).set_stroke(look.ticks or colour, look.stroke))
        for value, number in (numbers or {}).items():
            if not low <= value <= high:
                raise EpisodeError(f"a number at {value}, where the ruler has no tick; it has {low} to {high}")
            words = Words("{n}", n=number, size=look.size, color=look.colour)
            self.numbers.add(words.next_to(self.at(value), LEFT if upright else DOWN, buff=look.gap))
        self.title = Words(title, size=look.title, color=colour, italic=look.italic)
        if look.italic:
            self.title.move_to(self.line.get_end() + 0.48 * UP, aligned_edge=RIGHT)
        else:
            self.title.next_to(self.line.get_end(), UP, buff=0.12 if upright else 0.2)
        super().__init__(self.line, self.ticks, self.numbers, self.title)

    def at(self, value: float) -> np.ndarray:
        """Where a value lies."""
        return self.zero + self.unit * float(value) * self.along

    def tick(self, value: float, half: float = 0.24, colour: str = "", width: float = 7) -> Line:
        """A tick of its own across the ruler, at any value."""
        ends = (self.at(value) - half * self.side, self.at(value) + half * self.side)
        return Line(*ends).set_stroke(colour or self.colour, width)

    def arrow(self, start: float, end: float, colour: str, lift: float = 0.42) -> Arrow:
        """An arrow along the ruler, a little beside it."""
        return arrow(self.at(start) + lift * self.side, self.at(end) + lift * self.side, colour)


def bar(
    start: Sequence[float] | np.ndarray,
    length: float,
    colour: str,
    height: float = BAR,
    *,
    side: np.ndarray = ORIGIN,
    edge: float = 0.0,
) -> Rectangle:
    """A filled bar from ``start`` to the right: upon that height, or just above or below it (``side`` UP or DOWN).

    ``edge`` is the width of a dark outline by which bars that touch are told apart.
    """
    made = Rectangle(width=max(float(length), 0.01), height=height, fill_color=colour, fill_opacity=1)
    made.set_stroke(GROUND, edge)
    return made.move_to(np.array(start, dtype=float), aligned_edge=LEFT).shift(side * (height / 2 + CLEAR))


def laid(start: np.ndarray, length: float, colour: str, side: np.ndarray = DOWN, height: float = BAR) -> Rectangle:
    """A bar that lies beside a ruler, with an edge, so that the next one can be counted."""
    return bar(start, length, colour, height, side=side, edge=3)


def value_bar(
    start: Sequence[float] | np.ndarray, reading: Reading, colour: str, unit: float, spec: str = ".2f"
) -> VGroup:
    """A bar as long as its value at ``unit`` frame units per one, with the value behind it."""
    made = bar(start, unit * float(reading), colour, 0.42)
    return VGroup(made, value(reading, colour, SMALL, spec).next_to(made, RIGHT, buff=0.2))


def value(reading: Reading, colour: str = INK, size: float = SMALL, spec: str = "") -> Words:
    """A bare number."""
    return Words("{x:" + spec + "}" if spec else "{x}", x=reading, size=size, color=colour)
