"""Figures of the erasure, with all its controls."""

from __future__ import annotations

from dataclasses import replace

from tapehead.analysis.diffusion.figures.shared import ABOUT_EDITS, EDITS, panels
from tapehead.analysis.figures import Axis, Figure, Series

FIGURES: dict[str, tuple[Figure, ...]] = {
    "diffusion.erasure": (
        Figure(
            "counts",
            "bars",
            "Fresh portraits that hang on strings after each edit: all, those that did before, and new ones.",
            (
                Series("scored", label="with strings", low="scored_low", high="scored_high"),
                Series("kept", label="had them before"),
                Series("new", label="new"),
            ),
            Axis(""),
            Axis("portraits", "scored"),
            n="sample",
            control=ABOUT_EDITS,
            aspect=0.8,
        ),
        Figure(
            "scores",
            "dots",
            "Score of strings of every fresh portrait after each edit; above zero it counts as strings.",
            (Series("score", label="portrait"),),
            Axis(""),
            Axis("score of strings", "score"),
            n="sample",
            control=ABOUT_EDITS,
            aspect=0.8,
        ),
        Figure(
            "drift",
            "matrix",
            "How much each edit changes each attribute, root mean square over portraits.",
            (Series("drift", label="drift"),),
            Axis("attribute"),
            Axis("edit"),
            n="sample",
            control=ABOUT_EDITS,
            value="root mean square change",
            aspect=0.75,
        ),
        Figure(
            "correlation",
            "matrix",
            "Correlation of each attribute before and after each edit, over portraits.",
            (Series("correlation", label="before and after"),),
            Axis("attribute"),
            Axis("edit"),
            n="sample",
            control=ABOUT_EDITS,
            value="correlation",
            aspect=0.75,
        ),
        Figure(
            "probes",
            "bars",
            "How many of the fresh portraits a new probe (linear, or a small network) tells right, asked whether they "
            "would have had strings "
            "unedited; it is trained on edited samples.",
            (
                Series("probe", label="probe on the bottleneck", where={"space": "h"}),
                Series("probe", label="small network on the bottleneck", where={"space": "network"}),
                Series("probe", label="probe on x_t", where={"space": "x"}),
                Series("probe_shuffled", label="shuffled labels", where={"space": "h"}),
                Series("most", label="always no", style="mark"),
            ),
            Axis(""),
            Axis("told right", "probe"),
            n="sample",
            control="Probes on the bottleneck trained on shuffled labels, and always giving the commoner answer. "
            + ABOUT_EDITS,
            aspect=0.8,
        ),
        Figure(
            "old-probe",
            "bars",
            "What the direction itself, with a threshold from before the edit, still tells of the strings.",
            (Series("old_probe", label="first probe"), Series("most", label="always no", style="mark")),
            Axis(""),
            Axis("told right", "old_probe"),
            n="sample",
            control="Always giving the commoner answer.",
        ),
        Figure(
            "further",
            "xy",
            "What a new probe on x_t tells right when the direction and those of all probes before it have been "
            "projected out.",
            (
                Series("further", label="new probe", style="stem"),
                Series("most", label="always no", style="mark"),
            ),
            Axis("probes taken out before"),
            Axis("told right", "further"),
            n="sample",
            control="Always giving the commoner answer.",
        ),
        Figure(
            "before-and-after",
            "pictures",
            "Every eighth of the first fresh portraits, after each edit.",
            tuple(replace(series, every=8) for series in panels("picture", "method", EDITS)),
            Axis("portrait (from 1)"),
            n="sample",
            control=ABOUT_EDITS,
        ),
        Figure(
            "survivors",
            "pictures",
            "The portraits with the highest scores of strings after the last edit, every third of them and the last, "
            "before it and after it, and that score; above zero it counts as strings.",
            (Series("survivor_picture", x="survivor_score", x_where={"way": "after"}, every=3),),
            Axis("score of strings after the edit", "survivor_score"),
            n="place",
        ),
    ),
}
