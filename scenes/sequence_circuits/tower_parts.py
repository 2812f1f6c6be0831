"""Words that ride up through a tower, each with the numbers that it carries, and a torch."""

from __future__ import annotations

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, AnnularSector, Circle, Line, Polygon, Rectangle, RoundedRectangle, VGroup

from tapehead.scenes.stage.circuits import base_line
from tapehead.scenes.stage.lettering import BODY, SMALL, Name, Words
from tapehead.scenes.stage.palette import EAR, FAINT, GROUND, HIGHLIGHT, INK, OUTPUT, PANEL, SOFT

BARS = 6
CARRY = 1.0
"""Height of the column of numbers."""


def numbers(values: np.ndarray, colour: str = EAR) -> VGroup:
    """A list of numbers as bars to either side of a line."""
    step = CARRY / len(values)
    axis = Line(CARRY / 2 * UP, CARRY / 2 * DOWN).set_stroke(SOFT, 2)
    bars = VGroup()
    for n, value in enumerate(values):
        bar = Rectangle(width=max(abs(float(value)), 0.03), height=0.7 * step, stroke_width=0).set_fill(colour, 1)
        bars.add(bar.move_to((CARRY / 2 - (n + 0.5) * step) * UP, aligned_edge=LEFT if value > 0 else RIGHT))
    return VGroup(axis, bars)


class Card(VGroup):
    """A word on a card, and the list of numbers that it carries on top; parts ``plate``, ``word``, ``list``."""

    def __init__(self, word: str, values: np.ndarray, colour: str = EAR, large: bool = False) -> None:
        self.word = Words("{word}", word=Name(word), size=BODY if large else SMALL, color=INK)
        self.zoom = 1.4 if large else 1.0
        self.plate = RoundedRectangle(corner_radius=0.1, width=1.6 if large else 1.42, height=0.74 if large else 0.62)
        self.plate.set_stroke(SOFT, 3).set_fill(PANEL, 1)
        self.word.move_to(self.plate)
        self.word.shift((self.plate.get_center()[1] - (0.12 if large else 0.1) - base_line(self.word)) * UP)
        self.list = numbers(values, colour).scale(self.zoom).next_to(self.plate, UP, buff=0.1)
        super().__init__(self.plate, self.word, self.list)

    @property
    def bars(self) -> VGroup:
        """The bars of the list."""
        return self.list[1]

    def other(self, values: np.ndarray, colour: str) -> VGroup:
        """Bars of other lengths for the same list, where it is now."""
        made = numbers(values, colour).scale(self.zoom)
        return made.move_to(made.get_center() + self.list[0].get_center() - made[0].get_center())[1]


def walkway(x: float, low: float, high: float, phase: float = 0.0) -> VGroup:
    """A moving walkway seen from the front: two rails and steps; with ``phase`` 0 to 1 the steps have moved by one."""
    rails = VGroup(*(Line([x + side, low, 0], [x + side, high, 0]) for side in (-0.85, 0.85))).set_stroke(FAINT, 4)
    gap = 0.42
    steps = VGroup()
    for y in np.arange(low + gap * phase, high - 1e-6, gap):
        tip = min(y + 0.14, high)
        steps.add(
            VGroup(Line([x - 0.7, y, 0], [x, tip, 0]), Line([x, tip, 0], [x + 0.7, y, 0])).set_stroke(FAINT, 3, 0.6)
        )
    return VGroup(rails, steps)


def house(low: float, high: float, half: float, floors: int) -> VGroup:
    """Walls, roof and floors of a tower cut open."""
    walls = Rectangle(width=2 * half, height=high - low).set_stroke(SOFT, 4).set_fill(GROUND, 0)
    walls.move_to([0, (low + high) / 2, 0])
    levels = np.linspace(low, high, floors + 1)[1:-1]
    slabs = VGroup(*(Line([-half, y, 0], [half, y, 0]) for y in levels)).set_stroke(SOFT, 3)
    return VGroup(walls, slabs)


def torch(place: np.ndarray, angle: float, reach: float = 9.0, spread: float = 0.24) -> VGroup:
    """A torch at a place that points along ``angle``; its beam is a soft wedge."""
    beam = VGroup(
        *(
            AnnularSector(
                inner_radius=0.3,
                outer_radius=reach,
                angle=2 * half,
                start_angle=angle - half,
                arc_center=place,
                stroke_width=0,
            ).set_fill(HIGHLIGHT, 0.1)
            for half in (spread, 0.72 * spread, 0.45 * spread)
        )
    )
    ahead = np.array([np.cos(angle), np.sin(angle), 0])
    side = np.array([-ahead[1], ahead[0], 0])
    body = Line(place - 0.55 * ahead, place).set_stroke(SOFT, 16)
    head = (
        Polygon(
            place + 0.1 * side,
            place + 0.28 * ahead + 0.24 * side,
            place + 0.28 * ahead - 0.24 * side,
            place - 0.1 * side,
        )
        .set_stroke(INK, 2)
        .set_fill(SOFT, 1)
    )
    return VGroup(beam, body, head)


def in_beam(point: np.ndarray, place: np.ndarray, angle: float, spread: float = 0.24) -> float:
    """How brightly the torch lights a point, from 0 to 1."""
    way = point - place
    off = abs((np.arctan2(way[1], way[0]) - angle + np.pi) % (2 * np.pi) - np.pi)
    return float(np.clip((spread - off) / (0.6 * spread), 0, 1))


def packet() -> VGroup:
    """What a head carries from one word to another: two of its bars on a small plate."""
    plate = Circle(radius=0.2).set_stroke(OUTPUT, 4).set_fill(PANEL, 1)
    bars = VGroup(*(Rectangle(width=0.2, height=0.07, stroke_width=0).set_fill(OUTPUT, 1) for _ in range(2)))
    return VGroup(plate, bars.arrange(DOWN, buff=0.06).move_to(plate))
