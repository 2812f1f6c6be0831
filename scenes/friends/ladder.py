"""Seventh scene: one score, step by step, until it can no longer look at the answer."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Create,
    Dot,
    FadeIn,
    FadeOut,
    GrowFromEdge,
    Indicate,
    LaggedStart,
    Line,
    MoveAlongPath,
    Rectangle,
    VGroup,
    VMobject,
    config,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.intervals import whisker
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Words
from tapehead.scenes.stage.palette import BAD, FAINT, GOOD, HIGHLIGHT, INK, SOFT
from tapehead.scenes.stage.tears import tear

from .pictures import FRIEND, STRANGER, person

STEPS = (
    ("graded on itself", "on itself", BAD),
    ("five folds", "five drawers", FRIEND),
    ("both directions together", "pairs kept whole", FRIEND),
    ("own link taken out", "own link out", FRIEND),
    ("near pairs only", "near pairs", FRIEND),
    ("tested links hidden", "answers hidden", GOOD),
)
LEFT_END, WIDE, TOP, STEP = -3.0, 6.4, 2.95, 1.08


class Ladder(StageScene):
    """Six bars, each with what was mended; then the same on the study's networks."""

    def construct(self) -> None:
        self.badge_for(self.result("ladder").origin)
        self.bars = [self.bar(n) for n in range(len(STEPS))]
        self.half = Line([LEFT_END + WIDE / 2, TOP + 0.5, 0], [LEFT_END + WIDE / 2, TOP - 5.5 * STEP, 0]).set_stroke(
            FAINT, 4
        )
        for label, _frame, _bar, ends, number in self.bars:
            self.tape.keep_clean(label, ends, number)
        self.grade()
        self.folds()
        self.both()
        self.own()
        self.near()
        self.hidden()
        self.clear_stage(run_time=0.4)
        self.tape.off()
        self.rerun()
        self.clear_stage(run_time=0.4)

    def bar(self, n: int) -> VGroup:
        """Name, frame, bar, interval, share right."""
        found = self.result("ladder")
        step, name, colour = STEPS[n]
        value, low, high = (found.read(f"accuracy{end}", step=step) for end in ("", "_low", "_high"))
        y = TOP - STEP * n
        frame = Rectangle(width=WIDE, height=0.62).set_stroke(SOFT, 2).move_to([LEFT_END, y, 0], aligned_edge=LEFT)
        bar = Rectangle(width=WIDE * float(value), height=0.62, stroke_width=0).set_fill(colour, 1)
        bar.move_to([LEFT_END, y, 0], aligned_edge=LEFT)
        label = Words(name, size=SMALL, color=colour).move_to([LEFT_END - 0.3, y, 0], aligned_edge=RIGHT)
        ends = [np.array([LEFT_END + WIDE * float(end), y, 0.0]) for end in (low, high)]
        number = Words("{x:.0%}", x=value, size=BODY, color=colour).move_to(
            [LEFT_END + WIDE + 0.3, y, 0], aligned_edge=LEFT
        )
        return VGroup(label, frame, bar, whisker(ends[0], ends[1]), number)

    def show(self, n: int) -> None:
        label, _frame, bar, ends, number = self.bars[n]
        self.flattered(n)
        self.play(FadeIn(label), GrowFromEdge(bar, LEFT), run_time=0.6)
        self.play(FadeIn(ends), FadeIn(number), run_time=0.35)

    def flattered(self, n: int) -> None:
        """The tape tears the newest bar by how far it is above the last one: by what was no skill."""
        found = self.result("ladder")
        score = found.read("accuracy", step=STEPS[n][0])
        self.tape.set("track.pos", 0.5 - (TOP - STEP * n) / float(config.frame_height))
        tear(self, score, of=(float(found.read("accuracy", step=STEPS[-1][0])), 1.0))

    def grade(self) -> None:
        coin = Words("a coin", size=SMALL, color=SOFT).next_to(self.half, DOWN, buff=0.12)
        with self.say("ladder.grade") as cue:
            steps = LaggedStart(*(FadeIn(bar[1]) for bar in self.bars), lag_ratio=0.2)
            self.play(Create(self.half), FadeIn(coin), steps, run_time=1.2)
            cue.until("itself")
            self.show(0)

    def folds(self) -> None:
        """A fifth of the pairs is put away; each fifth has its turn."""
        drawers = VGroup(*(Rectangle(width=1.3, height=0.55).set_stroke(SOFT, 4).set_fill(FRIEND, 0) for _ in range(5)))
        drawers.arrange(DOWN, buff=0.14).move_to([5.95, 0.6, 0])
        with self.say("ladder.folds") as cue:
            cue.until("fifth")
            self.play(FadeIn(drawers), drawers[0].animate.set_fill(opacity=0.9), run_time=0.7)
            cue.until("test")
            self.play(Indicate(drawers[0], color=HIGHLIGHT, scale_factor=1.15), run_time=0.7)
            cue.until("drawers")
            turns = (drawer.animate.set_fill(opacity=0.9) for drawer in drawers[1:])
            self.play(LaggedStart(*turns, lag_ratio=0.5), run_time=1.0)
            self.show(1)
        self.play(FadeOut(drawers), run_time=0.3)

    def both(self) -> None:
        pair = VGroup(person(FRIEND, 0.8), person(FRIEND, 0.8)).arrange(buff=0.4).move_to([5.95, 1.4, 0])
        with self.say("ladder.both") as cue:
            self.play(FadeIn(pair), run_time=0.4)
            cue.until("reverse")
            self.play(pair[0].animate.move_to(pair[1]), pair[1].animate.move_to(pair[0]), run_time=0.7)
            cue.until("whole")
            self.show(2)
        self.play(FadeOut(pair), run_time=0.3)

    def own(self) -> None:
        """There, back and there again: the link foretells itself."""
        ends = (np.array([5.45, 0.7, 0]), np.array([6.65, 0.7, 0]))
        two = VGroup(*(person(FRIEND, 0.8).move_to(end + 0.75 * UP) for end in ends))
        link = Line(*ends).set_stroke(FRIEND, 7)
        path = VMobject().set_points_as_corners([ends[0], ends[1], ends[0], ends[1]])
        dot = Dot(ends[0], radius=0.15, color=HIGHLIGHT)
        with self.say("ladder.own") as cue:
            self.play(FadeIn(two), FadeIn(link), FadeIn(dot), run_time=0.5)
            cue.until("there")
            self.play(MoveAlongPath(dot, path), run_time=max(1.2, min(2.4, cue.to("out") - 0.2)))
            cue.until("out")
            self.play(FadeOut(link), FadeOut(dot), run_time=0.3)
            self.show(3)
        self.play(FadeOut(two), run_time=0.3)

    def near(self) -> None:
        with self.say("ladder.near") as cue:
            far = VGroup(person(STRANGER, 0.8).move_to([5.6, 1.6, 0]), person(STRANGER, 0.8).move_to([6.6, -2.2, 0]))
            self.play(FadeIn(far), run_time=0.5)
            cue.until("only")
            self.play(FadeOut(far), run_time=0.3)
            self.show(4)

    def hidden(self) -> None:
        with self.say("ladder.hidden") as cue:
            cue.until("hide")
            self.show(5)
            cue.until("left")
            self.play(self.bars[5][2].animate.stretch(1.25, 1), run_time=0.5)

    def rerun(self) -> None:
        """The study's own tables, judged again."""
        rerun = self.result("rerun")
        self.badge_for(rerun.origin)
        rows = (
            ("five drawers", "folds_accuracy", FRIEND),
            ("pairs kept whole", "grouped_accuracy", FRIEND),
            ("near, own link out", "near_accuracy", GOOD),
        )
        title = Words("the study's own tables, judged again", size=HEADING, color=INK).move_to([0, 3.0, 0])
        shown = VGroup()
        for n, (name, array, colour) in enumerate(rows):
            value = rerun.read(array)
            y = 1.3 - 1.7 * n
            frame = Rectangle(width=WIDE, height=0.9).set_stroke(SOFT, 2).move_to([LEFT_END, y, 0], aligned_edge=LEFT)
            bar = Rectangle(width=WIDE * float(value), height=0.9, stroke_width=0).set_fill(colour, 1)
            bar.move_to([LEFT_END, y, 0], aligned_edge=LEFT)
            label = Words(name, size=BODY, color=colour).move_to([LEFT_END - 0.3, y, 0], aligned_edge=RIGHT)
            number = Words("{x:.1%}", x=value, size=HEADING, color=colour).move_to(
                [LEFT_END + WIDE + 0.3, y, 0], aligned_edge=LEFT
            )
            shown.add(VGroup(frame, bar, label, number))
        with self.say("ladder.rerun") as cue:
            self.play(FadeIn(title), run_time=0.5)
            for row, mark in zip(shown, ("drawers", "whole", "near"), strict=True):
                cue.until(mark)
                self.play(FadeIn(row[0]), GrowFromEdge(row[1], LEFT), FadeIn(row[2]), FadeIn(row[3]), run_time=0.6)
