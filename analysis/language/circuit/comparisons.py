"""Circuits of several tasks side by side: each on the other's data, what they share, and the network without that."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tapehead.analysis.bootstrap import bootstrap_ratio
from tapehead.analysis.language.circuit.ablation import Ablator
from tapehead.analysis.language.circuit.pruning import chance, circuit_quantities, needed_parts, random_like
from tapehead.analysis.language.models.components import Circuit, jaccard
from tapehead.analysis.language.models.forward import Network
from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.language.tasks.tasks import Task
from tapehead.analysis.results import Result, quantity


def common_part(circuits: Mapping[str, Circuit]) -> Circuit:
    """What all of them hold."""
    common, *others = circuits.values()
    for circuit in others:
        common = common & circuit
    return common


def cross_task(
    model: LanguageModel,
    tasks: Mapping[str, Task],
    circuits: Mapping[str, Circuit],
    *,
    draws: int = 0,
    seed: int = 0,
) -> Result:
    """Each task's data through each task's circuit; what is not in the circuit has the *data's* means.

    Quantities: ``score`` (data, circuit) in %, with bootstrap ends ``score_low`` and ``score_high``; ``overlap``
    (circuit, other), the Jaccard index of the head sets.  With ``draws`` random circuits of each circuit's size, all of
    which hold the parts that are indispensable to every task: ``random`` (data, circuit, draw), ``random_mean``,
    ``random_best`` and ``p`` (data, circuit), the share of draws that do as well.
    """
    network = Network(model)
    ablators = {name: Ablator(network, task) for name, task in tasks.items()}
    needed = needed_parts(list(ablators.values()), common_part(circuits)) if draws else []
    rng = np.random.default_rng([seed, 0xB0440])
    sets = {name: [random_like(one, needed, rng) for _ in range(draws)] for name, one in circuits.items()}
    table, low, high, null = [], [], [], []
    for ablator in ablators.values():
        whole = ablator.differences(ablator.everything)
        rows = np.stack([ablator.differences(circuit) for circuit in circuits.values()], axis=1)
        table.append(100 * rows.mean(0) / ablator.denominator)
        ends = bootstrap_ratio(100 * rows, whole, seed)
        low.append(ends[0])
        high.append(ends[1])
        null.append([[ablator.score(one) for one in sets[name]] for name in circuits])
    labels = {"data": list(tasks), "circuit": list(circuits)}
    overlap = [[jaccard(a.heads, b.heads) for b in circuits.values()] for a in circuits.values()]
    quantities = {
        "score": quantity(table, "data", "circuit", unit="%", labels=labels),
        "score_low": quantity(low, "data", "circuit", unit="%", labels=labels),
        "score_high": quantity(high, "data", "circuit", unit="%", labels=labels),
        "overlap": quantity(overlap, "circuit", "other", labels={"circuit": list(circuits), "other": list(circuits)}),
    }
    if draws:
        random = np.array(null)
        p = [[chance(random[i, j], table[i][j]) for j in range(len(circuits))] for i in range(len(tasks))]
        quantities |= {
            "draws": quantity(draws),
            "random": quantity(random, "data", "circuit", "draw", unit="%", labels=labels),
            "random_mean": quantity(random.mean(-1), "data", "circuit", unit="%", labels=labels),
            "random_best": quantity(random.max(-1), "data", "circuit", unit="%", labels=labels),
            "p": quantity(p, "data", "circuit", labels=labels),
        }
    facts = {"model": model.digest, "needed": [str(one) for one in needed]}
    return Result(quantities, model=model.name, facts=facts)


def shared_circuit(
    model: LanguageModel,
    tasks: Mapping[str, Task],
    circuits: Mapping[str, Circuit],
    *,
    draws: int = 200,
    seed: int = 0,
) -> Result:
    """What the circuits have in common, against random sets of the same size: two questions with their nulls.

    1. *How many* heads do all circuits share?  Null: each circuit's head set drawn anew at its own size.
    2. *How much* of each task does the shared part keep on its own?  Null: random head sets of that size, with the
       same MLPs live.

    Both nulls hold the heads that are indispensable to every task (:func:`random_like`): that all circuits share those
    is no news, and a set without them reads nothing.

    Quantities: ``heads`` (layer, head) and ``mlps`` (layer), the shared part; ``head_count``; ``needed_count``, the
    indispensable heads among them; ``count_random`` (draw), ``count_draws``, ``count_most``, ``count_expected`` (exact
    mean of that null) and ``count_p``; ``score`` (data) with bootstrap ends ``score_low``, ``score_high``,
    ``score_random`` (data, draw), ``score_best_random`` and ``score_mean_random`` (data), all in %; ``score_p`` (data)
    and ``score_better`` (data), how many of the ``draws`` keep as much or more.
    p-values are (1 + draws at least as large) / (1 + draws).
    """
    network = Network(model)
    ablators = [Ablator(network, task) for task in tasks.values()]
    common = common_part(circuits)
    needed = [one for one in needed_parts(ablators, common) if not one.is_mlp]
    size, total = int(common.heads.sum()), common.heads.size
    no_mlps = np.zeros(common.layers, dtype=bool)
    rng = np.random.default_rng([seed, 2311])

    def overlap() -> int:
        drawn = [random_like(Circuit(one.heads, no_mlps), needed, rng).heads for one in circuits.values()]
        return int(np.logical_and.reduce(drawn).sum())

    counts = np.array([overlap() for _ in range(10 * draws)])
    free = total - len(needed)
    expected = len(needed) + free * np.prod([(one.heads.sum() - len(needed)) / free for one in circuits.values()])
    heads_only = Circuit(common.heads, no_mlps)
    sets = [Circuit(random_like(heads_only, needed, rng).heads, common.mlps) for _ in range(draws)]
    scores, low, high, randoms = [], [], [], []
    for ablator in ablators:
        kept = ablator.differences(common)
        ends = bootstrap_ratio(100 * kept, ablator.differences(ablator.everything), seed)
        scores.append(100 * kept.mean() / ablator.denominator)
        low.append(ends[0])
        high.append(ends[1])
        randoms.append([ablator.score(one) for one in sets])
    found, null, at = np.array(scores), np.array(randoms), {"data": list(tasks)}
    return Result(
        circuit_quantities(common)
        | {
            "needed_count": quantity(len(needed)),
            "count_random": quantity(counts, "draw"),
            "count_expected": quantity(expected),
            "count_draws": quantity(len(counts)),
            "count_most": quantity(int(counts.max())),
            "count_p": quantity(chance(counts, size)),
            "draws": quantity(draws),
            "score": quantity(found, "data", unit="%", labels=at),
            "score_low": quantity(low, "data", unit="%", labels=at),
            "score_high": quantity(high, "data", unit="%", labels=at),
            "score_random": quantity(null, "data", "draw", unit="%", labels=at),
            "score_best_random": quantity(null.max(1), "data", unit="%", labels=at),
            "score_mean_random": quantity(null.mean(1), "data", unit="%", labels=at),
            "score_better": quantity((null >= found[:, None] - 1e-6).sum(1), "data", labels=at),
            "score_p": quantity([chance(null[i], found[i]) for i in range(len(found))], "data", labels=at),
        },
        model=model.name,
        facts={
            "model": model.digest,
            "shared": [str(one) for one in common],
            "needed": [str(one) for one in needed],
        },
    )


def surgery(
    model: LanguageModel,
    tasks: Mapping[str, Task],
    circuits: Mapping[str, Circuit],
    *,
    draws: int = 200,
    spare: bool = False,
    seed: int = 0,
) -> Result:
    """Cut the heads that all circuits share out of the full network; control: as many random heads, uniformly drawn.

    With ``spare`` no cut touches the heads that are indispensable to every task, neither this one nor the random ones:
    whoever cuts them reads nothing, so that the rest of the cut would not be tested.

    Quantities along ``data``, in % of the full network: ``left`` with bootstrap ends ``left_low``, ``left_high``;
    ``left_random`` (data, draw), their ``left_random_mean``, ``left_random_median`` and ``left_random_worst``; ``p`` =
    (1 + draws that hurt at least as much) / (1 + draws) and ``worse`` (data), how many of the draws do.
    ``head_count`` heads are cut; ``heads`` (layer, head) says which; ``needed_count`` heads are indispensable;
    ``through_needed`` counts the random cuts that hit one of them.
    """
    network = Network(model)
    ablators = [Ablator(network, task) for task in tasks.values()]
    shared = common_part(circuits)
    needed = [one for one in needed_parts(ablators, shared) if not one.is_mlp]
    spared = needed if spare else []
    no_mlps = np.zeros(shared.layers, dtype=bool)
    common = Circuit(shared.heads, no_mlps).without(*spared)
    rng = np.random.default_rng([seed, 911])
    mlps = np.ones(common.layers, dtype=bool)
    cuts = [random_like(common, [], rng, never=spared).heads for _ in range(draws)]
    left, low, high, null = [], [], [], []
    for ablator in ablators:
        kept = ablator.differences(Circuit(~common.heads, mlps))
        ends = bootstrap_ratio(100 * kept, ablator.differences(ablator.everything), seed)
        left.append(100 * kept.mean() / ablator.denominator)
        low.append(ends[0])
        high.append(ends[1])
        null.append([ablator.score(Circuit(~cut, mlps)) for cut in cuts])
    randoms, found, at = np.array(null), np.array(left), {"data": list(tasks)}
    hit = [any(cut[one.layer, one.head] for one in needed) for cut in cuts]
    return Result(
        {
            "heads": circuit_quantities(common)["heads"],
            "head_count": quantity(int(common.heads.sum())),
            "needed_count": quantity(len(needed)),
            "draws": quantity(draws),
            "through_needed": quantity(int(np.sum(hit))),
            "hit_needed": quantity(np.array(hit, dtype=int), "draw"),
            "left": quantity(found, "data", unit="%", labels=at),
            "left_low": quantity(low, "data", unit="%", labels=at),
            "left_high": quantity(high, "data", unit="%", labels=at),
            "left_random": quantity(randoms, "data", "draw", unit="%", labels=at),
            "left_random_mean": quantity(randoms.mean(1), "data", unit="%", labels=at),
            "left_random_median": quantity(np.median(randoms, 1), "data", unit="%", labels=at),
            "left_random_worst": quantity(randoms.min(1), "data", unit="%", labels=at),
            "worse": quantity((randoms <= found[:, None] + 1e-6).sum(1), "data", labels=at),
            "p": quantity([chance(randoms[i], found[i], larger=False) for i in range(len(found))], "data", labels=at),
        },
        model=model.name,
        facts={
            "model": model.digest,
            "cut": [str(one) for one in common],
            "needed": [str(one) for one in needed],
        },
    )
