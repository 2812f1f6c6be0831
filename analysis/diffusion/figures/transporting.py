"""Figures of directions that are carried from step to step."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

FIGURES: dict[str, tuple[Figure, ...]] = {
    "diffusion.transport_ranks": (
        Figure(
            "held",
            "bars",
            "What is left of the energy of a direction that is carried over one step, by how many of the next place's "
            "directions it is laid into.",
            (
                Series("energy_mean", label="carried", low="energy_low", high="energy_high"),
                Series("energy_random", label="random tangent"),
            ),
            Axis("directions that hold it"),
            Axis("energy left", "energy_mean"),
            n="samples",
            control="Random tangents of the bottleneck at the first sample. Lines: 95 % intervals of the mean over "
            "samples (bootstrap).",
        ),
        Figure(
            "distance",
            "dots",
            "How far each sample's picture is from any puppet that can be drawn, at the end of each walk.",
            (Series("off", label="sample"),),
            Axis("walk"),
            Axis("root mean square difference", "off"),
            n="samples",
            control="The straight walk along the same direction, as long as the others.",
        ),
        Figure(
            "ends",
            "pictures",
            "The first samples unedited, and at the end of each walk.",
            (
                Series("start", label="unedited", every=4),
                *(Series("picture", label=walk, where={"walk": walk}, every=4) for walk in ("straight", "5", "all")),
            ),
            Axis("sample"),
            n="samples",
            control="The straight walk.",
        ),
    ),
}
