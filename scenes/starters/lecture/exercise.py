"""What is left to do at home."""

from __future__ import annotations

from manim import DOWN, UP, FadeIn

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, Words
from tapehead.scenes.stage.palette import SOFT


class Exercise(StageScene):
    """The task in two lines."""

    def construct(self) -> None:
        coin = Words("a coin that is not fair", size=HEADING).shift(0.6 * UP)
        task = Words("Does its share stray as far?", size=BODY, color=SOFT).next_to(coin, DOWN, buff=0.5)
        with self.say("exercise.task") as cue:
            self.play(FadeIn(coin), run_time=0.6)
            cue.until("draw")
            self.play(FadeIn(task), run_time=0.6)
