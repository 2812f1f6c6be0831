"""Figures of the table of cats."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

CATS = "linear.cat_table"

FIGURES: dict[str, tuple[Figure, ...]] = {
    CATS: (
        Figure(
            "cats",
            "xy",
            "Nose and nap of every cat of the table; longer noses nap longer, and not by the nose alone.",
            (Series("nap", "nose", "cats"),),
            Axis("nose", "nose"),
            Axis("nap", "nap"),
            n="cat",
        ),
    ),
}
