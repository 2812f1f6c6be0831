"""First scene: the office goes on the air; a picture is a row of numbers, and a direction is a difference."""

from __future__ import annotations

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Create, FadeIn, FadeOut, Group, LaggedStart, VGroup

from tapehead.analysis.results import Origin
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Words
from tapehead.scenes.stage.palette import INK, NOSE_TINT, SOFT
from tapehead.scenes.stage.planes import arrow
from tapehead.scenes.stage.portraits import Monitor, Portrait, Wall
from tapehead.scenes.stage.specks import specks

from .parts import AWAY, Emblem, TestBars, at, linger, notice, upright


class Broadcast(StageScene):
    """Test bars, the notice, the numbers, the difference, the instruction."""

    def construct(self) -> None:
        self.found = self.result("steered")
        self.red = upright(at(self.found, "picture", "family", "told"))  # (amount, place, …)
        self.all = upright(self.found["before"])
        self.bars()
        self.notice()
        self.numbers()
        self.difference()
        self.rule()
        self.clear_stage(run_time=0.5)

    def bars(self) -> None:
        self.badge_for(Origin.ILLUSTRATION)
        bars = TestBars()
        title = Words("OFFICE FOR LATENT SPACE", size=72, color=INK, bold=True).move_to([0, 0.75, 0])
        below = Words("public information for young people", size=BODY, color=SOFT).move_to([0, -0.25, 0])
        self.emblem = Emblem(2.5).move_to([0, 2.35, 0])
        self.add(bars, title, below)
        row = Group(*(Portrait(self.all[n], 4.2, colour=SOFT) for n in range(3))).arrange(RIGHT, buff=0.3)
        row.move_to([0, 0.35, 0])
        self.tape.keep_clean(title, below)
        with self.say("broadcast.note") as cue:
            self.play(title.animate.scale(1.04), run_time=1.0)
            cue.until("faces")
            self.badge_for(self.found.origin, self.found.model)
            self.play(*(FadeOut(each) for each in (bars, title, below)), FadeIn(row), run_time=0.8)
            cue.until("jump")
            self.play(row.animate.scale(1.06), run_time=1.2)
        self.row = row

    def notice(self) -> None:
        words = notice("Do not adjust\nyour latent space.", 1.15 * HUGE, y=-1.2)
        self.tape.keep_clean(words)
        with self.say("broadcast.adjust"):
            self.play(FadeOut(self.row), FadeIn(words), FadeIn(self.emblem), run_time=0.4)
            self.play(self.emblem.animate.rotate(-0.25), run_time=1.6)
        self.clear_stage(run_time=0.5)

    def numbers(self) -> None:
        """One square for each number of a picture that is not finished."""
        size = self.result("stamp").read("dimensions")
        side = int(np.ceil(float(size) ** 0.5))
        places = np.array([(n % side, -(n // side)) for n in range(int(size))]) * (5.2 / side)
        places = places - places.mean(axis=0) + [3.3, 0.75]
        squares = specks(places, AWAY, 0.62 * 5.2 / side, 0.85)
        told = Words("{n:.0f} numbers", n=size, size=HEADING, color=AWAY).move_to([3.3, -2.6, 0])
        monitor = Monitor(self.all[1], 6.3).move_to([-3.5, 0.3, 0])
        changed = monitor.showing(self.red[-1][1])
        self.tape.keep_clean(told, monitor.screen)
        with self.say("broadcast.numbers") as cue:
            self.play(FadeIn(monitor), run_time=0.6)
            cue.until("row")
            self.play(FadeIn(squares), FadeIn(told), run_time=0.8)
            linger(self, cue.to("change"), told)
            cue.until("change")
            self.play(squares.animate.set_fill(NOSE_TINT, 0.95), FadeIn(changed), run_time=0.8)
            linger(self, cue.left, told)
        self.clear_stage(run_time=0.5)

    def difference(self) -> None:
        """The redder half, the other half, and the arrow between their averages."""
        redder = self.found["score"][0, 0][: len(self.all)] < 0
        walls = []
        for which, x, text in ((redder, -4.4, "redder half"), (~redder, 4.4, "other half")):
            wall = Wall(self.all[which][:4], 2, 4.6).move_to([x, 0.55, 0])
            walls.append((wall, Words(text, size=BODY, color=SOFT).move_to([x, -2.35, 0])))
        way = arrow(np.array([-1.75, 0.55, 0]), np.array([1.75, 0.55, 0]), AWAY, 16)
        name = Words("away from red", size=BODY, color=AWAY).move_to([0, 1.45, 0])
        n = Words("of {n} pictures", n=self.found.read("reference"), size=SMALL, color=SOFT).move_to([0, 3.35, 0])
        self.tape.keep_clean(name, n)
        with self.say("broadcast.difference") as cue:
            self.play(FadeIn(walls[0][0]), FadeIn(walls[0][1]), FadeIn(n), run_time=0.6)
            cue.until("other")
            self.play(FadeIn(walls[1][0]), FadeIn(walls[1][1]), run_time=0.6)
            cue.until("arrow")
            self.play(Create(way), run_time=0.8)
            cue.until("away")
            self.play(FadeIn(name, shift=0.2 * UP), run_time=0.5)
        self.clear_stage(run_time=0.5)

    def rule(self) -> None:
        """Tail at the picture as it was, head at the picture as it is."""
        ends = [Portrait(self.red[k][0], 5.0, colour=colour) for k, colour in ((0, SOFT), (-1, AWAY))]
        ends[0].move_to([-4.3, 0.5, 0])
        ends[1].move_to([4.3, 0.5, 0])
        way = arrow(ends[0].get_right() + 0.25 * RIGHT, ends[1].get_left() + 0.25 * LEFT, AWAY, 16)
        words = VGroup(
            Words("this way", size=HEADING, color=AWAY).next_to(way, UP, buff=0.35),
            Words("this far", size=HEADING, color=AWAY).next_to(way, DOWN, buff=0.35),
        )
        self.tape.keep_clean(words, *ends)
        with self.say("broadcast.rule") as cue:
            self.play(FadeIn(ends[0]), run_time=0.5)
            cue.until("way")
            self.play(Create(way), FadeIn(words[0]), run_time=0.6)
            cue.until("far")
            self.play(LaggedStart(FadeIn(words[1]), FadeIn(ends[1]), lag_ratio=0.4), run_time=0.8)
            cue.until("all")
            self.play(way.animate.scale(1.05), run_time=0.6)
