"""Figures of what films ask of graphs."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

FIGURES: dict[str, tuple[Figure, ...]] = {
    "graphs.clues": (
        Figure(
            "suspects",
            "bars",
            "How many animals of the toy graph are left before the first clue and after each.",
            (Series("left", label="left"),),
            Axis("clues"),
            Axis("animals left", "left"),
        ),
    ),
    "graphs.funnel": (
        Figure(
            "candidates",
            "bars",
            "Candidates of each query node by label, after the pre-filter, and after double simulation.",
            (
                Series("by_node", label="by label", where={"stage": "by label"}),
                Series("by_node", label="pre-filter", where={"stage": "pre-filter"}),
                Series("by_node", label="double simulation", where={"stage": "double simulation"}),
            ),
            Axis("query node"),
            Axis("candidates", "by_node"),
        ),
        Figure(
            "trace",
            "xy",
            "All candidates that are left after each check of double simulation, from the labels alone.",
            (Series("trace", label="candidates", style="step"),),
            Axis("check"),
            Axis("candidates left", "trace"),
        ),
    ),
    "graphs.coverage": (
        Figure(
            "candidates",
            "bars",
            "Candidates that are left by label and one view, by how many of a query's edges the view lies on.",
            (Series("candidates", label="left"), Series("simulated", label="after double simulation", style="mark")),
            Axis("remembered edges"),
            Axis("candidates, mean", "candidates"),
            n="queries",
        ),
        Figure(
            "looks",
            "bars",
            "Candidates that were examined to answer a query with a view, and to build the view.",
            (Series("looks", label="to answer"), Series("looks_built", label="to build the view")),
            Axis("remembered edges"),
            Axis("looks, mean", "looks"),
            n="queries",
            control="No edge remembered: the leftmost bars.",
        ),
    ),
    "graphs.archived": (
        Figure(
            "candidates",
            "bars",
            "Candidates left with views on a growing share of one query, as archived; every row ended at the cap.",
            (Series("candidates", label="left"),),
            Axis("% of the query remembered"),
            Axis("candidates", "candidates"),
        ),
    ),
    "graphs.laid": (
        Figure(
            "fits",
            "matrix",
            "Whether the circuit of a row can be laid into that of a column so that kinds and wires are kept.",
            (Series("fits", label="fits"),),
            aspect=0.8,
            value="fits",
        ),
        Figure(
            "by-chance",
            "matrix",
            "In how many random circuits, as large as that of the column, the circuit of the row can be laid as well.",
            (Series("by_chance", label="fits by chance", gaps=True),),
            n="draws",
            aspect=0.8,
            value="fits by chance",
            control="These are the controls: as many heads and MLPs, drawn from all of the model.",
        ),
    ),
    "graphs.wires": (
        Figure(
            "heads",
            "histogram",
            "Places for three heads in a row, each read by all after it, in random networks with mini's parts and as "
            "many wires, and in mini.",
            (
                Series("random", label="random networks", where={"pattern": "heads"}),
                Series("found", label="mini", style="mark", where={"pattern": "heads"}),
            ),
            Axis("places"),
            Axis("networks"),
            n="draws",
            control="Random networks with the same parts and as many wires.",
        ),
        Figure(
            "parts",
            "histogram",
            "The same where any part may stand for a head.",
            (
                Series("random", label="random networks", where={"pattern": "parts"}),
                Series("degrees", label="each part with as many wires", where={"pattern": "parts"}),
                Series("found", label="mini", style="mark", where={"pattern": "parts"}),
            ),
            Axis("places"),
            Axis("networks"),
            n="draws",
            control="Random networks with as many wires, and those in which each part keeps its number of wires.",
        ),
    ),
}
