"""Third scene: a postage stamp on the globe, how wrong it is, and the same stamp inside the network."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    ORIGIN,
    RIGHT,
    UP,
    Circle,
    Create,
    DashedLine,
    Dot,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    Rectangle,
    ValueTracker,
    VGroup,
    always_redraw,
)

from tapehead.analysis.results import Origin, Reading
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.charts import NamedAxes
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Words
from tapehead.scenes.stage.palette import FAINT, INK, SOFT

from .parts import AWAY, CHANCE, WORLD, label, linger

RADIUS, TOP = 8.5, np.array([0.0, 1.2, 0.0])
FAR = 5.4
"""How far the walk on the drawn stamp goes, in frame units."""


class Stamp(StageScene):
    """The stamp, its gap, the slope on the globe, the slope inside, and how large the stamp is."""

    def construct(self) -> None:
        self.stick()
        self.error()
        self.inside()
        self.size()
        self.clear_stage(run_time=0.5)

    def stick(self) -> None:
        self.badge_for(Origin.ILLUSTRATION)
        globe = Circle(radius=RADIUS).set_stroke(WORLD, 8).set_fill(WORLD, 0.08).move_to(TOP + RADIUS * DOWN)
        stamp = Line(TOP + 2.2 * LEFT, TOP + 2.2 * RIGHT).set_stroke(AWAY, 16)
        teeth = VGroup(*(Line(ORIGIN, ORIGIN + 0.16 * UP).shift(TOP + x * RIGHT) for x in np.arange(-2.1, 2.2, 0.3)))
        teeth.set_stroke(AWAY, 5)
        point = Dot(TOP, radius=0.17, color=INK)
        name = Words("tangent plane", size=HEADING, color=AWAY).move_to([-3.2, 2.6, 0])
        at = ValueTracker(0.0)
        plane = Line(TOP, TOP + 6.6 * RIGHT).set_stroke(AWAY, 5)

        def drop() -> VGroup:
            x = at.get_value()
            start = TOP + x * RIGHT
            turned = np.arctan2(x, RADIUS)
            end = TOP + RADIUS * DOWN + RADIUS * np.array([np.sin(turned), np.cos(turned), 0.0])
            return VGroup(Line(start, end).set_stroke(INK, 8), Dot(start, radius=0.14, color=INK))

        gap = always_redraw(drop)
        self.add(globe)
        with self.say("stamp.stick") as cue:
            cue.until("stamp")
            self.play(FadeIn(stamp, shift=0.8 * DOWN), FadeIn(teeth, shift=0.8 * DOWN), run_time=0.8)
            cue.until("touches")
            self.play(FadeIn(point, scale=2), run_time=0.5)
            cue.until("tangent")
            self.play(FadeIn(name), run_time=0.5)
        with self.say("stamp.walk") as cue:
            self.play(Create(plane), run_time=0.5)
            self.add(gap)
            self.play(at.animate.set_value(FAR / 2), run_time=1.5)
            cue.until("twice")
            self.play(at.animate.set_value(FAR), run_time=1.5)
        gap.clear_updaters()
        self.clear_stage(run_time=0.5)

    def error(self) -> None:
        found = self.result("globe")
        self.badge_for(found.origin)
        steps, error, tilted = (found[name] for name in ("step", "error", "tilted_error"))
        chart = NamedAxes(
            (-5.9, -2.5),
            (7.3, 5.3),
            (float(steps[0]), 1.4),
            (float(error[0]), 1.2 * float(tilted[-1])),
            ("step", "gap"),
            scale="log",
        )
        curve = chart.curve(steps, error, AWAY, 9)
        crooked = chart.curve(steps, tilted, CHANCE, 7)
        slope = self.told("the stamp: slope", found.read("slope"), AWAY, 1.7)
        other = self.told("crooked: slope", found.read("secant_slope"), CHANCE, -0.8)
        self.tape.keep_clean(chart, slope, other)
        with self.say("stamp.slope") as cue:
            self.play(FadeIn(chart), run_time=0.5)
            cue.until("line")
            self.play(Create(curve), run_time=1.2)
            cue.until("slope")
            self.play(FadeIn(slope), run_time=0.5)
            cue.until("crooked")
            self.play(Create(crooked), FadeIn(other), run_time=1.0)
        self.clear_stage(run_time=0.5)

    def told(self, text: str, value: Reading, colour: str, y: float) -> VGroup:
        """A name over a large number, in the right column."""
        words = Words("{x:.2f}", x=value, size=1.2 * HUGE, color=colour, bold=True)
        head = label(text, colour).move_to([4.4, y + 0.95, 0])
        return VGroup(head, words.move_to([4.4, y, 0]))

    def inside(self) -> None:
        """The forecast of the network's middle against what it does, and with another picture's stamp."""
        found = self.result("stamp")
        self.badge_for(found.origin, found.model)
        steps, error, wrong = (found[name] for name in ("step", "mean_error", "mean_borrowed"))
        low, high = min(error.min(), wrong.min()), max(error.max(), wrong.max())
        chart = NamedAxes(
            (-5.9, -2.5),
            (7.3, 5.3),
            (0.9 * float(steps[0]), 1.2 * float(steps[-1])),
            (0.8 * float(low), 1.3 * float(high)),
            ("step", "how wrong the forecast is"),
            scale="log",
        )
        own = VGroup(chart.curve(steps, error, AWAY, 5), chart.dots(steps, error, AWAY))
        other = VGroup(chart.curve(steps, wrong, CHANCE, 5), chart.dots(steps, wrong, CHANCE))
        slope = self.told("its stamp: slope", found.read("slope"), AWAY, 1.9)
        ends = Words(
            "{a:.2f} to {b:.2f}", a=found.read("slope_low"), b=found.read("slope_high"), size=SMALL, color=SOFT
        ).move_to([4.4, 1.1, 0])
        borrowed = self.told("borrowed: slope", found.read("borrowed_slope"), CHANCE, -1.1)
        self.tape.keep_clean(chart, slope, borrowed, ends)
        with self.say("stamp.inside") as cue:
            self.play(FadeIn(chart), run_time=0.5)
            cue.until("walked")
            self.play(LaggedStart(*(FadeIn(dot) for dot in own[1]), lag_ratio=0.15), run_time=1.4)
            self.play(Create(own[0]), run_time=0.5)
            cue.until("slope")
            self.play(FadeIn(slope), FadeIn(ends), run_time=0.5)
            cue.until("borrowed")
            self.play(FadeIn(other), FadeIn(borrowed), run_time=0.9)
            linger(self, cue.left, borrowed)
        self.clear_stage(run_time=0.5)

    def size(self) -> None:
        """How far the forecast holds: the share that is wrong, and where it passes the limit."""
        found = self.result("stamp")
        wide, zero = 10.4, np.array([-5.2, 0.6, 0.0])
        road = Line(zero, zero + wide * RIGHT).set_stroke(FAINT, 8)
        # The road is as long as the picture itself: a step of the picture's own length ends at its end.
        reach = float(found["stamp"]) / 100 * wide
        stamp = Rectangle(width=reach, height=2.0).set_stroke(AWAY, 6).set_fill(AWAY, 0.25)
        stamp.move_to(zero, aligned_edge=LEFT)
        value = Words("{x:.0f} %", x=found.read("stamp"), size=1.2 * HUGE, color=AWAY, bold=True)
        value.next_to(stamp, UP, buff=0.3).align_to(stamp, LEFT)
        note = Words("forecast wrong by {x:.0f} %", x=found.read("stamp_share"), size=BODY)
        note.set_color(SOFT).next_to(value, RIGHT, buff=0.35)
        ends = VGroup(
            label("here", SOFT, SMALL).next_to(zero, DOWN, buff=1.2).align_to(road, LEFT),
            label("the picture's own length", SOFT, SMALL).move_to([5.2, -0.75, 0], aligned_edge=RIGHT),
        )
        end = zero + wide * RIGHT
        post = Line(end + 0.6 * UP, end + 0.6 * DOWN).set_stroke(SOFT, 8)
        please = Words("Please stay on the stamp.", size=HUGE, color=INK, bold=True).move_to([0, -2.2, 0])
        away = Dot(zero, radius=0.2, color=INK)
        trail = DashedLine(zero, zero + wide * RIGHT, dash_length=0.16).set_stroke(INK, 6)
        self.tape.keep_clean(value, note, please, ends)
        with self.say("stamp.size") as cue:
            self.play(FadeIn(road), FadeIn(post), FadeIn(ends), FadeIn(away), run_time=0.6)
            cue.until("wrong")
            self.play(FadeIn(stamp), FadeIn(value), FadeIn(note), run_time=0.7)
            cue.until("beyond")
            self.play(Create(trail), away.animate.shift(wide * RIGHT), run_time=1.6)
            cue.until("please")
            self.play(FadeIn(please), FadeOut(note), away.animate.move_to(zero), FadeOut(trail), run_time=0.9)
