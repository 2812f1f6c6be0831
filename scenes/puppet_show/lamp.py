"""Fourth scene: pushes of equal length, and how far each of them moves the bottleneck."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    RIGHT,
    UP,
    Circle,
    Create,
    Dot,
    FadeIn,
    FadeOut,
    Group,
    Indicate,
    Line,
    Polygon,
    Rectangle,
    VGroup,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Formula, Words
from tapehead.scenes.stage.meters import Histogram
from tapehead.scenes.stage.palette import EAR, FAINT, HIGHLIGHT, INK, PANEL, SOFT
from tapehead.scenes.stage.planes import arrow
from tapehead.scenes.stage.portraits import Monitor, Portrait

FLOOR = -1.9


def as_picture(push: np.ndarray) -> np.ndarray:
    """The first three of four latent channels as colours, grey where nothing is pushed."""
    shown: np.ndarray = 0.5 + 0.5 * push[:3] / np.abs(push[:3]).max()
    return shown


class Lamp(StageScene):
    """A test with one lamp and one wall; the heap of quiet pushes, the loud one, and the table of all."""

    def construct(self) -> None:
        self.test()
        self.when()
        self.random()
        self.loud()
        self.smooth()
        self.jacobian()
        self.deaf()

    def test(self) -> None:
        """Lamp, wall, picture; the mind as a dial at the right."""
        wall = Portrait(self.result("nudges")["shown"], 3.2, colour=SOFT).move_to([-1.6, -0.2, 0])
        shade = Polygon([-6.3, 2.2, 0], [-5.1, 2.2, 0], [-5.4, 2.9, 0], [-6.0, 2.9, 0]).set_fill(SOFT, 1)
        cord = Line([-5.7, 4.0, 0], [-5.7, 2.9, 0]).set_stroke(SOFT, 4)
        beam = Polygon([-6.2, 2.2, 0], [-5.2, 2.2, 0], wall.get_corner(UP + RIGHT), wall.get_corner(DOWN + RIGHT))
        beam.set_fill(HIGHLIGHT, 0.14).set_stroke(width=0)
        ring = Circle(radius=1.3).set_stroke(FAINT, 4).move_to([4.3, -0.2, 0])
        point = Dot(ring.get_center(), radius=0.13, color=HIGHLIGHT)
        mind = Words("your mind", size=SMALL, color=SOFT).next_to(ring, DOWN, buff=0.25)
        self.wall, self.ring, self.point, self.mind = wall, ring, point, mind
        self.light = VGroup(shade.set_stroke(width=0), cord, beam)
        self.add(self.light[:2])
        with self.say("lamp.test") as cue:
            cue.until("lamp")
            self.play(Indicate(shade, color=HIGHLIGHT), run_time=0.8)
            cue.until("picture")
            self.play(FadeIn(wall), FadeIn(beam), run_time=0.7)
            cue.until("push")
            nudge = arrow(wall.get_left() + np.array([-1.2, 0, 0]), wall.get_left() + np.array([-0.1, 0, 0]), HIGHLIGHT)
            self.play(FadeIn(nudge), wall.animate.shift(0.15 * RIGHT), run_time=0.6)
            cue.until("mind")
            self.play(FadeIn(ring), FadeIn(mind), FadeIn(point), run_time=0.5)
            self.play(point.animate.shift(0.8 * RIGHT), FadeOut(nudge), run_time=0.6)

    def when(self) -> None:
        """Nearly pure noise hangs there."""
        level = Words("noise level {t}", t=self.result("nudges").read("t"), size=BODY, color=HIGHLIGHT)
        level.move_to([-1.6, -2.6, 0])
        with self.say("lamp.when") as cue:
            cue.until("early")
            self.play(FadeIn(level), run_time=0.5)
            cue.until("nothing")
            self.play(self.wall.animate.scale(1.12), run_time=0.8)
            cue.until("more")
            self.play(self.ring.animate.set_stroke(HIGHLIGHT, 7), run_time=0.6)
        self.test_stage = Group(*(m for m in (self.light, self.wall, self.ring, self.point, self.mind, level)))

    def heap(self, name: str, colour: str) -> Histogram:
        """Loudness of random pushes on the scale up to the loudest."""
        found = self.result("nudges")
        return Histogram(found[name], found["edges"], width=8.4, height=2.6, colour=colour).shift(
            np.array([-2.4, FLOOR, 0])
        )

    def picture(self, name: str, colour: str) -> Portrait:
        """A push, seen as colours."""
        made = Portrait(as_picture(self.result("nudges")[name]), 2.6, colour=colour, smooth=False)
        return made.move_to([-5.0, 1.3, 0])

    def random(self) -> None:
        """The heap of static."""
        found = self.result("nudges")
        heap, push = self.heap("isotropic", SOFT), self.picture("random_nudge", SOFT)
        axis = Words("how far the mind moves", size=SMALL, color=SOFT).move_to([1.8, -2.45, 0])
        count = Words("{n} random pushes", n=found.read("draws"), size=BODY, color=SOFT).move_to([2.6, 2.9, 0])
        mean = Words("{x:.1f}", x=found.read("isotropic_mean"), size=BODY, color=INK)
        mean.next_to(heap.bars, UP, buff=0.15).set_x(heap.at(float(found["isotropic_mean"]))[0])
        self.shown = VGroup(heap, mean)
        self.axis, self.count, self.push = axis, count, push
        with self.say("lamp.random") as cue:
            self.play(FadeOut(self.test_stage), FadeIn(heap.floor), FadeIn(axis), run_time=0.4)
            cue.until("any")
            self.play(FadeIn(push), run_time=0.6)
            cue.until("average")
            here = heap.at(float(found["isotropic_mean"]))
            tick = Line(here, mean.get_bottom() + 0.1 * DOWN).set_stroke(INK, 6)
            self.play(Create(tick), FadeIn(mean), run_time=0.4)
            cue.until("many")
            self.play(FadeIn(count), run_time=0.3)
            for share in (0.2, 0.5, 1.0):
                part = heap.grown(share)
                self.play(FadeIn(part), run_time=0.4)
                self.remove(part)
            self.remove(tick)
            self.add(heap)

    def loud(self) -> None:
        """One push stands far out."""
        found = self.result("nudges")
        spot = self.shown[0].at(float(found["sigma"][0]))
        line = Line(spot, spot + 2.6 * UP).set_stroke(HIGHLIGHT, 8)
        value = Words("{x:.0f}", x=found.read("sigma", direction=0), size=HEADING, color=HIGHLIGHT)
        value.next_to(line, UP, buff=0.15)
        times = Words("{x:.0f} times as far", x=found.read("ratio"), size=BODY, color=HIGHLIGHT)
        times.move_to([2.4, 1.1, 0])
        loud = self.picture("loudest", HIGHLIGHT)
        self.line = VGroup(line, value)
        with self.say("lamp.loud") as cue:
            cue.until("this")
            self.play(FadeOut(self.push), FadeIn(loud), FadeOut(self.count), run_time=0.5)
            cue.until("moves")
            self.play(FadeIn(line), FadeIn(value), run_time=0.5)
            cue.until("times")
            self.play(FadeIn(times), run_time=0.5)
        self.play(FadeOut(times), FadeOut(loud), run_time=0.3)

    def smooth(self) -> None:
        """The same with random pushes that are as coarse."""
        found = self.result("nudges")
        heap, push = self.heap("low_pass", EAR), self.picture("smooth_nudge", EAR)
        label = Words("random, of the same grain: {x:.1f}", x=found.read("low_pass_mean"), size=BODY, color=EAR)
        label.move_to([1.9, 2.9, 0])
        with self.say("lamp.smooth") as cue:
            cue.until("smooth")
            self.play(FadeIn(push), run_time=0.5)
            cue.until("no")
            self.play(FadeOut(self.shown), FadeIn(heap), FadeIn(label), run_time=0.7)
        self.heap_shown = heap
        self.play(FadeOut(label), FadeOut(push), FadeOut(self.axis), FadeOut(self.line), FadeOut(heap), run_time=0.4)

    def jacobian(self) -> None:
        """All answers as one table."""
        found = self.result("nudges")
        columns, rows = 32, 20
        grid = VGroup(
            *(
                VGroup(
                    *(
                        Rectangle(width=0.19, height=0.19, stroke_width=0).set_fill(EAR, 0.15 + 0.7 * self.rng.random())
                        for _ in range(rows)
                    )
                ).arrange(DOWN, buff=0.03)
                for _ in range(columns)
            )
        ).arrange(RIGHT, buff=0.03)
        grid.move_to([0.6, -0.1, 0])
        top = Words("{n} columns: the picture", n=found.read("dimensions"), size=SMALL).next_to(grid, UP, buff=0.25)
        side = Words("{n} rows:\nthe mind", n=found.read("h_dimensions"), size=SMALL, align="right")
        side.next_to(grid, np.array([-1.0, 0, 0]), buff=0.3)
        letter = Formula("J", size=HUGE, color=HIGHLIGHT).move_to([5.6, 0.1, 0])
        note = Words("a drawing of the table", size=SMALL, color=SOFT).next_to(grid, DOWN, buff=0.25)
        with self.say("lamp.jacobian") as cue:
            cue.until("write")
            step = max(0.05, cue.to("columns") / 8)
            for n in range(0, columns, 4):
                self.play(FadeIn(grid[n : n + 4]), run_time=step)
            self.play(FadeIn(top), FadeIn(note), run_time=0.4)
            cue.until("rows")
            self.play(FadeIn(side), run_time=0.4)
            cue.until("jacobian")
            self.play(FadeIn(letter), run_time=0.5)
            cue.until("noticed")
            self.play(grid[11].animate.set_fill(HIGHLIGHT, 1), run_time=0.5)
        self.clear_stage(run_time=0.4)

    def deaf(self) -> None:
        """The patient, lit for a moment."""
        monitor = Monitor(self.result("nudges")["shown"], 4.6).move_to([0, 0.2, 0])
        monitor.case[1].set_fill(PANEL, 1)
        with self.say("lamp.deaf") as cue:
            self.play(FadeIn(monitor), monitor.lamp.animate.set_fill(HIGHLIGHT), run_time=0.5)
            self.play(monitor.animate.scale(1.06), run_time=max(0.3, cue.left))
