"""Figures of the animals' table and the fence through it."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

ANIMALS = "linear.animal_table"

FIGURES: dict[str, tuple[Figure, ...]] = {
    ANIMALS: (
        Figure(
            "animals",
            "plane",
            "The generated animals of both kinds, and the centres of their clouds.",
            (
                Series("first", label="first kind"),
                Series("second", label="second kind"),
                Series("centre", label="centres", named=True),
            ),
            Axis("first number", "x"),
            Axis("second number", "x"),
            n="animals",
            aspect=0.9,
        ),
    ),
    "linear.fence": (
        Figure(
            "fence",
            "plane",
            "The fence of the support vectors with its two edges, among the animals that it was learned from.",
            (
                Series("learned_first", label="first kind"),
                Series("learned_second", label="second kind"),
                Series("support", label="support vectors"),
                Series("line", style="path", over="edge"),
            ),
            Axis("first number", "line"),
            Axis("second number", "line"),
            n="learned",
            aspect=0.9,
        ),
        Figure(
            "score",
            "histogram",
            "Signed distance of the held-out animals from the fence of the support vectors: a score for their kind.",
            (
                Series("distance_first", label="first kind", where={"fit": "support vectors"}),
                Series("distance_second", label="second kind", where={"fit": "support vectors"}),
            ),
            Axis("distance from the fence", "distance"),
            Axis("held-out animals"),
            n="held_out",
        ),
        Figure(
            "shuffled-kinds",
            "dots",
            "Share of held-out animals on the right side of the fence, with the kinds as they are and shuffled.",
            (
                Series("null_right", label="kinds shuffled"),
                Series("right", label="kinds as they are", style="mark"),
            ),
            Axis("fit"),
            Axis("held-out animals on the right side", "right"),
            n="shuffles",
            control="Kinds shuffled within the learned and within the held-out animals, and the fence fitted again.",
        ),
    ),
}
