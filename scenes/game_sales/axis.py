"""Seventh scene: a positive weight, an axis that was turned round, and what was hiding behind the critics."""

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
    Star,
    Transform,
    VGroup,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.intervals import Intervals
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Words
from tapehead.scenes.stage.palette import FAINT, HIGHLIGHT, INK, SOFT
from tapehead.scenes.stage.planes import arrow
from tapehead.scenes.stage.specks import block, specks

from .pictures import USERS, coins


class Axis(StageScene):
    """The study's sign, the turn, our two signs, what is held, and the control."""

    def construct(self) -> None:
        self.positive()
        self.turn()
        self.flip()
        self.held()
        self.control()
        self.clear_stage(run_time=0.4)

    def positive(self) -> None:
        """Stars, a plus, and coins."""
        study = self.result("study")
        self.badge_for(study.origin)
        stars = VGroup(*(Star(outer_radius=0.55, color=USERS, fill_opacity=1) for _ in range(4)))
        stars.arrange(RIGHT, buff=0.25).move_to([-4.2, 1.3, 0])
        sold = coins(8, 2.2).move_to([4.6, 1.3, 0])
        way = arrow(np.array([-1.3, 1.3, 0]), np.array([2.9, 1.3, 0]), INK, 9)
        value = study.read("coefficients", coefficient="user")
        weight = Words("+{x:.2f}", x=value, size=HUGE, color=USERS).move_to([0, -1.2, 0])
        who = Words("the players' score, in the study", size=SMALL, color=SOFT).move_to([0, -2.35, 0])
        doubt = Words("?", size=HUGE, color=HIGHLIGHT).move_to([0.8, 2.5, 0])
        with self.say("axis.positive") as cue:
            self.play(LaggedStart(*(FadeIn(star, scale=0.4) for star in stars), lag_ratio=0.2), run_time=0.9)
            cue.until("weight")
            self.play(FadeIn(weight, scale=0.8), FadeIn(who), run_time=0.6)
            cue.until("sells")
            self.play(Create(way), FadeIn(sold, shift=0.2 * DOWN), run_time=0.7)
            self.play(FadeIn(doubt), run_time=0.4)
        self.clear_stage(run_time=0.4)
        self.badge_for(self.result("axis").origin)

    def turn(self) -> None:
        """Scores on the left, what became of them on the right, joined by threads that cross."""
        found = self.result("axis")
        scores, turned = found.row("score", "rung"), found.row("turned", "rung")
        low, tall, left, right = -2.6, 5.4, -2.6, 3.4
        top = float(max(turned))
        ends = [
            (np.array([left, low + tall * (float(s) - 1) / 9, 0]), np.array([right, low + tall * float(t) / top, 0]))
            for s, t in zip(scores, turned, strict=True)
        ]
        rulers = VGroup(
            Line([left, low, 0], [left, low + tall, 0]).set_stroke(USERS, 6),
            Line([right, low, 0], [right, low + tall, 0]).set_stroke(HIGHLIGHT, 6),
        )
        ticks = VGroup(
            *(Line(a + 0.14 * LEFT, a + 0.14 * RIGHT).set_stroke(INK, 4) for a, _b in ends),
            *(Line(b + 0.14 * LEFT, b + 0.14 * RIGHT).set_stroke(INK, 4) for _a, b in ends),
        )
        numbers = VGroup(
            *(
                Words("{n:.0f}", n=scores[n], size=SMALL, color=USERS).next_to(ends[n][0], LEFT, buff=0.3)
                for n in (0, 4, 9)
            ),
            *(
                Words("{n:.0f}", n=scores[n], size=SMALL, color=HIGHLIGHT).next_to(ends[n][1], RIGHT, buff=0.3)
                for n in (0, 4, 9)
            ),
        )
        heads = VGroup(
            Words("score", size=BODY, color=USERS).move_to([left, 3.35, 0]),
            Words("as fitted", size=BODY, color=HIGHLIGHT).move_to([right, 3.35, 0]),
        )
        threads = VGroup(*(Line(a, b).set_stroke(SOFT, 3) for a, b in ends))
        with self.say("axis.turn") as cue:
            cue.until("unit")
            self.play(FadeIn(rulers[0]), FadeIn(ticks[:10]), FadeIn(heads[0]), FadeIn(numbers[:3]), run_time=0.6)
            self.play(FadeIn(rulers[1]), FadeIn(heads[1]), run_time=0.4)
            grow = LaggedStart(*(Create(thread) for thread in threads), lag_ratio=0.12)
            self.play(grow, FadeIn(ticks[10:]), run_time=max(1.0, min(2.2, cue.to("ten"))))
            cue.until("ten")
            self.play(threads[9].animate.set_stroke(HIGHLIGHT, 8), FadeIn(numbers[5]), run_time=0.5)
            cue.until("one")
            self.play(threads[0].animate.set_stroke(INK, 8), FadeIn(numbers[3]), run_time=0.5)
            cue.until("turned")
            self.play(Indicate(heads[1], color=INK), FadeIn(numbers[4]), run_time=0.7)
        self.clear_stage(run_time=0.4)

    def flip(self) -> None:
        """Our weight on either axis, on either side of zero."""
        found = self.result("axis")
        rows = [
            tuple(found.read(name, axis=axis) for name in ("coefficient", "low", "high"))
            for axis in ("reversed", "plain")
        ]
        chart = Intervals(
            rows,
            ("turned axis", "its own axis"),
            (HIGHLIGHT, USERS),
            zero=(-0.9, 1.4),
            unit=4.6,
            step=2.3,
            thick=1.0,
            size=BODY,
        )
        less = Words("less liked, more sold", size=HEADING, color=INK).move_to([0.6, -2.7, 0])
        held = Words("talk and critics held still", size=SMALL, color=SOFT).move_to([0, 3.3, 0])
        with self.say("axis.flip") as cue:
            self.play(FadeIn(chart.zero), FadeIn(held), run_time=0.5)
            for n, mark in enumerate(("turned", "back")):
                cue.until(mark)
                side = LEFT if n == 0 else RIGHT
                self.play(FadeIn(chart.names[n]), GrowFromEdge(chart.bars[n], side), run_time=0.8)
                self.play(FadeIn(chart.whiskers[n]), FadeIn(chart.values[n]), run_time=0.4)
            cue.until("less")
            self.play(FadeIn(less, shift=0.2 * UP), run_time=0.6)
        self.clear_stage(run_time=0.4)

    def held(self) -> None:
        """The score alone shows nothing; held behind the critics it does."""
        found = self.result("axis")
        alone = Words("alone", size=HEADING, color=SOFT).move_to([-4.6, 2.6, 0])
        simple = Words("r = {x:.2f}", x=found.read("simple", axis="plain"), size=HUGE, color=SOFT).move_to(
            [-4.2, 1.2, 0]
        )
        flat = Line([-6.4, -1.0, 0], [-2.0, -1.0, 0]).set_stroke(SOFT, 8)
        link = found.read("critic_link")
        held = Words("critics held still", size=HEADING, color=HIGHLIGHT).move_to([3.6, 2.6, 0])
        value = Words("{x:.2f}", x=found.read("coefficient", axis="plain"), size=HUGE, color=HIGHLIGHT)
        value.move_to([3.6, 1.2, 0])
        slope = Line([1.4, -0.35, 0], [5.8, -1.65, 0]).set_stroke(HIGHLIGHT, 8)
        tie = Words("players and critics go together: r = {x:.2f}", x=link, size=BODY, color=INK).move_to(
            [0.4, -2.75, 0]
        )
        with self.say("axis.held") as cue:
            cue.until("alone")
            self.play(FadeIn(alone), FadeIn(simple), Create(flat), run_time=0.7)
            cue.until("critics")
            self.play(FadeIn(tie, shift=0.2 * UP), run_time=0.6)
            cue.until("held")
            bent = flat.copy()
            self.add(bent)
            self.play(Transform(bent, slope), FadeIn(held), FadeIn(value), run_time=1.0)
        self.clear_stage(run_time=0.4)

    def control(self) -> None:
        """A hundred other tables, the same with their scores dealt anew, and the study's own, turned back."""
        found, rerun = self.result("axis"), self.result("rerun")
        total = found.read("tables")
        heaps = VGroup()
        for name, what, colour, x in (
            ("planted_sign", "less liked, more sold", HIGHLIGHT, -3.6),
            ("shuffled_sign", "scores dealt anew", SOFT, 3.6),
        ):
            there = found.read(name)
            lit = np.arange(int(total)) < int(there)
            places = block(int(total), 10, (0.42, 0.42), (x, 0.3))
            squares = VGroup(specks(places[lit], colour, 0.34))
            if not lit.all():
                squares.add(specks(places[~lit], FAINT, 0.34))
            count = Words("{k:.0f} of {n:.0f}", k=there, n=total, size=HEADING, color=colour).move_to([x, -2.4, 0])
            heaps.add(VGroup(squares, count, Words(what, size=BODY, color=colour).move_to([x, 2.9, 0])))
        weight = Words("{x:.2f}", x=rerun.read("plain_user"), size=1.3 * HUGE, color=USERS).move_to([3.6, 0.9, 0])
        whose = Words("the study's table,\nturned back", size=BODY, color=SOFT, align="center").move_to([3.6, -1.0, 0])
        with self.say("axis.control") as cue:
            cue.until("tables")
            self.play(FadeIn(heaps[0][0]), FadeIn(heaps[0][2]), run_time=0.8)
            self.play(FadeIn(heaps[0][1]), run_time=0.4)
            cue.until("dealt")
            self.play(FadeIn(heaps[1][0]), FadeIn(heaps[1][2]), run_time=0.8)
            self.play(FadeIn(heaps[1][1]), run_time=0.4)
            cue.until("study")
            self.badge_for(rerun.origin)
            self.play(FadeOut(heaps), run_time=0.3)
            shift = VGroup(weight, whose).move_to([0, 0.3, 0])
            self.play(FadeIn(shift, scale=0.9), run_time=0.6)
