"""Seventh scene: two spotters, the one with few and the other with many beans in its youth."""

from __future__ import annotations

import numpy as np
from manim import LEFT, RIGHT, UP, FadeIn, FadeOut, GrowFromEdge, Line, Rectangle, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.intervals import whisker
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Words
from tapehead.scenes.stage.palette import FAINT, SOFT
from tapehead.scenes.stage.specks import specks

from .pictures import BAR, BEAN, NOISE, Bean

WHO = ("few", "many")
SIDE = {"few": -3.6, "many": 3.6}
ZERO, WIDE = -6.5, 10.6


class Childhood(StageScene):
    """What each has seen, what each takes for a bean, and what Bayes says to that."""

    def construct(self) -> None:
        self.found = self.result("childhoods")
        self.badge_for(self.found.origin, self.found.model)
        self.two()
        self.false()
        self.bayes()
        self.clear_stage(run_time=0.4)

    def youth(self, who: str) -> VGroup:
        """A hundred windows: those with a bean are orange."""
        share = round(float(self.found.read("share", childhood=who)))
        places = np.array([(i % 10, i // 10) for i in range(100)]) * 0.44 - 1.98
        full = np.zeros(100, dtype=bool)
        full[self.rng.permutation(100)[:share]] = True
        blanks, beans = specks(places[~full], NOISE, 0.34, 0.55), specks(places[full], BEAN, 0.38)
        return VGroup(blanks, beans).move_to([SIDE[who], -0.75, 0])

    def two(self) -> None:
        youths = {who: self.youth(who) for who in WHO}
        self.names = {}
        for who in WHO:
            text = Words("{n:.0f} %", n=self.found.read("share", childhood=who), size=84, color=BEAN)
            self.names[who] = text.move_to([SIDE[who] + 0.6, 2.8, 0])
        small = {who: Bean(2.0).next_to(self.names[who], LEFT, buff=0.3).get_center() for who in WHO}
        beans = {who: Bean(4.6).move_to([SIDE[who], 0.2, 0]) for who in WHO}
        with self.say("childhood.two") as cue:
            self.play(*(FadeIn(one, scale=0.8) for one in beans.values()), run_time=0.6)
            cue.until("two")
            self.play(*(one.animate.scale(1.1) for one in beans.values()), run_time=0.5)
            self.play(*(one.animate.scale(2.0 / (1.1 * 4.6)).move_to(small[who]) for who, one in beans.items()))
            for who in WHO:
                cue.until(who)
                self.play(FadeIn(youths[who]), FadeIn(self.names[who]), run_time=0.7)
        self.beans = beans
        self.play(*(FadeOut(one) for one in youths.values()), run_time=0.4)

    def false(self) -> None:
        """False alarms: one bar for each, with its interval."""
        rates = {who: self.found.read("false_alarm_rate", childhood=who) for who in WHO}
        most = max(float(self.found.read("expected_rate", childhood=who)) for who in WHO)
        self.unit = WIDE / max(most, *(float(one) for one in rates.values())) * 0.75
        self.y = {"few": 1.35, "many": -0.35}
        zero = Line([ZERO + 2.5, 2.1, 0], [ZERO + 2.5, -2.9, 0]).set_stroke(FAINT, 5)
        self.start = ZERO + 2.5
        bars, told = {}, {}
        for who in WHO:
            bar = self.bar(self.y[who], float(rates[who]), BAR)
            ends = [
                np.array(
                    [
                        self.start + self.unit * float(self.found.read(f"false_alarm_{end}", childhood=who)),
                        self.y[who],
                        0,
                    ]
                )
                for end in ("low", "high")
            ]
            spread = whisker(ends[0], ends[1], cap=0.2)
            value = Words("{x:.1f} %", x=rates[who], size=HEADING, color=BAR).next_to(spread, RIGHT, buff=0.25)
            bars[who], told[who] = bar, VGroup(spread, value)
        title = Words("noise and other things taken for a bean", size=BODY, color=SOFT).move_to([0.4, 3.1, 0])
        with self.say("childhood.false") as cue:
            self.play(
                *(self.beans[who].animate.scale(0.72).move_to([ZERO + 0.65, self.y[who], 0]) for who in WHO),
                *(self.names[who].animate.scale(0.55).move_to([ZERO + 1.85, self.y[who], 0]) for who in WHO),
                FadeIn(zero),
                FadeIn(title),
                run_time=0.8,
            )
            for who in WHO:
                cue.until(who)
                self.play(GrowFromEdge(bars[who], LEFT), run_time=0.6)
                self.play(FadeIn(told[who]), run_time=0.4)

    def bar(self, y: float, value: float, colour: str) -> Rectangle:
        made = Rectangle(width=max(self.unit * value, 0.03), height=0.95, stroke_width=0).set_fill(colour, 1)
        return made.move_to([self.start, y, 0], aligned_edge=LEFT)

    def bayes(self) -> None:
        """The one with few beans, given the expectations of the other."""
        value = self.found.read("expected_rate", childhood="many")
        y = -2.05
        bar = self.bar(y, float(value), BEAN)
        told = Words("{x:.1f} %", x=value, size=HEADING, color=BEAN).next_to(bar, RIGHT, buff=0.25)
        share = Words("as {n:.0f} %", n=self.found.read("share", childhood="many"), size=SMALL, color=BEAN)
        bean = VGroup(Bean(1.35).move_to([ZERO + 0.65, y, 0]), share.move_to([ZERO + 1.75, y, 0]))
        with self.say("childhood.bayes") as cue:
            self.play(self.beans["many"].animate.scale(1.12), run_time=0.4)
            cue.until("bayes")
            self.play(FadeIn(bean, shift=0.4 * UP), run_time=0.5)
            cue.until("give")
            self.play(GrowFromEdge(bar, LEFT), FadeIn(told), run_time=0.8)
