"""Second scene: a flat map, and the globe that the town stands on: a straight ruler leaves a round world."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    Arc,
    Circle,
    Create,
    Dot,
    Ellipse,
    FadeIn,
    FadeOut,
    Group,
    LaggedStart,
    Line,
    Rectangle,
    VGroup,
)

from tapehead.analysis.results import Origin
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, Words
from tapehead.scenes.stage.palette import FAINT, INK, SOFT
from tapehead.scenes.stage.portraits import Portrait

from .parts import AWAY, WORLD, upright

RADIUS = 2.9
MIDDLE = np.array([-2.9, 0.15, 0.0])
START = np.pi


def on_globe(angle: float, radius: float = RADIUS) -> np.ndarray:
    """A point of the globe's outline."""
    return MIDDLE + radius * np.array([np.cos(angle), np.sin(angle), 0.0])


class Town(StageScene):
    """Map, globe, the walk and the ruler, and what lies outside."""

    def construct(self) -> None:
        self.badge_for(Origin.ILLUSTRATION)
        self.flat()
        self.globe()
        self.wrong()
        self.space()
        self.clear_stage(run_time=0.5)

    def flat(self) -> None:
        streets = VGroup(
            *(Line([x, -2.6, 0], [x, 3.4, 0]) for x in np.arange(-6, 6.1, 1.5)),
            *(Line([-6.4, y, 0], [6.4, y, 0]) for y in np.arange(-2.2, 3.3, 1.3)),
        ).set_stroke(FAINT, 5)
        houses = VGroup()
        for x in np.arange(-5.25, 5.3, 1.5):
            for y in np.arange(-1.55, 2.8, 1.3):
                side = 0.38 + 0.22 * float(self.rng.random())
                house = Rectangle(width=side * 1.5, height=side, stroke_width=0).set_fill(SOFT, 0.55)
                houses.add(house.move_to([x, y, 0]))
        ends = np.array([-5.25, -2.2, 0.0]), np.array([5.25, 3.0, 0.0])
        ruler = Line(*ends).set_stroke(AWAY, 12)
        dots = VGroup(*(Dot(end, radius=0.17, color=INK) for end in ends))
        self.add(streets, houses)
        with self.say("town.flat") as cue:
            self.play(FadeIn(dots), run_time=0.5)
            cue.until("ruler")
            self.play(Create(ruler), run_time=1.2)
            cue.until("lost")
            self.play(houses.animate.set_fill(SOFT, 0.9), run_time=0.8)
        self.map = VGroup(streets, houses, ruler, dots)

    def globe(self) -> None:
        found = self.result("globe")
        ball = Circle(radius=RADIUS).set_stroke(WORLD, 6).move_to(MIDDLE)
        lines = VGroup(*(Ellipse(width=2 * RADIUS * s, height=2 * RADIUS) for s in (0.35, 0.72)))
        lines.add(Line(MIDDLE + RADIUS * LEFT, MIDDLE + RADIUS * RIGHT))
        lines.set_stroke(WORLD, 2.5, 0.6)
        lines[:2].move_to(MIDDLE)
        walk = Arc(radius=RADIUS, start_angle=START, angle=-np.pi / 2, arc_center=MIDDLE).set_stroke(INK, 11)
        through = Line(on_globe(START), on_globe(START - np.pi / 2)).set_stroke(AWAY, 11)
        ends = VGroup(*(Dot(on_globe(a), radius=0.17, color=INK) for a in (START, START - np.pi / 2)))
        walked = Words("walked {x:.2f}", x=found.read("walk"), size=84, color=INK).move_to([3.9, 2.2, 0])
        straight = Words("straight {x:.2f}", x=found.read("straight"), size=84, color=AWAY)
        straight.move_to([3.9, 0.9, 0])
        unit = Words("in radii of the globe", size=BODY, color=SOFT).move_to([3.9, -0.3, 0])
        self.tape.keep_clean(walked, straight, unit)
        with self.say("town.globe") as cue:
            self.play(FadeIn(ball), FadeIn(lines), self.map.animate.scale(0.05).move_to(on_globe(START)), run_time=1.2)
            self.play(FadeOut(self.map), FadeIn(ends), run_time=0.4)
            cue.until("walk")
            self.badge_for(found.origin)
            self.play(Create(walk), FadeIn(walked), FadeIn(unit), run_time=1.2)
            cue.until("ruler")
            self.play(Create(through), FadeIn(straight), run_time=0.9)
            cue.until("ground")
            self.play(through.animate.set_stroke(AWAY, 14), run_time=0.5)
        self.ball = VGroup(ball, lines, walk, ends)
        self.words, self.through = VGroup(walked, straight, unit), through

    def wrong(self) -> None:
        """The same ruler, laid down at the top: it goes on into the dark."""
        top = on_globe(START - np.pi / 2)
        out = Line(top, top + 9.5 * RIGHT).set_stroke(AWAY, 14)
        note = Words("off the world", size=HEADING, color=AWAY).move_to([3.9, 2.3, 0])
        self.tape.keep_clean(note)
        with self.say("town.wrong") as cue:
            self.play(self.through.animate.put_start_and_end_on(top, top + 2.0 * RIGHT), FadeOut(self.words))
            cue.until("leaves")
            self.play(Create(out), run_time=1.4)
            cue.until("nobody")
            self.play(FadeIn(note), run_time=0.6)
        self.out = VGroup(out, note, self.through)

    def space(self) -> None:
        """Pictures on the world; nothing outside."""
        found = self.result("steered")
        pictures = upright(found["before"])
        angles = np.linspace(2.75, -0.95, 6)
        faces = Group(*(Portrait(pictures[n], 1.6).move_to(on_globe(a, RADIUS)) for n, a in enumerate(angles)))
        static = VGroup()
        for x, y in ((2.6, 0.6), (4.6, -0.9), (6.0, 0.9)):
            square = Rectangle(width=1.6, height=1.6).set_stroke(FAINT, 3)
            cells = [
                Rectangle(width=0.2, height=0.2, stroke_width=0)
                .set_fill(INK, float(self.rng.random()) * 0.7)
                .move_to([0.2 * i - 0.7, 0.2 * j - 0.7, 0])
                for i in range(8)
                for j in range(8)
            ]
            static.add(VGroup(square, *cells).move_to([x, y, 0]))
        note = Words("no picture", size=BODY, color=SOFT).move_to([4.5, -2.4, 0])
        self.tape.keep_clean(note)
        with self.say("town.space") as cue:
            self.badge_for(found.origin, found.model)
            shown = LaggedStart(*(FadeIn(face) for face in faces), lag_ratio=0.25)
            self.play(FadeOut(self.out[1]), shown, run_time=1.6)
            cue.until("most")
            self.badge_for(Origin.ILLUSTRATION)  # what lies off the world is drawn, and so is the world
            self.play(FadeIn(static), FadeIn(note), run_time=0.9)
            cue.until("careful")
            self.play(static.animate.shift(0.25 * DOWN), run_time=1.0)
