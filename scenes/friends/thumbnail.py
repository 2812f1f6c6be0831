"""The film's thumbnail: two strangers, and the two scores."""

from __future__ import annotations

from manim import DashedLine

from tapehead.scenes.stage.lettering import HUGE, Words
from tapehead.scenes.stage.palette import BAD, HIGHLIGHT, INK
from tapehead.scenes.stage.thumbnails import Thumbnail

from .pictures import FRIEND, person


class PairThumbnail(Thumbnail):
    """The question above, the pair on the left, the score that was, and the score that is."""

    def design(self) -> None:
        ladder = self.result("ladder")
        was = ladder.read("accuracy", step="graded on itself")
        left = ladder.read("accuracy", step="tested links hidden")
        self.add(Words("Friends?", size=1.9 * HUGE, color=INK, bold=True).move_to([-2.9, 2.6, 0]))
        self.add(person(FRIEND, 3.6).move_to([-5.2, -1.2, 0]), person(FRIEND, 3.6).move_to([-1.2, -1.2, 0]))
        self.add(DashedLine([-4.1, -1.6, 0], [-2.3, -1.6, 0], dash_length=0.25).set_stroke(HIGHLIGHT, 14))
        self.add(Words("{x:.0%}", x=was, size=1.7 * HUGE, color=BAD, bold=True).move_to([4.2, 1.5, 0]))
        self.add(Words("{x:.0%}", x=left, size=2.3 * HUGE, color=HIGHLIGHT, bold=True).move_to([4.2, -1.5, 0]))
