"""First scene: two strangers with friends in common, a machine that answers, and whose friends these are."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    UP,
    Create,
    DashedLine,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    Line,
    RoundedRectangle,
    VGroup,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import HEADING, HUGE, TITLE, Words
from tapehead.scenes.stage.palette import BAD, HIGHLIGHT, INK, PANEL, SOFT
from tapehead.scenes.stage.planes import arrow

from .pictures import FRIEND, circle_of_six, person


class Strangers(StageScene):
    """The pair, the common friends, the machine, the made-up towns."""

    def construct(self) -> None:
        self.badge_for(self.result("toy").origin)
        self.two()
        self.common()
        self.machine()
        self.private()
        self.clear_stage(run_time=0.4)

    def two(self) -> None:
        """Two people and a question."""
        toy = self.result("toy")
        self.people, self.lines = circle_of_six(toy["links"], toy.quantity("links").labels["row"], 1.2)
        a, d = self.people["a"], self.people["d"]
        gap = DashedLine([-3.8, 0, 0], [-0.6, 0, 0], dash_length=0.2).set_stroke(HIGHLIGHT, 6)
        asked = Words("?", size=HUGE, color=HIGHLIGHT).move_to([-2.2, 0.05, 0])
        self.gap, self.asked = gap, asked
        with self.say("strangers.two") as cue:
            self.play(FadeIn(a, shift=0.3 * LEFT), FadeIn(d, shift=-0.3 * LEFT), run_time=0.7)
            cue.until("know")
            self.play(Create(gap), run_time=0.6)
            self.play(FadeOut(gap), FadeIn(asked, scale=0.6), run_time=0.5)

    def common(self) -> None:
        """Two more people stand between them, and the rest of the circle."""
        toy = self.result("toy")
        count = Words("{n:.0f} in common", n=toy.read("pair", feature="common friends"), size=HEADING, color=FRIEND)
        count.move_to([3.4, 2.6, 0])
        with self.say("strangers.common") as cue:
            cue.until("friends")
            between = [pair for pair in self.lines if set(pair) <= set("abcd")]
            shown = [FadeIn(self.people[name], scale=0.7) for name in "bc"]
            aside = self.asked.animate.move_to([3.4, 1.35, 0])
            self.play(LaggedStart(*shown, lag_ratio=0.4), aside, run_time=0.8)
            self.play(*(Create(self.lines[pair]) for pair in between), FadeIn(count), run_time=0.9)
            cue.until("should")
            rest = [self.lines[pair] for pair in self.lines if pair not in between]
            self.play(*(FadeIn(self.people[name]) for name in "ef"), *(Create(line) for line in rest), run_time=0.8)
            self.play(Indicate(self.asked, color=INK, scale_factor=1.4), run_time=0.7)
        self.clear_stage(run_time=0.4)

    def machine(self) -> None:
        """A box that says yes or no, and its score."""
        study = self.result("study")
        self.badge_for(study.origin)
        pair = VGroup(person(height=1.6), person(height=1.6)).arrange(buff=0.5).move_to([-4.8, 0.6, 0])
        box = RoundedRectangle(width=3.2, height=2.4, corner_radius=0.25).set_stroke(INK, 5).set_fill(PANEL, 1)
        box.move_to([-0.2, 0.6, 0])
        slots = VGroup(*(Line([-1.1, y, 0], [0.7, y, 0]).set_stroke(SOFT, 6) for y in (1.1, 0.6, 0.1)))
        ways = (
            arrow(np.array([-3.1, 0.6, 0]), np.array([-1.9, 0.6, 0]), SOFT, 9),
            arrow(np.array([1.5, 0.6, 0]), np.array([2.9, 0.6, 0]), SOFT, 9),
        )
        score = study.read("accuracy", trained="A", tested="A")
        right = Words("{x:.0%}", x=score, size=1.3 * HUGE, color=HIGHLIGHT).move_to([4.9, 0.9, 0])
        label = Words("right", size=HEADING, color=HIGHLIGHT).move_to([4.9, -0.4, 0])
        with self.say("strangers.machine") as cue:
            self.play(FadeIn(pair), run_time=0.5)
            cue.until("machine")
            self.play(FadeIn(box), FadeIn(slots), FadeIn(ways[0]), run_time=0.7)
            cue.until("pair")
            shown = pair.copy()
            self.play(shown.animate.scale(0.3).move_to(ways[0].get_end()), run_time=0.7)
            self.play(FadeOut(shown), Indicate(slots, color=HIGHLIGHT, scale_factor=1.1), run_time=0.7)
            cue.until("right")
            self.play(FadeIn(ways[1]), FadeIn(right, scale=0.7), FadeIn(label), run_time=0.7)
        self.clear_stage(run_time=0.4)
        self.badge_for(self.result("toy").origin)

    def private(self) -> None:
        """A crowd of people who are crossed out and come back as dashes: made up."""
        crowd = VGroup(*(person(SOFT, 0.9) for _ in range(24)))
        for n, one in enumerate(crowd):
            row, column = divmod(n, 8)
            one.move_to([-5.6 + 1.6 * column, 2.2 - 1.5 * row, 0])
        words = Words("nobody here exists", size=TITLE, color=HIGHLIGHT).move_to([0.4, -2.6, 0])
        veil = VGroup(
            *(Line(one.get_corner(UP + LEFT), one.get_corner(DOWN - LEFT)).set_stroke(BAD, 6) for one in crowd)
        )
        with self.say("strangers.private") as cue:
            self.play(FadeIn(crowd), run_time=0.6)
            cue.until("business")
            self.play(LaggedStart(*(Create(line) for line in veil), lag_ratio=0.05), run_time=1.2)
            cue.until("nobody")
            self.play(FadeOut(veil), crowd.animate.set_stroke(FRIEND), FadeIn(words, shift=0.2 * UP), run_time=0.8)
