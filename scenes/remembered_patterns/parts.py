"""What several scenes draw: dots of things, strings between them, the glass, a dog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from manim import DOWN, LEFT, ORIGIN, RIGHT, UP, Circle, Dot, Ellipse, Line, Polygon, RoundedRectangle, VGroup

from tapehead.scenes.stage.lettering import SMALL, Name, Words
from tapehead.scenes.stage.palette import EAR, FAINT, GROUND, HIGHLIGHT, INK, LUCK, NAP, NOSE, OUTPUT, PANEL, SOFT

KIND_COLOURS: Mapping[str, str] = {
    "animal": HIGHLIGHT,
    "country": EAR,
    "continent": EAR,
    "snout": NOSE,
    "life": LUCK,
    "size": NAP,
    "person": OUTPUT,
    "kind": SOFT,
    "class": SOFT,
}
"""A thing's colour by its kind: the same in the whole film."""


def place(x: float, y: float) -> np.ndarray:
    """A point of the stage."""
    return np.array([x, y, 0.0])


def thing(at: np.ndarray, colour: str, radius: float = 0.3) -> Circle:
    """A dot that hides the strings under it."""
    return Circle(radius=radius, stroke_color=colour, stroke_width=5, fill_color=GROUND, fill_opacity=1).move_to(at)


def string(start: np.ndarray, end: np.ndarray, colour: str = SOFT, width: float = 4, gap: float = 0.3) -> VGroup:
    """A string from one dot to another, with a head that says which way it leads."""
    start, end = np.asarray(start, dtype=float), np.asarray(end, dtype=float)
    way = (end - start) / max(1e-9, float(np.linalg.norm(end - start)))
    across = np.array([-way[1], way[0], 0.0])
    a, b = start + gap * way, end - gap * way
    head = Polygon(b, b - 0.26 * way + 0.13 * across, b - 0.26 * way - 0.13 * across, stroke_width=0)
    return VGroup(Line(a, b - 0.2 * way).set_stroke(colour, width), head.set_fill(colour, 1))


def label(text: str, at: np.ndarray, colour: str = INK, size: float = SMALL, bold: bool = False) -> Words:
    """A thing's name, centred on a point."""
    return Words("{t}", t=Name(text), size=size, color=colour, bold=bold).move_to(at)


def pane(width: float, height: float, colour: str = EAR, opacity: float = 0.1) -> RoundedRectangle:
    """A sheet of glass."""
    sheet = RoundedRectangle(corner_radius=0.25, width=width, height=height)
    return sheet.set_stroke(colour, 4).set_fill(colour, opacity)


class Network(VGroup):
    """A graph of things in columns by kind.  Parts: ``dots`` (by node) and ``strings`` (by edge).

    ``columns`` lists which kinds stand in which column, from left to right; a kind's nodes are spread over its share
    of the column, in their order.
    """

    def __init__(
        self,
        kinds: Sequence[str],
        edges: np.ndarray,
        columns: Sequence[Sequence[str]],
        *,
        width: float = 12.6,
        height: float = 5.9,
        radius: float = 0.1,
        centre: np.ndarray = ORIGIN,
    ) -> None:
        self.spots = np.zeros((len(kinds), 3))
        across = np.linspace(-width / 2, width / 2, len(columns))
        for x, column in zip(across, columns, strict=True):
            members = [u for kind in column for u, k in enumerate(kinds) if k == kind]
            ys = [0.0] if len(members) == 1 else np.linspace(height / 2, -height / 2, len(members))
            for u, y in zip(members, ys, strict=True):
                self.spots[u] = [x, y, 0.0]
        self.spots += centre
        self.strings = VGroup(
            *(Line(self.spots[a], self.spots[b]).set_stroke(FAINT, 1.6, opacity=0.75) for a, b in edges)
        )
        self.dots = VGroup(
            *(
                Dot(spot, radius=radius, color=KIND_COLOURS.get(kind, SOFT))
                for spot, kind in zip(self.spots, kinds, strict=True)
            )
        )
        super().__init__(self.strings, self.dots)


