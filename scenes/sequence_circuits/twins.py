"""Third scene: a prompt that goes on, its twin that does not, and the meter that tells them apart."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Create,
    DoubleArrow,
    FadeIn,
    FadeOut,
    GrowFromEdge,
    Indicate,
    LaggedStart,
    Line,
    Mobject,
    Polygon,
    Rectangle,
    RoundedRectangle,
    VGroup,
    rate_functions,
    there_and_back,
)

from tapehead.analysis.results import Reading
from tapehead.scenes.stage.base import Cue, StageScene
from tapehead.scenes.stage.circuits import Clauses, base_line
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, TITLE, Name, Words
from tapehead.scenes.stage.palette import EAR, FAINT, HIGHLIGHT, INK, LUCK, NOSE, PANEL, SOFT

KINDS = {"numerals": ("digits", NOSE), "words": ("words", EAR), "months": ("months", LUCK)}
LEFT_X, RIGHT_X = -3.55, 3.55
UNIT = 0.8
"""Frame units per logit, on the ruler and on the bars: one scale for both."""


def hat(place: np.ndarray) -> VGroup:
    """A top hat, upside down, brim up."""
    brim = RoundedRectangle(corner_radius=0.1, width=2.1, height=0.24).set_stroke(SOFT, 3).set_fill(PANEL, 1)
    crown = Polygon([-0.7, 0, 0], [0.7, 0, 0], [0.6, -1.15, 0], [-0.6, -1.15, 0]).set_stroke(SOFT, 3).set_fill(PANEL, 1)
    band = Polygon([-0.7, 0, 0], [0.7, 0, 0], [0.68, -0.26, 0], [-0.68, -0.26, 0], stroke_width=0).set_fill(NOSE, 1)
    return VGroup(crown, band, brim).move_to(place)


def shelf(place: np.ndarray, width: float) -> Line:
    """The line that bars stand on."""
    return Line(place + width / 2 * LEFT, place + width / 2 * RIGHT).set_stroke(SOFT, 4)


class Twins(StageScene):
    """Prompt, twin, ruler with two marks, bars for prompts and twins of all kinds."""

    def construct(self) -> None:
        self.says = self.result("says")
        self.task = self.says.facts["task"]["numerals"]
        self.prompt_line()
        self.twin_line()
        self.meter()
        self.gap()
        self.clear_stage(run_time=0.4)

    def rows(self, clauses: Clauses, k: int) -> VGroup:
        """Everything of one clause."""
        parts = VGroup(clauses.subject(k), clauses.verb(k), clauses.place(k))
        return parts.add(clauses.member(k) if k < clauses.rows - 1 else clauses.gap)

    def prompt_line(self) -> None:
        """Row by row the prompt is dealt; the last row has a gap."""
        self.real = Clauses(self.task["text"], size=HEADING, member_colour=NOSE, row=0.98).move_to([0, 0.15, 0])
        self.heading = Words("the prompt", size=BODY, color=INK, bold=True).move_to([0, 3.2, 0])
        left, right = self.real.get_left()[0], self.real.get_right()[0]
        blanks = VGroup(  # where the rows will stand: below the words, and not through them
            *(
                Line([left, y, 0], [right, y, 0]).set_stroke(FAINT, 6)
                for y in (self.rows(self.real, k).get_y() - 0.42 for k in range(self.real.rows))
            )
        )
        with self.say("twins.prompt") as cue:
            time = max(0.5, min(1.6, cue.to("ted")))
            drawn = LaggedStart(*(Create(line) for line in blanks), lag_ratio=0.3, run_time=time)
            self.play(FadeIn(self.heading, run_time=0.3), drawn)  # words at once: thin lines alone are a black page
            cue.until("ted")
            share = cue.to("louis") / (self.real.rows - 1)
            for k in range(self.real.rows - 1):
                row = self.rows(self.real, k)
                self.sound("tick")
                deal = LaggedStart(*(FadeIn(part, shift=0.25 * RIGHT) for part in row), lag_ratio=0.35)
                self.play(deal, FadeOut(blanks[k]), run_time=0.75 * share)
                if k < self.real.rows - 2:
                    self.hold(0.25 * share)
            cue.until("louis")
            last = self.rows(self.real, self.real.rows - 1)
            deal = LaggedStart(*(FadeIn(p, shift=0.25 * RIGHT) for p in last), lag_ratio=0.35)
            self.play(deal, FadeOut(blanks[-1]), run_time=0.8)
            cue.until("names")
            names = [self.real.subject(k) for k in range(self.real.rows)]
            time = max(0.8, 0.75 * cue.left)
            wave = LaggedStart(*(Indicate(n, scale_factor=1.15, color=HIGHLIGHT) for n in names), lag_ratio=0.3)
            self.play(wave, run_time=time)

    def twin_line(self) -> None:
        """The prompt moves over; beside it the same rows with members from a hat, and nothing in the gap."""
        self.twin = Clauses(self.task["corrupted_text"], size=HEADING, member_colour=INK, row=0.98)
        self.twin.move_to([RIGHT_X, 0.15, 0])
        self.twin_heading = Words("its twin", size=BODY, color=INK, bold=True).move_to([RIGHT_X, 3.2, 0])
        self.twin_heading.shift((base_line(self.heading) - base_line(self.twin_heading)) * UP)
        rows = self.twin.rows
        words = [part for k in range(rows) for part in (self.twin.subject(k), self.twin.verb(k), self.twin.place(k))]
        with self.say("twins.twin") as cue:
            over = [thing.animate.shift(LEFT_X * RIGHT) for thing in (self.real, self.heading)]
            self.play(*over, run_time=max(0.6, min(0.9, cue.to("twin"))))
            cue.until("twin")
            copy = LaggedStart(*(FadeIn(word, shift=1.2 * RIGHT) for word in words), lag_ratio=0.06)
            self.play(FadeIn(self.twin_heading), copy, FadeIn(self.twin.gap), run_time=1.2)
            top = hat(np.array([0.0, -2.85, 0.0]))
            wait = max(0.4, cue.to("hat"))
            self.play(FadeIn(top, shift=0.3 * UP), run_time=min(0.6, wait))
            shake = top.animate(rate_func=rate_functions.wiggle).shift(0.12 * RIGHT)
            if cue.to("hat") > 0.3:
                self.play(shake, run_time=cue.to("hat"))
            cue.until("hat")
            mouth = top.get_top() + 0.05 * UP
            time = max(1.2, cue.to("nothing"))
            for k in range(rows - 1):
                member = self.twin.member(k)
                self.sound("soft-pop")
                way = FadeIn(member, target_position=mouth, scale=0.6, path_arc=-0.6)
                self.play(way, run_time=0.9 * time / (rows - 1))
            cue.until("nothing")
            empty = Words("?", size=HEADING, color=HIGHLIGHT).move_to(self.twin.gap)
            self.play(FadeOut(top, shift=0.4 * DOWN), FadeIn(empty, scale=0.5), run_time=0.5)
            blink = self.twin.gap.animate(rate_func=there_and_back).set_stroke(NOSE, 7)
            self.play(blink, run_time=max(0.5, 0.7 * cue.left))
            self.empty = empty

    def meter(self) -> None:
        """The prompt stays; on a ruler of scores two words, and the gap between them, to scale."""
        difference = self.says.read("example_difference", task="numerals")
        low, high = np.array([2.6, -1.9, 0.0]), np.array([2.6, -1.9 + UNIT * difference, 0.0])
        rail = Line(low + 0.45 * DOWN, high + 0.5 * UP).set_stroke(SOFT, 4)
        count = int(np.floor(difference)) + 1
        ticks = VGroup(*(Line(0.14 * LEFT, 0.14 * RIGHT).move_to(low + UNIT * k * UP) for k in range(count)))
        ticks.set_stroke(SOFT, 3)
        title = Words("score of the next word", size=SMALL, color=SOFT).move_to([2.6, 3.3, 0])
        answer = self.tag(self.task["answer"], high, HIGHLIGHT)
        shown = self.tag(self.task["members"][-1], low, NOSE)
        with self.say("twins.meter") as cue:
            gone = [FadeOut(thing) for thing in (self.twin, self.twin_heading, self.empty)]
            self.play(*gone, run_time=0.45)
            self.play(Create(rail), FadeIn(ticks), FadeIn(title), run_time=max(0.5, min(0.9, cue.to("five"))))
            cue.until("five")
            self.sound("tick")
            self.play(FadeIn(answer, target_position=self.real.gap), run_time=0.8)
            cue.until("four")
            self.sound("tick")
            member = self.real.member(self.real.rows - 2)
            self.play(FadeIn(shown, target_position=member), run_time=0.8)
            self.play(Indicate(member, color=NOSE, scale_factor=1.3), run_time=max(0.4, min(0.8, cue.to("gap"))))
            cue.until("gap")
            self.sound("soft-pop")
            span = DoubleArrow(low, high, buff=0.0, stroke_width=7, tip_length=0.26, color=HIGHLIGHT).shift(
                0.75 * RIGHT
            )
            name = Words("logit\ndifference", size=BODY, color=HIGHLIGHT).next_to(span, RIGHT, buff=0.3)
            number = Words("{x:.1f}", x=difference, size=TITLE, color=HIGHLIGHT).next_to(name, UP, buff=0.35)
            number.align_to(name, LEFT)
            self.play(GrowFromEdge(span, DOWN), run_time=0.8)
            self.play(FadeIn(name), FadeIn(number, shift=0.3 * UP), run_time=0.5)
            self.play(Indicate(span, color=HIGHLIGHT, scale_factor=1.03), run_time=max(0.5, cue.left))
        self.gone: list[Mobject] = [rail, ticks, title, answer, shown, span, name, number, self.real, self.heading]

    def tag(self, word: str, at: np.ndarray, colour: str) -> VGroup:
        """A word at its place on the ruler."""
        text = Words("{word}", word=Name(word), size=HEADING, color=colour, bold=True)
        plate = RoundedRectangle(corner_radius=0.1, width=0.95, height=0.8).set_stroke(colour, 4).set_fill(PANEL, 1)
        plate.move_to(at + 1.15 * LEFT)
        pin = Line(plate.get_right(), at).set_stroke(colour, 5)
        return VGroup(pin, plate, text.move_to(plate))

    def bar(self, x: float, value: Reading, colour: str, floor: float) -> tuple[VGroup, Words]:
        """A bar in logits with its number; a value too small for a bar is a thick line."""
        tall = UNIT * 0.92 * abs(float(value))
        body = Rectangle(width=0.8, height=max(tall, 0.06), stroke_width=0).set_fill(colour, 1)
        body.move_to([x, floor, 0], aligned_edge=DOWN if value >= 0 else UP)
        number = Words("{x:.1f}", x=value, size=SMALL, color=INK)
        return VGroup(body), number.move_to([x, max(body.get_top()[1], floor + 0.03) + 0.45, 0])

    def gap(self) -> None:
        """The mean gap over all prompts stands high; over the twins it is gone; for all three kinds."""
        floor, places = -1.75, {"numerals": -3.9, "words": 0.0, "months": 3.9}
        title = Words("logit difference", size=SMALL, color=SOFT).move_to([0, 3.45, 0])
        count = self.says.read("prompts", task="numerals")
        note = Words("means of {n:.0f} prompts each", n=count, size=SMALL, color=SOFT).move_to([2.6, -3.45, 0])
        with self.say("twins.gap") as cue:
            base = shelf(np.array([0, floor, 0]), 11.6)
            named = LaggedStart(*(FadeIn(self.named(kind, x, floor)) for kind, x in places.items()), lag_ratio=0.2)
            start = [FadeIn(title), Create(base), FadeIn(note), named, *(FadeOut(thing) for thing in self.gone)]
            self.play(*start, run_time=max(0.4, min(0.8, cue.to("real"))))
            for kind, x in places.items():
                if kind == "numerals":
                    cue.until("real")
                self.stand(kind, x, floor, KINDS[kind][1], cue)
            self.hold(0.1)

    def named(self, kind: str, x: float, floor: float) -> Words:
        """The name of a kind below the place of its bars: all three stand before the first bar does."""
        name, colour = KINDS[kind]
        title = Words(name, size=BODY, color=colour, bold=True).move_to([x, floor - 0.95, 0])
        return title.shift((floor - 1.08 - base_line(title)) * UP)

    def stand(self, kind: str, x: float, floor: float, colour: str, cue: Cue) -> None:
        """One kind: the bar of its prompts, then the one of its twins."""
        first = kind == "numerals"
        real, real_number = self.bar(x - 0.75, self.says.read("difference", task=kind), colour, floor)
        twin, twin_number = self.bar(x + 0.75, self.says.read("difference_corrupted", task=kind), SOFT, floor)
        below = [
            Words("prompts", size=SMALL, color=INK).move_to([x - 0.75, floor - 0.35, 0]),
            Words("twins", size=SMALL, color=SOFT).move_to([x + 0.75, floor - 0.35, 0]),
        ]
        for word in below:
            word.shift((floor - 0.45 - base_line(word)) * UP)
        quick = max(0.3, 0.2 * cue.left)
        self.sound("tick")
        self.play(GrowFromEdge(real, DOWN), FadeIn(below[0]), run_time=0.9 if first else quick)
        self.play(FadeIn(real_number), run_time=0.4 if first else 0.2)
        if first:
            cue.until("twins")
            fall = real[0].copy().set_fill(SOFT, 1).move_to(twin, aligned_edge=DOWN)
            self.play(FadeIn(fall, shift=1.5 * RIGHT), FadeIn(below[1]), run_time=0.6)
            self.sound("whoosh")
            self.play(fall.animate(rate_func=rate_functions.ease_out_bounce).become(twin[0]), run_time=0.9)
            self.play(FadeIn(twin_number), run_time=0.3)
            cue.until("follows")
        else:
            self.play(FadeIn(twin), FadeIn(twin_number), FadeIn(below[1]), run_time=quick)
