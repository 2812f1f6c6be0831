"""Figures of portraits with and without a prompt."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

FIGURES: dict[str, tuple[Figure, ...]] = {
    "diffusion.cured_portraits": (
        Figure(
            "counts",
            "bars",
            "Portraits from one caption that hang on strings, unedited and after the edits that were learnt from "
            "pictures without a caption.",
            (Series("scored", low="scored_low", high="scored_high"),),
            Axis(""),
            Axis("portraits on strings", "scored"),
            n="count",
            control="Random: moved as far along a random direction. Lines: exact 95 % intervals; the paired p are in "
            "the result (p).",
        ),
        Figure(
            "portraits",
            "pictures",
            "The first portraits from the caption, unedited and after each edit.",
            (Series("picture", over="method"),),
            Axis("portrait (from 1)"),
            n="shown",
            control="Random: moved as far along a random direction.",
        ),
    ),
}
