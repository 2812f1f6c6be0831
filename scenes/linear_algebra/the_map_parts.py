"""What the last three scenes draw with: a plane that knows its places, boxes of readings, and small pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Arc,
    Arrow,
    Circle,
    Dot,
    Line,
    Mobject,
    Polygon,
    RoundedRectangle,
    VGroup,
    VMobject,
)

from analysis.results import Result
from scenes.stage.cats import CatPerson
from scenes.stage.lettering import BODY, SMALL, Words
from scenes.stage.palette import (
    EAR,
    GRID,
    GROUND,
    HIGHLIGHT,
    INK,
    LUCK,
    NAP,
    NOSE,
    SOFT,
    W11,
    W12,
    W21,
    W22,
)

Pair = Sequence[float] | np.ndarray
WEIGHT_COLOURS = ((W11, W12), (W21, W22))
DEEP_NAP = "#C76A12"
"""The shadow on the nap ruler: orange, but darker than the ruler itself."""


class Plane(VGroup):
    """A grid with two named axes.  ``at`` turns a pair of measures into a place in the frame; the plane stays put."""

    def __init__(
        self,
        zero: Pair,
        unit: float,
        across: tuple[float, float],
        up: tuple[float, float],
        names: tuple[str, str] = ("nose", "ear"),
        colours: tuple[str, str] = (NOSE, EAR),
    ) -> None:
        self.zero, self.unit = np.array([zero[0], zero[1], 0.0]), unit
        self.across, self.up = across, up
        self.grid = VGroup()
        for x in range(int(np.ceil(across[0])), int(np.floor(across[1])) + 1):
            self.grid.add(Line(self.at((x, up[0])), self.at((x, up[1]))))
        for y in range(int(np.ceil(up[0])), int(np.floor(up[1])) + 1):
            self.grid.add(Line(self.at((across[0], y)), self.at((across[1], y))))
        self.grid.set_stroke(GRID, 1.6, 0.55)
        self.axes = VGroup(
            Line(self.at((across[0], 0)), self.at((across[1], 0))), Line(self.at((0, up[0])), self.at((0, up[1])))
        )
        for axis, colour in zip(self.axes, colours, strict=True):
            axis.set_stroke(colour, 3, 0.9)
        self.names = self.titles(names, colours)
        super().__init__(self.grid, self.axes, self.names)

    def at(self, pair: Pair) -> np.ndarray:
        """The place of a pair of measures."""
        return self.zero + self.unit * np.array([float(pair[0]), float(pair[1]), 0.0])

    def titles(self, names: tuple[str, str], colours: tuple[str, str], size: float = SMALL) -> VGroup:
        """Axis names: the first under the right end of its axis, the second over the upper end of its own."""
        first = Words(names[0], size=size, color=colours[0])
        first.next_to(self.at((self.across[1], 0)), DOWN, buff=0.14).align_to(self.at((self.across[1], 0)), RIGHT)
        second = Words(names[1], size=size, color=colours[1])
        second.next_to(self.at((0, self.up[1])), UP, buff=0.12)
        return VGroup(first, second)

    def arrow(self, start: Pair, end: Pair, colour: str, width: float = 7) -> Arrow:
        """An arrow between two pairs."""
        return arrow(self.at(start), self.at(end), colour, width)


def two_planes() -> tuple[Plane, Plane]:
    """Nose and ear on the left, nap and luck on the right, as the last two scenes have them."""
    before = Plane((-4.75, -1.35), 1.1, (-1.6, 2.2), (-0.9, 3.0))
    after = Plane((2.85, -1.35), 0.75, (-1.4, 4.6), (-1.3, 5.1), ("nap", "luck"), (NAP, LUCK))
    return before, after


def arrow(start: np.ndarray, end: np.ndarray, colour: str, width: float = 7) -> Arrow:
    """A straight arrow from place to place, with a tip of one size."""
    return Arrow(
        start,
        end,
        buff=0,
        color=colour,
        stroke_width=width,
        tip_length=0.26,
        max_tip_length_to_length_ratio=0.4,
        max_stroke_width_to_length_ratio=30,
    )


class Box(VGroup):
    """Entries in a bracket: ``entries`` is a list of rows.  Parts ``rows``, ``bracket``; :meth:`column`."""

    def __init__(self, entries: Sequence[Sequence[Words]], wide: float = 1.3, high: float = 0.8) -> None:
        many = len(entries[0])
        self.rows = VGroup()
        for i, row in enumerate(entries):
            for j, entry in enumerate(row):
                entry.move_to([(j - (many - 1) / 2) * wide, ((len(entries) - 1) / 2 - i) * high, 0])
            self.rows.add(VGroup(*row))
        half = float(self.rows.width) / 2 + 0.2
        self.rows.set_x(0)
        tall = len(entries) * high / 2 + 0.04
        self.bracket = VGroup()
        for side in (-1, 1):
            corners = [[side * (half - 0.16), tall, 0], [side * half, tall, 0]]
            corners += [[side * half, -tall, 0], [side * (half - 0.16), -tall, 0]]
            self.bracket.add(VMobject().set_points_as_corners([np.array(c, dtype=float) for c in corners]))
        self.bracket.set_stroke(INK, 3.5)
        super().__init__(self.rows, self.bracket)

    def column(self, j: int) -> VGroup:
        """The entries of one column."""
        return VGroup(*(row[j] for row in self.rows))


def _where(*places: tuple[str, int | str]) -> dict[str, int | str]:
    return dict(places)


def weights(
    result: Result, array: str = "W", size: float = BODY, spec: str = "", colours: Sequence[Sequence[str]] | None = None
) -> Box:
    """A two-by-two array of a result in a bracket, each entry in its own colour."""
    axes = result.quantity(array).axes
    template = "{x:" + spec + "}" if spec else "{x}"
    colours = colours or WEIGHT_COLOURS
    entries = [
        [
            Words(template, x=result.read(array, **_where((axes[0], i), (axes[1], j))), size=size, color=colours[i][j])
            for j in range(2)
        ]
        for i in range(2)
    ]
    return Box(entries, wide=1.36 * size / BODY, high=0.8 * size / BODY)


def column(result: Result, array: str, colours: tuple[str, str], size: float = BODY, **where: str) -> Box:
    """Two readings on top of each other, in a bracket."""
    values = result.row(array, along=result.quantity(array).axes[-1], **where)
    entries = [[Words("{x}", x=value, size=size, color=colour)] for value, colour in zip(values, colours, strict=True)]
    return Box(entries, high=0.8 * size / BODY)


def pair_label(result: Result, array: str, axis: str, cat: str, size: float = SMALL, color: str = INK) -> Words:
    """A pair of readings as "(a, b)"."""
    one, two = (result.read(array, **_where(("cat", cat), (axis, i))) for i in range(2))
    return Words("({one}, {two})", one=one, two=two, size=size, color=color)


def frame_round(target: Mobject, buff: float = 0.12, colour: str = HIGHLIGHT) -> RoundedRectangle:
    """A yellow box round something."""
    box = RoundedRectangle(
        width=target.width + 2 * buff, height=target.height + 2 * buff, corner_radius=0.1, color=colour, stroke_width=4
    )
    return box.move_to(target)


def row_frame(box: Box, i: int) -> RoundedRectangle:
    """A yellow box round one row of a bracket, as wide as its widest row."""
    frame = frame_round(box.rows[i], 0.1)
    return frame.stretch_to_fit_width(box.rows.width + 0.2).set_x(box.rows.get_x())


def face(measures: Pair, nap: float, height: float, collar: bool = False) -> VGroup:
    """A cat by its measures, smiling by its nap; Mia wears a collar with a dot."""
    nose, ear = (max(float(measure), 0.05) for measure in measures)
    cat = CatPerson(nose, ear, mouth=nap / 6, tinted=True, height=height)
    if collar:
        low = cat.face.get_bottom()
        band = Arc(radius=0.62 * height, start_angle=-2.2, angle=1.26, color=INK, stroke_width=3)
        band.move_to(low + 0.02 * height * DOWN)
        cat.add(band, Dot(low + 0.1 * height * DOWN, radius=0.07 * height, color=HIGHLIGHT))
    return cat


def put(cat: VGroup, place: np.ndarray) -> VGroup:
    """Centre a cat's head (not its ears) on a place."""
    return cat.shift(place - cat.face.get_center())


