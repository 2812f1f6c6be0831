"""The film's thumbnail: a dot without a name, its clues, and the dog that they lead to."""

from __future__ import annotations

from manim import LEFT, VGroup

from tapehead.scenes.stage.lettering import HUGE, TITLE, Name, Words
from tapehead.scenes.stage.palette import HIGHLIGHT, INK
from tapehead.scenes.stage.thumbnails import Thumbnail

from .clues import CARDS
from .parts import pane, place, shiba, string, thing


class PatternThumbnail(Thumbnail):
    """Three clues hang on a question mark on glass; the dog looks over its edge."""

    def design(self) -> None:
        dog = shiba(2.1).move_to(place(4.0, -0.9))
        sheet = pane(7.2, 6.4).move_to(place(-3.1, -0.5))
        centre = place(-4.6, -0.5)
        ends = [place(-1.7, 1.6), place(-1.1, -0.5), place(-1.7, -2.6)]
        strings = VGroup(*(string(centre, at, colour, 12, 0.95) for at, (_t, colour) in zip(ends, CARDS, strict=False)))
        dots = VGroup(*(thing(at, colour, 0.55) for at, (_t, colour) in zip(ends, CARDS, strict=False)))
        mark = Words("?", size=2 * HUGE, color=HIGHLIGHT, bold=True).move_to(centre)
        left = self.result("clues").read("left", clue=0)
        words = Words("{n} suspects", n=left, size=1.5 * TITLE, color=INK, bold=True).move_to(
            place(-6.5, 3.3), aligned_edge=LEFT
        )
        name = Words("{n}", n=Name("who?"), size=1.6 * TITLE, color=HIGHLIGHT, bold=True).move_to(place(4.0, 2.9))
        self.add(dog, sheet, strings, dots, thing(centre, HIGHLIGHT, 0.95), mark, words, name)
