"""Rows of pictures under each other on one scale: the same places, as several quantities have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from manim import DOWN, LEFT, UL, UP, AnimationGroup, FadeIn, Group, LaggedStart, VGroup

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Result
from tapehead.scenes.stage.charts.chart import PALE, Box, in_frame, pointer, told
from tapehead.scenes.stage.facts import Told
from tapehead.scenes.stage.lettering import TINY, Words
from tapehead.scenes.stage.palette import SOFT
from tapehead.scenes.stage.portraits import Portrait

_MOST = 120
_SMALLEST = 0.35
"""Frame units: a smaller picture shows nothing."""
_GAP = 0.12


@dataclass(frozen=True)
class PictureRow:
    """One row: the first axis that ``where`` leaves counts the pictures; then rows and columns, and maybe colours.

    Three colours are a last axis of three, or an axis ``channel`` of three after the first.

    Raises:
        EpisodeError: the quantity is no row of pictures.
    """

    result: Result
    y: str
    label: str = ""
    where: Mapping[str, int | str] = field(default_factory=dict)

    def read(self) -> tuple[np.ndarray, tuple[Told, ...]]:
        """The pictures, (place, height, width) or (place, height, width, 3), and the names of the places."""
        quantity, called = self.result.quantity(self.y), f"'{self.result.name}/{self.y}'"
        left = [axis for axis in quantity.axes if axis not in self.where]
        at = quantity.index({**self.where, **dict.fromkeys(left, 0)})
        place = tuple(slice(None) if axis in left else n for axis, n in zip(quantity.axes, at, strict=True))
        values = np.asarray(quantity.values[place], float)
        if values.ndim == 4 and left[1] == "channel" and values.shape[1] == 3:
            values = np.moveaxis(values, 1, -1)
        if values.ndim not in (3, 4) or (values.ndim == 4 and values.shape[-1] != 3):
            raise EpisodeError(f"{called} is no row of pictures: its axes are {', '.join(left) or 'none'}")
        if not np.isfinite(values).all():
            raise EpisodeError(f"{called} has pixels that are no numbers; a picture cannot show them")
        source = f"{self.result.name}/{self.y}:{left[0]}"
        return values, tuple(Told(name, source) for name in quantity.labels.get(left[0], ()))


class ImageRows(Group):
    """Rows of pictures, brightness from the least to the greatest value of all of them, names under the last row.

    Like :class:`~tapehead.scenes.stage.charts.images.ImageGrid` not a chart by type, but played like one.  Marks: the
    pictures, row by row; ``highlight(index, row)`` and ``annotate`` take both.

    Raises:
        EpisodeError: no rows, a row without pictures, or a box that is too small for them.
    """

    def __init__(self, *rows: PictureRow, title: str = "", smooth: bool = False, box: Box = Box()) -> None:  # noqa: B008
        if not rows:
            raise EpisodeError("rows of pictures need at least one row")
        super().__init__()
        self.rows, self.title, self.box, self._smooth = tuple(rows), title, in_frame(box), smooth
        found = [row.read() for row in rows]
        low, high = (end(float(end2(values)) for values, _ in found) for end, end2 in ((min, np.min), (max, np.max)))
        self.pictures: list[np.ndarray] = []
        for values, _ in found:
            grey = np.clip((values - low) / ((high - low) or 1.0), 0, 1)
            grey = grey if grey.ndim == 4 else np.repeat(grey[..., None], 3, axis=-1)
            self.pictures.append(np.round(255 * grey).astype(np.uint8))
        if (count := sum(map(len, self.pictures))) > _MOST:
            raise EpisodeError(f"{count} pictures; {_MOST} are the most that can be told apart")
        self.labels = found[-1][1]
        self._lay_out()

    def within(self, left: float, top: float, width: float, height: float) -> Self:
        """Lay it out anew in another box, and give it back."""
        self.box = Box(left, top, width, height)
        self._lay_out()
        return self

    def _lay_out(self) -> None:
        box, top = self.box, 0.0
        self.titles, self.names, self.extras, self.marks = VGroup(), VGroup(), VGroup(), Group()
        if self.title:
            words = Words(self.title, size=TINY, color=SOFT).move_to([box.left, box.top, 0], aligned_edge=UL)
            self.titles.add(words)
            top = float(words.height) + 0.25
        heads = self._heads(0.28 * box.width)
        aside = max((float(each.width) for each in heads), default=0.0) + (0.25 if len(heads) else 0.0)
        names = [Words("{n}", n=name, size=TINY, color=SOFT) for name in self.labels]
        under = max((float(each.height) for each in names), default=0.0) + (0.12 if names else 0.0)
        most, count = max(map(len, self.pictures)), len(self.pictures)
        tall, wide = self.pictures[0].shape[1:3]
        across = (box.width - aside - _GAP * (most - 1)) / most
        height = min(across * tall / wide, (box.height - top - under - _GAP * (count - 1)) / count)
        if height < _SMALLEST:
            raise EpisodeError(
                f"a box of {box.width:g} × {box.height:g} makes {count} rows of {most} pictures {max(height, 0):.2f} "
                "high; give it more with within(left, top, width, height), or show fewer"
            )
        width = height * wide / tall
        left = box.left + aside + (box.width - aside - most * (width + _GAP) + _GAP) / 2
        upper = box.top - top - (box.height - top - under - count * (height + _GAP) + _GAP) / 2
        for row, pictures in enumerate(self.pictures):
            middle = upper - row * (height + _GAP) - height / 2
            for n, pixels in enumerate(pictures):
                made = Portrait(pixels, height, smooth=self._smooth)
                self.marks.add(made.move_to([left + n * (width + _GAP) + width / 2, middle, 0]))
        starts = np.cumsum([0, *map(len, self.pictures)])
        for row, words in enumerate(heads):
            if self.rows[row].label:
                self.names.add(words.next_to(self.marks[int(starts[row])], LEFT, buff=0.2))
        for picture, words in zip(self.marks[int(starts[-2]) :], names, strict=False):
            if words.width > width + _GAP:
                raise EpisodeError(f"the name '{words.plain_text}' is wider than its picture; give the box more room")
            self.names.add(words.next_to(picture, DOWN, buff=0.1))
        self.submobjects: list[Any] = []
        self.add(self.titles, self.marks, self.names, self.extras)

    def _heads(self, room: float) -> Sequence[Words]:
        if not any(row.label for row in self.rows):
            return []
        made = []
        for row in self.rows:
            words = told(row.label or " ", size=TINY, colour=SOFT)
            if words.width > room:
                words = told(row.label, size=TINY, colour=SOFT, width=room, align="right")
            made.append(words)
        return made

    def draw(self, run_time: float = 1.6) -> AnimationGroup:
        """Put it up, row by row; its words come at once, so that a slow one does not begin with nothing."""
        soon = min(0.4, run_time / 3)
        first = [FadeIn(part, run_time=soon) for part in (self.titles, self.names) if len(part)]
        lag = LaggedStart(*(FadeIn(each) for each in self.marks), lag_ratio=min(0.3, 3 / len(self.marks)),
                          run_time=run_time)  # fmt: skip
        return AnimationGroup(*first, lag)

    def mark(self, index: int, row: int = 0) -> Portrait:
        """One picture of a row.

        Raises:
            EpisodeError: there is none of that number, or no such row.
        """
        if not 0 <= row < len(self.pictures):
            raise EpisodeError(f"there are {len(self.pictures)} rows of pictures; asked for number {row}")
        size = len(self.pictures[row])
        if not -size <= index < size:
            raise EpisodeError(f"this row has {size} pictures; asked for number {index}")
        found = self.marks[sum(map(len, self.pictures[:row])) + index % size]
        assert isinstance(found, Portrait)
        return found

    def highlight(self, index: int, row: int = 0, run_time: float = 0.6) -> AnimationGroup:
        """Let one picture stand out."""
        chosen = self.mark(index, row)
        moves = (each.animate.set_opacity(1.0 if each is chosen else PALE) for each in self.marks)
        return AnimationGroup(*moves, run_time=run_time)

    def plain(self, run_time: float = 0.6) -> AnimationGroup:
        """Take a highlight back."""
        return AnimationGroup(*(each.animate.set_opacity(1.0) for each in self.marks), run_time=run_time)

    def annotate(
        self, text: str, index: int, row: int = 0, *, towards: np.ndarray = UP, away: float = 1.1, **fields: Any
    ) -> VGroup:
        """Words and an arrow to one picture; numbers come in as ``fields``, read from a result."""
        made = pointer(text, self.mark(index, row).frame, self.box, towards, away, fields)
        self.extras.add(made)
        return made
