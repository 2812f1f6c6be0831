"""Pictures of this film: specks for games, speech, a calendar, the sealed rule, coins, and bars with intervals."""

from __future__ import annotations

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Circle, Line, Polygon, Rectangle, RoundedRectangle, VGroup

from tapehead.scenes.stage.palette import EAR, FAINT, HIGHLIGHT, INK, LUCK, NAP, OUTPUT, PANEL, SOFT

SALES, TALK, USERS, CRITICS, PUBLISHER = OUTPUT, NAP, EAR, LUCK, SOFT
"""The colours that keep their meaning through the whole film."""
SHADES = {"talk": TALK, "user": USERS, "critic": CRITICS, "publisher": PUBLISHER}
NAMES = {"talk": "talk", "user": "players", "critic": "critics", "publisher": "publisher"}


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
