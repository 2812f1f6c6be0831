"""What the first scene draws with: beams on wires, the wall of machines, scribbles, turning pages, a small dreamer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from manim import (
    DOWN,
    RIGHT,
    UP,
    Animation,
    Circle,
    Line,
    ManimColor,
    Mobject,
    Polygon,
    UpdateFromAlphaFunc,
    VGroup,
    VMobject,
    interpolate_color,
    linear,
    smooth,
)

from tapehead.scenes.stage.cats import closed, curve, straight
from tapehead.scenes.stage.palette import COOL, FAINT, GROUND, INK, OUTPUT, SOFT

DX, DY = 6.0, 3.3
"""From a machine's inputs to its answer, and between its inputs, seen from close."""

OUT = np.array([2.3, 0.2, 0.0])
"""Where the answer of the little machine appears."""
FLOW = 0.42
"""Waves that pass through the wall in a second."""
State = tuple[float, ...]
CLOSE: State = (1.0, 1.0, 2.3, 0.2, 0.5, 1.0)
"""Scale across, scale up, place of the first machine's answer (x, y), radius of a disc, brightness."""
FAR: State = (0.15, 0.155, 0.45, 0.1, 0.1, 1.0)
BAND: State = (0.15, 0.062, 0.45, -2.15, 0.075, 0.8)


class Lattice(VGroup):
    """A wall of little machines: the answer of one is an input of two others.  A bright wave runs through it."""

    def __init__(self, out: np.ndarray) -> None:
        super().__init__()
        self.places, self.fades = [], []
        self.wires, self.discs = VGroup(), VGroup()
        self.state: State = CLOSE
        for c in range(-9, 9):
            for r in range(-9, 10):
                x, y = c * DX, (r + (0.5 if c % 2 else 0.0)) * DY
                fx, fy = FAR[0] * x + FAR[2], FAR[1] * y + FAR[3]
                fade = np.clip((7.3 - abs(fx)) / 1.6, 0, 1) * np.clip((4.1 - abs(fy)) / 1.3, 0, 1)
                if fade <= 0.02 or (fx < -2.9 and fy < -3.0):
                    continue
                self.places.append((x, y))
                self.fades.append(float(fade))
                self.wires.add(straight((0, 0), (1, 1), (2, 0)))
                self.discs.add(Circle(radius=1.0).set_stroke(OUTPUT, 2).set_fill(OUTPUT, 1))
        self.ring = self.discs[0].points.copy() if len(self.discs) else np.zeros((0, 3))
        self.add(self.wires, self.discs)
        self.out = out
        self.phase = 0.0

    def between(self, start: State, end: State, alpha: float) -> State:
        """A state on the way; a long zoom runs evenly in octaves."""
        if start == end:
            return start
        if max(start[0], end[0]) > 2 * min(start[0], end[0]):
            share = (start[0] - start[0] * (end[0] / start[0]) ** alpha) / (start[0] - end[0])
        else:
            share = alpha
        return tuple(a + share * (b - a) for a, b in zip(start, end, strict=True))

    def show(self, state: State, phase: float) -> None:
        """Put every machine in its place and light it as the wave has it at ``phase``."""
        self.state = state
        self.phase = phase
        sx, sy, ox, oy, radius, light = state
        cold, hot = ManimColor(OUTPUT), ManimColor(INK)
        for (x, y), fade, wire, node in zip(self.places, self.fades, self.wires, self.discs, strict=True):
            px, py = ox + sx * x, oy + sy * y
            left = px - sx * DX
            up = sy * DY / 2
            wire.set_points_as_corners([np.array(p) for p in ((left, py + up, 0), (px, py, 0), (left, py - up, 0))])
            wave = (0.5 + 0.5 * np.cos(2 * np.pi * (0.012 * x + 0.006 * y - phase))) ** 5
            wire.set_stroke(FAINT, 5 if sx > 0.6 else 2.2, min(1.0, fade * light * (0.5 + 0.5 * wave)))
            node.points = self.ring * radius * (0.75 + 0.5 * wave) + np.array([px, py, 0.0])
            tone = interpolate_color(cold, hot, 0.75 * wave)
            node.set_fill(tone, fade * light * (0.3 + 0.7 * wave)).set_stroke(tone, 2, 0)

    def wave(self, run_time: float, to: State | None = None) -> Animation:
        """The wave travels on for ``run_time`` seconds, while the wall moves to another state."""
        start, begun, end = self.state, self.phase, to or self.state

        def show(_: Mobject, alpha: float) -> None:
            self.show(self.between(start, end, smooth(alpha)), begun + FLOW * run_time * alpha)

        return UpdateFromAlphaFunc(self, show, rate_func=linear)


def beam(start: np.ndarray, end: np.ndarray, tail: float, length: float, colour: str) -> Line:
    """A bar that lies on the wire from ``start`` to ``end``, its tail this far along."""
    way = (end - start) / np.linalg.norm(end - start)
    return Line(start + tail * way, start + (tail + length) * way).set_stroke(colour, 20)


Lie = tuple[float, float, str]


