"""Figures of the published (or recomputed) numbers of GPT-2 small."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series
from tapehead.analysis.language.figures.shared import KINDS, LEFT, each

LOOKS = ("4.4 m3→m2", "9.1 last→m3", "9.1 last→m2")

FIGURES: dict[str, tuple[Figure, ...]] = {
    "paper.circuits": (
        Figure(
            "heads",
            "matrix",
            "The heads of GPT-2 small in the circuits for numerals, number words and months.",
            each("heads"),
            aspect=0.42,
            value="in the circuit",
        ),
        Figure(
            "shared",
            "matrix",
            "In how many of the three circuits each head is.",
            (Series("times", label="circuits"),),
            aspect=0.85,
            value="circuits",
        ),
        Figure(
            "overlap",
            "matrix",
            "Shared heads of two circuits over the heads of both (Jaccard index).",
            (Series("overlap", label="overlap of heads"),),
            aspect=0.72,
            value="Jaccard index",
        ),
        Figure(
            "sizes",
            "bars",
            "How many heads and MLPs each circuit has.",
            (Series("head_count", label="heads"), Series("mlp_count", label="MLPs")),
            Axis("circuit"),
            Axis("components"),
        ),
        Figure(
            "scores",
            "bars",
            "What each circuit keeps of the logit difference.",
            (Series("score"),),
            Axis("circuit"),
            Axis(LEFT, "score"),
        ),
    ),
    "paper.pruning": (
        Figure(
            "trace",
            "xy",
            "Pruning for numerals, decision by decision: what would be left without the component that is tried.",
            (
                Series("trace_score", label="left", style="step"),
                Series("threshold", label="threshold", style="mark"),
            ),
            Axis("decision"),
            Axis(LEFT, "trace_score"),
            n="step",
        ),
        Figure(
            "left",
            "xy",
            "Heads and MLPs that are still there after each decision.",
            (
                Series("left_heads", label="heads", style="step"),
                Series("left_mlps", label="MLPs", style="step"),
            ),
            Axis("decision"),
            Axis("components left"),
            n="step",
        ),
    ),
    "paper.knockouts": (
        Figure(
            "heads",
            "matrix",
            "What of the logit difference is lost when one head of GPT-2 small is replaced by its mean.",
            each("heads_drop"),
            aspect=0.42,
            value="lost",
        ),
        Figure(
            "mlps",
            "bars",
            "What is left of the logit difference when one MLP of GPT-2 small is replaced by its mean.",
            each("mlps_left"),
            Axis("MLP"),
            Axis(LEFT, "mlps_left"),
            aspect=0.62,
        ),
        Figure(
            "inside",
            "matrix",
            "What is lost when one head is taken out of the circuit that it is in. Hatched: never published.",
            tuple(Series("circuit_drop", label=kind, where={"task": kind}, gaps=True) for kind in KINDS),
            aspect=0.42,
            value="lost",
        ),
    ),
    "paper.cross_task": (
        Figure(
            "scores",
            "matrix",
            "What is left of the logit difference on one kind of prompt (rows) in the circuit of another (columns). "
            "Hatched: never published.",
            (Series("score", label="every circuit with every kind", gaps=True),),
            aspect=0.72,
            control="The heads of a circuit for something else (indirect object identification).",
            value=LEFT,
        ),
    ),
    "paper.ov_scores": (
        Figure(
            "heads",
            "matrix",
            "How often a head's OV circuit, given a member, has the member after it (next) or the member itself (copy) "
            "among its first words. Hatched: not among the published heads.",
            tuple(Series("score", label=target, where={"target": target}, gaps=True) for target in ("next", "copy")),
            n="top",
            aspect=0.52,
            value="among its first words",
        ),
        Figure(
            "mean",
            "bars",
            "The same as a mean over all heads.",
            (Series("mean"),),
            Axis("what it says"),
            Axis("among its first words", "mean"),
        ),
    ),
    "paper.attention": (
        Figure(
            "looks",
            "bars",
            "Mean attention of some heads from one member to another.",
            tuple(Series("look", label=look, where={"look": look}) for look in LOOKS),
            Axis("prompts"),
            Axis("attention", "look"),
            n="prompts",
            control="Months in order among digits that are drawn at random.",
        ),
        Figure(
            "by-eye",
            "bars",
            "Mean attention from the last word for numerals, read from the colours of a published plot.",
            (Series("by_eye"),),
            Axis("head and where it looks"),
            Axis("attention (read by eye)", "by_eye"),
        ),
    ),
    "paper.logit_lens": (
        Figure(
            "flip",
            "bars",
            "How often the most likely word is an earlier member after block 8, and the answer after block 9.",
            (Series("flip"),),
            Axis("what is counted"),
            Axis("prompts that flip", "flip"),
            n="prompts",
        ),
    ),
}
