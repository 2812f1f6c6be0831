"""Figures of singular directions."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

FIGURES: dict[str, tuple[Figure, ...]] = {
    "linear.singular_directions": (
        Figure(
            "circle-to-ellipse",
            "plane",
            "All nudges of length 1, where the matrix takes them, and the two half axes of the ellipse.",
            (
                Series("circle", label="nudges", style="path", closed=True),
                Series("ellipse", label="images", style="path", closed=True),
                Series("zero", label="half axes", style="arrows", to="axis"),
                Series("axis", label="of singular value", named=True),
            ),
            Axis("first number", "circle"),
            Axis("second number", "circle"),
            n="turn",
            aspect=0.9,
        ),
        Figure(
            "stretch",
            "xy",
            "How long the image of each nudge is, by the nudge's direction; the marks are the singular directions.",
            (
                Series("stretch", "angle", "all directions", "line"),
                Series("sigma", "input_angle", "singular directions"),
            ),
            Axis("direction of the nudge", "angle"),
            Axis("length of the image", "stretch"),
            n="turn",
        ),
        Figure(
            "random-rank-one",
            "histogram",
            "Error of the matrix put together from one pair of directions: random pairs, and the first singular pair.",
            (
                Series("null_error", label="random pairs, best factor"),
                Series("sum_error", label="first singular pair", style="mark", where={"parts": "first"}),
            ),
            Axis("root of the sum of squared errors", "null_error"),
            Axis("draws"),
            n="draws",
            control="Random pairs of directions, each with its best factor.",
        ),
        Figure(
            "parts",
            "matrix",
            "The matrix, and the two matrices of rank one whose sum it is.",
            (
                Series("M", label="M"),
                Series("part", label="first part", where={"rank": "1"}),
                Series("part", label="second part", where={"rank": "2"}),
            ),
            aspect=0.42,
        ),
        Figure(
            "power-iteration",
            "xy",
            "Angle between a nudge and the first singular direction while the matrix is applied back and forth.",
            (Series("power_angle", label="a random nudge", style="line"),),
            Axis("step (from 0)"),
            Axis("angle from the first direction", "power_angle", "log"),
            control="Step 0 is the random nudge itself.",
        ),
    ),
}
