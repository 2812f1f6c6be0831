"""A curve out of scores, and the single knee that is left of it when only yes and no are kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.analysis.friends.pairs import features, sample
from tapehead.analysis.friends.scoring import auc, authors_svm, drawn_groups, interval
from tapehead.analysis.friends.studies import LIBRARIES, network_named
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity

CASES = ("too low", "too high")
"""What a knee does to the area: the widest miss below it, and the widest above it."""


def roc(score: np.ndarray, linked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shares of strangers and of friends at or above every bar, from (0, 0) to (1, 1); equal scores are one bar.

    Args:
        score: (rows).
        linked: (rows), 0 or 1.
    """
    order = np.argsort(-score, kind="stable")
    last = np.r_[np.flatnonzero(np.diff(score[order])), len(score) - 1]
    friends, strangers = np.cumsum(linked[order])[last], np.cumsum(1 - linked[order])[last]
    return np.r_[0, strangers / strangers[-1]], np.r_[0, friends / friends[-1]]


@analysis("friends.knee", libraries=LIBRARIES)
def knee(networks: Sequence[str], rows: int, resamples: int, points: int, *, seed: int) -> Result:
    """How far the area under a curve of verdicts misses that under the curve of scores, of the same machine.

    The published SVM in the published way (own links in, far strangers), learned on one network and tested on another.
    Quantities over (trained, tested): ``ranks`` and ``hard``, areas of its scores and of its verdicts alone; ``gap``,
    hard less ranks, with ``gap_low`` and ``gap_high`` (95 % bootstrap over pairs, both areas of one draw, so that they
    can be told apart or not).  ``below`` and ``above``: in how many of the transfers between two networks that
    interval lies below and above zero; ``transfers``: how many there are.  Over ``case`` (:data:`CASES`): the transfer
    with the widest gap on either side, ``there`` (0 if no interval lies on that side), ``case_ranks``, ``case_hard``,
    ``case_gap_low``, ``case_gap_high``, ``knee_x`` and ``knee_y``, shares of strangers and friends that are said to be
    friends; ``tpr`` (case, point) over ``fpr`` (point), the curve of the scores; ``trained`` and ``tested`` are facts.

    Raises:
        UsageError: fewer than two networks, or fewer than two points.
        UnknownNameError: there is no such network.
    """
    if len(networks) < 2 or points < 2:
        raise UsageError(
            f"a knee needs two networks and two points or more; found {list(networks)} and {points} points"
        )
    many = len(networks)
    area = np.full((5, many, many), np.nan)
    curves: dict[tuple[int, int], tuple[np.ndarray, np.ndarray, float, float]] = {}
    drawn = [sample(network_named(name, seed), rows, True, True, seed) for name in networks]
    tables = [
        features(network_named(name, seed), each.pairs, False) for name, each in zip(networks, drawn, strict=True)
    ]
    for i in range(many):
        machine = authors_svm(seed).fit(tables[i], drawn[i].linked)
        for j in range(many):
            linked, score = drawn[j].linked, machine.decision_function(tables[j])
            said = machine.predict(tables[j]).astype(float)
            weights = drawn_groups(drawn[j], resamples, seed)
            gaps = auc(said, linked, weights) - auc(score, linked, weights)
            by_score, by_said = float(auc(score, linked)[0]), float(auc(said, linked)[0])
            area[:, i, j] = by_score, by_said, by_said - by_score, *interval(gaps)
            curves[i, j] = (*roc(score, linked), float(said[linked == 0].mean()), float(said[linked == 1].mean()))
    apart = ~np.eye(many, dtype=bool)
    ranks, hard, gap, low, high = area
    below, above = apart & (high < 0), apart & (low > 0)
    fpr = np.linspace(0, 1, points)
    tpr, found = np.zeros((2, points)), np.zeros((7, 2))
    facts: dict[str, str | int] = {"control": "both areas from one draw of the pairs", "seed": seed}
    for n, (name, side, sign) in enumerate(zip(CASES, (below, above), (-1, 1), strict=True)):
        if not side.any():
            continue
        i, j = (int(k) for k in np.unravel_index(np.argmax(np.where(side, sign * gap, -np.inf)), gap.shape))
        x, y, across, up = curves[i, j]
        tpr[n] = _upper(fpr, x, y)
        found[:, n] = 1, ranks[i, j], hard[i, j], low[i, j], high[i, j], across, up
        facts |= {f"{name}: trained": networks[i], f"{name}: tested": networks[j]}
    of = {"trained": tuple(networks), "tested": tuple(networks)}
    names = ("there", "case_ranks", "case_hard", "case_gap_low", "case_gap_high", "knee_x", "knee_y")
    return Result(
        {
            **{
                name: quantity(values, "trained", "tested", labels=of)
                for name, values in zip(("ranks", "hard", "gap", "gap_low", "gap_high"), area, strict=True)
            },
            **{name: quantity(found[n], "case", labels={"case": CASES}) for n, name in enumerate(names)},
            "below": quantity(int(below.sum()), unit="transfers"),
            "above": quantity(int(above.sum()), unit="transfers"),
            "transfers": quantity(int(apart.sum()), unit="transfers"),
            "fpr": quantity(fpr, "point"),
            "tpr": quantity(tpr, "case", "point", labels={"case": CASES}),
        },
        facts=facts,
    )


def _upper(at: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A step curve at given places: where it rises straight up, its upper end."""
    last = np.r_[np.flatnonzero(np.diff(x)), len(x) - 1]
    return np.interp(at, x[last], y[last])
