"""The lecture's figure: on the handout (`tapehead figures`), and in the film (see answer.py)."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

SPREAD = Figure(
    "spread",
    "xy",
    "The share of heads strays less the more coins are tossed.",
    (Series("strays", "tosses", "measured"), Series("formula", "tosses", "formula", "line")),
    Axis("row", "tosses", "log"),
    Axis("share of heads strays by", "strays", "log"),
    n="rows",
    control="the formula",
)

FIGURES = {"coins": (SPREAD,)}
