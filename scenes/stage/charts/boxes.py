"""Samples side by side, upright or lying: as boxes, or value by value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from manim import RIGHT, UP, AnimationGroup, Circle, FadeIn, LaggedStart, Line, Mobject, Rectangle, VGroup

from tapehead.analysis.boxes import box_parts, spread
from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Reading
from tapehead.scenes.stage.charts.chart import SERIES_COLOURS, AxisText, Box, Chart, Levels, tint, told, values_of
from tapehead.scenes.stage.charts.scales import Scale, linear, log
from tapehead.scenes.stage.charts.series import Series
from tapehead.scenes.stage.lettering import TINY
from tapehead.scenes.stage.palette import FAINT, INK, SOFT
from tapehead.scenes.stage.specks import specks

SHOWN = ("box", "strip", "both")
_FILL, _WIDEST = 0.6, 1.5
_SPECK = 0.1
"""Frame units: a value in a strip."""


class BoxChart(Chart):
    """Each series is a sample, named by its label under it: ``BoxChart(*each_of(result, "length", "group"))``.

    ``shown`` is ``box`` (quartiles, median, whiskers to the furthest values within one and a half interquartile
    ranges, what lies beyond as dots), ``strip`` (a speck per value and a line at the median; how far a speck stands
    to the side means nothing) or ``both``.  Marks: one per sample; ``highlight`` and ``annotate`` count samples, and an
    annotation with a number in it needs ``x=result.read(...)``.  ``horizontal`` lays them down, the first one on top:
    long names have room then.  ``title`` is that of the values' axis and ``x`` that of the samples', either way.

    Raises:
        EpisodeError: a sample without a label, an unknown way to show it, or a box that is too small.
    """

    def __init__(
        self,
        *series: Series,
        title: str = "",
        x: str = "",
        shown: str = "box",
        y_scale: str = "linear",
        zero: bool = False,
        horizontal: bool = False,
        room_for: Sequence[Series] = (),
        levels: Levels = (),
        box: Box = Box(),  # noqa: B008  (frozen)
    ) -> None:
        if shown not in SHOWN:
            raise EpisodeError(f"samples are shown as {', '.join(SHOWN)}; not '{shown}'")
        if y_scale not in ("linear", "log"):
            raise EpisodeError(f"an axis is linear or log, not '{y_scale}'")
        if not series:
            raise EpisodeError("a chart needs at least one Series")
        for each in series:
            if not each.label:
                raise EpisodeError(f"{each.called} has no label to stand under its box; give it one, or use each_of")
        self.shown, self._kind, self._zero, self._room = shown, y_scale, zero, tuple(room_for)
        self._levels, self.horizontal = tuple(levels), horizontal
        coloured = [each if each.colour else replace(each, colour=SERIES_COLOURS[0]) for each in series]
        first = series[0]
        names, sizes = AxisText(x), AxisText(title, first.unit(), f"{first.result.name}/{first.y}")
        super().__init__(coloured, sizes if horizontal else names, names if horizontal else sizes, box)

    def _scales(self) -> tuple[Scale, Scale]:
        values = np.concatenate([each.ys for each in (*self.series, *self._room)] + [values_of(self._levels)])
        sizes = log(values) if self._kind == "log" else linear(values, zero=self._zero)
        many = len(self.series)
        if self.horizontal:  # the first sample is on top
            return sizes, Scale(-many + 0.5, 0.5, tuple(-float(n) for n in range(many)))
        return Scale(-0.5, many - 0.5, tuple(float(n) for n in range(many))), sizes

    @property
    def size_scale(self) -> Scale:
        """The scale along which values grow."""
        return self.x_scale if self.horizontal else self.y_scale

    def _labels(self) -> list[Mobject]:
        """The samples' names; one that is too long for its room is broken."""
        room = 0.3 * self.box.width if self.horizontal else 0.94 * (self.box.width - 1.2) / len(self.series)
        made: list[Mobject] = []
        for each in self.series:
            words = told(each.label, size=TINY, colour=SOFT)
            if words.width > room:
                align = "right" if self.horizontal else "center"
                words = told(each.label, size=TINY, colour=SOFT, width=room, align=align)
            made.append(words)
        return made

    def _x_numbers(self) -> list[Mobject]:
        return super()._x_numbers() if self.horizontal else self._labels()

    def _y_numbers(self) -> list[Mobject]:
        return self._labels() if self.horizontal else super()._y_numbers()

    def _draw_axes(self, x_numbers: list[Mobject], y_numbers: list[Mobject]) -> None:
        super()._draw_axes(x_numbers, y_numbers)
        if self.horizontal:
            self._grid_stands(len(y_numbers), FAINT, 0.6)

    @property
    def _wide(self) -> float:
        """Frame units across a sample."""
        room = self.area.height if self.horizontal else self.area.width
        return min(_WIDEST, _FILL * float(room) / len(self.series))

    def _place(self, sample: int, value: float) -> np.ndarray:
        return self.at(value, -sample) if self.horizontal else self.at(sample, value)

    def _marks(self) -> Iterator[Mobject]:
        aside = UP if self.horizontal else RIGHT
        for n, each in enumerate(self.series):
            made = VGroup()
            parts, wide = box_parts(each.ys), self._wide
            low, first, middle, third, high = (
                self._place(n, value) for value in (parts.low, parts.first, parts.middle, parts.third, parts.high)
            )
            across = wide / 2 * aside
            if self.shown in ("strip", "both"):
                sides = 0.8 * wide * (spread(len(each.ys)) - 0.5)
                places = [self._place(n, value) + side * aside for value, side in zip(each.ys, sides, strict=True)]
                made.add(specks(np.array(places)[:, :2], tint(each.colour, 0.75), _SPECK))
            if self.shown in ("box", "both"):
                long = max(float(np.linalg.norm(third - first)), 0.01)
                size = (long, wide) if self.horizontal else (wide, long)
                body = Rectangle(width=size[0], height=size[1]).move_to((first + third) / 2)
                body.set_stroke(each.colour, 4)
                if self.shown == "box":
                    body.set_fill(tint(each.colour, 0.35), 1)
                made.add(Line(first, low), Line(third, high))
                made.add(*(Line(end - across / 2, end + across / 2) for end in (low, high)))
                made[-4:].set_stroke(each.colour, 4)
                made.add(body)
            if self.shown == "box":
                made.add(*(Circle(0.06).set_stroke(each.colour, 3).move_to(self._place(n, v)) for v in parts.outside))
            made.add(Line(middle - across, middle + across).set_stroke(INK, 6))
            yield made

    def mark(self, index: int, series: int = 0) -> Mobject:
        """What stands for a sample.

        Raises:
            EpisodeError: there is none of that number.
        """
        if series or not -len(self.marks) <= index < len(self.marks):
            raise EpisodeError(f"this chart has {len(self.marks)} samples; asked for number {index}")
        return self.marks[index]

    def _own_reading(self, index: int, series: int) -> Reading:
        raise EpisodeError("a box stands for many values; give the annotation x=result.read(...)")

    def _draw_marks(self, run_time: float) -> AnimationGroup:
        way = RIGHT if self.horizontal else UP
        return LaggedStart(*(FadeIn(mark, shift=0.15 * way) for mark in self.marks), lag_ratio=0.25, run_time=run_time)
