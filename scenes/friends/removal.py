"""Eighth scene: links are taken away; accuracy follows the balance of the test, the area what is still seen."""

from __future__ import annotations

import numpy as np
from manim import LEFT, UP, Create, Dot, FadeIn, FadeOut, Indicate, LaggedStart, Line, VGroup, VMobject

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.intervals import whisker
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Words
from tapehead.scenes.stage.palette import BAD, FAINT, HIGHLIGHT, INK, SOFT
from tapehead.scenes.stage.specks import block, specks

from .pictures import FRIEND, STRANGER, person

LEFT_END, WIDE, FLOOR, HIGH = -5.4, 7.8, -2.4, 5.4


class Removal(StageScene):
    """The published fall, our rise, the balance, and the area."""

    def construct(self) -> None:
        self.published()
        self.badge_for(self.result("removal").origin)
        self.rise()
        self.balance()
        self.area()
        self.clear_stage(run_time=0.4)

    def published(self) -> None:
        """Nine links in ten are gone, and so is the score."""
        study = self.result("study")
        self.badge_for(study.origin)
        crowd = VGroup(*(person(SOFT, 0.9).move_to([x, y, 0]) for x in (-5.4, -3.4, -1.4) for y in (2.0, 0.0, -2.0)))
        lines = VGroup(
            *(Line(a.get_center(), b.get_center()).set_stroke(FRIEND, 4) for a in crowd for b in crowd if a is not b)
        )[::3]
        shares = [study.read("removal_accuracy", share=share) for share in ("10%", "90%")]
        told = VGroup(
            Words("{x:.0%}", x=shares[0], size=HUGE, color=FRIEND).move_to([3.6, 1.5, 0]),
            Words("{x:.0%}", x=shares[1], size=HUGE, color=BAD).move_to([3.6, -1.5, 0]),
        )
        with self.say("removal.published") as cue:
            self.play(FadeIn(lines), FadeIn(crowd), run_time=0.6)
            cue.until("tenth")
            self.play(FadeOut(lines[::10]), FadeIn(told[0]), run_time=0.6)
            cue.until("nine")
            left = VGroup(*(line for n, line in enumerate(lines) if n % 10))
            self.play(FadeOut(left[2:]), FadeIn(told[1]), run_time=0.8)
        self.clear_stage(run_time=0.4)

    def at(self, share: float, value: float) -> np.ndarray:
        return np.array([LEFT_END + WIDE * share / 100, FLOOR + HIGH * value, 0.0])

    def curve(self, array: str, colour: str) -> VGroup:
        found = self.result("removal")
        shares, values = found["removed"], found[array]
        line = VMobject().set_points_as_corners([self.at(s, v) for s, v in zip(shares, values, strict=True)])
        dots = VGroup(*(Dot(self.at(s, v), radius=0.1, color=colour) for s, v in zip(shares, values, strict=True)))
        made = VGroup(line.set_stroke(colour, 7).set_fill(opacity=0), dots)
        if f"{array}_low" in found.quantities:
            ends = zip(shares, found[f"{array}_low"], found[f"{array}_high"], strict=True)
            made.add(VGroup(*(whisker(self.at(s, a), self.at(s, b), INK, 3, 0.08) for s, a, b in ends)))
        return made

    def rise(self) -> None:
        """In our town accuracy climbs instead."""
        found = self.result("removal")
        axes = VGroup(
            Line([LEFT_END, FLOOR, 0], [LEFT_END + WIDE, FLOOR, 0]),
            Line([LEFT_END, FLOOR, 0], [LEFT_END, FLOOR + HIGH, 0]),
        ).set_stroke(FAINT, 5)
        name = Words("links taken away", size=SMALL, color=SOFT).move_to([LEFT_END + WIDE - 1.4, FLOOR - 0.85, 0])
        ticks = VGroup(
            *(
                Words("{x:.0f} %", x=share, size=SMALL, color=SOFT).move_to(self.at(float(share), 0) + 0.35 * -UP)
                for share in found.row("removed", "share")[::2]
            )
        )
        self.right = self.curve("accuracy", HIGHLIGHT)
        last = found.read("accuracy", share="90%")
        told = Words("right {x:.0%}", x=last, size=HEADING, color=HIGHLIGHT).move_to([4.9, 2.5, 0])
        coin = VGroup(
            Line(self.at(0, 0.5), self.at(100, 0.5)).set_stroke(SOFT, 3),
            Words("a coin", size=SMALL, color=SOFT).move_to(self.at(14, 0.5) - 0.3 * UP),
        )
        with self.say("removal.rise") as cue:
            self.play(FadeIn(axes), run_time=0.6)
            cue.until("coin")
            self.play(FadeIn(coin), run_time=0.4)
            cue.until("ten")
            self.play(FadeIn(name), FadeIn(ticks), run_time=0.5)
            cue.until("climbs")
            self.play(Create(self.right[0]), FadeIn(self.right[1:]), run_time=1.2)
            cue.until("ninety")
            self.play(FadeIn(told, shift=0.3 * LEFT), run_time=0.5)
            cue.until("how")
            self.play(Indicate(told, color=INK, scale_factor=1.1), run_time=0.8)
        self.told = told

    def balance(self) -> None:
        """What is asked: nearly all of it friends."""
        found = self.result("removal")
        share = found.read("positives", share="90%")
        places = block(100, 10, (0.26, 0.26), (4.9, -0.6))
        linked = np.arange(100) < round(float(share))
        asked = VGroup(specks(places[linked], FRIEND, 0.2), specks(places[~linked], STRANGER, 0.2))
        told = Words("{x:.0f} % are friends", x=share, size=BODY, color=FRIEND).move_to([4.9, 1.25, 0])
        with self.say("removal.balance") as cue:
            cue.until("asked")
            shown = LaggedStart(*(FadeIn(part) for part in asked), lag_ratio=0.4)
            self.play(shown, run_time=1.0)
            cue.until("share")
            self.play(FadeIn(told, shift=0.2 * UP), run_time=0.5)
            for mark, kind in (("yes", 0), ("no", 1)):
                cue.until(mark)
                self.play(Indicate(asked[kind], color=HIGHLIGHT, scale_factor=1.05), run_time=0.9)
        self.play(FadeOut(asked), FadeOut(told), run_time=0.3)

    def area(self) -> None:
        """The chance that a friend outranks a stranger falls to that of a coin."""
        found = self.result("removal")
        seen = self.curve("auc", FRIEND)
        first, last = found.read("auc", share="10%"), found.read("auc", share="90%")
        told = VGroup(
            Words("ranks {x:.2f}", x=first, size=HEADING, color=FRIEND).move_to([4.9, 0.6, 0]),
            Words("then {x:.2f}", x=last, size=HEADING, color=FRIEND).move_to([4.9, -0.4, 0]),
        )
        with self.say("removal.area") as cue:
            cue.until("rank")
            self.play(Create(seen[0]), FadeIn(seen[1:]), run_time=1.2)
            cue.until("falls")
            self.play(FadeIn(told[0]), run_time=0.4)
            cue.until("end")
            self.play(FadeIn(told[1]), run_time=0.4)
            cue.until("tell")
            self.play(Indicate(self.right[0], color=INK, scale_factor=1.0), run_time=0.9)
