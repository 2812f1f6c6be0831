"""How far a result about sales can be trusted: the luck of a split, games never seen, and games thrown out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import stats

from tapehead.analysis.bootstrap import bootstrap_ratio
from tapehead.analysis.errors import UsageError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Quantity, Result, quantity
from tapehead.analysis.sales.games import FILM, PLANTED, Generated, film_design, make_games
from tapehead.analysis.sales.regression import least_squares, out_of_fold, score_r2, split_scores
from tapehead.analysis.sales.tables import Design

LIBRARIES = ("numpy", "scipy", "scikit-learn")
STAGES = ("everyone", "mentioned", "scored", "by chance", "as counted")
"""Which games are fitted, with which talk: all of them; those mentioned; those with all scores; as many as the latter,
drawn by chance; those with all scores again, with the counted talk in place of the true one."""
MODELS = {
    "nothing": (),
    "talk": ("talk",),
    "scores": ("user", "critic"),
    "all three": ("talk", "user", "critic"),
}
_TRUTH = np.array([PLANTED[name] for name in ("constant", *FILM.names)])


def _needs(name: str, value: int, least: int) -> None:
    if value < least:
        raise UsageError(f"{name} has to be at least {least}; found {value}")


@analysis("sales.luck", version=1, libraries=LIBRARIES)
def luck(study: Result, count: int, test: int, splits: int, fresh: int, *, seed: int) -> Result:
    """How much of a test score is the luck of the split.

    ``study`` is a result of :func:`~tapehead.analysis.sales.published.published_study`, whose test score is the one to
    compare with.  ``test`` kept games are held out, ``splits`` times anew.  Quantities: ``score`` (split), R² on the
    games held out; ``median``, ``spread`` (standard deviation), ``low`` and ``high`` (2.5 and 97.5 %), ``least``,
    ``most``; ``reach`` = share of the splits (in %) that reach ``published``, ``below_zero`` = share (in %) below zero.
    ``sizes`` (size) and ``spread_of_size`` (size): the spread when more games are held out, a quarter as many splits.
    Control: ``truth``, the R² of the fit of all kept games on ``fresh`` new games from the same generator, thrown out
    by the same rules; and ``null_median`` and ``null_reach`` (in %), the same splits with sales shuffled each time.

    Raises:
        UsageError: no splits, or too few games to hold out or to train on.
    """
    _needs("splits", splits, 1)
    published = float(study.read("test_r2", method="least squares"))
    design = film_design(make_games(count, seed))
    score = split_scores(design, test, splits, seed)
    rng = np.random.default_rng([seed, 0x10CC])
    null = np.array(
        [
            split_scores(Design(design.X, rng.permutation(design.y), design.names, design.kept, ()), test, 1, seed + n)
            for n in range(splits)
        ]
    ).ravel()
    games = len(design.y)
    sizes = [size for size in (test, 2 * test, 4 * test, 8 * test) if games - size > 8]
    spreads = [split_scores(design, size, max(50, splits // 4), seed + 1).std() for size in sizes]
    fit = least_squares(design)
    new = film_design(make_games(fresh, seed + 1))
    truth = score_r2(new.y, fit.coefficients[0] + new.X @ fit.coefficients[1:])
    quantiles = np.quantile(score, [0.025, 0.5, 0.975])
    return Result(
        {
            "score": quantity(score, "split"),
            "low": quantity(quantiles[0]),
            "median": quantity(quantiles[1]),
            "high": quantity(quantiles[2]),
            "spread": quantity(score.std()),
            "least": quantity(score.min()),
            "most": quantity(score.max()),
            "reach": quantity(100 * np.mean(score >= published), unit="%"),
            "below_zero": quantity(100 * np.mean(score < 0), unit="%"),
            "published": quantity(published),
            "splits": quantity(splits, unit="splits"),
            "test": quantity(test, unit="games"),
            "games": quantity(games, unit="games"),
            "sizes": quantity(sizes, "size", unit="games"),
            "spread_of_size": quantity(spreads, "size"),
            "truth": quantity(truth),
            "fresh": quantity(len(new.y), unit="games"),
            "null": quantity(null, "split"),
            "null_median": quantity(np.median(null)),
            "null_reach": quantity(100 * np.mean(null >= published), unit="%"),
        },
        facts={"control": "new games of the same generator; sales shuffled before each split", "seed": seed},
    )


@analysis("sales.verdict", version=1, libraries=LIBRARIES)
def verdict(count: int, folds: int, shuffles: int, *, seed: int) -> Result:
    """What each predictor is worth on games that the fit never saw.

    Quantities over ``model`` (nothing, talk, scores, all three): ``r2``, cross-validated, 1 − Σ(y − guess)² /
    Σ(y − mean of the training games)²; ``low`` and ``high``, 95 % bootstrap over games.  Control: ``null_high``
    (model), the 97.5 % quantile of the same when sales are shuffled, ``null_most`` (model), ``reach`` (model), how
    many of ``shuffles`` reach the real one, and ``p_bound`` = (reach + 1) / (shuffles + 1).

    Raises:
        UsageError: fewer than 20 shuffles, or too few games for the folds.
    """
    design = film_design(make_games(count, seed))
    return Result(
        cross_validated(design, MODELS, folds, shuffles, seed)
        | {"folds": quantity(folds, unit="folds"), "games": quantity(len(design.y), unit="games")},
        facts={"control": "sales shuffled among the games", "seed": seed},
    )


def cross_validated(
    design: Design, models: Mapping[str, tuple[str, ...]], folds: int, shuffles: int, seed: int
) -> dict[str, Quantity]:
    """The quantities of :func:`verdict` for any design; ``models`` maps names to predictors, none for the mean."""
    _needs("shuffles", shuffles, 20)
    rng = np.random.default_rng([seed, 0xFA1])
    targets = np.column_stack([design.y, *(rng.permutation(design.y) for _ in range(shuffles))])
    scores, lows, highs = [], [], []
    for predictors in models.values():
        guess, mean = out_of_fold(design.only(predictors).X, targets, folds, seed)
        wrong, spread = (targets - guess) ** 2, (targets - mean) ** 2
        scores.append(1 - wrong.sum(axis=0) / spread.sum(axis=0))
        low, high = bootstrap_ratio(wrong[:, 0], spread[:, 0], seed)
        lows.append(1 - float(high))
        highs.append(1 - float(low))
    every = np.array(scores)
    reach = (every[:, 1:] >= every[:, :1]).sum(axis=1)
    of = {"model": tuple(models)}
    return {
        "r2": quantity(every[:, 0], "model", labels=of),
        "low": quantity(lows, "model", labels=of),
        "high": quantity(highs, "model", labels=of),
        "null_high": quantity(np.quantile(every[:, 1:], 0.975, axis=1), "model", labels=of),
        "null_most": quantity(every[:, 1:].max(axis=1), "model", labels=of),
        "reach": quantity(reach, "model", unit="shuffles", labels=of),
        "shuffles": quantity(shuffles, unit="shuffles"),
        "p_bound": quantity((reach + 1) / (shuffles + 1), "model", labels=of),
    }


@analysis("sales.selection", version=1, libraries=LIBRARIES)
def selection(count: int, tables: int, *, seed: int) -> Result:
    """What throwing games out does to the coefficients, measured on many tables whose truth is known.

    Stages are :data:`STAGES`.  Quantities over (stage, coefficient): ``mean`` of the estimates, ``mean_low`` and
    ``mean_high`` (95 %, over tables), ``planted`` (coefficient); ``covered``, in how many of ``tables`` the 95 %
    interval held the planted value, in % ``coverage`` with ``coverage_low`` and ``coverage_high`` (Clopper & Pearson
    1934); ``coverage_all`` (stage, in %), the same over all coefficients together.  ``estimate`` (stage, table) is
    talk's coefficient.  The control is the stage "by chance".

    Raises:
        UsageError: fewer than two tables.
    """
    _needs("tables", tables, 2)
    estimates = np.empty((len(STAGES), tables, len(_TRUTH)))
    covered = np.empty(estimates.shape, dtype=bool)
    for n in range(tables):
        for place, design in enumerate(_stages(make_games(count, seed + 1 + n), seed + n)):
            fit = least_squares(design)
            estimates[place, n], covered[place, n] = fit.coefficients, fit.covers(_TRUTH)
    mean = estimates.mean(axis=1)
    reach = stats.t.ppf(0.975, tables - 1) * estimates.std(axis=1, ddof=1) / np.sqrt(tables)
    held = covered.sum(axis=1)
    ends = stats.binomtest
    bounds = np.array([[ends(int(k), tables).proportion_ci(method="exact") for k in row] for row in held])
    of = {"stage": STAGES, "coefficient": ("constant", *FILM.names)}
    stage = {"stage": STAGES}
    return Result(
        {
            "mean": quantity(mean, "stage", "coefficient", labels=of),
            "mean_low": quantity(mean - reach, "stage", "coefficient", labels=of),
            "mean_high": quantity(mean + reach, "stage", "coefficient", labels=of),
            "planted": quantity(_TRUTH, "coefficient", labels={"coefficient": of["coefficient"]}),
            "covered": quantity(held, "stage", "coefficient", unit="tables", labels=of),
            "coverage": quantity(100 * held / tables, "stage", "coefficient", unit="%", labels=of),
            "coverage_low": quantity(100 * bounds[..., 0], "stage", "coefficient", unit="%", labels=of),
            "coverage_high": quantity(100 * bounds[..., 1], "stage", "coefficient", unit="%", labels=of),
            "coverage_all": quantity(100 * covered.mean(axis=(1, 2)), "stage", unit="%", labels=stage),
            "estimate": quantity(estimates[:, :, 1], "stage", "table", labels=stage),
            "tables": quantity(tables, unit="tables"),
        },
        facts={"control": "as many games thrown out by chance", "seed": seed},
    )


def _stages(generated: Generated, seed: int) -> tuple[Design, ...]:
    """The designs of :data:`STAGES`, in order."""
    everyone, counted = generated.everyone(), film_design(generated)
    mentioned = np.flatnonzero(generated.games.values["mentions_before"] > 0)
    chance = np.random.default_rng([seed, 0xDA]).permutation(len(generated.games))[: len(counted.kept)]
    return everyone, everyone.rows(mentioned), everyone.rows(counted.kept), everyone.rows(chance), counted