def pillow(height: float = 0.6, colour: str = NAP) -> VGroup:
    """A pillow: the picture of a nap."""
    body = RoundedRectangle(width=1.6 * height, height=height, corner_radius=0.3 * height, color=colour, stroke_width=4)
    body.set_fill(colour, 0.22)
    dent = Arc(radius=0.5 * height, start_angle=3.6, angle=2.2, color=colour, stroke_width=3).move_to(body)
    return VGroup(body, dent)


def clover(height: float = 0.7) -> VGroup:
    """A clover with four leaves: the picture of luck."""
    leaves = VGroup(
        *(Circle(radius=0.24 * height).shift(0.25 * height * (x * RIGHT + y * UP)) for x in (-1, 1) for y in (-1, 1))
    )
    leaves.set_stroke(LUCK, 3.5).set_fill(LUCK, 0.25)
    stem = Arc(radius=0.7 * height, start_angle=3.3, angle=0.9, color=LUCK, stroke_width=4)
    stem.shift(0.1 * height * DOWN - stem.get_start())
    return VGroup(stem, leaves)


def lamp(start: np.ndarray, end: np.ndarray, light: np.ndarray, colour: str, rays: int = 9) -> VGroup:
    """A tube of parallel light.  ``light`` leads from the tube to where its rays end."""
    ends = VGroup()
    for share in np.linspace(0.02, 0.98, rays):
        ray = start + share * (end - start)
        ends.add(Line(ray, ray + light))
    ends.set_stroke(colour, 2, 0.4)
    tube = Line(start, end).set_stroke(colour, 16)
    glow = Line(start, end).set_stroke(INK, 5)
    return VGroup(ends, tube, glow)


