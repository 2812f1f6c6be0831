"""What the scenes with a plane on the left and a nap ruler on the right draw: plane, ruler, bars, cats, discs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from manim import (
    DOWN,
    LEFT,
    PI,
    RIGHT,
    UP,
    Animation,
    Arc,
    Arrow,
    Circle,
    Dot,
    Line,
    Mobject,
    Rectangle,
    RoundedRectangle,
    UpdateFromAlphaFunc,
    VGroup,
    smooth,
)

from analysis.results import Reading, Result
from scenes.stage.cats import CatPerson, cat_icon
from scenes.stage.lettering import SMALL, Words
from scenes.stage.palette import (
    EAR,
    EAR_TINT,
    FAINT,
    GRID,
    GROUND,
    HIGHLIGHT,
    INK,
    NAP,
    NOSE,
    NOSE_TINT,
    OUTPUT,
    PANEL,
    SOFT,
)

STEP = 0.92
"""Frame units per step of the plane on the left and per bar of the nap ruler beside it."""
ZERO = np.array([-4.1, -0.05, 0.0])
"""Zero of the plane on the left."""
RULER_ZERO = np.array([2.5, -0.75, 0.0])
"""Zero of the nap ruler on the right."""


class Sheet(VGroup):
    """The plane of nose and ear: a faint grid, a red axis across, a blue axis up."""

    def __init__(
        self,
        origin: np.ndarray = ZERO,
        step: float = STEP,
        across: tuple[float, float] = (-2, 3),
        up: tuple[float, float] = (-3, 3),
    ) -> None:
        self.origin, self.step, self.across, self.up = origin, step, across, up
        self.grid = VGroup(
            *(Line(self.at(x, up[0]), self.at(x, up[1])) for x in _whole(across)),
            *(Line(self.at(across[0], y), self.at(across[1], y)) for y in _whole(up)),
        ).set_stroke(GRID, 2, 0.55)
        self.nose = Line(self.at(across[0], 0), self.at(across[1], 0)).set_stroke(NOSE, 4)
        self.ear = Line(self.at(0, up[0]), self.at(0, up[1])).set_stroke(EAR, 4)
        self.nose_title = Words("nose", size=SMALL, color=NOSE).next_to(self.nose, RIGHT, buff=0.15)
        self.ear_title = Words("ear", size=SMALL, color=EAR).next_to(self.ear, UP, buff=0.12)
        super().__init__(self.grid, self.nose, self.ear, self.nose_title, self.ear_title)

    def at(self, nose: float, ear: float) -> np.ndarray:
        """Where a cat stands."""
        return self.origin + self.step * np.array([nose, ear, 0.0])

    def arrow(self, tail: Sequence[float], head: Sequence[float], colour: str) -> Arrow:
        """An arrow between two places of the plane."""
        return step_arrow(self.at(*tail[:2]), self.at(*head[:2]), colour)


class NapRuler(VGroup):
    """A horizontal or upright ruler for naps, every tick with its number; ``title`` stands at its end."""

    def __init__(
        self,
        numbers: Result,
        low: int,
        high: int,
        zero: np.ndarray = RULER_ZERO,
        step: float = STEP,
        upright: bool = False,
    ) -> None:
        self.zero, self.step, self.upright = zero, step, upright
        along = UP if upright else RIGHT
        self.line = Line(self.at(low) - 0.2 * along, self.at(high) + 0.3 * along).set_stroke(NAP, 5)
        self.ticks, self.numbers = VGroup(), VGroup()
        for value in range(low, high + 1):
            self.ticks.add(self.tick(value, 0.13, INK, 3))
            number = Words("{n}", n=numbers.read("tick", tick=str(value)), size=SMALL, color=SOFT)
            number.next_to(self.at(value), LEFT if upright else DOWN, buff=0.24)
            self.numbers.add(number)
        self.title = Words("nap", size=SMALL, color=NAP)
        self.title.next_to(self.line.get_end(), UP, buff=0.12 if upright else 0.2)
        super().__init__(self.line, self.ticks, self.numbers, self.title)

    def at(self, value: float) -> np.ndarray:
        """Where a nap lies."""
        return self.zero + self.step * float(value) * (UP if self.upright else RIGHT)

    def tick(self, value: float, half: float = 0.24, colour: str = NAP, width: float = 7) -> Line:
        """A tick across the ruler."""
        side = (RIGHT if self.upright else UP) * half
        return Line(self.at(value) - side, self.at(value) + side).set_stroke(colour, width)

    def arrow(self, start: float, end: float, colour: str, lift: float = 0.42) -> Arrow:
        """An arrow that lies along the ruler, a little above it."""
        return step_arrow(self.at(start) + lift * UP, self.at(end) + lift * UP, colour)


def _whole(ends: tuple[float, float]) -> range:
    return range(int(np.ceil(ends[0])), int(np.floor(ends[1])) + 1)


def step_arrow(tail: np.ndarray, head: np.ndarray, colour: str, width: float = 8) -> Arrow:
    """A thick arrow whose tip stays small."""
    length = float(np.linalg.norm(head - tail))
    arrow = Arrow(tail, head, buff=0, color=colour, tip_length=min(0.26, 0.45 * length))
    arrow.set_stroke(width=width)
    return arrow


def bar(left: np.ndarray, length: float, colour: str, height: float = 0.34) -> Rectangle:
    """A horizontal bar that starts at ``left``."""
    made = Rectangle(width=max(length, 0.01), height=height, stroke_width=0, fill_color=colour, fill_opacity=1)
    return made.move_to(left, aligned_edge=LEFT)


def curve_over(start: np.ndarray, end: np.ndarray, bend: float, colour: str, width: float = 4) -> Arc:
    """A road from one place to another; a positive ``bend`` passes above when it runs to the right."""
    chord = end - start
    radius = float(np.linalg.norm(chord)) / (2 * np.sin(abs(bend) / 2))
    arc = Arc(radius=radius, angle=-bend).set_stroke(colour, width)
    return arc.put_start_and_end_on(start, end)


def disc(place: np.ndarray, colour: str, radius: float = 0.5) -> Circle:
    """A disc of a neuron."""
    return Circle(radius=radius, stroke_color=colour, stroke_width=5, fill_color=GROUND, fill_opacity=1).move_to(place)


def envelope(place: np.ndarray, width: float = 2.6) -> tuple[VGroup, VGroup]:
    """A sealed letter: its back with the flap, and its front pocket."""
    high = 0.62 * width
    back = RoundedRectangle(width=width, height=high, corner_radius=0.08, stroke_color=INK, stroke_width=4)
    back.set_fill(PANEL, 1)
    front = back.copy()
    creases = VGroup(
        Line(back.get_corner(DOWN + LEFT), back.get_center() + 0.06 * UP),
        Line(back.get_corner(DOWN + RIGHT), back.get_center() + 0.06 * UP),
        Line(back.get_corner(UP + LEFT), back.get_center() - 0.1 * UP),
        Line(back.get_corner(UP + RIGHT), back.get_center() - 0.1 * UP),
    ).set_stroke(INK, 3)
    seal = Dot(back.get_center() - 0.08 * UP, radius=0.13, color=NAP)
    return VGroup(back).shift(place), VGroup(front, creases, seal).shift(place)


def portrait(name: str, nose: float, ear: float, mouth: float, height: float, *, blue_ears: bool = True) -> VGroup:
    """Tom, or Mia with her collar; the middle of the head is at the origin."""
    cat = CatPerson(nose, ear, mouth, tinted=True, height=height)
    if not blue_ears:
        for lining in (cat.ears[1], cat.ears[3]):
            lining.set_fill(INK, 0.22)
    collar = Arc(radius=0.42 * height, start_angle=-0.72 * PI, angle=0.44 * PI).set_stroke(INK, 1.7 * height)
    collar.shift(0.2 * height * DOWN)
    bell = Dot(0.66 * height * DOWN, radius=0.045 * height, color=INK)
    return VGroup(cat, *((collar, bell) if name == "Mia" else ()))


def small_face(nose: float, ear: float, place: np.ndarray, height: float = 0.62, collar: bool = False) -> VGroup:
    """A face of a few lines beside a point of the plane; ``collar`` makes it Mia's."""
    icon = VGroup(cat_icon(max(nose, 0.0), max(ear, 0.0), height=height))
    if collar:
        ring = Arc(radius=0.42 * height, start_angle=-0.72 * PI, angle=0.44 * PI).set_stroke(INK, 3)
        icon.add(ring.shift(0.2 * height * DOWN), Dot(0.66 * height * DOWN, radius=0.06 * height, color=INK))
    return icon.shift(place)


