"""First scene: talk is counted, a score that sounds good, and a table whose rule is sealed."""

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
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, TITLE, Formula, Name, Words
from tapehead.scenes.stage.palette import BAD, FAINT, HIGHLIGHT, INK, PANEL, SOFT
from tapehead.scenes.stage.planes import arrow
from tapehead.scenes.stage.specks import block, specks

from .pictures import SALES, TALK, calendar, coins, envelope, game_case, speech

BUBBLES = ((-2.3, 2.4, 1.5), (2.3, 2.2, 1.7), (-2.5, 0.5, 1.3), (2.4, 0.1, 1.4), (-2.3, -1.5, 1.6), (2.2, -1.9, 1.4))
"""Where people talk round the game, and how much."""


class Hook(StageScene):
    """Calendar and talk, the count, the question, the sealed rule."""

    def construct(self) -> None:
        self.badge_for(self.result("study").origin)
        self.day()
        self.count()
        self.question()
        self.truth()

    def day(self) -> None:
        """Days are crossed off until the release; around the game, bubbles, and a tally."""
        page, days = calendar(5.2)
        VGroup(page, days).move_to([-3.9, 0.6, 0])
        case = game_case(2.7).move_to([3.6, 0.3, 0])
        bubbles = VGroup(*(speech(w).move_to([3.6 + x, y + 0.1, 0]) for x, y, w in BUBBLES))
        with self.say("hook.day") as cue:
            self.play(FadeIn(page), FadeIn(days), run_time=0.5)
            gone = [day.animate.set_fill(FAINT, 0.9) for day in days[:-1]]
            release = days[-1].animate.set_stroke(HIGHLIGHT, 6).set_fill(SALES, 1)
            self.play(LaggedStart(*gone, release, lag_ratio=0.12), FadeIn(case), run_time=max(1.4, cue.to("talk")))
            cue.until("talk")
            said = LaggedStart(*(FadeIn(bubble, scale=0.5) for bubble in bubbles), lag_ratio=0.25)
            self.play(said, run_time=max(1.0, cue.to("count")))
            cue.until("count")
            tally = VGroup(*(Line([-5.9 + 0.28 * n, -2.9, 0], [-5.9 + 0.28 * n, -2.3, 0]) for n in range(15)))
            tally.set_stroke(TALK, 6)
            self.play(LaggedStart(*(Create(stroke) for stroke in tally), lag_ratio=0.3), run_time=max(0.7, cue.left))
        self.clear_stage(run_time=0.4)

    def count(self) -> None:
        """The counts of one game, and the share as a part of a bar."""
        study = self.result("study")
        name = Words("{name}", name=Name(study.facts["example"]), size=HEADING, color=INK).move_to([0, 3.0, 0])
        counted = Words("{n:,.0f}", n=study.read("mentions"), size=1.5 * HUGE, color=TALK).move_to([0, 1.35, 0])
        titles = Words("of {n:,.0f} titles", n=study.read("titles"), size=TITLE, color=SOFT).move_to([0, -0.3, 0])
        share = study.read("share")
        frame = Rectangle(width=11.6, height=0.8).set_stroke(SOFT, 3).move_to([0, -1.75, 0])
        part = Rectangle(width=0.116 * float(share), height=0.8, stroke_width=0).set_fill(TALK, 1)
        part.move_to(frame, aligned_edge=LEFT)
        said = Words("{x:.0f} %", x=share, size=HEADING, color=TALK).next_to(part, DOWN, buff=0.3).align_to(frame, LEFT)
        bubble = speech(1.5).move_to([-5.4, 2.7, 0])
        with self.say("hook.count") as cue:
            self.play(FadeIn(name), FadeIn(bubble, scale=0.6), run_time=0.6)
            cue.until("counted")
            self.play(FadeIn(counted, scale=0.7), run_time=0.7)
            cue.until("out")
            self.play(FadeIn(titles), Create(frame), run_time=0.8)
            cue.until("share")
            self.play(GrowFromEdge(part, LEFT), FadeIn(said), run_time=0.8)
        self.clear_stage(run_time=0.4)

    def question(self) -> None:
        """Talk in, sales out, and a score on a rail that ends at perfect."""
        study = self.result("study")
        talk = VGroup(*(speech(1.5).move_to([-5.0 + 0.7 * n, 1.75 + 0.5 * (n % 2), 0]) for n in range(3)))
        sold = coins(7, 1.9).move_to([4.4, 2.0, 0])
        way = arrow(np.array([-2.2, 2.0, 0]), np.array([2.6, 2.0, 0]), INK, 9)
        rail = Line([-5.5, -1.4, 0], [5.5, -1.4, 0]).set_stroke(FAINT, 10)
        score = study.read("test_r2", method="least squares")
        spot = rail.point_from_proportion(float(score))
        done = Line(rail.get_start(), spot).set_stroke(HIGHLIGHT, 10)
        flag = Line(spot, spot + 0.75 * UP).set_stroke(HIGHLIGHT, 7)
        number = Words("{x:.2f}", x=score, size=TITLE, color=HIGHLIGHT).next_to(flag, UP, buff=0.15)
        ends = VGroup(
            Words("no better than the average", size=SMALL, color=SOFT).next_to(rail.get_start(), DOWN, buff=0.35),
            Words("perfect", size=SMALL, color=SOFT).next_to(rail.get_end(), DOWN, buff=0.35),
        )
        ends[0].align_to(rail, LEFT)
        doubt = Words("?", size=1.5 * HUGE, color=INK).move_to([3.4, -0.15, 0])
        with self.say("hook.question") as cue:
            self.play(FadeIn(rail), FadeIn(ends), run_time=0.5)
            cue.until("talk")
            self.play(LaggedStart(*(FadeIn(one, scale=0.6) for one in talk), lag_ratio=0.3), run_time=0.8)
            cue.until("sales")
            self.play(
                Create(way), LaggedStart(*(FadeIn(c, shift=0.2 * DOWN) for c in sold), lag_ratio=0.2), run_time=1.0
            )
            cue.until("score")
            self.play(Create(done), run_time=0.9)
            self.play(Create(flag), FadeIn(number), run_time=0.5)
            cue.until("believe")
            self.play(FadeIn(doubt, scale=1.6), run_time=0.6)
        self.clear_stage(run_time=0.4)

    def truth(self) -> None:
        """A table of our own, and the rule behind it, which goes into an envelope."""
        table = self.result("table")
        self.badge_for(table.origin)
        games = table.read("funnel", step="all")
        crowd = specks(block(int(games), 13, (0.158, 0.19), (0, 2.1)), SALES, 0.11)
        label = Words("{n:,.0f} games", n=games, size=HEADING, color=SALES).move_to([0, 0.3, 0])
        sheet = RoundedRectangle(width=8.4, height=1.1, corner_radius=0.12).set_stroke(INK, 3).set_fill(PANEL, 1)
        rule = Formula('"sales" = "?" dot nap("talk") + "?" dot ear("players") + "?" dot luck("critics")', size=BODY)
        letter = VGroup(sheet, rule.move_to(sheet)).move_to([0, -1.5, 0])
        back, front = envelope(3.2)
        VGroup(back, front).move_to([0, -2.0, 0])
        later = Words("?", size=TITLE, color=HIGHLIGHT).move_to([3.2, -2.3, 0])
        shut = RoundedRectangle(width=4.2, height=3.4, corner_radius=0.15).set_stroke(SOFT, 4).set_fill(PANEL, 1)
        rows = VGroup(*(Line([-1.7, 1.1 - 0.45 * n, 0], [1.7, 1.1 - 0.45 * n, 0]) for n in range(6))).set_stroke(
            FAINT, 8
        )
        cross = VGroup(Line([-1.5, -1.2, 0], [1.5, 1.2, 0]), Line([-1.5, 1.2, 0], [1.5, -1.2, 0])).set_stroke(BAD, 12)
        theirs = VGroup(shut, rows, cross).move_to([0, 0.6, 0])
        with self.say("hook.truth") as cue:
            self.play(FadeIn(theirs[:2]), run_time=0.5)
            self.play(Create(cross), run_time=0.5)
            cue.until("games")
            self.play(FadeOut(theirs), FadeIn(crowd), FadeIn(label), run_time=0.9)
            cue.until("rule")
            self.play(FadeIn(letter, shift=0.3 * UP), run_time=0.7)
            cue.until("sealed")
            self.play(FadeIn(back), letter.animate.scale(0.34).move_to([0, -2.2, 0]), run_time=0.6)
            self.play(FadeOut(letter), FadeIn(front), run_time=0.5)
            cue.until("later")
            self.play(Indicate(front[2], color=INK), FadeIn(later, shift=0.3 * LEFT), run_time=0.8)
        self.play(FadeOut(VGroup(back, front, later), shift=RIGHT), FadeOut(crowd), FadeOut(label), run_time=0.5)
