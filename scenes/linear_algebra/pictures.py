"""Pictures of this film alone: its planes and rulers, its cats by name, pillow, clover, lamp, letter, chessboard."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
from manim import (
    DOWN,
    LEFT,
    PI,
    RIGHT,
    UP,
    Animation,
    Arc,
    Arrow,
    Circle,
    Dot,
    Line,
    Mobject,
    Polygon,
    Rectangle,
    RoundedRectangle,
    UpdateFromAlphaFunc,
    VGroup,
    smooth,
)

from tapehead.analysis.results import Result
from tapehead.scenes.stage.cats import CatPerson, cat_icon
from tapehead.scenes.stage.lettering import SMALL, Words
from tapehead.scenes.stage.networks import Network, Neuron
from tapehead.scenes.stage.palette import (
    EAR,
    EAR_TINT,
    FAINT,
    GROUND,
    HIGHLIGHT,
    INK,
    LUCK,
    NAP,
    NOSE,
    NOSE_TINT,
    OUTPUT,
    PANEL,
    SOFT,
)
from tapehead.scenes.stage.planes import Pair, Plane, arrow
from tapehead.scenes.stage.rulers import Ruler

STEP = 0.92
"""Frame units per step of the plane on the left and per bar of the nap ruler beside it."""
DEEP_NAP = "#C76A12"
"""The shadow on the nap ruler: orange, but darker than the ruler itself."""

# -- planes, rulers, neuron ------------------------------------------------------------------------


def left_plane() -> Plane:
    """Nose and ear on the left, beside a nap ruler."""
    return Plane((-4.1, -0.05), STEP, (-2, 3), (-3, 3), beside=True)


def large_plane() -> Plane:
    """Nose and ear over most of the frame, with a column beside it: where the nap ruler is found in the plane."""
    return Plane((-4.6, -1.55), 1.75, (-1.0, 3.6), (-0.9, 2.65))


def two_planes() -> tuple[Plane, Plane]:
    """Nose and ear on the left, nap and luck on the right, as the last two scenes have them."""
    before = Plane((-4.95, -1.9), 1.5, (-1.3, 2.0), (-0.75, 3.3))
    after = Plane((2.75, -1.9), 1.05, (-1.25, 3.95), (-1.25, 5.05), ("nap", "luck"), (NAP, LUCK))
    return before, after


BETWEEN = np.array([-0.28, 1.0, 0.0])
"""Where the box stands between the two planes, which leave it a little more than its own width."""
FACE = 0.95
"""How high a head is on one of the two planes."""


def asked(place: np.ndarray, size: float) -> VGroup:
    """A question mark on a small dark disc, so that it is read wherever it hangs: on a wire, over a wall of lights."""
    mark = Words("?", size=size, color=HIGHLIGHT, bold=True)
    plate = Circle(radius=0.8 * mark.height, stroke_color=HIGHLIGHT, stroke_width=3).move_to(mark)
    return VGroup(plate.set_fill(GROUND, 1), mark).move_to(place)


def nap_ruler(
    numbers: Result,
    low: int = -2,
    high: int = 4,
    zero: Pair = (2.5, -0.75),
    unit: float = STEP,
    *,
    upright: bool = False,
) -> Ruler:
    """The ruler of naps with a number at every tick; where it stands unless told otherwise is right of the plane."""
    readings = {n: numbers.read("tick", tick=str(n)) for n in range(low, high + 1)}
    return Ruler("nap", NAP, np.array([*zero, 0.0]), unit, (low, high), readings, upright=upright)


def nap_neuron(spots: dict[str, np.ndarray], target: np.ndarray) -> tuple[Neuron, VGroup]:
    """The neuron of nose and ear, and the names in its discs."""
    ends, colours = [spots["nose"], spots["ear"]], (NOSE, EAR)
    neuron = Neuron(ends, target, colours, (NOSE_TINT, EAR_TINT), OUTPUT, radius=0.62)
    lettered = zip(("nose", "ear", "nap"), (*colours, NAP), (*ends, target), strict=True)
    return neuron, VGroup(*(Words(name, size=SMALL, color=colour).move_to(place) for name, colour, place in lettered))


def drawn_network(net: Result, centre: Pair, width: float, gap: float, radius: float) -> Network:
    """The drawn network, its wires grey: blue and orange are ears and naps in this film, so that a weight's size is
    seen by the thickness of its wire alone."""
    sizes = [int(size) for size in net["sizes"]]
    drawn = [net[f"weights_{layer}"] for layer in range(1, len(sizes))]
    network = Network(sizes, drawn, centre=centre, width=width, gap=gap, radius=radius)
    for wires in network.wires:
        wires.set_stroke(SOFT)
    return network


# -- cats ------------------------------------------------------------------------------------------


def portrait(measures: Pair, nap: float, height: float, *, collar: bool = False, blue_ears: bool = True) -> CatPerson:
    """A cat by its measures that smiles by its nap; ``collar`` makes it Mia.  Its head is at the origin."""
    nose, ear = (max(float(measure), 0.05) for measure in measures)
    cat = CatPerson(nose, ear, mouth=nap / 6, tinted=True, height=height)
    if not blue_ears:
        for lining in (cat.ears[1], cat.ears[3]):
            lining.set_fill(INK, 0.22)
    if collar:
        cat.add(*_collar(height, max(1.7 * height, 2.6), max(0.045 * height, 0.055)))
    return cat


def small_face(nose: float, ear: float, place: np.ndarray, height: float = 0.62, collar: bool = False) -> VGroup:
    """A face of a few lines beside a point of the plane; ``collar`` makes it Mia's."""
    icon = VGroup(cat_icon(max(nose, 0.0), max(ear, 0.0), height=height))
    if collar:
        icon.add(*_collar(height, 3, 0.06 * height))
    return icon.shift(place)


