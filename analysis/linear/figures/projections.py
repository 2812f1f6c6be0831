"""Figures of dot products, protected edits and what lies off a span."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

FIGURES: dict[str, tuple[Figure, ...]] = {
    "linear.dot_as_projection": (
        Figure(
            "dot-products",
            "plane",
            "Each point and its shadow on the line of the row, whose length times the row's length is the dot product.",
            (
                Series("line", label="line of the row", style="path"),
                Series("x", label="from point to shadow", style="arrows", to="foot", named=True),
            ),
            Axis("first number", "x"),
            Axis("second number", "x"),
            n="point",
            aspect=0.9,
        ),
        Figure(
            "turning",
            "xy",
            "The dot product with each point while that point is turned and the row is not.",
            (Series("dot_turned", "turn", "point", "line", over="point"),),
            Axis("turned by", "turn"),
            Axis("dot product", "dot_turned"),
            n="turn",
            control="Turned together with the row, no dot product changes by more than rounding.",
        ),
    ),
    "linear.protected_edit": (
        Figure(
            "edit-paths",
            "plane",
            "The walk along the edit as it is, and along what is left of it without its shadow on the protected "
            "direction.",
            (Series("path", label="edit", style="path", over="move"),),
            Axis("first number", "path"),
            Axis("second number", "path"),
            aspect=0.9,
        ),
        Figure(
            "entangled",
            "bars",
            "How much one step changes the edited and the protected score, with the edit as it is and projected.",
            (
                Series("entangled", label="as it is", where={"move": "as it is"}),
                Series("entangled", label="projected", where={"move": "projected"}),
            ),
            Axis("score"),
            Axis("change per step", "entangled"),
            control="The edit as it is changes both scores.",
        ),
        Figure(
            "random-protection",
            "histogram",
            "What is left of the protected direction (cosine) when the part along a random direction is taken away.",
            (
                Series("null_protect", label="random direction taken away"),
                Series("left_cosine", label="protected direction taken away", style="mark"),
            ),
            Axis("cosine with the protected direction, without sign", "null_protect"),
            Axis("draws"),
            n="draws",
            control="Random directions in the place of the protected one.",
        ),
    ),
    "linear.off_the_span": (
        Figure(
            "several-directions",
            "bars",
            "What is left of each protected direction in the edit (cosine), by the way in which the shadows are taken "
            "away.",
            (
                Series("left_cosine", label="all of their span (QR)"),
                Series("one_by_one_cosine", label="one after the other"),
                Series("at_once_cosine", label="all shadows at once"),
                Series("printed_cosine", label="the first shadow once for each"),
            ),
            Axis("direction"),
            Axis("cosine, without sign", "left_cosine"),
            n="direction",
            control="Shadows subtracted without making the directions orthogonal.",
        ),
    ),
}
