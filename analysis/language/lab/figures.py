"""Figures of a circuit run, by part; drawn where the part has what they show."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

LEFT = "log odds left"
_OVER = "Whiskers and bands are 95 % bootstrap intervals over prompts."

FIGURES: dict[str, tuple[Figure, ...]] = {
    "baseline": (
        Figure(
            "groups",
            "bars",
            "Mean log odds of answer over wrong answer, group by group.",
            (Series("group_difference", label="clean prompts", low="group_low", high="group_high"),),
            Axis("group"),
            Axis("log odds", "group_difference"),
            control=f"The corrupted prompts and dealt-out answers are in the table of the baseline. {_OVER}",
        ),
    ),
    "ablation": (
        Figure(
            "heads",
            "matrix",
            "What is left of the log odds when one head is at its mean over the corrupted prompts of its group, and "
            "when its output is moved as far in a random direction.",
            (Series("heads_left", label="at its mean"), Series("heads_control", label="moved as far (control)")),
            control="The right panel: the same length, a direction drawn at random for every prompt and position.",
            aspect=0.55,
            value=LEFT,
        ),
        Figure(
            "mlps",
            "bars",
            "What is left of the log odds when one MLP is at its mean.",
            (
                Series("mlps_left", label="at its mean", low="mlps_left_low", high="mlps_left_high"),
                Series("mlps_control", label="moved as far (control)"),
            ),
            Axis("MLP"),
            Axis(LEFT, "mlps_left"),
            control=f"Moved as far in a random direction. {_OVER}",
        ),
    ),
    "patching": (
        Figure(
            "heads",
            "matrix",
            "How much of the clean run comes back when one head's output is taken from it; 1 is all.",
            (
                Series("patch_head_output", label="output"),
                Series("patch_head_control", label="of another prompt (control)", gaps=True),
            ),
            control="The right panel: the head's output in another clean prompt of the same shape.",
            aspect=0.55,
            value="share that comes back",
        ),
        Figure(
            "split",
            "matrix",
            "The same, split: clean values moved by the corrupted run's pattern, and the clean pattern over the "
            "corrupted run's values.",
            (Series("patch_head_value", label="values"), Series("patch_head_pattern", label="pattern")),
            aspect=0.55,
            value="share that comes back",
        ),
        Figure(
            "positions",
            "matrix",
            "How much comes back when the residual stream before a block, or what its MLP adds, is taken from the "
            "clean run at one position.",
            (Series("patch_residual", label="residual stream"), Series("patch_mlp", label="MLP")),
            aspect=0.8,
            columns=1,
            value="share that comes back",
        ),
    ),
    "attribution": (
        Figure(
            "heads",
            "matrix",
            "What each head adds to the log odds by itself at the last position, in clean and in corrupted prompts.",
            (Series("heads", label="clean"), Series("heads_corrupted", label="corrupted (control)")),
            control="The right panel: the same shares of the same answers in the corrupted prompts.",
            aspect=0.55,
            value="share of the log odds",
        ),
        Figure(
            "components",
            "bars",
            "What each part of the network adds to the log odds by itself; the bars add up to all of it.",
            (
                Series("components", label="clean", low="components_low", high="components_high"),
                Series("components_corrupted", label="corrupted"),
            ),
            Axis("part"),
            Axis("share of the log odds", "components"),
            control=f"The corrupted prompts. {_OVER}",
        ),
    ),
    "lens": (
        Figure(
            "rows",
            "xy",
            "Log odds read from the stream at the last position after each block, through the final norm and the "
            "unembedding.",
            (
                Series("difference", label="clean", style="line", low="difference_low", high="difference_high"),
                Series("difference_corrupted", label="corrupted", style="line"),
            ),
            Axis("after"),
            Axis("log odds", "difference"),
            control=f"The corrupted prompts under the same lens. {_OVER}",
        ),
    ),
    "circuit": (
        Figure(
            "heads",
            "matrix",
            "The heads that are left when every component goes that can go.",
            (Series("heads", label="circuit"),),
            aspect=0.6,
            value="kept",
        ),
        Figure(
            "trace",
            "xy",
            "The search, decision by decision: what would be left without the component that is tried.  It stays out "
            "where that is above the threshold.",
            (
                Series("trace_score", label="score without it", style="step"),
                Series("threshold", label="threshold", style="mark"),
            ),
            Axis("decision"),
            Axis(LEFT, "trace_score"),
        ),
    ),
    "control": (
        Figure(
            "random",
            "histogram",
            "What random circuits of the same size keep on the other half of the prompts, all of them with the "
            "indispensable components, beside the circuit that was found.",
            (
                Series("random", label="random circuits"),
                Series("score", label="the circuit", style="mark", source="held_out"),
            ),
            Axis(LEFT, "random"),
            Axis("random circuits"),
            n="draws",
            control="The random circuits: where the mark is among them, the circuit is nothing special.",
        ),
    ),
    "stability": (
        Figure(
            "frequency",
            "matrix",
            "In how many of the circuits found in different ways a head is kept, as a share.",
            (Series("frequency", label="kept"),),
            aspect=0.6,
            value="share of circuits",
        ),
    ),
    "cross": (
        Figure(
            "scores",
            "matrix",
            "What is left of the log odds of one file's prompts (rows) in the circuit of another (columns).",
            (Series("score", label="every circuit with every file"),),
            aspect=0.72,
            value=LEFT,
        ),
    ),
}
