"""The same result in print: `tapehead figures`."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

FIGURES = {
    "orbits": (
        Figure(
            "years",
            "xy",
            "The length of a year grows with the distance from the Sun.",
            (Series("year", "distance", "planets", named=True),),
            Axis("distance from the Sun", "distance", "log"),
            Axis("length of a year", "year", "log"),
            n="planet",
            control="years dealt out at random",
        ),
    ),
}
