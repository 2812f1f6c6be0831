"""What the film about friends needs, with its controls, as registered for episodes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy import stats

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.friends.honest import FOLDS, Way, judged
from tapehead.analysis.friends.networks import (
    CLASSICS,
    Network,
    blocks_network,
    classic_network,
    from_edges,
    lfr_network,
)
from tapehead.analysis.friends.pairs import FEATURES, Sample, features, sample
from tapehead.analysis.friends.scoring import (
    auc,
    authors_svm,
    drawn_groups,
    folds_of,
    interval,
    logistic,
    out_of_fold,
    scaled_svm,
    shuffled,
)
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity

LIBRARIES = ("numpy", "scipy", "scikit-learn", "networkx")
GENERATED = ("dense town", "sparse town", "large town", "LFR")
"""Three block models of different size, density and mixing, and an LFR benchmark: no person in them exists."""
TOY = (("a", "b"), ("a", "c"), ("b", "c"), ("b", "d"), ("c", "d"), ("d", "e"), ("e", "f"))


@lru_cache(maxsize=16)
def network_named(name: str, seed: int) -> Network:
    """One of :data:`GENERATED`, or a classic.

    Raises:
        UnknownNameError: there is none of that name.
    """
    if name == "dense town":
        return blocks_network(name, 300, 5, 24, 0.8, seed)
    if name == "sparse town":
        return blocks_network(name, 400, 8, 9, 0.75, seed + 1)
    if name == "large town":
        return blocks_network(name, 700, 10, 16, 0.8, seed + 2)
    if name == "LFR":
        return lfr_network(name, 400, 10, 0.2, seed)
    if name in CLASSICS:
        return classic_network(name)
    raise UnknownNameError("network", name, [*GENERATED, *CLASSICS])


@analysis("friends.toy", version=1, libraries=LIBRARIES)
def toy(*, seed: int) -> Result:
    """Six persons: powers of their matrix count walks, which is checked by walking.

    Quantities over ``row`` and ``column`` (persons a to f): ``links``, ``two`` = A², ``three`` = A³; ``walked_two`` and
    ``walked_three``, the same counted by enumeration, and ``wrong``, how many counts differ.  ``pair`` (feature): the
    five numbers of a and d, who are no friends and have two friends in common.
    """
    network = from_edges("toy", TOY)
    A = network.links.toarray().astype(int)
    two, three = A @ A, A @ A @ A
    counted = [np.zeros_like(A), np.zeros_like(A)]
    friends = [np.flatnonzero(row) for row in A]
    for i in range(len(A)):
        for j in friends[i]:
            for k in friends[j]:
                counted[0][i, k] += 1
                for m in friends[k]:
                    counted[1][i, m] += 1
    wrong = int(np.sum(two != counted[0]) + np.sum(three != counted[1]))
    both = {"row": network.names, "column": network.names}
    pair = features(network, np.array([[network.names.index("a"), network.names.index("d")]]), True)[0]
    return Result(
        {
            "links": quantity(A, "row", "column", labels=both),
            "two": quantity(two, "row", "column", unit="walks", labels=both),
            "three": quantity(three, "row", "column", unit="walks", labels=both),
            "walked_two": quantity(counted[0], "row", "column", unit="walks", labels=both),
            "walked_three": quantity(counted[1], "row", "column", unit="walks", labels=both),
            "wrong": quantity(wrong, unit="counts"),
            "pair": quantity(pair, "feature", labels={"feature": FEATURES}),
        },
        facts={"control": "walks counted one by one"},
    )


@analysis("friends.ladder", version=1, libraries=LIBRARIES)
def ladder(network: str, rows: int, resamples: int, shuffles: int, *, seed: int) -> Result:
    """One score made honest step by step; the quantities are those of :func:`tapehead.analysis.friends.honest.judged`.

    Raises:
        UnknownNameError: there is no such network.
        UsageError: numbers that make no interval.
    """
    found = judged(network_named(network, seed), Way(rows, resamples, shuffles), seed)
    return Result(found, facts={"network": network, "control": "labels shuffled among the pairs", "seed": seed})


@analysis("friends.transfer", version=1, libraries=LIBRARIES)
def transfer(networks: Sequence[str], rows: int, *, seed: int) -> Result:
    """Learned on one network, tested on another.

    Quantities over (trained, tested): ``accuracy`` of the published SVM in the published way (own links in, far
    strangers, the diagonal graded on itself); ``honest`` (trained, tested), areas under the curve of a logistic model
    with scaled numbers on near pairs with own links out, the diagonal by grouped folds; ``auc_ranks`` and ``auc_hard``
    (trained, tested) of the former by its scores and by its verdicts alone.  ``diagonal_folds`` (network): the
    diagonal's accuracy by grouped folds.  Control: ``chance`` (trained, tested), the 97.5 % quantile of the honest
    area when the tested labels are shuffled among the pairs, 200 times, and ``chance_most``, the largest of them;
    ``honest_least`` and ``honest_most``.

    Raises:
        UsageError: fewer than two networks.
    """
    if len(networks) < 2:
        raise UsageError(f"a transfer needs two networks or more; found {list(networks)}")
    shape = (len(networks), len(networks))
    accuracy, honest, ranks, hard, chance = (np.empty(shape) for _ in range(5))
    diagonal = np.empty(len(networks))
    rng = np.random.default_rng([seed, 0x77])
    loose: list[tuple[Sample, np.ndarray]] = []
    near: list[tuple[Sample, np.ndarray]] = []
    for name in networks:
        network = network_named(name, seed)
        for far, into, own_out in ((True, loose, False), (False, near, True)):
            drawn = sample(network, rows, far, True, seed)
            into.append((drawn, features(network, drawn.pairs, own_out)))
    for i in range(len(networks)):
        drawn, table = loose[i]
        published = authors_svm(seed).fit(table, drawn.linked)
        said = out_of_fold(authors_svm, table, drawn, folds_of(drawn, FOLDS, True, seed), seed)[1]
        diagonal[i] = np.mean(said == drawn.linked)
        close, numbers = near[i]
        fair = logistic(seed).fit(numbers, close.linked)
        for j in range(len(networks)):
            other, theirs = loose[j]
            verdicts = published.predict(theirs)
            accuracy[i, j] = np.mean(verdicts == other.linked)
            ranks[i, j] = auc(published.decision_function(theirs), other.linked)[0]
            hard[i, j] = auc(verdicts.astype(float), other.linked)[0]
            asked, values = near[j]
            if i == j:
                score = out_of_fold(logistic, numbers, close, folds_of(close, FOLDS, True, seed), seed)[0]
            else:
                score = fair.decision_function(values)
            honest[i, j] = auc(score, asked.linked)[0]
            null = [float(auc(score, shuffled(asked, rng))[0]) for _ in range(200)]
            chance[i, j] = np.quantile(null, 0.975)
    of = {"trained": tuple(networks), "tested": tuple(networks)}
    return Result(
        {
            "accuracy": quantity(accuracy, "trained", "tested", labels=of),
            "honest": quantity(honest, "trained", "tested", labels=of),
            "auc_ranks": quantity(ranks, "trained", "tested", labels=of),
            "auc_hard": quantity(hard, "trained", "tested", labels=of),
            "chance": quantity(chance, "trained", "tested", labels=of),
            "diagonal_folds": quantity(diagonal, "network", labels={"network": tuple(networks)}),
            "honest_least": quantity(honest.min()),
            "honest_most": quantity(honest.max()),
            "chance_most": quantity(chance.max()),
            "rows": quantity(rows, unit="pairs"),
        },
        facts={"control": "tested labels shuffled", "seed": seed},
    )


@analysis("friends.fence", version=1, libraries=LIBRARIES)
def fence(network: str, rows: int, cells: int, *, seed: int) -> Result:
    """Two of the five numbers, and the fence that a straight and a bent machine draw between friends and strangers.

    Near pairs, own link out.  ``x`` and ``y`` (pair): log(1 + common friends), log(1 + walks); ``linked`` (pair);
    ``across`` and ``up`` (cell): the middles of a grid over them; ``bent`` and ``straight`` (up, across): the score of
    an RBF SVM and of a logistic model there, zero on the fence.  ``right_bent`` and ``right_straight``: accuracy by
    grouped folds in %, each with ``_low`` and ``_high`` (95 % bootstrap over pairs); control: ``right_null``, the
    97.5 % quantile of the straight one's with labels shuffled, 50 times.

    Raises:
        UsageError: fewer than two cells.
    """
    if cells < 2:
        raise UsageError(f"a fence needs a grid of two cells or more; found {cells}")
    drawn = sample(network_named(network, seed), rows, False, True, seed)
    table = np.log1p(features(network_named(network, seed), drawn.pairs, True)[:, [0, 4]])
    low, high = table.min(axis=0), table.max(axis=0)
    across, up = (low[k] + (np.arange(cells) + 0.5) / cells * (high[k] - low[k]) for k in (0, 1))
    grid = np.array([[x, y] for y in up for x in across])
    splits, weights = folds_of(drawn, FOLDS, True, seed), drawn_groups(drawn, 500, seed)
    found = {}
    for name, make in (("bent", scaled_svm), ("straight", logistic)):
        found[name] = quantity(
            make(seed).fit(table, drawn.linked).decision_function(grid).reshape(cells, cells), "up", "across"
        )
        right = 100.0 * (out_of_fold(make, table, drawn, splits, seed)[1] == drawn.linked)
        ends = interval((weights @ right) / weights.sum(axis=1))
        for end, value in zip(("", "_low", "_high"), (right.mean(), *ends), strict=True):
            found[f"right_{name}{end}"] = quantity(value, unit="%")
    rng = np.random.default_rng([seed, 0xFE])
    null = []
    for _ in range(50):
        labels = shuffled(drawn, rng)
        null.append(100 * np.mean(out_of_fold(logistic, table, drawn, splits, seed, labels)[1] == labels))
    return Result(
        {
            **found,
            "right_null": quantity(np.quantile(null, 0.975), unit="%"),
            "x": quantity(table[:, 0], "pair"),
            "y": quantity(table[:, 1], "pair"),
            "linked": quantity(drawn.linked, "pair"),
            "across": quantity(across, "across"),
            "up": quantity(up, "up"),
            "pairs": quantity(len(drawn.pairs), unit="pairs"),
        },
        facts={"network": network, "control": "labels shuffled among the pairs", "seed": seed},
    )


@analysis("friends.removal", version=1, libraries=LIBRARIES)
def removal(network: str, shares: Sequence[float], strangers: int, repeats: int, *, seed: int) -> Result:
    """Take links away and look for them: accuracy falls with the balance of the test, the area says how much is lost.

    Of each share a model learns from the links that are left, own link out; it is tested on all removed links and
    ``strangers`` near strangers.  Quantities over ``share``: ``accuracy`` and ``auc``, means over ``repeats``, with
    ``_low`` and ``_high`` (95 %, t); ``removed``, in %; ``positives``, the mean share in % of links among what is
    tested.  Control: ``always`` (share), the
    accuracy of saying "strangers" every time.

    Raises:
        UsageError: a share outside 0 to 1, or fewer than two repeats.
    """
    if repeats < 2 or not shares or not all(0 < share < 1 for share in shares):
        raise UsageError(
            f"removal needs shares between 0 and 1 and two repeats or more; found {list(shares)}, {repeats}"
        )
    whole = network_named(network, seed)
    found = np.empty((4, len(shares), repeats))
    for n in range(repeats):
        rng = np.random.default_rng([seed, n, 0xDE1])
        edges = whole.edges[rng.permutation(len(whole.edges))]
        for k, share in enumerate(shares):
            cut = max(1, round(share * len(edges)))
            left = whole.without(edges[:cut])
            taught = sample(left, 600, True, False, seed + n)
            model = logistic(seed).fit(features(left, taught.pairs, True), taught.linked)
            apart = sample(whole, 2 * strangers, False, False, seed + n)
            apart_pairs = apart.pairs[apart.linked == 0]
            asked = np.concatenate([edges[:cut], apart_pairs])
            linked = np.repeat([1, 0], [cut, len(apart_pairs)])
            table = features(left, asked, False)
            right = np.mean(model.predict(table) == linked)
            area = auc(model.decision_function(table), linked)[0]
            found[:, k, n] = right, area, 100 * linked.mean(), 1 - linked.mean()
    mean = found.mean(axis=2)
    reach = stats.t.ppf(0.975, repeats - 1) * found.std(axis=2, ddof=1) / np.sqrt(repeats)
    of = {"share": tuple(f"{share:.0%}" for share in shares)}
    return Result(
        {
            "accuracy": quantity(mean[0], "share", labels=of),
            "accuracy_low": quantity(mean[0] - reach[0], "share", labels=of),
            "accuracy_high": quantity(mean[0] + reach[0], "share", labels=of),
            "auc": quantity(mean[1], "share", labels=of),
            "auc_low": quantity(mean[1] - reach[1], "share", labels=of),
            "auc_high": quantity(mean[1] + reach[1], "share", labels=of),
            "positives": quantity(mean[2], "share", unit="%", labels=of),
            "always": quantity(mean[3], "share", labels=of),
            "removed": quantity(100 * np.array(shares), "share", unit="%", labels=of),
            "repeats": quantity(repeats, unit="networks"),
        },
        facts={"network": network, "control": "always saying strangers", "seed": seed},
    )
