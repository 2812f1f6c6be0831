"""Last scene: how stable it is, what the numbers warn of, what a circuit does not say, and the answer."""

from __future__ import annotations

from manim import DOWN, LEFT, UP, FadeIn, LaggedStart, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.cards import EndCard
from tapehead.scenes.stage.circuits import MLP, swatch
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, TINY, Name, Words
from tapehead.scenes.stage.palette import BAD, EAR, GOOD, HIGHLIGHT, INK, SOFT

from .parts import shaded, standing, tower_of

SHOWN = 4
"""Cautions that are written out; more of them are counted."""


class Limits(StageScene):
    """The small print that is none, and the end card."""

    def construct(self) -> None:
        self.stable()
        self.cautions()
        self.enough()
        self.end()

    def stable(self) -> None:
        """How often each head is kept, over all ways to search."""
        found = self.result("stability")
        dark = tower_of(self.result("prompts"), width=6.6, height=4.4, lit=False).move_to([-2.4, 0.6, 0])
        tower = tower_of(self.result("prompts"), width=6.6, height=4.4).move_to(dark)
        for layer in range(tower.layers):
            dark.cell(layer, MLP).set_opacity(0)
            tower.cell(layer, MLP).set_opacity(0)
        shaded(tower, found["frequency"], None, EAR)
        key = swatch("found more often", EAR).next_to(tower, DOWN, buff=0.35)
        agree = Words("{x:.0%}", x=found.read("overlap_least"), size=2 * HEADING, color=HIGHLIGHT)
        agree.move_to([4.4, 1.2, 0])
        label = Words("shared, at worst", size=BODY, color=SOFT).next_to(agree, DOWN, buff=0.3)
        with self.say("limits.stable") as cue:
            self.play(FadeIn(dark), run_time=0.3)  # the heads, before anything is said of them
            cue.until("another")
            self.play(FadeIn(tower), FadeIn(key), run_time=0.7)
            self.remove(dark)
            cue.until("agree")
            self.play(FadeIn(agree, scale=1.3), FadeIn(label), run_time=0.6)
        self.clear_stage(run_time=0.4)

    def cautions(self) -> None:
        """The cautions that this run calls for, in its own words."""
        found = self.result("cautions")
        labels = found.quantity("raised").labels["caution"]
        raised = [label for label in labels if found.read("raised", caution=label)]
        count = Words("cautions: {n}", n=found.read("count"), size=HEADING, color=BAD if raised else GOOD)
        count.to_edge(UP, buff=0.5)
        size = BODY if len(raised) <= 2 else SMALL if len(raised) == 3 else TINY
        asked = [Words("{text}", text=Name(label.replace("-", " ")), size=SMALL, color=SOFT) for label in labels]
        sentences = VGroup(
            *(Words("{text}", text=found.facts[label], size=size, color=INK, width=12.0) for label in raised[:SHOWN])
        )
        if raised:
            sentences.arrange(DOWN, buff=0.45, aligned_edge=LEFT).move_to([0, 0.3, 0])
            if sentences.height > 5:
                sentences.next_to(count, DOWN, buff=0.5)
        else:  # what was asked, and answered with no
            columns = [asked[: (len(asked) + 1) // 2], asked[(len(asked) + 1) // 2 :]]
            sentences = VGroup(
                *(
                    standing(word, (x, 1.9 - 0.62 * row))
                    for x, column in zip((-3.2, 3.2), columns, strict=True)
                    for row, word in enumerate(column)
                )
            )
        while raised and len(sentences) > 1 and sentences.get_bottom()[1] < -3.0:
            sentences.remove(sentences[-1])
        with self.say("limits.cautions") as cue:
            cue.until("raise")
            self.play(FadeIn(count), run_time=0.5)
            shown = LaggedStart(*(FadeIn(each, shift=0.2 * UP) for each in sentences), lag_ratio=0.3)
            self.play(shown, run_time=min(2.0, max(0.6, cue.left)))
        self.clear_stage(run_time=0.4)

    def enough(self) -> None:
        """The lights of the circuit, and a question where the work is done."""
        circuit = self.result("circuit")
        tower = tower_of(self.result("prompts"), width=5.0, height=3.8).move_to([-3.4, 0.7, 0])
        tower.show(circuit["heads"], circuit["mlps"])
        again = tower.copy().move_to([3.4, 0.7, 0])
        enough = Words("what is enough", size=HEADING, color=GOOD).next_to(tower, DOWN, buff=0.5)
        how = Words("how it is done", size=HEADING, color=BAD).next_to(again, DOWN, buff=0.5)
        with self.say("limits.enough") as cue:
            self.play(FadeIn(tower), run_time=0.6)
            cue.until("enough")
            self.play(FadeIn(enough), run_time=0.5)
            cue.until("how")
            question = Words("?", size=2.5 * HUGE, color=BAD).move_to(again)
            self.play(FadeIn(again.set_opacity(0.25)), FadeIn(question, scale=1.4), FadeIn(how), run_time=0.6)
        self.clear_stage(run_time=0.4)

    def end(self) -> None:
        """The first question and this run's answer to it."""
        circuit = self.result("circuit")
        nothing = self.variant("limits.end") == "nothing"
        answer = "Nothing was found." if nothing else "Some, and not just any."
        tower = tower_of(self.result("prompts"), width=3.2, height=2.2, lit=False)
        if not nothing:
            tower.show(circuit["heads"], circuit["mlps"])
        card = EndCard("Which parts does this task need?", answer, self.context.references, tower)
        with self.say("limits.end") as cue:
            self.play(FadeIn(card.question), FadeIn(card.logo), run_time=0.6)
            cue.until("end")
            self.play(FadeIn(card.answer), FadeIn(card.credits), run_time=0.7)
