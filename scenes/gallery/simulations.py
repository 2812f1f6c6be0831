"""Seeded simulations whose answers are known: dice, darts, and steps that turn against the one before."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

from tapehead.analysis.errors import UsageError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity

_SHOWN = 60
"""Means of which every one is shown."""
_BELL = 10
_PILED = 40
"""Times as many means in the histograms."""


@analysis("gallery.dice")
def dice(most: int, repeats: int, *, seed: int) -> Result:
    """How much the mean of n dice strays, for n = 1, 2, 4 … ``most``.

    Returns:
        ``n`` and ``spread`` (size), the standard deviation of ``repeats`` means of n dice, with its 95 % interval
        ``spread_ci`` (size, end) as if they were normal (chi-squared); ``sigma``, that of one die: sqrt(35/12), so
        that sigma/sqrt(n) is the answer.  ``few`` and ``many`` (bin), how many of 40 times as many means of 2 and of
        10 dice lie between ``edge`` (edge).  ``mean`` (dice, draw), the first means of 1, 4, 16 and 64 dice.

    Raises:
        UsageError: ``most`` below 64, or fewer than 60 repeats.
    """
    if most < 64 or repeats < _SHOWN:
        raise UsageError(f"gallery.dice needs most >= 64 and repeats >= {_SHOWN}; got {most} and {repeats}")
    rng = np.random.default_rng(seed)
    sizes = 2 ** np.arange(int(math.log2(most)) + 1)
    means = {int(n): rng.integers(1, 7, (repeats, n)).mean(axis=1) for n in sizes}
    spread = np.array([found.std(ddof=1) for found in means.values()])
    free = repeats - 1
    low, high = (np.sqrt(free / stats.chi2.ppf(p, free)) * spread for p in (0.975, 0.025))
    edges = np.arange(0.75, 6.26, 0.5)
    few, many = (np.histogram(rng.integers(1, 7, (_PILED * repeats, n)).mean(axis=1), edges)[0] for n in (2, _BELL))
    shown = (1, 4, 16, 64)
    return Result(
        {
            "n": quantity(sizes, "size", unit="dice"),
            "spread": quantity(spread, "size", unit="pips"),
            "spread_ci": quantity(np.stack([low, high], axis=1), "size", "end", unit="pips"),
            "spread_low": quantity(low, "size", unit="pips"),
            "spread_high": quantity(high, "size", unit="pips"),
            "sigma": quantity(math.sqrt(35 / 12), unit="pips"),
            "law": quantity(math.sqrt(35 / 12) / np.sqrt(sizes), "size", unit="pips"),
            "edge": quantity(edges, "edge", unit="pips"),
            "few": quantity(few, "bin"),
            "many": quantity(many, "bin"),
            "mean": quantity(
                np.stack([means[n][:_SHOWN] for n in shown]),
                "dice",
                "draw",
                unit="pips",
                labels={"dice": ["one die", *(f"{n} dice" for n in shown[1:])]},
            ),
            "expected": quantity(3.5, unit="pips"),
            "repeats": quantity(repeats),
        }
    )


@analysis("gallery.darts")
def darts(most: int, *, seed: int) -> Result:
    """Pi out of darts at a square: four times the share that falls into the circle, for 100, 1000 … ``most`` darts.

    Returns:
        ``darts`` and ``estimate`` (throw) with the ends of 95 % intervals, ``low`` and ``high`` (Wald's, of a share);
        ``pi``; ``shorter``, how many times shorter the last interval is than the first.

    Raises:
        UsageError: fewer than 1000 darts.
    """
    if most < 1000:
        raise UsageError(f"gallery.darts needs most >= 1000; got {most}")
    rng = np.random.default_rng(seed)
    counts = 10 ** np.arange(2, int(math.log10(most)) + 1)
    share = np.array([np.mean((rng.random((n, 2)) ** 2).sum(axis=1) < 1) for n in counts])
    half = 4 * 1.96 * np.sqrt(share * (1 - share) / counts)
    return Result(
        {
            "darts": quantity(counts, "throw", unit="darts"),
            "estimate": quantity(4 * share, "throw"),
            "low": quantity(4 * share - half, "throw"),
            "high": quantity(4 * share + half, "throw"),
            "pi": quantity(math.pi),
            "shorter": quantity(half[0] / half[-1]),
        }
    )


@analysis("gallery.swing")
def swing(steps: int, repeats: int, turn: float, *, seed: int) -> Result:
    """Correlations in time of a process whose step is ``-turn`` times the one before, and luck: (-turn)^|i - j|.

    Returns:
        ``correlation`` (time, later), over ``repeats`` runs; ``next`` and ``second``, the means of those one and two
        steps apart; ``expected`` (distance), what they are in theory.

    Raises:
        UsageError: fewer than three steps or repeats, or a ``turn`` outside 0 to 1.
    """
    if steps < 3 or repeats < 3 or not 0 < turn < 1:
        raise UsageError(
            f"gallery.swing needs steps >= 3, repeats >= 3 and 0 < turn < 1; got {steps}, {repeats}, {turn}"
        )
    rng = np.random.default_rng(seed)
    found = np.empty((repeats, steps))
    found[:, 0] = rng.normal(size=repeats)
    for n in range(1, steps):
        found[:, n] = -turn * found[:, n - 1] + math.sqrt(1 - turn**2) * rng.normal(size=repeats)
    correlation = np.corrcoef(found.T)
    return Result(
        {
            "correlation": quantity(correlation, "step", "later step"),
            "next": quantity(np.diagonal(correlation, 1).mean()),
            "second": quantity(np.diagonal(correlation, 2).mean()),
            "expected": quantity((-turn) ** np.arange(1, 3), "distance"),
        }
    )
