"""Third scene: two heaps of fits, a bar across both, and the curve of all bars."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    RIGHT,
    UP,
    Create,
    DashedLine,
    Dot,
    FadeIn,
    FadeOut,
    GrowFromEdge,
    LaggedStart,
    Line,
    ValueTracker,
    smooth,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.charts import NamedAxes
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Words
from tapehead.scenes.stage.meters import Histogram, Readout
from tapehead.scenes.stage.palette import SOFT

from .pictures import BAR, BEAN, NOISE, Bean

WIDE, HIGH = 7.0, 2.35
LEFT_END = -6.7
STEPS = 25
"""Bars at which the numbers are read while the bar moves."""


class Bar(StageScene):
    """Heaps, the high bar, the low bar, the curve and its area."""

    def construct(self) -> None:
        self.found = self.result("study")
        self.badge_for(self.found.origin)
        self.heaps()
        self.high()
        self.lower()
        self.area()
        self.clear_stage(run_time=0.4)

    def heaps(self) -> None:
        signal, blank = self.found["signal"], self.found["blank"]
        low, high = min(signal.min(), blank.min()), max(signal.max(), blank.max())
        edges = np.linspace(low - 1e-9, high + 1e-9, 37)
        self.above = Histogram(signal, edges, width=WIDE, height=HIGH, colour=BEAN)
        self.below = Histogram(blank, edges, width=WIDE, height=HIGH, colour=NOISE)
        for heap, y in ((self.above, 0.75), (self.below, -2.55)):
            heap.shift(np.array([LEFT_END, y, 0]) - heap.floor.get_start())
        names = (
            Words("with a bean", size=BODY, color=BEAN).move_to([LEFT_END, 3.45, 0], aligned_edge=-RIGHT),
            Words("noise alone", size=BODY, color=NOISE).move_to([LEFT_END, 0.1, 0], aligned_edge=-RIGHT),
        )
        fit = (
            Words("fit", size=SMALL, color=SOFT)
            .next_to(self.below.floor, DOWN, buff=0.2)
            .align_to(self.below.floor, RIGHT)
        )
        self.bean = Bean(5.2).move_to([3.9, -0.6, 0])
        with self.say("bar.heaps") as cue:
            shown = (self.above.floor, self.below.floor, fit, self.bean)
            self.play(*(FadeIn(one) for one in shown), run_time=0.5)
            for mark, heap, name in (("hid", self.above, names[0]), ("none", self.below, names[1])):
                cue.until(mark)
                grow = LaggedStart(*(GrowFromEdge(bar, DOWN) for bar in heap.bars), lag_ratio=0.03)
                self.play(grow, FadeIn(name), run_time=1.0)
            cue.until("overlap")
            middle = 0.5 * (np.median(signal) + np.median(blank))
            self.at = ValueTracker(float(middle))
            self.post = Line(UP, DOWN).set_stroke(BAR, 8)
            self.post.add_updater(lambda one: one.put_start_and_end_on(*self.ends(self.at.get_value())))
            self.play(Create(self.post), run_time=0.6)

    def ends(self, value: float) -> tuple[np.ndarray, np.ndarray]:
        """Where the bar stands in both heaps."""
        x = self.above.at(value)[0]
        return np.array([x, 3.1, 0]), np.array([x, -2.6, 0])

    def step_at(self, value: float) -> int:
        """The step of the curve that a bar comes to."""
        return int(np.clip(np.searchsorted(-self.found["threshold"], -value, side="right") - 1, 0, None))

    def high(self) -> None:
        thresholds = self.found["threshold"]
        self.top = float(np.quantile(self.found["blank"], 0.995))
        self.low = float(np.quantile(self.found["blank"], 0.3))
        keys = np.linspace(self.low, self.top, STEPS)
        steps = [self.step_at(key) for key in keys]
        hits = [self.found.read("hit_rate", step=n) for n in steps]
        false = [self.found.read("false_alarm_rate", step=n) for n in steps]
        told = [
            Readout(text, readings, self.at, keys=keys, size=HEADING, color=colour).move_to([3.9, y, 0])
            for text, readings, colour, y in (
                ("beans found {x:.0f} %", hits, BEAN, 3.4),
                ("noise let in {x:.0f} %", false, NOISE, 2.65),
            )
        ]
        for one in told:
            one.align_to([1.1, 0, 0], -RIGHT)
        with self.say("bar.high") as cue:
            self.play(*(FadeIn(one) for one in told), run_time=0.4)
            self.play(self.at.animate.set_value(self.top), run_time=1.0)
            cue.until("beans")
            self.play(self.above.bars.animate.set_fill(opacity=0.75), run_time=0.4)
        assert len(thresholds) > STEPS, "the curve has more steps than are read"

    def lower(self) -> None:
        self.chart = NamedAxes((1.4, -2.55), (5.2, 4.2), (0, 100), (0, 100), ("noise let in", "beans found"))
        self.chart.names[1].shift(0.02 * UP)
        x, y = self.found["false_alarm_rate"], self.found["hit_rate"]
        self.curve = self.chart.curve(np.concatenate([[0], x]), np.concatenate([[0], y]), BEAN)
        self.dot = Dot(radius=0.16).set_fill(BAR, 1)

        def follow(one: Dot) -> None:
            n = self.step_at(self.at.get_value())
            one.move_to(self.chart.at(x[n], y[n]))

        self.dot.add_updater(follow)
        with self.say("bar.lower") as cue:
            self.play(FadeOut(self.bean), FadeIn(self.chart), FadeIn(self.dot), run_time=0.5)
            self.play(self.at.animate.set_value(self.low), run_time=max(1.5, cue.to("curve") - 0.3), rate_func=smooth)
            cue.until("none")
            cue.until("curve")
            self.play(Create(self.curve), run_time=1.0)
            self.bring_to_front(self.dot)
            self.play(self.at.animate.set_value(self.top), run_time=1.4)
            self.play(self.at.animate.set_value(self.low), run_time=1.4)

    def area(self) -> None:
        under = self.curve.copy().set_stroke(width=0)
        under.add_points_as_corners([self.curve.get_end(), self.chart.at(100, 100), self.chart.at(100, 0)])
        under.add_points_as_corners([under.get_end(), self.chart.at(0, 0)])
        under.set_fill(BEAN, 0.3)
        coin = DashedLine(self.chart.at(0, 0), self.chart.at(100, 100), dash_length=0.18).set_stroke(SOFT, 5)
        good = Words("{x:.2f}", x=self.found.read("area"), size=84, color=BEAN).move_to(self.chart.at(64, 42))
        null = Words("{x:.2f}", x=self.found.read("null_area"), size=BODY, color=SOFT).move_to(self.chart.at(80, 15))
        with self.say("bar.area") as cue:
            cue.until("area")
            self.play(FadeIn(under), FadeIn(good), run_time=0.6)
            cue.until("coin")
            self.play(Create(coin), FadeIn(null), run_time=0.6)
            cue.until("bar")
            self.play(self.at.animate.set_value(self.top), run_time=0.9)
            self.play(self.at.animate.set_value(0.5 * (self.top + self.low)), run_time=0.9)
        for one in (self.post, self.dot):
            one.clear_updaters()
        self.remove(*(one for one in self.mobjects if isinstance(one, Readout)))