def _collar(height: float, line: float, bell: float) -> tuple[Arc, Dot]:
    """A collar and its bell, for a head of that height at the origin."""
    ring = Arc(radius=0.42 * height, start_angle=-0.72 * PI, angle=0.44 * PI).set_stroke(INK, line)
    return ring.shift(0.2 * height * DOWN), Dot(0.66 * height * DOWN, radius=bell, color=INK)


def hop(mobject: Mobject, start: np.ndarray, end: np.ndarray, hops: int = 3) -> Animation:
    """Walk a cat in: it slides from start to end with a few small hops."""
    offset = mobject.get_center() - end
    made: Callable[[Mobject, float], object] = lambda cat, alpha: cat.move_to(  # noqa: E731
        start + (end - start) * smooth(alpha) + 0.16 * abs(np.sin(hops * PI * alpha)) * UP + offset
    )
    mobject.move_to(start + offset)
    return UpdateFromAlphaFunc(mobject, made, rate_func=lambda t: t)


def pair_label(result: Result, array: str, axis: str, cat: str, size: float = SMALL, color: str = INK) -> Words:
    """A pair of readings as "(a, b)"."""
    places: list[dict[str, int | str]] = [{"cat": cat, axis: i} for i in range(2)]
    one, two = (result.read(array, **place) for place in places)
    return Words("({one}, {two})", one=one, two=two, size=size, color=color)


# -- things ---------------------------------------------------------------------------------------


def envelope(place: np.ndarray, width: float = 2.6) -> tuple[VGroup, VGroup]:
    """A sealed letter: its back with the flap, and its front pocket."""
    high = 0.62 * width
    back = RoundedRectangle(width=width, height=high, corner_radius=0.08, stroke_color=INK, stroke_width=4)
    back.set_fill(PANEL, 1)
    front = back.copy()
    creases = VGroup(
        Line(back.get_corner(DOWN + LEFT), back.get_center() + 0.06 * UP),
        Line(back.get_corner(DOWN + RIGHT), back.get_center() + 0.06 * UP),
        Line(back.get_corner(UP + LEFT), back.get_center() - 0.1 * UP),
        Line(back.get_corner(UP + RIGHT), back.get_center() - 0.1 * UP),
    ).set_stroke(INK, 3)
    seal = Dot(back.get_center() - 0.08 * UP, radius=0.13, color=NAP)
    return VGroup(back).shift(place), VGroup(front, creases, seal).shift(place)


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


def chessboard(horizon: float = -0.4) -> VGroup:
    """The floor of the dream: a chessboard that fills the frame from side to side and runs on to the horizon."""
    depths = [4.4 * 0.72**k for k in range(15)]
    tiles = VGroup()
    for k, (near, far) in enumerate(itertools.pairwise(depths)):
        reach = int(7.4 / (0.672 * far)) + 1
        for i in range(-reach, reach):
            if (i + k) % 2 == 0:
                ends = ((i, near), (i + 1, near), (i + 1, far), (i, far))
                tiles.add(Polygon(*(np.array([0.672 * x * d, horizon - d, 0.0]) for x, d in ends)))
    return tiles.set_stroke(width=0).set_fill(SOFT, 0.3)


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


# -- charts of the second ruler --------------------------------------------------------------------


def axis(start: np.ndarray, end: np.ndarray) -> Line:
    """A plain axis of a chart."""
    return Line(start, end).set_stroke(FAINT, 4)


def heap(misses: np.ndarray, share: float, base: np.ndarray, right: float) -> VGroup:
    """A histogram of the first ``share`` of the misses, over an axis that starts at ``base``."""
    # Whole hundredths from the least to the largest: no shuffle falls outside.
    edges = np.arange(np.floor(misses.min() * 100), np.ceil(misses.max() * 100) + 1) / 100
    full = np.histogram(misses, edges)[0].max()
    counts = np.histogram(misses[: round(share * misses.size)], edges)[0]
    bars = VGroup()
    for count, edge in zip(counts, edges, strict=False):
        tall, wide = max(0.01, 3.0 * count / full), right * 0.01 * 0.86
        made = Rectangle(width=wide, height=tall, stroke_width=0, fill_color=EAR, fill_opacity=1)
        bars.add(made.move_to(base + right * edge * RIGHT, aligned_edge=DOWN + LEFT))
    return bars


def rings_of(dots: VGroup, misses: np.ndarray) -> VGroup:
    """One ring per cat, as wide as a model misses its nap."""
    rings = VGroup()
    for dot, miss in zip(dots, misses, strict=True):
        radius = max(0.02, 0.42 * abs(float(miss)))
        rings.add(Circle(radius=radius, stroke_color=HIGHLIGHT, stroke_width=3).move_to(dot))
    return rings


def rate_chart(base: np.ndarray) -> tuple[VGroup, VGroup]:
    """Two axes: the rate across, how far it typically misses upwards."""
    frame = VGroup(axis(base, base + 5.3 * RIGHT), axis(base, base + 4.4 * UP))
    rate = Words("rate", size=SMALL, color=NOSE_TINT).next_to(frame[0].get_end(), DOWN, buff=0.2).shift(0.3 * LEFT)
    miss = Words("typical miss", size=SMALL, color=HIGHLIGHT).next_to(frame[1].get_end(), UP, buff=0.12)
    return frame, VGroup(rate, miss.align_to(frame[1], LEFT))
