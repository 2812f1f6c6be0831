"""Lines and points over numbered axes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
from manim import (
    DL,
    DOWN,
    LEFT,
    RIGHT,
    UP,
    UR,
    AnimationGroup,
    Create,
    Dot,
    FadeIn,
    LaggedStart,
    Mobject,
    Polygon,
    VGroup,
    VMobject,
)

from tapehead.analysis.dates import is_date
from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.stage.charts.chart import AxisText, Box, Chart, Levels, back_inside, beside_dots, told, values_of
from tapehead.scenes.stage.charts.functions import Function, along
from tapehead.scenes.stage.charts.scales import Scale, dates, linear, log
from tapehead.scenes.stage.charts.series import Series
from tapehead.scenes.stage.intervals import whisker
from tapehead.scenes.stage.lettering import TINY, Words
from tapehead.scenes.stage.palette import HIGHLIGHT

SCALES = ("linear", "log")

_CLEAR = 0.08
"""Frame units between a curve's name and a line or a band that is not its own."""


class XYChart(Chart):
    """What lines and points have in common.

    ``x_scale`` and ``y_scale`` are ``linear`` or ``log``; with ``zero`` the y axis holds 0; ``room_for`` are series
    that the chart will become, for whose values its axes have room.  Where ``x`` has a unit such as "days since
    1990-01-01", its axis is one of dates.  The y axis has room for ``levels`` too, where reference lines will be.
    Titles are those of the axes; units come from the results.  A series' label stands at its right end.

    Raises:
        EpisodeError: an unknown scale, values that the scale has no place for, or a box that is too small.
    """

    def __init__(
        self,
        *series: Series,
        x: str = "",
        y: str = "",
        x_scale: str = "linear",
        y_scale: str = "linear",
        zero: bool = False,
        room_for: Sequence[Series] = (),
        levels: Levels = (),
        box: Box = Box(),  # noqa: B008  (frozen)
    ) -> None:
        for kind in (x_scale, y_scale):
            if kind not in SCALES:
                raise EpisodeError(f"an axis is {' or '.join(SCALES)}, not '{kind}'")
        if not series:
            raise EpisodeError("a chart needs at least one Series")
        self._kinds, self._zero, self._room = (x_scale, y_scale), zero, tuple(room_for)
        self._levels = tuple(levels)
        first = series[0]
        over = f"{first.result.name}/{first.x or first.axis}"
        unit = first.unit(of_x=True)
        self._from = unit if is_date(unit) else ""
        x_text = AxisText(x, "" if self._from else unit, over)
        super().__init__(series, x_text, AxisText(y, first.unit(), f"{first.result.name}/{first.y}"), box)

    def _scales(self) -> tuple[Scale, Scale]:
        shown = (*self.series, *self._room)
        xs = np.concatenate([each.xs for each in shown])
        ys = np.concatenate([*(each.ys if each.ends is None else np.append(each.ys, each.ends) for each in shown),
                             values_of(self._levels)])  # fmt: skip
        across = log(xs) if self._kinds[0] == "log" else linear(xs, count=7)
        up = log(ys) if self._kinds[1] == "log" else linear(ys, zero=self._zero)
        return (dates(xs, self._from) if self._from else across), up

    def line(self, series: Series) -> VGroup:
        """A row of values as a line over the data, with its name: what they are compared with.

        It belongs to the chart from now on and is played with ``show``; make the chart with ``room_for=[series]``.

        Raises:
            EpisodeError: the line leaves the axes.
        """
        if not (self.x_scale.holds(series.xs) and self.y_scale.holds(series.ys)):
            raise EpisodeError(f"{series.called} leaves this chart's axes: make the chart with room_for=[...] it")
        order = np.argsort(series.xs, kind="stable")
        places = [self.at(x, y) for x, y in zip(series.xs[order], series.ys[order], strict=True)]
        colour = series.colour or HIGHLIGHT
        made = VGroup(VMobject().set_points_as_corners(np.array(places)).set_stroke(colour, 4))
        if series.label:
            made.add(self._beside_curve(told(series.label, colour=colour), places))
        self.extras.add(made)
        return made

    def _beside_curve(self, words: Mobject, places: Sequence[np.ndarray]) -> Mobject:
        """Words beside a curve, three quarters along, on the side from which it bends away."""
        there, end = places[min(len(places) * 3 // 4, len(places) - 1)], places[-1]
        words.next_to(there, UP + (LEFT if end[1] > there[1] else RIGHT), buff=0.1)
        words.shift(self._clear_of_marks(words) * UP)
        return words.shift(back_inside(words, self.box))

    def _clear_of_marks(self, words: Mobject) -> float:
        """How far up words have to go so that they do not lie on what the chart shows: nothing, where it shows dots."""
        return 0.0

    def trace(self, function: Function, run_to: float | None = None) -> VGroup:
        """The curve of a function over the whole axis (or up to ``run_to``), as far as it lies in the chart.

        It belongs to the chart from now on and is played with ``show``; its parts are the curve and its name.
        """
        end = self.x_scale.high if run_to is None else run_to
        if not self.x_scale.holds(end):
            raise EpisodeError(f"a function up to {end:g}, and the axis goes to {self.x_scale.high:g}")
        xs = along(self.x_scale.low, end, self.x_scale.logarithmic)
        ys = function.values(xs)
        inside = np.isfinite(ys) & (ys >= self.y_scale.low) & (ys <= self.y_scale.high)
        if not inside.any():
            raise EpisodeError(f"{function.called} does not pass through this chart's axes")
        colour = function.colour or HIGHLIGHT
        curve = VMobject().set_stroke(colour, 4)
        edges = np.flatnonzero(np.diff(np.concatenate(([0], inside.astype(int), [0]))))
        for first, past in zip(edges[::2], edges[1::2], strict=True):
            places = [self.at(x, y) for x, y in zip(xs[first:past], ys[first:past], strict=True)]
            if len(places) > 1:
                curve.start_new_path(places[0])
                curve.add_points_as_corners(places[1:])
        made = VGroup(curve)
        if function.label:
            shown = [self.at(xs[n], ys[n]) for n in np.flatnonzero(inside)]
            made.add(self._beside_curve(told(function.label, colour=colour), shown))
        self.extras.add(made)
        return made

    def _right_margin(self) -> float:
        words = [told(each.label) for each in (*self.series, *self._room) if each.label and self._names_stand()]
        return max((float(each.width) for each in words), default=-0.25) + 0.25

    def _names_stand(self) -> bool:
        """Whether labels are needed: one series is named by the axis already."""
        return len(self.series) > 1

    def _names(self) -> Iterator[Mobject]:
        if not self._names_stand():
            return
        named = [each for each in self.series if each.label]
        made = []
        for each in named:
            last = int(np.argmax(each.xs))
            words = told(each.label, colour=each.colour)
            made.append(words.next_to(self.at(each.xs[last], each.ys[last]), RIGHT, buff=0.2))
        made.sort(key=lambda words: -float(words.get_y()))
        for upper, lower in itertools.pairwise(made):  # apart, where ends of lines lie close together
            if (overlap := float(lower.get_top()[1] - upper.get_bottom()[1]) + 0.08) > 0:
                lower.shift(overlap * DOWN)
        if made and (below := self.box.bottom - float(made[-1].get_bottom()[1])) > 0:
            made[-1].shift(below * UP)
            for lower, upper in itertools.pairwise(made[::-1]):
                if (overlap := float(lower.get_top()[1] - upper.get_bottom()[1]) + 0.08) > 0:
                    upper.shift(overlap * UP)
        yield from made


class LineChart(XYChart):
    """A line per series, with its band behind it where it has intervals.  Marks: band and line, series by series.

    ``highlight`` is of a whole line here: ``chart.highlight(0, series=1)``.
    """

    def _marks(self) -> Iterator[Mobject]:
        for each in self.series:
            order = np.argsort(each.xs, kind="stable")
            places = [self.at(x, y) for x, y in zip(each.xs[order], each.ys[order], strict=True)]
            if each.ends is not None:
                low = [self.at(x, y) for x, y in zip(each.xs[order], each.ends[order, 0], strict=True)]
                high = [self.at(x, y) for x, y in zip(each.xs[order], each.ends[order, 1], strict=True)]
                band = Polygon(*low, *high[::-1], stroke_width=0).set_fill(each.colour, 0.35)
                band.is_band = True
                yield band
            if len(places) == 1:
                places.append(places[0] + 0.01 * RIGHT)
            yield VMobject().set_points_as_corners(np.array(places)).set_stroke(each.colour, 5)

    def _clear_of_marks(self, words: Mobject) -> float:
        lifted = 0.0
        for floor, roof in sorted(self._heights(float(words.get_left()[0]), float(words.get_right()[0]))):
            bottom, top = words.get_bottom()[1] + lifted, words.get_top()[1] + lifted
            if floor - _CLEAR < top and bottom < roof + _CLEAR:
                lifted += roof + _CLEAR - bottom
        return float(lifted)

    def _heights(self, left: float, right: float) -> Iterator[tuple[float, float]]:
        """Between which heights each line, with its band, lies from one place across to another."""
        for each in self.series:
            order = np.argsort(each.xs, kind="stable")
            ends = np.stack([each.ys, each.ys], axis=1) if each.ends is None else each.ends
            low, high = (
                np.array([self.at(x, y)[:2] for x, y in zip(each.xs[order], ends[order, n], strict=True)])
                for n in (0, 1)
            )
            across = np.linspace(max(left, low[0, 0]), min(right, low[-1, 0]), 17)
            if across[0] <= across[-1]:
                under, over = (np.interp(across, side[:, 0], side[:, 1]) for side in (low, high))
                yield float(under.min()), float(over.max())

    def _draw_marks(self, run_time: float) -> AnimationGroup:
        moves = [FadeIn(each) if hasattr(each, "is_band") else Create(each) for each in self.marks]
        return AnimationGroup(*moves, lag_ratio=0.2, run_time=run_time)

    def _told_apart(self) -> list[Mobject]:
        return [mark for mark in self.marks if not hasattr(mark, "is_band")]

    def mark(self, index: int, series: int = 0) -> Mobject:
        """A dot at one value of a line, unseen until it is shown: what an annotation points at."""
        if not 0 <= series < len(self.series):
            raise EpisodeError(f"this chart has {len(self.series)} series; asked for number {series}")
        chosen = self.series[series]
        value = chosen.reading(index)
        return Dot(self.at(chosen.xs[index], float(value)), radius=0.1, color=chosen.colour)

    def highlight(self, index: int, series: int = 0, run_time: float = 0.6) -> AnimationGroup:
        """Let one line stand out, and put a dot on one of its values."""
        dot = self.mark(index, series)
        lines = self._told_apart()
        moves = [line.animate.set_stroke(opacity=1.0 if n == series else 0.3) for n, line in enumerate(lines)]
        self.extras.add(dot)
        return AnimationGroup(*moves, FadeIn(dot, scale=2), run_time=run_time)

    def plain(self, run_time: float = 0.6) -> AnimationGroup:
        """Take a highlight back."""
        return AnimationGroup(*(each.animate.set_stroke(opacity=1.0) for each in self._told_apart()), run_time=run_time)


class ScatterChart(XYChart):
    """A dot per value, with error bars where a series has intervals.  Marks: dots, then error bars, series by series.

    ``named`` lists places whose labels stand beside their dots (``"all"`` for every one): at the right, unless they
    would lie on another dot or label there.
    """

    radius = 0.1

    def _scales(self) -> tuple[Scale, Scale]:
        """Dots at the ends of an axis would stand upon the other one."""
        x, y = super()._scales()
        xs = np.concatenate([each.xs for each in (*self.series, *self._room)])
        return x.beyond(xs, 0.04), y

    def __init__(self, *series: Series, named: Sequence[int | str] | str = (), **options: object) -> None:
        self._named = named
        super().__init__(*series, **options)  # type: ignore[arg-type]

    def _marks(self) -> Iterator[Mobject]:
        for each in self.series:
            for x, y in zip(each.xs, each.ys, strict=True):
                yield Dot(self.at(x, y), radius=self.radius, color=each.colour)
        for each in self.series:
            if each.ends is not None:
                for x, (low, high) in zip(each.xs, each.ends, strict=True):
                    bar = whisker(self.at(x, low), self.at(x, high), each.colour, 3, 0.08)
                    bar.is_interval = True
                    yield bar

    def _told_apart(self) -> list[Mobject]:
        return [mark for mark in self.marks if not hasattr(mark, "is_interval")]

    def _draw_marks(self, run_time: float) -> AnimationGroup:
        moves = [FadeIn(each, scale=1 if hasattr(each, "is_interval") else 0.3) for each in self.marks]
        return LaggedStart(*moves, lag_ratio=min(0.2, 4 / len(moves)), run_time=run_time)

    def _names(self) -> Iterator[Mobject]:
        yield from super()._names()
        if not self._named:
            return
        first = self.series[0]
        wanted = range(len(first.names)) if self._named == "all" else self._named
        chosen: list[int] = []
        for place in wanted:
            index = first.names.index(place) if isinstance(place, str) and place in first.names else place
            if not isinstance(index, int) or not 0 <= index < len(first.names):
                raise EpisodeError(
                    f"{first.called} has no place '{place}'; it has {', '.join(first.names) or 'no labels'}"
                )
            chosen.append(index)
        yield from beside_dots(
            [Words("{name}", name=first.names[index], size=TINY, color=first.colour) for index in chosen],
            [self.at(first.xs[index], first.ys[index]) for index in chosen],
            [self.at(x, y) for each in self.series for x, y in zip(each.xs, each.ys, strict=True)],
            self.radius,
            self,
            also=list(self._lines()),
        )

    def _lines(self) -> Iterator[tuple[float, float, float, float]]:
        """What else a name should not lie on: the axes, and error bars."""
        (left, floor, _), (right, top, _) = self.area.get_corner(DL), self.area.get_corner(UR)
        yield left - _CLEAR, floor, left + _CLEAR, top
        yield left, floor - _CLEAR, right, floor + _CLEAR
        for each in self.series:
            for x, (low, high) in zip(each.xs, each.ends, strict=True) if each.ends is not None else ():
                foot, head = self.at(x, low), self.at(x, high)
                yield foot[0] - _CLEAR, foot[1], head[0] + _CLEAR, head[1]
