"""Pictures of this film: specks for games, speech, a calendar, the sealed rule, coins, and bars with intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Circle, Line, Polygon, Rectangle, RoundedRectangle, VGroup, VMobject

from tapehead.analysis.results import Reading
from tapehead.scenes.stage.lettering import SMALL, Words
from tapehead.scenes.stage.palette import EAR, FAINT, HIGHLIGHT, INK, LUCK, NAP, OUTPUT, PANEL, SOFT

SALES, TALK, USERS, CRITICS, PUBLISHER = OUTPUT, NAP, EAR, LUCK, SOFT
"""The colours that keep their meaning through the whole film."""
SHADES = {"talk": TALK, "user": USERS, "critic": CRITICS, "publisher": PUBLISHER}
NAMES = {"talk": "talk", "user": "players", "critic": "critics", "publisher": "publisher"}


def specks(places: np.ndarray, colour: str, size: float = 0.1, opacity: float = 1.0) -> VMobject:
    """Many small squares as one path: (n, 2) places, ``size`` wide.  Two of equal length morph speck by speck."""
    made = VMobject()
    for x, y in np.asarray(places, dtype=float):
        corners = [np.array([x + size / 2 * a, y + size / 2 * b, 0.0]) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
        made.start_new_path(corners[0])
        made.add_points_as_corners([*corners[1:], corners[0]])
    return made.set_stroke(width=0).set_fill(colour, opacity)


def block(count: int, rows: int, step: tuple[float, float], middle: Sequence[float]) -> np.ndarray:
    """(count, 2): places in columns of ``rows``, centred on ``middle``."""
    columns, offsets = np.divmod(np.arange(count), rows)
    places = np.column_stack([columns * step[0], -offsets * step[1]])
    return places - (places.max(axis=0) + places.min(axis=0)) / 2 + np.array(middle[:2])


def heaped(values: np.ndarray, edges: np.ndarray, left: float, wide: float, floor: float, step: float) -> np.ndarray:
    """(n, 2): places of specks that are piled up in bins along a ruler from ``left``, ``wide`` long."""
    which = np.clip(np.digitize(values, edges) - 1, 0, len(edges) - 2)
    height = np.zeros(len(edges), dtype=int)
    places = np.empty((len(values), 2))
    middles = left + wide * ((edges[:-1] + edges[1:]) / 2 - edges[0]) / (edges[-1] - edges[0])
    for n, bin_ in enumerate(which):
        places[n] = middles[bin_], floor + step * (height[bin_] + 0.6)
        height[bin_] += 1
    return places


def speech(width: float = 1.5, colour: str = TALK, lines: int = 2) -> VGroup:
    """Somebody says something: a bubble with scribbled lines.  Parts: tail, bubble, lines."""
    high = 0.62 * width
    bubble = RoundedRectangle(width=width, height=high, corner_radius=0.25 * high).set_stroke(colour, 4)
    bubble.set_fill(PANEL, 1)
    foot = bubble.get_bottom() + 0.18 * width * LEFT
    tail = Polygon(
        foot + 0.1 * width * LEFT + 0.02 * UP,
        foot + 0.1 * width * RIGHT + 0.02 * UP,
        foot + 0.22 * width * (DOWN + 0.5 * LEFT),
    )
    tail.set_stroke(colour, 4).set_fill(colour, 1)
    made = VGroup(tail, bubble)
    for n in range(lines):
        y = bubble.get_center()[1] + high * (0.16 - 0.32 * n) if lines > 1 else bubble.get_center()[1]
        reach = width * (0.32 if n == 0 else 0.2)
        made.add(Line([-width * 0.32, y, 0], [reach, y, 0]).set_stroke(colour, 5))
    return made


def game_case(height: float = 2.4, colour: str = SALES) -> VGroup:
    """A game in its box, with a pad on the cover."""
    wide = 0.72 * height
    box = RoundedRectangle(width=wide, height=height, corner_radius=0.08 * height).set_stroke(colour, 5)
    box.set_fill(PANEL, 1)
    spine = Line([-0.36 * wide, -0.5 * height, 0], [-0.36 * wide, 0.5 * height, 0]).set_stroke(colour, 4)
    pad = RoundedRectangle(width=0.55 * wide, height=0.3 * wide, corner_radius=0.14 * wide).set_stroke(INK, 4)
    pad.move_to([0.07 * wide, 0.12 * height, 0])
    cross = VGroup(
        Line(0.06 * wide * LEFT, 0.06 * wide * RIGHT), Line(0.06 * wide * DOWN, 0.06 * wide * UP)
    ).set_stroke(INK, 4)
    cross.move_to(pad.get_center() + 0.15 * wide * LEFT)
    knob = Circle(radius=0.05 * wide).set_stroke(INK, 4).move_to(pad.get_center() + 0.15 * wide * RIGHT)
    title = Line([-0.18 * wide, -0.25 * height, 0], [0.32 * wide, -0.25 * height, 0]).set_stroke(colour, 8)
    return VGroup(box, spine, pad, cross, knob, title)


def calendar(width: float = 4.4, rows: int = 4) -> tuple[VGroup, VGroup]:
    """A page of a calendar, and its days, the last of which is the day of release."""
    head = 0.16 * width
    cell = (width - 0.4) / 7
    high = head + rows * cell + 0.4
    page = RoundedRectangle(width=width, height=high, corner_radius=0.15).set_stroke(INK, 4).set_fill(PANEL, 1)
    bar = Line(page.get_corner(UP + LEFT) + head * DOWN, page.get_corner(UP + RIGHT) + head * DOWN).set_stroke(INK, 4)
    rings = VGroup(
        *(
            Line(page.get_top() + x * RIGHT + 0.18 * UP, page.get_top() + x * RIGHT + 0.18 * DOWN)
            for x in (-0.3 * width, 0, 0.3 * width)
        )
    ).set_stroke(SOFT, 8)
    days = VGroup()
    for n in range(7 * rows):
        row, column = divmod(n, 7)
        day = RoundedRectangle(width=0.78 * cell, height=0.78 * cell, corner_radius=0.06).set_stroke(FAINT, 3)
        corner = page.get_corner(UP + LEFT) + (head + 0.2) * DOWN + 0.2 * RIGHT
        days.add(day.move_to(corner + (column + 0.5) * cell * RIGHT + (row + 0.5) * cell * DOWN))
    return VGroup(page, bar, rings), days


def envelope(width: float = 3.0) -> tuple[VGroup, VGroup]:
    """Its back with the open flap, and its front with the seal: a letter goes in between."""
    high = 0.6 * width
    back = Rectangle(width=width, height=high).set_stroke(INK, 4).set_fill(PANEL, 1)
    flap = (
        Polygon(back.get_corner(UP + LEFT), back.get_corner(UP + RIGHT), back.get_top() + 0.42 * high * UP)
        .set_stroke(INK, 4)
        .set_fill(PANEL, 1)
    )
    front = back.copy()
    middle = back.get_center() + 0.05 * high * DOWN
    creases = VGroup(
        *(Line(back.get_corner(corner), middle) for corner in (UP + LEFT, UP + RIGHT, DOWN + LEFT, DOWN + RIGHT))
    )
    seal = Circle(radius=0.11 * width).set_stroke(width=0).set_fill(HIGHLIGHT, 1).move_to(middle)
    return VGroup(flap, back), VGroup(front, creases.set_stroke(INK, 3), seal)


def coins(count: int, width: float = 1.5, colour: str = SALES) -> VGroup:
    """A pile of coins, seen from the side."""
    return VGroup(
        *(
            RoundedRectangle(width=width, height=0.24, corner_radius=0.1)
            .set_stroke(colour, 4)
            .set_fill(PANEL, 1)
            .shift((0.3 * n) * UP + (0.06 * (-1) ** n) * RIGHT)
            for n in range(count)
        )
    )


def whisker(low: np.ndarray, high: np.ndarray, colour: str = INK, width: float = 4, cap: float = 0.14) -> VGroup:
    """An interval from one place to another, with a cap at either end."""
    way = (high - low) / max(float(np.linalg.norm(high - low)), 1e-9)
    across = cap * np.array([-way[1], way[0], 0.0])
    caps = (Line(end - across, end + across) for end in (low, high))
    return VGroup(Line(low, high), *caps).set_stroke(colour, width)


class Intervals(VGroup):
    """Bars from one zero line, each with its interval, its name on the left and its value at the right.

    Parts, one per reading: ``bars``, ``whiskers``, ``names``, ``values``; and ``zero``.
    """

    def __init__(
        self,
        readings: Sequence[tuple[Reading, Reading, Reading]],
        names: Sequence[str],
        colours: Sequence[str],
        *,
        zero: Sequence[float],
        unit: float,
        step: float = 1.25,
        spec: str = ".2f",
        thick: float = 0.6,
        size: float = SMALL,
    ) -> None:
        self.bars, self.whiskers, self.names, self.values = VGroup(), VGroup(), VGroup(), VGroup()
        start = np.array([zero[0], zero[1], 0.0])
        for n, ((value, low, high), name, colour) in enumerate(zip(readings, names, colours, strict=True)):
            here = start + n * step * DOWN
            side = RIGHT if value >= 0 else LEFT
            made = Rectangle(width=max(unit * abs(float(value)), 0.02), height=thick, stroke_width=0)
            self.bars.add(made.set_fill(colour, 1).move_to(here, aligned_edge=-side))
            ends = [here + unit * float(end) * RIGHT for end in (low, high)]
            self.whiskers.add(whisker(*ends))
            self.names.add(Words(name, size=size, color=colour).next_to(here, -side, buff=0.3))
            far = here + unit * float(high if value >= 0 else low) * RIGHT
            self.values.add(Words("{x:" + spec + "}", x=value, size=size, color=colour).next_to(far, side, buff=0.3))
        top, low_end = start + 0.5 * step * UP, start + (len(readings) - 0.5) * step * DOWN
        self.zero = Line(top, low_end).set_stroke(FAINT, 4)
        super().__init__(self.zero, self.bars, self.whiskers, self.names, self.values)

    def row(self, n: int) -> VGroup:
        """Everything of one reading."""
        return VGroup(self.bars[n], self.whiskers[n], self.names[n], self.values[n])
