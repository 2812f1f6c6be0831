"""The cats: one parametric drawing for all of them, so that a longer nose is the same drawing with another number.

Every face has the same parts with the same number of points, whatever its parameters, so ``Transform`` between two of
them morphs part into part.  Lengths on the face are proportional to the measures: nose 2 is twice as wide as nose 1.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import PI, RIGHT, UP, VGroup, VMobject, interpolate

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.stage.palette import COOL, EAR, GROUND, INK, NOSE

NOSE_WIDTH = 0.34
"""Width of nose 1, where the head is 2 wide."""
EAR_HEIGHT = 0.5
"""Height of ear 1 over the head, where the head is 2 wide."""

HEAD_HEIGHT = 1.64
"""Height of the cat's head, where it is 2 wide; ``height`` of a face is that of its head alone."""

_NOSE_TOP = 0.06
Pairs = Sequence[tuple[float, float]]


def _point(x: float, y: float) -> np.ndarray:
    return np.array([x, y, 0.0])


def curve(start: tuple[float, float], *pieces: Pairs) -> VMobject:
    """A path of cubic pieces, each ``(handle, handle, end)``."""
    path = VMobject()
    path.start_new_path(_point(*start))
    for first, second, end in pieces:
        path.add_cubic_bezier_curve_to(_point(*first), _point(*second), _point(*end))
    return path


def straight(*corners: tuple[float, float]) -> VMobject:
    """A path of straight pieces."""
    return VMobject().set_points_as_corners([_point(*corner) for corner in corners])


def closed(anchors: Pairs) -> VMobject:
    """A smooth closed path through the anchors."""
    points = [_point(*anchor) for anchor in anchors]
    return VMobject().set_points_smoothly([*points, points[0]])


def mirrored(path: VMobject) -> VMobject:
    """The same path on the other side of the face."""
    return path.copy().apply_function(lambda p: np.array([-p[0], p[1], p[2]]), about_point=np.zeros(3))


def _blend(cat: VMobject, human: VMobject, share: float) -> VMobject:
    cat.set_points(interpolate(cat.points, human.points, share))
    return cat


def _head(human: float) -> VMobject:
    angles = np.arange(20) / 20 * 2 * PI
    cos, sin = np.cos(angles), np.sin(angles)
    soft = 2 / 2.4  # a superellipse: rounder than a box, boxier than an egg
    x = np.sign(cos) * np.abs(cos) ** soft
    y = np.sign(sin) * np.abs(sin) ** soft * HEAD_HEIGHT / 2
    cat = closed(list(zip(x * (1 - 0.07 * y), y, strict=True)))
    person = closed(list(zip(0.8 * cos * (1 + 0.08 * sin), 0.98 * sin, strict=True)))
    return _blend(cat, person, human)


def _ear(ear: float, human: float, inner: bool) -> VMobject:
    outer_base, inner_base = np.array([-0.93, 0.34]), np.array([-0.24, 0.76])
    middle = (outer_base + inner_base) / 2
    tip = middle + EAR_HEIGHT * ear * np.array([-0.26, 1.0]) + np.array([-0.03, 0.08])
    if inner:
        outer_base, inner_base = (middle + 0.55 * (base - middle) for base in (outer_base, inner_base))
        tip = middle + 0.68 * (tip - middle)
    left, right = tip + 0.14 * (outer_base - tip), tip + 0.14 * (inner_base - tip)
    out = np.array([-0.06, 0.04]) * (0.5 if inner else 1) * min(ear, 1.5)
    cat = curve(
        tuple(outer_base),
        (
            tuple(outer_base + 0.33 * (left - outer_base) + out),
            tuple(outer_base + 0.67 * (left - outer_base) + out),
            tuple(left),
        ),
        (tuple(left + 0.6 * (tip - left)), tuple(right + 0.6 * (tip - right)), tuple(right)),
        (tuple(right + 0.33 * (inner_base - right)), tuple(right + 0.67 * (inner_base - right)), tuple(inner_base)),
        (tuple(inner_base), tuple(outer_base), tuple(outer_base)),
    )
    # A person's ear is a half moon at the side of the head; it grows with the measure as well.
    scale = 0.55 if inner else 1.0
    reach, half = scale * (0.10 + 0.10 * ear), scale * (0.16 + 0.07 * ear)
    x, y = -0.76, 0.05
    person = curve(
        (x, y - half),
        ((x - reach, y - half), (x - reach, y - half * 0.4), (x - reach, y)),
        ((x - reach, y + half * 0.2), (x - reach, y + half * 0.3), (x - reach, y + half * 0.4)),
        ((x - reach * 0.9, y + half), (x - reach * 0.3, y + half), (x, y + half)),
        ((x, y + half), (x, y - half), (x, y - half)),
    )
    return _blend(cat, person, human)


