"""Tests of paired counts: the same objects judged twice, so that only those that change sides tell the two apart."""

from __future__ import annotations

import numpy as np

LEVEL = 0.95
"""Share of intervals that hold the true value."""
_Z = 1.959963984540054
"""Normal quantile of 0.975."""


def exact_sign(up: int, down: int) -> float:
    """Two-sided exact p of ``up`` changes one way and ``down`` the other, if both were as likely; 1 without changes."""
    from scipy.stats import binomtest

    return float(binomtest(up, up + down).pvalue) if up + down else 1.0


def mcnemar(one: np.ndarray, other: np.ndarray) -> float:
    """Exact two-sided p (McNemar 1947, binomial form) that two yes-or-no judgements of the same objects differ.

    Args:
        one: (n,) bool.
        other: (n,) bool, of the same objects in the same order.

    Raises:
        ValueError: they are not of the same objects.
    """
    one, other = np.asarray(one, dtype=bool), np.asarray(other, dtype=bool)
    if one.shape != other.shape or one.ndim != 1:
        raise ValueError(f"paired judgements are two rows of one length; found {one.shape} and {other.shape}")
    return exact_sign(int((one & ~other).sum()), int((~one & other).sum()))


def mcnemar_table(rows: np.ndarray) -> np.ndarray:
    """p (m, m) of every two of m rows of judgements (m, n) of the same n objects; 1 on the diagonal."""
    return np.array([[mcnemar(one, other) for other in rows] for one in rows])


def difference_of(one: np.ndarray, other: np.ndarray) -> tuple[float, float, float]:
    """How many more objects are judged yes by ``other`` than by ``one``, with the ends of its 95 % interval.

    The interval is that of Agresti & Min (2005, *Statistics in Medicine* 24): Wald's, with half an object added to each
    of the four kinds of pairs.  Counts of objects, not shares.
    """
    one, other = np.asarray(one, dtype=bool), np.asarray(other, dtype=bool)
    count = len(one)
    gained, lost = float((~one & other).sum()), float((one & ~other).sum())
    more, less, total = gained + 0.5, lost + 0.5, count + 2.0
    middle = (more - less) / total
    half = _Z * np.sqrt(max(more + less - (more - less) ** 2 / total, 0.0)) / total
    return gained - lost, float(count * (middle - half)), float(count * (middle + half))


def share_between(yes: int, count: int) -> tuple[float, float]:
    """95 % interval of a share, exact (Clopper & Pearson 1934)."""
    from scipy.stats import binomtest

    ends = binomtest(int(yes), int(count)).proportion_ci(LEVEL, method="exact")
    return float(ends.low), float(ends.high)
