"""The language model as a tower of lights, its meter, and prompts laid out clause by clause.

A :class:`Tower` has one floor per layer, the first at the bottom: a row of heads and, at its right, one workshop, the
MLP.  A :class:`Gauge` shows one reading at a time as a column with its number.  A :class:`Clauses` table sets a prompt
of the paper's form so that equal parts stand below each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Animation,
    AnimationGroup,
    CubicBezier,
    FadeIn,
    FadeOut,
    Line,
    Rectangle,
    RoundedRectangle,
    VGroup,
    interpolate_color,
)
from manim.utils.color import ManimColor

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Reading
from tapehead.scenes.stage.lettering import BODY, SMALL, Name, Words
from tapehead.scenes.stage.palette import EAR, FAINT, HIGHLIGHT, INK, PANEL, SOFT

LIT, DARK = HIGHLIGHT, PANEL
MLP = -1
"""In place of a head's number: the layer's MLP."""


class Tower(VGroup):
    """Heads and MLPs of a model as cells; ``cell(layer, head)``, with head :data:`MLP` for a workshop.

    Args:
        layers: floors, from the bottom.
        heads: heads on each floor.
        width: of the rows of heads, in frame units; workshops stand right of it.
        height: of the whole tower.
        lit: whether the lights are on at first.
    """

    def __init__(self, layers: int, heads: int, *, width: float = 5.0, height: float = 5.0, lit: bool = True) -> None:
        super().__init__()
        self.layers, self.heads = layers, heads
        step, rise = width / heads, height / layers
        self._cells: dict[tuple[int, int], RoundedRectangle] = {}
        side, tall = 0.78 * step, 0.72 * rise
        for layer in range(layers):
            for head in range(heads):
                place = (head + 0.5) * step * RIGHT + (layer + 0.5) * rise * UP
                self._add(layer, head, side, tall, place)
            shop = (width + 0.9 * min(step, rise) + 0.1) * RIGHT + (layer + 0.5) * rise * UP
            self._add(layer, MLP, 1.7 * min(step, rise), tall, shop)
        self.center()
        if lit:
            for cell in self._cells.values():
                cell.set_fill(LIT, 0.9)

    def _add(self, layer: int, head: int, width: float, height: float, place: np.ndarray) -> None:
        radius = 0.12 * min(width, height) if head != MLP else 0.4 * min(width, height)
        cell = RoundedRectangle(corner_radius=radius, width=width, height=height)
        cell.set_stroke(FAINT, 2).set_fill(DARK, 1).move_to(place)
        self._cells[layer, head] = cell
        self.add(cell)

    def cell(self, layer: int, head: int) -> RoundedRectangle:
        """One head's cell, or with head :data:`MLP` the floor's workshop.

        Raises:
            EpisodeError: there is none.
        """
        try:
            return self._cells[int(layer), int(head)]
        except KeyError:
            raise EpisodeError(f"the tower has {self.layers} floors of {self.heads}; no {layer}.{head}") from None

    def floor(self, layer: int) -> VGroup:
        """All cells of a floor, the workshop last."""
        return VGroup(*(self._cells[layer, head] for head in [*range(self.heads), MLP]))

    def workshops(self) -> VGroup:
        """All workshops, from the bottom."""
        return VGroup(*(self._cells[layer, MLP] for layer in range(self.layers)))

    def paint(self, layer: int, head: int, colour: str = LIT, opacity: float = 0.9) -> None:
        """Set a cell's colour at once."""
        self.cell(layer, head).set_fill(colour, opacity)

    def turn(self, which: Iterable[tuple[int, int]], colour: str = LIT, opacity: float = 0.9) -> AnimationGroup:
        """Animation that gives these cells a colour; :data:`DARK` switches them off."""
        alpha = 1.0 if colour == DARK else opacity
        return AnimationGroup(*(self.cell(*at).animate.set_fill(colour, alpha) for at in which))

    def show(self, heads: np.ndarray, mlps: np.ndarray, colour: str = LIT) -> Tower:
        """Light exactly these: 0/1 arrays (layer, head) and (layer,)."""
        for (layer, head), cell in self._cells.items():
            live = mlps[layer] if head == MLP else heads[layer, head]
            cell.set_fill(colour if live else DARK, 0.9 if live else 1)
        return self

    def shade(self, heads: np.ndarray, colour: str = EAR, low: float = 0.0, high: float = 1.0) -> Tower:
        """Colour heads by a value between ``low`` (dark) and ``high``; workshops stay as they are."""
        for layer, head in np.ndindex(self.layers, self.heads):
            share = float(np.clip((heads[layer, head] - low) / (high - low), 0, 1))
            mixed = interpolate_color(ManimColor(DARK), ManimColor(colour), share)
            self.cell(layer, head).set_fill(mixed, 1)
        return self

    def ring(self, layer: int, head: int, colour: str = INK) -> RoundedRectangle:
        """A frame around one cell."""
        cell = self.cell(layer, head)
        ring = RoundedRectangle(
            corner_radius=0.15 * min(cell.width, cell.height), width=cell.width + 0.14, height=cell.height + 0.14
        )
        return ring.set_stroke(colour, 5).set_fill(opacity=0).move_to(cell)


