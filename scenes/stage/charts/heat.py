"""A quantity of two axes as colours, with a bar that says what they stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    AnimationGroup,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    Mobject,
    Rectangle,
    Transform,
    VGroup,
)

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Reading, Result
from tapehead.scenes.stage.charts.chart import AxisText, Box, Chart
from tapehead.scenes.stage.charts.scales import Scale, finite, linear
from tapehead.scenes.stage.charts.series import Series
from tapehead.scenes.stage.charts.ticks import TickLabel
from tapehead.scenes.stage.facts import Told
from tapehead.scenes.stage.lettering import TINY, Words
from tapehead.scenes.stage.palette import COOL, GROUND, HIGHLIGHT, INK, MIDDLE, PANEL, SOFT, WARM, contrast, rgb

_MOST = 1600
"""Cells: each is a shape of its own."""
_BAR, _STEPS = 0.28, 48


class HeatMap(Chart):
    """Cells in rows and columns: ``rows`` and ``columns`` name two axes of ``y``, ``where`` fixes the rest.

    Values on both sides of 0 run from blue through the ground's dark to orange, equally far both ways; others from dark
    to light.  ``row_title`` and ``column_title`` stand for the names of the axes.  ``values`` writes each value into
    its cell, in the format ``spec``.  Marks: cells, row by row.  ``room_for`` are maps that it will become: its colours
    reach over their values as well.

    Raises:
        EpisodeError: the quantity has other axes, or too many cells; the box is too small.
    """

    floor = False

    def __init__(
        self,
        result: Result,
        y: str,
        rows: str,
        columns: str,
        *,
        where: Mapping[str, int | str] | None = None,
        title: str = "",
        row_title: str = "",
        column_title: str = "",
        values: bool = False,
        spec: str = "",
        room_for: Sequence[HeatMap] = (),
        box: Box = Box(),  # noqa: B008  (frozen)
    ) -> None:
        quantity, fixed = result.quantity(y), dict(where or {})
        left = [axis for axis in quantity.axes if axis not in fixed]
        if sorted(left) != sorted((rows, columns)):
            raise EpisodeError(
                f"a heat map of '{result.name}/{y}' needs its axes {', '.join(quantity.axes)}: rows and columns are "
                f"'{rows}' and '{columns}', and where={{...}} fixes {', '.join(fixed) or 'none'}"
            )
        place = quantity.index({**fixed, rows: 0, columns: 0})
        at = tuple(slice(None) if axis in left else n for axis, n in zip(quantity.axes, place, strict=True))
        cells = np.asarray(quantity.values[at], float)
        self.cells = cells if left == [rows, columns] else cells.T
        if self.cells.size > _MOST:
            raise EpisodeError(f"a heat map of {self.cells.size} cells; {_MOST} are the most, so average some of them")
        finite(self.cells, f"'{result.name}/{y}'")
        self._result, self._y, self._fixed, self._sides = result, y, fixed, (rows, columns)
        self._values, self._spec = values, spec
        reach = np.concatenate([each.ravel() for each in (self.cells, *(other.cells for other in room_for))])
        both = float(reach.min()) < 0 < float(reach.max())
        self.colour_scale = linear(np.abs(reach) if both else reach, zero=both, count=2 if both else 4)
        if both:
            ticks = self.colour_scale.ticks
            self.colour_scale = Scale(-ticks[-1], ticks[-1], (*(-t for t in ticks[:0:-1]), *ticks))
        self.diverging = both
        unit = "" if quantity.unit == "1" else quantity.unit
        first = Series(result, y, where={**fixed, rows: 0})
        along, down = (text or axis.replace("_", " ") for text, axis in ((column_title, columns), (row_title, rows)))
        super().__init__([first], AxisText(along), AxisText(down), box)
        self._title = title
        if title or unit:
            words = Words(f"{title} ({unit})" if title and unit else title or unit, size=TINY, color=SOFT)
            words.move_to([self.box.right, self.box.top, 0], aligned_edge=UP + RIGHT)
            self.titles.add(words)

    def colour(self, value: float) -> str:
        """The colour that a value has, ``#RRGGBB``."""
        share = float(self.colour_scale.share(value))
        stops = (COOL, PANEL, WARM) if self.diverging else (PANEL, COOL, MIDDLE)
        along = min(max(share, 0.0), 1.0) * 2
        one, other = (stops[0], stops[1]) if along <= 1 else (stops[1], stops[2])
        mixed = [a + (b - a) * (along if along <= 1 else along - 1) for a, b in zip(rgb(one), rgb(other), strict=True)]
        return "#" + "".join(f"{round(255 * each):02X}" for each in mixed)

    def _scales(self) -> tuple[Scale, Scale]:
        many_rows, many = self.cells.shape
        across = Scale(-0.5, many - 0.5, tuple(float(n) for n in range(many)))
        return across, Scale(0.5 - many_rows, 0.5, tuple(-float(n) for n in range(many_rows)))

    def _labels(self, axis: str, many: int) -> list[Mobject]:
        """Names where there are some and they have room; else every so many places' numbers."""
        names = self._result.quantity(self._y).labels.get(axis)
        source = f"{self._result.name}/{self._y}"
        if names:
            return [Words("{n}", n=Told(name, f"{source}:{axis}"), size=TINY, color=SOFT) for name in names]
        return [TickLabel(str(n), n, source) for n in range(many)]

    def _x_numbers(self) -> list[Mobject]:
        made = self._labels(self._sides[1], self.cells.shape[1])
        room = (self.box.width - 3.0) / len(made)
        return _thinned(made, max(float(each.width) for each in made) + 0.15, room)

    def _y_numbers(self) -> list[Mobject]:
        made = self._labels(self._sides[0], self.cells.shape[0])
        return _thinned(made, max(float(each.height) for each in made) + 0.08, (self.box.height - 1.4) / len(made))

    def _right_margin(self) -> float:
        labels = [TickLabel(text, 0, "") for text in self.colour_scale.shown()]
        return 0.4 + _BAR + 0.2 + max(float(each.width) for each in labels)

    def _draw_axes(self, x_numbers: list[Mobject], y_numbers: list[Mobject]) -> None:
        left, bottom = float(self.area.get_left()[0]), float(self.area.get_bottom()[1])
        for value, number in zip(self.y_scale.ticks, y_numbers, strict=True):
            self.numbers.add(number.next_to([left, self.at(0, value)[1], 0], LEFT, buff=0.15))
        for value, number in zip(self.x_scale.ticks, x_numbers, strict=True):
            self.numbers.add(number.next_to([self.at(value, 0)[0], bottom, 0], DOWN, buff=0.15))
        self._colour_bar()

    def _colour_bar(self) -> None:
        bottom, height = float(self.area.get_bottom()[1]), float(self.area.height)
        x = float(self.area.get_right()[0]) + 0.4 + _BAR / 2
        scale = self.colour_scale
        for n in range(_STEPS):
            value = scale.low + (n + 0.5) / _STEPS * (scale.high - scale.low)
            step = Rectangle(width=_BAR, height=1.15 * height / _STEPS, stroke_width=0).set_fill(self.colour(value), 1)
            self.axes.add(step.move_to([x, bottom + (n + 0.5) / _STEPS * height, 0]))
        for value, text in zip(scale.ticks, scale.shown(), strict=True):
            y = bottom + float(scale.share(value)) * height
            self.axes.add(Line([x + _BAR / 2, y, 0], [x + _BAR / 2 + 0.08, y, 0]).set_stroke(SOFT, 2.5))
            label = TickLabel(text, value, f"{self._result.name}/{self._y}")
            self.numbers.add(label.next_to([x + _BAR / 2 + 0.08, y, 0], RIGHT, buff=0.1))

    def _marks(self) -> Iterator[Mobject]:
        wide, high = float((self.at(1, 0) - self.at(0, 0))[0]), float((self.at(0, 0) - self.at(0, -1))[1])
        for n, row in enumerate(self.cells):
            for m, value in enumerate(row):
                cell = Rectangle(width=wide, height=high, stroke_width=1, color=GROUND).set_fill(self.colour(value), 1)
                yield cell.move_to(self.at(m, -n))

    def _names(self) -> Iterator[Mobject]:
        if not self._values:
            return
        text = "{x:" + self._spec + "}" if self._spec else "{x}"
        for n, row in enumerate(self.cells):
            for m, value in enumerate(row):
                ground = rgb(self.colour(value))
                ink = INK if contrast(rgb(INK), ground) >= contrast(rgb(GROUND), ground) else GROUND
                words = Words(text, x=self.reading(n, m), size=TINY, color=ink)
                yield words.move_to(self.at(m, -n))

    def reading(self, row: int, column: int) -> Reading:
        """The value of one cell."""
        return self._result.read(self._y, **{**self._fixed, self._sides[0]: row, self._sides[1]: column})

    def cell(self, row: int, column: int) -> Mobject:
        """One cell.

        Raises:
            EpisodeError: there is none there.
        """
        rows, columns = self.cells.shape
        if not (0 <= row < rows and 0 <= column < columns):
            raise EpisodeError(f"the heat map has {rows} × {columns} cells; asked for {row}, {column}")
        return self.marks[row * columns + column]

    def frame(self, row: int, column: int, colour: str = HIGHLIGHT) -> VGroup:
        """A frame round one cell, which belongs to the chart from now on; play it with ``show``."""
        cell = self.cell(row, column)
        made = VGroup(Rectangle(width=cell.width, height=cell.height).set_stroke(colour, 6).move_to(cell))
        self.extras.add(made)
        return made

    def mark(self, index: int, series: int = 0) -> Mobject:
        """The cell of that number, row by row."""
        columns = self.cells.shape[1]
        return self.cell(index // columns, index % columns)

    def _draw_marks(self, run_time: float) -> AnimationGroup:
        columns = self.cells.shape[1]
        rows = [VGroup(*self.marks[n : n + columns]) for n in range(0, len(self.marks), columns)]
        return LaggedStart(*(FadeIn(row) for row in rows), lag_ratio=0.3, run_time=run_time)

    def update_to(self, *series: Any, run_time: float = 1.0) -> AnimationGroup:
        """Let the colours become those of another result, or of another map, with as many cells, on the same scale.

        Raises:
            EpisodeError: it is neither, its cells are more or fewer, or a value lies outside of the colours (give the
                map ``room_for=[...]`` when it is made).
        """
        if len(series) != 1 or not isinstance(series[0], Result | HeatMap):
            raise EpisodeError("a heat map becomes that of another result, or another map: update_to(result)")
        other = series[0]
        if isinstance(other, Result):
            other = HeatMap(other, self._y, *self._sides, where=self._fixed)
        if other.cells.shape != self.cells.shape:
            many, new = (" × ".join(map(str, each.cells.shape)) for each in (self, other))
            raise EpisodeError(
                f"this heat map has {many} cells and would have {new}; only equally many become each other"
            )
        scale = self.colour_scale
        if not scale.holds(other.cells):
            raise EpisodeError(
                f"'{other._result.name}/{other._y}' reaches from {other.cells.min():g} to {other.cells.max():g}, and "
                f"the map's colours from {scale.low:g} to {scale.high:g}: make the map with room_for=[...] that map"
            )
        self.cells, self._result, self._y, self._fixed = other.cells, other._result, other._y, other._fixed
        self._sides = other._sides
        moves: list[Any] = [Transform(old, new) for old, new in zip(self.marks, VGroup(*self._marks()), strict=True)]
        if len(self.names):
            gone, self.names = self.names, VGroup(*self._names())
            self.submobjects = [self.names if part is gone else part for part in self.submobjects]
            moves += [FadeOut(gone), FadeIn(self.names)]
        return AnimationGroup(*moves, run_time=run_time)


def _thinned(labels: list[Mobject], needs: float, room: float) -> list[Mobject]:
    """Every so many of them, so that they do not touch; the others are empty."""
    every = max(1, int(np.ceil(needs / max(room, 1e-6))))
    return [label if n % every == 0 else VGroup() for n, label in enumerate(labels)]
