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
_TIMES = 4
"""As many tosses as in the column before."""
_WALKS = ("one walk", "another", "a third")
"""Those that are shown."""


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


@analysis("gallery.runs")
def runs(fewest: int, repeats: int, *, seed: int) -> Result:
    """The longest run of heads among n tosses of a coin, for n = ``fewest``, and each time ``times`` (4) as many.

    What to expect is exact: of the sequences of n tosses, those without k heads in a row are counted by a recurrence,
    and the expectation is the sum over k of the share of the others (M. F. Schilling, The longest run of heads, The
    College Mathematics Journal 21, 1990).

    Returns:
        ``longest`` (tosses, try); ``expected`` (tosses); ``more``, by how much the last expectation is above that of a
        quarter of its tosses; ``times``; ``tries``.

    Raises:
        UsageError: fewer than four tosses, more than 64, or no repeats.
    """
    if not 4 <= fewest <= 64 or repeats < 1:
        raise UsageError(f"gallery.runs needs 4 <= fewest <= 64 and repeats >= 1; got {fewest} and {repeats}")
    rng = np.random.default_rng(seed)
    sizes = [fewest * _TIMES**k for k in range(4)]
    longest = [[_longest_run(rng.integers(0, 2, n)) for _ in range(repeats)] for n in sizes]
    expected = [expected_run(n) for n in sizes]
    labels = {"tosses": [f"{n:,} tosses" for n in sizes]}
    return Result(
        {
            "longest": quantity(np.array(longest, float), "tosses", "try", unit="heads", labels=labels),
            "expected": quantity(expected, "tosses", unit="heads", labels=labels),
            "more": quantity(expected[-1] - expected[-2], unit="heads"),
            "times": quantity(_TIMES),
            "tries": quantity(repeats),
        }
    )


def _longest_run(heads: np.ndarray) -> int:
    changes = np.flatnonzero(np.diff(np.concatenate([[0], heads, [0]])))
    return int((changes[1::2] - changes[::2]).max(initial=0))


def expected_run(tosses: int) -> float:
    """The expectation of the longest run of heads: the sum over k >= 1 of the chance of a run of k or more."""
    found = 0.0
    for k in range(1, tosses + 1):
        # The chance of no k heads in a row in n tosses: it is lost where the first such run ends with the n-th toss,
        # that is where k heads come after tails, and there were none before these.
        without = [1.0] * k
        for n in range(k, tosses + 1):
            ended = 0.5**k if n == k else 0.5 ** (k + 1) * without[n - k - 1]
            without.append(without[-1] - ended)
        chance = 1 - without[tosses]
        found += chance
        if chance < 1e-12:
            break
    return found


@analysis("gallery.walks")
def walks(steps: int, repeats: int, *, seed: int) -> Result:
    """Walks in a plane, each step of length 1 in a direction of its own: they lead sqrt(steps) away, in the root mean
    square.

    Returns:
        ``path`` (walk, step, axis) of those ``shown``; ``circle`` (place, axis) around the start, of radius ``root``,
        that of ``steps``; ``away``, the root mean square of where ``repeats`` of them lead.

    Raises:
        UsageError: no steps, or fewer walks than are shown.
    """
    if steps < 1 or repeats < len(_WALKS):
        raise UsageError(f"gallery.walks needs steps >= 1 and repeats >= {len(_WALKS)}; got {steps} and {repeats}")
    turn = 2 * np.pi * np.random.default_rng(seed).random((repeats, steps))
    path = np.stack([np.cos(turn), np.sin(turn)], axis=-1).cumsum(axis=1)
    shown = np.concatenate([np.zeros((len(_WALKS), 1, 2)), path[: len(_WALKS)]], axis=1)
    round_ = np.linspace(0, 2 * np.pi, 121)[:-1]
    root = math.sqrt(steps)
    return Result(
        {
            "path": quantity(shown, "walk", "step", "axis", labels={"walk": _WALKS}),
            "circle": quantity(root * np.stack([np.cos(round_), np.sin(round_)], axis=1), "place", "axis"),
            "root": quantity(root),
            "away": quantity(math.sqrt((path[:, -1] ** 2).sum(axis=1).mean())),
            "steps": quantity(steps),
            "shown": quantity(len(_WALKS)),
            "repeats": quantity(repeats),
        }
    )