def hop(mobject: Mobject, start: np.ndarray, end: np.ndarray, hops: int = 3) -> Animation:
    """Walk a cat in: it slides from start to end with a few small hops."""
    offset = mobject.get_center() - end
    made: Callable[[Mobject, float], object] = lambda cat, alpha: cat.move_to(  # noqa: E731
        start + (end - start) * smooth(alpha) + 0.16 * abs(np.sin(hops * PI * alpha)) * UP + offset
    )
    mobject.move_to(start + offset)
    return UpdateFromAlphaFunc(mobject, made, rate_func=lambda t: t)


def value(reading: Reading, colour: str = INK, size: float = SMALL, spec: str = "") -> Words:
    """A bare number."""
    return Words("{x:" + spec + "}" if spec else "{x}", x=reading, size=size, color=colour)


def value_bar(left: float, y: float, reading: Reading, colour: str, scale: float) -> VGroup:
    """A bar with its value behind it."""
    made = bar(np.array([left, y, 0]), scale * float(reading), colour, 0.42)
    return VGroup(made, value(reading, colour, SMALL, ".2f").next_to(made, RIGHT, buff=0.2))


def axis(start: np.ndarray, end: np.ndarray) -> Line:
    """A plain axis of a chart."""
    return Line(start, end).set_stroke(FAINT, 4)


