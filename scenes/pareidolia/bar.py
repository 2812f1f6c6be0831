"""Third scene: two heaps of fits, a bar across both, and the curve of all bars."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    RIGHT,
    UP,
    Create,
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
from tapehead.scenes.stage.portraits import Portrait

from .pictures import BAR, BEAN, NOISE, Bean, grey_photo

WIDE, HIGH = 7.0, 2.35
LEFT_END = -6.7
STEPS = 25
"""Bars at which the numbers are read while the bar moves."""


class Bar(StageScene):
    """Heaps, the high bar, the low bar, and the curve of all bars."""

    def construct(self) -> None:
        self.found = self.result("study")
        self.badge_for(self.found.origin)
        self.heaps()
        self.high()
        self.lower()
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
        bean = Bean(5.2).move_to([3.9, -0.6, 0])
        self.windows = self.two_windows()
        with self.say("bar.heaps") as cue:
            shown = (self.above.floor, self.below.floor, fit, bean)
            self.play(*(FadeIn(one) for one in shown), run_time=0.5)
            heaps = (("hid", self.above, names[0]), ("none", self.below, names[1]))
            for (mark, heap, name), window in zip(heaps, self.windows, strict=True):
                cue.until(mark)
                if mark == "hid":
                    self.play(FadeIn(window), FadeOut(bean, target_position=window, scale=0.35), run_time=0.8)
                else:
                    self.play(FadeIn(window), run_time=0.4)
                grow = LaggedStart(*(GrowFromEdge(bar, DOWN) for bar in heap.bars), lag_ratio=0.03)
                self.play(grow, FadeIn(name), run_time=1.0)
            cue.until("overlap")
            middle = 0.5 * (np.median(signal) + np.median(blank))
            self.at = ValueTracker(float(middle))
            self.post = Line(UP, DOWN).set_stroke(BAR, 8)
            self.post.add_updater(lambda one: one.put_start_and_end_on(*self.ends(self.at.get_value())))
            self.play(Create(self.post), run_time=0.6)

    def two_windows(self) -> tuple[Portrait, Portrait]:
        """A window of noise with a bean in it and one without, made as those that were measured, in more pixels.

        The noise is the search's, and the bean is brought to mean 0 and deviation 1, as the study does.
        """
        search = self.result("search")
        bean, picture = search["template"], search["picture"]
        rows, columns = bean.shape
        faint = float(self.found.facts["contrast"]) * (bean - bean.mean()) / bean.std()
        noise = (picture - picture.mean()) / picture.std()
        with_bean, without = noise[:rows, :columns] + faint, noise[-rows:, -columns:]
        return (
            grey_photo(with_bean, 3.6, BEAN).move_to([2.4, -0.6, 0]),
            grey_photo(without, 3.6, NOISE).move_to([5.4, -0.6, 0]),
        )

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
            self.play(*(FadeOut(one) for one in self.windows), FadeIn(self.chart), FadeIn(self.dot), run_time=0.5)
            self.play(self.at.animate.set_value(self.low), run_time=max(1.5, cue.to("curve") - 0.3), rate_func=smooth)
            cue.until("none")
            cue.until("curve")
            self.play(Create(self.curve), run_time=1.0)
            self.bring_to_front(self.dot)
            self.play(self.at.animate.set_value(self.top), run_time=1.4)
            self.play(self.at.animate.set_value(self.low), run_time=1.4)
        for one in (self.post, self.dot):
            one.clear_updaters()
        self.remove(*(one for one in self.mobjects if isinstance(one, Readout)))
