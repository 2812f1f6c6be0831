"""A chapter's card, and what is asked."""

from __future__ import annotations

from manim import DOWN, UP, FadeIn

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.cards import ChapterCard
from tapehead.scenes.stage.lettering import BODY, HEADING, Words
from tapehead.scenes.stage.palette import SOFT


class Question(StageScene):
    """The question, and what was done to answer it."""

    def construct(self) -> None:
        coins = self.result("coins")
        with self.say("question.title"):
            card = ChapterCard("How many coins?")
            self.play(FadeIn(card), run_time=0.6)
        last = len(coins["tosses"]) - 1
        tosses = Words("up to {n} tosses", n=coins.read("tosses", n=last), size=HEADING).shift(0.6 * UP)
        rows = Words("each {rows} times", rows=coins.read("rows"), size=BODY, color=SOFT)
        rows.next_to(tosses, DOWN, buff=0.5)
        with self.say("question.tosses") as cue:
            self.swap(card, tosses)
            cue.until("row")
            self.play(FadeIn(rows), run_time=0.6)
