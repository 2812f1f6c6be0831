"""Tenth scene: fifty tiny networks, as many lists of weights, and how few solutions there are."""

from __future__ import annotations

import numpy as np
from manim import DOWN, RIGHT, Circle, Create, FadeIn, FadeOut, LaggedStart, Line, Transform, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import HEADING, HUGE, SMALL, Words
from tapehead.scenes.stage.palette import COOL, FAINT, HIGHLIGHT, INK, LUCK, PANEL, SOFT, WARM

from .pictures import COMMON, TinyNetwork

COLUMNS = 10


class Xor(StageScene):
    """The job, fifty networks, two of them turned into each other."""

    def construct(self) -> None:
        self.fifty, self.match = self.result("fifty"), self.result("match")
        self.badge_for(self.fifty.origin, self.fifty.model)
        self.job()
        self.train()
        self.turn()
        self.clear_stage(run_time=0.4)

    def lamps(self, corner: int) -> VGroup:
        """Two lamps, on or off."""
        made = VGroup()
        for on in divmod(corner, 2):
            lamp = Circle(0.42).set_stroke(HIGHLIGHT if on else FAINT, 5).set_fill(HIGHLIGHT if on else PANEL, 1)
            made.add(lamp)
        return made.arrange(RIGHT, buff=0.25)

    def job(self) -> None:
        """Four cases; what the first network that learned it answers is its own answer."""
        answers = self.match["answer"][0]
        net = TinyNetwork(self.match["weights"][0], 4.6).move_to([-4.2, 0.5, 0])
        rows, said = VGroup(), VGroup()
        for corner in range(4):
            y = 2.55 - 1.45 * corner
            rows.add(self.lamps(corner).move_to([1.6, y, 0]))
            yes = answers[corner] > 50
            said.add(Words("yes" if yes else "no", size=84, color=LUCK if yes else SOFT).move_to([4.6, y, 0]))
        other = TinyNetwork(self.match["weights"][1], 4.6).move_to([3.2, 0.5, 0])
        with self.say("xor.job") as cue:
            self.play(FadeIn(net), run_time=0.6)
            cue.until("network")
            self.play(FadeIn(other), run_time=0.6)
            cue.until("job")
            self.play(FadeOut(other), run_time=0.3)
            self.play(LaggedStart(*(FadeIn(row) for row in rows), lag_ratio=0.3), run_time=0.9)
            cue.until("yes")
            self.play(LaggedStart(*(FadeIn(one) for one in said), lag_ratio=0.3), run_time=0.9)
        self.gone = VGroup(net, rows, said)

    def train(self) -> None:
        weights, solved = self.fifty["weights"], self.fifty["solved"].astype(bool)
        small = VGroup()
        for n, one in enumerate(weights):
            row, column = divmod(n, COLUMNS)
            net = TinyNetwork(one, 0.95)
            net.hidden.set_stroke(width=2)
            net.lamps.set_stroke(width=2)
            net.answer.set_stroke(width=2)
            small.add(net.move_to([-6.1 + 1.355 * column, 2.95 - 1.13 * row, 0]))
        count = Words("{n:.0f} learned it", n=self.fifty.read("solved_count"), size=HEADING, color=LUCK)
        lists = Words("{n:.0f} lists of weights", n=self.match.read("different"), size=HEADING, color=COMMON)
        count.move_to([-2.4, -2.7, 0])
        lists.move_to([3.9, -2.7, 0])
        with self.say("xor.fifty") as cue:
            self.play(FadeOut(self.gone), run_time=0.3)
            self.play(LaggedStart(*(FadeIn(net) for net in small), lag_ratio=0.02), run_time=1.0)
            cue.until("learned")
            marks = VGroup(
                *(Circle(0.56).set_stroke(LUCK, 4).move_to(net) for net, yes in zip(small, solved, strict=True) if yes)
            )
            self.play(FadeIn(count), Create(marks), run_time=0.7)
            cue.until("stuck")
            stuck = [net for net, yes in zip(small, solved, strict=True) if not yes]
            self.play(*(net.animate.set_opacity(0.15) for net in stuck), run_time=0.5)
            cue.until("lists")
            self.play(FadeIn(lists), run_time=0.4)
        self.gone = VGroup(small, marks, count, lists)

    def turn(self) -> None:
        first, second = self.match["weights"][:2]
        one = TinyNetwork(first, 5.0).move_to([-4.0, 0.5, 0])
        other = TinyNetwork(second, 5.0).move_to([4.0, 0.5, 0])
        turned = TinyNetwork(self.match["turned"], 5.0).move_to([4.0, 0.5, 0])
        plain = Words("{x:.1f} apart", x=self.match.read("plain"), size=HEADING, color=INK).move_to([0, 0.9, 0])
        apart = Words("{x:.1f} apart", x=self.match.read("apart"), size=HEADING, color=COMMON).move_to([0, 0.9, 0])
        ways = Words("{n:.0f} ways", n=self.match.read("solutions"), size=HUGE, color=COMMON, bold=True)
        key = VGroup(
            VGroup(Line([0, 0, 0], [0.7, 0, 0]).set_stroke(WARM, 9), Words("plus", size=SMALL, color=SOFT)),
            VGroup(Line([0, 0, 0], [0.7, 0, 0]).set_stroke(COOL, 9), Words("minus", size=SMALL, color=SOFT)),
        )
        for pair in key:
            pair.arrange(RIGHT, buff=0.2)
        key.arrange(RIGHT, buff=0.8).move_to([0, -2.8, 0])
        with self.say("xor.turn") as cue:
            self.play(FadeOut(self.gone), FadeIn(one), FadeIn(other), FadeIn(key), run_time=0.6)
            cue.until("look")
            self.play(FadeIn(plain), run_time=0.4)
            cue.until("first")
            self.play(*(net.hidden.animate.set_stroke(COMMON) for net in (one, other)), run_time=0.5)
            cue.until("sign")
            self.play(*(net.hidden.animate.set_stroke(INK) for net in (one, other)), run_time=0.5)
            cue.until("turn")
            self.play(Transform(other, turned, path_arc=np.pi / 2), run_time=1.2)
            self.play(FadeOut(plain), FadeIn(apart), run_time=0.4)
            cue.until("ways")
            self.play(FadeIn(ways.move_to([0, 2.6, 0]), shift=0.2 * DOWN), run_time=0.5)
