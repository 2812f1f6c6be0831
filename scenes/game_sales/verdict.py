"""Last scene: the fair score, the opened envelope, and the games on the floor."""

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
    RoundedRectangle,
    VGroup,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.cards import EndCard
from tapehead.scenes.stage.intervals import Intervals, whisker
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, TITLE, Words
from tapehead.scenes.stage.palette import BAD, FAINT, GOOD, HIGHLIGHT, INK, PANEL, SOFT
from tapehead.scenes.stage.specks import block, specks

from .pictures import CRITICS, SALES, TALK, coins, envelope, speech

STAGES = (
    ("everyone", "all games", GOOD),
    ("by chance", "lost by chance", GOOD),
    ("as counted", "ours", BAD),
    ("mentioned", "mentioned", GOOD),
    ("scored", "with scores", BAD),
)


class Verdict(StageScene):
    """Folds, the re-run, the envelope, coverage, the floor, the question, the card."""

    def construct(self) -> None:
        self.folds()
        self.rerun()
        self.open()
        self.miss()
        self.floor()
        self.ask()
        self.end()

    def folds(self) -> None:
        """Ten drawers, each opened once, and the scores with their intervals."""
        found = self.result("folds")
        self.badge_for(found.origin)
        drawers = VGroup()
        for n in range(int(found["folds"])):
            front = RoundedRectangle(width=1.08, height=0.8, corner_radius=0.08).set_stroke(INK, 4).set_fill(PANEL, 1)
            knob = Line([-0.15, 0, 0], [0.15, 0, 0]).set_stroke(INK, 6)
            drawers.add(VGroup(front, knob).move_to([-5.6 + 1.245 * n, 2.9, 0]))
        models = (("all three", "all three", SALES), ("talk", "talk", TALK), ("scores", "scores", CRITICS))
        rows = [tuple(found.read(what, model=model) for what in ("r2", "low", "high")) for model, _n, _c in models]
        chart = Intervals(
            rows,
            [name for _m, name, _c in models],
            [colour for _m, _n, colour in models],
            zero=(-3.0, 1.2),
            unit=18.0,
            step=1.35,
            thick=0.8,
            size=BODY,
        )
        null = found.read("null_high", model="all three")
        control = Words("shuffled sales: at most {x:.2f}", x=null, size=SMALL, color=SOFT).move_to([1.6, -2.75, 0])
        with self.say("verdict.folds") as cue:
            self.play(FadeIn(drawers), run_time=0.5)
            cue.until("drawers")
            opened = [drawer[0].animate.set_fill(HIGHLIGHT, 0.8).set_stroke(HIGHLIGHT) for drawer in drawers]
            self.play(LaggedStart(*opened, lag_ratio=0.3), FadeIn(chart.zero), run_time=max(1.0, cue.to("all")))
            for n, mark in enumerate(("all", "talk", "scores")):
                cue.until(mark)
                self.play(FadeIn(chart.names[n]), GrowFromEdge(chart.bars[n], LEFT), run_time=0.7)
                self.play(FadeIn(chart.whiskers[n]), FadeIn(chart.values[n]), run_time=0.35)
            self.play(FadeIn(control), run_time=0.4)
        self.clear_stage(run_time=0.4)

    def rerun(self) -> None:
        """The published score shrinks to the fair one."""
        rerun = self.result("rerun")
        self.badge_for(rerun.origin)
        fair = rerun.read("cross_validated", model="all three")
        rail = Line([-5.8, -0.6, 0], [5.8, -0.6, 0]).set_stroke(FAINT, 10)
        done = Line(rail.get_start(), rail.point_from_proportion(float(fair))).set_stroke(HIGHLIGHT, 10)
        spot = rail.point_from_proportion(float(fair))
        flag = Line(spot, spot + 0.7 * UP).set_stroke(HIGHLIGHT, 7)
        number = Words("{x:.2f}", x=fair, size=HUGE, color=HIGHLIGHT).next_to(flag, UP, buff=0.2)
        perfect = Words("perfect", size=SMALL, color=SOFT).next_to(rail.get_end(), DOWN, buff=0.3)
        words = VGroup(
            Words("modest", size=HEADING, color=INK).move_to([-3.6, -2.2, 0]),
            Words("real", size=HEADING, color=INK).move_to([0, -2.2, 0]),
            Words("again tomorrow", size=HEADING, color=INK).move_to([3.9, -2.2, 0]),
        )
        with self.say("verdict.rerun") as cue:
            self.play(FadeIn(rail), FadeIn(perfect), run_time=0.4)
            cue.until("fair")
            self.play(Create(done), run_time=0.8)
            self.play(Create(flag), FadeIn(number), run_time=0.5)
            cue.until("modest")
            self.play(FadeIn(words[0]), run_time=0.4)
            self.play(FadeIn(words[1]), run_time=0.4)
            cue.until("again")
            self.play(FadeIn(words[2]), run_time=0.4)
        self.clear_stage(run_time=0.4)
        self.badge_for(self.result("shadow").origin)

    def open(self) -> None:
        """The planted weight on a ruler, and the interval that stops short of it."""
        found = self.result("shadow")
        planted, fitted, low, high = (
            found.read(name, coefficient="talk") for name in ("planted", "coefficients", "low", "high")
        )
        back, front = envelope(3.6)
        VGroup(back, front).move_to([0, 2.0, 0])
        left, wide = -5.6, 11.2
        start, end = 0.2, 0.45

        def at(value: float, y: float) -> np.ndarray:
            return np.array([left + wide * (value - start) / (end - start), y, 0.0])

        line = Line([left, -1.4, 0], [left + wide, -1.4, 0]).set_stroke(FAINT, 6)
        name = Words("weight on talk", size=SMALL, color=SOFT).move_to([left, -1.95, 0], aligned_edge=LEFT)
        truth = Line(at(float(planted), -1.4), at(float(planted), 0.35)).set_stroke(HIGHLIGHT, 8)
        said = Words("truth {x:.1f}", x=planted, size=HEADING, color=HIGHLIGHT).next_to(truth, UP, buff=0.15)
        span = whisker(at(float(low), -0.85), at(float(high), -0.85), TALK, 8, 0.22)
        dot = Line(at(float(fitted), -1.1), at(float(fitted), -0.6)).set_stroke(TALK, 12)
        ours = Words("ours {x:.2f}", x=fitted, size=HEADING, color=TALK).next_to(dot, UP, buff=0.2)
        ends = Words("{a:.2f} to {b:.3f}", a=low, b=high, size=BODY, color=TALK).move_to([0.3, -2.6, 0])
        with self.say("verdict.open") as cue:
            self.play(FadeIn(back), FadeIn(front), run_time=0.4)
            cue.until("open")
            self.play(FadeOut(front[2], scale=2), FadeOut(front[1]), run_time=0.5)
            self.play(
                VGroup(back, front[0]).animate.scale(0.6).move_to([-5.2, 2.6, 0]),
                FadeIn(line),
                FadeIn(name),
                run_time=0.5,
            )
            cue.until("truth")
            self.play(Create(truth), FadeIn(said), run_time=0.5)
            cue.until("fit")
            self.play(Create(span), Create(dot), FadeIn(ours), run_time=0.7)
            cue.until("short")
            self.play(FadeIn(ends), Indicate(span[2], color=INK, scale_factor=1.5), run_time=0.7)
        self.clear_stage(run_time=0.4)

    def coverage(self, which: tuple[int, ...], top: float, step: float) -> list[VGroup]:
        """A row per stage: its name, a hundred-wide bar of hits, its share with its interval."""
        found, rows = self.result("lost"), []
        left, wide = -2.6, 6.6
        for n, k in enumerate(which):
            stage, name, colour = STAGES[k]
            at = {"stage": stage, "coefficient": "talk"}
            value, low, high = (found.read(what, **at) for what in ("coverage", "coverage_low", "coverage_high"))
            y = top - step * n
            frame = Rectangle(width=wide, height=0.9).set_stroke(SOFT, 3).move_to([left, y, 0], aligned_edge=LEFT)
            bar = Rectangle(width=wide * float(value) / 100, height=0.9, stroke_width=0).set_fill(colour, 1)
            bar.move_to([left, y, 0], aligned_edge=LEFT)
            ends = [np.array([left + wide * float(x) / 100, y, 0.0]) for x in (low, high)]
            label = Words(name, size=BODY, color=colour).move_to([left - 0.35, y, 0], aligned_edge=RIGHT)
            number = Words("{x:.0f} %", x=value, size=HEADING, color=colour).move_to(
                [left + wide + 0.4, y, 0], aligned_edge=LEFT
            )
            rows.append(VGroup(label, frame, bar, whisker(ends[0], ends[1]), number))
        return rows

    def miss(self) -> None:
        """How often an interval catches the truth, by who is in the table."""
        found = self.result("lost")
        title = Words(
            "intervals that catch the truth, of {n:.0f} tables", n=found.read("tables"), size=BODY, color=SOFT
        )
        title.move_to([0, 3.2, 0])
        self.title = title
        rows = self.coverage((0, 1, 2), 1.7, 1.75)
        with self.say("verdict.miss") as cue:
            self.play(FadeIn(title), *(FadeIn(row[1]) for row in rows), run_time=0.5)
            for row, mark in zip(rows, ("all", "chance", "ours"), strict=True):
                cue.until(mark)
                self.play(FadeIn(row[0]), GrowFromEdge(row[2], LEFT), run_time=0.7)
                self.play(FadeIn(row[3]), FadeIn(row[4]), run_time=0.4)
        self.play(*(FadeOut(row) for row in rows), run_time=0.4)

    def floor(self) -> None:
        """The same for those that are mentioned, and those with scores; the lost ones below."""
        table = self.result("table")
        rows = self.coverage((3, 4), 1.9, 1.6)
        out = table["out"].astype(int)
        silent, poor = int(np.sum(out == 1)), int(np.sum(out == 2))
        places = block(silent + poor, 7, (0.158, 0.158), (0, -2.2))
        pile = VGroup(specks(places[:silent], SOFT, 0.11), specks(places[silent:], SOFT, 0.11))
        with self.say("verdict.floor") as cue:
            self.play(FadeIn(pile, shift=0.4 * DOWN), run_time=0.6)
            cue.until("floor")
            self.play(Indicate(pile, color=INK, scale_factor=1.02), run_time=0.6)
            cue.until("mentioned")
            self.play(pile[0].animate.set_fill(GOOD), FadeIn(rows[0][:2]), GrowFromEdge(rows[0][2], LEFT), run_time=0.7)
            self.play(FadeIn(rows[0][3:]), run_time=0.4)
            cue.until("score")
            self.play(pile[1].animate.set_fill(BAD), FadeIn(rows[1][:2]), GrowFromEdge(rows[1][2], LEFT), run_time=0.7)
            self.play(FadeIn(rows[1][3:]), run_time=0.4)
            cue.until("took")
            self.play(pile[1].animate.shift(0.5 * DOWN), run_time=0.7)
        self.clear_stage(run_time=0.4)

    def ask(self) -> None:
        """A table with a hole in it."""
        table = self.result("table")
        out = table["out"].astype(int)
        places = block(out.size, 13, (0.158, 0.19), (0, 1.6))
        kept = specks(places[out == 0], SALES, 0.11)
        lost = specks(places[out > 0], FAINT, 0.11)
        question = Words("who is not in it?", size=TITLE, color=HIGHLIGHT).move_to([0, -1.6, 0])
        with self.say("verdict.ask") as cue:
            self.play(FadeIn(kept), FadeIn(lost), run_time=0.6)
            cue.until("trap")
            self.play(lost.animate.set_fill(BAD), run_time=0.6)
            cue.until("real")
            self.play(FadeOut(lost), run_time=0.8)
            cue.until("who")
            self.play(FadeIn(question, shift=0.2 * UP), run_time=0.6)
        self.clear_stage(run_time=0.4)

    def end(self) -> None:
        """Talk and coins, a little; then the card."""
        talk = speech(2.4).move_to([-4.2, 0.8, 0])
        few, many = coins(3, 2.2), coins(9, 2.2)
        few.move_to([4.2, -0.55, 0], aligned_edge=DOWN)
        many.move_to([4.2, -0.55, 0], aligned_edge=DOWN).set_stroke(FAINT)
        line = Line([-2.4, 0.6, 0], [2.6, 0.6, 0]).set_stroke(TALK, 9)
        card = EndCard("Can talk predict sales?", "A little. Ask who is not in it.", self.context.references)
        with self.say("verdict.end") as cue:
            self.play(FadeIn(talk, scale=0.8), Create(line), FadeIn(many), run_time=0.8)
            cue.until("little")
            self.play(FadeIn(few, shift=0.2 * DOWN), run_time=0.6)
            cue.until("splits")
            self.play(few.animate.set_fill(SALES, 0.8), run_time=0.6)
        self.clear_stage(run_time=0.5)
        self.play(FadeIn(card.question), FadeIn(card.answer, shift=0.2 * UP), run_time=0.7)
        self.play(FadeIn(card.credits), run_time=0.5)
        self.hold(3.0)
        self.clear_stage(run_time=0.5)
