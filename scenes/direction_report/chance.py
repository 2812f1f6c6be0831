"""Would any others do: random sets as long and as loud, and where the best of ours stands."""

from __future__ import annotations

import numpy as np
from manim import DOWN, UP, FadeIn, LaggedStart, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Words
from tapehead.scenes.stage.meters import Histogram
from tapehead.scenes.stage.palette import BAD, EAR, GOOD, HIGHLIGHT, LUCK, SOFT

from .parts import best_of, strip

BINS = 24
WIDTH = 10.5


class Chance(StageScene):
    """Two heaps on one axis, and one post through both."""

    def construct(self) -> None:
        test = self.result("test")
        one = strip(self.result("walk"), 1, best_of(test), 2.2, EAR, 12.0).move_to([0, 1.7, 0])
        count = Words("{n}", n=test.read("draws"), size=2 * HEADING, color=EAR).move_to([0, -0.9, 0])
        label = Words("random sets of {n}", n=self.result("basis").read("directions"), size=BODY, color=EAR)
        label.next_to(count, DOWN, buff=0.3)
        with self.say("chance.sets") as cue:
            self.play(FadeIn(one), run_time=0.4)  # the one random direction that was walked
            cue.until("draw")
            self.play(FadeIn(count, scale=1.4), FadeIn(label), run_time=0.6)
        self.clear_stage(run_time=0.4)
        best = test.read("best")
        every = np.concatenate([test["random"], test["loud"], [float(best)]])
        low, high = min(0.0, float(every.min())), max(1.08 * float(every.max()), 1e-6)
        edges = np.linspace(low, high, BINS + 1)
        long = Histogram(test["random"], edges, width=WIDTH, height=1.7, colour=EAR)
        loud = Histogram(test["loud"], edges, width=WIDTH, height=1.7, colour=LUCK)
        for heap, floor in ((long, 0.35), (loud, -2.9)):
            heap.shift([-WIDTH / 2 - heap.floor.get_start()[0], floor - heap.floor.get_y(), 0])
        ours = long.mark(best, "ours: {x:.2f}", HIGHLIGHT, tall=2.3)
        again = loud.mark(best, "{x:.2f}", HIGHLIGHT, tall=2.0)
        for mark in (ours, again):
            right = float(mark[1].get_right()[0])
            if right > 6.7:
                mark[1].shift([6.7 - right, 0, 0])
        names = [
            Words("as long: best {x:.2f}", x=test.read("random_best"), size=SMALL, color=EAR),
            Words("as loud: best {x:.2f}", x=test.read("loud_best"), size=SMALL, color=LUCK),
        ]
        for name, heap in zip(names, (long, loud), strict=True):
            name.next_to(heap.floor, DOWN, buff=0.12).set_x(-WIDTH / 2 + name.width / 2)
        variant = self.variant("chance.result")
        matters = "it matters which"
        told = {"default": matters, "some": matters, "strong": "no better"}.get(variant, "nothing is claimed")
        verdict = Words(told, size=HEADING, color=GOOD if told == matters else BAD)
        chance = Words("p = {p:.2g}", p=test.read("p"), size=BODY, color=SOFT)
        corner = VGroup(verdict, chance).arrange(DOWN, buff=0.15)
        corner.move_to([-4.2 if float(ours[0].get_x()) > -1 else 4.2, 2.9, 0])
        with self.say("chance.result") as cue:
            self.play(FadeIn(long.floor), FadeIn(names[0]), run_time=0.3)
            cue.until("ours")
            self.play(FadeIn(ours, shift=0.4 * DOWN), run_time=0.6)
            cue.until("random")
            self.play(LaggedStart(*(FadeIn(bar, shift=0.2 * UP) for bar in long.bars), lag_ratio=0.05), run_time=0.8)
            cue.until("verdict")
            self.play(FadeIn(corner), run_time=0.5)
        with self.say("chance.loud") as cue:
            cue.until("loudly")
            self.play(FadeIn(loud.floor), FadeIn(names[1]), run_time=0.3)
            self.play(LaggedStart(*(FadeIn(bar, shift=0.2 * UP) for bar in loud.bars), lag_ratio=0.05), run_time=0.8)
            cue.until("verdict")
            self.play(FadeIn(again), run_time=0.5)
        self.clear_stage(run_time=0.4)