def shiba(scale: float = 1.0, asleep: bool = False) -> VGroup:
    """The dog herself: a face of a few shapes."""
    tan, pale, dark = NAP, INK, GROUND
    ears = VGroup(
        *(
            Polygon([s * 0.3, 0.75, 0], [s * 1.0, 0.45, 0], [s * 0.85, 1.45, 0], stroke_width=0).set_fill(tan, 1)
            for s in (-1, 1)
        )
    )
    inner = VGroup(
        *(
            Polygon([s * 0.5, 0.75, 0], [s * 0.86, 0.6, 0], [s * 0.8, 1.12, 0], stroke_width=0).set_fill(pale, 0.8)
            for s in (-1, 1)
        )
    )
    head = Ellipse(width=2.3, height=1.9, stroke_width=0).set_fill(tan, 1)
    cheeks = VGroup(
        *(
            Ellipse(width=0.95, height=0.85, stroke_width=0).set_fill(pale, 1).move_to([s * 0.62, -0.38, 0])
            for s in (-1, 1)
        )
    )
    muzzle = Ellipse(width=1.05, height=0.85, stroke_width=0).set_fill(pale, 1).move_to([0, -0.5, 0])
    nose = Ellipse(width=0.34, height=0.24, stroke_width=0).set_fill(dark, 1).move_to([0, -0.3, 0])
    mouth = VGroup(
        Line([0, -0.42, 0], [0, -0.6, 0]),
        Line([0, -0.6, 0], [-0.22, -0.7, 0]),
        Line([0, -0.6, 0], [0.22, -0.7, 0]),
    ).set_stroke(dark, 4)
    if asleep:
        eyes = VGroup(*(Line([s * 0.72, 0.16, 0], [s * 0.36, 0.1, 0]) for s in (-1, 1))).set_stroke(dark, 6)
    else:
        eyes = VGroup(
            *(
                Ellipse(width=0.2, height=0.26, stroke_width=0).set_fill(dark, 1).move_to([s * 0.5, 0.16, 0])
                for s in (-1, 1)
            )
        )
    brows = VGroup(*(Dot([s * 0.45, 0.5, 0], radius=0.1, color=pale) for s in (-1, 1)))
    return VGroup(ears, inner, head, cheeks, muzzle, brows, eyes, nose, mouth).scale(scale)


def card(text: str, colour: str, width: float = 3.7, height: float = 0.95) -> VGroup:
    """A clue on a card with a pin."""
    sheet = RoundedRectangle(corner_radius=0.12, width=width, height=height).set_stroke(colour, 4).set_fill(PANEL, 1)
    words = Words("{t}", t=Name(text), size=SMALL, color=colour, bold=True)
    pin = Dot(sheet.get_left() + 0.3 * RIGHT, radius=0.1, color=colour)
    return VGroup(sheet, words.move_to(sheet.get_center() + 0.12 * RIGHT), pin)


def cross(at: np.ndarray, colour: str = NOSE, size: float = 0.22) -> VGroup:
    """A cross: this one is out."""
    return (
        VGroup(Line(size * (UP + LEFT), size * (DOWN + RIGHT)), Line(size * (UP + RIGHT), size * (DOWN + LEFT)))
        .set_stroke(colour, 6)
        .move_to(at)
    )


def tick(at: np.ndarray, colour: str = LUCK, size: float = 0.24) -> VGroup:
    """A tick: this one is right."""
    return (
        VGroup(
            Line(size * LEFT, size * (0.4 * LEFT + 0.7 * DOWN)),
            Line(size * (0.4 * LEFT + 0.7 * DOWN), size * (RIGHT + 0.8 * UP)),
        )
        .set_stroke(colour, 7)
        .move_to(at)
    )
