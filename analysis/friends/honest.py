"""One score, made honest step by step, for any network; and the table of models at the end of the road."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.analysis.friends.networks import Network
from tapehead.analysis.friends.pairs import FEATURES, Sample, features, sample
from tapehead.analysis.friends.scoring import (
    Maker,
    auc,
    authors_svm,
    drawn_groups,
    folds_of,
    hidden_tables,
    interval,
    logistic,
    out_of_fold,
    out_of_hidden_folds,
    shuffled,
    tuned_svm,
)
from tapehead.analysis.results import Quantity, quantity

STEPS = (
    "graded on itself",
    "five folds",
    "both directions together",
    "own link taken out",
    "near pairs only",
    "tested links hidden",
)
"""From the published way of scoring to one that cannot look at the answer; each step keeps those before it."""
MODELS = ("SVM as published", "SVM scaled and tuned", "logistic", *FEATURES, "shuffled labels")
"""What is compared at the last step; a feature's name: that one number alone, as a rank."""
FOLDS = 5


@dataclass(frozen=True)
class Way:
    """How much is looked at: rows of the sample, resamples of the bootstrap, shuffles of the control."""

    rows: int = 800
    resamples: int = 500
    shuffles: int = 20
    memory_gb: float = 4.0

    def __post_init__(self) -> None:
        for name, least in (("rows", 40), ("resamples", 100), ("shuffles", 5)):
            if getattr(self, name) < least:
                raise UsageError(f"{name} has to be at least {least}; found {getattr(self, name)}")


def judged(network: Network, way: Way, seed: int, tuned: bool = True) -> dict[str, Quantity]:
    """Score a network's pairs at every step of :data:`STEPS`, and :data:`MODELS` at the last one.

    Returns:
        ``auc``, ``auc_low``, ``auc_high``, ``accuracy``, ``accuracy_low``, ``accuracy_high`` (step), of the published
        SVM; ``auc_hard`` (step), the area if only its verdicts are ranked; ``model_auc`` with ``_low`` and ``_high``
        (model), NaN for the tuned SVM without ``tuned``; ``null_high``, the 97.5 % quantile of the logistic
        model's area when labels are shuffled among the pairs before anything is fitted, and ``null`` (shuffle);
        ``zero_walks`` (kind: linked, near, far), the share in % of pairs without a walk, ``kinds`` (kind), how many;
        ``twice``, pairs that come from both sides; ``walks_alone``, the area of the walks alone with far strangers;
        ``persons``, ``links``.  Intervals: 95 % bootstrap over pairs.

    Raises:
        UsageError: the network is too small for folds, or too large for the memory.
    """
    published = sample(network, way.rows, True, True, seed, way.memory_gb)
    near = sample(network, way.rows, False, True, seed, way.memory_gb)
    raw, own_out = features(network, published.pairs, False), features(network, published.pairs, True)
    near_out = features(network, near.pairs, True)
    plain, together = (folds_of(published, FOLDS, grouped, seed) for grouped in (False, True))
    apart = folds_of(near, FOLDS, True, seed)
    tables = hidden_tables(network, near, apart)
    itself = authors_svm(seed).fit(raw, published.linked)
    runs = (
        (published, (itself.decision_function(raw), itself.predict(raw))),
        (published, out_of_fold(authors_svm, raw, published, plain, seed)),
        (published, out_of_fold(authors_svm, raw, published, together, seed)),
        (published, out_of_fold(authors_svm, own_out, published, together, seed)),
        (near, out_of_fold(authors_svm, near_out, near, apart, seed)),
        (near, out_of_hidden_folds(authors_svm, tables, near, apart, seed)),
    )
    drawn = {id(which): drawn_groups(which, way.resamples, seed) for which in (published, near)}
    rows = []
    for which, (score, said) in runs:
        weights = drawn[id(which)]
        right = (said == which.linked).astype(float)
        bounds = interval((weights @ right) / weights.sum(axis=1))
        rows.append(
            [
                float(auc(score, which.linked)[0]),
                *interval(auc(score, which.linked, weights)),
                right.mean(),
                *bounds,
                float(auc(said.astype(float), which.linked)[0]),
            ]
        )
    names = ("auc", "auc_low", "auc_high", "accuracy", "accuracy_low", "accuracy_high", "auc_hard")
    found = {name: quantity([row[n] for row in rows], "step", labels={"step": STEPS}) for n, name in enumerate(names)}

    scores = _models(runs[5][1][0], tables, near, apart, seed, tuned)
    weights = drawn[id(near)]
    areas = np.array([float(auc(score, near.linked)[0]) if np.isfinite(score).all() else np.nan for score in scores])
    ends = np.array(
        [
            interval(auc(score, near.linked, weights)) if np.isfinite(score).all() else (np.nan, np.nan)
            for score in scores
        ]
    )
    rng = np.random.default_rng([seed, 0x5AFE])
    null = np.empty(way.shuffles)
    for n in range(way.shuffles):
        labels = shuffled(near, rng)
        null[n] = float(auc(out_of_hidden_folds(logistic, tables, near, apart, seed, labels)[0], labels)[0])
    areas[-1], ends[-1] = null.mean(), np.quantile(null, [0.025, 0.975])
    of = {"model": MODELS}
    kinds = ("linked", "near", "far")
    counts = np.array([np.sum(published.kind == kind) for kind in kinds])
    silent = np.array([np.sum((published.kind == kind) & (raw[:, 4] == 0)) for kind in kinds])
    sizes = np.bincount(published.group)
    return found | {
        "model_auc": quantity(areas, "model", labels=of),
        "model_auc_low": quantity(ends[:, 0], "model", labels=of),
        "model_auc_high": quantity(ends[:, 1], "model", labels=of),
        "null": quantity(null, "shuffle"),
        "null_high": quantity(np.quantile(null, 0.975)),
        "kinds": quantity(counts, "kind", unit="pairs", labels={"kind": kinds}),
        "zero_walks": quantity(100 * silent / np.maximum(counts, 1), "kind", unit="%", labels={"kind": kinds}),
        "twice": quantity(int(np.sum(sizes == 2)), unit="pairs"),
        "walks_alone": quantity(float(auc(raw[:, 4], published.linked)[0])),
        "persons": quantity(network.persons, unit="persons"),
        "links": quantity(len(network.edges), unit="links"),
    }


def _models(
    published: np.ndarray,
    tables: list[np.ndarray],
    near: Sample,
    splits: list[tuple[np.ndarray, np.ndarray]],
    seed: int,
    tuned: bool,
) -> list[np.ndarray]:
    """Scores of every row under :data:`MODELS`, but for the last, which is a control of its own."""
    makers: tuple[Maker | None, ...] = (tuned_svm if tuned else None, logistic)
    scores = [published]
    for make in makers:
        if make is None:
            scores.append(np.full(len(published), np.nan))
        else:
            scores.append(out_of_hidden_folds(make, tables, near, splits, seed)[0])
    for column in range(len(FEATURES)):
        score = np.empty(len(published))
        for table, (_train, test) in zip(tables, splits, strict=True):
            score[test] = table[test, column]
        scores.append(score)
    return [*scores, np.zeros(len(published))]
