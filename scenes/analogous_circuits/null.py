"""Fourth scene: what two sets share that have nothing to do with each other."""

from __future__ import annotations

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Create, FadeIn, FadeOut, Line, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Formula, Words
from tapehead.scenes.stage.meters import Histogram
from tapehead.scenes.stage.palette import GOOD, INK, SOFT
from tapehead.scenes.stage.portraits import Portrait

from .pictures import COMMON, FAR, FIRST, NEAR, NOTHING, rgb_of

COLUMNS = 72
SHOWN = 4
"""So many shuffles are shown one by one."""
ABOVE = ("antelope and car (least)", "horse and car")
FEWEST, MOST = 14, 88
"""Numbers in common at both ends of the floor."""


class Null(StageScene):
    """Two sets laid on each other, shuffles, the heap, what lies above it."""

    def construct(self) -> None:
        self.found, self.chance, self.published = (self.result(name) for name in ("inside", "chance", "published"))
        self.badge_for(self.found.origin, self.found.model)
        self.shuffle()
        self.heap()
        self.above()
        self.clear_stage(run_time=0.4)

    def sheet(self, first: np.ndarray, second: np.ndarray) -> Portrait:
        """One pixel for each number of the layer: orange, blue, or yellow where both have it."""
        pixels = np.full((first.size, 3), 24.0)
        pixels[first], pixels[second], pixels[first & second] = rgb_of(FIRST), rgb_of(NEAR), rgb_of(COMMON)
        rows = first.size // COLUMNS
        picture = pixels[: rows * COLUMNS].reshape(rows, COLUMNS, 3).astype(np.uint8)
        return Portrait(picture, 5.6, smooth=False).move_to([-2.6, 0.55, 0])

    def drawn(self, first: np.ndarray, common: int) -> np.ndarray:
        """A set by lot that has so many numbers in common with the first one."""
        inside, outside = np.flatnonzero(first), np.flatnonzero(~first)
        chosen = np.zeros(first.size, dtype=bool)
        chosen[self.rng.permutation(inside)[:common]] = True
        chosen[self.rng.permutation(outside)[: len(inside) - common]] = True
        return chosen

    def shuffle(self) -> None:
        member = self.found["member"].astype(bool).reshape(3, -1)
        sheet = self.sheet(member[0], member[1])
        size = int(self.chance["size"])
        place = [4.95, 0.7, 0]
        told = Words("{x:.3f}", x=self.found.read("overlap", pair="near"), size=HUGE, color=COMMON).move_to(place)
        names = VGroup(
            Words("horse", size=BODY, color=FIRST),
            Words("zebra", size=BODY, color=NEAR),
            Words("both", size=BODY, color=COMMON),
        ).arrange(RIGHT, buff=0.9)
        names.move_to([-2.6, -2.75, 0])
        shuffled = Words("shuffled", size=BODY, color=NOTHING).move_to([4.95, 2.1, 0])
        with self.say("null.shuffle") as cue:
            self.play(FadeIn(sheet), FadeIn(names), FadeIn(told), run_time=0.6)
            cue.until("shuffle")
            for n in range(SHOWN):
                reading = self.chance.read("shuffled", shuffle=n)
                # The overlap J of two sets of one size s leaves m = 2 s J / (1 + J) in common.
                common = round(2 * size * float(reading) / (1 + float(reading)))
                new = self.sheet(member[0], self.drawn(member[0], common))
                number = Words("{x:.3f}", x=reading, size=HUGE, color=NOTHING).move_to(place)
                more = [FadeIn(shuffled)] if not n else []
                self.play(FadeIn(new), FadeOut(sheet), FadeOut(told), *more, run_time=0.5)
                self.play(FadeIn(number), run_time=0.2)
                sheet, told = new, number
                if n < 2:
                    cue.until(("count", "again")[n])
        self.gone = (sheet, told, names, shuffled)

    def heap(self) -> None:
        values = self.chance["shuffled"]
        # An overlap is m / (2 s − m) for m numbers in common: two of them to a bar, and none beside its bar.
        common = np.arange(FEWEST, MOST, 2) - 0.5
        edges = common / (2 * int(self.chance["size"]) - common)
        self.pile = Histogram(values, edges, width=12.6, height=3.5, colour=NOTHING)
        self.pile.shift([-6.3, -2.1, 0])
        mean = self.pile.mark(self.chance.read("mean"), "{x:.3f}", INK, 3.9)
        formula = Formula("(s dot s) / (s + s - s dot s)", size=84, color=INK).move_to([3.9, 1.75, 0])
        under = Words("s: the share that is kept", size=SMALL, color=SOFT).next_to(formula, DOWN, buff=0.35)
        value = Words("{x:.3f}", x=self.chance.read("analytic"), size=HEADING, color=INK)
        value.next_to(under, DOWN, buff=0.35)
        floor = Words("overlap", size=SMALL, color=SOFT).next_to(self.pile.floor, DOWN, buff=0.2)
        floor.align_to(self.pile.floor, RIGHT)
        with self.say("null.heap") as cue:
            self.play(*(FadeOut(one) for one in self.gone), FadeIn(self.pile.floor), FadeIn(floor), run_time=0.4)
            bars = self.pile.grown(0.1)
            self.play(FadeIn(bars), run_time=0.4)
            for share in (0.3, 0.6, 1.0):
                new = self.pile.grown(share)
                self.play(FadeIn(new), FadeOut(bars), run_time=0.4)
                bars = new
            cue.until("luck")
            self.play(FadeIn(mean), run_time=0.5)
            cue.until("formula")
            self.play(FadeIn(formula), FadeIn(under), run_time=0.6)
            self.play(FadeIn(value), run_time=0.3)
        self.bars, self.mean, self.formula = bars, mean, VGroup(formula, under, value)

    def post(self, value: float, tall: float, colour: str) -> Line:
        foot = self.pile.at(value)
        return Line(foot, foot + tall * UP).set_stroke(colour, 7)

    def above(self) -> None:
        posts, labels = [], []
        for pair, tall in zip(ABOVE, (3.0, 2.0), strict=True):
            reading = self.published.read("overlap", pair=pair)
            posts.append(self.post(float(reading), tall, GOOD))
            name = "antelope, car" if pair == ABOVE[0] else "horse, car"
            words = Words("{x:.2f} " + name, x=reading, size=SMALL, color=GOOD)
            labels.append(words.next_to(posts[-1].get_end(), RIGHT, buff=0.15))
        head = Words("published, GoogLeNet", size=SMALL, color=GOOD)
        head.next_to(labels[0], UP, buff=0.2, aligned_edge=LEFT)
        far = self.found.read("overlap", pair="far")
        ours = self.post(float(far), 1.0, FAR)
        ours_words = Words("{x:.2f} our horse, car", x=far, size=SMALL, color=FAR)
        ours_words.next_to(ours.get_end(), UP, buff=0.15)
        if ours_words.get_right()[0] > 6.8:
            ours_words.shift((6.8 - ours_words.get_right()[0]) * RIGHT)
        with self.say("null.above") as cue:
            cue.until("luck")
            self.play(FadeOut(self.formula), self.bars.animate.set_fill(INK), run_time=0.5)
            self.play(self.bars.animate.set_fill(NOTHING), run_time=0.4)
            cue.until("published")
            self.play(Create(posts[0]), FadeIn(labels[0]), FadeIn(head), run_time=0.6)
            self.play(Create(posts[1]), FadeIn(labels[1]), run_time=0.6)
            cue.until("zebra")
            self.play(posts[0].animate.set_stroke(INK), run_time=0.4)
            cue.until("all")
            self.play(posts[0].animate.set_stroke(GOOD), self.bars.animate.set_fill(INK), run_time=0.4)
            self.play(self.bars.animate.set_fill(NOTHING), run_time=0.4)
            cue.until("ours")
            self.play(Create(ours), FadeIn(ours_words), run_time=0.6)
            cue.until("ask")
            self.play(ours.animate.set_stroke(COMMON), run_time=0.4)
