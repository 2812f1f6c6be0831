"""Ninth scene: the heaps once more, the bar that costs ask for, and the first question answered."""

from __future__ import annotations

import numpy as np
from manim import DOWN, LEFT, UP, Create, FadeIn, FadeOut, GrowFromEdge, LaggedStart, Line, ValueTracker, VGroup

from tapehead.analysis.results import Origin
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, Words
from tapehead.scenes.stage.meters import Histogram
from tapehead.scenes.stage.palette import INK
from tapehead.scenes.stage.specks import specks

from .pictures import BAR, BEAN, NOISE, RIM, Bean, photo

LEFT_END, WIDE, HIGH = -6.7, 8.6, 2.45
SAME, TIGER = 0, 4
"""Places among the ratios of costs: a miss costs as much as a false alarm, and a hundred times as much."""


class Costs(StageScene):
    """Equal costs, a tiger, the end."""

    def construct(self) -> None:
        self.found = self.result("costs")
        self.badge_for(self.found.origin)
        self.stupid()
        self.tiger()
        self.end()
        self.clear_stage(run_time=0.4)

    def stupid(self) -> None:
        study = self.result("study")
        signal, blank = study["signal"], study["blank"]
        low, high = min(signal.min(), blank.min()), max(signal.max(), blank.max())
        edges = np.linspace(low - 1e-9, high + 1e-9, 37)
        self.above = Histogram(signal, edges, width=WIDE, height=HIGH, colour=BEAN)
        below = Histogram(blank, edges, width=WIDE, height=HIGH, colour=NOISE)
        for heap, y in ((self.above, 0.7), (below, -2.7)):
            heap.shift(np.array([LEFT_END, y, 0]) - heap.floor.get_start())
        names = (
            Words("with a bean", size=BODY, color=BEAN).move_to([LEFT_END, 3.4, 0], aligned_edge=LEFT),
            Words("noise alone", size=BODY, color=NOISE).move_to([LEFT_END, 0.0, 0], aligned_edge=LEFT),
        )
        self.at = ValueTracker(float(np.median(blank)))
        self.post = Line(UP, DOWN).set_stroke(BAR, 9)

        def stand(one: Line) -> None:
            x = self.above.at(self.at.get_value())[0]
            one.put_start_and_end_on(np.array([x, 3.3, 0]), np.array([x, -2.75, 0]))

        stand(self.post)
        self.bean = Bean(3.0).move_to([4.7, 1.9, 0])
        places = np.array([(i % 20, i // 20) for i in range(100)]) * 0.23
        places = places - places.mean(axis=0) + [4.7, -1.3]
        full = np.arange(100) == self.rng.integers(100)
        windows = VGroup(specks(places[~full], NOISE, 0.17, 0.7), specks(places[full], BEAN, 0.19))
        told = Words("found {x:.0f} %", x=self.found.read("hit_rate", ratio=SAME), size=HEADING, color=BEAN)
        told.move_to([4.7, -0.7, 0])
        with self.say("costs.stupid") as cue:
            grow = [GrowFromEdge(bar, DOWN) for heap in (self.above, below) for bar in heap.bars]
            still = (self.above.floor, below.floor, *names)
            self.play(*(FadeIn(one) for one in still), run_time=0.25)
            self.play(LaggedStart(*grow, lag_ratio=0.02), run_time=1.2)
            cue.until("mistake")
            self.play(FadeIn(self.bean), Create(self.post), run_time=0.7)
            self.post.add_updater(stand)
            cue.until("one")
            self.play(FadeIn(windows), run_time=0.5)
            cue.until("miss")
            self.play(windows[1].animate.scale(1.6), run_time=0.5)
            cue.until("high")
            self.play(self.at.animate.set_value(float(self.found["threshold"][SAME])), run_time=1.0)
            cue.until("found")
            self.play(FadeOut(windows), FadeIn(told), run_time=0.5)
        self.told = told

    def tiger(self) -> None:
        stripes = [
            Line([x, y - 0.32, 0], [x + 0.1, y + 0.32, 0]).set_stroke(RIM, 16)
            for x, y in ((-0.78, -0.6), (-0.4, -0.72), (-0.02, -0.72), (0.36, -0.6))
        ]
        for one in stripes:
            one.shift(self.bean.body.get_center())
        found = Words("found {x:.0f} %", x=self.found.read("hit_rate", ratio=TIGER), size=HEADING, color=BEAN)
        jump = Words("for nothing {x:.0f} %", x=self.found.read("false_alarm_rate", ratio=TIGER), size=HEADING)
        found.move_to([4.7, -0.7, 0])
        jump.set_color(NOISE).move_to([4.7, -1.8, 0])
        with self.say("costs.tiger") as cue:
            cue.until("tiger")
            self.play(*(Create(one) for one in stripes), run_time=0.7)
            cue.until("down")
            self.play(
                self.at.animate.set_value(float(self.found["threshold"][TIGER])), FadeOut(self.told), run_time=1.2
            )
            cue.until("found")
            self.play(FadeIn(found), run_time=0.4)
            cue.until("jump")
            self.play(FadeIn(jump), run_time=0.5)
        self.post.clear_updaters()
        self.clear_stage(run_time=0.5)

    def end(self) -> None:
        self.badge_for(Origin.ILLUSTRATION)
        alike = self.result("alike")
        names = alike.quantity("picture").labels["thing"]
        socket = photo(alike["picture"][names.index("socket")], 5.4).move_to([-3.6, 0.8, 0])
        bean = Bean(5.2).move_to([3.7, 0.85, 0])
        no, yes = (
            Words(text, size=84, color=colour).move_to([x, -2.75, 0])
            for text, colour, x in (("no", INK, -3.6), ("yes", BEAN, 3.7))
        )
        with self.say("costs.end") as cue:
            self.play(FadeIn(bean, shift=0.3 * UP), run_time=0.7)
            cue.until("saw")
            self.play(FadeIn(socket), run_time=0.6)
            cue.until("socket")
            self.play(FadeIn(no, shift=0.2 * UP), run_time=0.4)
            cue.until("you")
            self.play(bean.animate.scale(1.05), FadeIn(yes, shift=0.2 * UP), run_time=0.7)
