"""Columns of points: every value of each sample, and values to compare each sample with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from manim import RIGHT, UP, AnimationGroup, FadeIn, LaggedStart, Line, Mobject, VGroup

from tapehead.analysis.boxes import spread
from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Reading
from tapehead.scenes.stage.charts.chart import SERIES_COLOURS, AxisText, Box, Chart, tint, told
from tapehead.scenes.stage.charts.scales import Scale, linear, log
from tapehead.scenes.stage.charts.series import Series
from tapehead.scenes.stage.lettering import TINY
from tapehead.scenes.stage.palette import HIGHLIGHT, SOFT
from tapehead.scenes.stage.specks import specks

_COLUMN, _LEVEL = 0.6, 0.76
"""Shares of a place: how far its points are spread, and how long a line of comparison is."""
_SPECK, _MANY = 0.13, 200
"""Frame units: a point in a column; from so many in one on they are smaller."""


class DotChart(Chart):
    """A column of points per series, named by its label under it: ``DotChart(*each_of(result, "value", "fit"))``.

    ``compared`` are series of one value per column, drawn as short lines across it and named by their labels at the
    right; a legend is not needed for one kind of points.  Points are spread to the side so that equal ones can be seen,
    always in the same way: that means nothing.  The axis holds 0 where values are on both sides of it, or ``zero`` is
    given.  Marks: one per column; ``highlight`` and ``annotate`` count columns.

    Raises:
        EpisodeError: a column without a label, values to compare that are not one per column, or a box that is too
            small.
    """

    def __init__(
        self,
        *series: Series,
        compared: Sequence[Series] = (),
        title: str = "",
        x: str = "",
        y_scale: str = "linear",
        zero: bool = False,
        room_for: Sequence[Series] = (),
        box: Box = Box(),  # noqa: B008  (frozen)
    ) -> None:
        if not series:
            raise EpisodeError("a chart needs at least one Series")
        if y_scale not in ("linear", "log"):
            raise EpisodeError(f"an axis is linear or log, not '{y_scale}'")
        for each in series:
            if not each.label:
                raise EpisodeError(f"{each.called} has no label to stand under its points; give it one, or use each_of")
        for each in compared:
            if len(each.ys) != len(series):
                raise EpisodeError(f"{each.called} has {len(each.ys)} values to compare with {len(series)} columns")
        self.compared = tuple(
            each if each.colour else replace(each, colour=(HIGHLIGHT, *SERIES_COLOURS[1:])[n % len(SERIES_COLOURS)])
            for n, each in enumerate(compared)
        )
        self._kind, self._zero, self._room = y_scale, zero, tuple(room_for)
        coloured = [each if each.colour else replace(each, colour=SERIES_COLOURS[0]) for each in series]
        first = series[0]
        super().__init__(coloured, AxisText(x), AxisText(title, first.unit(), f"{first.result.name}/{first.y}"), box)

    def _scales(self) -> tuple[Scale, Scale]:
        values = np.concatenate([each.ys for each in (*self.series, *self.compared, *self._room)])
        many = len(self.series)
        across = Scale(-0.5, many - 0.5, tuple(float(n) for n in range(many)))
        return across, log(values) if self._kind == "log" else linear(values, zero=self._zero)

    def _x_numbers(self) -> list[Mobject]:
        room = 0.94 * (self.box.width - 1.2) / len(self.series)
        made: list[Mobject] = []
        for each in self.series:
            words = told(each.label, size=TINY, colour=SOFT)
            if words.width > room:
                words = told(each.label, size=TINY, colour=SOFT, width=room, align="center")
            made.append(words)
        return made

    def _right_margin(self) -> float:
        words = (told(each.label) for each in self.compared if each.label)
        return max((float(each.width) + 0.3 for each in words), default=0.0)

    @property
    def _wide(self) -> float:
        """Frame units that a column has."""
        return float(self.area.width) / len(self.series)

    def _marks(self) -> Iterator[Mobject]:
        for n, each in enumerate(self.series):
            sides = _COLUMN * self._wide * (spread(len(each.ys)) - 0.5)
            places = [self.at(n, value) + side * RIGHT for value, side in zip(each.ys, sides, strict=True)]
            size = _SPECK if len(each.ys) < _MANY else 0.7 * _SPECK
            made = VGroup(specks(np.array(places)[:, :2], tint(each.colour, 0.75), size))
            for other in self.compared:
                middle, half = self.at(n, float(other.ys[n])), _LEVEL * self._wide / 2 * RIGHT
                made.add(Line(middle - half, middle + half).set_stroke(other.colour, 6))
            yield made

    def _names(self) -> Iterator[Mobject]:
        last, placed = len(self.series) - 1, list[Mobject]()
        for each in sorted(self.compared, key=lambda one: float(one.ys[last])):
            if not each.label:
                continue
            words = told(each.label, colour=each.colour)
            words.next_to([self.area.get_right()[0], self.at(last, float(each.ys[last]))[1], 0], RIGHT, buff=0.15)
            if placed and words.get_bottom()[1] < placed[-1].get_top()[1] + 0.05:  # they would lie on each other
                words.next_to(placed[-1], UP, buff=0.05).align_to(placed[-1], RIGHT * -1)
            placed.append(words)
        yield from placed

    def mark(self, index: int, series: int = 0) -> Mobject:
        """What stands for a column.

        Raises:
            EpisodeError: there is none of that number.
        """
        if series or not -len(self.marks) <= index < len(self.marks):
            raise EpisodeError(f"this chart has {len(self.marks)} columns; asked for number {index}")
        return self.marks[index]

    def _own_reading(self, index: int, series: int) -> Reading:
        raise EpisodeError("a column stands for many values; give the annotation x=result.read(...)")

    def _draw_marks(self, run_time: float) -> AnimationGroup:
        return LaggedStart(*(FadeIn(mark, shift=0.15 * UP) for mark in self.marks), lag_ratio=0.25, run_time=run_time)
