"""Sixth scene: how many suspects are left when more of the question is remembered, and what remembering costs."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Create,
    DashedLine,
    FadeIn,
    FadeOut,
    GrowFromEdge,
    Indicate,
    LaggedStart,
    Line,
    Rectangle,
    VGroup,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Words
from tapehead.scenes.stage.palette import EAR, FAINT, GOOD, HIGHLIGHT, INK, LUCK, NAP, OUTPUT, SOFT

from .parts import place

FLOOR, TALL = -2.1, 4.4
HALF = 3
"""Of six strings."""


class Coverage(StageScene):
    """A bar for every number of remembered strings."""

    def construct(self) -> None:
        self.found = self.result("coverage")
        self.badge_for(self.found.origin, self.found.model)
        self.edges = int(self.found["query_edges"])
        self.across = np.linspace(-5.4, 5.0, self.edges + 1)
        self.dial()
        self.half()
        self.floor_line()
        self.cost()
        self.archive()

    def bar(self, k: int) -> VGroup:
        """Share of suspects left with ``k`` strings remembered, and its number."""
        share = self.found.read("share", remembered=k)
        made = Rectangle(width=1.15, height=TALL * float(share) / 100, stroke_width=0).set_fill(EAR, 0.9)
        made.move_to(place(self.across[k], FLOOR), aligned_edge=DOWN)
        number = Words("{x:.0f} %", x=share, size=SMALL, color=INK).next_to(made, UP, buff=0.12)
        return VGroup(made, number)

    def strings_below(self, k: int) -> VGroup:
        """``k`` of the query's strings lit, under its bar."""
        marks = VGroup()
        for j in range(self.edges):
            line = Line(0.16 * DOWN, 0.16 * UP).set_stroke(HIGHLIGHT if j < k else FAINT, 6)
            marks.add(line.move_to(place(self.across[k] + (j - (self.edges - 1) / 2) * 0.17, FLOOR - 0.35)))
        return marks

    def dial(self) -> None:
        """Base line, marks of strings, and the first bar."""
        base = Line(place(-6.3, FLOOR), place(6.0, FLOOR)).set_stroke(FAINT, 4)
        self.marks = VGroup(*(self.strings_below(k) for k in range(self.edges + 1)))
        title = Words("suspects left", size=BODY, color=SOFT).move_to(place(-4.3, 3.5))
        note = Words("remembered strings", size=SMALL, color=SOFT).move_to(place(0.4, FLOOR - 0.95))
        count = Words("mean of {n:.0f} questions", n=self.found.read("queries"), size=SMALL, color=SOFT)
        count.move_to(place(3.6, 3.5))
        self.bars = VGroup(*(self.bar(k) for k in range(self.edges + 1)))
        with self.say("coverage.dial") as cue:
            self.play(Create(base), FadeIn(title), run_time=0.6)
            cue.until("ask")
            self.play(
                FadeIn(count), FadeIn(note), LaggedStart(*(FadeIn(m) for m in self.marks), lag_ratio=0.1), run_time=1.0
            )
            cue.until("nothing")
            self.play(GrowFromEdge(self.bars[0][0], DOWN), run_time=0.7)
            self.play(FadeIn(self.bars[0][1]), run_time=0.3)
        self.base, self.title, self.note, self.count = base, title, note, count

    def half(self) -> None:
        """Bar by bar to half, and to all."""
        with self.say("coverage.half") as cue:
            cue.until("half")
            for k in range(1, HALF + 1):
                self.play(GrowFromEdge(self.bars[k][0], DOWN), FadeIn(self.bars[k][1]), run_time=0.4)
            self.play(self.bars[HALF][0].animate.set_fill(HIGHLIGHT, 1), run_time=0.3)
            cue.until("all")
            for k in range(HALF + 1, self.edges + 1):
                self.play(GrowFromEdge(self.bars[k][0], DOWN), FadeIn(self.bars[k][1]), run_time=0.35)
            cue.until("worse")
            down = VGroup(
                *(
                    Line(a[0].get_corner(UP + RIGHT), b[0].get_corner(UP + LEFT)).set_stroke(LUCK, 5)
                    for a, b in zip(self.bars[:-1], self.bars[1:], strict=True)
                )
            )
            self.play(LaggedStart(*(Create(d) for d in down), lag_ratio=0.3), run_time=max(0.8, 0.7 * cue.left))
        self.down = down

    def floor_line(self) -> None:
        """What double simulation leaves anyway is as low as it gets."""
        least = float(self.found["share"][-1])
        y = FLOOR + TALL * least / 100
        line = DashedLine(place(-6.3, y), place(6.0, y), dash_length=0.16).set_stroke(NAP, 5)
        words = Words("left by the dominoes anyway", size=SMALL, color=NAP).move_to(place(2.9, 2.4))
        pointer = Line(place(5.0, 2.1), place(5.0, y + 0.75)).set_stroke(NAP, 4)
        with self.say("coverage.floor") as cue:
            cue.until("stops")
            self.play(FadeOut(self.down), Create(line), run_time=0.7)
            cue.until("ones")
            self.play(FadeIn(words), Create(pointer), run_time=0.6)
            cue.until("memory")
            self.play(Indicate(self.bars[-1], color=NAP, scale_factor=1.15), run_time=0.9)
            cue.until("work")
            self.play(self.bars[-1][0].animate.set_fill(LUCK, 1), run_time=0.6)
        self.gone = (line, words, pointer)

    def cost(self) -> None:
        """Looks with and without: what using costs, what filling costs, and from when on it pays."""
        half = HALF
        plain, using, filling = (
            self.found.read("looks", remembered=0),
            self.found.read("looks", remembered=half),
            self.found.read("looks_built", remembered=half),
        )
        unit = 9.0 / (float(using) + float(filling))
        with self.say("coverage.cost") as cue:
            stay = (self.bars, self.marks, self.base, self.title, self.note, self.count, *self.gone)
            rows = VGroup()
            for y, text, colour, value, start in (
                (2.1, "without memory", EAR, plain, 0.0),
                (0.4, "half remembered", HIGHLIGHT, using, 0.0),
                (-1.3, "filling the drawer", OUTPUT, filling, 0.0),
            ):
                bar = Rectangle(width=unit * float(value), height=0.8, stroke_width=0).set_fill(colour, 0.9)
                bar.move_to(place(-2.6 + start, y), aligned_edge=LEFT)
                name = Words(text, size=SMALL, color=colour).move_to(place(-2.9, y), aligned_edge=RIGHT)
                number = Words("{x:,.0f}", x=value, size=SMALL, color=INK).next_to(bar, RIGHT, buff=0.2)
                rows.add(VGroup(bar, name, number))
            heading = Words("suspects looked at, per question", size=BODY, color=SOFT).move_to(place(0, 3.4))
            self.play(*(FadeOut(m) for m in stay), FadeIn(heading), FadeIn(rows[0]), FadeIn(rows[1]), run_time=0.8)
            cue.until("free")
            self.play(GrowFromEdge(rows[2][0], LEFT), FadeIn(rows[2][1]), FadeIn(rows[2][2]), run_time=0.8)
            cue.until("bill")
            added = rows[2][0].copy()
            self.play(FadeOut(rows[1][2]), added.animate.next_to(rows[1][0], RIGHT, buff=0.0), run_time=0.8)
            cue.until("with")
            self.play(Indicate(rows[1][1], color=INK, scale_factor=1.1), run_time=0.8)
            cue.until("pays")
            pays = self.found.read("pays_after", remembered=half)
            words = Words("pays off after {n:.0f} questions", n=pays, size=HEADING, color=LUCK, bold=True)
            self.sound("soft-pop")
            self.play(FadeIn(words.move_to(place(0, -2.8))), run_time=0.6)
        self.clear_stage(run_time=0.4)

    def archive(self) -> None:
        """The archived table, with its badge: candidates only, and why no more of it."""
        old = self.result("archived")
        self.badge_for(old.origin, old.model)
        shares = old.quantity("candidates").labels["covered"]
        most = float(old["candidates"].max())
        across = np.linspace(-5.6, 5.6, len(shares))
        bars, numbers = VGroup(), VGroup()
        for x, share in zip(across, shares, strict=True):
            left = old.read("candidates", covered=share)
            bar = Rectangle(width=1.15, height=3.6 * float(left) / most, stroke_width=0).set_fill(GOOD, 0.9)
            bars.add(bar.move_to(place(x, FLOOR), aligned_edge=DOWN))
            numbers.add(Words("{n:,.0f}", n=left, size=28, color=INK).next_to(bar, UP, buff=0.12))
        base = Line(place(-6.4, FLOOR), place(6.4, FLOOR)).set_stroke(FAINT, 4)
        title = Words("an archived table: suspects left", size=BODY, color=SOFT).move_to(place(0, 3.4))
        note = Words("more and more of one question remembered", size=SMALL, color=SOFT).move_to(place(0, FLOOR - 0.5))
        cap = Words("each row ends at {n:,.0f} answers", n=old.read("cap"), size=BODY, color=NAP)
        cap.move_to(place(1.6, 2.3))
        uncounted = Words("the filling: not counted, it seems", size=BODY, color=NAP).move_to(place(1.6, 1.55))
        with self.say("coverage.archive") as cue:
            self.play(FadeIn(title), Create(base), run_time=0.6)
            cue.until("table")
            self.play(FadeIn(note), run_time=0.5)
            cue.until("fall")
            self.play(LaggedStart(*(GrowFromEdge(b, DOWN) for b in bars), lag_ratio=0.15), run_time=1.2)
            self.play(FadeIn(numbers), run_time=0.4)
            cue.until("cut")
            self.play(FadeIn(cap, shift=0.2 * DOWN), run_time=0.5)
            cue.until("filling")
            self.play(FadeIn(uncounted, shift=0.2 * DOWN), run_time=0.5)
            cue.until("quote")
            self.play(bars.animate.set_fill(opacity=0.45), run_time=0.6)
        self.clear_stage(run_time=0.4)
