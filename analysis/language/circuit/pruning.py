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
INDISPENSABLE = 10.0
"""A component is called indispensable if less than this per cent of the meter is left when it alone goes: every set of
parts without it reads nothing, whatever else it holds, so it belongs to every set that is compared with another."""


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


def needed_parts(ablators: Sequence[Ablator], among: Circuit) -> list[Component]:
    """The components of ``among`` that are indispensable to every task: see :data:`INDISPENSABLE`.

    They are taken out one at a time of the full network, so that the answer does not depend on what else was pruned.
    """
    return [
        one
        for one in among
        if all(ablator.score(ablator.everything.without(one)) < INDISPENSABLE for ablator in ablators)
    ]


def random_like(
    size: Circuit, always: Sequence[Component], rng: np.random.Generator, never: Sequence[Component] = ()
) -> Circuit:
    """As many heads and MLPs as ``size``, uniformly drawn, among them ``always`` and none of ``never``.

    The one rule for every random set of the films: a set to *keep* holds the indispensable parts, a set to *cut* does
    not.
    """
    fixed, barred = (Circuit.of(parts, size.layers, size.heads.shape[1]) for parts in (always, never))

    def drawn(live: np.ndarray, kept: np.ndarray, out: np.ndarray) -> np.ndarray:
        found, free = kept.ravel().copy(), np.flatnonzero(~(kept | out))
        found[rng.choice(free, int(live.sum() - kept.sum()), replace=False)] = True
        return found.reshape(live.shape)

    return Circuit(drawn(size.heads, fixed.heads, barred.heads), drawn(size.mlps, fixed.mlps, barred.mlps))


def chance(draws: np.ndarray, found: float, larger: bool = True) -> float:
    """(1 + draws at least as extreme) / (1 + draws); a draw may be the thing itself, which rounding does not undo."""
    as_extreme = draws >= found - 1e-6 if larger else draws <= found + 1e-6
    return float((1 + as_extreme.sum()) / (1 + len(draws)))


def pruning(
    model: LanguageModel,
    task: Task,
    *,
    other: Task | None = None,
    draws: int = 0,
    threshold: float = THRESHOLD,
    backward_first: bool = True,
    seed: int = 0,
) -> Result:
    """Prune the network on a task; the whole trace is kept.

    On the prompts of the search the threshold holds by construction, so that score says nothing new.  ``other`` are
    prompts that the search has not seen; what the circuit keeps there, and what random circuits of its size do that
    hold its indispensable parts as well, can come out either way.

    Quantities: the trace (``trace_phase``, ``trace_layer``, ``trace_head``, ``trace_score``, ``trace_removed``) along
    ``step`` with ``steps`` its length; ``left_heads`` and ``left_mlps`` (step), how many are live after each step;
    ``heads`` (layer, head) and ``mlps`` (layer), 1 where live at the end; ``head_count``, ``mlp_count``; ``score``
    with its 95 % bootstrap interval ``score_low``, ``score_high``, and the controls ``score_complement`` (only what
    was taken out; 0 by construction where the circuit holds an indispensable part) and ``score_nothing``, all in %;
    ``accuracy`` and ``full_accuracy`` (top-1, in %); ``difference``, the full network's mean logit difference;
    ``threshold``; ``prompts``.

    With ``other`` also, in % of the full network there: ``other_score`` with ``other_low``, ``other_high``;
    ``other_rest``, what was taken out together with the indispensable parts, which is the complement that could do
    well, with ``other_rest_low``, ``other_rest_high``; ``other_needed``, the indispensable parts alone;
    ``needed_count``; ``other_prompts``; and with ``draws`` random circuits of the circuit's size that hold the
    indispensable parts: ``other_random`` (draw), ``other_random_mean``, ``other_random_best``, ``other_p``.
    The fact ``needed`` names the indispensable parts.
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
        "prompts": quantity(len(task)),
    }
    needed: list[Component] = []
    if other is not None:
        found, needed = _elsewhere(network, other, circuit, draws, seed)
        quantities |= found
    return Result(
        quantities | circuit_quantities(circuit),
        Origin.COMPUTED,
        model=model.name,
        facts={
            "model": model.digest,
            "task": task.name,
            "prompts": len(task),
            "circuit": [str(one) for one in circuit],
            "needed": [str(one) for one in needed],
            "order": list(PHASES if backward_first else reversed(PHASES)),
        },
    )


def _elsewhere(
    network: Network, task: Task, circuit: Circuit, draws: int, seed: int
) -> tuple[dict[str, Quantity], list[Component]]:
    """What a circuit is worth on other prompts than those that it was found on, and its indispensable parts."""
    ablator = Ablator(network, task)
    needed = needed_parts([ablator], circuit)
    core = Circuit.of(needed, circuit.layers, circuit.heads.shape[1])
    whole = ablator.differences(ablator.everything)
    kept = {"score": circuit, "rest": Circuit(~circuit.heads | core.heads, ~circuit.mlps | core.mlps), "needed": core}
    found: dict[str, Quantity] = {
        "other_prompts": quantity(len(task)),
        "needed_count": quantity(len(needed)),
    }
    for name, one in kept.items():
        left = ablator.differences(one)
        low, high = bootstrap_ratio(100 * left, whole, seed)
        score = 100 * left.mean() / ablator.denominator
        names = (
            ("other_score", "other_low", "other_high")
            if name == "score"
            else tuple(f"other_{name}{end}" for end in ("", "_low", "_high"))
        )
        found |= {key: quantity(value, unit="%") for key, value in zip(names, (score, low, high), strict=True)}
    if draws:
        rng = np.random.default_rng([seed, 0xDA7A])
        scores = np.array([ablator.score(random_like(circuit, needed, rng)) for _ in range(draws)])
        found |= {
            "other_random": quantity(scores, "draw", unit="%"),
            "other_random_mean": quantity(scores.mean(), unit="%"),
            "other_random_best": quantity(scores.max(), unit="%"),
            "other_p": quantity(chance(scores, float(found["other_score"].values))),
        }
    return found, needed


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
