"""The example film's thumbnail: a square of corners, and how much it holds."""

from __future__ import annotations

from manim import RIGHT, UP, Dot, VGroup

from tapehead.scenes.stage.lettering import HUGE, Words
from tapehead.scenes.stage.palette import HIGHLIGHT, OKABE_ITO
from tapehead.scenes.stage.thumbnails import Thumbnail


class SquareThumbnail(Thumbnail):
    """Dots in the colours of their corners; beside them the last odd number and the sum."""

    def design(self) -> None:
        sums = self.result("sums")
        side = len(sums["odd"])
        dots = VGroup(
            *(
                Dot(1.1 * (i * RIGHT + j * UP), radius=0.42, color=OKABE_ITO[max(i, j) % len(OKABE_ITO)])
                for i in range(side)
                for j in range(side)
            )
        )
        dots.move_to([3.3, 0, 0])
        added = Words("add {odd}:", odd=sums.read("odd", n=side - 1), size=1.7 * HUGE, bold=True)
        makes = Words("{sum}!", sum=sums.read("sum", n=side - 1), size=2.6 * HUGE, bold=True, color=HIGHLIGHT)
        added.move_to([-3.6, 1.5, 0])
        makes.move_to([-3.6, -1.3, 0])
        self.add(dots, added, makes)
