"""Readings in rows and columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from manim import LEFT, RIGHT, UP, AnimationGroup, FadeIn, FadeOut, LaggedStart, Line, Mobject, Rectangle, VGroup

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.stage.charts.chart import PALE_LETTERS, Box, Unaxed, told
from tapehead.scenes.stage.charts.series import Series
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, TINY, Lettering, Words
from tapehead.scenes.stage.palette import FAINT, INK, SOFT

_TALLEST = 1.15
"""Frame units: rows stand no further apart."""


class Table(Unaxed):
    """A column per series, a row per label of their common places; numbers are set to the right.

    A column's head is its series' label (its quantity's name without one) and unit.  ``specs`` are the formats of the
    columns, one for all or one for each; ``places`` stands over the rows' names.  Letters are as large as the box
    allows.  Marks: one per row.

    Raises:
        EpisodeError: places without labels, other places than the first's, a number of formats that is not that of the
            columns, or a box without room for letters that can be read.
    """

    pale = PALE_LETTERS

    def __init__(
        self,
        *columns: Series,
        title: str = "",
        places: str = "",
        specs: str | Sequence[str] = "",
        box: Box = Box(),  # noqa: B008  (frozen)
    ) -> None:
        if not columns:
            raise EpisodeError("a table needs at least one Series, for its column")
        self._places = places
        self.specs = [specs] * len(columns) if isinstance(specs, str) else list(specs)
        if len(self.specs) != len(columns):
            raise EpisodeError(f"a table of {len(columns)} columns was given {len(self.specs)} formats")
        _fit(columns, columns[0])
        super().__init__(columns, title, box)

    def _marks(self) -> Iterator[Mobject]:
        rows = len(self.series[0].names)
        self.step = min(_TALLEST, float(self.area.height) / (rows + 1))
        for size in (HEADING, BODY, SMALL, TINY):
            head, names, cells = self._set(size)
            corner = told(self._places, size=max(size * 0.8, TINY), colour=SOFT) if self._places else VGroup()
            widths = [
                max(float(each.width) for each in (top, *column)) for top, column in zip(head, cells, strict=True)
            ]
            first = max(float(name.width) for name in (*names, corner))
            spare = float(self.area.width) - first - sum(widths)
            tall = max(float(each.height) for each in (*head, *names, *(cell for column in cells for cell in column)))
            if spare >= 0.45 * len(cells) and tall <= 0.8 * self.step:
                break
        else:
            raise self._too_small(f"a table of {rows} rows and {len(cells)} columns")
        self.letters = size
        gap = min(spare / len(cells), 2.2)
        left = float(self.area.get_left()[0]) + (spare - gap * len(cells)) / 2
        rights = left + first + np.cumsum([gap + width for width in widths])
        self._rights, self._left = rights, left
        top = self._top = float(self.area.get_top()[1]) - (float(self.area.height) - (rows + 1) * self.step) / 2
        for words, right in zip(head, rights, strict=True):
            self.titles.add(words.move_to([right, top - self.step / 2, 0], aligned_edge=RIGHT))
        if self._places:
            self.titles.add(corner.move_to([left, top - self.step / 2, 0], aligned_edge=LEFT))
        rule = Line([left, top - self.step, 0], [rights[-1], top - self.step, 0])
        self.axes.add(rule.set_stroke(FAINT, 3))
        digit = min(float(cell.height) for column in cells for cell in column)
        for n, name in enumerate(names):
            y = self._y(n)
            row = VGroup(_stood(name, self._left, y, digit, LEFT))
            row.add(*(_stood(column[n], right, y, digit, RIGHT) for column, right in zip(cells, rights, strict=True)))
            yield row

    def _y(self, row: int) -> float:
        return self._top - (row + 1.5) * self.step

    def _set(self, size: float) -> tuple[list[Lettering], list[Lettering], list[list[Lettering]]]:
        """Heads, names of rows, and columns of numbers, in letters of one size."""
        small = max(size * 0.8, TINY)
        head: list[Lettering] = []
        for each in self.series:
            unit = f" ({each.unit()})" if each.unit() else ""
            text = each.label or each.y.replace("_", " ")
            head.append(told(text, size=small, colour=SOFT) if not unit else
                        Words("{name}" + unit, name=text, size=small, color=SOFT))  # fmt: skip
        names: list[Lettering] = [Words("{n}", n=name, size=size, color=INK) for name in self.series[0].names]
        cells: list[list[Lettering]] = []
        for each, spec in zip(self.series, self.specs, strict=True):
            text = "{x:" + spec + "}" if spec else "{x}"
            cells.append([Words(text, x=each.reading(n), size=size, color=INK) for n in range(len(each.ys))])
        return head, names, cells

    def cell(self, row: int, column: int) -> Mobject:
        """One number.

        Raises:
            EpisodeError: there is none there.
        """
        if not (0 <= row < len(self.marks) and 0 <= column < len(self.series)):
            raise EpisodeError(f"the table has {len(self.marks)} × {len(self.series)} cells; asked for {row}, {column}")
        return self.marks[row][column + 1]

    def frame(self, row: int, column: int, colour: str = INK) -> VGroup:
        """A frame round one number, which belongs to the table from now on; play it with ``show``."""
        cell = self.cell(row, column)
        made = VGroup(Rectangle(width=cell.width + 0.3, height=min(cell.height + 0.3, self.step)).move_to(cell))
        self.extras.add(made.set_stroke(colour, 5))
        return made

    def mark(self, index: int, series: int = 0) -> Mobject:
        """A row."""
        if series or not -len(self.marks) <= index < len(self.marks):
            raise EpisodeError(f"the table has {len(self.marks)} rows; asked for number {index}")
        return self.marks[index]

    def update_to(self, *series: Any, run_time: float = 1.0) -> AnimationGroup:
        """Let the numbers become others in their places; those that stay the same stay.

        Raises:
            EpisodeError: there are more or fewer columns, or other rows.
        """
        if len(series) != len(self.series):
            raise EpisodeError(f"this table has {len(self.series)} columns and cannot become one of {len(series)}")
        _fit(series, self.series[0])
        self.series = tuple(series)
        _, _, cells = self._set(self.letters)
        moves = []
        for n, column in enumerate(cells):
            for row, new in zip(self.marks, column, strict=True):
                old = row[n + 1]
                new.move_to([self._rights[n], old.get_top()[1], 0], aligned_edge=UP + RIGHT)
                if isinstance(old, Lettering) and old.plain_text == new.plain_text:
                    continue
                row.submobjects[n + 1] = new
                moves += [FadeOut(old), FadeIn(new)]
        return AnimationGroup(*moves, run_time=run_time)

    def _draw_marks(self, run_time: float) -> AnimationGroup:
        return LaggedStart(*(FadeIn(row) for row in self.marks), lag_ratio=0.4, run_time=run_time)


def _stood(words: Lettering, x: float, y: float, digit: float, side: np.ndarray) -> Lettering:
    """Words in a row: those with digits by their upper ends, for a comma hangs below the line."""
    if any(map(str.isdigit, words.plain_text)):
        return words.move_to([x, y + digit / 2, 0], aligned_edge=UP + side)
    return words.move_to([x, y, 0], aligned_edge=side)


def _fit(columns: Sequence[Series], first: Series) -> None:
    if not first.names:
        raise EpisodeError(f"{first.called} has no labels along '{first.axis}': name its rows in the analysis")
    for each in columns:
        if each.names != first.names:
            raise EpisodeError(f"{each.called} has other places than {first.called}; a table's columns need the same")
