"""Second scene: the count of checked sums, and of misses."""

from __future__ import annotations

from manim import DOWN, UP, FadeIn, Indicate

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HUGE, Words
from tapehead.scenes.stage.palette import SOFT


class Verdict(StageScene):
    """Shows how many sums were compared with squares, and how many differed."""

    def construct(self) -> None:
        sums = self.result("sums")
        checked = Words("{n} sums checked", n=sums.read("checked"), size=BODY, color=SOFT).shift(1.2 * UP)
        misses = Words("{n} missed", n=sums.read("misses"), size=HUGE).shift(0.4 * DOWN)
        with self.say("verdict.count") as cue:
            self.play(FadeIn(checked, shift=0.3 * UP), run_time=0.6)
            cue.until("checked")
            self.play(Indicate(checked, scale_factor=1.1), run_time=0.8)
        with self.say("verdict.none"):
            self.play(FadeIn(misses, scale=0.8), run_time=0.5)
            self.sound("soft-pop")
        self.clear_stage(run_time=0.5, at_once=True)
