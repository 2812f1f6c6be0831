"""Second scene: sales against a wall, and the ruler that unrolls it."""

from __future__ import annotations

import itertools

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    ArcBetweenPoints,
    Create,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    Line,
    Rectangle,
    Transform,
    VGroup,
)

from tapehead.analysis.results import Reading
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Words
from tapehead.scenes.stage.palette import HIGHLIGHT, INK, SOFT
from tapehead.scenes.stage.specks import block, specks

from .pictures import SALES, TALK, heaped, speech

LEFT_END, WIDE = -6.0, 12.0
UPPER, LOWER = 0.75, -2.3
BIN, STEP = 26, 0.13


def ruler(y: float, places: list[float], readings: list[Reading], colour: str) -> VGroup:
    """A line with ticks at places (0 to 1) and a number under each.  Parts: line, ticks, numbers."""
    line = Line([LEFT_END, y, 0], [LEFT_END + WIDE, y, 0]).set_stroke(colour, 5)
    ticks, numbers = VGroup(), VGroup()
    for place, reading in zip(places, readings, strict=True):
        x = LEFT_END + WIDE * place
        ticks.add(Line([x, y + 0.12, 0], [x, y - 0.12, 0]).set_stroke(INK, 4))
        numbers.add(Words("{n:,.0f}", n=reading, size=SMALL, color=SOFT).next_to([x, y - 0.1, 0], DOWN, buff=0.16))
    return VGroup(line, ticks, numbers)