def _nose(nose: float, human: float) -> VMobject:
    half, deep, top = NOSE_WIDTH * nose / 2, 0.24 * nose**0.8, _NOSE_TOP
    cat = curve(
        (-half, top - deep * 0.16),
        ((-half, top + deep * 0.1), (-half * 0.4, top), (0, top)),
        ((half * 0.4, top), (half, top + deep * 0.1), (half, top - deep * 0.16)),
        ((half, top - deep * 0.6), (half * 0.3, top - deep), (0, top - deep)),
        ((-half * 0.3, top - deep), (-half, top - deep * 0.6), (-half, top - deep * 0.16)),
    )
    low, bridge = top - deep, top + 0.22
    person = curve(
        (-half, low + deep * 0.35),
        ((-half, low + deep * 0.75), (-half * 0.3, bridge), (0, bridge)),
        ((half * 0.3, bridge), (half, low + deep * 0.75), (half, low + deep * 0.35)),
        ((half, low), (half * 0.4, low), (0, low)),
        ((-half * 0.4, low), (-half, low), (-half, low + deep * 0.35)),
    )
    return _blend(cat, person, human)


def _mouth(nose: float, mouth: float, human: float) -> tuple[VMobject, VMobject]:
    bottom = _NOSE_TOP - 0.24 * nose**0.8
    knot = max(bottom - 0.09, -0.62)
    wide, lift, sag = 0.25 + 0.12 * mouth, 0.05 + 0.13 * mouth, 0.12 + 0.05 * mouth
    lip = straight((0, bottom), (0, knot))
    cat = curve(
        (-wide, knot + lift),
        ((-wide * 0.9, knot - sag), (-wide * 0.12, knot - sag), (0, knot)),
        ((wide * 0.12, knot - sag), (wide * 0.9, knot - sag), (wide, knot + lift)),
    )
    low = min(knot - 0.2, -0.42)
    rise = 0.16 * mouth + 0.02
    person = curve(
        (-wide - 0.06, low + rise),
        ((-wide * 0.7, low - rise * 0.2), (-wide * 0.3, low - rise * 0.35), (0, low - rise * 0.35)),
        ((wide * 0.3, low - rise * 0.35), (wide * 0.7, low - rise * 0.2), (wide + 0.06, low + rise)),
    )
    return _blend(lip, straight((0, low), (0, low)), human), _blend(cat, person, human)


def _eye(open_: float) -> tuple[VMobject, VMobject]:
    x, y = -0.42, 0.27
    wide, high, sag = 0.15 - 0.03 * open_, 0.17 * open_, 0.10 * (1 - open_)
    up, down = y + 1.33 * high - 1.33 * sag, y - 1.33 * high - 1.33 * sag
    eye = curve(
        (x - wide, y),
        ((x - wide, up), (x + wide, up), (x + wide, y)),
        ((x + wide, down), (x - wide, down), (x - wide, y)),
    )
    light = closed(
        [(0.045 * open_ * np.cos(a) + x + 0.03, 0.045 * open_ * np.sin(a) + y + 0.05) for a in (0, 1.6, 3.1, 4.7)]
    )
    return eye, light


def _whiskers(human: float) -> list[VMobject]:
    found = []
    for height, reach, slope in ((-0.06, 0.60, 0.14), (-0.17, 0.68, 0.0), (-0.28, 0.60, -0.14)):
        x = -0.62
        cat = curve(
            (x, height),
            ((x - reach / 3, height + 0.05), (x - reach * 0.7, height + slope + 0.02), (x - reach, height + slope)),
        )
        found.append(_blend(cat, straight((-0.4, height - 0.1), (-0.4, height - 0.1)), human))
    return [*found, *(mirrored(path) for path in found)]


