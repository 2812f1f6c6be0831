"""Pairs of people: which ones are looked at, and the five numbers that each of them gets.

With N(i) the friends of i, d_i their number and A the network's matrix: common friends |N(i) ∩ N(j)|; Jaccard, the
same over |N(i) ∪ N(j)|; preferential attachment d_i d_j; Adamic–Adar Σ 1 / log d_z over common friends z (Adamic &
Adar 2003); walks (A² + A³)_ij.

The link of a pair itself is in its own numbers: it puts both into the union, one friend into each degree, and
d_i + d_j − 1 walks of length three into A³.  ``without_own`` takes it out in closed form.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse

from tapehead.analysis.errors import UsageError
from tapehead.analysis.friends.networks import Network

FEATURES = ("common friends", "Jaccard", "degrees", "Adamic-Adar", "walks")
LEAST = 20
"""Links, and strangers, that five folds need."""


@dataclass(frozen=True)
class Sample:
    """Pairs that are looked at: ``pairs`` (rows, 2), ``linked`` (rows) 0 or 1, ``kind`` (rows): linked, near, far.

    ``group`` (rows) is equal for a pair and the same pair the other way round.
    """

    pairs: np.ndarray
    linked: np.ndarray
    kind: np.ndarray
    group: np.ndarray


def features(network: Network, pairs: np.ndarray, without_own: bool) -> np.ndarray:
    """(rows, 5): :data:`FEATURES` of each pair; ``without_own`` as if the pair itself were not linked."""
    A = network.links
    i, j = pairs[:, 0], pairs[:, 1]
    degree = network.degrees.astype(float)
    left, right = A[i], A[j]
    shared = left.multiply(right)
    common = np.asarray(shared.sum(axis=1)).ravel()
    # A common friend has at least two friends, so the log is positive wherever it is used.
    weight = 1 / np.log(np.maximum(degree, 2))
    adamic = shared @ weight
    three = np.asarray((left @ A).multiply(right).sum(axis=1)).ravel()
    own = np.asarray(A[i, j]).ravel() if without_own else np.zeros(len(pairs))
    a, b = degree[i] - own, degree[j] - own
    union = a + b - common
    jaccard = np.divide(common, union, out=np.zeros(len(pairs)), where=union > 0)
    walks = common + three - own * (degree[i] + degree[j] - 1)
    return np.column_stack([common, jaccard, a * b, adamic, walks])


def near_strangers(network: Network, most_gb: float = 4.0) -> np.ndarray:
    """(strangers, 2): all pairs with a common friend that are not linked, each once.

    Raises:
        UsageError: the table of all such pairs would not fit into ``most_gb``.
    """
    needed = near_gb(network)
    if needed > most_gb:
        raise UsageError(
            f"{network.name} has so many pairs with a common friend that their table needs about {needed:.1f} GB, and "
            f"{most_gb:g} are allowed; allow more with --memory, or take a part of the network"
        )
    two = sparse.triu(network.links @ network.links, 1).tocsr()
    apart = (two - two.multiply(network.links)).tocoo()
    found = np.column_stack([apart.row, apart.col])[apart.data > 0]
    return found[np.lexsort((found[:, 1], found[:, 0]))]


def near_gb(network: Network) -> float:
    """Memory for the pairs with a common friend, in GB: at most Σ d² entries of 16 bytes, and as much again."""
    return float(np.sum(network.degrees.astype(float) ** 2)) * 32 / 1e9


def near_links(network: Network) -> np.ndarray:
    """(links, 2): friends who have a friend in common, as all near strangers have."""
    edges = network.edges
    return edges[features(network, edges, True)[:, 0] > 0]


def sample(network: Network, rows: int, far: bool, both_ways: bool, seed: int, most_gb: float = 4.0) -> Sample:
    """Draw pairs: half linked, half strangers.

    With ``far``, as published: any links, and half of the strangers have no walk between them at all.  Without, every
    pair of either kind has a common friend: if strangers alone were chosen so, a pair without one would be known to be
    linked, and a model could read the choice and not the network.

    With ``both_ways`` a pair may come twice, once from either side, as in the published tables.  Where a network has
    fewer of a kind, there are fewer; where it has no far strangers, near ones take their place.

    Raises:
        UsageError: too few links or near strangers for five folds.
    """
    rng = np.random.default_rng([seed, 0x5A3])
    near = near_strangers(network, most_gb)
    links = network.edges if far else near_links(network)
    if min(len(links), len(near)) < LEAST:
        which = "" if far else " with a common friend"
        raise UsageError(
            f"{network.name} has {len(links)} pairs of friends{which} and {len(near)} pairs of strangers with a common "
            f"friend; at least {LEAST} of each are needed to judge anything by folds"
        )
    sides = 2 if both_ways else 1
    half = min(rows // 2, len(links) * sides, *([] if far else [len(near) * sides]))
    away = _far(network, half // 2, rng) if far else np.empty((0, 2), dtype=int)
    parts = [
        _drawn(links, half, both_ways, rng),
        _drawn(near, half - len(away), both_ways, rng),
        away,
    ]
    kinds = np.repeat(["linked", "near", "far"], [len(part) for part in parts])
    pairs = np.concatenate(parts).astype(int)
    ordered = np.sort(pairs, axis=1)
    group = np.unique(ordered[:, 0] * network.persons + ordered[:, 1], return_inverse=True)[1]
    return Sample(pairs, (kinds == "linked").astype(int), kinds, group)


def _drawn(pairs: np.ndarray, count: int, both_ways: bool, rng: np.random.Generator) -> np.ndarray:
    """Some of the pairs, each from a side that chance picks."""
    if both_ways:
        pairs = np.concatenate([pairs, pairs[:, ::-1]])
        return pairs[rng.permutation(len(pairs))[:count]]
    chosen = pairs[rng.permutation(len(pairs))[:count]]
    turned = rng.random(len(chosen)) < 0.5
    return np.where(turned[:, None], chosen[:, ::-1], chosen)


def _far(network: Network, count: int, rng: np.random.Generator) -> np.ndarray:
    """Up to ``count`` different pairs that no walk of two or three steps, and no link, connects."""
    seen: dict[tuple[int, int], None] = {}
    for _ in range(60):
        if len(seen) >= count:
            break
        tried = rng.integers(0, network.persons, (max(4 * count, 64), 2))
        tried = tried[tried[:, 0] != tried[:, 1]]
        free = (features(network, tried, False)[:, 4] == 0) & (np.asarray(network.links[tried[:, 0], tried[:, 1]]) == 0)
        for a, b in tried[free]:
            if (int(b), int(a)) not in seen:
                seen.setdefault((int(a), int(b)))
    return np.array(list(seen)[:count], dtype=int).reshape(-1, 2)