def slide(bar: Line, start: np.ndarray, end: np.ndarray, before: Lie, after: Lie) -> Animation:
    """Move a bar along its wire while its length and its colour change; (tail, length, colour) before and after."""
    colours = ManimColor(before[2]), ManimColor(after[2])

    def show(mobject: Mobject, alpha: float) -> None:
        share = smooth(alpha)
        tail, length = (a + share * (b - a) for a, b in zip(before[:2], after[:2], strict=True))
        mobject.points = beam(start, end, tail, length, INK).points
        mobject.set_stroke(interpolate_color(*colours, share), 20)

    made: Callable[[Mobject, float], None] = show
    return UpdateFromAlphaFunc(bar, made, rate_func=linear)


def gate(start: np.ndarray, end: np.ndarray) -> VGroup:
    """A small ring with a cross, round the wire: here something is multiplied."""
    way = (end - start) / np.linalg.norm(end - start)
    ring = Circle(radius=0.34).set_stroke(SOFT, 4).set_fill(GROUND, 1)
    cross = VGroup(straight((-0.12, -0.12), (0.12, 0.12)), straight((-0.12, 0.12), (0.12, -0.12))).set_stroke(SOFT, 4)
    return VGroup(ring, cross).move_to(start + 2.55 * way)


def scribbles() -> VGroup:
    """A sentence that nobody can read: five words of one wavy line each, in two rows."""
    made = VGroup()
    for y, words in ((0.35, ((-1.3, 0.75), (-0.3, 0.45), (0.45, 0.85))), (-0.35, ((-1.3, 1.0), (0.0, 0.9)))):
        for x, wide in words:
            xs = np.linspace(0, wide, max(5, round(wide / 0.085)))
            ups = [0.17 * (-1) ** i * (1.5 if i % 5 == 2 else 0.8) for i in range(len(xs))]
            word = VMobject().set_points_smoothly([np.array([x + a, y + b, 0.0]) for a, b in zip(xs, ups, strict=True)])
            made.add(word.set_stroke(INK, 4).set_fill(opacity=0))
    dot = Circle(radius=0.05).set_fill(INK, 1).set_stroke(width=0).move_to([1.08, -0.47, 0])
    return made.add(dot)


def plug(x: float, top: float, bottom: float) -> VMobject:
    """A wire from something above down into the wall."""
    middle = (top + bottom) / 2
    return curve((x, top), ((x, middle), (x, middle), (x, bottom))).set_stroke(SOFT, 4).set_fill(opacity=0)


def hanging(wire: VMobject, swing: float) -> VMobject:
    """The same wire, come loose: it curls up well above the wall."""
    x, top = wire.points[0][:2]
    made = curve((x, top), ((x, top - 0.35), (x + 0.6 * swing, top - 0.5), (x + swing, top - 0.68)))
    return made.set_stroke(SOFT, 4).set_fill(opacity=0)


def turned_page(book: VGroup, share: float) -> Polygon:
    """A page of an open book: 0 lies on the right, 1 on the left."""
    middle, side = book.get_center(), (1 if share < 0.5 else -1) * book.width * 0.46
    low, high = book.get_bottom()[1] + 0.1, book.get_top()[1] + 0.02
    corners = ((0, low), (side, low + 0.14), (side, high + 0.06), (0, high - 0.05))
    page = Polygon(*(np.array([middle[0] + x, y, 0.0]) for x, y in corners))
    return page.set_stroke(COOL, 2).set_fill(INK, 1)


def dreamer(height: float = 1.3) -> VGroup:
    """Somebody small, seen from behind, with the blue book under the arm."""
    body = curve(
        (-0.3, -0.8),
        ((-0.34, -0.1), (-0.3, 0.25), (0, 0.25)),
        ((0.3, 0.25), (0.34, -0.1), (0.3, -0.8)),
        ((0.1, -0.84), (-0.1, -0.84), (-0.3, -0.8)),
    )
    head = closed([(0.21 * np.cos(a), 0.5 + 0.24 * np.sin(a)) for a in np.arange(8) / 8 * 2 * np.pi])
    book = straight((0.2, -0.42), (0.5, -0.34), (0.44, 0.04), (0.14, -0.04), (0.2, -0.42))
    shade = closed([(0.62 * np.cos(a), -0.84 + 0.1 * np.sin(a)) for a in np.arange(8) / 8 * 2 * np.pi])
    shade.set_stroke(width=0).set_fill(GROUND, 0.8)
    for part in (body, head):
        part.set_stroke(INK, 4).set_fill(GROUND, 1)
    book.set_stroke(INK, 3).set_fill(COOL, 1)
    return VGroup(shade, body, head, book).scale(height / 1.6)


def dozing_letters(place: np.ndarray, colour: str) -> VGroup:
    """Three drifting letters of sleep, each larger than the one before."""
    made = VGroup()
    for i, size in enumerate((0.28, 0.4, 0.55)):
        z = straight((-size / 2, size / 2), (size / 2, size / 2), (-size / 2, -size / 2), (size / 2, -size / 2))
        made.add(z.set_stroke(colour, 5).shift(place + i * (0.55 * RIGHT + 0.75 * UP) + 0.04 * i * DOWN))
    return made
