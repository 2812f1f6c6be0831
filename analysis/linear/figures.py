"""Figures of the linear analyses."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

CATS = "linear.cat_table"

FIGURES: dict[str, tuple[Figure, ...]] = {
    CATS: (
        Figure(
            "cats",
            "xy",
            "Nose and nap of every cat of the table; longer noses nap longer, and not by the nose alone.",
            (Series("nap", "nose", "cats"),),
            Axis("nose", "nose"),
            Axis("nap", "nap"),
            n="cat",
        ),
    ),
    "linear.nap_fit": (
        Figure(
            "predictions",
            "xy",
            "Nap predicted from the nose alone (a line through zero) beside the naps of all cats.",
            (
                Series("nap", "nose", "measured", source=CATS, x_source=CATS),
                Series("predicted", "nose", "predicted from the nose", "line", {"model": "nose"}, x_source=CATS),
            ),
            Axis("nose", f"{CATS}/nose"),
            Axis("nap", "predicted"),
            n="cat",
        ),
        Figure(
            "residuals",
            "xy",
            "What is left of every nap when the prediction is taken away, over the ear, for the two models: the slope "
            "that the nose alone leaves is gone once the ear is known.",
            (Series("residual", "ear", "left over by", over="model", x_source=CATS),),
            Axis("ear", f"{CATS}/ear"),
            Axis("nap minus prediction", "residual"),
            n="cat",
        ),
        Figure(
            "sweep",
            "xy",
            "Error of the rule nap = w · nose for every weight w; the mark is the weight that the fit chooses.",
            (
                Series("sweep_rms", "sweep_w", "error", "line"),
                Series("rms", "weight_nose", "fitted", where={"model": "nose"}),
            ),
            Axis("weight w", "sweep_w"),
            Axis("root mean squared error", "sweep_rms"),
            n="cat",
        ),
        Figure(
            "shuffled-ears",
            "histogram",
            "Error of the fit with nose and ear when the ears are shuffled among the cats, and with the real ears.",
            (
                Series("null_rms", label="shuffled ears"),
                Series("rms", label="real ears", style="mark", where={"model": "nose and ear"}),
                Series("rms", label="nose alone", style="mark", where={"model": "nose"}),
            ),
            Axis("root mean squared error", "null_rms"),
            Axis("shuffles"),
            n="shuffle",
            control="Ears shuffled among the cats, both weights fitted again each time.",
        ),
    ),
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
    "linear.dot_as_projection": (
        Figure(
            "dot-products",
            "plane",
            "Each point and its shadow on the line of the row, whose length times the row's length is the dot product.",
            (
                Series("line", label="line of the row", style="path"),
                Series("x", label="from point to shadow", style="arrows", to="foot", named=True),
            ),
            Axis("first number", "x"),
            Axis("second number", "x"),
            n="point",
            aspect=0.9,
        ),
        Figure(
            "turning",
            "xy",
            "The dot product with each point while that point is turned and the row is not.",
            (Series("dot_turned", "turn", "point", "line", over="point"),),
            Axis("turned by", "turn"),
            Axis("dot product", "dot_turned"),
            n="turn",
            control="Turned together with the row, no dot product changes by more than rounding.",
        ),
    ),
    "linear.protected_edit": (
        Figure(
            "edit-paths",
            "plane",
            "The walk along the edit as it is, and along what is left of it without its shadow on the protected "
            "direction.",
            (Series("path", label="edit", style="path", over="move"),),
            Axis("first number", "path"),
            Axis("second number", "path"),
            aspect=0.9,
        ),
        Figure(
            "entangled",
            "bars",
            "How much one step changes the edited and the protected score, with the edit as it is and projected.",
            (
                Series("entangled", label="as it is", where={"move": "as it is"}),
                Series("entangled", label="projected", where={"move": "projected"}),
            ),
            Axis("score"),
            Axis("change per step", "entangled"),
            control="The edit as it is changes both scores.",
        ),
        Figure(
            "random-protection",
            "histogram",
            "What is left of the protected direction (cosine) when the part along a random direction is taken away.",
            (
                Series("null_protect", label="random direction taken away"),
                Series("left_cosine", label="protected direction taken away", style="mark"),
            ),
            Axis("cosine with the protected direction, without sign", "null_protect"),
            Axis("draws"),
            n="draws",
            control="Random directions in the place of the protected one.",
        ),
    ),
    "linear.off_the_span": (
        Figure(
            "several-directions",
            "bars",
            "What is left of each protected direction in the edit (cosine), by the way in which the shadows are taken "
            "away.",
            (
                Series("left_cosine", label="all of their span (QR)"),
                Series("one_by_one_cosine", label="one after the other"),
                Series("at_once_cosine", label="all shadows at once"),
            ),
            Axis("direction"),
            Axis("cosine, without sign", "left_cosine"),
            n="direction",
            control="Shadows subtracted without making the directions orthogonal.",
        ),
    ),
    "linear.singular_directions": (
        Figure(
            "circle-to-ellipse",
            "plane",
            "All nudges of length 1, where the matrix takes them, and the two half axes of the ellipse.",
            (
                Series("circle", label="nudges", style="path", closed=True),
                Series("ellipse", label="images", style="path", closed=True),
                Series("zero", label="half axes", style="arrows", to="axis", named=True),
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
