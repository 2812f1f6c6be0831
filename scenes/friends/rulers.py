"""Third scene: the five numbers of a pair, each with its little picture."""

from __future__ import annotations

import numpy as np
from manim import LEFT, RIGHT, UP, Create, FadeIn, GrowFromEdge, LaggedStart, Line, Rectangle, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, Words
from tapehead.scenes.stage.palette import FAINT
from tapehead.scenes.stage.specks import specks

from .pictures import FIVE, FRIEND, STRANGER

NAMES = (
    ("common friends", "friends in common"),
    ("Jaccard", "share in common"),
    ("degrees", "friends, multiplied"),
    ("Adamic-Adar", "quiet ones count more"),
    ("walks", "walks between them"),
)


class Rulers(StageScene):
    """Five rows, one after the other, then two clouds."""

    def construct(self) -> None:
        self.badge_for(self.result("toy").origin)
        self.rows = VGroup()
        toy = self.result("toy")
        for n, ((feature, name), colour) in enumerate(zip(NAMES, FIVE, strict=True)):
            y = 2.7 - 1.25 * n
            value = toy.read("pair", feature=feature)
            label = Words(name, size=BODY, color=colour).move_to([-0.6, y, 0], aligned_edge=RIGHT)
            bar = Rectangle(width=0.75 * float(value), height=0.55, stroke_width=0).set_fill(colour, 1)
            bar.move_to([-0.2, y, 0], aligned_edge=LEFT)
            number = Words("{x}", x=value, size=HEADING, color=colour).next_to(bar, RIGHT, buff=0.3)
            self.rows.add(VGroup(label, bar, number))
        self.zero = Line([-0.2, 3.2, 0], [-0.2, -2.8, 0]).set_stroke(FAINT, 5)
        self.first()
        self.second()
        self.clear_stage(run_time=0.4)
        self.point()
        self.clear_stage(run_time=0.4)

    def show(self, n: int) -> None:
        label, bar, number = self.rows[n]
        self.play(FadeIn(label), GrowFromEdge(bar, LEFT), FadeIn(number), run_time=0.7)

    def first(self) -> None:
        with self.say("rulers.first") as cue:
            self.play(FadeIn(self.zero), run_time=0.4)
            for n, mark in enumerate(("common", "share")):
                cue.until(mark)
                self.show(n)

    def second(self) -> None:
        with self.say("rulers.second") as cue:
            for n, mark in enumerate(("times", "quiet", "walks"), 2):
                cue.until(mark)
                self.show(n)

    def point(self) -> None:
        """Two clouds of specks that overlap."""
        one = self.rng.normal([2.2, 1.0], [1.3, 0.9], (160, 2)).clip([-6, -2.6], [6.4, 3.2])
        other = self.rng.normal([-1.9, -0.4], [1.4, 0.9], (160, 2)).clip([-6, -2.6], [6.4, 3.2])
        clouds = VGroup(specks(one, FRIEND, 0.13), specks(other, STRANGER, 0.13))
        names = VGroup(
            Words("friends", size=HEADING, color=FRIEND).move_to([5.0, 3.3, 0]),
            Words("strangers", size=HEADING, color=STRANGER).move_to([-5.0, 2.6, 0]),
        )
        fence = Line(np.array([-1.6, 3.2, 0]), np.array([1.9, -2.8, 0])).set_stroke(FAINT, 8)
        with self.say("rulers.point") as cue:
            cue.until("clouds")
            self.typed(clouds)  # from here on the badge is another one
            self.play(LaggedStart(*(FadeIn(cloud, shift=0.2 * UP) for cloud in clouds), lag_ratio=0.4), run_time=1.2)
            self.play(FadeIn(names), run_time=0.4)
            cue.until("fence")
            self.play(Create(fence), run_time=0.7)
