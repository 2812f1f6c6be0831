"""Figures of a run of ``tapehead overlap``, by part."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

FIGURES: dict[str, tuple[Figure, ...]] = {
    "pairs": (
        Figure(
            "near",
            "histogram",
            "Overlap of the most active values of both pictures of a pair: pairs that belong together.",
            (Series("near_overlap", label="near pairs"), Series("chance", label="two random sets", style="mark")),
            Axis("overlap", "near_overlap"),
            Axis("pairs"),
            n="near_pairs",
            control="Two random sets of the same size.",
        ),
        Figure(
            "far",
            "histogram",
            "Overlap of the most active values of both pictures of a pair: pairs that do not belong together.",
            (
                Series("far_overlap", label="far pairs"),
                Series("chance", label="two random sets", style="mark"),
                Series("near_mean", label="near pairs, mean", style="mark"),
            ),
            Axis("overlap", "far_overlap"),
            Axis("pairs"),
            n="far_pairs",
            control="Two random sets of the same size; the mean of the near pairs.",
        ),
        Figure(
            "means",
            "bars",
            "Mean overlap of each group of pairs, with 95 % bootstrap intervals.",
            (Series("mean", where={"measure": "overlap"}, low="mean_low", high="mean_high"),),
            Axis("pairs"),
            Axis("overlap", "mean"),
            control="Far pairs.",
        ),
    ),
    "dealt": (
        Figure(
            "dealt",
            "histogram",
            "Mean overlap of the near pairs, and with their second pictures dealt out to other first ones.",
            (Series("mean", label="dealt out"), Series("observed", label="as paired", style="mark")),
            Axis("mean overlap", "mean"),
            Axis("deals"),
            n="deals",
            control="Dealt pairs show the same pictures.",
        ),
    ),
    "apart": (
        Figure(
            "measures",
            "bars",
            "How often a near pair scores above a far one, with 95 % bootstrap intervals.",
            (
                Series("auc", label="near above far", low="low", high="high"),
                Series("half", label="chance", style="mark"),
            ),
            Axis("measure"),
            Axis("area", "auc"),
            n="smaller_group",
            control="The pixels themselves; chance is one half.",
        ),
    ),
}
