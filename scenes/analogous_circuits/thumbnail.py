"""The film's thumbnail: a horse, a car, and how much they share."""

from __future__ import annotations

from tapehead.scenes.stage.lettering import HUGE, Words
from tapehead.scenes.stage.palette import INK
from tapehead.scenes.stage.thumbnails import Thumbnail

from .pictures import COMMON, FAR, FIRST, photo


class AlikeThumbnail(Thumbnail):
    """Horse and car side by side, the number between them, the question above."""

    def design(self) -> None:
        found = self.result("inside")
        for shown, x, colour in ((0, -4.2, FIRST), (2, 4.2, FAR)):
            self.add(photo(found["picture"][shown], 5.2, colour).move_to([x, -1.05, 0]))
        self.add(Words("A horse is a car?", size=1.75 * HUGE, color=INK, bold=True).move_to([0, 2.95, 0]))
        value = Words("{x:.2f}", x=found.read("overlap", pair="far"), size=1.5 * HUGE, color=COMMON, bold=True)
        self.add(value.move_to([0, -1.05, 0]))
