"""A circuit found on one half of the prompts and scored on the other, beside random circuits, and how stable it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tapehead.analysis.bootstrap import bootstrap_ratio
from tapehead.analysis.language.circuit.pruning import THRESHOLD, Step, circuit_quantities, prune, trace_quantities
from tapehead.analysis.language.lab.ablators import PooledAblator
from tapehead.analysis.language.lab.passes import Tick, silent
from tapehead.analysis.language.models.components import Circuit, Component, jaccard
from tapehead.analysis.results import Quantity, Result, quantity

INDISPENSABLE = 10.0
"""Per cent of the circuit's score: what leaves less when it goes is called indispensable."""
DRAWS = 100
OTHER_THRESHOLDS = (70.0, 90.0)


def _facts(ablator: PooledAblator) -> dict[str, object]:
    return {"model": ablator.network.digest, "task": ablator.prompts.name, "prompts": len(ablator.prompts)}


def pruned(
    ablator: PooledAblator, threshold: float = THRESHOLD, backward_first: bool = True, tick: Tick = silent
) -> tuple[list[Step], Circuit]:
    """:func:`~..circuit.pruning.prune` with a guess at how much is done: the first pass is most of the work."""
    total = ablator.everything.heads.size + ablator.network.layers
    tried = 0

    def score(circuit: Circuit, one: Component) -> float:
        nonlocal tried
        tried += 1
        tick(min(0.99, 0.7 * tried / total if tried <= total else 0.7 + 0.3 * (tried - total) / total))
        return ablator.score(circuit, pivot=one.layer)

    return prune(ablator, threshold, backward_first=backward_first, score=score)  # type: ignore[arg-type]


def found_circuit(
    ablator: PooledAblator, threshold: float = THRESHOLD, *, seed: int = 0, tick: Tick = silent
) -> tuple[Result, Circuit]:
    """The part ``circuit``, and the circuit; see :mod:`tapehead.analysis.language.lab.results`."""
    steps, circuit = pruned(ablator, threshold, tick=tick)
    left = ablator.differences(circuit)
    low, high = bootstrap_ratio(100 * left, ablator.differences(ablator.everything), seed)
    gone_heads = np.cumsum([s.removed and not s.component.is_mlp for s in steps])
    gone_mlps = np.cumsum([s.removed and s.component.is_mlp for s in steps])
    quantities: dict[str, Quantity] = trace_quantities(steps) | circuit_quantities(circuit)
    quantities |= {
        "there": quantity(1),
        "steps": quantity(len(steps)),
        "left_heads": quantity(circuit.heads.size - gone_heads, "step"),
        "left_mlps": quantity(circuit.layers - gone_mlps, "step"),
        "count": quantity(len(circuit)),
        "head_total": quantity(circuit.heads.size),
        "mlp_total": quantity(circuit.layers),
        "score": quantity(100 * left.mean() / ablator.denominator, unit="%"),
        "score_low": quantity(low, unit="%"),
        "score_high": quantity(high, unit="%"),
        "threshold": quantity(threshold, unit="%"),
    }
    names = [str(one) for one in circuit]
    facts = _facts(ablator) | {
        "circuit": names,
        "heads": [str(one) for one in circuit if not one.is_mlp],
        "mlps": [str(one) for one in circuit if one.is_mlp],
    }
    return Result(quantities, model=ablator.network.name, facts=facts), circuit


def held_out(
    ablator: PooledAblator, circuit: Circuit, threshold: float = THRESHOLD, *, seed: int = 0, tick: Tick = silent
) -> tuple[Result, list[Component]]:
    """The part ``held_out`` and the indispensable components; ``ablator`` runs the half not used for finding."""
    whole, kept = ablator.differences(ablator.everything), ablator.differences(circuit)
    full = ablator.denominator
    low, high = bootstrap_ratio(100 * kept, whole, seed)
    score = 100 * kept.mean() / full
    members = list(circuit)
    inside, alone = [], []
    for i, one in enumerate(members):
        inside.append(ablator.score(circuit.without(one)))
        alone.append(ablator.score(ablator.everything.without(one), pivot=one.layer))
        tick((i + 1) / len(members))
    needed = [score > 0 and left < INDISPENSABLE / 100 * score for left in inside]
    names = [str(one) for one in members]
    at = {"component": names}
    indispensable = [one for one, is_needed in zip(members, needed, strict=True) if is_needed]
    quantities = {
        "there": quantity(1),
        "score": quantity(score, unit="%"),
        "score_low": quantity(low, unit="%"),
        "score_high": quantity(high, unit="%"),
        "complement": quantity(ablator.score(Circuit(~circuit.heads, ~circuit.mlps)), unit="%"),
        "nothing": quantity(ablator.score(ablator.nothing), unit="%"),
        "difference": quantity(full, unit="logit"),
        "kept_on": quantity(int(score >= threshold)),
        "inside": quantity(np.array(inside, dtype=float), "component", unit="%", labels=at),
        "alone": quantity(np.array(alone, dtype=float), "component", unit="%", labels=at),
        "indispensable": quantity(np.array(needed, dtype=int), "component", labels=at),
        "indispensable_count": quantity(len(indispensable)),
    }
    facts = _facts(ablator) | {"indispensable": [str(one) for one in indispensable]}
    return Result(quantities, model=ablator.network.name, facts=facts), indispensable


