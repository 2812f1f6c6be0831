"""The film's thumbnail: the last wall, and what the film says of it."""

from __future__ import annotations

from tapehead.scenes.stage.lettering import HUGE, Words
from tapehead.scenes.stage.portraits import Wall
from tapehead.scenes.stage.thumbnails import Thumbnail

from .parts import AWAY, at, upright


class RepeatThumbnail(Thumbnail):
    """Ten pictures pushed too far, under one sentence."""

    def design(self) -> None:
        pictures = upright(at(self.result("repeat"), "picture", "way", "told"))[-1]
        self.add(Wall(pictures[:10], 5, 5.2).move_to([0, -1.15, 0]))
        words = Words("It is in every picture", size=1.5 * HUGE, color=AWAY, bold=True)
        self.add(words.move_to([0, 2.8, 0]))
