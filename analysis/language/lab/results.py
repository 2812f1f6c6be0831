"""What ``tapehead circuit`` leaves behind: its parts, their quantities and axes, and how they are saved and read again.

A run over one prompt file gives these parts, each one :class:`~tapehead.analysis.results.Result`.  All of them are
always there, with the scalar ``there``: 1, or 0 if the part was not asked for or could not be computed; then it has no
other quantity, and the fact ``why`` says why.  Heads are (layer, head), MLPs (layer); labels of ``layer`` are "0", "1"
… (for MLPs "MLP 0" …), of ``head`` "0", "1" ….  ``_low`` and ``_high`` are ends of 95 % bootstrap intervals over
prompts.  Per cents are of the intact model's mean log odds on the same prompts.  The *log odds* of a prompt are
log p(answer) − log p(wrong) at its last position: a difference of logits if both are one token; of several tokens that
count, their probabilities are added first.

``prompts``
    ``prompts``, ``groups``, ``lengths`` (how many different ones), ``tokens_shortest``, ``tokens_longest``,
    ``found_on``, ``scored_on`` (prompts of the two halves), ``layers``, ``heads``, ``components`` (all heads and MLPs).
    Facts: ``task`` (name), ``text``, ``corrupted``, ``answer``, ``wrong`` of the first prompt, ``groups`` (names).
``baseline``
    ``difference`` (mean log odds, logit) with ``_low``, ``_high`` over prompts and ``groups_low``, ``groups_high`` over
    groups (NaN with fewer than 3 groups); ``prefers`` (% of prompts with the answer ahead), ``top1`` (%, the answer is
    the most likely token).  Controls: ``corrupted`` (mean log odds on the corrupted prompts) with ``_low``, ``_high``;
    ``shuffled`` (mean log odds if answers and wrongs are dealt out to other prompts), ``p`` (of as much by dealing).
    Along ``group``: ``group_difference``, ``group_low``, ``group_high``, ``group_prompts``.
    ``clear``: 1 if the answer is preferred, the interval excludes zero, and dealing rarely does as well (p <= 0.01).
``ablation``
    ``heads_left`` (layer, head), ``mlps_left`` (layer) in %, each with ``_low``, ``_high``; ``heads_drop``,
    ``mlps_drop`` = 100 − left.  Control: ``heads_control``, ``mlps_control``, what is left in % when the component's
    output is moved as far as its mean lies, in a random direction.  ``best_layer``, ``best_head``, ``best_drop`` and
    ``best_control_drop`` of the head whose loss costs most; ``best_mlp``, ``best_mlp_drop``, ``best_mlp_control_drop``;
    ``control_worst`` (largest drop of any control); ``spared`` (heads that leave 90 % or more).
    Facts: ``best`` ("9.1"), ``best_mlp`` ("MLP 0").
``patching``
    1 = clean, 0 = corrupted.  ``patch_head_output`` (with ``_low``, ``_high``), ``patch_head_value``,
    ``patch_head_pattern`` (layer, head); ``patch_residual``, ``patch_attention``, ``patch_mlp`` (layer, position),
    positions as labelled; control ``patch_head_control`` (layer, head): what is put in comes from another clean
    prompt.  ``best_layer``, ``best_head``, ``best``, ``best_value``, ``best_pattern``, ``best_control`` (of that head);
    ``control_best`` (of any head); ``difference_clean``, ``difference_corrupted`` (logit).  With ``--positions`` also
    ``patch_head_position`` (layer, head, position).  Facts: ``best``, ``best_position`` (where the residual stream of
    the middle layer brings back most).
``attribution``
    Shares of the mean log odds, logit: ``components`` (component: embed, 0_attn_out, 0_mlp_out … bias, choice) and
    ``heads`` (layer, head), with ``_low``, ``_high``; ``logit_difference``, ``remainder``; control ``heads_corrupted``
    (layer, head), ``components_corrupted`` (component): the same shares in the corrupted prompts.  ``best_layer``,
    ``best_head``, ``best``; ``worst_layer``, ``worst_head``, ``worst`` (most against the answer).  Facts: ``best``,
    ``worst``.
``lens``
    Along ``row`` ("embedding", "block 0" …): ``difference`` (logit) with ``_low``, ``_high``; ``p_answer``,
    ``p_answer_low``, ``p_answer_high``; ``rank_median``; control ``difference_corrupted``.  The same lens for all rows
    and both kinds of prompts: the final norm once, then the unembedding.  ``turn``: first row number from which the
    mean difference stays above half of its last value.
``circuit`` (found on one half)
    ``heads`` (layer, head), ``mlps`` (layer): 1 if kept; ``head_count``, ``mlp_count``, ``count`` (both),
    ``head_total``, ``mlp_total``; ``score`` (%, on the half it was found on), ``_low``, ``_high``; ``threshold`` (%);
    trace along ``step``: ``trace_phase``, ``trace_layer``, ``trace_head`` (-1: MLP), ``trace_score``,
    ``trace_removed``, ``left_heads``, ``left_mlps``; ``steps``.  Facts: ``circuit`` (names of components),
    ``heads`` and ``mlps`` (names).
``held_out`` (the same circuit scored on the other half)
    ``score``, ``score_low``, ``score_high``, ``complement`` (only what was taken out), ``nothing`` (everything at its
    mean), all in %; ``difference`` (logit, of the intact model on this half); ``kept_on`` 1 if ``score`` is at or above
    the threshold.  Along ``component`` (those of the circuit): ``alone`` (% left in the intact model without it),
    ``indispensable`` (1 if less than 10 % of the circuit's score is left without it in the circuit), ``inside`` (% left
    in the circuit without it); ``indispensable_count``.  Fact ``indispensable`` (names).
``control`` (random circuits on the other half)
    ``draws``; ``random`` (draw) in %: as many heads and MLPs drawn at random, *with the indispensable components in
    every one of them*; ``random_mean``, ``random_best``, ``p`` = (1 + draws at least as good) / (1 + draws);
    ``free`` (draw), ``free_mean``, ``free_best``, ``free_p``: drawn without them.  ``margin`` = score − random_best.
``stability``
    Along ``variant`` ("reference", "threshold 70", "other half", "forward first" …): ``heads`` (variant, layer, head),
    ``head_count``, ``mlp_count``, ``score`` (% on the half that it was *not* found on), ``overlap`` (Jaccard index of
    its components with the reference); ``frequency`` (layer, head); ``overlap_least``, ``always`` (heads in every one).
``edges`` (on request)
    Along ``edge`` ("0.6 → 1.1.k"; where a model's attention cannot be opened at q, k and v, "0.6 → 1.1"): ``score``,
    ``drop``, ``drop_low``, ``drop_high`` (percentage points), ``strong``; control ``drop_control`` (the same edge with
    what another clean prompt sends); ``edge_count``, ``strong_count``, ``circuit_score``, ``control_worst``;
    ``sender_layer``, ``sender_head``, ``receiver_layer``, ``receiver_head`` (-1: MLP, -2: embedding or final).
``cross`` (with several files)
    ``score`` (data, circuit) in % with ``_low``, ``_high``, ``overlap`` (circuit, other): every file's circuit on every
    file's other half.
``cautions``
    Along ``caution`` (labels: :data:`CAUTIONS`): ``raised`` (0 or 1); each is also a scalar of its own name with dashes
    as underscores (``control_as_strong`` …); ``count``.  ``found``: 1 only if the baseline is clear, the circuit is
    neither empty nor everything, it beats its random circuits (``control.p`` <= 0.05), and more is left with it than
    with nothing, on prompts that it was not found on.  Facts: for every raised one, by its label, a sentence in English
    with the numbers.

Saved in ``--out`` by :mod:`~tapehead.analysis.saved_runs`; of several files each has a folder of its own.
"""

from __future__ import annotations

from pathlib import Path

from tapehead.analysis import saved_runs
from tapehead.analysis.results import Result

PARTS = (
    "prompts",
    "baseline",
    "ablation",
    "patching",
    "attribution",
    "lens",
    "circuit",
    "held_out",
    "control",
    "stability",
    "edges",
    "cross",
    "cautions",
)
"""Every run has all of them."""

CAUTIONS = (
    "baseline-unclear",
    "answer-not-tied-to-prompt",
    "groups-disagree",
    "few-prompts",
    "small-groups",
    "ablation-control-as-strong",
    "patching-control-as-strong",
    "control-as-strong",
    "below-out-of-sample",
    "indispensable",
    "nothing-suffices",
    "everything-kept",
    "unstable",
    "corrupted-too-similar",
)
"""What can be wrong with a run, in the order in which it is told."""


def load(directory: Path) -> dict[str, Result]:
    """All parts of a run by name.

    Raises:
        UsageError: the folder holds no finished run of ``tapehead circuit``.
        ResultError: the run is damaged.
    """
    return saved_runs.load(directory, "tapehead circuit", PARTS)
