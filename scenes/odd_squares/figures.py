"""The example film's figure: data beside the analysis; drawing it is the business of ``render/figures``."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

FIGURES = {
    "odd-sums": (
        Figure(
            "sums",
            "xy",
            "Sums of the first odd numbers.",
            (Series("sum", "odd", "sum of all odd numbers up to here", "stem"),),
            Axis("odd number", "odd"),
            Axis("sum", "sum"),
            n="n",
        ),
    ),
}
