"""Bars over labels, and histograms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, AnimationGroup, GrowFromEdge, LaggedStart, Line, Mobject, Rectangle, VGroup

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.stage.charts.chart import AxisText, Box, Chart, Levels, told, values_of
from tapehead.scenes.stage.charts.scales import Scale, linear, written_like
from tapehead.scenes.stage.charts.series import Series
from tapehead.scenes.stage.intervals import whisker
from tapehead.scenes.stage.lettering import TINY, Words
from tapehead.scenes.stage.palette import INK, SOFT

LAYOUTS = ("grouped", "stacked")
_FILL = 0.72
"""Share of a place that its bars take."""
_WIDEST = 1.5
"""Frame units."""


class BarChart(Chart):
    """A bar per value over the labels of its places, upright or (``horizontal``) lying; all start at 0.
    ``title`` is that of the values' axis, ``places`` that of the labels'.

    Several series stand beside each other (``grouped``) or on each other (``stacked``, for values of one sign).
    ``values`` writes each value at its bar, in the form of the axis' numbers or in the format ``spec``.  The axis has
    room for ``levels``, where reference lines will be.  Intervals are drawn upon the bars.  Marks: bars, then
    intervals, series by series.

    Raises:
        EpisodeError: places without labels, series over other places than the first, or a box that is too small.
    """

    def __init__(
        self,
        *series: Series,
        title: str = "",
        places: str = "",
        layout: str = "grouped",
        horizontal: bool = False,
        values: bool = False,
        spec: str = "",
        room_for: Sequence[Series] = (),
        levels: Levels = (),
        box: Box = Box(),  # noqa: B008  (frozen)
    ) -> None:
        if layout not in LAYOUTS:
            raise EpisodeError(f"bars are {' or '.join(LAYOUTS)}, not '{layout}'")
        if not series:
            raise EpisodeError("a chart needs at least one Series")
        first = series[0]
        if not first.names:
            raise EpisodeError(f"{first.called} has no labels along '{first.axis}': name its places in the analysis")
        for each in (*series, *room_for):
            if each.names != first.names:
                raise EpisodeError(f"{each.called} has other places than {first.called}; bars need the same ones")
        self.layout, self.horizontal, self._values, self._spec = layout, horizontal, values, spec
        self._room, self._levels = tuple(room_for), tuple(levels)
        size = AxisText(title, first.unit(), f"{first.result.name}/{first.y}")
        along = AxisText(places)
        super().__init__(series, size if horizontal else along, along if horizontal else size, box)

    def _scales(self) -> tuple[Scale, Scale]:
        shown = [self.series] + ([self._room] if self._room else [])
        found = []
        for group in shown:
            tall = np.array([each.ys for each in group])
            if self.layout == "stacked":
                if (tall < 0).any() and (tall > 0).any():
                    raise EpisodeError("stacked bars need values of one sign; let them stand grouped")
                found.append(tall.sum(axis=0))
            else:
                found += [tall.ravel(), *(each.ends.ravel() for each in group if each.ends is not None)]
        size = linear(np.concatenate([*found, values_of(self._levels)]), zero=True)
        places = len(self.series[0].names)
        names = Scale(-0.5, places - 0.5, tuple(float(n) for n in range(places)))
        return (size, Scale(0.5 - places, 0.5, tuple(-n for n in names.ticks))) if self.horizontal else (names, size)

    @property
    def size_scale(self) -> Scale:
        """The scale along which bars grow."""
        return self.x_scale if self.horizontal else self.y_scale

    def _labels(self) -> list[Mobject]:
        """The places' names; where they stand under the axis, each is as wide as its place at most."""
        width = None if self.horizontal else 0.94 * (self.box.width - 1.2) / len(self.series[0].names)
        made: list[Mobject] = []
        for name in self.series[0].names:
            words = Words("{name}", name=name, size=TINY, color=SOFT)
            if width is not None and words.width > width:
                words = Words("{name}", name=name, size=TINY, color=SOFT, width=width, align="center")
            made.append(words)
        return made

    def _x_numbers(self) -> list[Mobject]:
        return super()._x_numbers() if self.horizontal else self._labels()

    def _y_numbers(self) -> list[Mobject]:
        return self._labels() if self.horizontal else super()._y_numbers()

    def _draw_axes(self, x_numbers: list[Mobject], y_numbers: list[Mobject]) -> None:
        super()._draw_axes(x_numbers, y_numbers)
        if self.horizontal:
            self._grid_stands(len(y_numbers), SOFT, 0.25)
        else:
            self.axes.add(Line(self.at(self.x_scale.low, 0), self.at(self.x_scale.high, 0)).set_stroke(SOFT, 3))

    def _right_margin(self) -> float:
        margin = 0.8 if self._values and self.horizontal else 0.0
        if margin:
            widest = max(float(self._written(each, n).width) for each in self.series for n in range(len(each.ys)))
            margin = max(margin, widest + 0.2)
        if len(self.series) > 1:
            words = [told(each.label) for each in self.series if each.label]
            margin = max([margin, *(float(each.width) + 0.55 for each in words)])
        return margin

    def _spans(self) -> Iterator[tuple[int, int, float, float, float]]:
        """For each bar: series, place, its middle across, and its two ends along."""
        many = len(self.series)
        base = np.zeros((2, len(self.series[0].names)))
        for s, each in enumerate(self.series):
            for n, value in enumerate(each.ys):
                if self.layout == "stacked":
                    side = 0 if value >= 0 else 1
                    start = base[side, n]
                    base[side, n] += value
                    yield s, n, float(n), start, start + value
                else:
                    yield s, n, n + (s - (many - 1) / 2) * self._fill / many, 0.0, float(value)

    @property
    def _fill(self) -> float:
        """Share of a place that its bars take together: a lone bar is no wall."""
        room = (self.area.height if self.horizontal else self.area.width) / len(self.series[0].names)
        return min(_FILL, _WIDEST * (1 if self.layout == "stacked" else len(self.series)) / float(room))

    def _place(self, across: float, along: float) -> np.ndarray:
        return self.at(along, -across) if self.horizontal else self.at(across, along)

    def _marks(self) -> Iterator[Mobject]:
        wide = self._fill / (1 if self.layout == "stacked" else len(self.series))
        for s, _, across, start, end in self._spans():
            one, other = self._place(across - wide / 2, start), self._place(across + wide / 2, end)
            width, height = np.maximum(np.abs(other - one)[:2], 0.012)
            made = Rectangle(width=width, height=height, stroke_width=0).set_fill(self.series[s].colour, 1)
            yield made.move_to((one + other) / 2)
        if self.layout == "grouped":
            for s, n, across, _, _ in self._spans():
                if (ends := self.series[s].ends) is not None:
                    bar = whisker(self._place(across, ends[n, 0]), self._place(across, ends[n, 1]), INK, 4, 0.1)
                    bar.is_interval = True
                    yield bar

    def _told_apart(self) -> list[Mobject]:
        return [mark for mark in self.marks if not hasattr(mark, "is_interval")]

    def _names(self) -> Iterator[Mobject]:
        if len(self.series) > 1:
            key = VGroup()
            ordered = self.series[::-1] if self.layout == "stacked" else self.series  # as they stand on each other
            for each in ordered:
                if each.label:
                    square = Rectangle(width=0.22, height=0.22, stroke_width=0).set_fill(each.colour, 1)
                    key.add(VGroup(square, told(each.label).next_to(square, RIGHT, buff=0.15)))
            key.arrange(DOWN, aligned_edge=LEFT, buff=0.2)
            yield key.move_to([self.box.right, self.box.top - 0.1, 0], aligned_edge=UP + RIGHT)
        if self._values:
            for s, n, across, start, end in self._spans():
                each = self.series[s]
                far = end if each.ends is None else (max if end >= start else min)(end, *each.ends[n])
                way = (RIGHT if end >= start else LEFT) if self.horizontal else (UP if end >= start else DOWN)
                yield self._written(each, n).next_to(self._place(across, far), way, buff=0.1)

    def _written(self, series: Series, place: int) -> Words:
        """A value as it stands at its bar: in the form of the axis' numbers, unless the chart says another."""
        spec = self._spec or written_like(self.size_scale.shown(), self._shown_values())
        return Words("{x:" + spec + "}" if spec else "{x}", x=series.reading(place), size=TINY, color=INK)

    def _shown_values(self) -> np.ndarray:
        return np.concatenate([each.ys for each in self.series])

    def _draw_marks(self, run_time: float) -> AnimationGroup:
        edge = LEFT if self.horizontal else DOWN
        moves = []
        for mark, (_, _, _, start, end) in zip(self._told_apart(), self._spans(), strict=True):
            moves.append(GrowFromEdge(mark, edge if end >= start else -edge))
        moves += [GrowFromEdge(mark, edge) for mark in self.marks if hasattr(mark, "is_interval")]
        return LaggedStart(*moves, lag_ratio=0.15, run_time=run_time)


