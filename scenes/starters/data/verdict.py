"""Two numbers: what was found, and what chance makes of it."""

from __future__ import annotations

from manim import DOWN, UP, FadeIn

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HUGE, Words
from tapehead.scenes.stage.palette import SOFT


class Verdict(StageScene):
    """The slope, and under it the control."""

    def construct(self) -> None:
        orbits = self.result("orbits")
        slope = Words("slope {slope:.2f}", slope=orbits.read("slope"), size=HUGE).shift(1.2 * UP)
        asked = Words("years over distances, both logarithmic", size=BODY, color=SOFT).next_to(slope, UP, buff=0.7)
        dealt = Words("{n} tables dealt at random", n=orbits.read("shuffles"), size=BODY, color=SOFT)
        dealt.next_to(slope, DOWN, buff=1.0)
        steepest = Words("the steepest: {x:.2f}", x=orbits.read("shuffled"), size=BODY).next_to(dealt, DOWN, buff=0.3)
        with self.say("verdict.slope") as cue:
            self.play(FadeIn(asked), run_time=0.6)
            cue.until("slope")
            self.play(FadeIn(slope, shift=0.3 * UP), run_time=0.6)
        with self.say("verdict.chance") as cue:
            self.play(FadeIn(dealt), run_time=0.6)
            cue.until("none")
            self.play(FadeIn(steepest, shift=0.3 * UP), run_time=0.6)
