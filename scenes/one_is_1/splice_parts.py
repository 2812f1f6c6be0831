"""Strips of film for the detective: frames between two rows of holes, and a pair of scissors."""

from __future__ import annotations

import numpy as np
from manim import RIGHT, Circle, Line, Mobject, Rectangle, RoundedRectangle, VGroup

from tapehead.scenes.stage.palette import FAINT, GROUND, INK, PANEL, SOFT


class FilmStrip(VGroup):
    """A strip of film with ``count`` frames; ``put(k, mobject)`` centres something in a frame.

    Parts: ``base``, ``holes``, ``frames`` (one rectangle each), ``contents``.
    """

    def __init__(self, count: int, *, width: float = 2.2, height: float = 1.7, colour: str = SOFT) -> None:
        margin = 0.3
        step = width + 0.14
        self.base = Rectangle(width=count * step + 0.14, height=height + 2 * margin)
        self.base.set_stroke(FAINT, 2).set_fill("#22252F", 1)
        self.holes, self.frames, self.contents = VGroup(), VGroup(), VGroup()
        for k in range(count):
            frame = RoundedRectangle(corner_radius=0.08, width=width, height=height)
            frame.set_stroke(colour, 3).set_fill(PANEL, 1).move_to((k - (count - 1) / 2) * step * RIGHT)
            self.frames.add(frame)
        holes = max(4, round(self.base.width / 0.36))
        for y in (1, -1):
            for n in range(holes):
                hole = Rectangle(width=0.16, height=0.13, stroke_width=0).set_fill(GROUND, 1)
                x = (n + 0.5) / holes * self.base.width - self.base.width / 2
                self.holes.add(hole.move_to([x, y * (height / 2 + margin / 2), 0]))
        super().__init__(self.base, self.holes, self.frames, self.contents)

    def put(self, k: int, content: Mobject) -> FilmStrip:
        """Centre something in frame ``k``."""
        self.contents.add(content.move_to(self.frames[k]))
        return self


def scissors(colour: str = INK) -> VGroup:
    """A pair of open scissors that point to the left; their tip is at the group's left edge."""
    made = VGroup()
    for sign in (1, -1):
        blade = Line(np.array([-0.75, 0.28 * sign, 0]), np.array([0.45, -0.2 * sign, 0])).set_stroke(colour, 7)
        ring = Circle(radius=0.2).set_stroke(colour, 6).move_to([0.63, -0.3 * sign, 0])
        made.add(blade, ring)
    made.add(Circle(radius=0.05).set_stroke(width=0).set_fill(FAINT, 1).move_to([0.0, 0, 0]))
    return made
