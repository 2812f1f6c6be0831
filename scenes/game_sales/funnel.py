"""Third scene: who is thrown out, step by step, and that they are not just anybody."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Create,
    FadeIn,
    GrowFromEdge,
    LaggedStart,
    Line,
    Transform,
    VGroup,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.intervals import Intervals
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, TITLE, Words
from tapehead.scenes.stage.meters import BarChart, Histogram
from tapehead.scenes.stage.palette import BAD, FAINT, HIGHLIGHT, INK, SOFT
from tapehead.scenes.stage.specks import block, specks

from .pictures import CRITICS, SALES, TALK, USERS, speech

ROWS, STEP = 13, (0.158, 0.175)
LABELS = (("all", SALES), ("mentioned", TALK), ("players' score", USERS), ("critics' score", CRITICS))


class Funnel(StageScene):
    """The rules, the fall, the published fall, who fell, and whether chance would do it."""

    def construct(self) -> None:
        self.badge_for(self.result("table").origin)
        self.rules()
        self.ours()
        self.theirs()
        self.who()
        self.chance()
        self.clear_stage(run_time=0.4)

    def rules(self) -> None:
        """A ruler of talk on which zero lies nowhere, and a game without a score."""
        line = Line([-3.2, 1.2, 0], [6.2, 1.2, 0]).set_stroke(TALK, 6)
        ticks = VGroup(*(Line([x, 1.4, 0], [x, 1.0, 0]).set_stroke(INK, 5) for x in (-3.2, 0.0, 3.2)))
        fade = VGroup(
            *(
                Line([-3.4 - 0.5 * n, 1.2, 0], [-3.7 - 0.5 * n, 1.2, 0]).set_stroke(TALK, 6, 0.8 - 0.15 * n)
                for n in range(5)
            )
        )
        silent = VGroup(speech(1.5, SOFT, 0), Words("nobody", size=SMALL, color=SOFT))
        silent[1].move_to(silent[0][1])
        silent.move_to([-5.2, 2.9, 0])
        unscored = (
            VGroup(
                *(Words("?", size=TITLE, color=colour) for colour in (USERS, CRITICS)),
            )
            .arrange(RIGHT, buff=0.6)
            .move_to([4.2, 2.9, 0])
        )
        floor = Line([-6.4, -2.6, 0], [6.4, -2.6, 0]).set_stroke(FAINT, 6)
        with self.say("funnel.rules") as cue:
            self.play(FadeIn(line), FadeIn(ticks), FadeIn(floor), run_time=0.5)
            cue.until("zero")
            self.play(FadeIn(fade), FadeIn(silent, shift=0.2 * DOWN), run_time=0.7)
            cue.until("go")
            self.sound("soft-pop")
            self.play(silent.animate.move_to([-5.0, -1.85, 0]), run_time=0.8)
            cue.until("score")
            self.play(FadeIn(unscored), run_time=0.5)
            self.sound("soft-pop")
            self.play(unscored.animate.move_to([4.2, -2.0, 0]), run_time=0.7)
        self.clear_stage(run_time=0.4)

    def ours(self) -> None:
        """A thousand and one specks; at each step some turn grey and drop to the floor."""
        table = self.result("table")
        out = table["out"].astype(int)
        places = block(out.size, ROWS, STEP, (0, 2.25))
        groups = {step: specks(places[out == step], SALES, 0.11) for step in range(4)}
        floor = Line([-6.4, -2.75, 0], [6.4, -2.75, 0]).set_stroke(FAINT, 6)
        order = np.argsort(np.where(out == 0, 9, out), kind="stable")
        fallen = order[: int(np.sum(out > 0))]
        pile = np.empty((out.size, 2))
        pile[fallen] = block(fallen.size, 8, (0.158, 0.158), (0, -2.0))
        steps = ("all", "mentioned", "user score", "critic score")
        labels = VGroup()
        for n, (step, (name, colour)) in enumerate(zip(steps, LABELS, strict=True)):
            number = Words("{n:,.0f}", n=table.read("funnel", step=step), size=HEADING, color=colour)
            text = Words(name, size=SMALL, color=colour)
            labels.add(VGroup(number, text).arrange(DOWN, buff=0.18).move_to([-4.9 + 3.27 * n, 0.1, 0]))
        with self.say("funnel.ours") as cue:
            self.play(*(FadeIn(group) for group in groups.values()), FadeIn(labels[0]), FadeIn(floor), run_time=0.8)
            for n, mark in enumerate(("mentioned", "user", "critic"), 1):
                cue.until(mark)
                drop = Transform(groups[n], specks(pile[out == n], SOFT, 0.11))
                self.play(drop, FadeIn(labels[n]), run_time=1.1)
        self.clear_stage(run_time=0.4)

    def theirs(self) -> None:
        """The same four bars as published."""
        study = self.result("study")
        self.badge_for(study.origin)
        readings = study.row("funnel", "step")
        chart = BarChart(
            readings,
            ("all", "mentioned", "scored", "and by title"),
            (SALES, TALK, USERS, HIGHLIGHT),
            unit=7.6 / float(readings[0]),
            spec=",.0f",
            height=0.85,
            gap=0.5,
            size=BODY,
        ).move_to([0, 0.2, 0])
        with self.say("funnel.theirs") as cue:
            self.play(FadeIn(chart.zero), run_time=0.3)
            cue.until("own")
            for n in range(len(readings)):
                parts = (FadeIn(chart.names[n]), GrowFromEdge(chart.bars[n], LEFT), FadeIn(chart.values[n]))
                self.play(*parts, run_time=0.55)
            cue.until("left")
            self.play(chart.bars[-1].animate.stretch(1.12, 1), run_time=0.4)
        self.clear_stage(run_time=0.4)
        self.badge_for(self.result("table").origin)

    def who(self) -> None:
        """The median game that was kept, and the one that was lost."""
        table = self.result("table")
        found = [
            tuple(table.read(what, group=group) for what in ("median_sales", "median_low", "median_high"))
            for group in ("kept", "lost")
        ]
        chart = Intervals(
            found,
            ("kept", "lost"),
            (SALES, BAD),
            zero=(-4.1, 1.3),
            unit=7.6 / float(found[0][2]),
            step=2.1,
            spec=".0f",
            thick=1.0,
            size=HEADING,
        )
        title = Words("sales of the game in the middle, in thousands", size=BODY, color=SOFT).move_to([0, 3.2, 0])
        note = Words("the whiskers hold the true middle nineteen times in twenty", size=SMALL, color=SOFT)
        note.move_to([0.9, -2.4, 0])
        with self.say("funnel.who") as cue:
            self.play(FadeIn(title), FadeIn(chart.zero), run_time=0.5)
            for n, mark in enumerate(("kept", "lost")):
                cue.until(mark)
                self.play(FadeIn(chart.names[n]), GrowFromEdge(chart.bars[n], LEFT), run_time=0.8)
                self.play(FadeIn(chart.whiskers[n]), FadeIn(chart.values[n]), run_time=0.4)
            self.play(FadeIn(note), run_time=0.4)
        self.clear_stage(run_time=0.4)

    def chance(self) -> None:
        """Averages of games drawn at random, and the average of the ones that were kept, far out."""
        table = self.result("table")
        drawn, kept = table["chance_mean"], table.read("kept_mean")
        edges = np.arange(np.floor(drawn.min() * 50) - 1, np.ceil(float(kept) * 50) + 2) / 50
        heap = Histogram(drawn, edges, width=11.2, height=3.4, colour=SALES).move_to([0, 0.35, 0])
        post = heap.mark(kept, "kept", HIGHLIGHT, 2.4)
        name = Words("drawn at random", size=BODY, color=SALES).next_to(heap.bars, UP, buff=0.3)
        name.align_to(heap.floor, LEFT)
        axis = Words("average of log sales", size=SMALL, color=SOFT).next_to(heap.floor, DOWN, buff=0.3)
        count = Words(
            "{k:.0f} of {n:,.0f} draws stray as far",
            k=table.read("chance_beyond"),
            n=table.read("draws"),
            size=BODY,
            color=INK,
        ).move_to([2.6, 2.6, 0])
        rest = specks(block(300, 5, (0.158, 0.158), (1.6, -2.95)), SOFT, 0.11)
        with self.say("funnel.chance") as cue:
            self.play(FadeIn(heap.floor), FadeIn(axis), run_time=0.4)
            cue.until("draw")
            grow = LaggedStart(*(GrowFromEdge(bar, DOWN) for bar in heap.bars if bar.height > 0.02), lag_ratio=0.06)
            self.play(grow, FadeIn(name), run_time=1.6)
            self.play(Create(post[0]), FadeIn(post[1]), run_time=0.5)
            cue.until("far")
            self.play(FadeIn(count, shift=0.2 * UP), run_time=0.6)
            cue.until("floor")
            self.play(FadeIn(rest, shift=0.6 * DOWN), run_time=0.9)
