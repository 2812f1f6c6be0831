"""Boxes of numbers in brackets, the frames round their rows and columns, and an equation that checks its shapes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import RIGHT, Mobject, RoundedRectangle, VGroup, VMobject

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Reading, Result
from tapehead.scenes.stage.lettering import BODY, Lettering, Words
from tapehead.scenes.stage.palette import EAR_TINT, HIGHLIGHT, INK, NOSE_TINT

WEIGHT_COLOURS = ((NOSE_TINT, EAR_TINT), (NOSE_TINT, EAR_TINT))
WIDE, HIGH = 1.36, 0.8
"""Frame units between neighbouring entries of size BODY."""


class Box(VGroup):
    """Entries in a bracket: ``entries`` is a list of rows.  Parts ``rows`` (one group per row) and ``bracket``.

    Raises:
        EpisodeError: there are no entries, or rows of different lengths.
    """

    def __init__(self, entries: Sequence[Sequence[Lettering]], wide: float = WIDE, high: float = HIGH) -> None:
        lengths = {len(row) for row in entries}
        if len(lengths) != 1 or 0 in lengths:
            raise EpisodeError(f"a box needs rows of one length; got rows of {[len(row) for row in entries]}")
        many = lengths.pop()
        self.shape = (len(entries), many)
        self.rows = VGroup()
        for i, row in enumerate(entries):
            for j, entry in enumerate(row):
                entry.move_to([(j - (many - 1) / 2) * wide, ((len(entries) - 1) / 2 - i) * high, 0])
            self.rows.add(VGroup(*row))
        half = float(self.rows.width) / 2 + 0.2
        self.rows.set_x(0)
        tall = len(entries) * high / 2 + 0.04
        self.bracket = VGroup()
        for side in (-1, 1):
            corners = [[side * (half - 0.16), tall, 0], [side * half, tall, 0]]
            corners += [[side * half, -tall, 0], [side * (half - 0.16), -tall, 0]]
            self.bracket.add(VMobject().set_points_as_corners([np.array(c, dtype=float) for c in corners]))
        self.bracket.set_stroke(INK, 3.5)
        super().__init__(self.rows, self.bracket)

    def column(self, j: int) -> VGroup:
        """The entries of one column."""
        return VGroup(*(row[j] for row in self.rows))


def box_of(
    readings: Sequence[Sequence[Reading]],
    colours: Sequence[Sequence[str]],
    size: float = BODY,
    spec: str = "",
    wide: float = WIDE,
) -> Box:
    """Readings in a bracket, each entry in its own colour.

    Raises:
        EpisodeError: there is not one colour per reading.
    """
    if [len(row) for row in readings] != [len(row) for row in colours]:
        raise EpisodeError(
            f"rows of {[len(row) for row in readings]} readings were given rows of {[len(row) for row in colours]} "
            "colours"
        )
    template = "{x:" + spec + "}" if spec else "{x}"
    entries = [
        [Words(template, x=x, size=size, color=colour) for x, colour in zip(row, tints, strict=True)]
        for row, tints in zip(readings, colours, strict=True)
    ]
    return Box(entries, wide=wide * size / BODY, high=HIGH * size / BODY)


def weights(
    result: Result, array: str = "W", size: float = BODY, spec: str = "", colours: Sequence[Sequence[str]] | None = None
) -> Box:
    """An array of a result with two axes, in a bracket; two by two in the colours of the four weights.

    Raises:
        EpisodeError: the array does not have two axes.
    """
    quantity = result.quantity(array)
    if len(quantity.axes) != 2:
        raise EpisodeError(f"'{array}' has the axes {quantity.axes}; a box of weights shows two")
    (first, second), (high, wide) = quantity.axes, quantity.values.shape
    rows = [result.row(array, along=second, **_at(first, i)) for i in range(high)]
    if colours is None:
        colours = WEIGHT_COLOURS if (high, wide) == (2, 2) else [[INK] * wide] * high
    return box_of(rows, colours, size, spec)


def column(result: Result, array: str, colours: Sequence[str], size: float = BODY, **where: int | str) -> Box:
    """Readings along an array's last axis on top of each other, in a bracket."""
    readings = result.row(array, along=result.quantity(array).axes[-1], **where)
    return box_of([[x] for x in readings], [[colour] for colour in colours], size)


def _at(axis: str, place: int) -> dict[str, int | str]:
    return {axis: place}


class MatrixEquation(VGroup):
    """``left`` times ``right`` equals ``answer``, side by side; an answer of one number may stand without a bracket.

    Parts: ``left``, ``right``, ``equals``, ``answer``.

    Raises:
        EpisodeError: the shapes do not fit: m × n times n × k makes m × k.
    """

    def __init__(self, left: Box, right: Box, answer: Box | Lettering, size: float = BODY, buff: float = 0.14) -> None:
        made = answer.shape if isinstance(answer, Box) else (1, 1)
        if left.shape[1] != right.shape[0]:
            raise EpisodeError(
                f"{_by(left.shape)} times {_by(right.shape)} has no product: every row of the first must be as long "
                "as every column of the second"
            )
        if made != (left.shape[0], right.shape[1]):
            fits = (left.shape[0], right.shape[1])
            raise EpisodeError(f"{_by(left.shape)} times {_by(right.shape)} makes {_by(fits)}, not {_by(made)}")
        self.left, self.right, self.answer = left, right, answer
        self.equals = Words("=", size=size)
        super().__init__(left, right, self.equals, answer)
        self.arrange(RIGHT, buff=buff * size / BODY)


def _by(shape: tuple[int, int]) -> str:
    return f"{shape[0]} × {shape[1]}"


def frame_round(target: Mobject, buff: float = 0.12, colour: str = HIGHLIGHT) -> RoundedRectangle:
    """A yellow box round something."""
    box = RoundedRectangle(
        width=target.width + 2 * buff, height=target.height + 2 * buff, corner_radius=0.1, color=colour, stroke_width=4
    )
    return box.move_to(target)


def row_frame(box: Box, i: int) -> RoundedRectangle:
    """A yellow box round one row of a bracket, as wide as its widest row."""
    frame = frame_round(box.rows[i], 0.1)
    return frame.stretch_to_fit_width(box.rows.width + 0.2).set_x(box.rows.get_x())


def column_frame(box: Box, j: int, buff: float = 0.12) -> RoundedRectangle:
    """A yellow box round one column of a bracket."""
    return frame_round(box.column(j), buff)
