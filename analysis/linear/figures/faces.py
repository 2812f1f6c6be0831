"""Figures of eigenfaces."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

FIGURES: dict[str, tuple[Figure, ...]] = {
    "linear.eigenfaces": (
        Figure(
            "eigenface-shares",
            "xy",
            "How much of the puppets' differences each eigenface holds, and all up to it.",
            (
                Series("explained", label="this one", style="stem"),
                Series("together", label="up to here", style="line"),
            ),
            Axis("eigenface"),
            Axis("share", "explained"),
        ),
        Figure(
            "rebuilt-others",
            "xy",
            "What the first directions leave of the differences among puppets that they were not found on.",
            (
                Series("held_left", label="eigenfaces", style="line"),
                Series("sample_left", label="puppets at random", style="line"),
                Series("random_left", label="random directions", style="line"),
            ),
            Axis("directions"),
            Axis("left over", "held_left"),
            control="As many directions at random, and as many puppets themselves.",
        ),
        Figure(
            "eigenface-pictures",
            "pictures",
            "The average less two standard deviations of each eigenface, and the average plus as much.",
            (Series("minus", label="less"), Series("plus", label="plus")),
            Axis("eigenface"),
        ),
    ),
}