class Gauge(VGroup):
    """A column that stands at a reading, with the number beside it; ``top`` is the value at its upper end.

    Parts: ``column``, ``frame``, ``number``, and ``line``, a mark at ``threshold`` if one is given.
    Values below zero or above ``top`` are shown by the number; the column stops at its ends.
    """

    def __init__(
        self,
        reading: Reading,
        template: str = "{x:.0f} %",
        *,
        top: float = 100.0,
        height: float = 4.0,
        width: float = 0.7,
        colour: str = LIT,
        threshold: Reading | None = None,
        size: float = BODY,
    ) -> None:
        super().__init__()
        self.template, self.top, self.colour, self.size, self.reading = template, top, colour, size, reading
        self.frame = Rectangle(width=width, height=height).set_stroke(SOFT, 3).set_fill(PANEL, 1)
        self.column = self._column(reading)
        self.number = self._number(reading)
        self.line = VGroup()
        self.add(self.frame, self.column, self.line, self.number)
        if threshold is not None:
            at = self._level(threshold)
            self.line.add(Line(at + (width / 2 + 0.15) * LEFT, at + (width / 2 + 0.15) * RIGHT).set_stroke(INK, 4))

    def _level(self, value: float) -> np.ndarray:
        share = float(np.clip(float(value) / self.top, 0, 1))
        point: np.ndarray = self.frame.get_bottom() + share * self.frame.height * UP
        return point

    def _column(self, reading: float) -> Rectangle:
        tall = max(float(np.linalg.norm(self._level(reading) - self.frame.get_bottom())), 0.02)
        column = Rectangle(width=self.frame.width - 0.1, height=tall, stroke_width=0).set_fill(self.colour, 0.9)
        return column.move_to(self.frame.get_bottom(), aligned_edge=DOWN)

    def _number(self, reading: Reading) -> Words:
        number = Words(self.template, x=reading, size=self.size, color=INK)
        return number.next_to(self.frame, UP, buff=0.18)

    def filled(self) -> Gauge:
        """The column at its top and no number: how a meter stands before it is read."""
        self.column.become(self._column(self.top))
        self.number.set_opacity(0)
        return self

    def read_out(self) -> AnimationGroup:
        """Animation of a :meth:`filled` gauge to its reading."""
        return AnimationGroup(
            self.column.animate.become(self._column(self.reading)), self.number.animate.set_opacity(1)
        )

    def to(self, reading: Reading) -> AnimationGroup:
        """Animation to another reading: the column slides, the number changes at once halfway."""
        target, number, self.reading = self._column(reading), self._number(reading), reading
        old, self.number = self.number, number
        self.remove(old)
        slide: Animation = self.column.animate.become(target)
        self.add(number)
        return AnimationGroup(slide, FadeOut(old, rate_func=_early), FadeIn(number, rate_func=_late))

    def stand(self, reading: Reading) -> Gauge:
        """Stand at another reading at once."""
        self.column.become(self._column(reading))
        self.reading = reading
        self.remove(self.number)
        self.number = self._number(reading)
        self.add(self.number)
        return self


def _early(t: float) -> float:
    """Done after a third: the old number is gone before the new one comes, so that they never overlap."""
    return min(1.0, 3 * t)


def _late(t: float) -> float:
    return max(0.0, 3 * t - 2)


