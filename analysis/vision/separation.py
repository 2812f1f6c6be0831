"""How well a measure of likeness tells near pairs from far ones: many pairs in place of one example."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from tapehead.analysis.bootstrap import LEVEL, SAMPLES
from tapehead.analysis.errors import UsageError


def _scores(near: np.ndarray, far: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    one, other = np.asarray(near, dtype=float), np.asarray(far, dtype=float)
    if one.ndim != 1 or other.ndim != 1 or not len(one) or not len(other):
        raise UsageError(
            f"near and far pairs have one score each, and there is at least one of both; "
            f"found shapes {one.shape} and {other.shape}"
        )
    if not (np.all(np.isfinite(one)) and np.all(np.isfinite(other))):
        raise UsageError("scores of pairs have to be finite to be ranked; leave out pairs without a score")
    return one, other


def auc(near: np.ndarray, far: np.ndarray) -> float:
    """Probability that a near pair scores above a far one, ties counted half (Mann & Whitney 1947): 0.5 is chance.

    Args:
        near: (pair,) scores of pairs that belong together.
        far: (other pair,) scores of pairs that do not.

    Raises:
        UsageError: a group is empty, or a score is not finite.
    """
    one, other = _scores(near, far)
    ranks = stats.rankdata(np.concatenate([one, other]))[: len(one)]
    return float((ranks.sum() - len(one) * (len(one) + 1) / 2) / (len(one) * len(other)))


@dataclass(frozen=True)
class Separation:
    """An AUC with the ends of its bootstrap interval, and the share of resamples that are no better than chance."""

    auc: float
    low: float
    high: float
    no_better: float


def separation(
    near: np.ndarray,
    far: np.ndarray,
    seed: int,
    pairs: int | None = None,
    samples: int = SAMPLES,
    level: float = LEVEL,
) -> Separation:
    """AUC with a percentile bootstrap interval over pairs; pairs of each group are drawn with replacement.

    Given the same seed and group sizes, two measures see the same resamples, so that they are compared on the same
    pairs.  Pairs that share a picture are not independent, and the interval is then too narrow: give pairs that do not.

    Args:
        near: (pair,) scores.
        far: (other pair,) scores.
        seed: of the resampling.
        pairs: how many pairs of each group a resample holds (all by default); fewer show what an experiment of that
            size could have told.
        samples: resamples.
        level: share of the resampled AUCs inside.

    Raises:
        UsageError: see :func:`auc`; or no resamples, no pairs, or a level that is not between 0 and 1.
    """
    one, other = _scores(near, far)
    if samples < 1 or (pairs is not None and pairs < 1) or not 0 < level < 1:
        raise UsageError(
            f"a bootstrap draws at least one resample of at least one pair, for a level between 0 and 1; "
            f"found samples={samples}, pairs={pairs}, level={level}"
        )
    resampled = _resampled(one, other, seed, pairs, samples)
    low, high = np.quantile(resampled, [(1 - level) / 2, (1 + level) / 2])
    return Separation(auc(one, other), float(low), float(high), float(np.mean(resampled <= 0.5)))


@dataclass(frozen=True)
class Difference:
    """How far one AUC lies above another on the same pairs, with the ends of its bootstrap interval."""

    mean: float
    low: float
    high: float


def difference(
    one: np.ndarray, other: np.ndarray, seed: int, samples: int = SAMPLES, level: float = LEVEL
) -> Difference:
    """AUC of one measure less that of another: (group, pair) each, the near group first; the same pairs are drawn.

    Resampled together, what both measures owe to easy pairs cancels: two AUCs whose intervals overlap may differ all
    the same.

    Raises:
        UsageError: the shapes differ, or see :func:`separation`.
    """
    first, second = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    if first.shape != second.shape or first.ndim != 2 or len(first) != 2:
        raise UsageError(
            f"two measures are compared on the same pairs, (near and far, pair); found {first.shape} and {second.shape}"
        )
    found = [_resampled(*_scores(*scores), seed, None, samples) for scores in (first, second)]
    low, high = np.quantile(found[0] - found[1], [(1 - level) / 2, (1 + level) / 2])
    return Difference(auc(*first) - auc(*second), float(low), float(high))


def _resampled(one: np.ndarray, other: np.ndarray, seed: int, pairs: int | None, samples: int) -> np.ndarray:
    """AUCs of so many resamples: (sample,)."""
    rng = np.random.default_rng([seed, 0xA0C])
    drawn = [
        rng.multinomial(pairs or len(group), np.full(len(group), 1 / len(group)), size=samples)
        for group in (one, other)
    ]
    wins = (one[:, None] > other) + 0.5 * (one[:, None] == other)
    return np.asarray(np.einsum("sf,sf->s", drawn[0] @ wins, drawn[1]) / (pairs or len(one)) / (pairs or len(other)))


def least_pairs(near: np.ndarray, far: np.ndarray, seed: int, sizes: tuple[int, ...]) -> int | None:
    """The least of ``sizes`` at which the interval of :func:`separation` lies above chance, or None if at none.

    Raises:
        UsageError: no sizes are given, or see :func:`separation`.
    """
    if not sizes:
        raise UsageError("no numbers of pairs were given to choose among; give some, such as (2, 4, 8, 16)")
    return next((size for size in sorted(sizes) if separation(near, far, seed, size).low > 0.5), None)
