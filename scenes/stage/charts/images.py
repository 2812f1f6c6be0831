"""Pictures in rows, out of one quantity and on one scale, each with its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from manim import DOWN, UL, UP, AnimationGroup, FadeIn, FadeOut, Group, LaggedStart, Rectangle, VGroup

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Result
from tapehead.scenes.stage.charts.chart import PALE, Box, in_frame, pointer
from tapehead.scenes.stage.facts import Told
from tapehead.scenes.stage.lettering import TINY, Words
from tapehead.scenes.stage.palette import HIGHLIGHT, SOFT
from tapehead.scenes.stage.portraits import Portrait

_MOST = 80
_SMALLEST = 0.5
"""Frame units: a smaller picture shows nothing."""


class ImageGrid(Group):
    """``axis`` of ``y`` counts the pictures; the others are rows and columns, or with ``channel`` three colours.

    Brightness runs from the least to the greatest value of all pictures shown, so that they can be compared; bytes
    (0 to 255) and pictures in colour (0 to 1) are shown as they are.  Names are the labels of ``axis``.  ``columns`` 0
    fills the box best.  ``smooth`` blends pixels.  Not a :class:`Chart` by type, for pictures are no curves, but
    played like one.

    Raises:
        EpisodeError: the quantity is no row of pictures, or the box is too small for them.
    """

    def __init__(
        self,
        result: Result,
        y: str,
        axis: str,
        *,
        where: Mapping[str, int | str] | None = None,
        title: str = "",
        columns: int = 0,
        smooth: bool = False,
        box: Box = Box(),  # noqa: B008  (frozen)
    ) -> None:
        super().__init__()
        self._y, self._axis, self._where, self._smooth, self._columns = y, axis, dict(where or {}), smooth, columns
        self.result, self.title, self.box = result, title, in_frame(box)
        self.pictures, self.labels = self._read(result)
        self._lay_out()

    def _read(self, result: Result) -> tuple[np.ndarray, tuple[Told, ...]]:
        quantity, called = result.quantity(self._y), f"'{result.name}/{self._y}'"
        left = [axis for axis in quantity.axes if axis not in self._where]
        if self._axis not in left:
            raise EpisodeError(f"{called} has no axis '{self._axis}' that counts pictures; it has {', '.join(left)}")
        at = quantity.index({**self._where, **dict.fromkeys(left, 0)})
        place = tuple(slice(None) if axis in left else n for axis, n in zip(quantity.axes, at, strict=True))
        values = np.moveaxis(quantity.values[place], left.index(self._axis), 0)
        rest = [axis for axis in left if axis != self._axis]
        colours = "channel" in rest
        if colours:
            values = np.moveaxis(values, 1 + rest.index("channel"), -1)
        if values.ndim != 3 + colours or (colours and values.shape[-1] != 3) or not len(values):
            raise EpisodeError(
                f"{called} is no row of pictures along '{self._axis}': it has {', '.join(rest) or 'no axes'} beside"
                " it; wanted are two, or three with 'channel' of 3"
            )
        if len(values) > _MOST:
            raise EpisodeError(f"{len(values)} pictures; {_MOST} are the most that can be told apart")
        if not np.isfinite(values).all():
            raise EpisodeError(f"{called} has pixels that are no numbers; a picture cannot show them")
        if values.dtype != np.uint8:
            values = values.astype(float)
            if not colours:
                low, high = float(values.min()), float(values.max())
                values = (values - low) / ((high - low) or 1.0)
            values = np.round(255 * np.clip(values, 0, 1)).astype(np.uint8)
        if not colours:
            values = np.repeat(values[..., None], 3, axis=-1)
        source = f"{result.name}/{self._y}:{self._axis}"
        return values, tuple(Told(label, source) for label in quantity.labels.get(self._axis, ()))

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
        count, (tall, wide) = len(self.pictures), self.pictures.shape[1:3]
        under = 0.5 if self.labels else 0.0
        best = (0.0, 1)
        for columns in [self._columns] if self._columns else range(1, count + 1):
            rows = -(-count // columns)
            height = (box.height - top - 0.15 * (rows - 1)) / rows - under
            best = max(best, (min(height, (box.width - 0.2 * (columns - 1)) / columns * tall / wide), columns))
        height, columns = best
        if height < _SMALLEST:
            raise EpisodeError(
                f"a box of {box.width:g} × {box.height:g} makes {count} pictures {max(height, 0):.1f} high; give it "
                "more with within(left, top, width, height), or show fewer"
            )
        width, rows = height * wide / tall, -(-count // columns)
        across, down = width + 0.2, height + under + 0.15
        left = box.left + (box.width - columns * across + 0.2) / 2
        upper = box.top - top - (box.height - top - rows * down + 0.15) / 2
        for n, pixels in enumerate(self.pictures):
            row, column = divmod(n, columns)
            picture = Portrait(pixels, height, smooth=self._smooth)
            picture.move_to([left + column * across + width / 2, upper - row * down - height / 2, 0])
            self.marks.add(picture)
            if self.labels:
                name = Words("{n}", n=self.labels[n], size=TINY, color=SOFT)
                if name.width > width + 0.1:
                    raise EpisodeError(f"the name '{self.labels[n]}' is wider than its picture; give the box more room")
                self.names.add(name.next_to(picture, DOWN, buff=0.1))
        self.submobjects: list[Any] = []
        self.add(self.titles, self.marks, self.names, self.extras)

    def draw(self, run_time: float = 1.6) -> AnimationGroup:
        """Put it up, picture by picture with its name."""
        pairs = [AnimationGroup(*(FadeIn(part) for part in parts)) for parts in self._pairs()]
        first = [FadeIn(self.titles, run_time=min(0.4, run_time / 3))] if len(self.titles) else []
        lag = LaggedStart(*pairs, lag_ratio=min(0.3, 3 / len(pairs)), run_time=run_time * 0.85)
        return AnimationGroup(*first, lag, lag_ratio=0.4, run_time=run_time)

    def _pairs(self) -> list[tuple[Any, ...]]:
        if len(self.names):
            return list(zip(self.marks, self.names, strict=True))
        return [(mark,) for mark in self.marks]

    def mark(self, index: int, series: int = 0) -> Portrait:
        """One picture.

        Raises:
            EpisodeError: there is none of that number.
        """
        if series or not -len(self.marks) <= index < len(self.marks):
            raise EpisodeError(f"this grid has {len(self.marks)} pictures; asked for number {index}")
        found = self.marks[index]
        assert isinstance(found, Portrait)
        return found

    def highlight(self, index: int, series: int = 0, run_time: float = 0.6) -> AnimationGroup:
        """Let one picture stand out."""
        chosen = self.mark(index, series)
        return AnimationGroup(
            *(each.animate.set_opacity(1.0 if each is chosen else PALE) for each in self.marks), run_time=run_time
        )

    def plain(self, run_time: float = 0.6) -> AnimationGroup:
        """Take a highlight back."""
        return AnimationGroup(*(each.animate.set_opacity(1.0) for each in self.marks), run_time=run_time)

    def frame(self, index: int, colour: str = HIGHLIGHT) -> VGroup:
        """A frame round one picture, which belongs to the grid from now on; play it with ``show``."""
        picture = self.mark(index)
        made = VGroup(Rectangle(width=picture.width, height=picture.height).set_stroke(colour, 7).move_to(picture))
        self.extras.add(made)
        return made

    def annotate(
        self, text: str, index: int, series: int = 0, *, towards: np.ndarray = UP, away: float = 1.1, **fields: Any
    ) -> VGroup:
        """Words and an arrow to one picture; numbers come in as ``fields``, read from a result."""
        made = pointer(text, self.mark(index, series).frame, self.box, towards, away, fields)
        self.extras.add(made)
        return made

    def update_to(self, *series: Any, run_time: float = 1.0) -> AnimationGroup:
        """Let the pictures become those of another result, as many and as large; they cross over in their places.

        Raises:
            EpisodeError: it is not one result, or its pictures are more, fewer, or of another shape.
        """
        if len(series) != 1 or not isinstance(series[0], Result):
            raise EpisodeError("a grid of pictures becomes that of another result: update_to(result)")
        pictures, labels = self._read(series[0])
        if pictures.shape != self.pictures.shape or labels != self.labels:
            raise EpisodeError(f"'{series[0].name}' has other pictures than '{self.result.name}', or other names")
        old = self.marks
        self.pictures, self.result = pictures, series[0]
        height = float(old[0].image.height)
        new = Group(*(Portrait(each, height, smooth=self._smooth) for each in pictures))
        for one, other in zip(old, new, strict=True):
            other.move_to(one)
        self.marks = new
        self.submobjects = [new if part is old else part for part in self.submobjects]
        return AnimationGroup(FadeOut(old), FadeIn(new), run_time=run_time)
