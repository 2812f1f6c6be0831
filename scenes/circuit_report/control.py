"""Sixth scene: random circuits of the same size, with all that is indispensable in them, beside the one found."""

from __future__ import annotations

import numpy as np
from manim import DOWN, UP, FadeIn, LaggedStart, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Words
from tapehead.scenes.stage.meters import Histogram
from tapehead.scenes.stage.palette import BAD, EAR, GOOD, HIGHLIGHT, INK, SOFT

from .parts import component, tower_of

BINS = 30
FLOOR = -2.0


class Control(StageScene):
    """The circuit with its indispensable parts; the heap of random ones; where the best of them and ours stand."""

    def construct(self) -> None:
        self.held, self.random = self.result("held_out"), self.result("control")
        self.others()
        self.heap()
        self.clear_stage(run_time=0.4)

    def others(self) -> None:
        """Ours, how many are drawn, and which parts all of them have."""
        circuit = self.result("circuit")
        tower = tower_of(self.result("prompts"), width=6.6, height=4.6).move_to([-2.4, 0.6, 0])
        tower.show(circuit["heads"], circuit["mlps"])
        count = Words("{n}", n=self.random.read("draws"), size=2 * HEADING, color=EAR).move_to([4.6, 1.2, 0])
        label = Words("random circuits", size=BODY, color=EAR).next_to(count, DOWN, buff=0.3)
        needed = [component(name) for name in self.held.facts["indispensable"]]
        rings = VGroup(*(tower.ring(*at, INK) for at in needed))
        every = Words("in every one of them", size=SMALL, color=INK).next_to(label, DOWN, buff=0.5)
        with self.say("control.draws") as cue:
            self.play(FadeIn(tower), run_time=0.6)
            cue.until("draw")
            self.play(FadeIn(count, scale=1.4), FadeIn(label), run_time=0.6)
        with self.say("control.needed") as cue:
            cue.until("needed")
            if needed:
                self.play(LaggedStart(*(FadeIn(ring, scale=1.5) for ring in rings), lag_ratio=0.2), run_time=0.7)
            cue.until("all")
            if needed:
                self.play(FadeIn(every), run_time=0.4)
        self.clear_stage(run_time=0.4)

    def heap(self) -> None:
        """What the random ones keep, the best of them, and ours."""
        values = self.random["random"]
        score, best = self.held.read("score"), self.random.read("random_best")
        low, high = min(float(values.min()), float(score), 0.0), max(float(values.max()), float(score), 100.0)
        heap = Histogram(values, np.linspace(low, high, BINS + 1), width=10.5, height=2.2, colour=EAR)
        heap.shift([-5.25 - heap.floor.get_start()[0], FLOOR - heap.floor.get_y(), 0])
        axis = Words("per cent of the meter that is kept", size=SMALL, color=SOFT)
        axis.move_to([0, 3.4, 0])
        verdicts = {"strong": ("no better", BAD), "some": ("some others do", SOFT)}
        told, colour = verdicts.get(self.variant("control.result"), ("it matters which", GOOD))
        other = heap.mark(best, "best at random: {x:.0f} %", EAR, tall=0.6)
        other[0].move_to(heap.at(best), aligned_edge=UP)  # below the floor, so that it never meets our post
        other[1].next_to(other[0], DOWN, buff=0.12)
        ours = heap.mark(score, "ours: {x:.0f} %", HIGHLIGHT, tall=3.4)
        for mark in (other, ours):
            _inside(mark[1])
        verdict = Words(told, size=HEADING, color=colour)
        chance = Words("p = {p:.2g}", p=self.random.read("p"), size=BODY, color=SOFT)
        corner = VGroup(verdict, chance).arrange(DOWN, buff=0.2).move_to([-4.2, 2.3, 0])
        if float(ours[1].get_left()[0]) < float(corner.get_right()[0]) + 0.3:
            corner.set_x(4.2)
        with self.say("control.result") as cue:
            self.play(FadeIn(heap.floor), FadeIn(axis), run_time=0.3)
            cue.until("keep")
            self.play(LaggedStart(*(FadeIn(bar, shift=0.2 * UP) for bar in heap.bars), lag_ratio=0.05), run_time=0.8)
            cue.until("best")
            self.play(FadeIn(other), run_time=0.5)
            cue.until("ours")
            self.play(FadeIn(ours, shift=0.4 * DOWN), run_time=0.6)
            cue.until("verdict")
            self.play(FadeIn(corner), run_time=0.5)


def _inside(words: Words) -> None:
    """Keep a label that hangs at a post near the edge within the frame."""
    if (right := float(words.get_right()[0])) > 6.8:
        words.shift([6.8 - right, 0, 0])
    if (left := float(words.get_left()[0])) < -6.8:
        words.shift([-6.8 - left, 0, 0])
