"""Seventh scene: one thing that must not be done.  The tape is as bad as the diversity that is lost."""

from __future__ import annotations

import numpy as np
from manim import LEFT, RIGHT, UP, Create, FadeIn, FadeOut, Group, Line, Rectangle, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.intervals import whisker
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Words
from tapehead.scenes.stage.palette import FAINT, INK, SOFT
from tapehead.scenes.stage.portraits import Portrait, Wall

from .parts import AWAY, CHANCE, at, calm, chance_of, label, linger, tape_with, upright

COLUMNS, TALL = 6, 6.0
PLACE = np.array([-2.3, 0.5, 0.0])
LAST = 4
"""Place of the farthest push."""


class Repeat(StageScene):
    """The wall, pushed on and on; the silhouette; the counts; the loudest arrow; why."""

    def construct(self) -> None:
        self.found = self.result("repeat")
        self.tape.keep_clean(self.standing_badge)
        self.walls = [
            Wall(pictures, COLUMNS, TALL).move_to(PLACE)
            for pictures in upright(at(self.found, "picture", "way", "told"))
        ]
        self.never()
        self.push()
        self.every()
        self.same()
        self.loudest()
        self.why()
        self.again()

    def diversity(self, k: int, way: str = "told", of: str = "") -> Words:
        """How different they are still, in % of untouched."""
        found = self.result(of) if of else self.found
        value = found.read("diversity", way=way, amount=k)
        return Words("{x:.0f} %", x=value, size=1.3 * HUGE, color=AWAY if way != "random" else CHANCE, bold=True)

    def never(self) -> None:
        self.wall = self.walls[0]
        self.head = label("as different as before", SOFT, SMALL).move_to([4.95, 2.0, 0])
        self.value = self.diversity(0).move_to([4.95, 0.6, 0])
        self.tape.keep_clean(self.head, self.value)
        self.add(self.wall)
        with self.say("repeat.never") as cue:
            cue.until("one")
            self.play(self.wall.animate.scale(1.015), run_time=1.0)
            cue.until("must")
            self.play(FadeIn(self.head), FadeIn(self.value), run_time=0.6)
        with self.say("repeat.further"):
            pass

    def to(self, k: int, run_time: float = 1.2) -> None:
        """The wall as far as that; the tape goes with it, slowly."""
        wall, value = self.walls[k], self.diversity(k).move_to([4.95, 0.6, 0])
        tape_with(self, self.found.read("diversity_lost", way="told", amount=k), over=run_time)
        self.tape.keep_clean(value)
        self.play(FadeOut(self.wall), FadeIn(wall), FadeOut(self.value), run_time=run_time)
        self.play(FadeIn(value), run_time=0.3)
        self.wall, self.value = wall, value

    def push(self) -> None:
        for k, key in ((1, "repeat.first"), (2, "repeat.second"), (3, "repeat.third"), (4, "repeat.fourth")):
            with self.say(key) as cue:
                self.to(k)
                linger(self, cue.left + cue.line.pause - 0.2, self.wall, by=1.01)

    def every(self) -> None:
        """The share of all pictures that are bright at each place, before and after."""
        shapes = at(self.found, "silhouette", "way", "told")
        pair = []
        for k, x, colour in ((0, -3.6, SOFT), (LAST, 3.6, AWAY)):
            grey = np.repeat(np.round(255 * shapes[k]).astype(np.uint8)[..., None], 3, axis=2)
            pair.append(Portrait(grey, 5.6, colour=colour, smooth=True).move_to([x, 0.75, 0]))
        names = VGroup(
            label("before", SOFT).move_to([-3.6, -2.55, 0]),
            label("all of them", AWAY).move_to([3.6, -2.55, 0]),
        )
        self.tape.keep_clean(names)
        with self.say("repeat.every"):
            self.play(self.wall.animate.scale(1.02), run_time=1.2)
        self.clear_stage(run_time=0.6)
        with self.say("repeat.shape") as cue:
            self.play(FadeIn(pair[0]), FadeIn(names[0]), run_time=0.7)
            cue.until("after")
            self.play(FadeIn(pair[1]), FadeIn(names[1]), run_time=0.9)
            linger(self, cue.left, pair[1])
        self.clear_stage(run_time=0.5)

    def bars(
        self, name: str, number: str, rows: tuple[tuple[str, int, str, str], ...], spec: str = "{x}", step: float = 1.2
    ) -> VGroup:
        """Shares in % with their intervals, each with its number and its name."""
        found, unit, zero = self.found, 6.2 / 100, np.array([-2.0, 0.0, 0.0])
        made = VGroup()
        for n, (way, k, text, colour) in enumerate(rows):
            y = (2.2 - step * n) * UP
            share, low, high = (float(found.read(f"{name}{end}", way=way, amount=k)) for end in ("", "_low", "_high"))
            bar = Rectangle(width=max(0.05, unit * share), height=0.62 * step, stroke_width=0).set_fill(colour, 1)
            bar.move_to(zero + y, aligned_edge=LEFT)
            ends = whisker(zero + y + unit * low * RIGHT, zero + y + unit * high * RIGHT, INK, 5, 0.2)
            told = Words(spec, x=found.read(number, way=way, amount=k), size=64, color=colour)
            told.move_to(zero + y + (unit * high + 0.35) * RIGHT, aligned_edge=LEFT)
            title = label(text, colour).move_to(zero + y + 0.4 * LEFT, aligned_edge=RIGHT)
            made.add(VGroup(bar, ends, told, title))
        made.add(Line(zero + 2.8 * UP, zero + (2.7 - step * len(rows)) * UP).set_stroke(FAINT, 5))
        return made

    def same(self) -> None:
        """Who shares a silhouette at the last two pushes; then how different all are, with the control beside both."""
        found = self.found
        rows = (
            ("told", 0, "before", SOFT),
            ("told", LAST - 1, "away, nearly last", AWAY),
            ("told", LAST, "away, last", AWAY),
            ("random", LAST - 1, "random, nearly last", CHANCE),
            ("random", LAST, "random, last", CHANCE),
        )
        bars = self.bars("share", "same", rows, step=1.06)
        head = Words("one silhouette, of {n}", n=found.read("counted"), size=BODY, color=SOFT).move_to([1.1, 3.45, 0])
        tests = VGroup()
        for n, k in ((3, LAST - 1), (4, LAST)):
            tests.add(chance_of(found.read("same_p", amount=k), SMALL).next_to(bars[n][2], RIGHT, buff=0.4))
        calm(self)
        self.tape.keep_clean(bars, head, tests)
        with self.say("repeat.same") as cue:
            self.play(FadeIn(head), FadeIn(bars[-1]), FadeIn(bars[0]), run_time=0.5)
            linger(self, cue.to("third"), head)
            cue.until("third")
            self.play(FadeIn(bars[1]), run_time=0.5)
            cue.until("last")
            self.play(FadeIn(bars[2]), run_time=0.5)
            linger(self, cue.left, bars[2][2])
        with self.say("repeat.control") as cue:
            cue.until("random")
            self.play(FadeIn(bars[3]), FadeIn(tests[0]), run_time=0.5)
            self.play(FadeIn(bars[4]), FadeIn(tests[1]), run_time=0.5)
            linger(self, cue.left, bars[4][2])
        self.clear_stage(run_time=0.5)
        kept = (("told", LAST, "away", AWAY), ("random", LAST, "random", CHANCE))
        left = self.bars("diversity", "diversity", kept, "{x:.0f} %", 2.0)
        title = label("as different as before", SOFT).move_to([1.1, 3.45, 0])
        between = Words(
            "difference {a:.0f} to {b:.0f}",
            a=found.read("lost_more_low", amount=LAST),
            b=found.read("lost_more_high", amount=LAST),
            size=BODY,
            color=SOFT,
        ).move_to([1.1, -2.3, 0])
        self.tape.keep_clean(left, title, between)
        with self.say("repeat.left") as cue:
            self.play(FadeIn(title), FadeIn(left[-1]), FadeIn(left[0]), run_time=0.5)
            cue.until("random")
            self.play(FadeIn(left[1]), run_time=0.6)
            cue.until("same")
            self.play(FadeIn(between), run_time=0.5)
            linger(self, cue.left, between)
        self.clear_stage(run_time=0.5)

    def loudest(self) -> None:
        """The arrow that the network itself reacts to most: nobody's labels."""
        found = self.result("loudest")
        pictures = upright(at(found, "picture", "way", "loudest"))
        walls = [Wall(pictures[k][:12], 4, 5.9).move_to([-2.6, 0.45, 0]) for k in (0, LAST)]
        value = self.diversity(LAST, "loudest", "loudest").move_to([4.7, 1.9, 0])
        other = self.diversity(LAST, "random", "loudest").move_to([4.7, -0.7, 0])
        names = VGroup(
            label("loudest arrow", AWAY).move_to([4.7, 3.0, 0]),
            label("random", CHANCE).move_to([4.7, 0.4, 0]),
            label("as different as before", SOFT, SMALL).move_to([4.7, -1.9, 0]),
        )
        self.tape.keep_clean(value, other, names)
        with self.say("repeat.loudest") as cue:
            self.play(FadeIn(walls[0]), run_time=0.6)
            cue.until("labels")
            tape_with(self, found.read("diversity_lost", way="loudest", amount=LAST), over=1.2)
            self.play(FadeOut(walls[0]), FadeIn(walls[1]), run_time=1.2)
            cue.until("different")
            self.play(FadeIn(value), FadeIn(names[0]), FadeIn(names[2]), run_time=0.5)
            self.play(FadeIn(other), FadeIn(names[1]), run_time=0.5)
        calm(self)
        self.clear_stage(run_time=0.5)

    def why(self) -> None:
        """Six of the untouched pictures, one long arrow, and where it ends."""
        told = upright(at(self.found, "picture", "way", "told"))
        starts = [np.array([-6.1 + 1.35 * (n % 2), 2.55 - 1.05 * n, 0.0]) for n in range(6)]
        faces = Group(*(Portrait(told[0][n], 1.25).move_to(s) for n, s in enumerate(starts)))
        end = np.array([4.1, 0.25, 0.0])
        short = VGroup(*(Line(s + 0.75 * RIGHT, s + 1.9 * RIGHT).set_stroke(AWAY, 8) for s in starts))
        long = VGroup(*(Line(s + 0.75 * RIGHT, end + 0.1 * (s - starts[2])).set_stroke(AWAY, 8) for s in starts))
        last = Portrait(told[LAST][0], 4.2, colour=AWAY).move_to(end)
        words = label("mostly the arrow", AWAY, HEADING).move_to([4.1, -2.6, 0])
        self.tape.keep_clean(words)
        with self.say("repeat.why") as cue:
            self.play(FadeIn(faces), Create(short), run_time=0.8)
            cue.until("far")
            self.play(short.animate.become(long), run_time=1.6)
            self.play(FadeIn(last), run_time=0.5)
            cue.until("arrow")
            self.play(FadeIn(words), run_time=0.6)
        self.clear_stage(run_time=0.5)

    def again(self) -> None:
        """One of the farthest pictures, and once more the sentence."""
        picture = upright(at(self.found, "picture", "way", "told"))[LAST][0]
        last = Portrait(picture, 6.6, colour=FAINT).move_to([0, 0.45, 0])
        tape_with(self, self.found.read("diversity_lost", way="told", amount=LAST), over=1.5)
        with self.say("repeat.again"):
            self.play(FadeIn(last), run_time=0.8)
            self.play(last.animate.scale(1.02), run_time=1.6)
        calm(self)
        self.clear_stage(run_time=0.6)
