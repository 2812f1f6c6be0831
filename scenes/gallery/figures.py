"""The gallery's charts as declarations: what the scenes show of them, `tapehead figures` draws in print."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

STRAYS = Figure(
    "strays",
    "xy",
    "The mean of n dice strays the less the more dice there are.",
    (Series("spread", "n", "measured", "line", low="spread_low", high="spread_high"),),
    Axis("in each mean", "n", "log"),
    Axis("the mean strays by", "spread", "log"),
    n="repeats",
    control="sigma over the root of n",
)
HEAPS = Figure(
    "heaps",
    "histogram",
    "The mean of two dice makes a tent.",
    (Series("few", "edge", "two dice"),),
    Axis("mean", "edge"),
    Axis("how often"),
    n="repeats",
)
BELL = Figure(
    "bell",
    "histogram",
    "The mean of ten dice makes a bell.",
    (Series("many", "edge", "ten dice"),),
    Axis("mean", "edge"),
    Axis("how often"),
    n="repeats",
)
MEANS = Figure(
    "means",
    "box",
    "Four times as many dice, and the middle half of the means is about half as wide.",
    (Series("mean", over="dice"), Series("expected", label="expected", style="mark")),
    Axis(""),
    Axis("mean", "mean"),
    n="draw",
)
DAYS = Figure(
    "days",
    "xy",
    "How long the day lasts, through one year.",
    (Series("hours", "day", style="line", over="place"),),
    Axis("", "day"),
    Axis("daylight", "hours"),
    n="day",
)
PI = Figure(
    "pi",
    "xy",
    "Pi out of darts: the more, the closer.",
    (Series("estimate", "darts", "estimate", low="low", high="high"), Series("pi", label="pi", style="mark")),
    Axis("thrown", "darts", "log"),
    Axis("four times the share in the circle"),
    n="throw",
    control="pi itself",
)
FIRST = Figure(
    "first",
    "bars",
    "First digits of powers of two follow Benford's law.",
    (Series("share", label="powers of two"), Series("law", label="Benford")),
    Axis("first digit"),
    Axis("share", "share"),
    n="powers",
    control="Benford's law",
)
TURNS = Figure(
    "turns",
    "matrix",
    "Steps that turn against the one before.",
    (Series("correlation"),),
    Axis("later step"),
    Axis("step"),
    value="correlation",
)
RUNS = Figure(
    "longest",
    "dots",
    "The longest run of heads among tosses of a coin, try by try, against what to expect.",
    (Series("longest", label="tries"), Series("expected", label="expected", style="mark")),
    Axis(""),
    Axis("longest run", "longest"),
    n="tries",
    control="the exact expectation",
)
WALKS = Figure(
    "paths",
    "plane",
    "Three walks of random directions, and the circle that is as far away as such walks lead.",
    (
        Series("path", style="path", over="walk"),
        Series("circle", label="root of n", style="path", closed=True),
    ),
    Axis("east"),
    Axis("north"),
    n="steps",
    control="the root of the steps",
)
HEAT = Figure(
    "heat",
    "strip",
    "Heat that spreads from a point, a square and a ring.",
    (Series("point", label="point"), Series("square", label="square"), Series("ring", label="ring")),
    n="time",
    aspect=0.8,
)
COUNTER = Figure(
    "counter",
    "graph",
    "A network that counts, in binary, how many of its inputs are on.",
    (Series("first", style="layers"), Series("second", style="layers")),
    n="inputs",
    value="warm adds, cool takes away",
)

FIGURES = {
    "gallery.runs": (RUNS,),
    "gallery.walks": (WALKS,),
    "gallery.heat": (HEAT,),
    "gallery.counter": (COUNTER,),
    "gallery.dice": (STRAYS, HEAPS, BELL, MEANS),
    "gallery.daylight": (DAYS,),
    "gallery.darts": (PI,),
    "gallery.digits": (FIRST,),
    "gallery.swing": (TURNS,),
    "gallery.primes": (
        Figure(
            "ratio",
            "xy",
            "The number of primes below n, over n / ln n.",
            (Series("ratio", label="ratio", style="line"),),
            Axis("below"),
            Axis("count over guess"),
            n="below",
        ),
    ),
    "gallery.rules": (
        Figure(
            "pictures",
            "strip",
            "Rows that follow from the row above.",
            (Series("cell", label="cells"),),
            n="rule",
            aspect=0.22,
        ),
    ),
    "gallery.divisors": (
        Figure(
            "divides",
            "graph",
            "Divisors, and what they divide at the next step.",
            (Series("edge", style="edges"),),
            n="how_many",
        ),
    ),
    "gallery.sine": (
        Figure(
            "error",
            "xy",
            "How far the polynomial is from the sine.",
            (Series("error", "x", "error", "line"),),
            Axis("x"),
            Axis("error"),
            n="x",
        ),
    ),
}
