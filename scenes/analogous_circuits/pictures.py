"""Pictures of this film: photographs, tiles of a layer, rings that overlap, clouds, tiny networks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Circle, Intersection, Line, Square, VGroup, VMobject
from scipy.optimize import brentq

from tapehead.scenes.stage.charts import NamedAxes
from tapehead.scenes.stage.palette import COOL, EAR, FAINT, HIGHLIGHT, INK, NAP, OUTPUT, PANEL, SOFT, WARM
from tapehead.scenes.stage.portraits import Portrait
from tapehead.scenes.stage.specks import specks

FIRST, NEAR, FAR = NAP, EAR, OUTPUT
"""The horse is orange, the zebra blue, the car purple, what two of them share yellow: in the whole film."""
COMMON, NOTHING = HIGHLIGHT, SOFT


def rgb_of(colour: str) -> np.ndarray:
    """Red, green and blue, 0 to 255."""
    return np.array([int(colour[n : n + 2], 16) for n in (1, 3, 5)], dtype=float)


def photo(picture: np.ndarray, height: float, colour: str = FAINT) -> Portrait:
    """A picture in colour: (row, column, colour), 0 to 1."""
    return Portrait(np.round(255 * np.clip(picture, 0, 1)).astype(np.uint8), height, colour=colour)


def shaded(values: np.ndarray, colour: str) -> np.ndarray:
    """Values 0 to 1 as pixels (row, column, 3), from the panel's dark to a colour."""
    share = np.clip(np.asarray(values, dtype=float), 0, 1)[..., None]
    return np.asarray(np.round((1 - share) * rgb_of(PANEL) + share * rgb_of(colour)).astype(np.uint8))


def tile(values: np.ndarray, height: float, colour: str, frame: str = FAINT) -> Portrait:
    """Values 0 to 1 (row, column) as a small picture with sharp pixels."""
    return Portrait(shaded(values, colour), height, colour=frame, smooth=False)


def wall(tiles: np.ndarray, columns: int, colour: str, height: float) -> Portrait:
    """Many tiles (tile, row, column), 0 to 1, side by side in one picture, with dark lines between them."""
    count, side, _ = tiles.shape
    rows = -(-count // columns)
    pixels = np.zeros((rows * (side + 1) - 1, columns * (side + 1) - 1, 3), dtype=np.uint8)
    for n, one in enumerate(tiles):
        top, left = (side + 1) * (n // columns), (side + 1) * (n % columns)
        pixels[top : top + side, left : left + side] = shaded(one, colour)
    return Portrait(pixels, height, colour=FAINT, smooth=False)


def spots(values: np.ndarray, over: Portrait, colour: str) -> VGroup:
    """Values 0 to 1 (row, column) as a lattice of squares over a picture, the stronger the fuller."""
    rows, columns = values.shape
    step = over.image.height / rows
    corner = over.image.get_corner(UP + LEFT)
    made = VGroup()
    for i in range(rows):
        for j in range(columns):
            if values[i, j] > 0.02:
                share = float(values[i, j])
                square = Square(0.86 * step).set_stroke(colour, 3, share).set_fill(colour, 0.8 * share)
                made.add(square.move_to(corner + (j + 0.5) * step * RIGHT + (i + 0.5) * step * DOWN))
    return made


class Rings(VGroup):
    """Two equal rings whose common area is to the area of both as ``share`` says.

    Parts: ``one``, ``other``, ``both``.
    """

    def __init__(self, share: float, radius: float, colours: tuple[str, str]) -> None:
        apart = _apart(share) * radius
        self.one = Circle(radius, stroke_width=7).set_stroke(colours[0]).set_fill(colours[0], 0.3)
        self.other = Circle(radius, stroke_width=7).set_stroke(colours[1]).set_fill(colours[1], 0.3)
        self.one.shift(apart / 2 * LEFT)
        self.other.shift(apart / 2 * RIGHT)
        self.both = Intersection(self.one, self.other).set_stroke(COMMON, 5).set_fill(COMMON, 0.85)
        super().__init__(self.one, self.other, self.both)


def _lens(apart: float) -> float:
    """Common area over the area of both, of two circles of radius 1 whose middles are ``apart``."""
    lens = 2 * np.arccos(apart / 2) - apart / 2 * np.sqrt(4 - apart**2)
    return float(lens / (2 * np.pi - lens))


def _apart(share: float) -> float:
    """How far apart two circles of radius 1 lie that share so much."""
    return float(brentq(lambda apart: _lens(apart) - min(max(share, 1e-4), 0.999), 1e-9, 2 - 1e-9))


def cloud(
    chart: NamedAxes, x: float, values: np.ndarray, colour: str, jitter: np.ndarray, size: float = 0.11
) -> VMobject:
    """One speck for each value of a group, beside each other by ``jitter``."""
    places = np.array([chart.at(x + shift, float(value))[:2] for value, shift in zip(values, jitter, strict=True)])
    return specks(places, colour, size, 0.8)


class TinyNetwork(VGroup):
    """Two lamps, two hidden neurons, one answer; wires warm for plus and cool for minus, the greater the wider.

    Parts: ``lamps``, ``hidden``, ``answer``; ``wires``: four into the hidden ones, then two out of them.
    """

    def __init__(self, weights: np.ndarray, height: float = 4.0, most: float = 5.0) -> None:
        w, step = np.asarray(weights, dtype=float), height / 2.6
        places = {
            "lamps": [np.array([-x, -1.3 * step, 0]) * [1, 1, 1] for x in (0.8 * step, -0.8 * step)],
            "hidden": [np.array([-x, 0, 0]) for x in (0.8 * step, -0.8 * step)],
            "answer": [np.array([0, 1.3 * step, 0])],
        }
        ends = [(places["lamps"][i], places["hidden"][n], w[2 * n + i]) for n in (0, 1) for i in (0, 1)]
        ends += [(places["hidden"][n], places["answer"][0], w[6 + n]) for n in (0, 1)]
        self.wires = VGroup(
            *(
                Line(a, b).set_stroke(WARM if value >= 0 else COOL, 3 + 11 * min(abs(value) / most, 1.0) * height / 4)
                for a, b, value in ends
            )
        )
        radius = 0.2 * step
        self.lamps, self.hidden, self.answer = (
            VGroup(*(Circle(radius).set_stroke(colour, 5).set_fill(PANEL, 1).move_to(place) for place in places[name]))
            for name, colour in (("lamps", HIGHLIGHT), ("hidden", INK), ("answer", INK))
        )
        super().__init__(self.wires, self.lamps, self.hidden, self.answer)


def truth(says: Sequence[float] | np.ndarray, side: float, colour: str) -> VGroup:
    """A square of four: right lamp to the right, left lamp upwards; full where ``says`` (corner,) is 1, 0 to 1."""
    made = VGroup()
    for n, value in enumerate(says):
        left, right = divmod(n, 2)
        square = Square(side).set_stroke(SOFT, 3).set_fill(colour, float(np.clip(value, 0, 1)))
        made.add(square.move_to([right * side, left * side, 0]))
    return made
