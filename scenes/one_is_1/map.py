"""Fourth scene: one square glows for both alphabets, in both machines."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    PI,
    RIGHT,
    UP,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    Rectangle,
    Rotate,
    RoundedRectangle,
    VGroup,
    interpolate_color,
    there_and_back,
)
from manim.utils.color import ManimColor

from tapehead.analysis.results import Origin, Result
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.circuits import DARK, Tower
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, TITLE, Name, Words
from tapehead.scenes.stage.palette import BAD, EAR, HIGHLIGHT, INK, NOSE, SOFT
from tapehead.scenes.stage.tears import SHARE, mend, tear

KINDS = (("numerals", "digits", NOSE), ("words", "words", EAR))


def brightness(values: np.ndarray) -> np.ndarray:
    """From 0, nothing comes back, to 1, everything: the root of the score, so that small ones can be told apart."""
    return np.sqrt(np.clip(values, 0, 1))


def legend() -> VGroup:
    """The one scale of brightness: squares for nothing, a tenth, a half, everything."""
    rows = VGroup()
    for word, value in (("all", 1.0), ("half", 0.5), ("a tenth", 0.1), ("nothing", 0.0)):
        share = float(brightness(np.array(value)))
        square = Rectangle(width=0.42, height=0.42).set_stroke(SOFT, 2)
        square.set_fill(interpolate_color(ManimColor(DARK), ManimColor(INK), share), 1)
        rows.add(VGroup(square, Words(word, size=SMALL, color=SOFT)).arrange(DOWN, buff=0.1))
    return rows.arrange(DOWN, buff=0.22)


class MapScene(StageScene):
    """Two maps of the big model, then two of the small one; and what they do not say."""

    def construct(self) -> None:
        self.gpt()
        self.scores()
        self.mini()
        self.closed()
        self.clear_stage(run_time=0.4)

    def maps(self, result: Result, height: float) -> list[Tower]:
        """A grid per alphabet, brightness by how much a head brings back, on the one scale of the scene."""
        values = result["patch_head_output"]
        labels = result.quantity("patch_head_output").labels["task"]
        towers = []
        for i, (kind, _, colour) in enumerate(KINDS):
            grid = values[labels.index(kind)]
            tower = Tower(*grid.shape, width=4.6, height=height, lit=False)
            tower.shade(brightness(grid), colour)
            tower.workshops().set_opacity(0)
            heads = VGroup(*(tower.cell(*at) for at in np.ndindex(*grid.shape)))
            tower.shift([-3.3 + 6.6 * i, 0.1, 0] - heads.get_center())
            towers.append(tower)
        return towers

    def names(self, towers: list[Tower], y: float) -> VGroup:
        return VGroup(
            *(
                Words(shown, size=HEADING, color=colour).move_to([tower.cell(0, 0).get_x() + 2.1, y, 0])
                for tower, (_, shown, colour) in zip(towers, KINDS, strict=True)
            )
        )

    def gpt(self) -> None:
        """The published maps appear, one square after another."""
        found = self.result("weekend")
        self.badge_for(found.origin, found.model)
        self.towers = self.maps(found, 4.6)
        self.key = legend().move_to([0, 0.1, 0])
        self.labels = self.names(self.towers, 3.1)
        blanks = [tower.copy() for tower in self.towers]
        for blank, tower in zip(blanks, self.towers, strict=True):
            for i in range(len(tower)):
                if tower[i].get_fill_opacity() > 0:
                    blank[i].set_fill(DARK, 1)
        with self.say("map.gpt") as cue:
            self.play(FadeIn(blanks[0]), FadeIn(blanks[1]), FadeIn(self.key), run_time=0.6)
            for i, mark in enumerate(("digits", "words")):
                cue.until(mark)
                self.play(FadeIn(self.towers[i]), FadeIn(self.labels[i]), FadeOut(blanks[i]), run_time=0.9)
            cue.until("head")
            self.rings = VGroup(*(tower.ring(9, 1, HIGHLIGHT) for tower in self.towers))
            name = Words("{n}", n=Name("head 9.1"), size=BODY, color=HIGHLIGHT).move_to([0, 3.1, 0])
            self.play(FadeIn(self.rings, scale=1.8), FadeIn(name), run_time=0.7)
        self.name = name

    def scores(self) -> None:
        """What the square brings back."""
        found = self.result("weekend")
        numbers = VGroup()
        for tower, (kind, _, colour) in zip(self.towers, KINDS, strict=True):
            value = found.read("patch_head_output", task=kind, layer="9", head="1")
            numbers.add(
                Words("{x:.0%}", x=value, size=HEADING, color=colour).move_to([tower.cell(0, 0).get_x() + 2.1, -2.8, 0])
            )
        asked = Words("tape C: not asked", size=SMALL, color=SOFT).move_to([0, -3.3, 0])
        self.tape.keep_clean(self.standing_badge, *self.towers, self.labels, self.key, self.name, numbers, asked)
        with self.say("map.scores") as cue:
            for number, mark, (kind, _, _) in zip(numbers, ("digits", "words"), KINDS, strict=True):
                cue.until(mark)
                tear(self, found.read("patch_head_output", task=kind, layer="9", head="1"), SHARE)
                self.play(FadeIn(number, shift=0.2 * UP), run_time=0.5)
            cue.until("one")
            self.play(*(ring.animate.set_stroke(width=10) for ring in self.rings), run_time=0.5)
            cue.until("asked")
            self.play(FadeIn(asked), run_time=0.4)
        self.clear_stage(run_time=0.4)

    def mini(self) -> None:
        """The small model's maps on tape B, then on tape C, with bootstrap intervals at the brightest square."""
        first, second = self.result("patches"), self.result("kept")
        self.badge_for(first.origin, first.model)
        towers, later = self.maps(first, 3.4), self.maps(second, 3.4)
        labels = self.names(towers, 2.6)
        numbers, after = (VGroup(*(self.number(result, k) for k in range(len(KINDS)))) for result in (first, second))
        tapes = VGroup(*(Words(text, size=HEADING, color=INK).move_to([0, 3.3, 0]) for text in ("tape B", "tape C")))
        name = Words("{n}", n=Name("head 0.6"), size=BODY, color=HIGHLIGHT).move_to([0, 2.4, 0])
        key = legend().move_to([0, 0.0, 0])
        self.rings = VGroup(*(tower.ring(0, 6, HIGHLIGHT) for tower in towers))
        self.tape.keep_clean(self.standing_badge, *towers, labels, tapes, name, key, numbers, after)
        with self.say("map.mini") as cue:
            cue.until("mini")
            mend(self)
            self.play(*(FadeIn(t) for t in towers), FadeIn(labels), FadeIn(tapes[0]), FadeIn(key), run_time=0.7)
            cue.until("head")
            self.play(FadeIn(self.rings, scale=1.8), FadeIn(name), run_time=0.6)
            self.torn_by(first, "numerals")
            self.play(LaggedStart(*(FadeIn(n, shift=0.2 * UP) for n in numbers), lag_ratio=0.5), run_time=1.0)
            cue.until("c")
            self.play(
                FadeOut(tapes[0]), FadeIn(tapes[1]), FadeOut(numbers),
                *(tower.animate.become(other) for tower, other in zip(towers, later, strict=True)), run_time=1.0,
            )  # fmt: skip
            self.bring_to_front(self.rings)
            cue.until("same")
            self.point_again()
            for number, mark, (kind, _, _) in zip(after, ("digits", "words"), KINDS, strict=True):
                cue.until(mark)
                self.torn_by(second, kind)
                self.play(FadeIn(number, shift=0.2 * UP), run_time=0.5)

    def torn_by(self, found: Result, kind: str) -> None:
        """The tape tears by what the reader does not bring back."""
        tear(self, found.read("patch_head_output", task=kind, layer="0", head="6"), SHARE)

    def point_again(self) -> None:
        """The frames around the one head widen and close again, when the head is spoken of once more."""
        self.play(*(ring.animate(rate_func=there_and_back).scale(1.6) for ring in self.rings), run_time=0.9)

    def number(self, found: Result, k: int) -> VGroup:
        """What the reader brings back for kind ``k``, its interval and the number of prompts."""
        kind, _, colour = KINDS[k]
        at = {"task": kind, "layer": "0", "head": "6"}
        number = Words("{x:.0%}", x=found.read("patch_head_output", **at), size=HEADING, color=colour)
        spread = Words(
            "{a:.0%} to {b:.0%}, {n} prompts",
            a=found.read("patch_head_output_low", **at),
            b=found.read("patch_head_output_high", **at),
            n=found.read("prompts", task=kind),
            size=SMALL,
            color=SOFT,
        )
        return VGroup(number, spread).arrange(DOWN, buff=0.22).move_to([-3.3 + 6.6 * k, -2.75, 0])

    def closed(self) -> None:
        """A stamp that does not hold."""
        frame = RoundedRectangle(corner_radius=0.2, width=6.4, height=2.0).set_stroke(BAD, 8).set_fill(opacity=0)
        stamp = VGroup(frame, Words("case closed?", size=96, color=BAD))
        where = Words("where: the brightest head", size=TITLE, color=INK).move_to([0, 1.7, 0])
        what = Words("what does it do?", size=HUGE, color=HIGHLIGHT).move_to([0, -1.2, 0])
        thread = Line(where.get_bottom() + 0.2 * DOWN, what.get_top() + 0.2 * UP).set_stroke(BAD, 5)
        with self.say("map.closed") as cue:
            cue.until("one")
            self.point_again()
            cue.until("closed")
            mend(self)
            self.clear_stage(run_time=0.3)
            self.badge_for(Origin.ILLUSTRATION)
            self.play(FadeIn(stamp, scale=1.8), run_time=0.4)
            self.play(Rotate(stamp, -PI / 14), run_time=0.5)
            cue.until("where")
            self.play(stamp.animate.shift(7 * DOWN).rotate(-PI / 5), FadeIn(where), run_time=0.9)
            self.remove(stamp)
            cue.until("what")
            self.play(FadeIn(thread), FadeIn(what, shift=0.2 * RIGHT), run_time=0.6)
