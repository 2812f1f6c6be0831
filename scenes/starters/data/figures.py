"""How the result is shown: in print (`tapehead figures`), and on the stage (see chart.py)."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

YEARS = Figure(
    "years",
    "xy",
    "The length of a year grows with the distance from the Sun.",
    (Series("year", "distance", "planets", named=True),),
    Axis("distance from the Sun", "distance", "log"),
    Axis("length of a year", "year", "log"),
    n="planet",
    control="years dealt out at random",
)

FIGURES = {"orbits": (YEARS,)}
