"""Models of a pair's five numbers, out-of-fold scores that do not leak, and intervals for what they are worth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from tapehead.analysis.friends.networks import Network
from tapehead.analysis.friends.pairs import Sample, features

Maker = Callable[[int], Any]


def authors_svm(seed: int) -> Any:
    """The published model: RBF kernel, C = 10, gamma = 0.001, on numbers as they are."""
    return SVC(C=10, gamma=1e-3)


def tuned_svm(seed: int) -> Any:
    """The same kernel on numbers of deviation one, C and gamma chosen by folds inside the training rows."""
    grid = {"svc__C": [1, 10], "svc__gamma": [0.1, 1.0]}
    return GridSearchCV(make_pipeline(StandardScaler(), SVC()), grid, scoring="roc_auc", cv=3)


def scaled_svm(seed: int) -> Any:
    """The same kernel on numbers of deviation one, with scikit-learn's own C and gamma."""
    return make_pipeline(StandardScaler(), SVC())


def logistic(seed: int) -> Any:
    """A straight fence: logistic regression on numbers of deviation one."""
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))


def folds_of(sample: Sample, folds: int, grouped: bool, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """(training rows, test rows) per fold; ``grouped`` keeps a pair and its reverse on the same side."""
    if grouped:
        splitter: Any = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
        return list(splitter.split(sample.pairs, sample.linked, sample.group))
    splitter = StratifiedKFold(folds, shuffle=True, random_state=seed)
    return list(splitter.split(sample.pairs, sample.linked))


def out_of_fold(
    make: Maker,
    table: np.ndarray,
    sample: Sample,
    splits: list[tuple[np.ndarray, np.ndarray]],
    seed: int,
    labels: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Score and say every row by a model that never saw it; ``labels`` to train on instead of the true ones."""
    taught = sample.linked if labels is None else labels
    score, said = np.empty(len(taught)), np.empty(len(taught), dtype=int)
    for train, test in splits:
        model = make(seed).fit(table[train], taught[train])
        score[test], said[test] = model.decision_function(table[test]), model.predict(table[test])
    return score, said


def hidden_tables(network: Network, sample: Sample, splits: list[tuple[np.ndarray, np.ndarray]]) -> list[np.ndarray]:
    """One table of all rows per fold, from the network *without the links that the fold tests on*.

    The numbers of training rows leave their own link out, those of test rows have none to leave out: neither can see
    what is asked.
    """
    tables = []
    for _train, test in splits:
        asked = sample.pairs[test][sample.linked[test] == 1]
        tables.append(features(network.without(asked), sample.pairs, True))
    return tables


def out_of_hidden_folds(
    make: Maker,
    tables: list[np.ndarray],
    sample: Sample,
    splits: list[tuple[np.ndarray, np.ndarray]],
    seed: int,
    labels: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """:func:`out_of_fold` with one table per fold."""
    taught = sample.linked if labels is None else labels
    score, said = np.empty(len(taught)), np.empty(len(taught), dtype=int)
    for table, (train, test) in zip(tables, splits, strict=True):
        model = make(seed).fit(table[train], taught[train])
        score[test], said[test] = model.decision_function(table[test]), model.predict(table[test])
    return score, said


def auc(score: np.ndarray, linked: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Area under the ROC curve: the chance that a linked pair outranks a stranger, ties counted half.

    Args:
        score: (rows).
        linked: (rows), 0 or 1.
        weights: (resamples, rows), how often each row is drawn; without, each once.

    Returns:
        One area per resample; NaN where a class was not drawn.
    """
    w = np.ones((1, len(score))) if weights is None else np.asarray(weights, dtype=float)
    order = np.argsort(score, kind="stable")
    ranked = score[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    good = np.add.reduceat(w[:, order] * linked[order], starts, axis=1)
    bad = np.add.reduceat(w[:, order] * (1 - linked[order]), starts, axis=1)
    below = np.cumsum(bad, axis=1) - bad / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.sum(good * below, axis=1) / (good.sum(axis=1) * bad.sum(axis=1))


def drawn_groups(sample: Sample, resamples: int, seed: int) -> np.ndarray:
    """(resamples, rows): bootstrap weights that draw whole pairs, both their directions together."""
    rng = np.random.default_rng([seed, 0xB0])
    groups = int(sample.group.max()) + 1
    return rng.multinomial(groups, np.full(groups, 1 / groups), size=resamples)[:, sample.group]


def shuffled(sample: Sample, rng: np.random.Generator) -> np.ndarray:
    """(rows): labels dealt out anew among the pairs, both directions of a pair alike."""
    groups = int(sample.group.max()) + 1
    first = np.zeros(groups, dtype=int)
    first[sample.group] = sample.linked
    return rng.permutation(first)[sample.group]


def interval(values: np.ndarray) -> tuple[float, float]:
    """The middle 95 % of resampled values."""
    low, high = np.nanquantile(values, [0.025, 0.975])
    return float(low), float(high)
