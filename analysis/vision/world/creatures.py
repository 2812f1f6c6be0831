"""Animals and vehicles from the side, near and far relatives, drawn from a few numbers each.

Horse and zebra, impala and oryx share a skeleton; saloon and hatchback, bus and lorry share wheels.  All are our own
drawings.  A :class:`Pose` says everything that differs between two pictures of one kind, and :func:`draw` gives the
picture together with where its head and its middle are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.vision.world.canvas import Canvas, Colour, Point, mixed, shaded

WORLD_VERSION = 1
"""Raise it whenever a picture or the distribution of the poses changes: weights trained before are then old."""
ANIMALS = ("horse", "zebra", "impala", "oryx")
VEHICLES = ("saloon", "hatchback", "bus", "lorry")
KINDS = (*ANIMALS, *VEHICLES)
NEAR = (("horse", "zebra"), ("impala", "oryx"), ("saloon", "hatchback"), ("bus", "lorry"))
"""Pairs of kinds that belong together."""
SIDE = 96


@dataclass(frozen=True)
class Pose:
    """Where and how one thing stands.

    ``x``, ``y`` are the middle of its body and ``size`` its length, in shares of the picture; ``turn`` in radians;
    ``flip`` turns it to the left; ``gait`` (−1 to 1) swings legs and neck; ``shade`` (−1 to 1) is its own colour within
    its kind; ``hue`` (0 to 1) that of the world around; ``light`` a factor on all of it.
    """

    x: float = 0.5
    y: float = 0.52
    size: float = 0.56
    turn: float = 0.0
    flip: bool = False
    gait: float = 0.3
    shade: float = 0.0
    hue: float = 0.4
    light: float = 1.0

    def moved(self, across: float, down: float) -> Pose:
        """The same, elsewhere: in shares of the picture."""
        return replace(self, x=self.x + across, y=self.y + down)


@dataclass(frozen=True)
class Drawn:
    """A picture (row, column, colour), 0 to 1, with the places (x, y), 0 to 1, of ``head`` and ``middle``."""

    picture: np.ndarray
    head: Point
    middle: Point


def pose(rng: np.random.Generator) -> Pose:
    """A pose by lot."""
    u = rng.uniform
    return Pose(
        x=u(0.43, 0.57),
        y=u(0.47, 0.58),
        size=u(0.45, 0.62),
        turn=u(-0.1, 0.1),
        flip=bool(rng.random() < 0.5),
        gait=u(-1, 1),
        shade=u(-1, 1),
        hue=u(0, 1),
        light=u(0.75, 1.1),
    )


def draw(kind: str, how: Pose, side: int = SIDE, over: int = 3) -> Drawn:
    """One thing in its world.

    Raises:
        UnknownNameError: there is no such kind.
        UsageError: the side is no size of a picture.
    """
    if kind not in KINDS:
        raise UnknownNameError("thing", kind, KINDS)
    sky, earth = _world(how.hue)
    canvas = Canvas(side, sky, over)
    horizon = 0.62 + 0.1 * (how.y - 0.52)
    canvas.box(0, horizon, 1, 1)
    canvas.fill(earth)
    for n in range(3):  # hills, so that a horizon tells nothing of the kind
        canvas.ellipse((0.21 + 0.37 * n + 0.6 * how.hue) % 1.2 - 0.1, horizon + 0.03, 0.24, 0.07 + 0.02 * n)
        canvas.fill(mixed(earth, sky, 0.25))
    canvas.box(0, horizon + 0.02, 1, 1)
    canvas.fill(earth)
    canvas.pen.save()
    canvas.place(how.x, how.y, how.size, how.turn, how.flip)
    head = _animal(canvas, kind, how) if kind in ANIMALS else _vehicle(canvas, kind, how)
    places = canvas.where(*head), canvas.where(0, 0)
    canvas.pen.restore()
    return Drawn(np.clip(canvas.picture() * how.light, 0, 1), *places)


def _world(hue: float) -> tuple[Colour, Colour]:
    """Sky and earth: from a green morning over a yellow noon to a blue evening."""
    skies = ((0.74, 0.86, 0.93), (0.93, 0.88, 0.74), (0.66, 0.7, 0.86))
    earths = ((0.55, 0.68, 0.42), (0.8, 0.68, 0.45), (0.5, 0.55, 0.5))
    place = 2 * min(max(hue, 0.0), 1.0)
    n = min(int(place), 1)
    return mixed(skies[n], skies[n + 1], place - n), mixed(earths[n], earths[n + 1], place - n)


_COATS: dict[str, tuple[Colour, Colour]] = {
    "horse": ((0.42, 0.24, 0.13), (0.66, 0.42, 0.22)),
    "zebra": ((0.9, 0.89, 0.85), (0.97, 0.95, 0.9)),
    "impala": ((0.66, 0.4, 0.2), (0.8, 0.54, 0.3)),
    "oryx": ((0.66, 0.61, 0.55), (0.79, 0.74, 0.66)),
}
_DARK: Colour = (0.12, 0.1, 0.1)
_HORN: Colour = (0.2, 0.16, 0.13)


def _animal(canvas: Canvas, kind: str, how: Pose) -> Point:
    """A four-legged animal that looks to the right; returns the middle of its head."""
    coat = mixed(*_COATS[kind], (how.shade + 1) / 2)
    slim = kind in ("impala", "oryx")
    deep, legs = (0.145, 0.36) if slim else (0.17, 0.33)
    far = shaded(coat, 0.72)
    for x, phase in ((-0.33, 0.5), (0.3, -0.5)):
        _leg(canvas, x + 0.05, legs, how.gait * phase * 0.5, far, kind, slim)
    # The tail lies behind the rump.
    canvas.path([(-0.46, -0.1), (-0.54, 0.02), (-0.53, 0.2)], closed=False)
    canvas.stroke(_DARK if not slim else shaded(coat, 0.8), 0.05 if not slim else 0.028)
    if not slim or kind == "oryx":
        canvas.ellipse(-0.53, 0.2, 0.035, 0.09)
        canvas.fill(_DARK)
    neck = 0.3 if not slim else 0.28
    angle = math.radians((52 if not slim else 66) + 9 * how.gait)
    end = (0.34 + neck * math.cos(angle), -0.1 - neck * math.sin(angle))
    across = np.array([math.sin(angle), math.cos(angle)])
    thick = (0.115, 0.072) if not slim else (0.085, 0.05)
    base = np.array([0.34, -0.06])
    outline = [
        tuple(base - thick[0] * across * 1.25 + [-0.06, 0.02]),
        tuple(np.array(end) - thick[1] * across),
        tuple(np.array(end) + thick[1] * across),
        tuple(base + thick[0] * across * 1.2),
    ]
    body: list[Point] = [
        (-0.48, -0.03),
        (-0.4, -deep + 0.01),
        (-0.1, -deep + 0.03),
        (0.22, -deep - 0.01),
        (0.42, -0.07),
        (0.44, 0.05),
        (0.28, deep),
        (-0.12, deep - 0.015),
        (-0.4, deep - 0.03),
    ]
    for shape, smooth in ((outline, False), (body, True)):
        canvas.path(shape) if smooth else canvas.polygon(shape)
        canvas.fill(coat)
    if kind in ("impala", "oryx"):
        canvas.path([(0.36, 0.09), (0.2, deep), (-0.15, deep - 0.015), (-0.38, deep - 0.04), (-0.1, 0.075)])
        canvas.fill((0.93, 0.88, 0.8) if kind == "impala" else _DARK)
    if kind == "zebra":
        _stripes(canvas, body, outline, end, how)
    if kind in ("horse", "zebra"):
        mane = [np.array(end) - across * (thick[1] + 0.01), base - across * thick[0] * 1.2 + [-0.04, -0.02]]
        canvas.path([tuple(mane[0]), tuple((mane[0] + mane[1]) / 2 - 0.02 * across), tuple(mane[1])], closed=False)
        canvas.stroke(_DARK, 0.07)
    for x, phase in ((-0.33, -0.5), (0.3, 0.5)):
        _leg(canvas, x, legs, how.gait * phase * 0.5, coat, kind, slim)
    return _head(canvas, kind, coat, end, slim)


def _leg(canvas: Canvas, x: float, length: float, swing: float, coat: Colour, kind: str, slim: bool) -> None:
    wide = 0.05 if not slim else 0.036
    foot = (x + 0.3 * swing * length * 2, 0.1 + length)
    knee = (x + 0.12 * swing, 0.1 + 0.52 * length)
    canvas.polygon(
        [
            (x - wide * 1.6, 0.04),
            (x + wide * 1.5, 0.04),
            (knee[0] + wide * 0.75, knee[1]),
            (foot[0] + wide * 0.6, foot[1]),
            (foot[0] - wide * 0.6, foot[1]),
            (knee[0] - wide * 0.75, knee[1]),
        ]
    )
    canvas.fill(coat)
    if kind == "zebra":
        for n in range(1, 5):
            y = 0.1 + length * n / 5.2
            canvas.pen.move_to(x - 0.03 + 0.6 * swing * length * n / 5.2 - 0.015, y)
            canvas.pen.line_to(x + 0.03 + 0.6 * swing * length * n / 5.2, y)
            canvas.stroke(_DARK, 0.022)
    if kind == "oryx":
        canvas.box(knee[0] - wide * 0.7, 0.1 + 0.1 * length, knee[0] + wide * 0.7, 0.1 + 0.4 * length, 0.02)
        canvas.fill(_DARK)
    canvas.box(foot[0] - wide * 0.75, foot[1] - 0.035, foot[0] + wide * 0.85, foot[1] + 0.012, 0.012)
    canvas.fill(_DARK)


def _stripes(canvas: Canvas, body: list[Point], neck: list[Point], end: Point, how: Pose) -> None:
    for shape, smooth in ((neck, False), (body, True)):
        canvas.pen.save()
        canvas.path(shape) if smooth else canvas.polygon(shape)
        canvas.pen.clip()
        if smooth:
            for n in range(11):
                x = -0.47 + 0.088 * n + 0.015 * how.shade
                canvas.path([(x + 0.02, -0.22), (x - 0.015, 0.0), (x + 0.02, 0.22)], closed=False)
                canvas.stroke(_DARK, 0.034)
        else:
            for n in range(5):
                share = 0.1 + 0.2 * n
                x, y = 0.34 + share * (end[0] - 0.34), -0.06 + share * (end[1] + 0.06)
                canvas.pen.move_to(x - 0.14, y - 0.06)
                canvas.pen.line_to(x + 0.14, y + 0.1)
                canvas.stroke(_DARK, 0.028)
        canvas.pen.restore()


def _head(canvas: Canvas, kind: str, coat: Colour, end: Point, slim: bool) -> Point:
    x, y = end
    long = 0.25 if not slim else 0.19
    if slim:
        _horns(canvas, kind, x, y)
    ears = ((-0.01, -0.075, -0.35), (0.05, -0.08, 0.3)) if not slim else ((-0.065, -0.04, -1.0), (0.075, -0.055, 0.9))
    for dx, dy, turn in ears:
        canvas.ellipse(x + dx, y + dy, 0.026, 0.058, turn)
        canvas.fill(shaded(coat, 0.85))
    nose = (x + long * 0.86, y + long * 0.5)
    canvas.path(
        [
            (x - 0.065, y - 0.015),
            (x + 0.01, y - 0.075),
            (x + 0.1, y - 0.04),
            (nose[0], nose[1] - 0.045),
            (nose[0] + 0.025, nose[1] + 0.025),
            (nose[0] - 0.04, nose[1] + 0.055),
            (x + 0.05, y + 0.085),
        ]
    )
    canvas.fill(coat)
    canvas.ellipse(nose[0] - 0.01, nose[1] + 0.008, 0.05, 0.045, 0.5)
    canvas.fill(_DARK if kind != "horse" else shaded(coat, 0.55))
    if kind == "zebra":
        for n in range(3):
            px, py = x + 0.03 + 0.045 * n, y - 0.045 + 0.03 * n
            canvas.pen.move_to(px, py)
            canvas.pen.line_to(px - 0.02, py + 0.085)
            canvas.stroke(_DARK, 0.018)
    if kind == "oryx":  # a mask: white with a dark bar
        canvas.ellipse(x + 0.09, y + 0.06, 0.06, 0.028, 0.5)
        canvas.fill((0.95, 0.93, 0.9))
    canvas.ellipse(x + 0.05, y - 0.012, 0.017, 0.019)
    canvas.fill((0.05, 0.05, 0.06))
    canvas.ellipse(x + 0.055, y - 0.018, 0.006, 0.006)
    canvas.fill((1, 1, 1))
    return x + 0.08, y + 0.02


def _horns(canvas: Canvas, kind: str, x: float, y: float) -> None:
    for dx in (0.0, 0.05):
        if kind == "oryx":  # long and straight, leaning back
            points: list[Point] = [(x + dx - 0.01, y - 0.06), (x + dx - 0.11, y - 0.24), (x + dx - 0.22, y - 0.4)]
        else:  # a lyre
            side = -1 if dx == 0 else 1
            points = [
                (x + dx - 0.01, y - 0.06),
                (x + dx - 0.02 + 0.05 * side, y - 0.15),
                (x + dx - 0.06 + 0.06 * side, y - 0.23),
                (x + dx - 0.05 + 0.015 * side, y - 0.32),
            ]
        canvas.path(points, closed=False)
        canvas.stroke(_HORN, 0.026)


_PAINT: tuple[Colour, ...] = ((0.78, 0.24, 0.2), (0.2, 0.42, 0.68), (0.24, 0.55, 0.42), (0.86, 0.66, 0.2))
_GLASS: Colour = (0.78, 0.9, 0.95)


def _vehicle(canvas: Canvas, kind: str, how: Pose) -> Point:
    """A vehicle that drives to the right; returns the middle of its front window."""
    place = (how.shade + 1) / 2 * (len(_PAINT) - 1)
    n = min(int(place), len(_PAINT) - 2)
    paint = mixed(_PAINT[n], _PAINT[n + 1], place - n)
    dark = shaded(paint, 0.72)
    ground = 0.34
    wheels: tuple[float, ...]
    if kind in ("saloon", "hatchback"):
        front = _car(canvas, kind, paint, dark, ground)
        wheels, radius = (-0.29, 0.3), 0.105
    elif kind == "bus":
        canvas.box(-0.5, -0.26, 0.5, ground - 0.06, 0.06)
        canvas.fill(paint)
        canvas.box(-0.5, 0.09, 0.5, 0.15)
        canvas.fill(dark)
        for k in range(5):
            canvas.box(-0.45 + 0.165 * k, -0.19, -0.32 + 0.165 * k, 0.02, 0.02)
            canvas.fill(_GLASS)
        canvas.box(0.385, -0.19, 0.49, 0.06, 0.02)
        canvas.fill(_GLASS)
        front, wheels, radius = (0.44, -0.06), (-0.3, 0.28), 0.1
    else:
        canvas.box(-0.5, -0.26, 0.17, ground - 0.08, 0.02)
        canvas.fill(mixed(paint, (0.95, 0.95, 0.92), 0.75))
        for k in range(3):
            canvas.box(-0.42 + 0.19 * k, -0.2, -0.405 + 0.19 * k, 0.2)
            canvas.fill(mixed(paint, (0.6, 0.6, 0.6), 0.6))
        canvas.polygon([(0.2, ground - 0.08), (0.2, -0.12), (0.38, -0.12), (0.47, 0.06), (0.5, 0.09), (0.5, 0.26)])
        canvas.fill(paint)
        canvas.polygon([(0.26, 0.05), (0.26, -0.07), (0.36, -0.07), (0.42, 0.05)])
        canvas.fill(_GLASS)
        front, wheels, radius = (0.34, -0.01), (-0.36, -0.14, 0.34), 0.1
    for x in wheels:
        canvas.ellipse(x, ground - 0.04, radius, radius)
        canvas.fill((0.1, 0.1, 0.11))
        canvas.ellipse(x, ground - 0.04, 0.5 * radius, 0.5 * radius)
        canvas.fill((0.75, 0.76, 0.78))
        turn = 1.5 * how.gait
        for k in range(3):
            a = turn + k * math.pi / 3
            canvas.pen.move_to(x - 0.4 * radius * math.cos(a), ground - 0.04 - 0.4 * radius * math.sin(a))
            canvas.pen.line_to(x + 0.4 * radius * math.cos(a), ground - 0.04 + 0.4 * radius * math.sin(a))
            canvas.stroke((0.35, 0.36, 0.38), 0.014)
    canvas.ellipse(0.475, 0.14 if kind != "bus" else 0.2, 0.022, 0.03)
    canvas.fill((1.0, 0.93, 0.6))
    return front


def _car(canvas: Canvas, kind: str, paint: Colour, dark: Colour, ground: float) -> Point:
    if kind == "saloon":
        roof: list[Point] = [(-0.27, 0.06), (-0.17, -0.12), (0.12, -0.12), (0.26, 0.06)]
        hull: list[Point] = [(-0.5, 0.08), (-0.27, 0.05), (0.27, 0.05), (0.46, 0.09), (0.5, 0.16)]
    else:
        roof = [(-0.46, 0.06), (-0.4, -0.14), (0.1, -0.14), (0.27, 0.06)]
        hull = [(-0.48, 0.05), (0.27, 0.05), (0.45, 0.1), (0.5, 0.16)]
    canvas.polygon([*hull, (0.5, ground - 0.07), (-0.5, ground - 0.07)])
    canvas.edged(paint, paint, 0.03)
    canvas.polygon(roof)
    canvas.edged(paint, paint, 0.03)
    left, right = roof[1][0] + 0.015, roof[2][0]
    middle = 0.5 * (left + right) - 0.03
    panes: list[list[Point]] = [
        [(roof[0][0] + 0.045, 0.045), (left + 0.01, -0.095), (middle - 0.012, -0.095), (middle - 0.012, 0.045)],
        [(middle + 0.012, 0.045), (middle + 0.012, -0.095), (right - 0.005, -0.095), (roof[3][0] - 0.045, 0.045)],
    ]
    for pane in panes:
        canvas.polygon(pane)
        canvas.fill(_GLASS)
    canvas.box(-0.5, 0.2, 0.5, 0.225)
    canvas.fill(dark)
    return 0.5 * (middle + right), -0.02


def occluded(picture: np.ndarray, x: float, y: float, width: float, height: float | None = None) -> np.ndarray:
    """A black box over a picture (row, column, colour): its middle and its sides in shares of the picture.

    Raises:
        UsageError: the box has no size, or no part of it lies in the picture.
    """
    tall = width if height is None else height
    rows, columns = picture.shape[:2]
    # Half pixels up: Python's own rounding goes to even numbers, and boxes would differ in size.
    top, bottom = (math.floor((y + s * tall / 2) * rows + 0.5) for s in (-1, 1))
    left, right = (math.floor((x + s * width / 2) * columns + 0.5) for s in (-1, 1))
    top, left, bottom, right = max(top, 0), max(left, 0), min(bottom, rows), min(right, columns)
    if top >= bottom or left >= right:
        raise UsageError(f"a box at ({x:g}, {y:g}) with sides {width:g} and {tall:g} covers nothing of the picture")
    made = np.array(picture)
    made[top:bottom, left:right] = 0
    return made


def many(count: int, seed: int, side: int = SIDE) -> tuple[np.ndarray, np.ndarray, list[Pose]]:
    """Pictures (picture, colour, row, column), their kinds as numbers, and their poses; each has a seed of its own.

    Raises:
        UsageError: no pictures.
    """
    if count < 1:
        raise UsageError(f"a world has at least one picture; asked for {count}")
    poses = [pose(np.random.default_rng([seed, 0xA1, n])) for n in range(count)]
    kinds = np.arange(count) % len(KINDS)
    pictures = np.stack([draw(KINDS[k], how, side).picture for k, how in zip(kinds, poses, strict=True)])
    return np.ascontiguousarray(pictures.transpose(0, 3, 1, 2), dtype=np.float32), kinds, poses
