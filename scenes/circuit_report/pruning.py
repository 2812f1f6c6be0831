"""Fourth scene: parts go out for good as long as the meter stays above a line; what is left is the circuit."""

from __future__ import annotations

import numpy as np
from manim import DOWN, RIGHT, AnimationGroup, FadeIn, VGroup

from tapehead.analysis.results import Reading
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.circuits import DARK, LIT, Gauge
from tapehead.scenes.stage.lettering import HEADING, SMALL, Words
from tapehead.scenes.stage.palette import SOFT

from .parts import tower_of

TOP = 120.0
CHUNKS = 10
"""Steps in which the search is shown."""
At = tuple[int, int]


class Pruning(StageScene):
    """The search of the run, in its own order, with its own meter."""

    def construct(self) -> None:
        self.found = self.result("circuit")
        self.tower = tower_of(self.result("prompts"), width=6.6, height=4.6).move_to([-2.4, 0.9, 0])
        steps = range(int(self.found["steps"]))
        parts = [(int(self.found["trace_layer"][k]), int(self.found["trace_head"][k])) for k in steps]
        kept = [k for k in steps if not self.found["trace_removed"][k]]
        self.gone = [k for k in steps if self.found["trace_removed"][k]]
        self.back = [parts[k] for k in kept[:1]]
        self.parts = parts
        self.meter = Gauge(
            self.found.read("score"), top=TOP, height=4.2, width=1.0, threshold=self.found.read("threshold")
        )
        self.meter.filled().move_to([4.2, 0.6, 0])
        self.cover()
        self.rule()
        self.end()
        self.clear_stage(run_time=0.4)

    def reading(self, step: int) -> Reading:
        """What the meter said at a step of the search."""
        return self.found.read("trace_score", step=step)

    def cover(self) -> None:
        """All lights are on, and the meter is full."""
        label = Words("left of the meter", size=SMALL, color=SOFT).next_to(self.meter.frame, DOWN, buff=0.3)
        with self.say("pruning.cover") as cue:
            self.play(FadeIn(self.tower), run_time=0.6)
            cue.until("good")
            self.meter.line.set_opacity(0)
            self.play(FadeIn(self.meter), FadeIn(label), run_time=0.6)

    def rule(self) -> None:
        """The line, one part that stays off, one that comes back, and then all the others."""
        line = Words("{x:.0f} %", x=self.found.read("threshold"), size=SMALL)
        line.next_to(self.meter.line, RIGHT, buff=0.15)
        first, rest = self.gone[:1], self.gone[1:]
        with self.say("pruning.rule") as cue:
            cue.until("line")
            self.play(self.meter.line.animate.set_opacity(1), FadeIn(line), run_time=0.5)
            cue.until("off")
            if first:
                off = self.tower.turn([self.parts[first[0]]], DARK)
                self.play(off, self.meter.to(self.reading(first[0])), run_time=0.6)
            cue.until("back")
            if self.back:
                self.play(self.tower.turn(self.back, DARK), run_time=0.3)
                self.play(self.tower.turn(self.back, LIT), run_time=0.4)
            chunks = [chunk for chunk in np.array_split(np.array(rest, dtype=int), CHUNKS) if len(chunk)]
            for number, chunk in enumerate(chunks):
                share = max(0.2, cue.left / (len(chunks) - number))
                self.play(
                    self.tower.turn([self.parts[k] for k in chunk], DARK),
                    self.meter.to(self.reading(int(chunk[-1]))),
                    run_time=share,
                )

    def end(self) -> None:
        """What is left, counted."""
        heads = Words(
            "{n} of {m} heads", n=self.found.read("head_count"), m=self.found.read("head_total"), size=HEADING
        ).move_to([-2.6, -2.2, 0])
        shops = Words(
            "{n} of {m} workshops", n=self.found.read("mlp_count"), m=self.found.read("mlp_total"), size=HEADING
        ).next_to(heads, DOWN, buff=0.25)
        with self.say("pruning.found") as cue:
            cue.until("end")
            self.play(self.as_found(), FadeIn(heads), run_time=0.6)
            cue.until("workshops")
            self.play(FadeIn(shops), run_time=0.5)
            cue.until("score")
            self.play(self.meter.to(self.found.read("score")), run_time=0.7)

    def as_found(self) -> AnimationGroup:
        """Lights exactly on what the run kept."""
        target = self.tower.copy().show(self.found["heads"], self.found["mlps"])
        return AnimationGroup(self.tower.animate.become(VGroup(*target)))