def _stripes(human: float) -> list[VMobject]:
    """A tabby's forehead, which is a person's fringe."""
    found = []
    for x, low in ((-0.15, 0.56), (0.0, 0.50), (0.15, 0.56)):
        cat = straight((x, 0.72 - abs(x) * 0.3), (x * 0.8, low))
        swing = curve(
            (0.16 + x * 0.6, 0.98), ((-0.1 + x, 0.92), (-0.36 + x * 2.2, 0.80), (-0.42 + x * 2.6, 0.60 - abs(x) * 0.2))
        )
        found.append(_blend(cat, swing, human))
    return found


def _zzz(asleep: bool) -> list[VMobject]:
    found = []
    folded = (0.4, 0.3, 0.02)  # inside the head, unseen
    for place in ((1.02, 0.80, 0.13), (1.26, 1.10, 0.19), (1.58, 1.50, 0.27)):
        x, y, size = place if asleep else folded
        found.append(straight((x, y + size), (x + size, y + size), (x, y), (x + size, y)))
    return found


class CatPerson(VGroup):
    """A face drawn from its measures: white lines on black.

    ``nose`` and ``ear`` are the measures (0 and up), ``mouth`` runs from -1 (cross) over 0 to 1 (delighted),
    ``asleep`` closes the eyes and adds "zZz"; ``lids`` sets how far the eyes are open, 0 to 1, without the "zZz".
    ``human`` morphs from cat (0) to person (1).  ``height`` is that of the head without ears, so that two cats side by
    side have equal heads.  With ``tinted`` the nose is red and the ears are blue, the colours of their axes.

    Parts: ``face`` (the head), ``ears``, ``nose``, ``eyes``, ``mouth``, ``whiskers``, ``stripes``, ``zzz``.
    """

    def __init__(
        self,
        nose: float = 1.0,
        ear: float = 1.0,
        mouth: float = 0.0,
        asleep: bool = False,
        *,
        human: float = 0.0,
        lids: float | None = None,
        tinted: bool = False,
        colour: str = INK,
        height: float = 2.4,
    ) -> None:
        if nose < 0 or ear < 0:
            raise EpisodeError(
                f"no cat has nose {nose:g} and ear {ear:g}: measures of a face are zero or more; use NoCat"
            )
        line = min(max(1.7 * height, 1.6), 5.0)
        open_ = (0.0 if asleep else 1.0) if lids is None else lids

        def drawn(path: VMobject, fill: str | None = None, stroke: str = colour, width: float = 1.0) -> VMobject:
            path.set_stroke(stroke, line * width, 1.0)
            return path.set_fill(fill or GROUND, 1.0 if fill else 0.0)

        shell = drawn(_ear(ear, human, inner=False), GROUND)
        lining = drawn(_ear(ear, human, inner=True), EAR if tinted else colour, EAR if tinted else colour, 0.0)
        lining.set_fill(opacity=1.0 if tinted else 0.22)
        self.ears = VGroup(shell, lining, mirrored(shell), mirrored(lining))
        self.face = drawn(_head(human), GROUND)
        self.stripes = VGroup(*(drawn(path) for path in _stripes(human)))
        self.nose = drawn(_nose(nose, human), NOSE if tinted else colour, NOSE if tinted else colour, 0.4)
        lip, mouth_path = _mouth(nose, mouth, human)
        self.mouth = VGroup(drawn(lip), drawn(mouth_path))
        eye, light = _eye(open_)
        drawn(eye, colour, width=1.0 - 0.4 * open_)
        drawn(light, GROUND, GROUND, 0.0)
        self.eyes = VGroup(eye, light, mirrored(eye), light.copy().shift(0.84 * RIGHT))
        self.whiskers = VGroup(*(drawn(path, width=0.6) for path in _whiskers(human)))
        self.whiskers.set_stroke(opacity=1 - human)
        self.zzz = VGroup(*(drawn(path, width=0.85) for path in _zzz(asleep)))
        self.zzz.set_stroke(opacity=1.0 if asleep else 0.0)
        super().__init__(self.ears, self.face, self.stripes, self.whiskers, self.mouth, self.nose, self.eyes, self.zzz)
        self.scale(height / HEAD_HEIGHT, about_point=np.zeros(3))


