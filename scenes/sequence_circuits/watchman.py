"""The night watchman: a small line-drawn figure with a cap and a torch, awake on his rounds or asleep at the end."""

from __future__ import annotations

import numpy as np
from manim import (
    DEGREES,
    ORIGIN,
    UP,
    Arc,
    ArcBetweenPoints,
    Circle,
    Dot,
    Line,
    Polygon,
    Rectangle,
    RoundedRectangle,
    VGroup,
    VMobject,
)
from manim.utils.color import ManimColor

from tapehead.scenes.stage.palette import EAR, FAINT, GROUND, HIGHLIGHT, INK, SOFT

COAT, SKIN, DARK_COAT = "#24324F", "#F0D9BC", "#18223A"
_OUTLINE = 3.0


class Watchman(VGroup):
    """He looks to the right and stands about 1.5 units tall; ``scale`` and ``move_to`` as usual.

    Awake: ``torch`` in his hand, :meth:`shine` gives the beam (a soft wedge, to be added behind what it lights).
    Asleep: he sits with the cap over his eyes and the torch fallen beside him; ``snores`` are three z's, drawn.
    Parts: ``body``, ``head``, ``torch``, and ``snores`` (empty while awake).
    """

    def __init__(self, *, asleep: bool = False) -> None:
        self.asleep = asleep
        self.angle = 8 * DEGREES
        self.snores = VGroup()
        if asleep:
            self.body, self.head = _seated(), _head(shut=True)
            self.head.rotate(-16 * DEGREES, about_point=[0, 0.95, 0]).shift([0.1, -0.3, 0])
            self.torch = _torch().rotate(-6 * DEGREES).move_to([1.2, 0.09, 0])
            for k, (x, y) in enumerate(((0.62, 1.1), (0.84, 1.36), (1.12, 1.68))):
                self.snores.add(_letter_z(0.14 + 0.05 * k).move_to([x, y, 0]))
        else:
            self.body, self.head = _standing(), _head(shut=False)
            self.torch = _torch().rotate(8 * DEGREES).move_to([0.66, 0.66, 0])
        super().__init__(self.body, self.head, self.torch, self.snores)
        self.move_to(ORIGIN)

    @property
    def lamp(self) -> np.ndarray:
        """The glass of the torch, where its light comes from."""
        point: np.ndarray = self.torch[1].get_center()
        return point

    def point_at(self, target: np.ndarray) -> Watchman:
        """Turn the torch in his hand so that it points at a place, as its beam does."""
        hand = self.torch[0].get_center()
        way = np.asarray(target, dtype=float) - hand
        angle = float(np.arctan2(way[1], way[0]))
        self.torch.rotate(angle - self.angle, about_point=hand)
        self.angle = angle
        return self

    def shine(self, target: np.ndarray, width: float = 1.0, opacity: float = 0.13) -> VGroup:
        """The beam from the torch to a place: three nested wedges, brightest in the middle."""
        way = np.asarray(target, dtype=float) - self.lamp
        across = np.array([-way[1], way[0], 0.0]) / max(float(np.linalg.norm(way)), 1e-6)
        beam = VGroup()
        for share in (1.0, 0.66, 0.33):
            start, end = 0.09 * share * across, 0.5 * width * share * across
            wedge = Polygon(self.lamp + start, target + end, target - end, self.lamp - start, stroke_width=0)
            beam.add(wedge.set_fill(HIGHLIGHT, opacity))
        return beam


def _shape(mobject: VMobject, fill: str, stroke: str = INK) -> VMobject:
    mobject.set_fill(ManimColor(fill), 1).set_stroke(stroke, _OUTLINE)
    return mobject


def _limb(*points: tuple[float, float], colour: str, width: float) -> VMobject:
    limb = VMobject().set_points_as_corners([[x, y, 0.0] for x, y in points])
    limb.set_stroke(colour, width)
    return limb


def _coat(foot: float, top: float, half: float) -> VMobject:
    shoulder = 0.2
    coat = Polygon([-half, foot, 0], [half, foot, 0], [shoulder, top, 0], [-shoulder, top, 0])
    return _shape(coat.round_corners(0.07), COAT)


