"""What the scenes of the treatment share: walls with rings, counts, changes by attribute, and the fence."""

from __future__ import annotations

import numpy as np
from manim import DOWN, Dot, Rectangle, VGroup, VMobject

from tapehead.analysis.results import Reading, Result
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Words
from tapehead.scenes.stage.meters import BarChart
from tapehead.scenes.stage.palette import FAINT, INK, PANEL, SOFT
from tapehead.scenes.stage.portraits import Wall

from .roles import CHANCE, FREE, STRINGS, slip

CHANGED = ("strings", "tilt", "width", "hair", "age", "smile")


def scores(found: Result, method: str) -> np.ndarray:
    """Strings score of every portrait; above nought it hangs on strings."""
    labels = found.quantity("score").labels["method"]
    row: np.ndarray = found["score"][labels.index(method)]
    return row


def upright(rows: np.ndarray) -> np.ndarray:
    """Pictures of shape (…, 3, side, side) with the channels last, as bytes are shown."""
    return np.moveaxis(rows, -3, -1)


def pictures(found: Result, method: str) -> np.ndarray:
    """The portraits that are shown after a method."""
    return upright(found["picture"][found.quantity("picture").labels["method"].index(method)])


def wall_of(found: Result, method: str, columns: int, height: float, place: np.ndarray) -> tuple[Wall, VGroup]:
    """The wall of a method, and rings around the portraits that hang on strings."""
    shown = pictures(found, method)
    wall = Wall(shown, columns, height)
    wall.move_to(place)
    hung = np.flatnonzero(scores(found, method)[: len(shown)] > 0)
    return wall, VGroup(*(wall.ring(int(number), STRINGS) for number in hung))


def chance_of(p: Reading) -> Words:
    """The p of a paired test, to its first digit that is not nought and to two places at least."""
    places = max(2, 1 + int(-np.log10(max(float(p), 1e-12))))
    return Words(f"p = {{x:.{places}f}}" if places <= 4 else "p = {x:.0e}", x=p, size=SMALL, color=SOFT)


def slip_with(scene: StageScene, found: Result, method: str, over: float = 0.8) -> None:
    """The tape slips as far as the share of portraits that hang after a method."""
    slip(scene, found.read("share", method=method), of=(0.0, 60.0), over=over)


def count_of(found: Result, method: str, title: str, place: np.ndarray, size: float = 1.4 * HUGE) -> VGroup:
    """How many of all portraits hang on strings after a method: title, number, "of all"."""
    number = Words("{n}", n=found.read("scored", method=method), size=size, color=STRINGS, bold=True)
    parts = VGroup(
        Words(title, size=BODY, color=SOFT),
        number,
        Words("of {n} on strings", n=found.read("count"), size=BODY, color=INK),
    )
    return parts.arrange(DOWN, buff=0.3).move_to(place)


def change_chart(found: Result, method: str, control: str = "", unit: float = 2.2) -> VGroup:
    """Root mean square change of each attribute; a thin grey bar under each is the control's."""
    chart = BarChart(
        [found.read("drift", method=method, attribute=name) for name in CHANGED],
        CHANGED,
        [STRINGS, *[INK] * (len(CHANGED) - 1)],
        unit=unit,
    )
    greys = VGroup()
    for name, bar in zip(CHANGED, chart.bars, strict=True):
        if control:
            wide = unit * float(found.read("drift", method=control, attribute=name))
            grey = Rectangle(width=max(wide, 0.01), height=0.13, stroke_width=0).set_fill(CHANCE, 1)
            greys.add(grey.next_to(bar, DOWN, buff=0.05).align_to(chart.zero, np.array([-1.0, 0, 0])))
    return VGroup(chart, greys)


def height_of_fence(x: float) -> float:
    """Height of the ground at ``x``: two valleys and a ridge between them."""
    return 2.6 * float(np.exp(-((x / 1.5) ** 2))) - 1.4 + 0.02 * x * x


def fence_path(start: float, end: float, over: float = 0.0) -> VMobject:
    """The way along the ground from one place to another, ``over`` above it."""
    xs = np.linspace(start, end, 40)
    return VMobject().set_points_smoothly([np.array([x, height_of_fence(x) + over, 0.0]) for x in xs])


class Fence(VGroup):
    """Two valleys with their names, the strings' one on the left.  Parts: ``ground``, ``names``."""

    def __init__(self) -> None:
        line = fence_path(-6.0, 6.0)
        self.ground = line.copy()
        for corner in ([6.0, -2.9, 0.0], [-6.0, -2.9, 0.0], line.get_start()):
            self.ground.add_line_to(np.array(corner))
        self.ground.set_fill(PANEL, 1).set_stroke(width=0)
        line.set_stroke(FAINT, 6)
        self.names = VGroup(
            Words("strings", size=HEADING, color=STRINGS).move_to([-4.0, -2.2, 0]),
            Words("no strings", size=HEADING, color=FREE).move_to([4.0, -2.2, 0]),
        )
        super().__init__(self.ground, line, self.names)


def ball(x: float, colour: str = INK, radius: float = 0.16) -> Dot:
    """A portrait as a ball on the ground."""
    return Dot([x, height_of_fence(x) + radius, 0], radius=radius, color=colour)
