"""The film's thumbnail: the question, a cat with its red nose, and the four weights."""

from __future__ import annotations

from manim import LEFT, RIGHT, UP

from tapehead.scenes.stage.cats import CatPerson
from tapehead.scenes.stage.lettering import HUGE, Words
from tapehead.scenes.stage.matrices import WEIGHT_COLOURS, Box
from tapehead.scenes.stage.palette import HIGHLIGHT, INK
from tapehead.scenes.stage.thumbnails import Thumbnail


class MapThumbnail(Thumbnail):
    """Three words on the left, a cat on the right, W below it."""

    def design(self) -> None:
        question = Words("Why", size=1.5 * HUGE, color=INK, bold=True)
        multiply = Words("multiply", size=1.5 * HUGE, color=HIGHLIGHT, bold=True)
        add = Words("and add?", size=1.5 * HUGE, color=HIGHLIGHT, bold=True)
        for row, words in enumerate((question, multiply, add)):
            words.move_to([-6.6, 2.2 - 2.1 * row, 0], aligned_edge=LEFT)
        cat = CatPerson(1.4, 1.3, 0.4, tinted=True, height=3.2).move_to(3.9 * RIGHT + 1.75 * UP)
        result = self.result("map")
        entries = [
            [
                Words("{w}", w=weight, size=1.05 * HUGE, bold=True, color=colour)
                for weight, colour in zip(result.row("W", along="input", output=output), colours, strict=True)
            ]
            for output, colours in zip(("nap", "luck"), WEIGHT_COLOURS, strict=True)
        ]
        box = Box(entries, wide=2.8, high=1.35).move_to([3.9, -2.25, 0])
        self.add(question, multiply, add, cat, box)
