"""The square that closes: follow the upper arrow and then the right one, or the left one and then the lower."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import Arrow, Circle, VGroup

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.stage.palette import EAR, GROUND, HIGHLIGHT, INK, OUTPUT


class CommutingSquare(VGroup):
    """Four dots and four arrows; ``colours`` are those of the left and the right dots, ``across`` and ``down`` those of
    the arrows.

    Parts: ``dots`` (upper left, upper right, lower left, lower right), ``over``, ``under``, ``left``, ``right``.

    Raises:
        EpisodeError: a size is not positive, or there are not two colours of dots.
    """

    def __init__(
        self,
        width: float = 6.8,
        height: float = 3.4,
        *,
        colours: Sequence[str] = (HIGHLIGHT, EAR),
        across: str = INK,
        down: str = OUTPUT,
        radius: float = 0.45,
        stroke: float = 6,
    ) -> None:
        if min(width, height, radius) <= 0 or len(colours) != 2:
            raise EpisodeError(
                "a square needs a width, a height, a radius and two colours; "
                f"got {width}, {height}, {radius}, {colours}"
            )
        x, y = width / 2, height / 2
        corners = [np.array([sx * x, sy * y, 0.0]) for sy in (1, -1) for sx in (-1, 1)]
        self.dots = VGroup(
            *(
                Circle(radius=radius, stroke_color=colour, stroke_width=5, fill_color=GROUND, fill_opacity=1).move_to(
                    at
                )
                for at, colour in zip(corners, [*colours, *colours], strict=True)
            )
        )

        def arrow(start: int, end: int, colour: str) -> Arrow:
            made = Arrow(
                corners[start],
                corners[end],
                buff=1.25 * radius,
                stroke_width=stroke,
                color=colour,
                tip_length=0.6 * radius,
                max_tip_length_to_length_ratio=1,
                max_stroke_width_to_length_ratio=100,
            )
            return made

        self.over, self.under = arrow(0, 1, across), arrow(2, 3, across)
        self.left, self.right = arrow(0, 2, down), arrow(1, 3, down)
        super().__init__(self.over, self.under, self.left, self.right, self.dots)