class Logs(StageScene):
    """The wall, the other ruler, the heap, how lopsided it still is, and talk."""

    def construct(self) -> None:
        self.wall()
        self.rule()
        self.unroll()
        self.skew()
        self.talk()
        self.clear_stage(run_time=0.4)

    def wall(self) -> None:
        """Every game at its sales, on a ruler that adds."""
        found = self.result("logs")
        self.values = found["raw"][0]
        even = found.row("even", "step")
        self.top = float(even[-1]) * 1.08
        self.even = ruler(UPPER, [float(n) / self.top for n in even], even, SALES)
        jitter = self.rng.uniform(0.2, 2.2, self.values.size)
        places = np.column_stack([LEFT_END + WIDE * self.values / self.top, UPPER + jitter])
        self.games = specks(places, SALES, 0.1)
        self.unit = Words("sales, in thousands", size=SMALL, color=SALES).move_to(
            [LEFT_END + WIDE, 3.4, 0], aligned_edge=RIGHT
        )
        tenth = LEFT_END + WIDE * float(found.read("largest", column="sales")) / 10 / self.top
        fence = Rectangle(width=tenth - LEFT_END + 0.1, height=2.35).set_stroke(HIGHLIGHT, 5)
        fence.move_to([LEFT_END - 0.05, UPPER + 1.2, 0], aligned_edge=LEFT)
        share = Words(
            "{x:.0f} % below a tenth of the best", x=found.read("below", column="sales"), size=BODY, color=HIGHLIGHT
        )
        share.move_to([1.4, -1.0, 0])
        with self.say("logs.wall") as cue:
            self.play(FadeIn(self.even), FadeIn(self.unit), run_time=0.5)
            self.play(FadeIn(self.games, shift=0.4 * DOWN), run_time=0.8)
            cue.until("wall")
            self.play(Create(fence), run_time=0.8)
            cue.until("tenth")
            self.play(FadeIn(share, shift=0.2 * UP), run_time=0.6)
        self.play(FadeOut(fence), FadeOut(share), run_time=0.4)

    def rule(self) -> None:
        """Steps that add, and below them steps that multiply."""
        found = self.result("logs")
        ladder = found.row("ladder", "rung")
        self.ladder = ruler(LOWER, [n / 4 for n in range(5)], ladder, SALES)

        def hops(line: VGroup, colour: str) -> VGroup:
            ends = [tick.get_center() for tick in line[1]]
            return VGroup(
                *(
                    ArcBetweenPoints(a + 0.15 * UP, b + 0.15 * UP, angle=-1.1).set_stroke(colour, 5)
                    for a, b in itertools.pairwise(ends)
                )
            )

        adds, times = hops(self.even, INK), hops(self.ladder, HIGHLIGHT)
        plus = Words("add the same", size=BODY, color=INK).move_to([0, -0.65, 0])
        by = Words("times ten", size=BODY, color=HIGHLIGHT).move_to([0, -0.65, 0])
        with self.say("logs.ruler") as cue:
            self.play(self.games.animate.set_fill(opacity=0.35), run_time=0.4)
            cue.until("adds")
            self.play(LaggedStart(*(Create(arc) for arc in adds), lag_ratio=0.5), FadeIn(plus), run_time=1.4)
            cue.until("times")
            self.play(FadeOut(adds), FadeOut(plus), FadeIn(self.ladder), run_time=0.5)
            self.play(LaggedStart(*(Create(arc) for arc in times), lag_ratio=0.5), FadeIn(by), run_time=1.2)
        self.play(FadeOut(times), FadeOut(by), self.games.animate.set_fill(opacity=1), run_time=0.4)

    def unroll(self) -> None:
        """The same dots drop to the same numbers on the new ruler."""
        places = heaped(np.log10(self.values), np.linspace(0, 4, 4 * BIN + 1), LEFT_END, WIDE, LOWER + 0.12, STEP)
        target = specks(places, SALES, 0.1)
        with self.say("logs.unroll") as cue:
            cue.until("drop")
            self.play(Transform(self.games, target), run_time=2.2)
            self.play(FadeOut(self.even), run_time=0.4)
            cue.until("heap")
            self.play(Indicate(self.games, color=HIGHLIGHT, scale_factor=1.03), run_time=0.9)

    def skew(self) -> None:
        """Lopsidedness before, after, and that of a bell."""
        found = self.result("logs")
        place = {"column": "sales"}
        rows = (
            ("before", found.read("skewness", unit="raw", **place), SALES),
            ("after", found.read("skewness", unit="log", **place), HIGHLIGHT),
            ("a bell, at most", found.read("normal_high"), SOFT),
        )
        unit, zero = 1.75, -2.6
        shown = VGroup()
        for n, (name, value, colour) in enumerate(rows):
            y = 2.9 - 0.85 * n
            bar = Rectangle(width=unit * float(value), height=0.5, stroke_width=0).set_fill(colour, 1)
            bar.move_to([zero, y, 0], aligned_edge=LEFT)
            label = Words(name, size=SMALL, color=colour).move_to([zero - 0.3, y, 0], aligned_edge=RIGHT)
            number = Words("{x:.1f}", x=value, size=BODY, color=colour).next_to(bar, RIGHT, buff=0.25)
            shown.add(VGroup(label, bar, number))
        with self.say("logs.skew") as cue:
            self.play(FadeOut(self.unit), run_time=0.3)
            cue.until("fallen")
            self.play(FadeIn(shown[0]), run_time=0.5)
            self.play(FadeIn(shown[1]), run_time=0.5)
            cue.until("bell")
            self.play(FadeIn(shown[2]), run_time=0.6)
            cue.until("better")
            self.play(Indicate(shown[1], color=HIGHLIGHT, scale_factor=1.1), run_time=0.8)
        self.clear_stage(run_time=0.4)

    def talk(self) -> None:
        """One bubble, ten, a hundred: equal steps."""
        found = self.result("logs")
        rungs = found.row("ladder", "rung")[:3]
        xs = (-5.0, 0.0, 5.0)
        line = Line([-6.2, -1.9, 0], [6.2, -1.9, 0]).set_stroke(TALK, 6)
        ticks = VGroup(*(Line([x, -1.72, 0], [x, -2.08, 0]).set_stroke(INK, 5) for x in xs))
        numbers = VGroup(
            *(
                Words("{n:.0f}", n=rung, size=HEADING, color=TALK).move_to([x, -2.65, 0])
                for rung, x in zip(rungs, xs, strict=True)
            )
        )
        one = speech(1.5).move_to([xs[0], 0.2, 0])
        ten = VGroup(*(speech(0.62, lines=1).move_to([x, y, 0]) for x, y in block(10, 4, (0.85, 0.75), (0, 0.3))))
        many = VGroup(*(speech(0.26, lines=1) for _ in range(100)))
        for bubble, (x, y) in zip(many, block(100, 10, (0.36, 0.36), (xs[2], 0.5)), strict=True):
            bubble.set_stroke(width=1.5).move_to([x, y, 0])
        arcs = VGroup(
            *(
                ArcBetweenPoints(np.array([a, -1.7, 0]), np.array([b, -1.7, 0]), angle=-0.5).set_stroke(HIGHLIGHT, 6)
                for a, b in itertools.pairwise(xs)
            )
        )
        units = Words("a change of units", size=HEADING, color=HIGHLIGHT).move_to([0, 3.1, 0])
        with self.say("logs.talk") as cue:
            self.play(FadeIn(line), FadeIn(ticks), FadeIn(numbers), run_time=0.6)
            cue.until("one")
            self.play(FadeIn(one, scale=0.6), run_time=0.4)
            self.play(Create(arcs[0]), FadeIn(ten, scale=0.8), run_time=0.8)
            cue.until("ten")
            self.play(Create(arcs[1]), FadeIn(many, scale=0.9), run_time=0.8)
            cue.until("units")
            self.play(FadeIn(units, shift=0.2 * DOWN), run_time=0.6)