def heap(misses: np.ndarray, share: float, base: np.ndarray, right: float) -> VGroup:
    """A histogram of the first ``share`` of the misses, over an axis that starts at ``base``."""
    edges = np.linspace(0.38, 0.64, 27)
    full = np.histogram(misses, edges)[0].max()
    counts = np.histogram(misses[: round(share * misses.size)], edges)[0]
    bars = VGroup()
    for count, edge in zip(counts, edges, strict=False):
        tall, wide = max(0.01, 3.0 * count / full), right * 0.01 * 0.86
        made = Rectangle(width=wide, height=tall, stroke_width=0, fill_color=EAR, fill_opacity=1)
        bars.add(made.move_to(base + right * edge * RIGHT, aligned_edge=DOWN + LEFT))
    return bars


def two_wires(spots: dict[str, np.ndarray], target: np.ndarray) -> tuple[VGroup, VGroup]:
    """A neuron of two inputs, and the names in its discs."""
    wires = VGroup(*(Line(spots[k], target).set_stroke(c, 6) for k, c in (("nose", NOSE_TINT), ("ear", EAR_TINT))))
    discs = VGroup(disc(spots["nose"], NOSE, 0.62), disc(spots["ear"], EAR, 0.62), disc(target, OUTPUT, 0.62))
    colours = {"nose": NOSE, "ear": EAR}
    names = VGroup(*(Words(k, size=SMALL, color=c).move_to(spots[k]) for k, c in colours.items()))
    names.add(Words("nap", size=SMALL, color=NAP).move_to(target))
    return VGroup(wires, discs), names


def rings_of(dots: VGroup, misses: np.ndarray) -> VGroup:
    """One ring per cat, as wide as a model misses its nap."""
    rings = VGroup()
    for dot, miss in zip(dots, misses, strict=True):
        radius = max(0.02, 0.42 * abs(float(miss)))
        rings.add(Circle(radius=radius, stroke_color=HIGHLIGHT, stroke_width=3).move_to(dot))
    return rings


def rate_chart(base: np.ndarray) -> tuple[VGroup, VGroup]:
    """Two axes: the rate across, how far it typically misses upwards."""
    frame = VGroup(axis(base, base + 5.3 * RIGHT), axis(base, base + 4.4 * UP))
    rate = Words("rate", size=SMALL, color=NOSE_TINT).next_to(frame[0].get_end(), DOWN, buff=0.2).shift(0.3 * LEFT)
    miss = Words("typical miss", size=SMALL, color=HIGHLIGHT).next_to(frame[1].get_end(), UP, buff=0.12)
    return frame, VGroup(rate, miss.align_to(frame[1], LEFT))
