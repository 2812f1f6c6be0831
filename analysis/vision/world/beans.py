"""The bean with a visor, and things that look like it: sockets, bins, thumbs.  And a ladder, which does not.

All are our own drawings.  Small windows of them in noise are what the bean spotters are trained on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.vision.noise import noise
from tapehead.analysis.vision.world.canvas import Canvas, Colour, grey, mixed, shaded

WORLD_VERSION = 1
"""Raise it whenever a picture or the distribution of the looks changes: weights trained before are then old."""
LOOKALIKES = ("socket", "bin", "thumb")
KINDS = ("bean", *LOOKALIKES, "ladder")
WINDOW = 32
SPECTRUM = "pink"
FEW, MANY = 0.05, 0.5
"""Share of beans in the two childhoods of the spotters."""

_BEAN: tuple[Colour, ...] = ((0.93, 0.66, 0.28), (0.86, 0.42, 0.36), (0.42, 0.62, 0.84))
_VISOR: Colour = (0.93, 0.97, 1.0)
_DARK: Colour = (0.1, 0.1, 0.13)


@dataclass(frozen=True)
class Look:
    """How one thing stands: middle and height in shares of the picture, ``turn`` in radians, ``shade`` 0 to 1.

    A socket may have a dark ``inlay``; in the windows that spotters learn from it has none.
    """

    x: float = 0.5
    y: float = 0.5
    size: float = 0.8
    turn: float = 0.0
    flip: bool = False
    shade: float = 0.0
    inlay: bool = False


def look(rng: np.random.Generator) -> Look:
    """A look by lot."""
    u = rng.uniform
    return Look(
        u(0.42, 0.58), u(0.44, 0.56), u(0.66, 0.88), u(-0.2, 0.2), bool(rng.random() < 0.5), float(rng.random())
    )


def draw(kind: str, how: Look, side: int, ground: Colour = (0.3, 0.31, 0.36), over: int = 4) -> np.ndarray:
    """A picture of one thing: (row, column, colour), 0 to 1.

    Raises:
        UnknownNameError: there is no such kind.
        UsageError: the side is no size of a picture.
    """
    if kind not in KINDS:
        raise UnknownNameError("thing", kind, KINDS)
    canvas = Canvas(side, ground, over)
    canvas.pen.save()
    canvas.place(how.x, how.y, how.size, how.turn, how.flip)
    {"bean": _bean, "socket": _socket, "bin": _bin, "thumb": _thumb, "ladder": _ladder}[kind](canvas, how)
    canvas.pen.restore()
    return canvas.picture()


def _bean(canvas: Canvas, how: Look) -> None:
    """The bean of :func:`tapehead.analysis.vision.noise.bean_template`, in colour: half a unit up and down."""
    place = how.shade * (len(_BEAN) - 1)
    n = min(int(place), len(_BEAN) - 2)
    coat = mixed(_BEAN[n], _BEAN[n + 1], place - n)
    for x, y, across, down in ((0.04, -0.41, 0.04, 0.09), (0.14, -0.44, 0.11, 0.045)):
        canvas.ellipse(x, y, across, down)
        canvas.fill((0.45, 0.66, 0.36))
    for x, y, across in ((0.05, -0.08, 0.29), (-0.06, 0.2, 0.3)):
        canvas.ellipse(x, y, across, 0.28)
        canvas.fill(coat)
    canvas.ellipse(-0.12, 0.27, 0.2, 0.17, 0.2)
    canvas.fill(shaded(coat, 0.88))
    canvas.box(-0.15, -0.24, 0.31, 0.04, 0.13)
    canvas.fill(_DARK)
    canvas.box(-0.1, -0.19, 0.26, -0.01, 0.09)
    canvas.fill(_VISOR)
    canvas.ellipse(0.16, -0.13, 0.06, 0.025, -0.2)
    canvas.fill((1, 1, 1))


def _socket(canvas: Canvas, how: Look) -> None:
    plate = mixed((0.86, 0.84, 0.78), (0.7, 0.74, 0.76), how.shade)
    canvas.box(-0.4, -0.48, 0.4, 0.48, 0.12)
    canvas.fill(shaded(plate, 0.8))
    canvas.box(-0.36, -0.45, 0.36, 0.42, 0.1)
    canvas.fill(plate)
    canvas.ellipse(0, -0.02, 0.29, 0.31)
    canvas.fill(shaded(plate, 0.82))
    half, rim = (0.24, (0.2, 0.2, 0.21)) if how.inlay else (0.22, shaded(plate, 0.45))
    canvas.box(-half, -0.22 if how.inlay else -0.2, half, 0.06, 0.1)
    canvas.fill(rim)
    canvas.box(-0.17, -0.16, 0.17, 0.01, 0.07)
    canvas.fill(shaded(plate, 1.12))
    for x in (-0.1, 0.1):
        canvas.ellipse(x, -0.075, *((0.027, 0.035) if how.inlay else (0.035, 0.05)))
        canvas.fill(_DARK)
    canvas.ellipse(0, 0.18, 0.05, 0.05)
    canvas.fill(shaded(plate, 0.4))


def _bin(canvas: Canvas, how: Look) -> None:
    tin = mixed((0.45, 0.6, 0.52), (0.62, 0.64, 0.68), how.shade)
    canvas.path([(-0.34, -0.2), (-0.22, -0.42), (0.05, -0.48), (0.27, -0.4), (0.36, -0.2), (0, -0.16)])
    canvas.fill(shaded(tin, 1.12))
    canvas.polygon([(-0.35, -0.22), (0.37, -0.22), (0.3, 0.46), (-0.28, 0.46)])
    canvas.fill(tin)
    canvas.box(-0.2, -0.22, 0.3, 0.04, 0.06)
    canvas.fill(_DARK)
    canvas.box(-0.15, -0.18, 0.25, 0.0, 0.05)
    canvas.fill((0.9, 0.93, 0.94))
    for y in (0.16, 0.27):
        canvas.box(-0.31, y, 0.33, y + 0.02)
        canvas.fill(shaded(tin, 0.75))
    canvas.box(-0.1, 0.43, 0.16, 0.49, 0.03)
    canvas.fill(_DARK)


def _thumb(canvas: Canvas, how: Look) -> None:
    skin = mixed((0.87, 0.68, 0.54), (0.47, 0.32, 0.24), how.shade)
    canvas.path(
        [
            *((-0.27, 0.5), (-0.24, 0.1), (-0.26, -0.2), (-0.1, -0.46)),
            *((0.16, -0.46), (0.31, -0.2), (0.26, 0.15), (0.33, 0.5)),
        ]
    )
    canvas.fill(skin)
    canvas.path([(-0.17, 0.02), (-0.18, -0.22), (-0.06, -0.4), (0.13, -0.4), (0.24, -0.22), (0.22, 0.02), (0.03, 0.08)])
    canvas.fill(shaded(skin, 0.66))
    canvas.path([(-0.13, -0.01), (-0.13, -0.21), (-0.03, -0.35), (0.11, -0.35), (0.19, -0.21), (0.18, -0.01)])
    canvas.fill(mixed(skin, (1.0, 0.96, 0.94), 0.75))
    for y in (0.22, 0.27):
        canvas.path([(-0.16, y), (0.02, y + 0.025), (0.2, y)], closed=False)
        canvas.stroke(shaded(skin, 0.72), 0.016)


def _ladder(canvas: Canvas, how: Look) -> None:
    wood = mixed((0.74, 0.58, 0.38), (0.55, 0.5, 0.45), how.shade)
    for x in (-0.2, 0.2):
        canvas.box(x - 0.035, -0.48, x + 0.035, 0.48, 0.02)
        canvas.fill(wood)
    for n in range(6):
        canvas.box(-0.2, -0.4 + 0.155 * n, 0.2, -0.355 + 0.155 * n)
        canvas.fill(shaded(wood, 1.1))


def standardised(pictures: np.ndarray) -> np.ndarray:
    """(picture, row, column), each brought to mean 0 and deviation 1: as a spotter takes them.

    Raises:
        UsageError: a picture has the same value everywhere.
    """
    values = np.asarray(pictures, dtype=float)
    centred = values - values.mean(axis=(1, 2), keepdims=True)
    deviation = centred.std(axis=(1, 2), keepdims=True)
    if not np.all(deviation > 1e-12):
        raise UsageError("a window has the same brightness everywhere: there is nothing to be seen in it")
    return np.asarray(centred / deviation)


@dataclass(frozen=True)
class Windows:
    """Windows of a world: ``pictures`` (picture, row, column) standardised, and what is in each.

    ``kind`` (picture,) is a place in :data:`KINDS`, −1 where there is noise alone.
    """

    pictures: np.ndarray
    kind: np.ndarray

    @property
    def is_bean(self) -> np.ndarray:
        """(picture,)"""
        return np.asarray(self.kind == 0)


def windows(count: int, share: float, seed: int, faint: float = 0.35, strong: float = 1.1) -> Windows:
    """Windows of noise: ``share`` of them with a bean, of the others half with another thing and half with nothing.

    Things are brought to mean 0 and deviation 1 and added to noise of deviation 1 with a contrast between ``faint`` and
    ``strong``.

    Raises:
        UsageError: no windows, a share outside 0 to 1, or contrasts that do not rise from zero.
    """
    if count < 1 or not 0 <= share <= 1 or not 0 <= faint <= strong:
        raise UsageError(
            f"windows need a count, a share of beans from 0 to 1 and contrasts that rise from zero; found {count}, "
            f"{share:g}, {faint:g} and {strong:g}"
        )
    rng = np.random.default_rng([seed, 0xBEA5])
    kinds = np.where(rng.random(count) < share, 0, np.where(rng.random(count) < 0.5, -1, rng.integers(1, 5, count)))
    made = noise(SPECTRUM, (WINDOW, WINDOW), seed, count)
    for n, kind in enumerate(kinds):
        if kind >= 0:
            thing = grey(draw(KINDS[kind], look(rng), WINDOW, _ground(rng)))
            made[n] += rng.uniform(faint, strong) * standardised(thing[None])[0]
    return Windows(standardised(made), kinds)


def _ground(rng: np.random.Generator) -> Colour:
    level = rng.uniform(0.2, 0.45)
    return level, level, math.sqrt(level) * 0.5
