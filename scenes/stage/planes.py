"""A plane that knows its places, and what is drawn between places: arrows, walks, roads, right angles, ghosts.

A pair of measures goes in, a place in the frame comes out; a plane is not moved once places were taken from it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import (
    DOWN,
    RIGHT,
    UP,
    Animation,
    Arc,
    Arrow,
    FadeIn,
    FadeOut,
    Line,
    Mobject,
    ReplacementTransform,
    VGroup,
    VMobject,
)

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.stage.lettering import SMALL, Words
from tapehead.scenes.stage.palette import EAR, GRID, INK, NOSE

Pair = Sequence[float] | np.ndarray

GHOST = 0.35
"""Opacity of what stays behind."""
TIP = 0.0425
"""Length of an arrow's tip, in frame units per point of its line's width."""


class Plane(VGroup):
    """A grid with two named axes.  ``at`` turns a pair of measures into a place in the frame.

    ``zero`` is a place, ``unit`` frame units per measure, ``across`` and ``up`` the ranges that are drawn.  The first
    name stands under the end of its axis, or ``beside`` it; the second over the upper end of its own.
    Parts: ``grid``, ``axes`` (two lines), ``names`` (two words).
    """

    def __init__(
        self,
        zero: Pair,
        unit: float,
        across: tuple[float, float],
        up: tuple[float, float],
        names: tuple[str, str] = ("nose", "ear"),
        colours: tuple[str, str] = (NOSE, EAR),
        *,
        beside: bool = False,
    ) -> None:
        if unit <= 0 or across[0] >= across[1] or up[0] >= up[1]:
            raise EpisodeError(f"a plane needs a positive unit and rising ranges; got {unit:g}, {across}, {up}")
        self.zero, self.unit = np.array([zero[0], zero[1], 0.0]), unit
        self.across, self.up = across, up
        self.grid = VGroup(
            *(Line(self.at((x, up[0])), self.at((x, up[1]))) for x in whole_numbers(across)),
            *(Line(self.at((across[0], y)), self.at((across[1], y))) for y in whole_numbers(up)),
        )
        self.grid.set_stroke(GRID, 2, 0.5)  # fainter than what disturbs a word (stage/layout.py)
        self.axes = VGroup(
            Line(self.at((across[0], 0)), self.at((across[1], 0))).set_stroke(colours[0], 3.5),
            Line(self.at((0, up[0])), self.at((0, up[1]))).set_stroke(colours[1], 3.5),
        )
        first, second = (Words(name, size=SMALL, color=colour) for name, colour in zip(names, colours, strict=True))
        if beside:
            first.next_to(self.axes[0], RIGHT, buff=0.15)
        else:
            end = self.axes[0].get_end()
            first.next_to(end, DOWN, buff=0.14).align_to(end, RIGHT)
        second.next_to(self.axes[1], UP, buff=0.12)
        self.names = VGroup(first, second)
        super().__init__(self.grid, self.axes, self.names)

    def at(self, pair: Pair) -> np.ndarray:
        """The place of a pair of measures."""
        return self.zero + self.unit * np.array([float(pair[0]), float(pair[1]), 0.0])

    def arrow(self, tail: Pair, head: Pair, colour: str, width: float = 8) -> Arrow:
        """An arrow between two pairs."""
        return arrow(self.at(tail), self.at(head), colour, width)

    def walk(self, steps: Sequence[Pair], colours: Sequence[str], start: Pair = (0, 0), width: float = 8) -> VGroup:
        """Arrows tail to head: each step begins where the last one ended.

        Raises:
            EpisodeError: there is not one colour per step.
        """
        if len(steps) != len(colours):
            raise EpisodeError(f"a walk of {len(steps)} steps was given {len(colours)} colours")
        made, here = VGroup(), np.array(start[:2], dtype=float)
        for step, colour in zip(steps, colours, strict=True):
            there = here + np.array(step[:2], dtype=float)
            made.add(self.arrow(here, there, colour, width))
            here = there
        return made

    def into(self, other: Plane) -> list[Animation]:
        """Animations by which this plane moves and grows to where ``other`` stands, so that no plane is drawn anew.

        Lines of the same measure become each other; what only one of the two has fades.  Afterwards the parts of
        ``other`` are on the stage, and nothing of this plane is.
        """
        mine, theirs = self._lines(), other._lines()
        moves: list[Animation] = [ReplacementTransform(mine[key], theirs[key]) for key in mine if key in theirs]
        moves += [FadeOut(line) for key, line in mine.items() if key not in theirs]
        moves += [FadeIn(line) for key, line in theirs.items() if key not in mine]
        for one, two in zip((*self.axes, *self.names), (*other.axes, *other.names), strict=True):
            moves.append(ReplacementTransform(one, two))
        return moves

    def _lines(self) -> dict[tuple[str, int], Line]:
        """The lines of the grid by what they measure: across or up, and where."""
        keys = [("across", x) for x in whole_numbers(self.across)] + [("up", y) for y in whole_numbers(self.up)]
        return dict(zip(keys, self.grid, strict=True))

    def right_angle(self, corner: Pair, one: Pair, other: Pair, size: float = 0.2, width: float = 4) -> VMobject:
        """The little square in a corner whose legs run along two directions of length one, which must be square.

        Raises:
            EpisodeError: the directions do not meet at a right angle, so the mark would be a lie.
        """
        foot, a, b = (np.array(pair[:2], dtype=float) for pair in (corner, one, other))
        if abs(a @ b) > 1e-6 * np.linalg.norm(a) * np.linalg.norm(b):
            raise EpisodeError(f"{a} and {b} do not meet at a right angle")
        places = [self.at(foot + size * step) for step in (a, a + b, b)]
        return VMobject().set_points_as_corners(places).set_stroke(INK, width)


def whole_numbers(ends: tuple[float, float]) -> range:
    """The whole numbers between two ends, ends included."""
    return range(int(np.ceil(ends[0])), int(np.floor(ends[1])) + 1)


def ghost(mobject: Mobject, opacity: float = GHOST) -> Mobject:
    """A faded copy that stays where something was before it moved."""
    return mobject.copy().fade(1 - opacity)


def arrow(start: np.ndarray, end: np.ndarray, colour: str, width: float = 8) -> Arrow:
    """A straight arrow that ends exactly in its goal; a thicker one has a larger tip, but for the shortest ones."""
    return Arrow(
        start,
        end,
        buff=0,
        color=colour,
        stroke_width=width,
        tip_length=TIP * width,
        max_tip_length_to_length_ratio=0.4,
        max_stroke_width_to_length_ratio=30,
    )


def road(start: np.ndarray, end: np.ndarray, bend: float, colour: str, width: float = 4) -> Arc:
    """A bent line from one place to another; a positive ``bend`` (an angle) passes above when it runs to the right."""
    chord = end - start
    radius = float(np.linalg.norm(chord)) / (2 * np.sin(abs(bend) / 2))
    arc = Arc(radius=radius, angle=-bend).set_stroke(colour, width)
    return arc.put_start_and_end_on(start, end)
