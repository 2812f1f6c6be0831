"""First scene: dots grow into squares, one corner per odd number."""

from __future__ import annotations

from manim import DOWN, RIGHT, UP, Dot, FadeIn, FadeOut, LaggedStart, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import HEADING, Words
from tapehead.scenes.stage.palette import OKABE_ITO


class Corners(StageScene):
    """Draws one corner of dots per odd number, with the running sum beside it."""

    def construct(self) -> None:
        sums = self.result("sums")
        corners = [self.corner(n) for n in range(len(sums["odd"]))]
        VGroup(*corners).center().shift(2.2 * RIGHT)
        label = self.label(0)

        with self.say("corners.start") as cue:
            self.play(FadeIn(corners[0]), FadeIn(label), run_time=0.6)
            cue.until("wrap")
            label = self.grow(corners, 1, label, run_time=cue.to("square"))
        with self.say("corners.more") as cue:
            cue.until("five")
            label = self.grow(corners, 2, label, run_time=1.0)
            cue.until("every")
            for n in range(3, len(corners)):
                label = self.grow(corners, n, label, run_time=0.8)

    def corner(self, n: int) -> VGroup:
        """The corner that turns a square of side ``n`` into one of side ``n + 1``."""
        places = [(n, j) for j in range(n)] + [(n, n)] + [(i, n) for i in range(n)]
        colour = OKABE_ITO[n % len(OKABE_ITO)]
        return VGroup(*(Dot(0.75 * (i * RIGHT + j * UP), radius=0.22, color=colour) for i, j in places))

    def label(self, n: int) -> Words:
        """What was added, and what it makes."""
        sums = self.result("sums")
        words = Words("add {odd}\nmakes {sum}", odd=sums.read("odd", n=n), sum=sums.read("sum", n=n), size=HEADING)
        return words.move_to(3.6 * (-RIGHT) + 0.3 * DOWN)

    def grow(self, corners: list[VGroup], n: int, old: Words, run_time: float) -> Words:
        """Add one corner and change the label."""
        new = self.label(n)
        dots = LaggedStart(*(FadeIn(dot, scale=0.4) for dot in corners[n]), lag_ratio=0.1)
        self.play(dots, FadeOut(old), FadeIn(new), run_time=run_time)
        return new
