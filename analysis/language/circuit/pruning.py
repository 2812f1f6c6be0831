"""Iterative node pruning: take components out one by one while the task's score stays above a threshold.

The algorithm of Lan, Torr & Barez (arXiv 2311.04131).  Backward pass: from the last layer to the first, each layer's
MLP before its heads 0, 1, …; forward pass: from the first layer to the last, heads before the MLP.  A component is
removed at once if the score stays above the threshold without it, else kept; passes alternate until one removes
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tapehead.analysis.bootstrap import bootstrap_ratio
from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.circuit.ablation import Ablator
from tapehead.analysis.language.models.components import Circuit, Component, jaccard, mlp_labels
from tapehead.analysis.language.models.forward import Network
from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.language.tasks.tasks import Task
from tapehead.analysis.results import Origin, Quantity, Result, quantity

THRESHOLD = 80.0
"""Per cent of the full network's logit difference that has to be left: the paper's choice, and only a choice."""
PHASES = ("backward", "forward")


@dataclass(frozen=True)
class Step:
    """One decision: the score with ``component`` taken out of the circuit of that moment, and what was decided."""

    phase: int
    """Number of the pass, from 0; even passes go backward if the scan began backward."""
    component: Component
    score: float
    removed: bool


def scan_order(layers: int, heads: int, backward: bool) -> Iterator[Component]:
    """All components in the order of a pass."""
    for layer in range(layers - 1, -1, -1) if backward else range(layers):
        row = [Component(layer, head) for head in range(heads)]
        yield from [Component(layer), *row] if backward else [*row, Component(layer)]


def prune(
    ablator: Ablator,
    threshold: float = THRESHOLD,
    start: Circuit | None = None,
    backward_first: bool = True,
    score: Callable[[Circuit, Component], float] | None = None,
) -> tuple[list[Step], Circuit]:
    """Prune until a pass changes nothing.

    Args:
        ablator: the task in the network.
        threshold: a component goes while more than this per cent is left (strictly).
        start: circuit to start from; everything if not given.
        backward_first: the paper's order; the other one is for measuring how much the order matters.
        score: another way to score a candidate, given the circuit without it, and it.

    Returns:
        Every decision in order, and the circuit that is left.
    """
    if not 0 <= threshold < 100:
        raise UsageError(f"the threshold is a per cent of the full score, from 0 to below 100; found {threshold}")
    score = score or (lambda circuit, one: ablator.score(circuit, pivot=one.layer))
    circuit, steps, seen = ablator.everything if start is None else start, [], {}
    phase = 0
    while True:
        before = circuit
        for one in scan_order(circuit.layers, circuit.heads.shape[1], (phase % 2 == 0) == backward_first):
            if one not in circuit:
                continue
            candidate = circuit.without(one)
            key = candidate.key()
            if key not in seen:  # passes meet states again, and a state has one score
                seen[key] = score(candidate, one)
            removed = seen[key] > threshold
            steps.append(Step(phase, one, seen[key], removed))
            if removed:
                circuit = candidate
        phase += 1
        if circuit == before:
            return steps, circuit


def replay(steps: Sequence[Step], layers: int, heads: int) -> Circuit:
    """The circuit that a trace leaves."""
    return Circuit.full(layers, heads).without(*(step.component for step in steps if step.removed))


def teacher_forced(ablator: Ablator, steps: Sequence[Step]) -> np.ndarray:
    """Scores (steps,) recomputed along another trace, taking *its* decisions.

    A free run can leave a published trace at one decision near the threshold; this compares every score of it.
    """
    circuit, scores = ablator.everything, []
    for step in steps:
        candidate = circuit.without(step.component)
        scores.append(ablator.score(candidate, pivot=step.component.layer))
        if step.removed:
            circuit = candidate
    return np.array(scores)


# -- results -------------------------------------------------------------------------------------------------------


def trace_quantities(steps: Sequence[Step]) -> dict[str, Quantity]:
    """A trace as arrays along ``step``; ``head`` is -1 for an MLP."""
    return {
        "trace_phase": quantity([s.phase for s in steps], "step"),
        "trace_layer": quantity([s.component.layer for s in steps], "step"),
        "trace_head": quantity([s.component.head for s in steps], "step"),
        "trace_score": quantity([s.score for s in steps], "step", unit="%"),
        "trace_removed": quantity([int(s.removed) for s in steps], "step"),
    }


def pruning(
    model: LanguageModel, task: Task, *, threshold: float = THRESHOLD, backward_first: bool = True, seed: int = 0
) -> Result:
    """Prune the network on a task; the whole trace is kept.

    Quantities: the trace (``trace_phase``, ``trace_layer``, ``trace_head``, ``trace_score``, ``trace_removed``) along
    ``step`` with ``steps`` its length; ``left_heads`` and ``left_mlps`` (step), how many are live after each step;
    ``heads`` (layer, head) and ``mlps`` (layer), 1 where live at the end; ``head_count``, ``mlp_count``; ``score``
    with its 95 % bootstrap interval ``score_low``, ``score_high``, and the controls ``score_complement`` (only what
    was taken out) and ``score_nothing``, all in %; ``accuracy`` and ``full_accuracy`` (top-1, in %);
    ``difference``, the full network's mean logit difference; ``threshold``.
    """
    network = Network(model)
    ablator = Ablator(network, task)
    steps, circuit = prune(ablator, threshold, backward_first=backward_first)
    left = ablator.differences(circuit)
    low, high = bootstrap_ratio(100 * left, ablator.differences(ablator.everything), seed)
    gone_heads = np.cumsum([s.removed and not s.component.is_mlp for s in steps])
    gone_mlps = np.cumsum([s.removed and s.component.is_mlp for s in steps])
    nothing = Circuit(np.zeros_like(circuit.heads), np.zeros_like(circuit.mlps))
    quantities = trace_quantities(steps) | {
        "steps": quantity(len(steps)),
        "left_heads": quantity(circuit.heads.size - gone_heads, "step"),
        "left_mlps": quantity(circuit.layers - gone_mlps, "step"),
        "score": quantity(ablator.score(circuit), unit="%"),
        "score_low": quantity(low, unit="%"),
        "score_high": quantity(high, unit="%"),
        "score_complement": quantity(ablator.score(Circuit(~circuit.heads, ~circuit.mlps)), unit="%"),
        "score_nothing": quantity(ablator.score(nothing), unit="%"),
        "accuracy": quantity(100 * ablator.accuracy(circuit), unit="%"),
        "full_accuracy": quantity(100 * ablator.accuracy(ablator.everything), unit="%"),
        "difference": quantity(ablator.full, unit="logit"),
        "threshold": quantity(threshold, unit="%"),
    }
    return Result(
        quantities | circuit_quantities(circuit),
        Origin.COMPUTED,
        model=model.name,
        facts={
            "model": model.digest,
            "task": task.name,
            "prompts": len(task),
            "circuit": [str(one) for one in circuit],
            "order": list(PHASES if backward_first else reversed(PHASES)),
        },
    )


def circuit_quantities(circuit: Circuit) -> dict[str, Quantity]:
    """A circuit as 0/1 arrays ``heads`` (layer, head) and ``mlps`` (layer), with their counts."""
    layers, heads = circuit.heads.shape
    of_heads = {"layer": [str(k) for k in range(layers)], "head": [str(h) for h in range(heads)]}
    return {
        "heads": quantity(circuit.heads.astype(int), "layer", "head", labels=of_heads),
        "mlps": quantity(circuit.mlps.astype(int), "layer", labels={"layer": mlp_labels(layers)}),
        "head_count": quantity(int(circuit.heads.sum())),
        "mlp_count": quantity(int(circuit.mlps.sum())),
    }


def circuit_of(result: Result) -> Circuit:
    """The circuit of a :func:`pruning` result."""
    return Circuit(result["heads"], result["mlps"])


# -- comparisons of circuits ---------------------------------------------------------------------------------------


def cross_task(
    model: LanguageModel, tasks: Mapping[str, Task], circuits: Mapping[str, Circuit], *, seed: int = 0
) -> Result:
    """Each task's data through each task's circuit; what is not in the circuit has the *data's* means.

    Quantities: ``score`` (data, circuit) in %, with bootstrap ends ``score_low`` and ``score_high``; ``overlap``
    (circuit, other), the Jaccard index of the head sets.
    """
    network = Network(model)
    table, low, high = [], [], []
    for task in tasks.values():
        ablator = Ablator(network, task)
        full = ablator.denominator
        whole = ablator.differences(ablator.everything)
        rows = np.stack([ablator.differences(circuit) for circuit in circuits.values()], axis=1)
        table.append(100 * rows.mean(0) / full)
        ends = bootstrap_ratio(100 * rows, whole, seed)
        low.append(ends[0])
        high.append(ends[1])
    labels = {"data": list(tasks), "circuit": list(circuits)}
    overlap = [[jaccard(a.heads, b.heads) for b in circuits.values()] for a in circuits.values()]
    return Result(
        {
            "score": quantity(table, "data", "circuit", unit="%", labels=labels),
            "score_low": quantity(low, "data", "circuit", unit="%", labels=labels),
            "score_high": quantity(high, "data", "circuit", unit="%", labels=labels),
            "overlap": quantity(
                overlap, "circuit", "other", labels={"circuit": list(circuits), "other": list(circuits)}
            ),
        },
        model=model.name,
        facts={"model": model.digest},
    )


def shared_circuit(
    model: LanguageModel,
    tasks: Mapping[str, Task],
    circuits: Mapping[str, Circuit],
    *,
    draws: int = 200,
    seed: int = 0,
) -> Result:
    """What the circuits have in common, against random head sets of the same size: two questions with their nulls.

    1. *How many* heads do all circuits share?  Null: each circuit's head set drawn anew at its own size.
    2. *How much* of each task does the shared part keep on its own?  Null: random head sets of that size, with the
       same MLPs live.

    Quantities: ``heads`` (layer, head) and ``mlps`` (layer), the shared part; ``head_count``; ``count_random``
    (draw), ``count_draws``, ``count_most``, ``count_expected`` (exact mean of that null) and ``count_p``; ``score``
    (data), ``score_random`` (data, draw), ``score_best_random`` and ``score_mean_random`` (data), all in %, and
    ``score_p`` (data).  p-values are (1 + draws at least as large) / (1 + draws).
    """
    network = Network(model)
    names = list(tasks)
    common = next(iter(circuits.values()))
    for circuit in circuits.values():
        common = common & circuit
    size = int(common.heads.sum())
    total = common.heads.size
    rng = np.random.default_rng([seed, 2311])

    def random_heads(count: int) -> np.ndarray:
        drawn = np.zeros(total, dtype=bool)
        drawn[rng.choice(total, count, replace=False)] = True
        return drawn

    counts = np.array(
        [
            np.logical_and.reduce([random_heads(int(c.heads.sum())) for c in circuits.values()]).sum()
            for _ in range(10 * draws)
        ]
    )
    expected = total * np.prod([c.heads.sum() / total for c in circuits.values()])
    sets = [Circuit(random_heads(size).reshape(common.heads.shape), common.mlps) for _ in range(draws)]
    scores, randoms = [], []
    for task in tasks.values():
        ablator = Ablator(network, task)
        scores.append(ablator.score(common))
        randoms.append([ablator.score(one) for one in sets])
    found, null = np.array(scores), np.array(randoms)
    at = {"data": names}
    return Result(
        circuit_quantities(common)
        | {
            "count_random": quantity(counts, "draw"),
            "count_expected": quantity(expected),
            "count_draws": quantity(len(counts)),
            "count_most": quantity(int(counts.max())),
            "count_p": quantity((1 + (counts >= size).sum()) / (1 + len(counts))),
            "score": quantity(found, "data", unit="%", labels=at),
            "score_random": quantity(null, "data", "draw", unit="%", labels=at),
            "score_best_random": quantity(null.max(1), "data", unit="%", labels=at),
            "score_mean_random": quantity(null.mean(1), "data", unit="%", labels=at),
            "score_p": quantity((1 + (null >= found[:, None]).sum(1)) / (1 + draws), "data", labels=at),
        },
        model=model.name,
        facts={"model": model.digest, "shared": [str(one) for one in common]},
    )


def surgery(
    model: LanguageModel,
    tasks: Mapping[str, Task],
    circuits: Mapping[str, Circuit],
    *,
    draws: int = 200,
    from_layer: int = 0,
    seed: int = 0,
) -> Result:
    """Cut the heads that all circuits share out of the full network; control: random heads, as many in each layer.

    With ``from_layer`` only heads of that layer and above are cut, in the control too: when one early head is needed
    by everything, a cut that holds it says nothing about the others.

    Quantities along ``data``, in % of the full network: ``left`` with bootstrap ends ``left_low``, ``left_high``;
    ``left_random`` (data, draw), random sets with the same number of heads *in each layer*, their
    ``left_random_mean`` and ``left_random_worst``; ``p`` = (1 + draws that hurt at least as much) / (1 + draws).
    ``head_count`` heads are cut; ``heads`` (layer, head) says which.
    """
    network = Network(model)
    common = next(iter(circuits.values()))
    for circuit in circuits.values():
        common = common & circuit
    heads = common.heads.copy()
    heads[:from_layer] = False
    common = Circuit(heads, common.mlps)
    rng = np.random.default_rng([seed, 911])
    per_layer = common.heads.sum(1)
    mlps = np.ones(common.layers, dtype=bool)

    def random_cut() -> Circuit:
        live = np.ones_like(common.heads)
        for layer, count in enumerate(per_layer):
            live[layer, rng.choice(live.shape[1], count, replace=False)] = False
        return Circuit(live, mlps)

    cuts = [random_cut() for _ in range(draws)]
    left, low, high, null = [], [], [], []
    for task in tasks.values():
        ablator = Ablator(network, task)
        kept = ablator.differences(Circuit(~common.heads, mlps))
        ends = bootstrap_ratio(100 * kept, ablator.differences(ablator.everything), seed)
        left.append(100 * kept.mean() / ablator.denominator)
        low.append(ends[0])
        high.append(ends[1])
        null.append([ablator.score(cut) for cut in cuts])
    randoms, found, at = np.array(null), np.array(left), {"data": list(tasks)}
    return Result(
        {
            "heads": circuit_quantities(common)["heads"],
            "head_count": quantity(int(common.heads.sum())),
            "draws": quantity(draws),
            "left": quantity(found, "data", unit="%", labels=at),
            "left_low": quantity(low, "data", unit="%", labels=at),
            "left_high": quantity(high, "data", unit="%", labels=at),
            "left_random": quantity(randoms, "data", "draw", unit="%", labels=at),
            "left_random_mean": quantity(randoms.mean(1), "data", unit="%", labels=at),
            "left_random_worst": quantity(randoms.min(1), "data", unit="%", labels=at),
            "p": quantity((1 + (randoms <= found[:, None]).sum(1)) / (1 + draws), "data", labels=at),
        },
        model=model.name,
        facts={"model": model.digest, "cut": [str(one) for one in common if not one.is_mlp]},
    )


def sensitivity(
    model: LanguageModel,
    kind_tasks: Mapping[str, Task],
    *,
    thresholds: Sequence[float] = (70.0, 80.0, 90.0),
    seed: int = 0,
) -> Result:
    """How much a circuit depends on choices: threshold, sample of prompts, order of the scan.

    Args:
        model: the model.
        kind_tasks: the same task with different prompts; the first is the reference sample.
        thresholds: to try on the reference sample; the reference is :data:`THRESHOLD`.
        seed: unused, pruning draws nothing.

    Quantities along ``variant`` (labels ``threshold 70``, ``prompts B``, ``forward first``, …; first the reference):
    ``heads`` (variant, layer, head), ``head_count``, ``mlp_count``, ``score`` in %, and ``overlap``, the Jaccard
    index of heads with the reference.  ``frequency`` (layer, head): share of variants that keep a head.
    """
    network = Network(model)
    tasks = list(kind_tasks.items())
    reference = Ablator(network, tasks[0][1])
    variants: dict[str, tuple[Circuit, float]] = {}

    def add(name: str, ablator: Ablator, threshold: float = THRESHOLD, backward_first: bool = True) -> None:
        circuit = prune(ablator, threshold, backward_first=backward_first)[1]
        variants[name] = circuit, ablator.score(circuit)

    add("reference", reference)
    for threshold in thresholds:
        if threshold != THRESHOLD:
            add(f"threshold {threshold:g}", reference, threshold)
    for name, task in tasks[1:]:
        add(f"prompts {name}", Ablator(network, task))
    add("forward first", reference, backward_first=False)

    circuits = [circuit for circuit, _ in variants.values()]
    layers, heads = circuits[0].heads.shape
    labels = {
        "variant": list(variants),
        "layer": [str(k) for k in range(layers)],
        "head": [str(h) for h in range(heads)],
    }
    one = {"variant": list(variants)}
    stack = np.stack([c.heads for c in circuits])
    return Result(
        {
            "heads": quantity(stack.astype(int), "variant", "layer", "head", labels=labels),
            "head_count": quantity(stack.sum((1, 2)), "variant", labels=one),
            "mlp_count": quantity([int(c.mlps.sum()) for c in circuits], "variant", labels=one),
            "score": quantity([score for _, score in variants.values()], "variant", unit="%", labels=one),
            "overlap": quantity([jaccard(circuits[0].heads, c.heads) for c in circuits], "variant", labels=one),
            "frequency": quantity(stack.mean(0), "layer", "head", labels={k: labels[k] for k in ("layer", "head")}),
        },
        model=model.name,
        facts={"model": model.digest, "task": tasks[0][1].name, "prompts": len(tasks[0][1])},
    )