def cat_icon(
    nose: float = 1.0,
    ear: float = 1.0,
    *,
    tinted: bool = True,
    colour: str = INK,
    height: float = 0.5,
    asleep: bool = False,
) -> VGroup:
    """A cat of four paths, cheap enough for a herd: parts ``ears``, ``face``, ``nose``, ``eyes``."""
    full = CatPerson(nose, ear, asleep=asleep, tinted=tinted, colour=colour, height=height)
    line = max(1.4, 3.2 * height)
    ears = VMobject()
    for shell in (full.ears[0], full.ears[2]):
        ears.append_points(shell.points)
    ears.set_fill(EAR if tinted else GROUND, 1).set_stroke(colour, line)
    eyes = VMobject()
    for eye in (full.eyes[0], full.eyes[2]):
        eyes.append_points(eye.points)
    eyes.set_fill(colour, 1).set_stroke(colour, line * 0.6)
    full.face.set_stroke(width=line)
    icon = VGroup(ears, full.face, full.nose, eyes)
    icon.ears, icon.face, icon.nose, icon.eyes = ears, full.face, full.nose, eyes
    return icon


def put(cat: VGroup, place: np.ndarray) -> VGroup:
    """Centre a cat's head (not its ears) on a place."""
    return cat.shift(place - cat.face.get_center())


class NoCat(VGroup):
    """A dashed head without a face: a point of the plane that no cat sits on."""

    def __init__(self, height: float = 0.5, colour: str = INK) -> None:
        outline = CatPerson(height=height).face
        dashes = VGroup()
        for i in range(16):
            dash = VMobject().pointwise_become_partial(outline, i / 16, (i + 0.55) / 16)
            dashes.add(dash.set_stroke(colour, max(1.6, 3 * height)).set_fill(opacity=0))
        super().__init__(outline.set_stroke(width=0), dashes)


class Reader(VGroup):
    """Somebody behind a blue book; ``drowsy`` runs from 0 (awake) to 1 (head down, asleep).

    Parts: ``head`` (a :class:`CatPerson`), ``body``, ``book``, ``hands``.  ``height`` is that of the whole drawing
    when awake.
    """

    def __init__(self, drowsy: float = 0.0, *, human: float = 1.0, height: float = 4.0, colour: str = INK) -> None:
        asleep = drowsy >= 1
        self.drowsy = float(drowsy)
        lids = float(np.clip(1 - drowsy * 1.15, 0, 1))
        self.head = CatPerson(0.8, 0.9, 0.15, asleep, human=human, lids=lids, height=1.75, colour=colour)
        line = self.head.face.get_stroke_width() * 1.2
        neck = np.array([0.0, -1.05, 0.0])
        self.head.shift(0.02 * UP)
        self.head.rotate(-0.42 * drowsy, about_point=neck).shift(0.3 * drowsy * (0.4 * RIGHT - UP))
        self.body = curve(
            (-1.75, -3.0),
            ((-1.75, -1.9), (-1.5, -1.40), (-0.60, -1.28)),
            ((-0.28, -1.22), (-0.30, -1.05), (-0.30, -0.80)),
            ((-0.20, -0.60), (0.20, -0.60), (0.30, -0.80)),
            ((0.30, -1.05), (0.28, -1.22), (0.60, -1.28)),
            ((1.5, -1.40), (1.75, -1.9), (1.75, -3.0)),
        )
        self.body.set_stroke(colour, line).set_fill(GROUND, 1)
        left = straight((0, -2.75), (-1.30, -2.58), (-1.22, -1.28), (0, -1.45), (0, -2.75))
        pages = straight(
            (-1.16, -1.22), (0, -1.36), (1.16, -1.22), (1.20, -1.34), (0, -1.49), (-1.20, -1.34), (-1.16, -1.22)
        )
        self.book = VGroup(pages.set_fill(colour, 1), left.set_fill(COOL, 1), mirrored(left).set_fill(COOL, 1))
        self.book.set_stroke(colour, line * 0.8)
        hand = closed([(0.17 * np.cos(a) - 1.28, 0.2 * np.sin(a) - 2.1) for a in np.arange(8) / 8 * 2 * PI])
        hand.set_stroke(colour, line * 0.8).set_fill(GROUND, 1)
        self.hands = VGroup(hand, mirrored(hand))
        VGroup(self.book, self.hands).shift(-0.18 * drowsy * UP)
        super().__init__(self.body, self.head, self.book, self.hands)
        self.scale(height / 4.1, about_point=np.zeros(3)).shift(UP * height * 0.23)
