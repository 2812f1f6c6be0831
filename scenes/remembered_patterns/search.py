"""Fourth scene: how many placements there are to try, dominoes, and what is left of it."""

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
    Indicate,
    LaggedStart,
    Line,
    Rectangle,
    Transform,
    VGroup,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, TITLE, Words
from tapehead.scenes.stage.palette import EAR, FAINT, HIGHLIGHT, INK, LUCK, NAP, NOSE, OUTPUT, SOFT

from .parts import cross, place, string, thing

COLOURS = (HIGHLIGHT, EAR, NOSE, LUCK, NAP, OUTPUT)
FLOOR = -2.3
THOUSANDS = ("one", "thousand", "million", "billion", "trillion", "quadrillion")
"""Names of the ruler's marks."""
STAGES = ("by label", "pre-filter", "double simulation")


class Search(StageScene):
    """Columns of suspects, one per dot of the query."""

    def construct(self) -> None:
        self.funnel = self.result("funnel")
        self.counts = self.funnel["by_node"]
        self.big()
        self.years()
        self.domino()
        self.fall()
        self.done()

    def columns(self, stage: int, tall: float = 4.6) -> VGroup:
        """One column of suspects per query dot, as high as there are candidates at a stage."""
        most = self.counts.max()
        across = np.linspace(-5.4, 5.4, self.counts.shape[1])
        made = VGroup()
        for x, count, colour in zip(across, self.counts[stage], COLOURS, strict=True):
            bar = Rectangle(width=1.25, height=max(0.04, tall * float(count) / most), stroke_width=0).set_fill(
                colour, 0.85
            )
            made.add(bar.move_to(place(x, FLOOR), aligned_edge=DOWN))
        return made

    def numbers(self, stage: int, bars: VGroup) -> VGroup:
        made = VGroup()
        for k, bar in enumerate(bars):
            count = self.funnel.read("by_node", stage=stage, place=k)
            made.add(Words("{n}", n=count, size=SMALL, color=INK).next_to(bar, UP, buff=0.12))
        return made

    def big(self) -> None:
        """Six dots, their suspects, and a sign between them."""
        self.bars = self.columns(0)
        self.values = self.numbers(0, self.bars)
        self.base = Line(place(-6.4, FLOOR), place(6.4, FLOOR)).set_stroke(FAINT, 4)
        self.dots = VGroup(
            *(thing(place(bar.get_x(), FLOOR - 0.55), c, 0.28) for bar, c in zip(self.bars, COLOURS, strict=True))
        )
        signs = VGroup(
            *(
                Words("×", size=BODY, color=SOFT).move_to(place((a.get_x() + b.get_x()) / 2, FLOOR - 0.55))
                for a, b in zip(self.dots[:-1], self.dots[1:], strict=True)
            )
        )
        with self.say("search.big") as cue:
            first, *others = self.dots
            self.play(Create(self.base), FadeIn(first, scale=0.5), run_time=max(0.3, cue.to("dots")))
            cue.until("dots")
            self.play(LaggedStart(*(FadeIn(d, scale=0.5) for d in others), lag_ratio=0.15), run_time=0.9)
            cue.until("suspects")
            rising = [bar.copy().stretch(0.01, 1, about_edge=DOWN) for bar in self.bars]
            for bar, low in zip(self.bars, rising, strict=True):
                bar.save_state()
                bar.become(low)
            self.play(LaggedStart(*(bar.animate.restore() for bar in self.bars), lag_ratio=0.1), run_time=1.2)
            self.play(FadeIn(self.values), run_time=0.4)
            cue.until("multiply")
            self.sound("tick")
            self.play(LaggedStart(*(FadeIn(s) for s in signs), lag_ratio=0.1), run_time=0.7)
        self.signs = signs

    def years(self) -> None:
        """The product, and how long it takes."""
        product = self.funnel.read("placements")
        number = Words("{x:,.0f}", x=product, size=TITLE, color=NOSE, bold=True).move_to(place(0, 1.5))
        what = Words("placements to try", size=BODY, color=SOFT).next_to(number, DOWN, buff=0.3)
        years = Words("{x:.0f} years", x=self.funnel.read("years"), size=HUGE, color=INK, bold=True).move_to(
            place(0, -1.3)
        )
        at = Words("at a million tries a second", size=BODY, color=SOFT).next_to(years, DOWN, buff=0.3)
        with self.say("search.years") as cue:
            gone = (self.bars, self.values, self.signs, self.dots, self.base)
            cue.until("number")
            self.play(*(FadeOut(m) for m in gone), FadeIn(number, scale=0.8), FadeIn(what), run_time=0.6)
            cue.until("years")
            self.sound("soft-pop")
            self.play(FadeIn(years), FadeIn(at), run_time=0.6)
        self.clear_stage(run_time=0.4)

    def domino(self) -> None:
        """A small example: who has no red neighbour goes, then who leaned on him."""
        yellow = [place(-4.6, y) for y in (2.1, 0.3, -1.5)]
        blue = [place(0.0, y) for y in (2.1, 0.3, -1.5)]
        red = [place(4.6, y) for y in (2.1, 0.3)]
        links = ((0, 0), (1, 1), (2, 2)), ((0, 0), (1, 1))
        first = VGroup(*(string(yellow[a], blue[b], SOFT, 5, 0.42) for a, b in links[0]))
        second = VGroup(*(string(blue[a], red[b], SOFT, 5, 0.42) for a, b in links[1]))
        dots = VGroup(
            *(
                VGroup(*(thing(at, colour, 0.38) for at in spots))
                for spots, colour in ((yellow, HIGHLIGHT), (blue, EAR), (red, NOSE))
            )
        )
        asked = VGroup(
            thing(place(-4.6, -3.0), HIGHLIGHT, 0.24),
            thing(place(0, -3.0), EAR, 0.24),
            thing(place(4.6, -3.0), NOSE, 0.24),
            string(place(-4.6, -3.0), place(0, -3.0), INK, 5, 0.3),
            string(place(0, -3.0), place(4.6, -3.0), INK, 5, 0.3),
        )
        rule = Line(place(-6.0, -2.35), place(6.0, -2.35)).set_stroke(FAINT, 3)
        with self.say("search.domino") as cue:
            self.play(FadeIn(asked), FadeIn(rule), run_time=0.5)
            cue.until("throw")
            self.play(FadeIn(dots), FadeIn(first), FadeIn(second), run_time=0.7)
            cue.until("string")
            self.play(Indicate(asked[4], color=NOSE, scale_factor=1.1), run_time=0.8)
            cue.until("red")
            mark = cross(blue[2], NOSE, 0.36)
            self.sound("tick")
            self.play(
                FadeIn(mark), dots[1][2].animate.set_stroke(FAINT), first[2].animate.set_opacity(0.25), run_time=0.6
            )
            cue.until("leaned")
            other = cross(yellow[2], NOSE, 0.36)
            self.sound("tick")
            self.play(FadeIn(other), dots[0][2].animate.set_stroke(FAINT), run_time=0.6)
        self.clear_stage(run_time=0.4)

    def fall(self) -> None:
        """The columns fall, stage by stage; the sum falls with them."""
        bars = self.columns(0)
        numbers = self.numbers(0, bars)
        title = self.title(0)
        with self.say("search.funnel") as cue:
            self.play(FadeIn(bars), FadeIn(numbers), FadeIn(self.base), FadeIn(self.dots), FadeIn(title), run_time=0.6)
            for stage, mark in ((1, "fall"), (2, "left")):
                cue.until(mark)
                new, following = self.columns(stage), self.title(stage)
                fresh = self.numbers(stage, new)
                self.sound("whoosh")
                self.play(FadeOut(numbers), FadeOut(title), run_time=0.25)
                self.play(Transform(bars, new), run_time=0.8)
                self.play(FadeIn(fresh), FadeIn(following), run_time=0.3)
                numbers, title = fresh, following
                if mark == "fall":
                    cue.until("ways")
                    there, back = list(self.dots), list(self.dots)[-2::-1]
                    way = (Indicate(dot, color=INK, scale_factor=1.25) for dot in there + back)
                    self.play(LaggedStart(*way, lag_ratio=0.3), run_time=1.6)

    def title(self, stage: int) -> VGroup:
        """Which stage it is, and how many suspects are left."""
        total = self.funnel.read("total", stage=STAGES[stage])
        name = ("by kind alone", "first look around", "dominoes")[stage]
        words = Words("{n:,.0f}", n=total, size=HEADING, color=HIGHLIGHT, bold=True)
        return VGroup(Words(name, size=BODY, color=SOFT), words).arrange(RIGHT, buff=0.5).move_to(place(0, 3.35))

    def done(self) -> None:
        """What was to be tried, what was found and what it took; each mark of the ruler is a thousand times more."""
        left, decade = -3.9, 0.56
        rows = VGroup()
        for y, name, colour, array in (
            (2.1, "to try", NOSE, "placements"),
            (0.45, "placements", LUCK, "matches"),
            (-1.2, "steps", INK, "steps"),
        ):
            value = self.funnel.read(array)
            bar = Rectangle(width=decade * float(np.log10(value)), height=1.0, stroke_width=0).set_fill(colour, 1)
            bar.move_to(place(left, y), aligned_edge=LEFT)
            word = Words(name, size=BODY, color=colour).move_to(place(left - 0.3, y), aligned_edge=RIGHT)
            rows.add(VGroup(bar, word))
            if array != "placements":
                number = Words("{n:,.0f}", n=value, size=HEADING, color=colour, bold=True)
                rows[-1].add(number.next_to(bar, RIGHT, buff=0.3))
        long = Words("{n:.0f} years", n=self.funnel.read("years"), size=HEADING, color=SOFT)
        long.next_to(rows[0][0], UP, buff=0.2).align_to(rows[0][0], RIGHT)
        ruler = Line(place(left, -2.3), place(left + 17 * decade, -2.3)).set_stroke(FAINT, 4)
        marks = VGroup()
        for power, text in zip(range(0, 18, 3), THOUSANDS, strict=True):
            x = left + power * decade
            tick = Line(place(x, -2.18), place(x, -2.42)).set_stroke(FAINT, 4)
            marks.add(VGroup(tick, Words(text, size=SMALL, color=SOFT).next_to(tick, DOWN, buff=0.12)))
        with self.say("search.done") as cue:
            self.clear_stage(run_time=0.4)
            self.play(FadeIn(ruler), FadeIn(marks), GrowFromEdge(rows[0][0], LEFT), FadeIn(rows[0][1]), run_time=0.8)
            for row, mark in zip(rows[1:], ("placements", "steps"), strict=True):
                cue.until(mark)
                self.play(GrowFromEdge(row[0], LEFT), FadeIn(row[1:]), run_time=0.6)
            cue.until("years")
            self.play(FadeIn(long), run_time=0.5)
            gone_too = cross(long.get_left() + 0.45 * LEFT)  # beside the words, which stay to be read
            self.play(Create(gone_too), rows[0][0].animate.set_fill(opacity=0.4), run_time=max(0.4, 0.4 * cue.left))
        self.clear_stage(run_time=0.4)
