"""Third scene: one part at a time plays its average; what each costs, and what a push of the same size costs."""

from __future__ import annotations

import numpy as np
from manim import DOWN, UP, FadeIn, FadeOut, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.circuits import LIT, Gauge, swatch
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Words
from tapehead.scenes.stage.palette import BAD, FAINT, INK, SOFT

from .parts import shaded, tower_of

KEPT = 90.0
"""Per cent that are left from which a head counts as spared, as the run counts it."""
HALF = 50.0
"""Per cent whose loss has the full colour at the latest: small losses look small."""
TOP = 120.0
"""Upper end of the meters in %."""


class Removal(StageScene):
    """The tower, a map of losses on it, and two meters for the worst of them."""

    def construct(self) -> None:
        self.found = self.result("ablation")
        self.at = (int(self.found["best_layer"]), int(self.found["best_head"]))
        self.tower = tower_of(self.result("prompts"), width=6.0, height=4.4).move_to([-2.6, 0.9, 0])
        self.average()
        self.best()
        self.control()
        self.spared()
        self.clear_stage(run_time=0.4)

    def average(self) -> None:
        """Lights go off and come back, one after another."""
        tries = [(layer, head) for layer in range(self.tower.layers) for head in range(self.tower.heads)][:4]
        label = Words("off: its average", size=BODY, color=SOFT).move_to([4.6, 2.6, 0])
        with self.say("removal.average") as cue:
            self.play(FadeIn(self.tower), run_time=0.6)
            cue.until("off")
            for at in tries:
                self.play(self.tower.turn([at], FAINT), run_time=0.3)
                self.play(self.tower.turn([at]), run_time=0.3)
            cue.until("average")
            self.play(self.tower.turn([tries[0]], FAINT), FadeIn(label), run_time=0.4)
        self.play(self.tower.turn([tries[0]]), FadeOut(label), run_time=0.4)

    def best(self) -> None:
        """The map, the head that is missed most, and what is left without it."""
        key = swatch("lost without it", BAD).next_to(self.tower, DOWN, buff=0.35)
        where = {"layer": self.at[0], "head": self.at[1]}
        self.left = self.gauge("heads_left", "averaged", 3.6, where)
        self.pushed = self.gauge("heads_control", "pushed", 5.6, where)
        title = Words("left of the meter", size=SMALL, color=SOFT).move_to([4.6, 3.2, 0])
        with self.say("removal.best") as cue:
            cue.until("costs")
            loss = self.tower.copy()
            shaded(loss, self.found["heads_drop"], self.found["mlps_drop"], BAD, least=HALF)
            self.play(self.tower.animate.become(loss), FadeIn(key), run_time=1.0)
            cue.until("best")
            self.ring = self.tower.ring(*self.at)
            self.name = Words("head {name}", name=self.found.facts["best"], size=BODY, color=INK)
            self.name.next_to(self.tower, UP, buff=0.2)
            self.play(FadeIn(self.ring, scale=1.5), FadeIn(self.name), run_time=0.5)
            cue.until("gone")
            self.play(FadeIn(self.left), FadeIn(title), run_time=0.4)
            self.play(self.left[0].read_out(), run_time=min(0.9, max(0.3, cue.left)))
        self.key = key

    def gauge(self, array: str, label: str, x: float, where: dict[str, int]) -> VGroup:
        """A full meter with its name below; :meth:`Gauge.read_out` takes it to its reading."""
        gauge = Gauge(self.found.read(array, **where), top=TOP, height=3.4, width=0.9).filled().move_to([x, 0.7, 0])
        name = Words(label, size=SMALL, color=SOFT).next_to(gauge.frame, DOWN, buff=0.25)
        return VGroup(gauge, name)

    def control(self) -> None:
        """The same head, pushed in a random direction."""
        with self.say("removal.control") as cue:
            cue.until("pushed")
            self.play(FadeIn(self.pushed), run_time=0.4)
            cue.until("costs")
            self.play(self.pushed[0].read_out(), run_time=0.9)
            if self.variant("removal.control") == "strong":
                both = [gauge[0].frame.animate.set_stroke(BAD, 6) for gauge in (self.left, self.pushed)]
                self.play(*both, run_time=0.5)

    def spared(self) -> None:
        """All that are hardly missed, counted."""
        count = Words(
            "{n} of {m} heads: hardly missed",
            n=self.found.read("spared"),
            m=self.result("circuit").read("head_total"),
            size=HEADING,
        ).move_to([-2.0, -2.9, 0])
        spared = [(int(a), int(b)) for a, b in np.argwhere(self.found["heads_left"] >= KEPT)]
        with self.say("removal.spared") as cue:
            self.play(FadeOut(self.key), run_time=0.3)
            cue.until("spared")
            lights = [self.tower.turn(spared, LIT)] if spared else []
            self.play(FadeIn(count), *lights, run_time=0.7)
