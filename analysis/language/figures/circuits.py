"""Figures of the circuit analyses that :mod:`tapehead.analysis.language.studies.circuits` stacks along ``task``."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series
from tapehead.analysis.language.figures.shared import KINDS, LEFT, each

CIRCUITS, SHARED = "language.circuits", "language.shared_circuit"

FIGURES: dict[str, tuple[Figure, ...]] = {
    "language.shape": (
        Figure(
            "sizes",
            "bars",
            "Size of the small model.",
            (
                Series("layers", label="layers"),
                Series("heads", label="heads per layer"),
                Series("head_total", label="heads"),
                Series("width", label="width"),
                Series("words", label="words"),
                Series("parameters", label="parameters"),
            ),
            Axis(""),
            Axis("how many", scale="log"),
        ),
    ),
    "language.predictions": (
        Figure(
            "difference",
            "bars",
            "Logit difference between the next member and the last one shown, on prompts that continue a sequence and "
            "on their twins, in which the members come in no order.",
            (
                Series("difference", label="sequence", low="difference_low", high="difference_high"),
                Series("difference_corrupted", label="twin"),
            ),
            Axis("what is counted"),
            Axis("logit difference", "difference"),
            n="prompts",
            control="The twins: the same names and verbs, members drawn at random. Bars are means, whiskers 95 % "
            "bootstrap intervals over prompts.",
        ),
        Figure(
            "sure",
            "bars",
            "How often the most likely word is the next member, and the mean probability of the next and of the last "
            "one shown.",
            (
                Series("accuracy", label="most likely word is right"),
                Series("p_answer", label="probability of the next"),
                Series("p_wrong", label="probability of the last shown"),
            ),
            Axis("what is counted"),
            Axis("share", "accuracy"),
            n="prompts",
        ),
    ),
    "language.knockouts": (
        Figure(
            "heads",
            "matrix",
            "What is left of the logit difference when one head is replaced by its mean over the twins, head by head.",
            each("heads_left"),
            n="prompts",
            aspect=0.95,
            columns=1,
            value=LEFT,
        ),
        Figure(
            "mlps",
            "bars",
            "What is left of the logit difference when one MLP is replaced by its mean over the twins.",
            each("mlps_left", "mlps_low", "mlps_high"),
            Axis("MLP"),
            Axis(LEFT, "mlps_left"),
            n="prompts",
        ),
    ),
    CIRCUITS: (
        Figure(
            "heads",
            "matrix",
            "The heads that are left when every component goes that can go at eighty per cent of the logit difference.",
            each("heads"),
            n="prompts",
            aspect=0.27,
            value="kept",
        ),
        Figure(
            "trace",
            "xy",
            "Pruning for numerals, decision by decision: what would be left without the component that is tried. It "
            "stays out where that is above the threshold.",
            (
                Series("trace_score", label="numerals", style="step", where={"task": "numerals"}, gaps=True),
                Series("threshold", label="threshold", style="mark", where={"task": "numerals"}),
            ),
            Axis("decision"),
            Axis(LEFT, "trace_score"),
            n="prompts",
        ),
        Figure(
            "scores",
            "dots",
            "What each circuit keeps of the logit difference on the prompts of the search, where that is the stopping "
            "rule, and on prompts that the search has not seen; beside random circuits of its size that hold the same "
            "indispensable parts.",
            (
                Series("other_random", label="random circuits"),
                Series("score", label="prompts of the search", style="mark"),
                Series("other_score", label="prompts never seen", style="mark"),
                Series("other_rest", label="all the rest, with what is indispensable", style="mark"),
            ),
            Axis("circuit"),
            Axis(LEFT, "score"),
            n="other_prompts",
            control="Random circuits of the same size that hold the indispensable parts, and everything that is not in "
            "the circuit, with those parts.",
            title="A circuit on prompts it was not found on, and random ones of its size",
        ),
    ),
    "language.cross_task": (
        Figure(
            "scores",
            "matrix",
            "What is left of the logit difference on one kind of prompt (rows) in the circuit of another (columns).",
            (Series("score", label="every circuit with every kind"),),
            aspect=0.72,
            value=LEFT,
        ),
        Figure(
            "controls",
            "bars",
            "The same table with its control: each kind of prompt in each circuit, and the best of the random circuits "
            "of the same size that hold the indispensable parts.",
            (
                *(
                    Series(
                        "score",
                        label=f"circuit: {kind}",
                        where={"circuit": kind},
                        low="score_low",
                        high="score_high",
                    )
                    for kind in KINDS
                ),
                *(Series("random_best", label=f"best random: {kind}", where={"circuit": kind}) for kind in KINDS),
            ),
            Axis("prompts"),
            Axis(LEFT, "score"),
            n="draws",
            control="The best of the random circuits of equal size.",
            title="Borrowing a circuit, beside the best random circuit of its size",
        ),
        Figure(
            "overlap",
            "matrix",
            "Shared heads of two circuits over the heads of both (Jaccard index).",
            (Series("overlap", label="overlap of heads"),),
            aspect=0.72,
            value="Jaccard index",
        ),
    ),
    SHARED: (
        Figure(
            "heads",
            "matrix",
            "The heads that the circuits of all three kinds have in common.",
            (Series("heads", label="in all circuits"),),
            aspect=0.5,
            value="shared",
        ),
        Figure(
            "count",
            "histogram",
            "How many heads three circuits of these sizes share when they are drawn at random, and how many they do.",
            (
                Series("count_random", label="random circuits"),
                Series("head_count", label="found", style="mark"),
                Series("count_expected", label="expected", style="mark"),
            ),
            Axis("heads in all three"),
            Axis("draws"),
            n="count_draws",
            control="Three sets of heads of the circuits' sizes, drawn independently, with the reader in each.",
            title="Heads in all three circuits, and in three random sets",
        ),
        Figure(
            "scores",
            "dots",
            "What is left of the logit difference in the shared circuit alone, and in random ones of its size.",
            (Series("score_random", label="random sets"), Series("score", label="shared part", style="mark")),
            Axis("prompts"),
            Axis(LEFT, "score"),
            n="draw",
            control="Random sets of as many heads that hold the same reader, with the same MLPs.",
            title="The shared part by itself, and random sets around the same reader",
        ),
    ),
    "language.surgery": (
        Figure(
            "cuts",
            "dots",
            "What is left of the logit difference when the shared heads are cut out of the whole network, and when "
            "as many random heads are.",
            (
                Series("left_random", label="random cuts"),
                Series("left", label="shared heads cut", style="mark"),
                Series("left_random_median", label="median of random cuts", style="mark"),
            ),
            Axis("prompts"),
            Axis(LEFT, "left"),
            n="draws",
            control="Random cuts of equal size; where the reader is spared, in none of them.",
            title="Cutting the shared heads, and as many random ones",
        ),
        Figure(
            "chance",
            "bars",
            "Share of random cuts that hurt at least as much (counting the cut itself).",
            (Series("p"),),
            Axis("prompts"),
            Axis("p"),
            n="draws",
        ),
        Figure(
            "heads",
            "matrix",
            "The heads that are cut.",
            (Series("heads", label="cut"),),
            aspect=0.5,
            value="cut",
        ),
    ),
    "language.sensitivity": (
        Figure(
            "frequency",
            "matrix",
            "How often each head is in the circuit when threshold, prompts and order of pruning change.",
            (*each("frequency"), Series("always", label="in all, for every kind")),
            n="variant_count",
            aspect=0.5,
            columns=2,
            value="share of circuits",
        ),
        Figure(
            "sizes",
            "bars",
            "Number of heads in the circuit for each choice.",
            each("head_count"),
            Axis("choice"),
            Axis("heads", "head_count"),
            n="prompts",
        ),
        Figure(
            "overlap",
            "bars",
            "Overlap (Jaccard index) of each variant's heads with the reference circuit's.",
            each("overlap"),
            Axis("choice"),
            Axis("Jaccard index", "overlap"),
            n="prompts",
        ),
    ),
    "language.trained_seeds": (
        Figure(
            "shared",
            "bars",
            "Heads in all three circuits of every seed that was trained, and how many three random sets of those sizes "
            "would share with the readers in each.",
            (Series("shared", label="in all three circuits"), Series("expected", label="from a hat")),
            Axis("seed"),
            Axis("heads"),
            n="seeds",
            control="Three random sets of heads of the circuits' sizes; their p is in the result.",
            title="Heads in all three circuits, seed by seed, and from a hat",
        ),
    ),
}
