"""Do families share a code?  Whether the third of the months lies where the third of the numerals lies.

The code of a member is its mean residual stream after the first block, centred over its family
(:func:`tapehead.analysis.language.studies.scores.member_code`), so what a family has in common (being a month) is
taken out.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.language.studies.scores import member_code
from tapehead.analysis.language.tasks.sequences import PAPER_TYPES, sequence
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity

PERMUTATIONS = 9999


def cosines(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Cosine of every row of ``a`` (n, width) with every row of ``b`` (m, width): (n, m)."""
    lengths = [np.linalg.norm(x, axis=1, keepdims=True) for x in (a, b)]
    return np.asarray((a / lengths[0]) @ (b / lengths[1]).T)


def permutation_null(table: np.ndarray, permutations: int, seed: int) -> np.ndarray:
    """Mean cosine of partners when the ranks of one family are shuffled: (permutations,).

    Args:
        table: cosines (rank, rank) of two families.
        permutations: how many shuffles.
        seed: of the shuffles.
    """
    size = len(table)
    order = np.random.default_rng([seed, 0xC0DE]).permuted(np.tile(np.arange(size), (permutations, 1)), axis=1)
    return np.asarray(table[np.arange(size), order].mean(1))


@analysis("language.shared_member_code", version=1, libraries=("numpy", "torch", "transformers"))
def shared_member_code(
    model: LanguageModel,
    kinds: Sequence[str] = PAPER_TYPES,
    count: int = 480,
    permutations: int = PERMUTATIONS,
    *,
    seed: int = 0,
) -> Result:
    """Centred cosines of members between families, with two controls.

    Families of different size are compared over the ranks that both have; each is centred over its own members.

    Args:
        model: the model.
        kinds: families; all their pairs are compared.
        count: random lists per family from which the codes are averaged.
        permutations: shuffles of the ranks.
        seed: of the prompts and the shuffles.

    Quantities: ``cosine`` (pair, rank, other), of the first family's member with the other's, ranks from 1;
    ``same`` (pair), mean over members of the same rank; controls: ``different`` (pair), mean over members of different
    rank, and ``null`` (pair, permutation), what ``same`` would be with one family's ranks shuffled, with
    ``null_mean``, ``null_high`` (its 95th percentile), ``null_max`` and ``p`` (pair), the share
    (1 + shuffles at least as large) / (1 + shuffles) (Phipson & Smyth 2010).  A small ``p`` says that order is shared,
    not that partners are closest; that is what the next three say.  ``by_offset`` (pair, offset): mean cosine of rank
    r with rank r + offset, ``same`` at offset 0; ``best_offset`` (pair), where it is largest; ``nearest`` (pair), % of
    the first family's members whose nearest member of the other has the same rank, with ``nearest_chance`` (pair).
    ``smallest``, the least of ``same``; ``permutations``.  Cells beyond a pair's common ranks are NaN.  Fact
    ``members``: words by family.

    Raises:
        UsageError: fewer than two families, one named twice, or no shuffles.
    """
    families = [sequence(kind) for kind in kinds]
    names = [family.name for family in families]
    if len(names) < 2 or len(set(names)) < len(names):
        raise UsageError(f"a shared code needs two different kinds of sequence or more; found {', '.join(names)}")
    if permutations < 1:
        raise UsageError(f"a permutation test needs at least one shuffle; asked for {permutations}")
    codes = [member_code(model, name, count, seed=seed).astype(float) for name in names]
    pairs = list(itertools.combinations(range(len(names)), 2))
    most = max(min(len(codes[a]), len(codes[b])) for a, b in pairs)
    table = np.full((len(pairs), most, most), np.nan)
    offsets = range(1 - most, most)
    by_offset = np.full((len(pairs), len(offsets)), np.nan)
    nearest, sizes = np.empty(len(pairs)), np.empty(len(pairs))
    same, different, null = np.empty(len(pairs)), np.empty(len(pairs)), np.empty((len(pairs), permutations))
    for i, (a, b) in enumerate(pairs):
        size = min(len(codes[a]), len(codes[b]))
        found = cosines(codes[a][:size], codes[b][:size])
        table[i, :size, :size] = found
        by_offset[i] = [np.diagonal(found, d).mean() if abs(d) < size else np.nan for d in offsets]
        partner = np.eye(size, dtype=bool)
        same[i], different[i] = found[partner].mean(), found[~partner].mean()
        nearest[i], sizes[i] = (found.argmax(1) == np.arange(size)).mean(), size
        null[i] = permutation_null(found, permutations, seed)
    at_least = (null >= same[:, None] - 1e-12).sum(1)  # shuffles that restore the order count, however they are summed
    ranks = [str(r + 1) for r in range(most)]
    label = {"pair": [f"{names[a]}-{names[b]}" for a, b in pairs]}
    return Result(
        {
            "cosine": quantity(table, "pair", "rank", "other", labels={**label, "rank": ranks, "other": ranks}),
            "same": quantity(same, "pair", labels=label),
            "different": quantity(different, "pair", labels=label),
            "by_offset": quantity(
                by_offset, "pair", "offset", labels={**label, "offset": [f"{d:+d}" if d else "0" for d in offsets]}
            ),
            "best_offset": quantity(np.array(offsets)[np.nanargmax(by_offset, axis=1)], "pair", labels=label),
            "nearest": quantity(100 * nearest, "pair", unit="%", labels=label),
            "nearest_chance": quantity(100 / sizes, "pair", unit="%", labels=label),
            "null": quantity(null, "pair", "permutation", labels=label),
            "null_mean": quantity(null.mean(1), "pair", labels=label),
            "null_high": quantity(np.quantile(null, 0.95, axis=1), "pair", labels=label),
            "null_max": quantity(null.max(1), "pair", labels=label),
            "p": quantity((1 + at_least) / (1 + permutations), "pair", labels=label),
            "smallest": quantity(same.min()),
            "permutations": quantity(permutations),
        },
        model=model.name,
        facts={
            "model": model.digest,
            "prompts": count,
            "seed": seed,
            "members": {f.name: list(f.members[: f.core]) for f in families},
            "read": "residual stream after block 0, mean over random lists, centred over the family",
        },
    )