def chessboard(horizon: float = -0.4, seen: float = 1.0) -> VGroup:
    """The floor of the dream: a chessboard that runs to the horizon."""
    depths = [4.4 * 0.72**k for k in range(10)]
    tiles = VGroup()
    for k in range(9):
        near, far = depths[k], depths[k + 1]
        for i in range(-7, 7):
            if (i + k) % 2:
                continue
            xs = [i * 0.42 * near, (i + 1) * 0.42 * near, (i + 1) * 0.42 * far, i * 0.42 * far]
            ys = [horizon - near, horizon - near, horizon - far, horizon - far]
            tiles.add(Polygon(*(np.array([x * 1.6, y, 0]) for x, y in zip(xs, ys, strict=True))))
    tiles.set_stroke(width=0).set_fill(SOFT, 0.34 * seen)
    return tiles


def square_logo(wide: float = 4.0, high: float = 2.2) -> VGroup:
    """Two roads round a square that meet in one corner: join and translate, in either order."""
    left, right = wide / 2 * LEFT, wide / 2 * RIGHT
    top, low = high / 2 * UP, high / 2 * DOWN
    gap = 0.28

    def side(start: np.ndarray, end: np.ndarray, colour: str) -> Arrow:
        way = (end - start) / np.linalg.norm(end - start)
        return arrow(start + gap * way, end - gap * way, colour, 6)

    sides = VGroup(
        side(left + top, right + top, INK),
        side(right + top, right + low, NAP),
        side(left + top, left + low, NAP),
        side(left + low, right + low, INK),
    )
    corners = VGroup(*(Dot(place, radius=0.13) for place in (left + top, right + top, left + low, right + low)))
    for dot, colour in zip(corners, (INK, INK, NAP, HIGHLIGHT), strict=True):
        dot.set_fill(colour, 1)
    ring = Circle(radius=0.24, color=HIGHLIGHT, stroke_width=4).move_to(right + low)
    logo = VGroup(sides, corners, ring)
    logo.sides, logo.corners, logo.ring = sides, corners, ring
    return logo


def dashed(path: VMobject, many: int = 14) -> VGroup:
    """Any path as dashes."""
    parts = VGroup()
    for i in range(many):
        part = VMobject().pointwise_become_partial(path, i / many, (i + 0.6) / many)
        parts.add(part.set_fill(GROUND, 0))
    return parts
