"""First scene: a text that breaks off, what is asked of it, its twin, and the machine that has to answer."""

from __future__ import annotations

from manim import DOWN, LEFT, RIGHT, UP, FadeIn, LaggedStart, RoundedRectangle, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.circuits import LIT, Tower
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, TINY, Name, Words
from tapehead.scenes.stage.palette import BAD, GOOD, HIGHLIGHT, INK, PANEL, SOFT

from .parts import Flow, first, tower_of, underlined


class Task(StageScene):
    """The first text of the run and its twin; then the tower."""

    def construct(self) -> None:
        self.prompts = self.result("prompts")
        self.texts()
        self.inside()

    def texts(self) -> None:
        """What is given, what is asked, and what is changed."""
        facts = self.prompts.facts
        text = Flow(facts["text"], width=11.0, height=2.6).move_to([-0.6, 0.7, 0])
        gap = text.gap()
        model = _within(self.prompts.model, 9.0).move_to([-6.6, 3.3, 0], aligned_edge=LEFT)
        right = _chip(first(facts["answer"]), "right", GOOD).move_to([-2.2, -2.6, 0])
        wrong = _chip(first(facts["wrong"]), "wrong", BAD).move_to([2.2, -2.6, 0])
        with self.say("task.text") as cue:
            words = LaggedStart(*(FadeIn(word) for word in text.words), lag_ratio=0.25)
            self.play(words, run_time=max(0.6, cue.to("breaks")))
            self.play(FadeIn(gap, scale=1.4), run_time=0.4)
            cue.until("model")
            self.play(FadeIn(model, shift=0.3 * DOWN), run_time=0.5)
        count = Words("{n} texts", n=self.prompts.read("prompts"), size=HEADING, color=SOFT).move_to(
            [6.6, 3.3, 0], aligned_edge=RIGHT
        )
        with self.say("task.answer") as cue:
            self.play(FadeIn(count), run_time=0.4)
            cue.until("right")
            self.play(FadeIn(right, shift=0.3 * UP), run_time=0.5)
            cue.until("wrong")
            self.play(FadeIn(wrong, shift=0.3 * UP), run_time=0.5)
        twin = Flow(facts["corrupted"], width=11.0, height=2.0, colour=SOFT)
        twin.move_to([text.get_left()[0], -0.6, 0], aligned_edge=LEFT)
        here, there = text.changed(twin)
        name = Words("its twin", size=SMALL, color=HIGHLIGHT).next_to(twin, UP, buff=0.25, aligned_edge=LEFT)
        with self.say("task.twin") as cue:
            both = VGroup(text, gap)
            self.play(
                both.animate.shift((2.75 - float(both.get_top()[1])) * UP), FadeIn(twin), FadeIn(name), run_time=0.8
            )
            cue.until("changed")
            self.play(FadeIn(underlined(here)), FadeIn(underlined(there)), run_time=0.5)
        self.clear_stage(run_time=0.4)

    def inside(self) -> None:
        """The tower, floor by floor, its heads and its workshops."""
        tower = tower_of(self.prompts, width=7.0, height=4.8, lit=False).move_to([0, 0.5, 0])
        heads = VGroup(*(tower.cell(layer, head) for layer in range(tower.layers) for head in range(tower.heads)))
        below = Words("heads", size=BODY, color=INK).next_to(heads, DOWN, buff=0.3)
        beside = Words("workshops", size=BODY, color=INK).next_to(tower.workshops(), RIGHT, buff=0.4)
        with self.say("task.question") as cue:
            floors = LaggedStart(*(FadeIn(tower.floor(layer)) for layer in range(tower.layers)), lag_ratio=0.3)
            self.play(floors, run_time=max(0.8, cue.to("floors")))
            cue.until("heads")
            self.play(tower.turn(_heads(tower)), FadeIn(below), run_time=0.7)
            cue.until("workshop")
            self.play(tower.turn([(layer, -1) for layer in range(tower.layers)]), FadeIn(beside), run_time=0.7)
            cue.until("which")
            question = Words("?", size=2 * HEADING, color=LIT).move_to([-5.4, 0.5, 0])
            self.play(FadeIn(question, scale=1.5), run_time=0.5)
        self.clear_stage(run_time=0.4)


def _heads(tower: Tower) -> list[tuple[int, int]]:
    return [(layer, head) for layer in range(tower.layers) for head in range(tower.heads)]


def _within(name: str, width: float) -> Words:
    """A model's name, as large as it fits: hub names are long."""
    for size in (HEADING, BODY, SMALL, TINY):
        words = Words("{name}", name=Name(name), size=size, color=SOFT)
        if words.width <= width:
            break
    return words


def _chip(word: str, label: str, colour: str) -> VGroup:
    """A word in a frame, with what it is below."""
    written = Words("{w}", w=Name(word), size=HEADING, color=colour)
    frame = RoundedRectangle(corner_radius=0.15, width=written.width + 0.7, height=1.0).set_stroke(colour, 4)
    frame.set_fill(PANEL, 1)
    return VGroup(frame, written.move_to(frame), Words(label, size=SMALL, color=colour).next_to(frame, DOWN, buff=0.15))
