"""Axes with names and without numbers, for curves of which only the shape is told.

Where values are to be read off, a :class:`~tapehead.scenes.stage.charts.chart.Chart` in a box has numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, DashedLine, Dot, Line, VGroup, VMobject

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.stage.lettering import SMALL, Words
from tapehead.scenes.stage.palette import FAINT, INK, SOFT

SCALES = ("linear", "log")


class NamedAxes(VGroup):
    """Two axes from ``corner``, ``size`` units long, with their names (an empty one is left out).

    ``across`` and ``up`` are the ranges shown; :meth:`at` turns two measures into a place.  With ``scale`` "log" both
    are logarithmic, and ``decades`` are lines at whole powers of ten, so that slopes can be seen.  Parts: ``decades``,
    ``axes``, ``names``.

    Raises:
        EpisodeError: an unknown scale, an empty range, or a log axis that reaches 0.
    """

    def __init__(
        self,
        corner: tuple[float, float],
        size: tuple[float, float],
        across: tuple[float, float],
        up: tuple[float, float],
        names: tuple[str, str],
        *,
        scale: str = "linear",
    ) -> None:
        if scale not in SCALES:
            raise EpisodeError(f"an axis is {' or '.join(SCALES)}, not '{scale}'")
        self.logarithmic = scale == "log"
        for low, high in (across, up):
            if not low < high or (self.logarithmic and low <= 0):
                raise EpisodeError(f"an axis from {low:g} to {high:g} has no room for values on a {scale} scale")
        self.corner, self.size, self.across, self.up = np.array([*corner, 0.0]), size, across, up
        floor, wall = (Line(self.corner, self.corner + way) for way in (size[0] * RIGHT, size[1] * UP))
        self.axes = VGroup(floor, wall).set_stroke(FAINT, 5)
        self.decades = VGroup()
        if self.logarithmic:
            self.decades.add(*(Line(self.at(k, up[0]), self.at(k, up[1])) for k in _powers(across)))
            self.decades.add(*(Line(self.at(across[0], k), self.at(across[1], k)) for k in _powers(up)))
            self.decades.set_stroke(FAINT, 2, 0.5)
        self.names = VGroup()
        if names[0]:
            self.names.add(
                Words(names[0], size=SMALL, color=SOFT).next_to(floor, DOWN, buff=0.2).align_to(floor, RIGHT)
            )
        if names[1]:
            self.names.add(Words(names[1], size=SMALL, color=SOFT).next_to(wall, UP, buff=0.2).align_to(wall, LEFT))
        super().__init__(self.decades, self.axes, self.names)

    def at(self, x: float, y: float) -> np.ndarray:
        """A place in the frame."""
        place = self.corner.copy()
        for n, (value, ends, way) in enumerate(((x, self.across, RIGHT), (y, self.up, UP))):
            here, low, high = np.log10([value, *ends]) if self.logarithmic else (value, *ends)
            place = place + (here - low) / (high - low) * self.size[n] * way
        return place

    def curve(self, xs: Sequence[float] | np.ndarray, ys: np.ndarray, colour: str = INK, width: float = 7) -> VMobject:
        """A line through measures."""
        made = VMobject()
        made.set_points_as_corners([self.at(float(x), float(y)) for x, y in zip(xs, ys, strict=True)])
        return made.set_stroke(colour, width).set_fill(opacity=0)

    def dots(self, xs: np.ndarray, ys: np.ndarray, colour: str, radius: float = 0.11) -> VGroup:
        """Measures as dots."""
        return VGroup(*(Dot(self.at(float(x), float(y)), radius, color=colour) for x, y in zip(xs, ys, strict=True)))

    def level(self, y: float, colour: str = SOFT) -> DashedLine:
        """A dashed line across at one height."""
        ends = self.at(self.across[0], y), self.at(self.across[1], y)
        return DashedLine(*ends, dash_length=0.15).set_stroke(colour, 4)


def _powers(ends: tuple[float, float]) -> list[float]:
    """Whole powers of ten between two ends, the ends left out."""
    low, high = np.log10(ends)
    return [10.0**k for k in range(int(np.ceil(low + 1e-9)), int(np.floor(high - 1e-9)) + 1)]
