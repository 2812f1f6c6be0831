"""Ninth scene: other measures of likeness, on the same pairs, and the pixels themselves."""

from __future__ import annotations

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Circle, Create, DashedLine, FadeIn, FadeOut, Line, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.intervals import whisker
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Words
from tapehead.scenes.stage.palette import FAINT, GROUND, INK, SOFT

from .pictures import COMMON, NEAR, NOTHING

ROWS = ("overlap", "pooled overlap", "cosine", "linear CKA", "RSA", "pixels")
NAMES = {"pooled overlap": "without places"}
COLOUR = {"overlap": COMMON, "pixels": NEAR}
STEP = "one kind over near kinds"
START, END = -2.9, 6.4
LOW, HIGH = 0.35, 1.02


def along(value: float, y: float) -> np.ndarray:
    """Where an area lies on the scale."""
    return np.array([START + (value - LOW) / (HIGH - LOW) * (END - START), y, 0.0])


class Rulers(StageScene):
    """Rows of measures with their intervals; then another question."""

    def construct(self) -> None:
        self.found = self.result("pairs")
        self.badge_for(self.found.origin, self.found.model)
        self.others()
        self.pixels()
        self.kinds()
        self.clear_stage(run_time=0.4)

    def row(self, measure: str, y: float, names: tuple[str, str, str], **where: str) -> VGroup:
        value, low, high = (self.found.read(name, measure=measure, **where) for name in names)
        colour = COLOUR.get(measure, SOFT)
        spread = whisker(along(float(low), y), along(float(high), y), colour, 7, 0.2)
        dot = Circle(0.17).set_stroke(GROUND, 3).set_fill(colour, 1).move_to(along(float(value), y))
        number = Words("{x:.2f}", x=value, size=HEADING, color=colour)
        number.next_to(along(float(high), y), RIGHT, buff=0.3)
        if number.get_right()[0] > 6.9:
            number.next_to(along(float(low), y), LEFT, buff=0.3)
        name = Words(NAMES.get(measure, measure), size=BODY, color=colour).move_to([-3.4, y, 0], aligned_edge=RIGHT)
        return VGroup(spread, dot, number, name)

    def others(self) -> None:
        heights = dict(zip(ROWS, np.linspace(2.6, -1.85, len(ROWS)), strict=True))
        names = ("auc", "low", "high")
        self.rows = {measure: self.row(measure, float(y), names) for measure, y in heights.items()}
        self.coin = DashedLine(along(0.5, 3.0), along(0.5, -2.3), dash_length=0.15).set_stroke(NOTHING, 5)
        name = Words("coin", size=SMALL, color=NOTHING).next_to(self.coin, DOWN, buff=0.12)
        self.title = Words("near or far?", size=HEADING, color=INK).move_to([4.6, 3.35, 0])
        with self.say("rulers.others") as cue:
            self.play(Create(self.coin), FadeIn(name), FadeIn(self.title), run_time=0.5)
            cue.until("here")
            self.play(self.coin.animate.set_stroke(INK), run_time=0.4)
            cue.until("overlap")
            self.play(FadeIn(self.rows["overlap"]), run_time=0.4)
            cue.until("pooled")
            self.play(FadeIn(self.rows["pooled overlap"]), run_time=0.4)
            self.play(FadeIn(self.rows["cosine"]), FadeIn(self.rows["RSA"]), run_time=0.6)
            cue.until("cka")
            self.play(FadeIn(self.rows["linear CKA"]), run_time=0.4)
            cue.until("coin")
            self.play(self.coin.animate.set_stroke(INK), run_time=0.3)
            self.play(self.coin.animate.set_stroke(NOTHING), run_time=0.3)
        self.name = name

    def pixels(self) -> None:
        between = ("pooled overlap", "cosine", "linear CKA", "RSA")
        with self.say("rulers.pixels") as cue:
            cue.until("humble")
            spread, dot, number, name = self.rows["pixels"]
            self.play(FadeIn(name, shift=0.3 * UP), run_time=0.5)
            cue.until("without")
            self.play(FadeIn(spread), FadeIn(dot), FadeIn(number), run_time=0.5)
            self.add(self.rows["pixels"])
            cue.until("tell")
            self.play(*(FadeOut(self.rows[one]) for one in between), run_time=0.5)
            cue.until("nothing")
            self.play(self.rows["overlap"][2].animate.set_color(INK), run_time=0.3)
            self.play(self.rows["overlap"][2].animate.set_color(COMMON), run_time=0.3)

    def kinds(self) -> None:
        names = ("step_auc", "step_low", "step_high")
        rows = {m: self.row(m, y, names, step=STEP) for m, y in (("overlap", 1.35), ("pixels", -0.75))}
        title = Words("one kind, or a near one?", size=HEADING, color=INK).move_to([2.4, 3.35, 0])
        floor = Line(along(LOW, -2.3), along(HIGH, -2.3)).set_stroke(FAINT, 5)
        with self.say("rulers.kinds") as cue:
            cue.until("ask")
            self.play(
                *(FadeOut(one) for one in (self.rows["overlap"], self.rows["pixels"], self.title)),
                FadeIn(title),
                FadeIn(floor),
                run_time=0.5,
            )
            cue.until("pixels")
            self.play(FadeIn(rows["pixels"]), run_time=0.4)
            cue.until("overlap")
            self.play(FadeIn(rows["overlap"]), run_time=0.5)
            cue.until("knows")
            self.play(rows["overlap"][1].animate.scale(1.6), run_time=0.4)
            cue.until("told")
            self.play(rows["overlap"][1].animate.scale(1 / 1.6), run_time=0.4)
