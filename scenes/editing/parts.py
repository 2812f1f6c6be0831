"""What the scenes share: colours by role, the emblem, test bars, pictures out of results, a chart, the tape."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Arc, Circle, Dot, Line, Mobject, Rectangle, VGroup, VMobject

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


class LogChart(VGroup):
    """Two logarithmic axes with names and without numbers; ``at`` turns two measures into a place.

    ``decades`` are lines at whole powers of ten, so that slopes can be seen.
    """

    def __init__(
        self,
        corner: tuple[float, float],
        size: tuple[float, float],
        across: tuple[float, float],
        up: tuple[float, float],
        names: tuple[str, str],
    ) -> None:
        self.corner, self.size = np.array([*corner, 0.0]), size
        self.across, self.up = np.log10(across), np.log10(up)
        floor = Line(self.corner, self.corner + size[0] * RIGHT)
        wall = Line(self.corner, self.corner + size[1] * UP)
        self.axes = VGroup(floor, wall).set_stroke(palette.FAINT, 5)
        self.decades = VGroup(
            *(Line(self.at(10.0**k, up[0]), self.at(10.0**k, up[1])) for k in self._whole(self.across)),
            *(Line(self.at(across[0], 10.0**k), self.at(across[1], 10.0**k)) for k in self._whole(self.up)),
        ).set_stroke(palette.FAINT, 2, 0.5)
        below = Words(names[0], size=SMALL, color=palette.SOFT).next_to(floor, DOWN, buff=0.2).align_to(floor, RIGHT)
        above = Words(names[1], size=SMALL, color=palette.SOFT).next_to(wall, UP, buff=0.2).align_to(wall, LEFT)
        self.names = VGroup(below, above)
        super().__init__(self.decades, self.axes, self.names)

    @staticmethod
    def _whole(ends: np.ndarray) -> range:
        return range(int(np.ceil(ends[0] + 1e-9)), int(np.floor(ends[1] - 1e-9)) + 1)

    def at(self, x: float, y: float) -> np.ndarray:
        """A place in the frame."""
        shares = [(np.log10(v) - low) / (high - low) for v, (low, high) in ((x, self.across), (y, self.up))]
        return np.asarray(self.corner + shares[0] * self.size[0] * RIGHT + shares[1] * self.size[1] * UP)

    def curve(self, xs: np.ndarray, ys: np.ndarray, colour: str, width: float = 7) -> VMobject:
        """A line through measures."""
        made = VMobject()
        made.set_points_as_corners([self.at(float(x), float(y)) for x, y in zip(xs, ys, strict=True)])
        return made.set_stroke(colour, width).set_fill(opacity=0)

    def dots(self, xs: np.ndarray, ys: np.ndarray, colour: str, radius: float = 0.11) -> VGroup:
        """Measures as dots."""
        return VGroup(*(Dot(self.at(float(x), float(y)), radius, color=colour) for x, y in zip(xs, ys, strict=True)))


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
