"""Pictures of this film: people, the small circle of six, and grids of numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import DOWN, LEFT, UP, Arc, Circle, Line, ManimColor, Rectangle, VGroup, interpolate_color

from tapehead.analysis.results import Reading
from tapehead.scenes.stage.lettering import SMALL, Words
from tapehead.scenes.stage.palette import EAR, GROUND, HIGHLIGHT, INK, LUCK, NAP, OUTPUT, PANEL, SOFT

FRIEND, STRANGER = NAP, EAR
"""The colours of the two kinds of pairs, through the whole film."""
FIVE = (OUTPUT, LUCK, SOFT, EAR, NAP)
"""One colour for each of the five numbers."""
SPOTS = {"a": (-4.6, 0.0), "b": (-2.2, 1.7), "c": (-2.2, -1.7), "d": (0.2, 0.0), "e": (2.7, 0.0), "f": (5.0, 0.0)}
"""Where the six of the small circle stand."""


def person(colour: str = INK, height: float = 1.1) -> VGroup:
    """A head over shoulders, without a face: nobody in particular."""
    head = Circle(radius=0.24 * height).set_stroke(colour, 5).set_fill(GROUND, 1).shift(0.2 * height * UP)
    body = Arc(radius=0.4 * height, start_angle=0, angle=np.pi).set_stroke(colour, 5).set_fill(GROUND, 1)
    body.shift(0.5 * height * DOWN)
    base = Line(body.get_start(), body.get_end()).set_stroke(colour, 5)
    return VGroup(body, base, head)


def circle_of_six(
    links: np.ndarray, names: Sequence[str], scale: float = 1.0
) -> tuple[dict[str, VGroup], dict[tuple[str, str], Line]]:
    """The people by name, and the lines between friends by pair."""
    people = {name: person(height=1.1 * scale).move_to([*SPOTS[name], 0]) for name in names}
    lines = {}
    for i, one in enumerate(names):
        for j, other in enumerate(names):
            if i < j and links[i, j]:
                start, end = (np.array([*SPOTS[name], 0.0]) for name in (one, other))
                way = 0.68 * (end - start) / np.linalg.norm(end - start)
                lines[one, other] = Line(start + way, end - way).set_stroke(SOFT, 6)
    return people, lines


def shade(value: float, low: float, high: float, colour: str) -> ManimColor:
    """From dark to a colour as a value rises from ``low`` to ``high``."""
    share = float(np.clip((value - low) / (high - low), 0, 1))
    return interpolate_color(ManimColor(PANEL), ManimColor(colour), 0.52 * share)


class NumberGrid(VGroup):
    """A square of cells with a reading in each, and names along its sides.  Parts: ``cells``, ``numbers``, ``rows``,
    ``columns``; cell (i, j) is number ``i * n + j``."""

    def __init__(
        self,
        readings: Sequence[Sequence[Reading]],
        names: Sequence[str],
        *,
        corner: tuple[float, float],
        size: tuple[float, float],
        spec: str = ".0%",
        low: float = 0.0,
        high: float = 1.0,
        colour: str = NAP,
        lettering: float = SMALL,
    ) -> None:
        self.cells, self.numbers, self.rows, self.columns = VGroup(), VGroup(), VGroup(), VGroup()
        for i, row in enumerate(readings):
            for j, reading in enumerate(row):
                middle = np.array([corner[0] + size[0] * (j + 0.5), corner[1] - size[1] * (i + 0.5), 0.0])
                cell = Rectangle(width=size[0] - 0.08, height=size[1] - 0.08, stroke_width=0).move_to(middle)
                self.cells.add(cell.set_fill(shade(float(reading), low, high, colour), 1))
                self.numbers.add(Words("{x:" + spec + "}", x=reading, size=lettering, color=INK).move_to(middle))
        for n, name in enumerate(names):
            side = np.array([corner[0] - 0.25, corner[1] - size[1] * (n + 0.5), 0.0])
            self.rows.add(Words(name, size=lettering, color=SOFT).move_to(side, aligned_edge=-LEFT))
            top = np.array([corner[0] + size[0] * (n + 0.5), corner[1] + 0.35, 0.0])
            self.columns.add(Words(name, size=lettering, color=SOFT).move_to(top))
        super().__init__(self.cells, self.numbers, self.rows, self.columns)

    def ring(self, row: int, column: int, colour: str = HIGHLIGHT) -> Rectangle:
        """A frame round one cell."""
        cell = self.cells[row * len(self.rows) + column]
        return Rectangle(width=cell.width + 0.08, height=cell.height + 0.08).set_stroke(colour, 6).move_to(cell)
