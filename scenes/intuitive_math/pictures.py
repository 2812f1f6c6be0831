"""Pictures of this film: the animals, its planes and pages, and what stands beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import (
    DOWN,
    UP,
    ArcBetweenPoints,
    Circle,
    Line,
    Mobject,
    Polygon,
    Rectangle,
    RoundedRectangle,
    VGroup,
    VMobject,
    there_and_back,
)

from tapehead.analysis.results import Reading, Result
from tapehead.scenes.stage.cats import closed, curve, straight
from tapehead.scenes.stage.lettering import BODY, Words
from tapehead.scenes.stage.matrices import Box, box_of
from tapehead.scenes.stage.palette import (
    EAR,
    FAINT,
    GROUND,
    HIGHLIGHT,
    INK,
    LUCK,
    NAP,
    NOSE,
    OKABE_ITO,
    OUTPUT,
    OUTPUT_TINT,
    PANEL,
)
from tapehead.scenes.stage.planes import Pair, Plane

SNOUT, SIZE = NOSE, EAR
"""Red is the snout and blue is the body, wherever they stand."""
CATTY, RATTY = NAP, LUCK
"""Orange is what is cat-like, green what is rat-like."""
THERE, THERE_TOO = OUTPUT, OUTPUT_TINT
"""The other network's own arrows."""
WRONG = OKABE_ITO[6]
"""What is a slip, or was misread."""
WORDS = ("basis", "dot product", "projection", "hyperplane", "singular direction")
NAMES = ("snout", "body")


def animal(measures: Pair, height: float = 2.4, colour: str = INK) -> VGroup:
    """A beast from the side that looks to the right: its snout and its body are as large as its two measures say.

    Any two are the same parts with the same points, so that one morphs into the other.  ``height`` is that of a beast
    with one snout and one body.  Parts: ``tail``, ``legs``, ``trunk``, ``head``, ``face`` (ear, eye, whiskers),
    ``snout``; the last is red and the trunk is blue.
    """
    snout, body = (max(float(m), 0.05) for m in measures)
    wide, high = 0.72 + 0.42 * body, 0.5 + 0.3 * body
    line = max(1.6 * height, 2.4)
    angles = np.arange(16) / 16 * 2 * np.pi
    trunk = closed([(wide * np.cos(a), high * np.sin(a)) for a in angles])
    x, y = wide * 0.84, high * 0.62 + 0.3
    head = closed([(x + 0.6 * np.cos(a), y + 0.54 * np.sin(a)) for a in angles])
    reach = 0.14 + 0.55 * snout
    nose = curve(
        (x + 0.47, y + 0.24),
        ((x + 0.62, y + 0.22), (x + 0.5 + 0.7 * reach, y + 0.02), (x + 0.55 + reach, y - 0.08)),
        ((x + 0.57 + reach, y - 0.24), (x + 0.62, y - 0.34), (x + 0.4, y - 0.32)),
        ((x + 0.54, y - 0.12), (x + 0.54, y + 0.1), (x + 0.47, y + 0.24)),
    )
    ear = VGroup(
        straight((x - 0.5, y + 0.24), (x - 0.42, y + 0.98), (x - 0.02, y + 0.5), (x - 0.5, y + 0.24)),
        straight((x + 0.08, y + 0.48), (x + 0.34, y + 0.94), (x + 0.46, y + 0.3), (x + 0.08, y + 0.48)),
    )
    eye = closed([(x + 0.2 + 0.07 * np.cos(a), y + 0.14 + 0.09 * np.sin(a)) for a in angles[::2]])
    hairs = VGroup(*(straight((x + 0.34, y - 0.12), (x - 0.12, y - 0.04 - d)) for d in (0.0, 0.16, 0.32)))
    tail = curve(
        (-wide * 0.95, 0.1),
        ((-wide - 0.4, 0.1), (-wide - 0.5, high), (-wide - 0.32, high + 0.25)),
        ((-wide - 0.22, high + 0.4), (-wide - 0.05, high + 0.3), (-wide - 0.12, high + 0.15)),
    )
    foot = -high - 0.32
    legs = VGroup(
        *(
            straight((at * wide, -high * 0.7), (at * wide, foot), (at * wide + 0.16, foot))
            for at in (-0.62, -0.4, 0.4, 0.62)
        )
    )
    for path in (tail, *legs, *hairs):
        path.set_stroke(colour, line).set_fill(opacity=0)
    hairs.set_stroke(width=0.6 * line)
    trunk.set_stroke(colour, line).set_fill(GROUND, 1)
    belly = closed([(0.82 * wide * np.cos(a), 0.8 * high * np.sin(a)) for a in angles])
    belly.set_stroke(width=0).set_fill(SIZE, 0.85)
    for path in (head, *ear):
        path.set_stroke(colour, line).set_fill(GROUND, 1)
    eye.set_stroke(width=0).set_fill(colour, 1)
    nose.set_stroke(colour, 0.6 * line).set_fill(SNOUT, 1)
    made = VGroup(tail, legs, trunk, belly, ear, head, hairs, eye, nose)
    made.trunk, made.belly, made.snout = trunk, belly, nose
    return made.scale(height / 2.2, about_point=np.zeros(3))


def page(zero: Sequence[float], unit: float, across: tuple[float, float], up: tuple[float, float]) -> Plane:
    """The plane of snout and body."""
    return Plane(zero, unit, across, up, NAMES, (SNOUT, SIZE))


def other_page(
    zero: Sequence[float], unit: float, across: tuple[float, float], up: tuple[float, float], names: tuple[str, str]
) -> Plane:
    """The plane of another network, whose two axes have its own colour."""
    return Plane(zero, unit, across, up, names, (THERE, THERE_TOO))


