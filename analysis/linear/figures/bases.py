"""Figures of a change of basis."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

FIGURES: dict[str, tuple[Figure, ...]] = {
    "linear.change_of_basis": (
        Figure(
            "two-languages",
            "plane",
            "The numbers of each thing in the first language, and in the second language of each matrix.",
            (
                Series("x", label="first language", named=True),
                Series("translated", label="translated by", over="matrix", named=True),
            ),
            Axis("first number", "x"),
            Axis("second number", "x"),
            n="point",
            control="The numbers in the first language, as a matrix that changes nothing leaves them.",
            aspect=0.9,
        ),
        Figure(
            "false-friends",
            "dots",
            "How far the thing that the same two numbers mean in the second language lies from the thing itself.",
            (
                Series("same_thing", label="things, by language"),
                Series("own", label="its own numbers, read back", style="mark"),
            ),
            Axis("second language"),
            Axis("distance", "same_thing"),
            n="point",
            control="Numbers that were translated, read in the language that they are in: distance 0.",
        ),
        Figure(
            "turn-or-skew",
            "bars",
            "How unevenly each matrix stretches: 0 is a turn times a scale, 1 crushes the plane to a line.",
            (
                Series("uneven", label="matrix"),
                Series("null_least", label="the most even random matrix", style="mark"),
            ),
            Axis("matrix"),
            Axis("unevenness", "uneven"),
            n="draws",
            control="Matrices of standard normal numbers.",
        ),
    ),
}