class Clauses(VGroup):
    """A prompt of the form "X1 born in m1. … X5 born in", one row per clause, equal parts in columns.

    ``words`` are the prompt's words without points.  ``subject(k)``, ``verb(k)``, ``place(k)`` (the word "in") and
    ``member(k)`` give the parts of clause k from 0; the last clause has no member, and ``gap`` is where it would be.
    """

    COLUMNS = 4

    def __init__(
        self, text: str, *, size: float = SMALL, colour: str = SOFT, member_colour: str = INK, row: float = 0.66
    ) -> None:
        super().__init__()
        clauses = [part.split() for part in text.split(".")]
        first, last = clauses[:-1], clauses[-1]
        if not first or any(len(one) != self.COLUMNS for one in first) or len(last) != self.COLUMNS - 1:
            raise EpisodeError(f"not of the form 'X born in m. … X born in': {text!r}")
        self.rows = len(clauses)
        made = [
            [
                Words("{word}", word=Name(word), size=size, color=member_colour if column == 3 else colour)
                for column, word in enumerate(clause)
            ]
            for clause in clauses
        ]
        widths = [max(line[c].width for line in made if len(line) > c) for c in range(self.COLUMNS)]
        starts = np.concatenate([[0.0], np.cumsum(np.array(widths) + 0.3 * size / SMALL)])
        for k, line in enumerate(made):
            for column, word in enumerate(line):
                word.move_to(starts[column] * RIGHT, aligned_edge=LEFT)
                word.shift((-k * row - base_line(word) - 0.1) * UP)
        self._cells = made
        self.gap = Rectangle(width=max(widths[3], 0.5), height=0.75 * row).set_stroke(HIGHLIGHT, 3).set_fill(PANEL, 1)
        self.gap.move_to(starts[3] * RIGHT + (self.rows - 1) * row * DOWN, aligned_edge=LEFT)
        self.add(*(word for line in made for word in line), self.gap)
        self.center()

    def subject(self, k: int) -> Words:
        """Who clause k is about."""
        return self._cells[k][0]

    def verb(self, k: int) -> Words:
        """Its verb."""
        return self._cells[k][1]

    def place(self, k: int) -> Words:
        """Its word "in"."""
        return self._cells[k][2]

    def member(self, k: int) -> Words:
        """Its member of the sequence.

        Raises:
            EpisodeError: the last clause has none.
        """
        if k >= self.rows - 1:
            raise EpisodeError(f"clause {k} is the last one and has no member")
        return self._cells[k][3]

    @property
    def members(self) -> VGroup:
        """All members that are shown."""
        return VGroup(*(self.member(k) for k in range(self.rows - 1)))


def base_line(word: Words) -> float:
    """Height of the line that the letters of a word stand on: the foot of a letter that does not reach below it."""
    letters = [letter for letter in word.plain_text if not letter.isspace()]
    standing = [
        glyph for letter, glyph in zip(letters, word.submobjects, strict=False) if letter not in "gjpqyJQ,;()[]"
    ]
    return float((standing or word.submobjects)[0].get_bottom()[1])


def look(start: np.ndarray, end: np.ndarray, weight: float, colour: str = EAR, bend: float = 0.8) -> CubicBezier:
    """An arc from the word that looks to the word that is looked at; its width is the attention, from 0 to 1.

    It bows out to the right, or with a negative ``bend`` to the left.
    """
    side = bend * np.array([abs(end[1] - start[1]) * 0.35 + 0.3, 0.0, 0.0])
    arc = CubicBezier(start, start + side, end + side, end)
    return arc.set_stroke(
        colour, 2 + 12 * float(np.clip(weight, 0, 1)), opacity=0.35 + 0.6 * float(np.clip(weight, 0, 1))
    )


def swatch(label: str, colour: str, size: float = SMALL) -> VGroup:
    """A small square with a name: the key to a colour."""
    mark = Rectangle(width=0.3, height=0.3, stroke_width=0).set_fill(colour, 1)
    return VGroup(mark, Words(label, size=size, color=INK)).arrange(RIGHT, buff=0.18)


def between(values: Sequence[Reading]) -> tuple[Reading, Reading]:
    """The smallest and the largest of some readings, still readings."""
    return min(values, key=float), max(values, key=float)
