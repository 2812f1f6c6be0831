"""Seventh scene: a black box over the head, over the sky, and everywhere."""

from __future__ import annotations

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Create, FadeIn, FadeOut, GrowFromEdge, Line, Rectangle, Square, VGroup, linear

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.intervals import Intervals
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, Words
from tapehead.scenes.stage.palette import FAINT, GOOD, INK, SOFT

from .pictures import COMMON, FIRST, NOTHING, Rings, photo, tile

PAIR = "antelope with its head covered"


class Box(StageScene):
    """What was published, the missing control, the map, many animals."""

    def construct(self) -> None:
        self.published, self.found, self.many = (self.result(name) for name in ("published", "box", "covers"))
        self.badge_for(self.published.origin)
        self.claim()
        self.own()
        self.map()
        self.animals()
        self.clear_stage(run_time=0.4)

    def claim(self) -> None:
        share = self.published.read("overlap", pair=PAIR)
        rings = Rings(float(share), 1.75, (GOOD, SOFT)).move_to([-3.4, 0.5, 0])
        one = Words("antelope", size=BODY, color=GOOD).next_to(rings.one, UP, buff=0.25).shift(0.5 * LEFT)
        other = Words("head covered", size=BODY, color=SOFT).next_to(rings.other, DOWN, buff=0.25).shift(0.5 * RIGHT)
        value = Words("{x:.2f}", x=share, size=84, color=COMMON, bold=True).move_to([-3.4, 3.25, 0])
        value.shift(3.0 * RIGHT)
        title = Words("impala?", size=BODY, color=SOFT).move_to([4.3, 3.0, 0])
        floor = Line([2.1, -2.2, 0], [6.5, -2.2, 0]).set_stroke(FAINT, 6)
        bars, numbers = VGroup(), VGroup()
        for x, name, colour in ((3.2, "impala_before", GOOD), (5.4, "impala_after", SOFT)):
            reading = self.published.read(name)
            bar = Rectangle(width=1.5, height=0.068 * float(reading), stroke_width=0).set_fill(colour, 1)
            bars.add(bar.move_to([x, -2.2, 0], aligned_edge=DOWN))
            numbers.add(Words("{x:.0f} %", x=reading, size=HEADING, color=colour).next_to(bar, UP, buff=0.15))
        with self.say("box.published") as cue:
            self.play(FadeIn(rings.one), run_time=0.5)
            cue.until("whole")
            self.play(FadeIn(one), run_time=0.5)
            cue.until("covered")
            self.play(FadeIn(rings.other), FadeIn(other), run_time=0.5)
            cue.until("share")
            self.play(FadeIn(rings.both), FadeIn(value), run_time=0.5)
            cue.until("sure")
            self.play(FadeIn(floor), FadeIn(title), run_time=0.3)
            for bar, number in zip(bars, numbers, strict=True):
                self.play(GrowFromEdge(bar, DOWN), FadeIn(number), run_time=0.5)
            cue.until("head")
            self.play(rings.both.animate.set_fill(opacity=1), run_time=0.3)
        self.gone = VGroup(rings, one, other, value, title, floor, bars, numbers)

    def own(self) -> None:
        covered, bare = (
            photo(self.found[name], 4.6, FIRST).move_to([x, 0.9, 0]) for name, x in (("covered", -3.6), ("bare", 3.6))
        )
        head = Words("{x:.2f}", x=self.found.read("head_likeness"), size=HUGE, color=COMMON, bold=True)
        sky = Words("{x:.2f}", x=self.found.read("empty_likeness"), size=HUGE, color=COMMON, bold=True)
        whole = photo(self.found["picture"], 4.6, FIRST).move_to([-3.6, 0.9, 0])
        with self.say("box.own") as cue:
            self.play(FadeOut(self.gone), FadeIn(whole), run_time=0.4)
            self.badge_for(self.found.origin, self.found.model)
            cue.until("own")
            self.play(FadeIn(covered), FadeOut(whole), run_time=0.4)
            self.play(FadeIn(head.move_to([-3.6, -2.2, 0])), run_time=0.4)
            cue.until("control")
            self.play(head.animate.scale(0.85), run_time=0.4)
            cue.until("sky")
            self.play(FadeIn(bare), run_time=0.5)
            self.play(FadeIn(sky.move_to([3.6, -2.2, 0])), run_time=0.4)
            cue.until("lose")
            self.play(sky.animate.set_color(INK), run_time=0.4)
        self.gone = (covered, bare, head, sky)

    def map(self) -> None:
        """The box walks over the picture, and each place fills one square of the map."""
        likeness, places = self.found["likeness"], self.found["at"]
        side = 5.6
        picture = photo(self.found["picture"], side, FIRST).move_to([-3.6, 0.75, 0])
        chart = tile(likeness, side, COMMON).move_to([3.6, 0.75, 0])
        width = side * float(self.found["box"])
        corner = picture.image.get_corner(UP + LEFT)

        def over(x: float, y: float) -> np.ndarray:
            return np.asarray(corner + side * (x * RIGHT + y * DOWN))

        box = Square(width).set_stroke(SOFT, 3).set_fill("#000000", 1).move_to(over(places[0], places[0]))
        cell = side / len(places)
        blind = Rectangle(width=side, height=side, stroke_width=0).set_fill("#0A0B10", 1).move_to(chart)
        row = int(np.argmin(np.abs(places - self.found["least"][1])))
        column = int(np.argmin(np.abs(places - self.found["least"][0])))
        low = chart.image.get_corner(UP + LEFT) + cell * ((column + 0.5) * RIGHT + (row + 0.5) * DOWN)
        ring = Square(cell * 1.25).set_stroke(INK, 6).move_to(low)
        value = Words("{x:.2f}", x=self.found.read("least_likeness"), size=HEADING, color=COMMON, bold=True)
        answer = Words("impala: {x:.0f} %", x=self.found.read("least_probability"), size=HEADING, color=FIRST)
        with self.say("box.map") as cue:
            self.play(*(FadeOut(one) for one in self.gone), FadeIn(picture), run_time=0.5)
            self.play(FadeIn(box), run_time=0.3)
            cue.until("go")
            self.add(chart, blind)
            lanes = 4
            seconds = max(0.5, (cue.to("here") - 0.4) / (2 * lanes))
            for lane in range(lanes):
                y = places[round((len(places) - 1) * lane / (lanes - 1))]
                ends = (places[-1], places[0]) if lane % 2 == 0 else (places[0], places[-1])
                left = side * (1 - (lane + 1) / lanes)
                smaller = Rectangle(width=side, height=max(left, 0.01), stroke_width=0).set_fill("#0A0B10", 1)
                smaller.move_to(chart.image.get_bottom(), aligned_edge=DOWN)
                self.play(box.animate.move_to(over(ends[1], y)), run_time=0.5 * seconds, rate_func=linear)
                self.play(
                    box.animate(rate_func=linear).move_to(over(ends[0], y)),
                    blind.animate(rate_func=linear).become(smaller),
                    run_time=1.5 * seconds,
                )
            self.remove(blind)
            cue.until("here")
            least = self.found["least"]
            self.play(box.animate.move_to(over(least[0], least[1])), Create(ring), run_time=0.6)
            self.play(FadeIn(value.move_to([3.6, -2.65, 0])), FadeIn(answer.move_to([-3.0, -2.65, 0])), run_time=0.4)
        self.gone = (picture, box, chart, ring, value, answer)

    def animals(self) -> None:
        order = ("sky", "head", "middle")
        readings = [tuple(self.many.read(name, cover=cover) for name in ("mean", "low", "high")) for cover in order]
        chart = Intervals(
            readings,
            [f"box: {cover}" for cover in order],
            (NOTHING, FIRST, COMMON),
            zero=(-1.9, 1.5),
            unit=9.2,
            step=1.75,
            thick=1.0,
            size=HEADING,
        )
        title = Words("{n:.0f} animals: overlap that is left", n=self.many.read("pictures"), size=HEADING, color=INK)
        title.move_to([0, 3.2, 0])
        with self.say("box.many") as cue:
            self.play(*(FadeOut(one) for one in self.gone), FadeIn(title), FadeIn(chart.zero), run_time=0.5)
            for n, cover in enumerate(order):
                cue.until(cover)
                self.play(GrowFromEdge(chart.bars[n], LEFT), FadeIn(chart.names[n]), run_time=0.5)
                self.play(FadeIn(chart.whiskers[n]), FadeIn(chart.values[n]), run_time=0.3)
            cue.until("more")
            self.play(chart.bars[2].animate.set_fill(INK), run_time=0.3)
            self.play(chart.bars[2].animate.set_fill(COMMON), run_time=0.4)
