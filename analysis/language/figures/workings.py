"""Figures of what the parts of a circuit do: edges, attention, scores, lens, patching, neurons, attribution."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series
from tapehead.analysis.language.figures.shared import KINDS, READER, each

FIGURES: dict[str, tuple[Figure, ...]] = {
    "language.edges": (
        Figure(
            "graph",
            "graph",
            "The strong edges of the circuit for numerals: from embedding to answer, as thick as the percentage "
            "points of the logit difference that are lost when only that edge is patched.",
            (Series("drop", style="edges", only="strong"),),
            n="prompts",
            control="Edges whose loss is small, or whose 95 % interval contains zero, are not drawn.",
            aspect=0.7,
            value="lost when it is patched",
        ),
        Figure(
            "drops",
            "histogram",
            "What each edge of the circuit for numerals is worth, one at a time: nearly all are worth nothing.",
            (Series("drop", label="edges"),),
            Axis("lost when it is patched", "drop"),
            Axis("edges"),
            n="edge_count",
        ),
    ),
    "language.attention": (
        Figure(
            "last",
            "matrix",
            "Where each head looks from the last word: members (m1 to m4), the words before them (in1 to in4), itself.",
            tuple(
                Series("last_mass", label=f"layer {layer}", where={"task": "numerals", "layer": layer})
                for layer in range(4)
            ),
            Axis("looked at"),
            Axis("head"),
            n="prompts",
            aspect=0.8,
            columns=2,
            value="attention",
        ),
        Figure(
            "patterns",
            "matrix",
            "Mean attention pattern of the head that reads the last member, for each kind of sequence.",
            each("pattern", **READER),
            Axis("looked at"),
            Axis("looks"),
            n="prompts",
            aspect=0.95,
            columns=2,
            value="attention",
        ),
        Figure(
            "kinds",
            "bars",
            "What the last word looks at in layer 0 (head 6) and in the layers above (heads 1.1 and 3.3), beside even "
            "attention over all words.",
            (
                *(
                    Series(
                        "last_kind",
                        label=f"head {layer}.{head}",
                        where={"task": "numerals", "layer": layer, "head": head},
                        low="last_kind_low",
                        high="last_kind_high",
                    )
                    for layer, head in (("0", "6"), ("1", "1"), ("3", "3"))
                ),
                Series("uniform_kind", label="even attention", where={"task": "numerals"}),
            ),
            Axis("looked at"),
            Axis("attention", "last_kind"),
            n="prompts",
            control="Attention spread evenly over all words.",
        ),
    ),
    "language.ov_scores": (
        Figure(
            "heads",
            "matrix",
            "How often a head's OV circuit, given a member, says that member (copy) or the one after it (next) first.",
            tuple(
                Series("score_top1", label=f"{kind}: {target}", where={"task": kind, "target": target})
                for kind in KINDS
                for target in ("copy", "next")
            ),
            aspect=0.85,
            columns=2,
            value="said first",
        ),
        Figure(
            "reader",
            "bars",
            "The same for head 0.6, among the first words that it says, with what random words would score.",
            (
                *each("score", "score_low", "score_high", **READER),
                Series("chance", label="chance", where={"task": "numerals"}),
            ),
            Axis("what it says"),
            Axis("among its first words", "score"),
            n="prompts",
            control="Chance: as many words drawn from the vocabulary.",
        ),
    ),
    "language.logit_lens": (
        Figure(
            "answer",
            "xy",
            "Probability of the next member when the stream of the last word is read out after each layer.",
            (Series("p_answer", style="line", over="task", low="p_answer_low", high="p_answer_high"),),
            Axis("read after"),
            Axis("probability of the answer", "p_answer"),
            n="prompts",
        ),
        Figure(
            "last",
            "xy",
            "Probability of the last member shown, read out in the same way.",
            (Series("p_last", style="line", over="task", low="p_last_low", high="p_last_high"),),
            Axis("read after"),
            Axis("probability of the last member", "p_last"),
            n="prompts",
        ),
        Figure(
            "says",
            "matrix",
            "What the most likely word is after each layer, as a share of prompts.",
            each("says"),
            n="prompts",
            aspect=1.25,
            columns=1,
            value="share of prompts",
        ),
    ),
    "language.patching": (
        Figure(
            "heads",
            "matrix",
            "Activation patching of each head's output: 1 makes the corrupted run as sure as the clean one, 0 changes "
            "nothing.",
            each("patch_head_output"),
            n="prompts",
            aspect=0.95,
            columns=1,
            value="restored",
        ),
        Figure(
            "parts",
            "matrix",
            "The same for numerals, with a head's whole output, only its values, or only its pattern.",
            tuple(
                Series(f"patch_head_{part}", label=part, where={"task": "numerals"})
                for part in ("output", "value", "pattern")
            ),
            n="prompts",
            aspect=0.95,
            columns=1,
            value="restored",
        ),
        Figure(
            "stream",
            "matrix",
            "Patching the residual stream before each layer, at each word.",
            each("patch_residual"),
            Axis("word"),
            n="prompts",
            aspect=0.8,
            columns=1,
            value="restored",
        ),
    ),
    "language.neurons": (
        Figure(
            "overlap",
            "histogram",
            "Neurons that are among the strongest tenth both for numerals and for number words; how many that would be "
            "by chance, and how many are among the loudest tenth of both on lists that lead nowhere.",
            (
                Series("common_random", label="neurons renamed", where={"pair": "numerals-words"}),
                Series("common", label="found", style="mark", where={"pair": "numerals-words"}),
                Series("common_loud", label="loudest", style="mark", where={"pair": "numerals-words"}),
                Series("common_expected", label="expected", style="mark", where={"pair": "numerals-words"}),
            ),
            Axis("neurons in common"),
            Axis("permutations"),
            n="permutations",
            control="The neurons of one kind in random order, and the neurons that are loudest where nothing follows.",
        ),
        Figure(
            "pairs",
            "bars",
            "Neurons in common for every pair of kinds, beside those that the loudest have in common and the most that "
            "came by chance; and how many more than the loudest they are.",
            (
                Series("common", label="strongest effect"),
                Series("common_loud", label="loudest on random lists"),
                Series("common_most", label="most of all permutations"),
                Series("margin", label="more than the loudest", low="margin_low", high="margin_high"),
            ),
            Axis("pair"),
            Axis("neurons in common", "common"),
            n="permutations",
            control="The neurons that are loudest where nothing follows, and the neurons of one kind in random order. "
            "Whiskers are 95 % bootstrap intervals over prompts; where one reaches below zero, the two cannot be told "
            "apart.",
            title="Neurons in common, beside two opponents",
        ),
        Figure(
            "effects",
            "xy",
            "Effect of every neuron of the last MLP when it is patched, for number words over numerals.",
            (Series("effect", "effect", "neurons", where={"task": "words"}, x_where={"task": "numerals"}),),
            Axis("effect for numerals", "effect"),
            Axis("effect for number words", "effect"),
            n="neurons",
        ),
    ),
    "language.attribution": (
        Figure(
            "heads",
            "matrix",
            "What each head adds to the logit difference by itself, with the final norm's scale as it is: below zero "
            "it writes against the answer.",
            each("heads"),
            aspect=0.95,
            columns=1,
            value="its direct share",
            title="What each head writes for the answer, and against it",
        ),
    ),
}
