"""Third scene: the loudest tenth is a set, and two sets overlap."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Create,
    FadeIn,
    FadeOut,
    GrowFromCenter,
    Line,
    Polygon,
    Triangle,
    VGroup,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.charts import NamedAxes
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, Words
from tapehead.scenes.stage.palette import FAINT, INK, SOFT

from .pictures import COMMON, FIRST, NEAR, Rings, photo, wall


class RingsScene(StageScene):
    """Sort, cut, two rings, the scale."""

    def construct(self) -> None:
        self.found = self.result("inside")
        self.badge_for(self.found.origin, self.found.model)
        self.sort()
        self.keep()
        self.two()
        self.scale()
        self.clear_stage(run_time=0.4)

    def sort(self) -> None:
        inside, ranked = self.found["activation"][0], self.found["ranked"]
        tiles = wall(np.sqrt(inside / inside.max()), 12, FIRST, 6.2).move_to([0, 0.4, 0])
        self.chart = NamedAxes(
            (-6.4, -2.4), (12.8, 5.2), (0, len(ranked)), (0, float(ranked[0]) * 1.02), ("rank", "how loud")
        )
        self.hill = self.area(0, len(ranked))
        with self.say("rings.sort") as cue:
            self.play(FadeIn(tiles), run_time=0.5)
            cue.until("sort")
            self.play(FadeOut(tiles), FadeIn(self.chart), run_time=0.5)
            self.play(FadeIn(self.hill), run_time=0.7)
            cue.until("plain")
            self.play(self.hill.animate.set_fill(opacity=0.9), run_time=0.3)

    def area(self, start: int, end: int) -> Polygon:
        """The hill between two ranks."""
        ranked = self.found["ranked"]
        xs = np.unique(np.linspace(start, end - 1, 240).astype(int))
        points = [self.chart.at(float(x), float(ranked[x])) for x in xs]
        feet = [self.chart.at(float(xs[-1]), 0), self.chart.at(float(xs[0]), 0)]
        return Polygon(*points, *feet).set_stroke(width=0).set_fill(SOFT, 0.6)

    def keep(self) -> None:
        size = int(self.found["size"])
        loud, rest = self.area(0, size).set_fill(FIRST, 1), self.area(size, len(self.found["ranked"]))
        cut = Line(self.chart.at(size, 0), self.chart.at(size, self.chart.up[1])).set_stroke(COMMON, 6)
        words = Words(
            "{n:.0f} of {all:,.0f}",
            n=self.found.read("size"),
            all=self.found.read("values"),
            size=84,
            color=FIRST,
        ).next_to(cut, RIGHT, buff=0.5)
        words.shift(0.6 * UP)
        with self.say("rings.keep") as cue:
            cue.until("keep")
            self.play(Create(cut), FadeIn(words), run_time=0.5)
            self.remove(self.hill)
            self.add(loud, rest)
            cue.until("forget")
            self.play(loud.animate.set_fill(opacity=0.7), run_time=0.4)
            cue.until("set")
            self.play(FadeOut(rest), loud.animate.set_fill(opacity=0.9), run_time=0.6)
        self.gone = VGroup(self.chart, loud, cut, words)

    def two(self) -> None:
        near = self.found.read("overlap", pair="near")
        self.rings = Rings(float(near), 2.15, (FIRST, NEAR)).move_to([-2.2, 0.35, 0])
        small = [
            photo(self.found["picture"][n], 1.75, colour).move_to([x, 0.35, 0])
            for n, (colour, x) in enumerate(
                ((FIRST, self.rings.one.get_x() - 0.55), (NEAR, self.rings.other.get_x() + 0.55))
            )
        ]
        common = Words("{n:.0f}", n=self.found.read("common", pair="near"), size=HEADING, color=COMMON)
        common.next_to(self.rings.both, UP, buff=0.55)
        string = Line(common.get_bottom() + 0.08 * DOWN, self.rings.both.get_top()).set_stroke(COMMON, 4)
        either = Words("{n:.0f} in all", n=self.found.read("either", pair="near"), size=HEADING, color=INK)
        either.move_to([self.rings.get_x(), -2.65, 0])
        share = Words("{x:.2f}", x=near, size=1.6 * HUGE, color=COMMON, bold=True).move_to([5.1, 0.45, 0])
        name = Words("overlap", size=HEADING, color=SOFT).next_to(share, DOWN, buff=0.35)
        with self.say("rings.two") as cue:
            self.play(FadeOut(self.gone), GrowFromCenter(self.rings.one), FadeIn(small[0]), run_time=0.6)
            cue.until("hers")
            self.play(GrowFromCenter(self.rings.other), FadeIn(small[1]), run_time=0.6)
            cue.until("both")
            self.play(FadeIn(self.rings.both), FadeIn(common), Create(string), run_time=0.5)
            self.play(FadeIn(either), run_time=0.5)
            cue.until("divide")
            self.play(FadeIn(share, scale=0.8), FadeIn(name), run_time=0.5)
        self.share, self.name = share, name
        self.drawn = [*small, VGroup(common, string, either, self.rings)]

    def scale(self) -> None:
        """From zero to one, and the mark where the two are."""
        line = Line([-5.9, -0.9, 0], [5.9, -0.9, 0]).set_stroke(FAINT, 8)
        ends = VGroup(
            Words("nothing in common", size=BODY, color=SOFT).move_to([-5.9, -1.75, 0], aligned_edge=LEFT),
            Words("the same", size=BODY, color=SOFT).move_to([5.9, -1.75, 0], aligned_edge=RIGHT),
        )
        at = line.get_start() + float(self.share.shown[0]["value"]) * (line.get_end() - line.get_start())
        mark = Triangle().set_stroke(width=0).set_fill(COMMON, 1).scale(0.28).rotate(np.pi).move_to(at + 0.4 * UP)
        ask = Words("?", size=1.6 * HUGE, color=COMMON, bold=True).move_to([2.0, 1.6, 0])
        with self.say("rings.scale") as cue:
            cue.until("scale")
            self.play(
                *(FadeOut(one) for one in self.drawn),
                FadeOut(self.name),
                self.share.animate.move_to(at + 1.75 * UP),
                Create(line),
                FadeIn(ends),
                run_time=0.7,
            )
            self.play(FadeIn(mark), run_time=0.3)
            cue.until("little")
            self.play(FadeIn(ask), run_time=0.4)
            cue.until("nothing")
            self.play(ends[0].animate.set_color(INK), run_time=0.5)
