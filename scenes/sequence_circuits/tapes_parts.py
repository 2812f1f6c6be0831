"""Cassettes whose tape runs out to the right and breaks off in noise before its last member."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import DOWN, RIGHT, TAU, UP, Circle, Line, Polygon, Rectangle, RoundedRectangle, VGroup

from tapehead.scenes.stage.circuits import base_line
from tapehead.scenes.stage.lettering import BODY, SMALL, Name, Words
from tapehead.scenes.stage.palette import FAINT, GROUND, HIGHLIGHT, INK, PANEL, SOFT

WIDE, TALL = 2.3, 1.55
"""Of a cassette."""
COLUMNS = (-2.85, -0.95, 0.95, 2.85)
"""Where the members stand on a tape."""
GAP = 4.8
RIBBON = 0.86
"""Height of the tape."""
CASE_X = -5.3
TORN = 3.85


def reel(place: np.ndarray) -> VGroup:
    """A hub with teeth, in a ring of wound tape."""
    wound = Circle(radius=0.24).set_stroke(FAINT, 5).set_fill(PANEL, 1)
    hub = Circle(radius=0.13).set_stroke(INK, 2.5).set_fill(GROUND, 1)
    teeth = VGroup(*(Line(0.05 * RIGHT, 0.13 * RIGHT).rotate(k * TAU / 3, about_point=np.zeros(3)) for k in range(3)))
    return VGroup(wound, hub, teeth.set_stroke(INK, 3)).move_to(place)


def on_line(word: str, x: float, y: float, colour: str, bold: bool = False) -> Words:
    """A word on a tape; all words of a tape stand on one line."""
    made = Words("{word}", word=Name(word), size=BODY, color=colour, bold=bold).move_to([x, y, 0])
    return made.shift((y - 0.13 - base_line(made)) * UP)


class Cassette(VGroup):
    """A case with a label in a kind's colour; parts ``label``, ``reels``, ``title``."""

    def __init__(self, kind: str, colour: str) -> None:
        body = RoundedRectangle(corner_radius=0.14, width=WIDE, height=TALL).set_stroke(SOFT, 3).set_fill(PANEL, 1)
        self.label = RoundedRectangle(corner_radius=0.08, width=WIDE - 0.3, height=0.6, stroke_width=0)
        self.label.set_fill(colour, 1).move_to(body.get_top() + 0.45 * DOWN)
        window = RoundedRectangle(corner_radius=0.28, width=WIDE - 0.5, height=0.58)
        window.set_stroke(FAINT, 2.5).set_fill(GROUND, 1).move_to(body.get_bottom() + 0.47 * UP)
        self.reels = VGroup(*(reel(window.get_center() + side * 0.5 * RIGHT) for side in (-1, 1)))
        self.case = VGroup(body, self.label, window)
        super().__init__(self.case, self.reels)
        self.title = Words(kind, size=SMALL, color=GROUND, bold=True).move_to(self.label)


class Tape:
    """One row of the scene: cassette, ribbon with members, and the noise where the end is missing."""

    def __init__(self, kind: str, colour: str, members: Sequence[str], answer: str, y: float, rng: np.random.Generator):
        self.colour, self.y, self.noisy = colour, y, False
        self.cassette = Cassette(kind, colour).move_to([CASE_X, y, 0])
        self.title = self.cassette.title.move_to(self.cassette.label)
        self.ribbon = self._ribbon(rng)
        self.members = VGroup(*(on_line(member, x, y, INK) for member, x in zip(members, COLUMNS, strict=True)))
        self.noise = VGroup(*(self._speck(rng) for _ in range(120)))
        self.answer = on_line(answer, GAP, y, HIGHLIGHT, bold=True)
        self.patch = Rectangle(width=1.66, height=RIBBON).set_stroke(HIGHLIGHT, 3).set_fill(PANEL, 1)
        self.patch.move_to([GAP, y, 0])

    @property
    def body(self) -> VGroup:
        """What is no lettering and slides about as one."""
        return VGroup(self.ribbon, self.cassette)

    def tokens(self) -> VGroup:
        """A frame round every symbol, the answer included."""
        frames = VGroup()
        for word in (*self.members, self.answer):
            frame = RoundedRectangle(corner_radius=0.1, width=max(0.6, word.width + 0.26), height=0.66)
            frames.add(frame.set_stroke(self.colour, 4).set_fill(opacity=0).move_to([word.get_x(), self.y + 0.01, 0]))
        return frames

    def _ribbon(self, rng: np.random.Generator) -> Polygon:
        start, half = CASE_X + WIDE / 2 - 0.05, RIBBON / 2
        levels = np.linspace(-half, half, 8)
        edge = [[TORN + (0.11 if k % 2 else -0.05) + rng.uniform(-0.03, 0.03), y, 0] for k, y in enumerate(levels)]
        corners = [[start, -half, 0], *edge, [start, half, 0]]
        strip = Polygon(*(np.array(corner) + self.y * UP for corner in corners))
        return strip.set_stroke(self.colour, 2.5).set_fill(PANEL, 1)

    def _speck(self, rng: np.random.Generator) -> Rectangle:
        place = np.array([rng.uniform(GAP - 0.78, GAP + 0.8), self.y + rng.uniform(-0.4, 0.4), 0])
        grey = str(rng.choice([FAINT, SOFT, SOFT, INK]))
        speck = Rectangle(width=float(rng.uniform(0.04, 0.12)), height=0.045, stroke_width=0)
        return speck.set_fill(grey, float(rng.uniform(0.3, 0.9))).move_to(place)


def jumbled(noise: VGroup, rng: np.random.Generator) -> VGroup:
    """The same noise a moment later."""
    later = noise.copy()
    places = [speck.get_center() for speck in noise]
    for speck, n in zip(later, rng.permutation(len(places)), strict=True):
        speck.move_to(places[n])
    return later


def moon() -> VGroup:
    """A crescent."""
    disc = Circle(radius=0.55, stroke_width=0).set_fill(INK, 0.85)
    bite = Circle(radius=0.5, stroke_width=0).set_fill(GROUND, 1).shift(0.24 * RIGHT + 0.14 * UP)
    return VGroup(disc, bite)


def stars(rng: np.random.Generator, places: int = 46) -> VGroup:
    """A sky."""
    made = VGroup()
    for _ in range(places):
        star = Circle(radius=float(rng.uniform(0.012, 0.03)), stroke_width=0).set_fill(
            INK, float(rng.uniform(0.3, 0.8))
        )
        made.add(star.move_to([rng.uniform(-6.9, 6.9), rng.uniform(-1.6, 3.8), 0]))
    return made
