"""One scene: a shape, words, and a movement that lasts as long as it is spoken of."""

from __future__ import annotations

from manim import DOWN, PI, FadeIn, Rotate, Square

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, Words
from tapehead.scenes.stage.palette import HIGHLIGHT


class Turn(StageScene):
    """A square turns by a quarter."""

    def construct(self) -> None:
        square = Square(side_length=3.5, color=HIGHLIGHT, stroke_width=8)
        with self.say("turn.start") as cue:
            self.play(FadeIn(square), run_time=0.6)
            cue.until("turn")  # holds until that word is spoken
            self.play(Rotate(square, PI / 2), run_time=cue.left)  # lasts until the line is over
        words = Words("the same square", size=BODY).next_to(square, DOWN, buff=0.6)
        with self.say("turn.end"):
            self.play(FadeIn(words), run_time=0.6)
