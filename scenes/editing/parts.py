"""What the scenes share: colours by role, the emblem, test bars, pictures out of results, the tape."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import UP, Arc, Circle, Dot, Line, Mobject, Rectangle, VGroup

from tapehead.analysis.results import Reading, Result
from tapehead.scenes.stage import palette
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HUGE, SMALL, Words
from tapehead.scenes.stage.portraits import Portrait

AWAY = palette.HIGHLIGHT
"""The arrow away from red, and whatever it does."""
EYES = palette.EAR_TINT
"""The eyes, and their arrow."""
FREED = palette.LUCK
"""The arrow without its shadow."""
WORLD = palette.OUTPUT
"""The round world of pictures, and its stamp's ground."""
CHANCE = palette.SOFT
"""Random arrows, crooked stamps: what everything is held against."""

ROLES = {"away": AWAY, "eyes": EYES, "freed": FREED, "world": WORLD, "chance": CHANCE}

LOST = 70.0
"""Loss of diversity, in %, at which the tape is as bad as it gets."""


def upright(rows: np.ndarray) -> np.ndarray:
    """Pictures of shape (…, 3, side, side) with the channels last, as bytes are shown."""
    return np.moveaxis(rows, -3, -1)


def at(found: Result, name: str, axis: str, label: str) -> np.ndarray:
    """The part of a quantity that belongs to a label of its axis."""
    there = found.quantity(name)
    place = there.labels[axis].index(label)
    return np.asarray(np.take(there.values, place, axis=there.axes.index(axis)))


def tape_with(scene: StageScene, lost: Reading | Sequence[Reading], over: float = 0.8) -> None:
    """The tape is as bad as the diversity that is lost: its colours run, and it slips.  Strength rises slowly."""
    scene.tape.follow("chroma.delay", lost, of=(0.0, LOST), to=(None, 1.8), over=over)
    scene.tape.follow("track.error", lost, of=(0.0, LOST), to=(0.0, 0.7), over=over)
    scene.tape.follow("track.height", lost, of=(0.0, LOST), to=(None, 40.0), over=over)


def calm(scene: StageScene, over: float = 0.6) -> None:
    """Nothing is pushed: the tape is as the studio sent it."""
    for setting in ("chroma.delay", "track.error", "track.height"):
        scene.tape.own(setting, over=over)


def linger(scene: StageScene, seconds: float, *what: Mobject, by: float = 1.025) -> None:
    """Things grow hardly noticeably for a while, so that a silence is not a picture that stands still."""
    scene.play(*(each.animate.scale(by) for each in what), run_time=max(0.3, seconds))


class Emblem(VGroup):
    """The office's sign: a globe, and a stamp that touches it in one point."""

    def __init__(self, height: float = 1.0) -> None:
        ball = Circle(radius=0.5).set_stroke(WORLD, 5)
        lines = VGroup(*(Arc(radius=0.5, start_angle=0, angle=np.pi).stretch(s, 1) for s in (0.35, -0.35)))
        lines.set_stroke(WORLD, 3).move_to(ball)
        touch = ball.point_at_angle(np.pi / 4)
        along = np.array([-1.0, 1.0, 0.0]) / np.sqrt(2)
        stamp = Line(touch - 0.42 * along, touch + 0.42 * along).set_stroke(AWAY, 7)
        super().__init__(ball, lines, stamp, Dot(touch, radius=0.05, color=AWAY))
        self.scale(height / self.height)


class TestBars(VGroup):
    """Seven bars and a dark band across them, where the office writes.  Parts: ``bars``, ``band``."""

    __test__ = False  # no test, although its name begins like one

    def __init__(self, band: float = 2.6, wide: float = 13.6, tall: float = 6.7) -> None:
        colours = ("#8A8C90", "#8A7B2E", "#2F7F86", "#35763C", "#7A3F74", "#84402F", "#2C477F")
        step = wide / len(colours)
        self.bars = VGroup(
            *(
                Rectangle(width=step, height=tall, stroke_width=0).set_fill(colour, 1).move_to([(n - 3) * step, 0, 0])
                for n, colour in enumerate(colours)
            )
        )
        self.band = Rectangle(width=wide, height=band, stroke_width=0).set_fill(palette.GROUND, 1)
        super().__init__(self.bars, self.band)
        self.shift(0.35 * UP)


def notice(text: str, size: float = HUGE, colour: str = palette.INK, y: float = 0.35) -> Words:
    """Words of the office, in the middle of the screen."""
    return Words(text, size=size, color=colour, bold=True, align="center").move_to([0, y, 0])


def chance_of(p: Reading, size: float = SMALL) -> Words:
    """The p of a test, to its first digit that is not nought and to two places at least."""
    places = max(2, 1 + int(-np.log10(max(float(p), 1e-12))))
    return Words(f"p = {{x:.{places}f}}" if places <= 6 else "p = {x:.0e}", x=p, size=size, color=palette.SOFT)


def eyes_of(picture: np.ndarray, height: float, colour: str = palette.FAINT) -> Portrait:
    """The strip of a portrait (side, side, 3) that holds the eyes: the middle of it, as the puppets are drawn."""
    side = picture.shape[0]
    rows, columns = slice(round(0.40 * side), round(0.66 * side)), slice(round(0.22 * side), round(0.78 * side))
    return Portrait(np.ascontiguousarray(picture[rows, columns]), height, colour=colour)


def number(template: str, value: Reading, colour: str = palette.INK, size: float = 84) -> Words:
    """One large number."""
    return Words(template, x=value, size=size, color=colour, bold=True)


def label(text: str, colour: str = palette.SOFT, size: float = BODY) -> Words:
    """A short name."""
    return Words(text, size=size, color=colour)
