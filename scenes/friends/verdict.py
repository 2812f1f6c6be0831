"""Last scene: what each machine is honestly worth, and the two strangers again."""

from __future__ import annotations

from manim import LEFT, UP, Create, DashedLine, Dot, FadeIn, FadeOut, GrowFromEdge, LaggedStart, Line, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.cards import EndCard
from tapehead.scenes.stage.intervals import Intervals
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Words
from tapehead.scenes.stage.palette import FAINT, GOOD, HIGHLIGHT, SOFT

from .pictures import FRIEND, STRANGER, person

MODELS = (
    ("SVM scaled and tuned", "tuned machine", GOOD),
    ("logistic", "straight fence", GOOD),
    ("walks", "walks alone", FRIEND),
    ("SVM as published", "as published", STRANGER),
    ("shuffled labels", "shuffled", SOFT),
)


class Verdict(StageScene):
    """Five bars, what to ask, the card."""

    def construct(self) -> None:
        found = self.result("ladder")
        self.badge_for(found.origin)
        self.models()
        self.ask()
        self.end()

    def models(self) -> None:
        found = self.result("ladder")
        rows = [
            tuple(found.read(f"model_auc{end}", model=model) for end in ("", "_low", "_high"))
            for model, _name, _colour in MODELS
        ]
        chart = Intervals(
            rows,
            [name for _m, name, _c in MODELS],
            [colour for _m, _n, colour in MODELS],
            zero=(-2.4, 2.1),
            unit=7.2,
            step=1.08,
            thick=0.62,
            size=BODY,
        )
        title = Words("how often a friend outranks a stranger", size=BODY, color=SOFT).move_to([0.6, 3.3, 0])
        half = Line([-2.4 + 3.6, 2.6, 0], [-2.4 + 3.6, -2.75, 0]).set_stroke(SOFT, 3)
        coin = Words("a coin", size=SMALL, color=SOFT).move_to([-2.4 + 3.6, -3.05, 0])
        marks = ("tuned", "straight", "walks", "published", "shuffled")
        with self.say("verdict.models") as cue:
            self.play(FadeIn(title), FadeIn(chart.zero), FadeIn(chart.names), Create(half), FadeIn(coin), run_time=0.6)
            for n, mark in enumerate(marks):
                cue.until(mark)
                self.play(GrowFromEdge(chart.bars[n], LEFT), run_time=0.5)
                self.play(FadeIn(chart.whiskers[n]), FadeIn(chart.values[n]), run_time=0.3)
        self.clear_stage(run_time=0.4)

    def ask(self) -> None:
        """Three questions for the next score."""
        asked = VGroup(
            Words("tested on what it learned?", size=HEADING, color=HIGHLIGHT),
            Words("is the answer in the question?", size=HEADING, color=FRIEND),
            Words("could anyone confuse them?", size=HEADING, color=STRANGER),
        )
        for n, words in enumerate(asked):
            words.move_to([0, 2.0 - 1.8 * n, 0])
        with self.say("verdict.ask") as cue:
            for words, mark in zip(asked, ("learned", "answer", "confuse"), strict=True):
                cue.until(mark)
                self.play(FadeIn(words, shift=0.2 * UP), run_time=0.6)
        self.clear_stage(run_time=0.4)

    def end(self) -> None:
        one, other = person(height=2.4).move_to([-3.4, 0.4, 0]), person(height=2.4).move_to([3.4, 0.4, 0])
        maybe = DashedLine([-2.2, 0.2, 0], [2.2, 0.2, 0], dash_length=0.22).set_stroke(HIGHLIGHT, 8)
        card = EndCard("Should they be friends?", "Four times in five. Ask them.", self.context.references)
        ranked = self.result("ladder").read("model_auc", model=MODELS[0][0])
        turns = VGroup(*(Dot(radius=0.2, color=GOOD if n < round(5 * float(ranked)) else FAINT) for n in range(5)))
        turns.arrange(buff=0.5).move_to([0, -2.3, 0])
        with self.say("verdict.end") as cue:
            self.play(FadeIn(one), FadeIn(other), run_time=0.6)
            cue.until("friends")
            self.play(Create(maybe), run_time=0.8)
            cue.until("rank")
            self.play(LaggedStart(*(FadeIn(turn, scale=0.5) for turn in turns), lag_ratio=0.3), run_time=1.2)
            cue.until("ask")
            self.play(
                one.animate.shift(0.6 * -LEFT),
                other.animate.shift(0.6 * LEFT),
                FadeOut(maybe),
                FadeOut(turns),
                run_time=0.8,
            )
        self.clear_stage(run_time=0.5)
        self.play(FadeIn(card.question), FadeIn(card.answer, shift=0.2 * UP), run_time=0.7)
        self.play(FadeIn(card.credits), run_time=0.5)
        self.hold(3.0)
        self.clear_stage(run_time=0.5)
