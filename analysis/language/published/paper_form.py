"""The paper's quantities, axes and labels, whoever measured the numbers.

Published and recomputed results are built by the same functions, so a scene can take either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from tapehead.analysis.language.circuit.pruning import Step, circuit_quantities, trace_quantities
from tapehead.analysis.language.models.components import Circuit, jaccard, mlp_labels
from tapehead.analysis.results import Quantity, quantity


def axes_of(layers: int, heads: int) -> dict[str, tuple[str, ...]]:
    """Labels of the axes ``layer`` and ``head``."""
    return {"layer": tuple(str(k) for k in range(layers)), "head": tuple(str(h) for h in range(heads))}


def circuits_form(circuits: Mapping[str, Circuit], scores: Sequence[float], threshold: float) -> dict[str, Quantity]:
    """Circuits by task, with the score of each, and what they share; see
    ``published.results.circuits``."""
    tasks, own = tuple(circuits), list(circuits.values())
    common = own[0]
    for other in own[1:]:
        common = common & other
    stack = np.stack([c.heads for c in own])
    layers, heads = common.heads.shape
    at = axes_of(layers, heads)
    of_mlps = mlp_labels(layers)

    def by_task(values: Any, unit: str = "1") -> Quantity:
        return quantity(values, "task", unit=unit, labels={"task": tasks})

    def between(values: list[list[Any]]) -> Quantity:
        return quantity(values, "task", "other", labels={"task": tasks, "other": tasks})

    return {
        "heads": quantity(stack.astype(int), "task", "layer", "head", labels={"task": tasks, **at}),
        "mlps": quantity(
            np.stack([c.mlps for c in own]).astype(int), "task", "layer", labels={"task": tasks, "layer": of_mlps}
        ),
        "head_count": by_task(stack.sum((1, 2))),
        "mlp_count": by_task([int(c.mlps.sum()) for c in own]),
        "score": by_task(scores, "%"),
        "threshold": quantity(float(threshold), unit="%"),
        "shared_heads": quantity(common.heads.astype(int), "layer", "head", labels=at),
        "shared_mlps": quantity(common.mlps.astype(int), "layer", labels={"layer": of_mlps}),
        "shared_head_count": quantity(int(common.heads.sum())),
        "shared_mlp_count": quantity(int(common.mlps.sum())),
        "times": quantity(stack.sum(0), "layer", "head", labels=at),
        "union_head_count": quantity(int(stack.any(0).sum())),
        "pair_count": between([[int((a & b).sum()) for b in stack] for a in stack]),
        "pair_union": between([[int((a | b).sum()) for b in stack] for a in stack]),
        "overlap": between([[jaccard(a, b) for b in stack] for a in stack]),
    }


def circuits_facts(circuits: Mapping[str, Circuit]) -> dict[str, Any]:
    """Names of each circuit's components, and of those that all circuits share."""
    names = {task: [str(one) for one in circuit] for task, circuit in circuits.items()}
    first, *others = names.values()
    return {"circuits": names, "shared": [one for one in first if all(one in other for other in others)]}


def pruning_form(steps: Sequence[Step], circuit: Circuit, score: float, threshold: float) -> dict[str, Quantity]:
    """One task's pruning; see ``published.results.pruning``."""
    gone = np.array([s.removed for s in steps], dtype=bool)
    mlp = np.array([s.component.is_mlp for s in steps])
    return {
        **trace_quantities(steps),
        "steps": quantity(len(steps)),
        "left_heads": quantity(circuit.heads.size - np.cumsum(gone & ~mlp), "step"),
        "left_mlps": quantity(circuit.layers - np.cumsum(gone & mlp), "step"),
        **circuit_quantities(circuit),
        "score": quantity(float(score), unit="%"),
        "threshold": quantity(float(threshold), unit="%"),
        "closest": quantity(min(abs(s.score - threshold) for s in steps), unit="pp"),
    }


