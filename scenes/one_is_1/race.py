"""Second scene: how sure a model is, as published and with the small print, and as the small model does it."""

from __future__ import annotations

import numpy as np
from manim import (
    LEFT,
    RIGHT,
    UP,
    Create,
    Dot,
    DoubleArrow,
    FadeIn,
    GrowFromEdge,
    LaggedStart,
    Line,
    Polygon,
    Rectangle,
    RoundedRectangle,
    VGroup,
)

from tapehead.analysis.results import Origin, Reading, Result
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.circuits import Tower
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Name, Words
from tapehead.scenes.stage.palette import EAR, FAINT, HIGHLIGHT, INK, LUCK, NAP, NOSE, OUTPUT, PANEL, SOFT

LANES = (
    ("months", "months", LUCK),
    ("letters", "letters", OUTPUT),
    ("days", "days", NAP),
    ("digits", "numerals", NOSE),
    ("number words", "words", EAR),
)
"""Name (of the published sequence too), the small model's task, colour; in the published order."""
START, UNIT, HIGH, STEP = -3.2, 0.66, 2.3, 1.05
LARGE = 2.6
"""How many times larger the small model is while it has the frame to itself."""


class Race(StageScene):
    """The meter, the published race, its small print, and the same race with many runs."""

    def construct(self) -> None:
        self.badge_for(Origin.ILLUSTRATION)  # the meter is drawn, not read
        self.meter()
        self.badge(self.result("weekend"))
        self.bars()
        self.few()
        self.mini()
        self.clear_stage(run_time=0.4)

    def badge(self, result: Result) -> None:
        self.badge_for(result.origin, result.model)

    def meter(self) -> None:
        """Right word above, last word below, and the gap between them."""
        rail = Line([1.2, -2.8, 0], [1.2, 3.0, 0]).set_stroke(FAINT, 8)
        ticks = VGroup(*(Line([1.0, y, 0], [1.4, y, 0]) for y in np.linspace(-2.8, 3.0, 15))).set_stroke(FAINT, 4)
        score = Words("score", size=BODY, color=SOFT).move_to([1.2, 3.5, 0])
        frames = VGroup()
        task = self.result("says").facts["task"]["numerals"]
        for k, label in enumerate(task["members"]):
            frame = RoundedRectangle(corner_radius=0.1, width=0.95, height=1.1).set_stroke(FAINT, 3)
            frame.set_fill(PANEL, 1).move_to([-6.1 + 1.1 * k, 0.2, 0])
            frames.add(VGroup(frame, Words("{n}", n=Name(label), size=HEADING, color=NOSE).move_to(frame)))
        gap = RoundedRectangle(corner_radius=0.1, width=0.95, height=1.1).set_stroke(HIGHLIGHT, 4).set_fill(PANEL, 1)
        frames.add(gap.move_to([-6.1 + 4.4, 0.2, 0]))
        right = self.pointer(2.1, task["answer"], HIGHLIGHT)
        last = self.pointer(-1.5, task["members"][-1], NOSE)
        names = VGroup(
            Words("right word", size=BODY, color=HIGHLIGHT).move_to([2.4, 2.1, 0], aligned_edge=LEFT),
            Words("last word", size=BODY, color=NOSE).move_to([2.4, -1.5, 0], aligned_edge=LEFT),
        )
        arrow = DoubleArrow([2.9, -0.95, 0], [2.9, 1.55, 0], buff=0, color=INK, stroke_width=7)
        label = Words("the gap", size=HEADING, color=INK).next_to(arrow, RIGHT, buff=0.35)
        with self.say("race.meter") as cue:
            self.play(FadeIn(rail), FadeIn(ticks), FadeIn(score), FadeIn(frames), run_time=0.7)
            cue.until("right")
            self.play(FadeIn(right, shift=2.5 * UP), FadeIn(names[0]), run_time=0.8)
            cue.until("last")
            self.play(FadeIn(last, shift=1.2 * UP), FadeIn(names[1]), run_time=0.8)
            self.play(Create(arrow), run_time=0.6)
            cue.until("gap")
            self.play(FadeIn(label, shift=0.2 * LEFT), run_time=0.5)
        self.clear_stage(run_time=0.4)

    def pointer(self, y: float, label: str, colour: str) -> VGroup:
        """A slider on the rail with a word on its left."""
        tip = Polygon([0.9, y, 0], [0.45, y + 0.3, 0], [0.45, y - 0.3, 0], stroke_width=0).set_fill(colour, 1)
        bar = Line([0.9, y, 0], [1.6, y, 0]).set_stroke(colour, 9)
        word = Words("{n}", n=Name(label), size=HEADING, color=colour).move_to([0.05, y, 0])
        return VGroup(tip, bar, word)

    def lane(self, k: int, value: Reading) -> tuple[VGroup, Rectangle, Words]:
        """Name, bar and number of lane ``k``."""
        name, _, colour = LANES[k]
        y = HIGH - STEP * k
        label = Words(name, size=SMALL, color=colour).move_to([START - 0.25, y, 0], aligned_edge=RIGHT)
        bar = Rectangle(width=UNIT * float(value), height=0.56, stroke_width=0).set_fill(colour, 1)
        bar.move_to([START, y, 0], aligned_edge=LEFT)
        number = Words("{x:.1f}", x=value, size=BODY, color=colour).next_to(bar, RIGHT, buff=0.2)
        return VGroup(label), bar, number

    def bars(self) -> None:
        """The published race."""
        found = self.result("weekend")
        self.floor = Line([START, HIGH + 0.6, 0], [START, HIGH - 4 * STEP - 0.6, 0]).set_stroke(FAINT, 5)
        self.title = Words("the gap (in logits)", size=SMALL, color=SOFT)
        self.title.move_to([START, 3.35, 0], aligned_edge=LEFT)
        lanes = [self.lane(k, found.read("difference", sequence=name)) for k, (name, _, _) in enumerate(LANES)]
        self.names, self.columns, self.numbers = (VGroup(*parts) for parts in zip(*lanes, strict=True))
        starts = {"months": (0,), "letters": (1,), "days": (2, 3), "words": (4,)}
        with self.say("race.bars") as cue:
            self.play(FadeIn(self.floor), FadeIn(self.title), FadeIn(self.names), run_time=0.4)
            for mark, which in starts.items():
                cue.until(mark)
                for k in which:
                    self.play(GrowFromEdge(self.columns[k], LEFT), run_time=0.6)
                    self.play(FadeIn(self.numbers[k]), run_time=0.25)

    def few(self) -> None:
        """One dot per prompt behind each bar, then pale bars."""
        found = self.result("weekend")
        crowds, counts = VGroup(), VGroup()
        for k, (name, _, colour) in enumerate(LANES):
            count = found.read("prompts", sequence=name)
            y = HIGH - STEP * k
            dots = VGroup(
                *(
                    Dot(
                        [3.75 + 0.21 * (i % 10), y + (0.12 if int(count) > 10 else 0) - 0.24 * (i // 10), 0],
                        radius=0.075,
                        color=INK,
                    )
                    for i in range(int(count))
                )
            )
            crowds.add(dots)
            counts.add(Words("{n}", n=count, size=BODY, color=colour).move_to([6.35, y, 0]))
        head = Words("prompts", size=SMALL, color=SOFT).move_to([4.7, 3.35, 0])
        with self.say("race.few") as cue:
            cue.until("print")
            shown = LaggedStart(*(FadeIn(dots) for dots in crowds), lag_ratio=0.2)
            self.play(FadeIn(head), shown, run_time=1.0)
            cue.until("twenty")
            self.play(FadeIn(counts[3], scale=1.4), run_time=0.5)
            self.hold(max(0.1, cue.to("three") * 0.5))
            self.play(FadeIn(counts[4], scale=1.4), run_time=0.5)
            cue.until("three")
            self.play(FadeIn(counts[2], scale=1.4), run_time=0.5)
            self.play(FadeIn(counts[0]), FadeIn(counts[1]), run_time=0.4)
            cue.until("hunch")
            pale = (
                bar.animate.set_fill(colour, 0.18).set_stroke(colour, 3)
                for bar, (_, _, colour) in zip(self.columns, LANES, strict=True)
            )
            self.play(*pale, run_time=0.8)
        self.clear_stage(run_time=0.4)  # the other suspect has the frame to itself first

    def mini(self) -> None:
        """The small model's race, each lane with as many runs and its interval."""
        says = self.result("says")
        self.badge(says)
        lanes = [self.lane(k, says.read("difference", task=task)) for k, (_, task, _) in enumerate(LANES)]
        whiskers = VGroup()
        for k, (_, task, _) in enumerate(LANES):
            y = HIGH - STEP * k
            low, high = (START + UNIT * float(says.read(f"difference_{end}", task=task)) for end in ("low", "high"))
            ends = (Line([x, y - 0.17, 0], [x, y + 0.17, 0]) for x in (low, high))
            whiskers.add(VGroup(Line([low, y, 0], [high, y, 0]), *ends).set_stroke(INK, 4))
            lanes[k][2].move_to([START + UNIT * 6.0, y, 0], aligned_edge=LEFT)
        tower = Tower(4, 8, width=2.3, height=1.9, lit=True).move_to([4.9, 1.6, 0])
        name = Words("mini", size=HEADING, color=HIGHLIGHT).next_to(tower, UP, buff=0.3)
        there, above = tower.get_center(), name.get_center()
        tower.scale(LARGE).move_to([0, -0.3, 0])
        name.move_to([0, 3.0, 0])
        often = Words("{n} prompts", n=says.read("prompts", task="words"), size=SMALL, color=INK)
        often.move_to([4.9, -0.2, 0])
        key = Words("white: how sure", size=SMALL, color=SOFT).move_to([4.9, -1.3, 0])
        with self.say("race.mini") as cue:
            self.play(FadeIn(tower, scale=0.7), run_time=0.6)
            cue.until("mini")
            self.play(FadeIn(name), run_time=0.5)
            self.hold(max(0.0, min(1.0, cue.to("often") - 3.5)))
            chart = (FadeIn(part) for part in (self.floor, self.title, self.names))
            aside = (tower.animate.scale(1 / LARGE).move_to(there), name.animate.move_to(above))
            self.play(*aside, *chart, run_time=0.8)
            self.play(LaggedStart(*(GrowFromEdge(bar, LEFT) for _, bar, _ in lanes), lag_ratio=0.2), run_time=1.6)
            self.play(*(FadeIn(number) for _, _, number in lanes), run_time=0.4)
            cue.until("often")
            self.play(FadeIn(often), run_time=0.4)
            self.play(FadeIn(whiskers), FadeIn(key), run_time=0.6)
            cue.until("neck")
            ring = RoundedRectangle(corner_radius=0.2, width=8.6, height=2.0).set_stroke(HIGHLIGHT, 5)
            left = min(float(self.names[k].get_left()[0]) for k in (3, 4)) - 0.2
            ring.stretch_to_fit_width(START + UNIT * 6.0 + 1.1 - left)
            ring.move_to([left, HIGH - 3.5 * STEP, 0], aligned_edge=LEFT)
            self.play(Create(ring), run_time=0.7)
