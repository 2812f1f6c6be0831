"""Figures of the geometry of what the network hears: spectra with their controls."""

from __future__ import annotations

from tapehead.analysis.diffusion.figures.shared import SPECTRA, by_time, panels
from tapehead.analysis.figures import Axis, Figure

FIGURES: dict[str, tuple[Figure, ...]] = {
    "diffusion.spectra": (
        Figure(
            "singular-values",
            "xy",
            "All singular values of the Jacobian from picture to bottleneck over the largest, at several noise levels, "
            "of the trained network and of the same network with random weights.",
            (by_time("trained"), by_time("random")),
            Axis("direction (0 is the loudest)"),
            Axis("singular value over the first", scale="log"),
            n="dimensions",
            control="The same architecture with random weights, at the same points: one sample.",
            aspect=0.75,
        ),
        Figure(
            "tenth",
            "bars",
            "The tenth singular value over the first, at several noise levels.",
            panels("tenth", "network", SPECTRA),
            Axis("noise level t"),
            Axis("tenth over first singular value", "tenth"),
            n="samples",
            control="The same architecture with random weights, at the same points.",
        ),
        Figure(
            "energy",
            "bars",
            "How many of all directions are needed for most of the energy (the sum of the squared singular values; the "
            "share is in the result).",
            panels("needed_part", "network", SPECTRA),
            Axis("noise level t"),
            Axis("directions needed", "needed_part"),
            n="dimensions",
            control="The same architecture with random weights, at the same points.",
        ),
    ),
}
