"""Points, arrows and paths over two numbered axes with equal units: what is round in numbers is round to the eye."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from manim import (
    DOWN,
    RIGHT,
    UP,
    AnimationGroup,
    Circle,
    Create,
    Dot,
    FadeIn,
    GrowArrow,
    LaggedStart,
    Line,
    Mobject,
    VGroup,
    VMobject,
)

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Reading, Result
from tapehead.scenes.stage.charts.chart import SERIES_COLOURS, AxisText, Box, Chart, beside_dots, in_frame, told
from tapehead.scenes.stage.charts.scales import Scale, finite, step_for
from tapehead.scenes.stage.facts import Told
from tapehead.scenes.stage.lettering import TINY, Words
from tapehead.scenes.stage.palette import INK, SOFT
from tapehead.scenes.stage.planes import arrow

STYLES = ("points", "arrows", "path")
_MARGIN = 0.08
"""Of the longer side of all that is shown: nothing lies on the edge of the plane."""
_CROWD = 8
"""From more paths of one series on they are thin, and have no names."""
_STEPS = 5
_DOT = 0.1
"""Frame units: what a point takes on each side."""


@dataclass(frozen=True)
class PairSeries:
    """Pairs of a result to be shown in a plane: ``y`` has a last axis of two, and one other axis at most is left.

    ``style`` is ``points``, ``arrows`` (to the pairs that ``to`` names) or ``path`` (``closed`` goes back to where it
    began).  ``where`` fixes axes by label or number; ``named`` writes the labels of the places beside them.

    Raises:
        EpisodeError: the quantity holds no pairs, too many axes are left, or the ends of arrows are not as many.
    """

    result: Result
    y: str
    label: str = ""
    style: str = "points"
    to: str = ""
    where: Mapping[str, int | str] = field(default_factory=dict)
    named: bool = False
    closed: bool = False
    colour: str = ""

    def __post_init__(self) -> None:
        if self.style not in STYLES:
            raise EpisodeError(f"{self.called}: a plane has {', '.join(STYLES)}, not '{self.style}'")
        if (self.style == "arrows") != bool(self.to):
            raise EpisodeError(f"{self.called}: arrows, and they alone, lead to other pairs; name them with to=")
        if len(self.ends) != len(self.pairs):
            raise EpisodeError(f"{self.called} has {len(self.pairs)} pairs, and '{self.to}' {len(self.ends)}")

    @property
    def called(self) -> str:
        """How a message names it."""
        return f"series '{self.result.name}/{self.y}'"

    @property
    def pairs(self) -> np.ndarray:
        """The pairs, (places, 2)."""
        return self._pairs(self.y)

    @property
    def ends(self) -> np.ndarray:
        """Where arrows lead; the pairs themselves for other styles."""
        return self._pairs(self.to) if self.to else self.pairs

    @property
    def names(self) -> tuple[Told, ...]:
        """Labels of the places, which know where they were read; empty where they have none."""
        quantity = self.result.quantity(self.y)
        left = [axis for axis in quantity.axes[:-1] if axis not in self.where]
        labels = quantity.labels.get(left[0], ()) if left else ()
        return tuple(Told(label, f"{self.result.name}/{self.y}:{left[0]}") for label in labels)

    def _pairs(self, name: str) -> np.ndarray:
        quantity = self.result.quantity(name)
        if not quantity.axes or quantity.values.shape[-1] != 2:
            raise EpisodeError(f"'{self.result.name}/{name}' holds no pairs: its last axis has to have two places")
        left = [axis for axis in quantity.axes[:-1] if axis not in self.where]
        if len(left) > 1:
            raise EpisodeError(f"'{self.result.name}/{name}' still has the axes {', '.join(left)}; fix all but one")
        fixed = {axis: place for axis, place in self.where.items() if axis in quantity.axes}
        free = {axis: 0 for axis in quantity.axes if axis not in fixed}
        at = tuple(
            n if axis in fixed else slice(None)
            for axis, n in zip(quantity.axes, quantity.index({**fixed, **free}), strict=True)
        )
        values = np.asarray(quantity.values[at], float).reshape(-1, 2)
        finite(values, f"'{self.result.name}/{name}'")
        return values


class PlaneChart(Chart):
    """A plane of numbered axes with equal units, and in it what the series say.

    More than eight series are a crowd: their paths are thin, and have no names.  Marks: one per series (its points,
    arrows or path); ``highlight`` counts series.

    Raises:
        EpisodeError: no series, or a box that is too small.
    """

    def __init__(
        self,
        *series: PairSeries,
        x: str = "",
        y: str = "",
        x_unit: str = "",
        y_unit: str = "",
        box: Box = Box(),  # noqa: B008  (frozen)
    ) -> None:
        if not series:
            raise EpisodeError("a chart needs at least one series")
        self.crowd = len(series) > _CROWD
        self.shown = tuple(
            each if each.colour else replace(each, colour=SERIES_COLOURS[n % len(SERIES_COLOURS)])
            for n, each in enumerate(series)
        )
        reach = np.vstack([part for each in series for part in (each.pairs, each.ends)])
        low, high = reach.min(axis=0), reach.max(axis=0)
        margin = _MARGIN * max(float((high - low).max()), 1e-9)
        self._low, self._high = low - margin, high + margin
        first = f"{series[0].result.name}/{series[0].y}"
        VGroup.__init__(self)
        self.series = ()
        self.x_text, self.y_text = AxisText(x, x_unit, first), AxisText(y, y_unit, first)
        self.box = in_frame(box)
        self._lay_out()

    def _lay_out(self) -> None:
        """Three times: the room for the numbers says how much of the plane is seen, and that says which numbers."""
        self.x_scale, self.y_scale = self._ranged(self._low, self._high)
        for _ in range(2):
            super()._lay_out()
            size = np.array([self.area.width, self.area.height])
            unit = float(np.min(size / (self._high - self._low)))
            middle, half = (self._low + self._high) / 2, size / unit / 2
            self.x_scale, self.y_scale = self._ranged(middle - half, middle + half)
        super()._lay_out()
        # What is left of a difference is less than a letter's width; it goes into the longer side of the view.
        size = np.array([self.area.width, self.area.height])
        spans = np.array([self.x_scale.high - self.x_scale.low, self.y_scale.high - self.y_scale.low])
        if not np.allclose(size[0] / spans[0], size[1] / spans[1], rtol=1e-6):
            unit = float(np.min(size / spans))
            middle = np.array([self.x_scale.low + self.x_scale.high, self.y_scale.low + self.y_scale.high]) / 2
            half = size / unit / 2
            self.x_scale = replace(self.x_scale, low=float(middle[0] - half[0]), high=float(middle[0] + half[0]))
            self.y_scale = replace(self.y_scale, low=float(middle[1] - half[1]), high=float(middle[1] + half[1]))
            super()._lay_out()

    def _ranged(self, low: np.ndarray, high: np.ndarray) -> tuple[Scale, Scale]:
        """Two scales over these ranges, with ticks equally far apart in both."""
        step = step_for(float((high - low).max()) / _STEPS)
        found = []
        for first, last in zip(low, high, strict=True):
            numbers = range(int(np.ceil(first / step - 1e-9)), int(np.floor(last / step + 1e-9)) + 1)
            found.append(Scale(float(first), float(last), tuple(round(n * step, 12) for n in numbers)))
        return found[0], found[1]

    def _draw_axes(self, x_numbers: list[Mobject], y_numbers: list[Mobject]) -> None:
        super()._draw_axes(x_numbers, y_numbers)
        if self.x_scale.holds(0.0):
            up = self.at(0, self.y_scale.low), self.at(0, self.y_scale.high)
            self.axes.add(Line(*up).set_stroke(SOFT, 2, 0.6))
        if self.y_scale.holds(0.0):
            across = self.at(self.x_scale.low, 0), self.at(self.x_scale.high, 0)
            self.axes.add(Line(*across).set_stroke(SOFT, 2, 0.6))

    def _right_margin(self) -> float:
        if self.crowd:
            return 0.0
        words = (told(each.label) for each in self.shown if each.label)
        return max((float(each.width) + 0.55 for each in words), default=0.0) if len(self.shown) > 1 else 0.0

    def _marks(self) -> Iterator[Mobject]:
        for each in self.shown:
            starts, ends = ([self.at(*pair) for pair in pairs] for pairs in (each.pairs, each.ends))
            made = VGroup()
            if each.style == "arrows":
                for start, end in zip(starts, ends, strict=True):
                    made.add(Dot(start, radius=0.07, color=each.colour))
                    if float(np.linalg.norm(end - start)) > 0.1:
                        made.add(arrow(start, end, each.colour, 5))
            elif each.style == "path":
                way = VMobject().set_points_as_corners([*starts, *(starts[:1] if each.closed else [])])
                made.add(way.set_stroke(each.colour, 2.5 if self.crowd else 5))
                if self.crowd:
                    made.add(Dot(starts[0], radius=0.05, color=each.colour))
            else:
                made.add(*(Circle(0.1).set_stroke(each.colour, 4).move_to(place) for place in starts))
            yield made

    def _names(self) -> Iterator[Mobject]:
        named = [each for each in self.shown if each.named and not self.crowd]
        of_all = [(*each, one) for one in named for each in zip(one.names, one.pairs, one.ends, strict=True)]
        yield from beside_dots(
            [Words("{n}", n=name, size=TINY, color=INK) for name, _, _, _ in of_all],
            [self.at(*pair) for _, pair, _, _ in of_all],
            [self.at(*pair) for each in self.shown if each.style != "path" for pair in each.pairs],
            _DOT,
            self,
            [(1, 1) if end[1] <= pair[1] else (1, -1) for _, pair, end, _ in of_all],  # away from the arrow
        )
        if len(self.shown) > 1 and not self.crowd:
            key = VGroup()
            for each in self.shown:
                if each.label:
                    sign = Line(0.15 * -RIGHT, 0.15 * RIGHT).set_stroke(each.colour, 6)
                    key.add(VGroup(sign, told(each.label).next_to(sign, RIGHT, buff=0.15)))
            key.arrange(DOWN, aligned_edge=-RIGHT, buff=0.2)
            yield key.move_to([self.box.right, self.area.get_top()[1], 0], aligned_edge=UP + RIGHT)

    def mark(self, index: int, series: int = 0) -> Mobject:
        """What stands for a series.

        Raises:
            EpisodeError: there is none of that number.
        """
        if series or not -len(self.marks) <= index < len(self.marks):
            raise EpisodeError(f"this plane has {len(self.marks)} series; asked for number {index}")
        return self.marks[index]

    def _own_reading(self, index: int, series: int) -> Reading:
        raise EpisodeError("a series of a plane holds many pairs; give the annotation x=result.read(...)")

    def _draw_marks(self, run_time: float) -> AnimationGroup:
        moves: list[Any] = []
        for each, mark in zip(self.shown, self.marks, strict=True):
            if each.style == "path":
                moves.append(Create(mark))
            elif each.style == "arrows":
                parts = [GrowArrow(part) if hasattr(part, "tip") else FadeIn(part) for part in mark]
                moves.append(LaggedStart(*parts, lag_ratio=0.1))
            else:
                moves.append(LaggedStart(*(FadeIn(part, scale=0.5) for part in mark), lag_ratio=0.1))
        return LaggedStart(*moves, lag_ratio=0.2 if self.crowd else 0.6, run_time=run_time)

    def update_to(self, *series: Any, run_time: float = 1.0) -> AnimationGroup:
        """A plane's pairs stay what they are.

        Raises:
            EpisodeError: always.
        """
        raise EpisodeError("a plane does not become another one; draw a second one with within(...), and swap them")
