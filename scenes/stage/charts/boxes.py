"""Samples side by side: as boxes, or value by value."""

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
from tapehead.scenes.stage.palette import INK, SOFT
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
    annotation with a number in it needs ``x=result.read(...)``.

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
        self._levels = tuple(levels)
        coloured = [each if each.colour else replace(each, colour=SERIES_COLOURS[0]) for each in series]
        first = series[0]
        source = f"{first.result.name}/{first.y}"
        super().__init__(coloured, AxisText(x), AxisText(title, first.unit(), source), box)

    def _scales(self) -> tuple[Scale, Scale]:
        values = np.concatenate([each.ys for each in (*self.series, *self._room)] + [values_of(self._levels)])
        many = len(self.series)
        places = Scale(-0.5, many - 0.5, tuple(float(n) for n in range(many)))
        return places, log(values) if self._kind == "log" else linear(values, zero=self._zero)

    def _x_numbers(self) -> list[Mobject]:
        room = 0.94 * (self.box.width - 1.2) / len(self.series)
        made: list[Mobject] = []
        for each in self.series:
            words = told(each.label, size=TINY, colour=SOFT)
            if words.width > room:
                words = told(each.label, size=TINY, colour=SOFT, width=room, align="center")
            made.append(words)
        return made

    @property
    def _wide(self) -> float:
        """Frame units."""
        return min(_WIDEST, _FILL * float(self.area.width) / len(self.series))

    def _marks(self) -> Iterator[Mobject]:
        for n, each in enumerate(self.series):
            made = VGroup()
            parts, wide = box_parts(each.ys), self._wide
            low, first, middle, third, high = (
                self.at(n, value) for value in (parts.low, parts.first, parts.middle, parts.third, parts.high)
            )
            across = wide / 2 * RIGHT
            if self.shown in ("strip", "both"):
                sides = 0.8 * wide * (spread(len(each.ys)) - 0.5)
                places = [self.at(n, value) + side * RIGHT for value, side in zip(each.ys, sides, strict=True)]
                made.add(specks(np.array(places)[:, :2], tint(each.colour, 0.75), _SPECK))
            if self.shown in ("box", "both"):
                body = Rectangle(width=wide, height=max(float((third - first)[1]), 0.01)).move_to((first + third) / 2)
                body.set_stroke(each.colour, 4)
                if self.shown == "box":
                    body.set_fill(tint(each.colour, 0.35), 1)
                made.add(Line(first, low), Line(third, high))
                made.add(*(Line(end - across / 2, end + across / 2) for end in (low, high)))
                made[-4:].set_stroke(each.colour, 4)
                made.add(body)
            if self.shown == "box":
                made.add(*(Circle(0.06).set_stroke(each.colour, 3).move_to(self.at(n, v)) for v in parts.outside))
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
        return LaggedStart(*(FadeIn(mark, shift=0.15 * UP) for mark in self.marks), lag_ratio=0.25, run_time=run_time)