def knockouts_form(
    tasks: Sequence[str],
    left: np.ndarray,
    mlps: np.ndarray,
    kept: np.ndarray,
    scores: np.ndarray,
    derived: np.ndarray,
) -> dict[str, Quantity]:
    """One component out at a time, in %; see ``published.results.knockouts``.

    Args:
        tasks: the tasks.
        left: in the full model without a head, (task, layer, head).
        mlps: in the full model without an MLP, (task, layer).
        kept: in the task's circuit without a head, (task, layer, head), NaN for heads that are not in it.
        scores: of the circuits, (task,).
        derived: 1 where ``kept`` was put together from a rounded difference.
    """
    at = {"task": tuple(tasks), **axes_of(*left.shape[1:])}
    of_mlps = {"task": tuple(tasks), "layer": mlp_labels(left.shape[1])}

    def of_heads(values: np.ndarray, unit: str = "1") -> Quantity:
        return quantity(values, "task", "layer", "head", unit=unit, labels=at)

    return {
        "heads_left": of_heads(left, "%"),
        "heads_drop": of_heads(100 - left, "pp"),
        "mlps_left": quantity(mlps, "task", "layer", unit="%", labels=of_mlps),
        "mlps_drop": quantity(100 - mlps, "task", "layer", unit="pp", labels=of_mlps),
        "circuit_left": of_heads(kept, "%"),
        "circuit_drop": of_heads(np.asarray(scores)[:, None, None] - kept, "pp"),
        "circuit_heads": of_heads(np.isfinite(kept).astype(int)),
        "circuit_derived": of_heads(derived.astype(int)),
    }


def cross_task_form(data: Sequence[str], circuits: Mapping[str, Circuit], score: np.ndarray) -> dict[str, Quantity]:
    """Each task's prompts through each circuit, in %; see ``published.results.cross_task``."""
    names = tuple(circuits)
    heads = [circuit.heads for circuit in circuits.values()]
    labels = {"data": tuple(data), "circuit": names}
    return {
        "score": quantity(score, "data", "circuit", unit="%", labels=labels),
        "known": quantity(np.isfinite(score).astype(int), "data", "circuit", labels=labels),
        "overlap": quantity(
            [[jaccard(a, b) for b in heads] for a in heads],
            "circuit",
            "other",
            labels={"circuit": names, "other": names},
        ),
    }


def ov_form(
    targets: Sequence[str], score: np.ndarray, mean: ArrayLike, keywords: ArrayLike, top: int
) -> dict[str, Quantity]:
    """Next and copy scores, (target, layer, head) in %; see ``published.results.ov_scores``."""
    of_target = {"target": tuple(targets)}
    labels = {**of_target, **axes_of(*score.shape[1:])}
    return {
        "score": quantity(score, "target", "layer", "head", unit="%", labels=labels),
        "listed": quantity(np.isfinite(score).astype(int), "target", "layer", "head", labels=labels),
        "mean": quantity(mean, "target", unit="%", labels=of_target),
        "keywords": quantity(keywords, "target", unit="members", labels=of_target),
        "top": quantity(int(top), unit="words"),
    }


def lens_form(tasks: Sequence[str], flips: Sequence[int], prompts: int) -> dict[str, Quantity]:
    """Flips between blocks 8 and 9; see ``published.results.logit_lens``."""
    at = {"task": tuple(tasks)}
    return {
        "flips": quantity(np.array(flips), "task", unit="prompts", labels=at),
        "flip": quantity(100 * np.array(flips) / prompts, "task", unit="%", labels=at),
        "prompts": quantity(int(prompts), unit="prompts"),
    }


def attention_form(
    looks: Sequence[str],
    data: Sequence[str],
    values: np.ndarray,
    seen: Mapping[str, float],
    prompts: int,
) -> dict[str, Quantity]:
    """Mean attention, (look, data), and what was read by eye; see ``published.results.attention``."""
    return {
        "look": quantity(values, "look", "data", labels={"look": tuple(looks), "data": tuple(data)}),
        "by_eye": quantity(list(seen.values()), "look", labels={"look": tuple(seen)}),
        "prompts": quantity(int(prompts), unit="prompts"),
    }


def next_word_form(probability: Mapping[str, float]) -> dict[str, Quantity]:
    """Probabilities by word; see ``published.results.next_word``."""
    labels = {"word": [word.strip() for word in probability]}
    return {"probability": quantity(list(probability.values()), "word", labels=labels)}
