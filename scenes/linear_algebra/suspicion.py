"""Second scene: three cats, a smile that shows the nap, and noses that grow with it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UL,
    UP,
    UR,
    Animation,
    Circle,
    DashedVMobject,
    Dot,
    FadeIn,
    FadeOut,
    GrowFromEdge,
    LaggedStart,
    Rectangle,
    Transform,
    VGroup,
    VMobject,
    there_and_back,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.cats import CatPerson, cat_icon
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Words
from tapehead.scenes.stage.palette import GROUND, HIGHLIGHT, NAP, NOSE, SOFT
from tapehead.scenes.stage.rulers import bar

RULES = ("shortest nap", "middle nap", "longest nap")
ACROSS = (-4.5, 0.0, 4.5)
HEIGHT = 2.1
ALONE, NEAR, LARGE = -0.3, (-4.7, -0.35, 3.85), 2.6
"""While nothing stands below the three: how high their heads are, where they are, and how large."""
MORE = 1.25
"""How much longer the nose becomes whose nap is asked for: a drawing's, like the nap's dashes."""
PER_NAP = 0.42
"""Frame units of bar per unit of nap; a nose unit is drawn twice as long, since only the order is to be seen."""


class Suspicion(StageScene):
    """A longer nap goes with a larger nose: seen, but not yet said by how much."""

    def construct(self) -> None:
        cats = self.result("cats")
        self.naps = [cats.read("trio_nap", rule=rule) for rule in RULES]
        self.noses = [float(cats.read("trio_nose", rule=rule)) for rule in RULES]
        self.ears = [float(cats.read("trio_ear", rule=rule)) for rule in RULES]
        self.three()
        self.invented()
        self.smile()
        self.nose()
        self.how_much()
        self.clear_stage(run_time=0.4)

    def cat(self, n: int, mouth: float = 0.0, height: float = HEIGHT) -> CatPerson:
        """One of the three, at its place; the third sleeps."""
        height *= self.shaped(1.0, upright=0.7)
        cat = CatPerson(self.noses[n], self.ears[n], mouth, asleep=n == 2, tinted=True, height=height)
        return cat.shift(np.array([self.place(n), 1.0, 0]))

    def alone(self, n: int) -> CatPerson:
        """The same cat while nothing stands below it: larger, and in the middle of the frame."""
        if self.is_upright:
            return self.cat(n).shift(DOWN)
        return self.cat(n, height=LARGE).shift(np.array([NEAR[n] - ACROSS[n], ALONE - 1.0, 0]))

    def place(self, n: int) -> float:
        """How far to the right a cat is; beside the third, sleep needs room."""
        return self.narrowed(ACROSS[n]) - self.shaped(0.0, upright=0.2)

    def named(self, word: str, under: Rectangle, colour: str) -> Words:
        """What a row of bars is: before its first one, or above it where there is no room before it."""
        name = Words(word, size=SMALL, color=colour)
        if self.is_upright:
            return name.next_to(under, UP, buff=0.12, aligned_edge=LEFT)
        return name.next_to(under, LEFT, buff=0.25)

    def bar(self, n: int, length: float, colour: str, y: float) -> Rectangle:
        """A bar under a cat; all three begin at the same distance left of their cat."""
        left = self.place(n) - self.shaped(1.3, upright=1.15)
        return bar(np.array([left, y, 0]), self.narrowed(length * PER_NAP), colour)

    def three(self) -> None:
        """One after the other: a little nap, a fair one, and one that never ends."""
        self.trio = [self.alone(n) for n in range(3)]
        with self.say("suspicion.three") as cue:
            arrive = (FadeIn(cat, shift=0.5 * UP) for cat in self.trio)
            self.play(LaggedStart(*arrive, lag_ratio=0.35), run_time=1.1)
            for cat, mark in zip(self.trio, ("little", "fair", "never"), strict=True):
                cue.until(mark)
                self.play(cat.animate(rate_func=there_and_back).scale(1.1), run_time=0.8)

    def invented(self) -> None:
        """The other cats shower in; a sealed envelope holds the truth about them."""
        cats = self.result("cats")
        with self.say("suspicion.invented") as cue:
            cue.until("forty")
            self.play(*self.all_to(self.cat), run_time=0.5)  # they make room
            wall = VGroup()
            for n, (nose, ear) in enumerate(zip(cats["nose"], cats["ear"], strict=True)):
                wall.add(cat_icon(float(nose), float(ear), height=0.42).move_to(self.seat(n, len(cats["nose"]))))
            note = Words("{n} invented cats", n=cats.read("cats"), size=SMALL, color=SOFT).move_to(3.2 * DOWN)
            shower = LaggedStart(*(FadeIn(icon, shift=0.5 * DOWN) for icon in wall), lag_ratio=0.05)
            self.play(shower, FadeIn(note), run_time=max(1.5, cue.to("hidden")))
            letter = self.letter().move_to(self.shaped(2.25 * RIGHT + 3.15 * UP, upright=1.3 * RIGHT + 3.4 * UP))
            self.play(FadeIn(letter, shift=0.6 * DOWN), run_time=0.7)
        gone = (FadeOut(wall), FadeOut(note), FadeOut(letter))
        self.play(*gone, run_time=0.3)
        self.play(*self.all_to(self.alone), run_time=0.4)  # and have the frame to themselves again

    def all_to(self, made: Callable[[int], CatPerson]) -> list[Animation]:
        """The three move, and grow or shrink, to where ``made`` has them."""
        return [Transform(cat, made(n)) for n, cat in enumerate(self.trio)]

    @staticmethod
    def letter() -> VGroup:
        """A sealed envelope."""
        sheet = Rectangle(width=1.5, height=0.95, color=HIGHLIGHT, stroke_width=4).set_fill(GROUND, 1)
        corners = (sheet.get_corner(UL), sheet.get_center() + 0.08 * DOWN, sheet.get_corner(UR))
        flap = VMobject(color=HIGHLIGHT, stroke_width=4).set_points_as_corners(corners)
        return VGroup(sheet, flap, Dot(sheet.get_center(), radius=0.1, color=NAP))

    def seat(self, n: int, many: int) -> np.ndarray:
        """Places in two rows under the trio; in an upright frame there are three."""
        rows, apart = self.shaped((2, 0.95), upright=(3, 0.68))
        in_a_row = -(-many // rows)
        row, column = divmod(n, in_a_row)
        return np.array([(column - (in_a_row - 1) / 2) * 0.62, -1.35 - apart * row, 0])

    def smile(self) -> None:
        """The mouths widen to the naps, and a bar under each says how long that is."""
        with self.say("suspicion.smile") as cue:
            cue.until("smile")
            lit = [cat.mouth.animate.set_stroke(NAP) for cat in self.trio]
            self.play(*lit, run_time=0.6)
            cue.until("grows")
            wide = [self.cat(n, mouth=float(nap) / 6) for n, nap in enumerate(self.naps)]
            for cat in wide:
                cat.mouth.set_stroke(NAP)
            self.bars = [self.bar(n, float(nap), NAP, -1.2) for n, nap in enumerate(self.naps)]
            self.values = [
                Words("{nap:.1f}", nap=nap, size=BODY, color=NAP).next_to(bar, RIGHT, buff=0.2)
                for nap, bar in zip(self.naps, self.bars, strict=True)
            ]
            self.play(
                *(Transform(cat, wider) for cat, wider in zip(self.trio, wide, strict=True)),
                *(GrowFromEdge(bar, LEFT) for bar in self.bars),
                run_time=1.2,
            )
            self.name = self.named("nap", self.bars[0], NAP)
            self.play(*(FadeIn(value) for value in self.values), FadeIn(self.name), run_time=0.4)

    def nose(self) -> None:
        """A ring goes from nose to nose; then the noses get bars of their own."""
        with self.say("suspicion.nose") as cue:
            cue.until("noses")
            ring = Circle(radius=0.55, color=HIGHLIGHT, stroke_width=5).move_to(self.trio[0].nose)
            self.play(FadeIn(ring, scale=1.6), run_time=0.35)
            for cat in self.trio[1:]:
                self.play(ring.animate.move_to(cat.nose), run_time=0.8)
            cue.until("grow")
            self.nose_bars = [self.bar(n, 2 * nose, NOSE, -2.1) for n, nose in enumerate(self.noses)]
            self.nose_name = self.named("nose", self.nose_bars[0], NOSE)
            lifts = [cat.nose.animate(rate_func=there_and_back).shift(0.2 * UP) for cat in self.trio]
            bars = [GrowFromEdge(bar, LEFT) for bar in self.nose_bars]
            self.play(FadeOut(ring), *lifts, *bars, FadeIn(self.nose_name), run_time=1.0)

    def how_much(self) -> None:
        """The middle cat alone with its two bars: the nose's grows, and what the nap's would do is not known."""
        with self.say("suspicion.how_much") as cue:
            others = (0, 2)
            gone = [*(row[n] for row in (self.trio, self.bars, self.values, self.nose_bars) for n in others)]
            self.play(*(FadeOut(each) for each in (*gone, self.name, self.nose_name, self.values[1])), run_time=0.5)
            cat = self.cat(1, mouth=float(self.naps[1]) / 6, height=3.2)
            cat.move_to(self.shaped(3.9, upright=2.4) * LEFT + 0.3 * UP)
            start, wide = self.shaped(0.6, upright=0.75), self.shaped(1.0, upright=0.62)
            nose, nap = (
                bar([start, y, 0], length * PER_NAP * 2 * wide, colour, 0.7)
                for y, length, colour in ((1.25, 2 * self.noses[1], NOSE), (-0.75, float(self.naps[1]), NAP))
            )
            moves = (Transform(self.nose_bars[1], nose), Transform(self.bars[1], nap))
            self.play(Transform(self.trio[1], cat), *moves, run_time=0.6)
            titles = VGroup(
                *(
                    Words(word, size=HEADING, color=colour).next_to(under, UP, buff=0.2, aligned_edge=LEFT)
                    for word, under, colour in (("nose", nose, NOSE), ("nap", nap, NAP))
                )
            )
            self.play(FadeIn(titles), run_time=0.3)
            cue.until("more")
            longer = self.nose_bars[1].animate.stretch(MORE, 0, about_edge=LEFT)
            self.play(self.trio[1].nose.animate.scale(MORE), longer, run_time=1.2)
            cue.until("much")
            outline = Rectangle(width=(MORE - 1) * nap.width * 1.4, height=0.7, color=NAP, stroke_width=5)
            dashes = DashedVMobject(outline, num_dashes=20).next_to(nap, RIGHT, buff=0.06)
            mark = Words("?", size=HUGE, color=HIGHLIGHT, bold=True).next_to(dashes, RIGHT, buff=0.35)
            self.play(FadeIn(dashes), FadeIn(mark), run_time=0.5)
            stretch = dashes.animate(rate_func=there_and_back).stretch(1.6, 0, about_edge=LEFT)
            nudge = mark.animate(rate_func=there_and_back).shift(0.6 * outline.width * RIGHT)
            self.play(stretch, nudge, run_time=1.2)
