"""Eighth scene: the strings' direction in ten portraits, with its controls, and the ghost that beats it."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Arc,
    Circle,
    FadeIn,
    FadeOut,
    Group,
    LaggedStart,
    Line,
    Rectangle,
    VGroup,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Words
from tapehead.scenes.stage.palette import BAD, FAINT, GOOD, HIGHLIGHT, INK, PANEL, SOFT
from tapehead.scenes.stage.planes import arrow
from tapehead.scenes.stage.portraits import Monitor, Portrait

FAMILIES = (
    ("bottleneck", "five loudest", HIGHLIGHT),
    ("low-pass", "random, same grain", SOFT),
    ("isotropic", "random", SOFT),
)
GHOST = ("eigenfaces", "the album's ghosts", GOOD)
SWITCHED = 0.5
"""A push switches the strings if it moves their score by more than this; the scale runs from -1 to 1."""


class Many(StageScene):
    """Ten portraits both ways, shares that tip, how the arrows agree, and the control that wins."""

    def construct(self) -> None:
        self.ten()
        self.fence()
        self.same()
        self.ghost()
        self.beaten()

    def ten(self) -> None:
        """Each portrait pushed both ways along its best direction."""
        found = self.result("found")
        count = int(found["samples"])
        columns = Group()
        for n in range(count):
            three = Group(*(Portrait(np.moveaxis(p, 0, -1), 1.22) for p in found["picture"][n])).arrange(DOWN, buff=0.1)
            columns.add(three)
        columns.arrange(RIGHT, buff=0.12).move_to([0, 1.1, 0])
        picks = found["pick"][found.quantity("pick").labels["family"].index("bottleneck")]
        rings = VGroup(
            *(
                Rectangle(width=c.width + 0.1, height=c.height + 0.1).set_stroke(BAD, 6).move_to(c)
                for n, c in enumerate(columns)
                if picks[n] > SWITCHED
            )
        )
        share = Words(
            "{x:.0f} % of {n} portraits",
            x=found.read("flips", family="bottleneck"),
            n=found.read("samples"),
            size=HEADING,
            color=BAD,
        ).move_to([0, -2.4, 0])
        rows = Words("rows: pushed one way, as it was, pushed the other way", size=SMALL, color=SOFT)
        rows.move_to([0, -1.35, 0])
        self.add(columns[0][1])
        with self.say("many.ten") as cue:
            cue.until("ten")
            self.play(LaggedStart(*(FadeIn(c[1]) for c in columns[1:]), lag_ratio=0.1), run_time=1.0)
            cue.until("five")
            self.play(*(FadeIn(p) for c in columns for p in (c[0], c[2])), FadeIn(rows), run_time=0.6)
            cue.until("switches")
            self.play(FadeIn(rings), FadeIn(share), run_time=0.6)
        self.clear_stage(run_time=0.4)

    def bar(self, family: str, name: str, colour: str, y: float) -> VGroup:
        """A bar with the share of portraits that tip."""
        reading = self.result("found").read("flips", family=family)
        label = Words(name, size=BODY, color=colour)
        label.move_to([-1.9, y, 0], aligned_edge=RIGHT)
        made = Rectangle(width=max(0.05, 0.062 * float(reading)), height=0.55, stroke_width=0).set_fill(colour, 1)
        made.move_to([-1.5, y, 0], aligned_edge=LEFT)
        number = Words("{x:.0f} %", x=reading, size=BODY, color=colour).next_to(made, RIGHT, buff=0.2)
        return VGroup(label, made, number)

    def fence(self) -> None:
        """Shares by family; then a ball on a ridge."""
        self.bars = VGroup(*(self.bar(*family, 2.4 - 1.0 * n) for n, family in enumerate(FAMILIES)))
        title = Words("portraits whose strings are switched", size=SMALL, color=SOFT).move_to([0.4, 3.35, 0])
        ridge = Arc(radius=1.6, start_angle=0.3, angle=np.pi - 0.6).set_stroke(SOFT, 6).move_to([0, -2.3, 0])
        ball = Circle(radius=0.22).set_fill(HIGHLIGHT, 1).set_stroke(width=0).move_to(ridge.get_top() + 0.24 * UP)
        self.title = title
        with self.say("many.fence") as cue:
            self.play(FadeIn(self.bars[0]), FadeIn(title), run_time=0.4)
            cue.until("random")
            self.play(FadeIn(self.bars[1]), FadeIn(self.bars[2]), run_time=0.5)
            cue.until("fence")
            self.play(FadeIn(ridge), FadeIn(ball), run_time=0.5)
            cue.until("tip")
            self.play(ball.animate.shift([1.3, -0.7, 0]), run_time=0.6)
        self.clear_stage(run_time=0.4)

    def same(self) -> None:
        """Agreement of each arrow with the mean of the others: bottleneck against smooth random ones."""
        found = self.result("found")
        edges = found["edges"]
        labels = found.quantity("histogram").labels["family"]
        unit = 11.0 / (edges[-1] - edges[0])
        tall = 3.2 / float(found["histogram"][[labels.index(f) for f in ("bottleneck", "low-pass")]].max())

        def heap(family: str, colour: str, shift: float) -> VGroup:
            counts = found["histogram"][labels.index(family)]
            bars = VGroup()
            for n, high in enumerate(counts):
                bar = Rectangle(width=0.22, height=max(0.01, tall * float(high)), stroke_width=0).set_fill(colour, 1)
                x = unit * (edges[n] + edges[n + 1]) / 2 + shift
                bars.add(bar.move_to([x, -1.6, 0], aligned_edge=DOWN))
            return bars

        floor = Line([-5.6, -1.6, 0], [5.6, -1.6, 0]).set_stroke(FAINT, 3)
        ends = VGroup(
            Words("opposite", size=SMALL, color=SOFT).move_to([-5.0, -2.1, 0]),
            Words("no agreement", size=SMALL, color=SOFT).move_to([0, -2.1, 0]),
            Words("the same", size=SMALL, color=SOFT).move_to([5.0, -2.1, 0]),
        )
        turned = (0.1, 0.7, -0.5, 1.2, 0.4)
        drawn = Words("a drawing", size=SMALL, color=SOFT).move_to([4.4, 2.6, 0])
        turns = [arrow(np.zeros(3), 0.9 * np.array([np.cos(a), np.sin(a), 0]), HIGHLIGHT, 5) for a in turned]
        arrows = VGroup(*turns).arrange(RIGHT, buff=0.5).move_to([0, 2.6, 0])
        random = Words("random, same grain", size=BODY, color=SOFT).move_to([-3.8, 1.2, 0])
        yours = Words("yours", size=BODY, color=HIGHLIGHT).move_to([3.4, 0.6, 0])
        with self.say("many.same") as cue:
            self.play(FadeIn(arrows), FadeIn(drawn), run_time=0.5)
            cue.until("turn")
            self.play(*(each.animate.rotate(-0.6 * a) for each, a in zip(arrows, turned, strict=True)), run_time=1.2)
            cue.until("hold")
            self.play(FadeIn(floor), FadeIn(ends), run_time=0.5)
            cue.until("random")
            self.play(FadeIn(heap("low-pass", SOFT, -0.12)), FadeIn(random), run_time=0.5)
            cue.until("yours")
            self.play(FadeIn(heap("bottleneck", HIGHLIGHT, 0.12)), FadeIn(yours), run_time=0.5)
        self.clear_stage(run_time=0.4)

    def ghost(self) -> None:
        """The patient asks."""
        found = self.result("found")
        monitor = Monitor(np.moveaxis(found["picture"][0, 1], 0, -1), 4.6).move_to([0, 0.3, 0])
        with self.say("many.ghost") as cue:
            self.play(FadeIn(monitor), monitor.lamp.animate.set_fill(HIGHLIGHT), run_time=0.5)
            self.play(monitor.animate.scale(1.04), run_time=max(0.3, cue.left))
        self.play(FadeOut(monitor), run_time=0.3)

    def beaten(self) -> None:
        """The fourth bar is the longest, and it is written down."""
        fourth = self.bar(*GHOST, 2.4 - 1.0 * len(FAMILIES))
        page = Rectangle(width=5.6, height=1.1).set_fill(PANEL, 1).set_stroke(FAINT, 3).move_to([-1.2, -2.2, 0])
        words = Words("The control wins.", size=BODY, color=INK, italic=True).move_to(page)
        n = arrow(np.array([3.2, -2.7, 0]), np.array([5.2, -1.6, 0]), HIGHLIGHT)
        name = Words("average arrow", size=SMALL, color=HIGHLIGHT).next_to(n, DOWN, buff=0.15)
        with self.say("many.beaten") as cue:
            self.play(FadeIn(self.bars), FadeIn(self.title), run_time=0.4)
            cue.until("ten")
            self.play(FadeIn(fourth), run_time=0.5)
            cue.until("write")
            self.play(FadeIn(page), FadeIn(words), run_time=0.5)
            cue.until("average")
            self.play(FadeIn(n), FadeIn(name), run_time=0.5)
