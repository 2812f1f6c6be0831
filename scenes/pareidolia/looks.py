"""Fourth scene: one place is safe, ten thousand are not, and they are fewer than they seem."""

from __future__ import annotations

import numpy as np
from manim import DOWN, LEFT, RIGHT, Create, FadeIn, FadeOut, GrowFromEdge, Line, Rectangle, Transform, VGroup

from tapehead.analysis.results import Reading
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.intervals import whisker
from tapehead.scenes.stage.lettering import BODY, HEADING, Words
from tapehead.scenes.stage.palette import FAINT, INK, SOFT
from tapehead.scenes.stage.specks import specks

from .numbers import HALF, SPECTRUM
from .pictures import BAR, NOISE, grey_photo

ZERO, UNIT = 1.0, 0.0475
"""Where bars begin, and how long one per cent is."""


class Looks(StageScene):
    """One place, all places, the formula, the measurement, what the picture is worth."""

    def construct(self) -> None:
        self.found = self.result("looks")
        self.badge_for(self.found.origin)
        self.one()
        self.many()
        self.measured()
        self.end()
        self.clear_stage(run_time=0.4)

    def read(self, name: str) -> Reading:
        return self.found.read(name, spectrum=SPECTRUM, rate=HALF)

    def one(self) -> None:
        self.world = grey_photo(self.result("search")["picture"], 6.6).move_to([-3.6, 0.4, 0])
        self.size = 6.6 * 14 / 112
        window = Rectangle(width=0.8 * self.size, height=self.size).set_stroke(BAR, 6).move_to(self.world)
        risk = Words("{x:.2f} %", x=self.read("single"), size=84, color=BAR).move_to([3.6, 2.0, 0])
        name = Words("at one place", size=BODY, color=SOFT).next_to(risk, DOWN, buff=0.35)
        self.bring = window
        with self.say("looks.one") as cue:
            self.play(FadeIn(self.world), run_time=0.6)
            cue.until("place")
            self.play(Create(window), FadeIn(risk), FadeIn(name), run_time=0.7)
            for way in (np.array([-1.7, 1.4, 0]), np.array([3.0, -2.3, 0])):
                self.play(window.animate.shift(way), run_time=0.8)
            cue.until("safe")
            self.play(window.animate.scale(1.25), run_time=0.4)
        self.risk = VGroup(risk, name)

    def bar(self, y: float, value: float, colour: str) -> Rectangle:
        made = Rectangle(width=UNIT * value, height=0.85, stroke_width=0).set_fill(colour, 1)
        return made.move_to([ZERO, y, 0], aligned_edge=LEFT)

    def many(self) -> None:
        corner = self.world.image.get_corner(DOWN + LEFT)
        places = corner[:2] + self.rng.uniform(0.06, 0.94, (700, 2)) * 6.6
        self.marks = specks(places, BAR, 0.09, 0.75)
        count = Words("{n:,.0f} places", n=self.found.read("looks"), size=HEADING, color=BAR).move_to([3.6, 3.3, 0])
        self.formula = self.bar(-0.35, float(self.read("formula")), NOISE)
        name = Words("as dice", size=BODY, color=NOISE).move_to([ZERO + 0.15, 0.5, 0], aligned_edge=LEFT)
        value = Words("{x:.0f} %", x=self.read("formula"), size=HEADING, color=NOISE)
        value.next_to(self.formula, RIGHT, buff=0.25)
        zero = Line([ZERO, 0.2, 0], [ZERO, -2.75, 0]).set_stroke(FAINT, 5)
        with self.say("looks.many") as cue:
            cue.until("places")
            self.play(Transform(self.bring, self.marks), FadeIn(count), run_time=0.9)
            cue.until("dice")
            self.play(self.risk.animate.scale(0.8).move_to([3.6, 1.9, 0]), FadeIn(zero), FadeIn(name), run_time=0.5)
            cue.until("formula")
            self.play(GrowFromEdge(self.formula, LEFT), FadeIn(value), run_time=0.8)
        self.told = VGroup(name, value)
        self.count = count

    def measured(self) -> None:
        y = -2.2
        bar = self.bar(y, float(self.read("measured")), BAR)
        ends = [np.array([ZERO + UNIT * float(self.read(name)), y, 0]) for name in ("low", "high")]
        spread = whisker(ends[0], ends[1])
        name = Words("measured", size=BODY, color=BAR).move_to([ZERO + 0.15, y + 0.85, 0], aligned_edge=LEFT)
        value = Words("{x:.0f} %", x=self.read("measured"), size=HEADING, color=BAR).next_to(spread, RIGHT, buff=0.25)
        worth = Words("worth {n:,.0f}", n=self.read("effective"), size=HEADING, color=BAR).move_to([3.6, 2.45, 0])
        share = float(self.read("effective")) / float(self.found["looks"])
        keep = self.rng.permutation(700)[: round(700 * share)]
        corner = self.world.image.get_corner(DOWN + LEFT)
        fewer = specks(corner[:2] + self.rng.uniform(0.06, 0.94, (len(keep), 2)) * 6.6, BAR, 0.09, 0.75)
        look = Rectangle(width=0.8 * self.size, height=self.size).set_stroke(INK, 5).move_to(self.world)
        near = VGroup(look, look.copy())
        with self.say("looks.measured") as cue:
            cue.until("tried")
            self.play(GrowFromEdge(bar, LEFT), FadeIn(name), FadeIn(value), run_time=0.7)
            self.play(Create(spread), run_time=0.5)
            cue.until("near")
            self.play(FadeIn(near), run_time=0.4)
            self.play(near[1].animate.shift([0.12 * self.size, 0, 0]), run_time=0.9)
            cue.until("worth")
            self.play(FadeOut(self.risk), FadeOut(near), FadeIn(worth), Transform(self.bring, fewer), run_time=0.8)
            cue.until("fewer")
            self.play(self.count.animate.set_fill(SOFT), run_time=0.5)
        self.shown, self.worth = bar, worth

    def end(self) -> None:
        with self.say("looks.end") as cue:
            self.play(self.worth.animate.scale(1.15), run_time=0.4)
            cue.until("wrong")
            self.play(self.shown.animate.set_fill(opacity=0.6), run_time=0.3)
            self.play(self.shown.animate.set_fill(opacity=1), run_time=0.3)
            cue.until("nobody")
            self.play(self.bring.animate.set_fill(opacity=1), self.world.frame.animate.set_stroke(BAR, 7), run_time=0.7)
