"""Fourth scene: pairs in a plane, a straight fence, a bent one, and what shuffling is worth."""

from __future__ import annotations

import numpy as np
from manim import RIGHT, UP, Circle, Create, FadeIn, FadeOut, Line, Rectangle, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import HEADING, SMALL, Words
from tapehead.scenes.stage.palette import FAINT, HIGHLIGHT, INK, SOFT
from tapehead.scenes.stage.specks import specks

from .pictures import FRIEND, STRANGER

LEFT_END, FLOOR, WIDE, HIGH = -6.3, -2.6, 8.0, 5.6


class Fence(StageScene):
    """The cloud, straight, bent, shuffled."""

    def construct(self) -> None:
        found = self.result("fence")
        self.badge_for(found.origin)
        across, up = found["across"], found["up"]
        cell = (across[1] - across[0], up[1] - up[0])
        self.low = np.array([across[0] - cell[0] / 2, up[0] - cell[1] / 2])
        self.span = np.array([cell[0] * len(across), cell[1] * len(up)])
        self.cloud()
        self.straight()
        self.bent()
        self.null()
        self.clear_stage(run_time=0.4)

    def at(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        shares = (np.column_stack([x, y]) - self.low) / self.span
        return np.array([LEFT_END, FLOOR]) + shares * [WIDE, HIGH]

    def cloud(self) -> None:
        """Friends and strangers; equal numbers are spread a little so that none hides another."""
        found = self.result("fence")
        places = self.at(found["x"], found["y"]) + self.rng.uniform(-0.09, 0.09, (found["x"].size, 2))
        linked = found["linked"] == 1
        self.friends = specks(places[linked], FRIEND, 0.09)
        self.strangers = specks(places[~linked], STRANGER, 0.09)
        axes = VGroup(
            Line([LEFT_END, FLOOR, 0], [LEFT_END + WIDE, FLOOR, 0]),
            Line([LEFT_END, FLOOR, 0], [LEFT_END, FLOOR + HIGH, 0]),
        ).set_stroke(FAINT, 5)
        names = VGroup(
            Words("common friends (log)", size=SMALL, color=SOFT).move_to(
                [LEFT_END + WIDE, FLOOR - 0.35, 0], aligned_edge=RIGHT
            ),
            Words("walks (log)", size=SMALL, color=SOFT).move_to([LEFT_END + 0.9, FLOOR + HIGH + 0.35, 0]),
        )
        self.key = VGroup(
            Words("friends", size=HEADING, color=FRIEND).move_to([4.5, 3.0, 0]),
            Words("strangers", size=HEADING, color=STRANGER).move_to([4.5, 2.2, 0]),
        )
        middles = [np.median(places[which], axis=0) for which in (linked, ~linked)]
        both = Circle(radius=1.1).set_stroke(INK, 5).move_to([*np.mean(middles, axis=0), 0])
        with self.say("fence.cloud") as cue:
            self.play(FadeIn(axes), FadeIn(names), run_time=0.6)
            cue.until("friends")
            self.play(FadeIn(self.friends), FadeIn(self.key[0]), run_time=0.7)
            cue.until("strangers")
            self.play(FadeIn(self.strangers), FadeIn(self.key[1]), run_time=0.7)
            cue.until("overlap")
            self.play(Create(both), run_time=0.6)
        self.play(FadeOut(both), run_time=0.3)

    def regions(self, name: str) -> VGroup:
        """The side of the fence that is taken for friends, as shaded cells."""
        score = self.result("fence")[name]
        n = score.shape[0]
        wide, high = WIDE / n, HIGH / n
        cells = VGroup()
        for i in range(n):
            run = 0
            for j in range(n + 1):
                inside = j < n and score[i, j] > 0
                if inside:
                    run += 1
                elif run:
                    strip = Rectangle(width=run * wide, height=high * 1.02, stroke_width=0).set_fill(HIGHLIGHT, 0.2)
                    cells.add(strip.move_to([LEFT_END + (j - run / 2) * wide, FLOOR + (i + 0.5) * high, 0]))
                    run = 0
        return cells

    def score(self, name: str, label: str, y: float) -> VGroup:
        found = self.result("fence")
        value, low, high = (found.read(f"right_{name}{end}") for end in ("", "_low", "_high"))
        return VGroup(
            Words("{n} {x:.0f} %", n=label, x=value, size=HEADING, color=HIGHLIGHT).move_to([4.6, y, 0]),
            Words("{a:.0f} to {b:.0f} %", a=low, b=high, size=SMALL, color=SOFT).move_to([4.6, y - 0.65, 0]),
        )

    def straight(self) -> None:
        self.shown = self.regions("straight")
        told = self.score("straight", "straight", 0.7)
        with self.say("fence.straight") as cue:
            cue.until("fence")
            self.play(FadeIn(self.shown), run_time=0.9)
            cue.until("right")
            self.play(FadeIn(told, shift=0.2 * UP), run_time=0.6)

    def bent(self) -> None:
        new = self.regions("bent")
        told = self.score("bent", "bent", -0.9)
        with self.say("fence.bent") as cue:
            cue.until("street")
            self.play(FadeOut(self.shown), run_time=0.6)
            cue.until("bend")
            self.play(FadeIn(new), run_time=0.9)
            cue.until("right")
            self.play(FadeIn(told, shift=0.2 * UP), run_time=0.6)

    def null(self) -> None:
        found = self.result("fence")
        told = Words("shuffled {x:.0f} %", x=found.read("right_null"), size=HEADING, color=INK).move_to([4.6, -2.5, 0])
        with self.say("fence.null") as cue:
            cue.until("shuffle")
            self.play(self.friends.animate.set_fill(SOFT), self.strangers.animate.set_fill(SOFT), run_time=0.7)
            cue.until("best")
            self.play(FadeIn(told, shift=0.2 * UP), run_time=0.6)