def _standing() -> VGroup:
    """Shoes, coat with buttons and a belt, one arm forward, a ring of keys."""
    shoes = VGroup(
        *(
            _shape(RoundedRectangle(corner_radius=0.06, width=0.28, height=0.14), GROUND).move_to([x, 0.07, 0])
            for x in (-0.12, 0.22)
        )
    )
    legs = VGroup(*(Line([x, 0.12, 0], [x, 0.35, 0]).set_stroke(INK, 6) for x in (-0.15, 0.16)))
    coat = _coat(0.26, 0.92, 0.36)
    belt = Line([-0.3, 0.5, 0], [0.3, 0.5, 0]).set_stroke(INK, 3)
    buttons = VGroup(*(Dot([0.08, y, 0], radius=0.026, color=HIGHLIGHT) for y in (0.62, 0.74)))
    keys = VGroup(
        Circle(radius=0.07).set_stroke(SOFT, 2.5).move_to([-0.22, 0.39, 0]),
        Line([-0.22, 0.33, 0], [-0.24, 0.2, 0]).set_stroke(SOFT, 2.5),
        Line([-0.2, 0.33, 0], [-0.15, 0.22, 0]).set_stroke(SOFT, 2.5),
    )
    arm = VGroup(
        _limb((0.0, 0.8), (0.22, 0.62), (0.52, 0.64), colour=INK, width=15),
        _limb((0.0, 0.8), (0.22, 0.62), (0.5, 0.64), colour=DARK_COAT, width=9),
    )
    return VGroup(legs, shoes, coat, belt, buttons, keys, arm)


def _seated() -> VGroup:
    """On the floor, legs stretched out, hands in the lap."""
    legs = VGroup(
        _limb((0.0, 0.14), (0.72, 0.14), colour=INK, width=20),
        _limb((0.0, 0.14), (0.7, 0.14), colour=DARK_COAT, width=14),
    )
    shoe = _shape(RoundedRectangle(corner_radius=0.06, width=0.14, height=0.3), GROUND).move_to([0.76, 0.18, 0])
    coat = _coat(0.02, 0.66, 0.34)
    buttons = VGroup(*(Dot([0.1, y, 0], radius=0.026, color=HIGHLIGHT) for y in (0.36, 0.48)))
    arm = VGroup(
        _limb((-0.02, 0.54), (0.02, 0.26), (0.3, 0.24), colour=INK, width=15),
        _limb((-0.02, 0.54), (0.02, 0.26), (0.28, 0.24), colour=DARK_COAT, width=9),
    )
    floor = Line([-0.5, 0, 0], [1.4, 0, 0]).set_stroke(FAINT, 3)
    return VGroup(floor, legs, shoe, coat, buttons, arm)


def _head(*, shut: bool) -> VGroup:
    """Face in profile-ish, moustache, and a cap; asleep, the cap has slipped over the eye."""
    face = _shape(Circle(radius=0.22), SKIN).move_to([0, 1.1, 0])
    nose = _shape(Circle(radius=0.05), SKIN).move_to([0.22, 1.08, 0])
    moustache = ArcBetweenPoints(
        np.array([0.04, 0.99, 0.0]), np.array([0.25, 1.0, 0.0]), angle=-70 * DEGREES
    ).set_stroke(SOFT, 7)
    dome = Arc(radius=0.25, start_angle=0, angle=np.pi)
    dome.add_line_to(dome.get_start())
    cap = VGroup(
        _shape(dome, COAT).shift(1.2 * UP),
        _shape(Rectangle(width=0.54, height=0.08), EAR).move_to([0, 1.2, 0]),
        _shape(Polygon([0.2, 1.23, 0], [0.46, 1.15, 0], [0.44, 1.11, 0], [0.2, 1.16, 0]), EAR),
        Dot([0.1, 1.34, 0], radius=0.04, color=HIGHLIGHT),
    )
    if shut:
        eye: VMobject = Arc(radius=0.05, start_angle=np.pi, angle=np.pi).move_to([0.1, 1.1, 0]).set_stroke(GROUND, 3)
        cap.shift([0.03, -0.04, 0])
    else:
        eye = Dot([0.11, 1.11, 0], radius=0.03, color=GROUND)
    return VGroup(face, moustache, nose, eye, cap)


def _torch() -> VGroup:
    """Handle, glass, rim; it points to the right."""
    handle = _shape(RoundedRectangle(corner_radius=0.03, width=0.32, height=0.1), FAINT)
    glass = _shape(Polygon([0.14, -0.05, 0], [0.28, -0.11, 0], [0.28, 0.11, 0], [0.14, 0.05, 0]), HIGHLIGHT)
    return VGroup(handle, glass)


def _letter_z(size: float) -> VMobject:
    z = VMobject().set_points_as_corners([[0, size, 0], [size, size, 0], [0, 0, 0], [size, 0, 0]])
    z.set_stroke(SOFT, 4)
    return z
