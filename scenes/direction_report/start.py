"""First scene: the unfinished picture, and whether the network finds its way back to it."""

from __future__ import annotations

from manim import DOWN, LEFT, RIGHT, UP, FadeIn, Group, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Words
from tapehead.scenes.stage.meters import BarChart
from tapehead.scenes.stage.palette import BAD, HIGHLIGHT, INK, SOFT
from tapehead.scenes.stage.planes import arrow
from tapehead.scenes.stage.portraits import Portrait

from .parts import picture, within


class Start(StageScene):
    """Picture, noise, and the way back."""

    def construct(self) -> None:
        found = self.result("picture")
        asked = Portrait(picture(found["asked"]), 3.6, colour=INK).move_to([-4.6, 0.7, 0])
        noisy = Portrait(picture(found["noisy"][0]), 3.6, colour=HIGHLIGHT).move_to([0, 0.7, 0])
        back = Portrait(picture(found["reconstruction"]), 3.6, colour=SOFT).move_to([4.6, 0.7, 0])
        name = within(found.model, 6.0).move_to([-6.6, 3.35, 0], aligned_edge=LEFT)
        told = within(found.facts["prompt"] or found.facts["source"], 13.0, INK, (BODY, SMALL))
        told.move_to([0, -1.75, 0])
        with self.say("start.picture") as cue:
            self.play(FadeIn(asked), FadeIn(told), run_time=0.8)
            cue.until("model")
            self.play(FadeIn(name, shift=0.2 * DOWN), run_time=0.5)
        share = Words("{x:.0f} % noise", x=found.read("main_noise"), size=BODY, color=HIGHLIGHT)
        share.next_to(noisy, UP, buff=0.2)
        there = arrow(asked.get_right() + 0.12 * RIGHT, noisy.get_left() + 0.12 * LEFT, HIGHLIGHT)
        with self.say("start.noise") as cue:
            cue.until("noise")
            self.play(FadeIn(there), FadeIn(noisy), run_time=0.6)
            cue.until("share")
            self.play(FadeIn(share), run_time=0.4)
        home = arrow(noisy.get_right() + 0.12 * RIGHT, back.get_left() + 0.12 * LEFT, SOFT)
        poor = self.variant("start.back") == "poor"
        chart = BarChart(
            [found.read("error"), found.read("other_error")],
            ["there and back", "another picture"],
            [BAD if poor else HIGHLIGHT, SOFT],
            unit=5.0 / max(float(found["error"]), float(found["other_error"]), 1e-6),
            spec=".3f",
            height=0.34,
            gap=0.22,
            size=SMALL,
        )
        chart.shift([-1.2 - chart.zero.get_x(), -2.55 - chart.bars[0].get_y(), 0])
        title = Words("off by", size=SMALL, color=SOFT).move_to([-6.0, float(chart.bars[0].get_y()), 0])
        with self.say("start.back") as cue:
            cue.until("up")
            self.play(FadeIn(home), run_time=0.5)
            cue.until("comes")
            self.play(FadeIn(back), run_time=0.6)
            first = VGroup(chart.zero, chart.bars[0], chart.names[0], chart.values[0])
            self.play(FadeIn(first), FadeIn(title), run_time=0.5)
            cue.until("another")
            self.play(FadeIn(Group(chart.bars[1], chart.names[1], chart.values[1])), run_time=0.5)
        self.clear_stage(run_time=0.4)


class Loud(StageScene):
    """Which nudge is noticed: ours, a random one, and the same in a network that has learned nothing."""

    def construct(self) -> None:
        basis = self.result("basis")
        learned = self.variant("loud.untrained") == "default"
        rows = Group(
            Portrait(picture(self.result("picture")["noisy"][0]), 3.0, colour=HIGHLIGHT).move_to([-5.0, 1.6, 0]),
            Words("{n} numbers in x", n=self.result("picture").read("dimensions"), size=BODY, color=SOFT),
            Words("{n} in the bottleneck", n=basis.read("h_dimensions"), size=BODY, color=HIGHLIGHT),
        )
        rows[1].move_to([2.0, 2.4, 0])
        rows[2].move_to([2.0, 1.2, 0])
        with self.say("loud.question") as cue:
            self.play(FadeIn(rows[0]), run_time=0.6)
            cue.until("nudge")
            self.play(FadeIn(rows[1]), run_time=0.4)
            cue.until("bottleneck")
            self.play(FadeIn(rows[2]), run_time=0.5)
        ratio, other = basis.read("main_ratio"), basis.read("main_untrained_ratio")
        chart = BarChart(
            [ratio, other],
            ["this network", "untrained"],
            [HIGHLIGHT, SOFT],
            unit=6.5 / max(float(ratio), float(other)),
            spec=".1f",
            height=0.55,
            gap=0.5,
            size=BODY,
        )
        chart.shift([-2.6 - chart.zero.get_x(), -1.1 - chart.bars[0].get_y(), 0])
        title = Words("times as far as a random nudge", size=SMALL, color=SOFT)
        title.move_to([chart.zero.get_x(), -3.1, 0], aligned_edge=LEFT)
        with self.say("loud.first") as cue:
            cue.until("direction")
            self.play(
                FadeIn(VGroup(chart.zero, chart.bars[0], chart.names[0], chart.values[0])),
                FadeIn(title),
                run_time=0.7,
            )
        verdict = Words("learned" if learned else "not learned", size=HEADING, color=INK if learned else BAD)
        verdict.move_to([5.2, -2.95, 0])
        with self.say("loud.untrained") as cue:
            cue.until("same")
            self.play(FadeIn(VGroup(chart.bars[1], chart.names[1], chart.values[1])), run_time=0.6)
            cue.until("verdict")
            self.play(FadeIn(verdict, scale=1.2), run_time=0.5)
        self.clear_stage(run_time=0.4)
