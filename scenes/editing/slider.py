"""Fourth scene: a wall of red hair, the slider, and a random arrow just as long."""

from __future__ import annotations

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Create, Dot, FadeIn, FadeOut, GrowFromEdge, Line, Rectangle, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.intervals import whisker
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Words
from tapehead.scenes.stage.palette import FAINT, INK, SOFT
from tapehead.scenes.stage.portraits import Wall

from .parts import AWAY, CHANCE, at, chance_of, label, linger, upright

COLUMNS, TALL = 4, 4.75
PLACE = np.array([-2.0, 1.3, 0.0])
RAIL, WIDE = np.array([-6.6, -2.3, 0.0]), 9.2


class Slider(StageScene):
    """Who has red hair, step by step away from it, and the control."""

    def construct(self) -> None:
        self.found = self.result("steered")
        self.walls = {
            family: [Wall(pictures[:8], COLUMNS, TALL).move_to(PLACE) for pictures in upright(self.part(family))]
            for family in ("told", "random")
        }
        self.red()
        self.push()
        self.control()
        self.removed()
        self.further()

    def part(self, family: str) -> np.ndarray:
        return at(self.found, "picture", "family", family)

    def handle_at(self, k: int) -> np.ndarray:
        """Where the slider's handle is at one of its places."""
        amounts = self.found["amount"]
        return np.asarray(RAIL + WIDE * float(amounts[k] / amounts[-1]) * RIGHT)

    def count(self, family: str, k: int, colour: str = AWAY) -> VGroup:
        """How many of those that had it still have red hair."""
        value = Words("{n}", n=self.found.read("left", family=family, amount=k), size=1.7 * HUGE, color=colour)
        return VGroup(value.move_to([5.0, 1.3, 0]))

    def red(self) -> None:
        self.rail = Line(RAIL, RAIL + WIDE * RIGHT).set_stroke(FAINT, 9)
        self.ticks = VGroup(
            *(Line(self.handle_at(k) + 0.2 * UP, self.handle_at(k) + 0.2 * DOWN) for k in range(5))
        ).set_stroke(FAINT, 5)
        self.handle = Dot(self.handle_at(0), radius=0.26, color=AWAY)
        self.head = label("on the red side", SOFT).move_to([5.0, 2.9, 0])
        self.of = Words("of {n}", n=self.found.read("had"), size=HEADING, color=SOFT).move_to([5.0, -0.2, 0])
        self.counted = self.count("told", 0)
        wall = self.walls["told"][0]
        self.tape.keep_clean(wall, self.head, self.of, self.counted)
        self.add(wall)
        with self.say("slider.red") as cue:
            self.play(wall.animate.scale(1.02), run_time=1.0)
            cue.until("side")
            self.play(FadeIn(self.counted), FadeIn(self.head), FadeIn(self.of), run_time=0.6)
            cue.until("asked")
            self.play(FadeIn(self.rail), FadeIn(self.ticks), FadeIn(self.handle), run_time=0.8)
        self.wall = wall

    def step(self, family: str, k: int, colour: str = AWAY, run_time: float = 0.7) -> None:
        """The wall and its count become those of another place of the slider."""
        wall, counted = self.walls[family][k], self.count(family, k, colour)
        self.tape.keep_clean(wall, counted)
        self.play(
            FadeOut(self.wall),
            FadeIn(wall),
            FadeOut(self.counted),
            self.handle.animate.move_to(self.handle_at(k)),
            run_time=run_time,
        )
        self.play(FadeIn(counted), run_time=0.2)
        self.wall, self.counted = wall, counted

    def push(self) -> None:
        with self.say("slider.push") as cue:
            cue.until("step")
            self.step("told", 1)
            cue.until("little")
            self.step("told", 2)
            cue.until("further")
            self.step("told", 3)
            cue.until("last")
            self.step("told", 4)

    def control(self) -> None:
        """The same length along a random arrow; then both shares with their intervals."""
        with self.say("slider.control") as cue:
            cue.until("random")
            self.step("random", 4, CHANCE)
        gone = (self.wall, self.counted, self.head, self.of, self.rail, self.ticks, self.handle)
        unit, zero = 8.6 / 100, np.array([-3.2, 0.0, 0.0])
        rows = VGroup()
        for n, (family, name, colour) in enumerate((("told", "away", AWAY), ("random", "random", CHANCE))):
            y = (1.7 - 2.2 * n) * UP
            share, low, high = (
                self.found.read(f"left_{end}", family=family, amount=4) for end in ("share", "low", "high")
            )
            bar = Rectangle(width=max(0.04, unit * float(share)), height=1.2, stroke_width=0).set_fill(colour, 1)
            bar.move_to(zero + y, aligned_edge=LEFT)
            first, last = (zero + y + unit * float(end) * RIGHT for end in (low, high))
            ends = whisker(first, last, INK, 6, 0.3)
            told = Words("{n}", n=self.found.read("left", family=family, amount=4), size=84, color=colour)
            told.move_to(zero + y + (unit * float(high) + 0.7) * RIGHT)
            rows.add(
                VGroup(bar, ends, told, label(name, colour, HEADING).move_to(zero + y + 0.4 * LEFT, aligned_edge=RIGHT))
            )
        floor = Line(zero + 2.7 * UP, zero + 1.5 * DOWN).set_stroke(FAINT, 6)
        head = Words("still on the red side, of {n}", n=self.found.read("had"), size=BODY, color=SOFT).move_to(
            [1.1, 3.4, 0]
        )
        note = label("lines: what luck leaves open", SOFT, SMALL).move_to([-3.2, -2.6, 0], aligned_edge=LEFT)
        test = chance_of(self.found.read("left_p", amount=4), BODY).move_to([4.6, -2.6, 0])
        self.tape.keep_clean(rows, head, test, note)
        with self.say("slider.tested") as cue:
            shown = (FadeIn(floor), FadeIn(head), FadeIn(rows[0][3]), FadeIn(rows[1][3]))
            self.play(*(FadeOut(one) for one in gone), *shown, run_time=0.4)
            self.play(GrowFromEdge(rows[0][0], LEFT), FadeIn(rows[0][2]), run_time=0.6)
            self.play(GrowFromEdge(rows[1][0], LEFT), FadeIn(rows[1][2]), run_time=0.6)
            cue.until("luck")
            self.play(FadeIn(rows[0][1]), FadeIn(rows[1][1]), FadeIn(test), FadeIn(note), run_time=0.6)
        self.clear_stage(run_time=0.4)

    def removed(self) -> None:
        """One of them, at all places of the slider in a row."""
        pictures = upright(self.part("told"))[:, 1]
        row = [Wall(pictures[[k]], 1, 2.5).move_to([2.72 * (k - 2), 0.5, 0]) for k in range(len(pictures))]
        way = Line([-6.4, -1.45, 0], [6.4, -1.45, 0]).set_stroke(AWAY, 10)
        tip = label("away from red", AWAY, HEADING).move_to([0, -2.3, 0])
        self.tape.keep_clean(*row, tip)
        with self.say("slider.removed") as cue:
            for n, one in enumerate(row):
                self.play(FadeIn(one), run_time=0.45 if n else 0.3)
            cue.until("walking")
            self.play(Create(way), FadeIn(tip), run_time=1.0)
            linger(self, cue.left, tip)
        self.last = row

    def further(self) -> None:
        """The last picture alone; somebody says a word."""
        self.clear_stage(*self.last[-1:], run_time=0.6)
        with self.say("slider.further"):
            self.play(self.last[-1].animate.scale(2.3).move_to([0, 0.3, 0]), run_time=1.4)
