"""The same look at a table whose truth nobody knows: the user's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy import stats
from sklearn.linear_model import LassoCV

from tapehead.analysis.errors import UsageError
from tapehead.analysis.results import Quantity, Result, quantity
from tapehead.analysis.sales.games import FILM, film_design, make_games
from tapehead.analysis.sales.judging import cross_validated
from tapehead.analysis.sales.regression import least_squares, split_scores
from tapehead.analysis.sales.tables import Column, Columns, Design, measured, read_columns, read_games

FOLDS = 10
LEAST = 2 * FOLDS
"""Games that ten folds need."""
HELD_OUT = 0.05
"""Share of the games in a test set, as the published study had it."""


def read_design(data: Path | None, columns: Path | None, count: int, seed: int) -> Design:
    """The user's table, measured; without ``data``, ``count`` generated games.

    Without ``columns`` the table has to have the film's headings: sales, mentions_before, user_score, critic_score.

    Raises:
        UsageError: see :func:`read_columns`, :func:`read_games` and :func:`measured`; or ``columns`` without ``data``.
    """
    if data is None:
        if columns is not None:
            raise UsageError(f"--columns {columns} says what a table's columns are; name the table with --data as well")
        return film_design(make_games(count, seed))
    said = read_columns(columns) if columns else _film_columns()
    return measured(read_games(data, said), said, str(data))


def _film_columns() -> Columns:
    return Columns(FILM.sales, tuple(Column(c.name, c.column, c.unit, c.largest) for c in FILM.predictors))


def look_at(design: Design, splits: int, shuffles: int, seed: int) -> Result:
    """Everything that can be said honestly of a table without knowing its truth.

    Quantities: ``funnel`` (step); ``games``; ``coefficients``, ``low``, ``high`` (coefficient); ``standardised``,
    ``simple`` (its correlation with sales alone), ``belt`` (LASSO's standardised coefficient at the strength that ten
    folds choose) and ``skewness`` (predictor); ``sales_skewness``; ``r2``, ``adjusted_r2``, ``orthogonality`` (the
    largest |cosine| of residual and columns); ``cross_validated`` with ``cross_low``, ``cross_high``, ``null_high``,
    ``p_bound`` (model: each predictor alone, then all); ``split_median``, ``split_spread``, ``split_low``,
    ``split_high``, ``split_least``, ``split_most`` of R² on ``held_out`` games, ``splits`` times.

    Raises:
        UsageError: too few games for ten folds, or numbers of splits or shuffles that make no interval.
    """
    games = len(design.y)
    if games < LEAST:
        steps = "; ".join(f"{step}: {count}" for step, count in design.funnel)
        raise UsageError(
            f"{games} games are left, too few to judge a fit by {FOLDS} folds, which need {LEAST} ({steps}); "
            "take predictors with fewer gaps, or add games"
        )
    if splits < 20:
        raise UsageError(f"--splits has to be at least 20 for an interval; found {splits}")
    fit = least_squares(design)
    full = np.column_stack([np.ones(games), design.X])
    # A perfect fit leaves nothing to be orthogonal: dust compared with dust says nothing.
    rest = float(np.linalg.norm(fit.residual))
    exact = rest <= 1e-12 * float(np.linalg.norm(design.y))
    cosine = 0.0 if exact else float(np.abs(full.T @ fit.residual / np.linalg.norm(full, axis=0) / rest).max())
    scaled = (design.X - design.X.mean(axis=0)) / design.X.std(axis=0)
    belt = LassoCV(cv=FOLDS).fit(scaled, design.y)
    models = {name: (name,) for name in design.names} | ({"all": design.names} if len(design.names) > 1 else {})
    held = max(2, round(HELD_OUT * games))
    score = split_scores(design, held, splits, seed)
    low, median, high = np.quantile(score, [0.025, 0.5, 0.975])
    of, each = {"coefficient": fit.names}, {"predictor": design.names}
    names = {
        "r2": "cross_validated",
        "low": "cross_low",
        "high": "cross_high",
        "null_high": "null_high",
        "p_bound": "p_bound",
    }
    judged = cross_validated(design, models, FOLDS, shuffles, seed)
    found: dict[str, Quantity] = {
        "funnel": quantity(
            [count for _step, count in design.funnel],
            "step",
            unit="games",
            labels={"step": tuple(step for step, _count in design.funnel)},
        ),
        "games": quantity(games, unit="games"),
        "coefficients": quantity(fit.coefficients, "coefficient", labels=of),
        "low": quantity(fit.low, "coefficient", labels=of),
        "high": quantity(fit.high, "coefficient", labels=of),
        "standardised": quantity(fit.standardised, "predictor", labels=each),
        "simple": quantity([np.corrcoef(column, design.y)[0, 1] for column in design.X.T], "predictor", labels=each),
        "belt": quantity(belt.coef_, "predictor", labels=each),
        "skewness": quantity(stats.skew(design.X, axis=0), "predictor", labels=each),
        "sales_skewness": quantity(stats.skew(design.y)),
        "r2": quantity(fit.r2),
        "adjusted_r2": quantity(fit.adjusted_r2),
        "orthogonality": quantity(cosine),
        "split_median": quantity(median),
        "split_spread": quantity(score.std()),
        "split_low": quantity(low),
        "split_high": quantity(high),
        "split_least": quantity(score.min()),
        "split_most": quantity(score.max()),
        "held_out": quantity(held, unit="games"),
        "splits": quantity(splits, unit="splits"),
        "shuffles": quantity(shuffles, unit="shuffles"),
    }
    return Result(found | {names[key]: judged[key] for key in names}, facts={"seed": seed}, name="own table")
