"""Eighth scene: one split, two thousand splits, and what a fit is really worth."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Create,
    FadeIn,
    FadeOut,
    GrowFromEdge,
    LaggedStart,
    Line,
    Mobject,
    RoundedRectangle,
    Transform,
    UpdateFromAlphaFunc,
    VGroup,
    config,
    linear,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Words
from tapehead.scenes.stage.meters import Histogram
from tapehead.scenes.stage.palette import BAD, FAINT, HIGHLIGHT, INK, PANEL, SOFT
from tapehead.scenes.stage.specks import block, specks
from tapehead.scenes.stage.tears import tear

from .pictures import SALES, TALK

LOW, HIGH, BIN = -1.4, 0.9, 0.05


class Luck(StageScene):
    """The drawer, the heap, its ends, the published score in it, the truth, and the shuffled control."""

    def construct(self) -> None:
        self.tape.off()
        self.split()
        self.again()
        self.heap_ends()
        self.mark()
        self.truth()
        self.shuffle()
        self.clear_stage(run_time=0.4)

    def drawer(self, place: tuple[float, float]) -> VGroup:
        front = RoundedRectangle(width=4.4, height=1.5, corner_radius=0.12).set_stroke(INK, 5).set_fill(PANEL, 1)
        knob = Line([-0.4, -0.45, 0], [0.4, -0.45, 0]).set_stroke(INK, 8)
        return VGroup(front, knob).move_to([*place, 0])

    def split(self) -> None:
        """Most games are fitted; a few go into the drawer."""
        study = self.result("study")
        self.badge_for(study.origin)
        train, test = study.read("trained_on"), study.read("tested_on")
        total = int(train) + int(test)
        places = block(total, 14, (0.24, 0.24), (-2.6, 0.7))
        held = np.zeros(total, dtype=bool)
        held[self.rng.permutation(total)[: int(test)]] = True
        rest, few = specks(places[~held], SALES, 0.17), specks(places[held], SALES, 0.17)
        drawer = self.drawer((4.6, -0.2))
        inside = specks(block(int(test), 3, (0.34, 0.34), (4.6, 0.05)), HIGHLIGHT, 0.24)
        fit = Words("fit on {n:.0f}", n=train, size=HEADING, color=SALES).move_to([-2.6, -1.9, 0])
        check = Words("test on {n:.0f}", n=test, size=HEADING, color=HIGHLIGHT).move_to([4.6, -1.9, 0])
        score = Words("{x:.2f}", x=study.read("test_r2", method="least squares"), size=84, color=HIGHLIGHT)
        score.move_to([4.6, 2.4, 0])
        with self.say("luck.split") as cue:
            self.play(FadeIn(score, scale=0.8), run_time=0.5)
            self.play(FadeIn(rest), FadeIn(few), FadeIn(drawer), run_time=0.6)
            cue.until("fit")
            self.play(FadeIn(fit), run_time=0.5)
            cue.until("test")
            self.bring_to_front(few)
            self.play(few.animate.set_fill(HIGHLIGHT), run_time=0.3)
            self.play(Transform(few, inside), FadeIn(check), run_time=0.9)
        self.clear_stage(run_time=0.4)
        self.badge_for(self.result("luck").origin)

    def again(self) -> None:
        """Other games, other scores: the heap fills up."""
        found = self.result("luck")
        score = np.clip(found["score"], LOW, HIGH)
        self.heap = Histogram(score, np.arange(LOW, HIGH + BIN, BIN), width=12.4, height=4.4, colour=SALES)
        self.heap.move_to([0, 0.2, 0])
        zero = self.heap.at(0.0)
        self.zero = Line(zero + 0.1 * UP, zero + 0.3 * DOWN).set_stroke(INK, 5)
        self.axis = VGroup(
            self.zero,
            Words("zero", size=SMALL, color=INK).next_to(zero, DOWN, buff=0.4),
            Words("score on the games in the drawer", size=SMALL, color=SOFT).next_to(self.heap.floor, DOWN, buff=0.35),
        )
        self.axis[2].align_to(self.heap.floor, RIGHT).shift(0.75 * DOWN)
        count = Words("{n:,.0f} splits", n=found.read("splits"), size=HEADING, color=SALES).move_to([-4.4, 2.9, 0])
        bars = self.heap.grown(1 / score.size)

        def fill(mobject: Mobject, alpha: float) -> None:
            # Slowly at first, so that single games can be seen to land.
            mobject.become(self.heap.grown(max(1 / score.size, alpha**3)))

        with self.say("luck.again") as cue:
            self.play(FadeIn(self.heap.floor), FadeIn(self.axis), run_time=0.5)
            cue.until("others")
            self.add(bars)
            self.play(UpdateFromAlphaFunc(bars, fill, rate_func=linear), run_time=max(2.5, cue.left - 1.0))
            self.remove(bars)
            self.add(self.heap.bars)
            self.play(FadeIn(count), run_time=0.5)
            cue.until("again")
        self.count = count

    def heap_ends(self) -> None:
        """Below zero, the luckiest, the middle."""
        found = self.result("luck")
        edges = self.heap.edges[:-1]
        self.tape.on()
        self.tape.set("track.pos", 0.5 - self.heap.get_y() / float(config.frame_height))
        poor = VGroup(*(bar for bar, edge in zip(self.heap.bars, edges, strict=True) if edge < -1e-9))
        share = Words("{x:.0f} % below zero", x=found.read("below_zero"), size=BODY, color=BAD).move_to([-3.6, 1.2, 0])
        best = self.heap.mark(found.read("most"), "{x:.2f}", HIGHLIGHT, 1.6)
        middle = self.heap.mark(found.read("median"), "{x:.2f}", INK, 4.5)
        self.tape.keep_clean(share, best[1], middle[1], self.axis)
        with self.say("luck.heap") as cue:
            cue.until("below")
            self.play(poor.animate.set_fill(BAD), FadeIn(share), run_time=0.7)
            cue.until("most")
            tear(self, found.read("most"), of=self.luck())
            self.play(Create(best[0]), FadeIn(best[1]), run_time=0.6)
            cue.until("middle")
            tear(self, found.read("median"), of=self.luck())
            self.play(Create(middle[0]), FadeIn(middle[1]), run_time=0.6)
        tear(self, found.read("truth"), of=self.luck())
        self.play(FadeOut(best), FadeOut(middle), FadeOut(share), FadeOut(self.count), run_time=0.4)

    def luck(self) -> tuple[float, float]:
        """Where the tape is whole, at what a fit is really worth, and where it is torn: at the luckiest split."""
        found = self.result("luck")
        return float(found.read("truth")), float(found.read("most"))

    def mark(self) -> None:
        """The published score in our heap, and how many reach it; then in the study's own table."""
        found, rerun = self.result("luck"), self.result("rerun")
        published = found.read("published")
        edges = self.heap.edges[:-1]
        rich = VGroup(*(bar for bar, edge in zip(self.heap.bars, edges, strict=True) if edge >= float(published)))
        self.post = self.heap.mark(published, "{x:.2f}", HIGHLIGHT, 2.6)
        ours = Words("our table: {x:.0f} %", x=found.read("reach"), size=BODY, color=HIGHLIGHT)
        theirs = Words("the study's table: {x:.0f} %", x=rerun.read("reach"), size=BODY, color=INK)
        VGroup(ours, theirs).arrange(DOWN, buff=0.35, aligned_edge=LEFT).move_to([-3.8, 2.3, 0])
        self.tape.keep_clean(ours, theirs, self.post[1])
        with self.say("luck.mark") as cue:
            tear(self, published, of=self.luck())
            self.play(Create(self.post[0]), FadeIn(self.post[1]), run_time=0.6)
            cue.until("ours")
            self.play(rich.animate.set_fill(HIGHLIGHT), FadeIn(ours), run_time=0.7)
            cue.until("theirs")
            self.badge_for(rerun.origin)
            self.play(FadeOut(ours), FadeIn(theirs), run_time=0.6)
        self.badge_for(found.origin)
        self.play(FadeOut(theirs), run_time=0.4)

    def truth(self) -> None:
        """New games by the ten thousand."""
        found = self.result("luck")
        fresh = Words("{n:,.0f} new games", n=found.read("fresh"), size=BODY, color=TALK).move_to([-3.7, 2.7, 0])
        rain = specks(self.rng.uniform([-6.2, 0.2], [-1.2, 2.0], (400, 2)), TALK, 0.07, 0.8)
        post = self.heap.mark(found.read("truth"), "{x:.1f}", TALK, 4.5)
        with self.say("luck.truth") as cue:
            cue.until("new")
            self.play(FadeIn(fresh), FadeIn(rain, shift=0.5 * DOWN), run_time=0.8)
            cue.until("answer")
            tear(self, found.read("truth"), of=self.luck())
            self.play(Create(post[0]), FadeIn(post[1]), run_time=0.7)
        self.play(FadeOut(fresh), FadeOut(rain), run_time=0.4)
        self.real = post

    def shuffle(self) -> None:
        """The heap of shuffled sales, beside the post that it never reaches."""
        found = self.result("luck")
        null = np.clip(found["null"], LOW, HIGH)
        other = Histogram(null, self.heap.edges, width=12.4, height=4.4, colour=SOFT)
        other.move_to(self.heap.floor.get_center(), aligned_edge=DOWN)
        other.shift((self.heap.floor.get_y() - other.floor.get_y()) * UP)
        name = Words("sales shuffled", size=BODY, color=SOFT).move_to([-4.3, 2.6, 0])
        reach = Words("{x:.0f} % reach it", x=found.read("null_reach"), size=BODY, color=HIGHLIGHT)
        reach.move_to([-4.3, 1.7, 0])
        with self.say("luck.shuffle") as cue:
            cue.until("shuffle")
            grow = LaggedStart(*(GrowFromEdge(bar, DOWN) for bar in other.bars), lag_ratio=0.02)
            self.play(FadeOut(self.real), self.heap.bars.animate.set_fill(FAINT, 0.35), FadeIn(name), run_time=0.5)
            self.play(grow, run_time=1.0)
            cue.until("none")
            self.play(FadeIn(reach), self.post[0].animate.set_stroke(width=12), run_time=0.6)
            cue.until("big")
            self.play(FadeIn(self.real), run_time=0.6)