class HistogramChart(Chart):
    """How often: ``y`` are the counts (or densities) of bins whose edges are ``x``, one more than there are counts.

    Counting is the analysis' business (``numpy.histogram``), for a count that is shown has to be in a result.
    The x axis has room for ``levels``.  Marks: one bar per bin.
    """

    def __init__(
        self,
        *series: Series,
        x: str = "",
        y: str = "",
        room_for: Sequence[Series] = (),
        levels: Levels = (),
        box: Box = Box(),  # noqa: B008  (frozen)
    ) -> None:
        for each in (*series, *room_for):
            if not each.x or len(each.xs) != len(each.ys) + 1 or np.any(np.diff(each.xs) <= 0):
                raise EpisodeError(
                    f"{each.called}: a histogram needs the rising edges of its bins as x, one more than counts; "
                    "numpy.histogram(values) gives both"
                )
        if not series:
            raise EpisodeError("a chart needs at least one Series")
        self._room, self._levels = tuple(room_for), tuple(values_of(levels))
        first = series[0]
        x_text = AxisText(x, first.unit(of_x=True), f"{first.result.name}/{first.x}")
        super().__init__(series, x_text, AxisText(y, first.unit(), f"{first.result.name}/{first.y}"), box)

    def _scales(self) -> tuple[Scale, Scale]:
        shown = (*self.series, *self._room)
        ys = np.concatenate([each.ys for each in shown])
        return linear(np.concatenate([*(each.xs for each in shown), np.array(self._levels, float)]), count=7), linear(
            ys, zero=True
        )

    def _marks(self) -> Iterator[Mobject]:
        for s, each in enumerate(self.series):
            for left, right, count in zip(each.xs[:-1], each.xs[1:], each.ys, strict=True):
                one, other = self.at(left, 0), self.at(right, count)
                size = (other - one)[0] * 0.94, max(float((other - one)[1]), 0.001)
                made = Rectangle(width=size[0], height=size[1], stroke_width=0)
                made.set_fill(each.colour, 1 if len(self.series) == 1 else 0.6 if s == 0 else 0.5)
                yield made.move_to([(one + other)[0] / 2, one[1], 0], aligned_edge=DOWN)

    def _draw_marks(self, run_time: float) -> AnimationGroup:
        return LaggedStart(*(GrowFromEdge(mark, DOWN) for mark in self.marks), lag_ratio=0.05, run_time=run_time)
