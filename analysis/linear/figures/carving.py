"""Figures of the carved block."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

FIGURES: dict[str, tuple[Figure, ...]] = {
    "linear.carved_block": (
        Figure(
            "shadows",
            "matrix",
            "The shadows of the carved block, counted cube by cube: 1 is dark. Rows run upward from the floor.",
            (
                Series("side", label="side (row: height)"),
                Series("floor", label="floor (row: depth)"),
                Series("back", label="back (row: height)"),
            ),
            aspect=0.4,
        ),
        Figure(
            "fit",
            "bars",
            "In how many squares each shadow differs from its letter, and how many squares it has.",
            (Series("wrong", label="differ"), Series("squares", label="dark")),
            Axis("wall"),
            Axis("squares", "squares"),
            control="Each letter's squares at random places: the share of draws that a block can fill is null_share.",
        ),
    ),
}
