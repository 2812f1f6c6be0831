"""Values that are not certain: whiskers from one end of an interval to the other, and bars that carry them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Line, Rectangle, VGroup

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Reading
from tapehead.scenes.stage.lettering import SMALL, Words
from tapehead.scenes.stage.palette import FAINT, INK


def whisker(low: np.ndarray, high: np.ndarray, colour: str = INK, width: float = 4, cap: float = 0.14) -> VGroup:
    """An interval from one place to another, with a cap at either end."""
    way = (high - low) / max(float(np.linalg.norm(high - low)), 1e-9)
    across = cap * np.array([-way[1], way[0], 0.0])
    caps = (Line(end - across, end + across) for end in (low, high))
    return VGroup(Line(low, high), *caps).set_stroke(colour, width)


class Intervals(VGroup):
    """Bars from one zero line, each with its interval, its name on the left and its value at the right.

    Parts, one per reading: ``bars``, ``whiskers``, ``names``, ``values``; and ``zero``.
    """

    def __init__(
        self,
        readings: Sequence[Sequence[Reading]],
        names: Sequence[str],
        colours: Sequence[str],
        *,
        zero: Sequence[float],
        unit: float,
        step: float = 1.25,
        spec: str = ".2f",
        thick: float = 0.6,
        size: float = SMALL,
    ) -> None:
        if not len(readings) == len(names) == len(colours):
            raise EpisodeError(
                f"bars with intervals need a name and a colour each; got {len(readings)}, {len(names)}, {len(colours)}"
            )
        self.bars, self.whiskers, self.names, self.values = VGroup(), VGroup(), VGroup(), VGroup()
        start = np.array([zero[0], zero[1], 0.0])
        for n, ((value, low, high), name, colour) in enumerate(zip(readings, names, colours, strict=True)):
            here = start + n * step * DOWN
            side = RIGHT if value >= 0 else LEFT
            made = Rectangle(width=max(unit * abs(float(value)), 0.02), height=thick, stroke_width=0)
            self.bars.add(made.set_fill(colour, 1).move_to(here, aligned_edge=-side))
            ends = [here + unit * float(end) * RIGHT for end in (low, high)]
            self.whiskers.add(whisker(*ends))
            self.names.add(Words(name, size=size, color=colour).next_to(here, -side, buff=0.3))
            far = here + unit * float(high if value >= 0 else low) * RIGHT
            self.values.add(Words("{x:" + spec + "}", x=value, size=size, color=colour).next_to(far, side, buff=0.3))
        top, low_end = start + 0.5 * step * UP, start + (len(readings) - 0.5) * step * DOWN
        self.zero = Line(top, low_end).set_stroke(FAINT, 4)
        super().__init__(self.zero, self.bars, self.whiskers, self.names, self.values)

    def row(self, n: int) -> VGroup:
        """Everything of one reading."""
        return VGroup(self.bars[n], self.whiskers[n], self.names[n], self.values[n])