def pair(readings: Sequence[Reading], colour: str = INK, size: float = BODY, spec: str = "") -> Words:
    """``(0.5, 2)``."""
    one, two = readings
    form = "{one" + (":" + spec if spec else "") + "}, {two" + (":" + spec if spec else "") + "}"
    return Words(f"({form})", one=one, two=two, size=size, color=colour)


def plate(text: str, colour: str = INK, width: float = 6.4, height: float = 1.14, size: float = 52) -> VGroup:
    """A word on a plate of the door."""
    board = RoundedRectangle(width=width, height=height, corner_radius=0.14).set_stroke(colour, 4).set_fill(PANEL, 1)
    return VGroup(board, Words(text, size=size, color=colour).move_to(board))


def present(width: float = 3.0) -> VGroup:
    """A parcel with a ribbon and a bow."""
    box = Rectangle(width=width, height=0.72 * width).set_stroke(INK, 5).set_fill(PANEL, 1)
    lid = Rectangle(width=1.12 * width, height=0.2 * width).set_stroke(INK, 5).set_fill(PANEL, 1)
    lid.next_to(box, UP, buff=0)
    top = lid.get_top()
    band = Line(box.get_bottom(), top).set_stroke(HIGHLIGHT, 16)
    loops = VGroup(
        *(
            closed(
                [
                    (s * (0.2 + 0.18 * np.cos(a)) * width, (0.12 + 0.1 * np.sin(a)) * width)
                    for a in np.arange(8) / 4 * np.pi
                ]
            )
            for s in (-1, 1)
        )
    )
    loops.set_stroke(HIGHLIGHT, 9).set_fill(opacity=0).shift(top)
    return VGroup(box, lid, band, loops)


def bottle(width: float = 2.2) -> VGroup:
    """A bottle with a skull on it."""
    w = width
    glass = VMobject().set_points_as_corners(
        [
            np.array([x * w, y * w, 0.0])
            for x, y in (
                (-0.5, -0.8),
                (0.5, -0.8),
                (0.5, 0.35),
                (0.18, 0.62),
                (0.18, 0.95),
                (-0.18, 0.95),
                (-0.18, 0.62),
                (-0.5, 0.35),
                (-0.5, -0.8),
            )
        ]
    )
    glass.set_stroke(INK, 5).set_fill(PANEL, 1)
    cork = Rectangle(width=0.3 * w, height=0.16 * w).set_stroke(INK, 4).set_fill(FAINT, 1).move_to([0, 1.03 * w, 0])
    skull = Circle(radius=0.25 * w).set_stroke(width=0).set_fill(INK, 1).move_to([0, -0.1 * w, 0])
    jaw = Rectangle(width=0.24 * w, height=0.16 * w, stroke_width=0).set_fill(INK, 1).move_to([0, -0.34 * w, 0])
    eyes = VGroup(
        *(
            Circle(radius=0.07 * w).set_stroke(width=0).set_fill(GROUND, 1).move_to([s * 0.1 * w, -0.1 * w, 0])
            for s in (-1, 1)
        )
    )
    bones = VGroup(
        Line([-0.38 * w, -0.66 * w, 0], [0.38 * w, -0.48 * w, 0]),
        Line([0.38 * w, -0.66 * w, 0], [-0.38 * w, -0.48 * w, 0]),
    ).set_stroke(INK, 7)
    return VGroup(glass, cork, skull, jaw, eyes, bones)


def pulse(mobject: Mobject, factor: float = 1.12) -> Any:
    """An animation: it swells and sinks back, in its own colours."""
    return mobject.animate(rate_func=there_and_back).scale(factor)


def gauge(reading: Reading, unit: float, colour: str, foot: Sequence[float], wide: float = 0.9) -> Rectangle:
    """An upright bar as high as its value at ``unit`` frame units per one; below its foot where it is negative."""
    high = unit * float(reading)
    bar = Rectangle(width=wide, height=max(abs(high), 0.02), stroke_width=0).set_fill(colour, 1)
    return bar.move_to(np.array([foot[0], foot[1], 0.0]), aligned_edge=DOWN if high >= 0 else UP)


def swept(start: np.ndarray, one: np.ndarray, other: np.ndarray, colour: str) -> Polygon:
    """The corner between two directions as a filled wedge."""
    return Polygon(start, start + one, start + other).set_stroke(width=0).set_fill(colour, 0.35)


def point_at(place: np.ndarray, colour: str, radius: float = 0.13) -> Circle:
    """A point that can be seen from the back row."""
    return Circle(radius=radius).set_stroke(GROUND, 2).set_fill(colour, 1).move_to(place)


def bow(start: np.ndarray, end: np.ndarray, colour: str, bend: float) -> ArcBetweenPoints:
    """A bent line that leads from one page to the other."""
    return ArcBetweenPoints(start, end, angle=bend).set_stroke(colour, 5)


def matrix_of(result: Result, matrix: str, size: float = BODY, spec: str = "") -> Box:
    """One of several matrices of a result, its columns red and blue as what they belong to."""
    rows = [result.row("W", along="column", matrix=matrix, row=row) for row in ("first", "second")]
    return box_of(rows, ((SNOUT, SIZE), (SNOUT, SIZE)), size, spec)


def wall(centre: Sequence[float], high: float = 2.6, colour: str = INK) -> VGroup:
    """A wall that a shadow falls on, seen edge on: a thick line with hatching behind it."""
    body = Line([0, -high / 2, 0], [0, high / 2, 0]).set_stroke(colour, 7)
    hatch = VGroup(
        *(Line([0, y, 0], [0.25, y + 0.22, 0]) for y in np.arange(-high / 2, high / 2 - 0.1, 0.3))
    ).set_stroke(colour, 2.5)
    return VGroup(body, hatch).move_to(np.array([centre[0], centre[1], 0.0]))
