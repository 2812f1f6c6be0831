"""Figures of linear maps: rulers, neurons, shadows and level sets."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

FIGURES: dict[str, tuple[Figure, ...]] = {
    "linear.ruler": (
        Figure(
            "rulers",
            "xy",
            "One nose on many rulers: nap = w · nose for every weight w, for three noses.",
            (Series("nap", "w", "nose", "line", over="nose"),),
            Axis("weight w", "w"),
            Axis("nap", "nap"),
        ),
        Figure(
            "inverse",
            "xy",
            "The weight that undoes w: multiplying by 1 / w leads back to the old ruler.",
            (
                Series("inverse", "w", "1 / w", "line"),
                Series("rate_inverse", "rate", "the film's ruler"),
            ),
            Axis("weight w", "w"),
            Axis("weight back", "inverse"),
        ),
    ),
    "linear.neuron_identity": (
        Figure(
            "neurons",
            "bars",
            "On how many random inputs a neuron's answer differs from plain multiplying and adding.",
            (Series("differs"),),
            Axis("what the neuron adds"),
            Axis("inputs that differ", "differs"),
            n="sample",
            control="With nothing added and no bend the difference has to be zero.",
        ),
    ),
    "linear.network_shape": (
        Figure(
            "network",
            "graph",
            "The network that is only drawn: its layers, and random weights that tint the wires.",
            tuple(Series(f"weights_{i}", style="layers") for i in (1, 2, 3)),
        ),
    ),
    "linear.one_map": (
        Figure(
            "matrix",
            "matrix",
            "The matrix W, its inverse, and the two multiplied, which is the identity.",
            (
                Series("W", label="W"),
                Series("inverse", label="inverse of W"),
                Series("inverse_times_W", label="inverse times W"),
            ),
            aspect=0.42,
        ),
        Figure(
            "map",
            "plane",
            "Where the map takes each point: from nose and ear (start) to nap and luck (end), drawn in one plane.",
            (Series("x", label="from (nose, ear) to (nap, luck)", style="arrows", to="a", named=True),),
            Axis("nose, then nap", "x"),
            Axis("ear, then luck", "a"),
            n="cat",
            aspect=0.9,
        ),
        Figure(
            "adding",
            "bars",
            "How far each rule is from f(x + y) = f(x) + f(y) and from f(2x) = 2 f(x), at worst over random pairs.",
            (Series("additive", label="f(x + y)"), Series("scaling", label="f(2x)")),
            Axis("rule"),
            Axis("largest difference", "additive"),
            n="pairs",
            control="Two rules that are not linear, which have to miss.",
        ),
    ),
    "linear.shadow": (
        Figure(
            "shadows",
            "plane",
            "The first row of W as a ruler in the plane, and the shadow of each cat on it.",
            (
                Series("tick", label="ruler with naps", style="path", named=True),
                Series("x", label="from cat to shadow", style="arrows", to="foot", named=True),
            ),
            Axis("nose", "x"),
            Axis("ear", "x"),
            n="cat",
            aspect=0.9,
        ),
    ),
    "linear.level_set": (
        Figure(
            "level-lines",
            "plane",
            "All cats that share one nap lie on one line; the marks are its cats without an ear and without a nose.",
            (
                Series("point", label="nap", style="path", over="value"),
                Series("on_axis", label="on the axes, nap", over="value"),
            ),
            Axis("nose", "point"),
            Axis("ear", "point"),
            n="samples",
            aspect=0.9,
        ),
        Figure(
            "level-answers",
            "bars",
            "Along a line of equal nap the luck runs on while the nap stands still: greatest minus least answer.",
            (Series("nap_spread", label="nap"), Series("luck_spread", label="luck")),
            Axis("nap of the line", "values"),
            Axis("spread along the line", "out"),
            n="samples",
        ),
    ),
}
