"""The numbers that others published for GPT-2 small, as results with their citation.

They are read and checked by :mod:`.published_file` and put into named axes here.  Where one of our
analyses measures the same thing, quantities and axes have the same names as there, so that a scene can take either.
A cell that was never published is NaN: it can be drawn as a gap, and :meth:`Result.read` refuses to show it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tapehead.analysis.errors import ResultError
from tapehead.analysis.language.models.components import head_labels, mlp_labels
from tapehead.analysis.language.published.paper_form import (
    attention_form,
    circuits_facts,
    circuits_form,
    cross_task_form,
    knockouts_form,
    lens_form,
    next_word_form,
    ov_form,
    pruning_form,
)
from tapehead.analysis.language.published.published_file import (
    VERSION,
    Published,
    look_name,
    published_circuits,
    trace_steps,
)
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity


@analysis("published.circuits", version=VERSION)
def circuits(*, seed: int = 0) -> Result:
    """The three circuits and what they share.

    Quantities: ``heads`` (task, layer, head) and ``mlps`` (task, layer), 1 where in the circuit; ``head_count`` and
    ``mlp_count`` (task); ``score`` (task), % of the full model; ``threshold``; ``shared_heads`` (layer, head),
    ``shared_mlps`` (layer), in all three, with ``shared_head_count`` and ``shared_mlp_count``; ``times`` (layer,
    head), in how many; ``union_head_count``; ``pair_count``, ``pair_union`` and ``overlap`` (task, other): size of
    intersection and union, and Jaccard index, of the head sets.  Fact ``shared``: the shared components' names.
    """
    found = published_circuits()
    own = {task: found.circuits[task] for task in found.tasks}
    scores = [found.table("circuits", task)["score"] for task in found.tasks]
    threshold = found.table("traces", found.tasks[0])["threshold"]
    return found.result(
        circuits_form(own, scores, threshold),
        [found.table("circuits", task) for task in found.tasks],
        **circuits_facts(own),
        derived=["shared_*", "times", "union_head_count", "pair_*", "overlap"],
    )


@analysis("published.pruning", version=VERSION)
def pruning(task: str, *, seed: int = 0) -> Result:
    """One task's whole pruning trace, under the names that :func:`tapehead.analysis.language.circuit.pruning.pruning`
    uses.

    Quantities: ``trace_phase`` (passes from 0, even ones backward), ``trace_layer``, ``trace_head`` (-1 for an MLP),
    ``trace_score`` (% left if it goes), ``trace_removed`` along ``step``; ``steps``; ``left_heads``, ``left_mlps``
    (step), live after each step; ``heads`` (layer, head), ``mlps`` (layer), ``head_count``, ``mlp_count``, ``score``,
    ``threshold``; ``closest``, the smallest distance of a score from the threshold, in percentage points.
    """
    found = published_circuits()
    trace, circuit = found.table("traces", task), found.circuits[task]
    score = found.table("circuits", task)["score"]
    return found.result(
        pruning_form(trace_steps(found, task), circuit, score, trace["threshold"]),
        [trace, found.table("circuits", task)],
        task=task,
        circuit=[str(one) for one in circuit],
        order=trace["order"],
    )


@analysis("published.knockouts", version=VERSION)
def knockouts(*, seed: int = 0) -> Result:
    """One component ablated at a time, in the full model and inside each task's circuit.

    Quantities in % of the full model: ``heads_left`` (task, layer, head), ``mlps_left`` (task, layer), and
    ``heads_drop``, ``mlps_drop``, 100 minus that, in percentage points; ``circuit_left`` (task, layer, head), without
    this head as well, and ``circuit_drop``, the circuit's score minus that; both NaN for heads that are not in the
    circuit, and ``circuit_heads`` is 1 where they are.  ``circuit_derived`` is 1 where the value was put together
    from a printed drop of two decimals.
    """
    found = published_circuits()
    alone = [found.table("knockouts", task) for task in found.tasks]
    inside = [found.table("circuit_knockouts", task) for task in found.tasks]
    quantities = knockouts_form(
        found.tasks,
        np.array([t["heads_left"] for t in alone]),
        np.array([t["mlps_left"] for t in alone]),
        np.stack([_grid(found, t["heads_left"]) for t in inside]),
        np.array([found.table("circuits", task)["score"] for task in found.tasks]),
        np.stack([_grid(found, dict.fromkeys(t["derived"], 1.0), 0.0) for t in inside]),
    )
    return found.result(quantities, [*alone, *inside], derived=["*_drop"])


@analysis("published.cross_task", version=VERSION)
def cross_task(*, seed: int = 0) -> Result:
    """Each task's prompts through each circuit; names as in
    :func:`tapehead.analysis.language.circuit.comparisons.cross_task`.

    Quantities: ``score`` (data, circuit) in % of the full model, NaN where nothing was published (``known`` is 0
    there); besides the three circuits "months + MLP 11", a variant, and "IOI heads", another task's heads with all
    MLPs, which is the control.  ``overlap`` (circuit, other), Jaccard index of the head sets.
    """
    found = published_circuits()
    table = found.table("cross_task")
    circuits = {name: found.circuits[name] for name in table["circuits"]}
    score = np.array(table["score"], dtype=float)
    return found.result(cross_task_form(table["data"], circuits, score), [table], derived=["overlap"])


@analysis("published.edges", version=VERSION)
def edges(*, seed: int = 0) -> Result:
    """What is published of the connections between components; the final edge lists never were.

    Quantities: ``highlighted`` (edge, task), 1 where the authors draw it with emphasis (chosen by hand);
    ``mlp_to_mlp`` (receiver, sender), fraction of the full model left on numerals with the sender's effect through
    the receiver taken away (all its effect, not a direct edge), NaN where there is no such pair; ``kept_below``.
    """
    found = published_circuits()
    table = found.table("edges")
    drawn, scores = table["highlighted"], table["mlp_to_mlp"]
    quantities = {
        "highlighted": quantity(
            [[int(task in tasks) for task in found.tasks] for _from, _to, tasks in drawn],
            "edge",
            "task",
            labels={"edge": [f"{sender}→{receiver}" for sender, receiver, _tasks in drawn], "task": found.tasks},
        ),
        "mlp_to_mlp": quantity(
            np.array(scores["score"], dtype=float),
            "receiver",
            "sender",
            labels={"receiver": mlp_labels(found.layers), "sender": mlp_labels(found.layers)},
        ),
        "kept_below": quantity(float(scores["kept_below"])),
    }
    return found.result(quantities, [table], task=scores["task"], chosen_by_hand=["highlighted"])


@analysis("published.ov_scores", version=VERSION)
def ov_scores(task: str, *, seed: int = 0) -> Result:
    """Next and copy scores of heads, named as in :func:`tapehead.analysis.language.circuit.ov_scores.ov_scores`.

    Quantities: ``score`` (target, layer, head) in % of keywords, NaN for heads that were not printed (``listed`` is 0
    there); ``mean`` (target), over all heads; ``keywords`` (target); ``top``.  For months the only "next" is the
    ordinal word (February: third), target "next ordinal".  Words have no published copy scores.
    """
    found = published_circuits()
    found.table("circuits", task)  # an unknown task is named before its lists are looked for
    table = found.table("ov_scores")
    lists = [one for one in table["lists"] if one["task"] == task]
    unlisted = [np.nan if one["others"] is None else one["others"] for one in lists]
    quantities = ov_form(
        [one["target"] for one in lists],
        np.stack([_grid(found, one["score"], other) for one, other in zip(lists, unlisted, strict=True)]),
        [one["mean"] for one in lists],
        [one["keywords"] for one in lists],
        table["top"],
    )
    return found.result(quantities, [table], task=task)


@analysis("published.logit_lens", version=VERSION)
def logit_lens(*, seed: int = 0) -> Result:
    """How often the most likely word flips from an earlier member to the answer between blocks 8 and 9.

    Quantities: ``flips`` (task), prompts; ``flip`` (task), the same in %; ``prompts``, of each task.  Fact
    ``examples``: for three prompts the top word before the first block and after each one.
    """
    found = published_circuits()
    table = found.table("logit_lens")
    quantities = lens_form(found.tasks, [table["flips"][task] for task in found.tasks], table["prompts"])
    rows = ["embedding" if row < 0 else f"block {row}" for row in table["rows"]]
    return found.result(quantities, [table], rows=rows, examples=table["examples"], derived=["flip"])


@analysis("published.attention", version=VERSION)
def attention(*, seed: int = 0) -> Result:
    """Mean attention of some heads from one position to another.

    Quantities: ``look`` (look, data), printed values, labelled "4.4 m3→m2", of the three tasks and of ordered months
    among random digits; ``by_eye`` (look), values for numerals that were read from the colours of a plot, and which
    a scene has to mark as such; ``prompts``.
    """
    found = published_circuits()
    table = found.table("attention")
    printed = [one for one in table["looks"] if one["how"] == "printed"]
    looks = list(dict.fromkeys(look_name(one) for one in printed))
    data = list(dict.fromkeys(one["task"] for one in printed))
    values = np.full((len(looks), len(data)), np.nan)
    for one in printed:
        values[looks.index(look_name(one)), data.index(one["task"])] = one["value"]
    seen = {look_name(one): one["value"] for one in table["looks"] if one["how"] == "by eye"}
    quantities = attention_form(looks, data, values, seen, table["prompts"])
    return found.result(quantities, [table], by_eye=["by_eye"], by_eye_task="numerals")


@analysis("published.next_word", version=VERSION)
def next_word(*, seed: int = 0) -> Result:
    """Probabilities of some words after "1 2 3 4" (fact ``after``): ``probability`` (word)."""
    found = published_circuits()
    table = found.table("next_word")
    return found.result(next_word_form(table["probability"]), [table], after=table["after"])


@analysis("published.one_is_one", version=VERSION)
def one_is_one(*, seed: int = 0) -> Result:
    """The hackathon's numbers: logit differences, attribution, activation patching, neurons, an early ablation.

    Quantities: ``difference`` (sequence), mean logit difference, with ``prompts`` (sequence): as few as one.
    Maps of the three tasks, read from the authors' interactive figures; patching is 1 for the clean run and 0 for the
    corrupted one, attribution in logits: ``attribution_heads``, ``patch_head_output``, ``patch_head_value``,
    ``patch_head_pattern`` (task, layer, head), ``patch_residual``, ``patch_attention``, ``patch_mlp`` (task, layer,
    position), ``attribution_components`` (task, component), ``attribution_stream`` (task, row).
    ``neurons_9`` and ``neurons_10`` (neuron): the five largest patching effects of neurons in MLP 9 and MLP 10, with
    ``neuron_prompts``.  ``early`` (run): logit difference with only some heads live.
    """
    found = published_circuits()
    table = found.table("hackathon")
    maps, neurons, early = table["maps"], table["neurons"], table["early_ablation"]
    listed = table["differences"]
    sequences = {"sequence": [one["sequence"] for one in listed]}
    quantities = {
        "difference": quantity([one["value"] for one in listed], "sequence", unit="logit", labels=sequences),
        "prompts": quantity([one["prompts"] for one in listed], "sequence", unit="prompts", labels=sequences),
        "early": quantity(
            list(early["difference"].values()), "run", unit="logit", labels={"run": list(early["difference"])}
        ),
        "neuron_prompts": quantity(int(neurons["prompts"]), unit="prompts"),
    }
    for layer, top in neurons["top"].items():
        quantities[f"neurons_{layer}"] = quantity(list(top.values()), "neuron", labels={"neuron": list(top)})
    last_axis = {
        "head": found.labels["head"],
        "position": tuple(maps["positions"]),
        "component": tuple(maps["component_labels"]),
        "row": tuple(maps["stream_labels"]),
    }
    axes = {
        **dict.fromkeys(("attribution_heads", "patch_head_output", "patch_head_value", "patch_head_pattern"), "head"),
        **dict.fromkeys(("patch_residual", "patch_attention", "patch_mlp"), "position"),
        "attribution_components": "component",
        "attribution_stream": "row",
    }
    for name, last in axes.items():
        between = ("layer",) if last in ("head", "position") else ()
        labels = {"task": found.tasks, last: last_axis[last]} | {k: found.labels[k] for k in between}
        quantities[name] = quantity(
            [maps[task][name] for task in found.tasks],
            "task",
            *between,
            last,
            unit="logit" if name.startswith("attribution") else "1",
            labels=labels,
        )
    return found.result(
        quantities,
        [table],
        how_by_quantity={"maps": maps["how"], "everything else": table["how"]},
        maps=maps["note"],
        early_heads=early["heads"],
        early=early["note"],
    )


def _grid(found: Published, values: Mapping[str, float], others: float = np.nan) -> np.ndarray:
    """Numbers by head name as (layer, head).

    Raises:
        ResultError: a name is no head of the model.
    """
    names = head_labels(found.layers, found.heads)
    if unknown := sorted(set(values) - set(names)):
        raise ResultError(f"{found.model} has no head {unknown[0]}")
    return np.array([values.get(name, others) for name in names]).reshape(found.layers, found.heads)
