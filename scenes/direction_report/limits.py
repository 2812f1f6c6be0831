"""Last scene: what the numbers warn of, and the answer."""

from __future__ import annotations

from manim import DOWN, LEFT, UP, FadeIn, FadeOut, LaggedStart, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.cards import EndCard
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, TINY, Name, Words
from tapehead.scenes.stage.palette import BAD, GOOD, HIGHLIGHT, INK, SOFT

from .parts import best_of, strip

SHOWN = 4
"""Cautions that are written out; more of them are counted."""


class Limits(StageScene):
    """The small print that is none, and the end card."""

    def construct(self) -> None:
        self.cautions()
        self.end()

    def cautions(self) -> None:
        """The cautions that this run calls for, in its own words."""
        found = self.result("cautions")
        labels = found.quantity("raised").labels["caution"]
        raised = [label for label in labels if found.read("raised", caution=label)]
        count = Words("cautions: {n}", n=found.read("count"), size=HEADING, color=BAD if raised else GOOD)
        count.to_edge(UP, buff=0.5)
        size = BODY if len(raised) <= 2 else SMALL if len(raised) == 3 else TINY
        sentences = VGroup(
            *(Words("{text}", text=found.facts[label], size=size, color=INK, width=12.0) for label in raised[:SHOWN])
        )
        if not raised:  # what was asked, and answered with no
            sentences = VGroup(
                *(Words("{text}", text=Name(label.replace("-", " ")), size=SMALL, color=SOFT) for label in labels)
            )
        sentences.arrange(DOWN, buff=0.4 if raised else 0.18, aligned_edge=LEFT).move_to([0, 0, 0])
        if sentences.get_top()[1] > float(count.get_bottom()[1]) - 0.4:
            sentences.next_to(count, DOWN, buff=0.4)
        while len(sentences) > 1 and sentences.get_bottom()[1] < -3.1:
            sentences.remove(sentences[-1])
        shown = strip(self.result("walk"), 0, best_of(self.result("test")), 1.5, HIGHLIGHT, 11.0)
        with self.say("limits.cautions") as cue:
            self.play(FadeIn(shown), run_time=0.3)  # what the cautions are about
            cue.until("raise")
            self.play(FadeOut(shown), FadeIn(count), run_time=0.5)
            told = LaggedStart(*(FadeIn(each, shift=0.2 * UP) for each in sentences), lag_ratio=0.3)
            self.play(told, run_time=min(2.0, max(0.6, cue.left)))
        self.clear_stage(run_time=0.4)

    def end(self) -> None:
        """The first question and this run's answer to it."""
        answer = {
            "default": "Some, more than chance would do.",
            "nothing": "Nothing was found.",
            "unclaimed": "It changes. What, nobody says.",
        }[self.variant("limits.end")]
        row = strip(self.result("walk"), 0, best_of(self.result("test")), 1.5, HIGHLIGHT, 11.0).move_to([0, -0.4, 0])
        card = EndCard("Which directions change this picture?", answer, self.context.references)
        if float(card.credits.get_top()[1]) > float(row.get_bottom()[1]) - 0.2:
            row.shift((float(card.credits.get_top()[1]) + 0.3 - float(row.get_bottom()[1])) * UP)
        with self.say("limits.end") as cue:
            self.play(FadeIn(card.question), FadeIn(row), run_time=0.6)
            cue.until("end")
            self.play(FadeIn(card.answer), FadeIn(card.credits), run_time=0.7)