def random_circuit(like: Circuit, always: Sequence[Component], rng: np.random.Generator) -> Circuit:
    """As many heads and MLPs as ``like``, drawn at random, among them ``always``."""
    fixed = Circuit.of(always, like.layers, like.heads.shape[1])

    def drawn(live: np.ndarray, kept: np.ndarray) -> np.ndarray:
        found, free = kept.ravel().copy(), np.flatnonzero(~kept)
        found[rng.choice(free, int(live.sum() - kept.sum()), replace=False)] = True
        return found.reshape(live.shape)

    return Circuit(drawn(like.heads, fixed.heads), drawn(like.mlps, fixed.mlps))


def control(
    ablator: PooledAblator,
    circuit: Circuit,
    always: Sequence[Component],
    *,
    draws: int = DRAWS,
    seed: int = 0,
    tick: Tick = silent,
) -> Result:
    """The part ``control``: random circuits of the same size on the half not used for finding."""
    rng = np.random.default_rng([seed, 0xDA7A])
    score = ablator.score(circuit)
    rows: dict[str, np.ndarray] = {}
    for k, (name, fixed) in enumerate((("random", always), ("free", ()))):
        scores = []
        for i in range(draws):
            scores.append(ablator.score(random_circuit(circuit, fixed, rng)))
            tick((k * draws + i + 1) / (2 * draws))
        rows[name] = np.array(scores)
    quantities = {"there": quantity(1), "draws": quantity(draws)}
    for name, values in rows.items():
        p_name = "p" if name == "random" else "free_p"
        quantities |= {
            name: quantity(values, "draw", unit="%"),
            f"{name}_mean": quantity(values.mean(), unit="%"),
            f"{name}_best": quantity(values.max(), unit="%"),
            # A draw may be the circuit itself: rounding must not make it the worse one.
            p_name: quantity((1 + (values >= score - 1e-6).sum()) / (1 + draws)),
        }
    quantities["margin"] = quantity(score - rows["random"].max(), unit="%")
    facts = _facts(ablator) | {"in every random circuit": [str(one) for one in always]}
    return Result(quantities, model=ablator.network.name, facts=facts)


def stability(
    finding: PooledAblator,
    scoring: PooledAblator,
    reference: Circuit,
    threshold: float = THRESHOLD,
    *,
    tick: Tick = silent,
) -> Result:
    """The part ``stability``: other thresholds, the other half, the other order of scanning."""
    trials: list[tuple[str, PooledAblator, PooledAblator, float, bool]] = [
        (f"threshold {other:g}", finding, scoring, other, True) for other in OTHER_THRESHOLDS if other != threshold
    ]
    trials.append(("other half", scoring, finding, threshold, True))
    trials.append(("forward first", finding, scoring, threshold, False))
    circuits, scores = [reference], [scoring.score(reference)]
    for i, (_name, on, off, at, backward) in enumerate(trials):
        circuit = pruned(on, at, backward, lambda done, i=i: tick((i + done) / len(trials)))[1]  # type: ignore[misc]
        circuits.append(circuit)
        scores.append(off.score(circuit))
    names = ["reference", *(trial[0] for trial in trials)]
    stack = np.stack([circuit.heads for circuit in circuits])
    flat = [np.append(circuit.heads.ravel(), circuit.mlps) for circuit in circuits]
    overlap = np.array([jaccard(flat[0], one) for one in flat])
    one = {"variant": names}
    labels = one | {
        "layer": [str(k) for k in range(stack.shape[1])],
        "head": [str(h) for h in range(stack.shape[2])],
    }
    of_heads = {name: labels[name] for name in ("layer", "head")}
    return Result(
        {
            "there": quantity(1),
            "heads": quantity(stack.astype(int), "variant", "layer", "head", labels=labels),
            "head_count": quantity(stack.sum((1, 2)), "variant", labels=one),
            "mlp_count": quantity([int(c.mlps.sum()) for c in circuits], "variant", labels=one),
            "score": quantity(scores, "variant", unit="%", labels=one),
            "overlap": quantity(overlap, "variant", labels=one),
            "frequency": quantity(stack.mean(0), "layer", "head", labels=of_heads),
            "overlap_least": quantity(overlap.min()),
            "always": quantity(int(stack.all(0).sum())),
        },
        model=finding.network.name,
        facts=_facts(finding),
    )


def cross(scorers: Mapping[str, PooledAblator], circuits: Mapping[str, Circuit], *, seed: int = 0) -> Result:
    """The part ``cross``: every file's circuit on every file's other half, with the data's own means."""
    table, low, high = [], [], []
    for ablator in scorers.values():
        whole = ablator.differences(ablator.everything)
        rows = np.stack([ablator.differences(circuit) for circuit in circuits.values()], axis=1)
        table.append(100 * rows.mean(0) / ablator.denominator)
        ends = bootstrap_ratio(100 * rows, whole, seed)
        low.append(ends[0])
        high.append(ends[1])
    names = list(circuits)
    labels = {"data": list(scorers), "circuit": names}
    flat = [np.append(one.heads.ravel(), one.mlps) for one in circuits.values()]
    overlap = [[jaccard(a, b) for b in flat] for a in flat]
    first = next(iter(scorers.values()))
    return Result(
        {
            "there": quantity(1),
            "score": quantity(table, "data", "circuit", unit="%", labels=labels),
            "score_low": quantity(low, "data", "circuit", unit="%", labels=labels),
            "score_high": quantity(high, "data", "circuit", unit="%", labels=labels),
            "overlap": quantity(overlap, "circuit", "other", labels={"circuit": names, "other": names}),
        },
        model=first.network.name,
        facts={"model": first.network.digest},
    )
