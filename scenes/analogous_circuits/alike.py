"""First scene: a horse, a zebra and a car; a claim; and a small network that says otherwise."""

from __future__ import annotations

import itertools

from manim import DOWN, LEFT, RIGHT, UP, Create, FadeIn, FadeOut, Group, GrowFromEdge, Line, VGroup

from tapehead.analysis.results import Origin
from tapehead.scenes.stage.base import Cue, StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, Words
from tapehead.scenes.stage.meters import BarChart
from tapehead.scenes.stage.networks import disc
from tapehead.scenes.stage.palette import INK, SOFT

from .pictures import COMMON, FAR, FIRST, NEAR, photo

COLOURS = (FIRST, NEAR, FAR)
UNIT = 46.0
"""How long an overlap of one would be."""


class Alike(StageScene):
    """Three pictures, the inside of a network, what was published, what we found."""

    def construct(self) -> None:
        self.own, self.published = self.result("inside"), self.result("published")
        self.badge_for(self.own.origin, self.own.model)
        self.look()
        self.inside()
        self.claim()
        self.again()
        self.clear_stage(run_time=0.4)

    def look(self) -> None:
        self.photos = [
            photo(picture, 4.3, colour).move_to([x, 0.9, 0])
            for picture, colour, x in zip(self.own["picture"], COLOURS, (-4.65, 0.0, 4.65), strict=True)
        ]
        marks = VGroup(*(Words("?", size=HUGE, color=COMMON, bold=True).move_to([x, -2.3, 0]) for x in (-2.325, 2.325)))
        strings = VGroup(*(Line([x - 1.9, -1.55, 0], [x + 1.9, -1.55, 0]) for x in (-2.325, 2.325)))
        strings.set_stroke(COMMON, 8)
        with self.say("alike.look") as cue:
            self.play(FadeIn(self.photos[0], scale=0.9), run_time=0.5)
            for mark, one in zip(("zebra", "car"), self.photos[1:], strict=True):
                cue.until(mark)
                self.play(FadeIn(one, scale=0.9), run_time=0.4)
            cue.until("which")
            self.play(Create(strings), FadeIn(marks), run_time=0.6)
            cue.until("think")
            self.play(FadeOut(strings[1]), FadeOut(marks), run_time=0.4)
        self.string = strings[0]

    def inside(self) -> None:
        """The pictures go into a network: columns of neurons, and those that shout."""
        columns, rows = 4, 6
        net = VGroup(
            *(
                VGroup(*(disc([x, y, 0], SOFT, 0.33, width=4) for y in [2.75 - 1.05 * k for k in range(rows)]))
                for x in [0.2 + 1.75 * n for n in range(columns)]
            )
        )
        wires = VGroup(
            *(
                Line(a.get_center(), b.get_center()).set_stroke(SOFT, 1.5, 0.5)
                for one, other in itertools.pairwise(net)
                for a in one
                for b in other
            )
        )
        with self.say("alike.inside") as cue:
            cue.until("pixels")
            self.play(*(one.animate.scale(0.94) for one in self.photos), run_time=0.4)
            cue.until("head")
            self.badge_for(Origin.ILLUSTRATION)
            self.play(
                FadeOut(self.string),
                *(
                    one.animate.scale(2.1 / 4.04).move_to([-4.9, y, 0])
                    for one, y in zip(self.photos, (2.5, 0.15, -2.2), strict=True)
                ),
                FadeIn(VGroup(wires, net)),
                run_time=0.8,
            )
            cue.until("machine")
            # Which neurons are lit here means nothing: they only say that each picture lights some of them.
            lit = self.rng.permutation(columns * rows)
            cells = [one for column in net for one in column]
            for n, colour in enumerate(COLOURS):
                chosen = [cells[k] for k in lit[6 * n : 6 * n + 6]]
                self.play(*(one.animate.set_fill(colour, 0.9) for one in chosen), run_time=0.5)
        self.net = VGroup(wires, net)

    def bars(self, result_name: str, names: tuple[str, str], y: float) -> BarChart:
        found = self.result(result_name)
        if result_name == "inside":
            values = [found.read("overlap", pair=pair) for pair in ("near", "far")]
        else:
            values = [found.read("overlap", pair=f"horse and {other}") for other in ("zebra", "car")]
        made = BarChart(values, names, (NEAR, FAR), unit=UNIT, height=0.85, gap=0.5, size=HEADING)
        return made.move_to([1.2, y, 0])

    def grow(self, cue: Cue, chart: BarChart, marks: tuple[str, str]) -> None:
        for n, mark in enumerate(marks):
            cue.until(mark)
            self.play(FadeIn(chart.names[n]), GrowFromEdge(chart.bars[n], LEFT), run_time=0.5)
            self.play(FadeIn(chart.values[n]), run_time=0.2)

    def claim(self) -> None:
        chart = self.bars("published", ("horse, zebra", "horse, car"), 0.3)
        chart.shift((-1.9 - chart.zero.get_x()) * RIGHT)
        title = Words("GoogLeNet", size=HEADING, color=INK).move_to([-1.9, 1.95, 0], aligned_edge=LEFT)
        small = Group(*self.photos)
        with self.say("alike.claim") as cue:
            self.play(*(one.frame.animate.set_stroke(COMMON, 6) for one in self.photos), run_time=0.4)
            cue.until("loud")
            self.play(self.net.animate.set_opacity(0.45), run_time=0.4)
            cue.until("near")
            self.play(FadeOut(self.net), FadeOut(small), run_time=0.4)
            self.badge_for(self.published.origin)
            self.play(FadeIn(title), FadeIn(chart.zero), run_time=0.4)
            self.grow(cue, chart, ("near", "far"))
            cue.until("wins")
            self.play(chart.bars[0].animate.set_fill(COMMON), run_time=0.3)
            self.play(chart.bars[0].animate.set_fill(NEAR), run_time=0.4)
        self.chart = VGroup(chart, title)

    def again(self) -> None:
        chart = self.bars("inside", ("horse, zebra", "horse, car"), -1.85)
        chart.shift((-1.9 - chart.zero.get_x()) * RIGHT)
        title = Words("ours", size=HEADING, color=INK).move_to([-1.9, -0.2, 0], aligned_edge=LEFT)
        said = Words("published", size=BODY, color=SOFT).next_to(self.chart[1], RIGHT, buff=0.4, aligned_edge=DOWN)
        said.shift(1.45 * UP)
        with self.say("alike.own") as cue:
            self.badge_for(self.own.origin, self.own.model)
            self.play(self.chart.animate.shift(1.45 * UP), run_time=0.5)
            self.play(FadeIn(said), FadeIn(title), FadeIn(chart.zero), run_time=0.4)
            self.grow(cue, chart, ("near", "far"))
            cue.until("wrong")
            self.play(chart.bars[1].animate.set_fill(COMMON), chart.values[1].animate.shift(0.15 * UP), run_time=0.4)
            self.play(chart.bars[1].animate.set_fill(FAR), chart.values[1].animate.shift(0.15 * DOWN), run_time=0.4)
