"""The lecture's figure, for the handout: `tapehead figures`."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

FIGURES = {
    "coins": (
        Figure(
            "spread",
            "xy",
            "The share of heads strays less the more coins are tossed.",
            (Series("strays", "tosses", "measured"), Series("formula", "tosses", "formula", "line")),
            Axis("tosses", "tosses", "log"),
            Axis("strays by", "strays", "log"),
            n="rows",
            control="the formula",
        ),
    ),
}
