"""Sixth scene: a curve is made of bars; of yes and no there is one bar, one point, and a knee."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    UP,
    Create,
    Dot,
    FadeIn,
    FadeOut,
    Indicate,
    Line,
    Mobject,
    MoveAlongPath,
    Rectangle,
    Transform,
    UpdateFromAlphaFunc,
    VGroup,
    VMobject,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Words
from tapehead.scenes.stage.palette import BAD, FAINT, HIGHLIGHT, INK, SOFT
from tapehead.scenes.stage.specks import block, specks

from .pictures import FRIEND, STRANGER

LEFT_END, FLOOR, WIDE, HIGH = -5.6, -2.5, 5.6, 5.6
LOW, TOO_HIGH = "too low", "too high"


class Knee(StageScene):
    """The curve of one machine, its single knee, how far they miss, and one that is flattered."""

    def construct(self) -> None:
        self.found = self.result("knee")
        self.badge_for(self.found.origin)
        self.bar()
        self.corner()
        self.gap()
        self.flatters()
        self.clear_stage(run_time=0.4)

    def at(self, x: float, y: float) -> np.ndarray:
        return np.array([LEFT_END + WIDE * x, FLOOR + HIGH * y, 0.0])

    def curve(self, case: str) -> VMobject:
        heights = self.found.row("tpr", "point", case=case)
        places = [self.at(float(x), float(y)) for x, y in zip(self.found["fpr"], heights, strict=True)]
        return VMobject().set_points_as_corners(np.array([self.at(0, 0), *places])).set_stroke(FRIEND, 7)

    def angle(self, case: str) -> VGroup:
        """The knee of yes and no: its point, and lines to the corners."""
        x, y = (float(self.found.read(f"knee_{end}", case=case)) for end in ("x", "y"))
        lines = VMobject().set_points_as_corners(np.array([self.at(0, 0), self.at(x, y), self.at(1, 1)]))
        return VGroup(lines.set_stroke(HIGHLIGHT, 6), Dot(self.at(x, y), radius=0.16, color=HIGHLIGHT))

    def bar(self) -> None:
        """The bar comes down, and a point runs along the curve."""
        axes = VGroup(Line(self.at(0, 0), self.at(1, 0)), Line(self.at(0, 0), self.at(0, 1))).set_stroke(FAINT, 5)
        coin = Line(self.at(0, 0), self.at(1, 1)).set_stroke(FAINT, 3)
        across = Words("strangers taken for friends", size=SMALL, color=SOFT).next_to(axes[0], DOWN, buff=0.2)
        up = Words("friends found", size=SMALL, color=SOFT).move_to(self.at(0, 1.06), aligned_edge=DOWN + LEFT)
        self.line = self.curve(LOW if self.found.read("there", case=LOW) else TOO_HIGH)
        point = Dot(self.at(0, 0), radius=0.16, color=FRIEND)
        # While a line is being drawn it is only a part of itself: whatever runs along it needs the whole one.
        way = self.line.copy()
        whole, parts, names = self.columns()

        def fill(_parts: Mobject, alpha: float) -> None:
            """Both columns as full as the curve says where the point is."""
            x, y = (way.point_from_proportion(alpha) - self.at(0, 0))[:2] / (WIDE, HIGH)
            for part, frame, share in zip(parts, whole, (y, x), strict=True):
                part.stretch_to_fit_height(max(HIGH * float(share), 0.01)).move_to(frame, aligned_edge=DOWN)

        with self.say("knee.bar") as cue:
            self.play(FadeIn(axes), FadeIn(coin), run_time=0.5)
            cue.until("bold")
            self.play(FadeIn(across), FadeIn(up), run_time=0.5)
            cue.until("high")
            self.play(FadeIn(point), FadeIn(whole), FadeIn(parts), FadeIn(names), run_time=0.4)
            cue.until("lower")
            run = (Create(self.line), MoveAlongPath(point, way), UpdateFromAlphaFunc(parts, fill))
            self.play(*run, run_time=max(2.5, cue.to("point")))
            cue.until("point")
            self.play(*(FadeOut(each) for each in (point, whole, parts, names)), run_time=0.4)

    def columns(self) -> tuple[VGroup, VGroup, VGroup]:
        """Two columns beside the curve, of friends found and of strangers taken for friends: frames, filling, names."""
        whole, parts, names = VGroup(), VGroup(), VGroup()
        for x, name, colour in ((2.3, "friends", FRIEND), (5.1, "strangers", STRANGER)):
            frame = Rectangle(width=1.5, height=HIGH).set_stroke(FAINT, 4).move_to([x, FLOOR, 0], aligned_edge=DOWN)
            part = Rectangle(width=1.42, height=0.01, stroke_width=0).set_fill(colour, 1)
            whole.add(frame)
            parts.add(part.move_to(frame, aligned_edge=DOWN))
            names.add(Words(name, size=SMALL, color=colour).next_to(frame, DOWN, buff=0.2))
        return whole, parts, names

    def corner(self) -> None:
        lines, point = self.angle(LOW if self.found.read("there", case=LOW) else TOO_HIGH)
        with self.say("knee.corner") as cue:
            self.play(self.line.animate.set_stroke(opacity=0.35), run_time=0.5)
            cue.until("one")
            self.play(FadeIn(point, scale=2), run_time=0.5)
            cue.until("corners")
            self.play(Create(lines), run_time=1.2)
            cue.until("drawn")
            self.play(self.line.animate.set_stroke(opacity=1.0), run_time=0.5)
        self.knee = VGroup(lines, point)

    def gap(self) -> None:
        """Two areas of one machine, and in how many transfers they part that way."""
        told = VGroup()
        if self.found.read("there", case=LOW):
            ranks, hard = (self.found.read(f"case_{name}", case=LOW) for name in ("ranks", "hard"))
            told.add(Words("scores {x:.2f}", x=ranks, size=HEADING, color=FRIEND).move_to([3.6, 2.5, 0]))
            told.add(Words("knee {x:.2f}", x=hard, size=HEADING, color=HIGHLIGHT).move_to([3.6, 1.5, 0]))
        below, many = self.found.read("below"), self.found.read("transfers")
        places = block(round(float(many)), 2, (0.6, 0.6), (3.6, -0.5))
        low = np.arange(len(places)) < round(float(below))
        dots = VGroup(specks(places[low], HIGHLIGHT, 0.4), specks(places[~low], FAINT, 0.4))
        name = Words("{n:.0f} of {all:.0f} too low", n=below, all=many, size=BODY, color=SOFT).move_to([3.6, -2.0, 0])
        with self.say("knee.gap") as cue:
            cue.until("scores")
            self.play(*(FadeIn(words) for words in told[:1]), self.line.animate.set_stroke(width=9), run_time=0.5)
            cue.until("knee")
            self.play(*(FadeIn(words) for words in told[1:]), self.knee[1].animate.scale(1.3), run_time=0.5)
            cue.until("count")
            self.play(FadeIn(dots), FadeIn(name), run_time=0.7)
        self.told, self.count = told, VGroup(dots, name)

    def flatters(self) -> None:
        """The same machine elsewhere, and the report's own two numbers."""
        rerun = self.result("rerun")
        report = [rerun.read("small_to_b", by=by) for by in ("hard", "ranks")]
        there = bool(self.found.read("there", case=TOO_HIGH))
        words = VGroup(
            Words("in the report", size=BODY, color=SOFT).move_to([0, 2.2, 0]),
            Words("knee {x:.2f}", x=report[0], size=HUGE, color=HIGHLIGHT).move_to([0, 0.8, 0]),
            Words("scores {x:.2f}", x=report[1], size=HUGE, color=FRIEND).move_to([0, -0.9, 0]),
        )
        with self.say("knee.flatters") as cue:
            cue.until("flatters")
            moves = [FadeOut(self.told), FadeOut(self.count)]
            if there:
                ranks, hard = (self.found.read(f"case_{name}", case=TOO_HIGH) for name in ("ranks", "hard"))
                ours = VGroup(
                    Words("knee {x:.2f}", x=hard, size=HEADING, color=BAD).move_to([3.6, 2.5, 0]),
                    Words("scores {x:.2f}", x=ranks, size=HEADING, color=FRIEND).move_to([3.6, 1.5, 0]),
                )
                moves += [Transform(self.line, self.curve(TOO_HIGH)), Transform(self.knee, self.angle(TOO_HIGH))]
                moves += [FadeIn(ours[0])]
            self.play(*moves, run_time=0.9)
            if there:
                cue.until("machine")
                self.play(FadeIn(ours[1]), run_time=0.5)
            cue.until("report")
            self.clear_stage(run_time=0.5)
            self.badge_for(rerun.origin)
            self.play(FadeIn(words[0], shift=0.2 * UP), run_time=0.6)
            for mark, word in (("hard", words[1]), ("ranks", words[2])):
                cue.until(mark)
                self.play(FadeIn(word), run_time=0.5)
            cue.until("keep")
            self.play(words[1].animate.set_opacity(0.55), Indicate(words[2], color=INK, scale_factor=1.1), run_time=0.8)
