"""The film's thumbnail: one portrait with its strings and without, under the question."""

from __future__ import annotations

from manim import Rectangle

from tapehead.scenes.stage.lettering import HUGE, Words
from tapehead.scenes.stage.portraits import Portrait
from tapehead.scenes.stage.thumbnails import Thumbnail

from .method_parts import pictures
from .roles import FREE, PATIENT, STRINGS

SAMPLE = 15
"""A portrait that hangs on strings, and that the treatment with both arrows takes off them."""
SIDE, HEIGHT = 3.35, 1.05


class StringsThumbnail(Thumbnail):
    """The same portrait before and after the treatment."""

    def design(self) -> None:
        found = self.result("erasure")
        for side, method, colour in ((-1, "unedited", STRINGS), (1, "both", FREE)):
            portrait = Portrait(pictures(found, method)[SAMPLE], 5.4, colour=colour).move_to([side * SIDE, HEIGHT, 0])
            ring = Rectangle(width=portrait.width + 0.1, height=portrait.height + 0.1).set_stroke(colour, 16)
            self.add(portrait, ring.move_to(portrait))
        question = Words("Who pulls the strings?", size=1.28 * HUGE, color=PATIENT, bold=True)
        self.add(question.move_to([0, -2.9, 0]))
