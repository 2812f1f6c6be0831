"""The report's thumbnail: both ends of the strongest direction."""

from __future__ import annotations

from tapehead.scenes.stage.lettering import HUGE, Words
from tapehead.scenes.stage.palette import HIGHLIGHT
from tapehead.scenes.stage.portraits import Portrait
from tapehead.scenes.stage.thumbnails import Thumbnail

from .parts import best_of, picture


class DirectionThumbnail(Thumbnail):
    """Two pictures, one arrow between them, and what the first direction is worth."""

    def design(self) -> None:
        pictures = picture(self.result("walk")["picture"][0, 0, best_of(self.result("test"))])
        minus = Portrait(pictures[0], 5.2, colour=HIGHLIGHT).move_to([-4.1, 0.7, 0])
        plus = Portrait(pictures[-1], 5.2, colour=HIGHLIGHT).move_to([4.1, 0.7, 0])
        ratio = Words(
            "{x:.0f} × louder", x=self.result("basis").read("main_ratio"), size=1.6 * HUGE, bold=True, color=HIGHLIGHT
        )
        ratio.move_to([0, -3.0, 0])
        self.add(minus, plus, ratio)
