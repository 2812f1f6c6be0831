"""Ordinary least squares with intervals, cross-validation and random splits.

Coefficients are scikit-learn's; the t intervals are the classical ones (Hastie, Tibshirani & Friedman 2009, §3.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import stats
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import KFold

from tapehead.analysis.errors import UsageError
from tapehead.analysis.sales.tables import Design

LEVEL = 0.95


@dataclass(frozen=True)
class Fit:
    """A least-squares fit: constant first, then the predictors in the design's order.

    ``low`` and ``high`` are the ends of 95 % t intervals; ``standardised`` are the predictors' coefficients if every
    measure had standard deviation one.
    """

    names: tuple[str, ...]
    coefficients: np.ndarray
    low: np.ndarray
    high: np.ndarray
    standardised: np.ndarray
    fitted: np.ndarray
    residual: np.ndarray
    r2: float
    adjusted_r2: float
    degrees: int

    def covers(self, truth: np.ndarray) -> np.ndarray:
        """Per coefficient, whether its interval holds the true one."""
        return (self.low <= truth) & (truth <= self.high)


def least_squares(design: Design) -> Fit:
    """Fit ``y`` by a constant and the predictors.

    The design has been checked (:func:`~tapehead.analysis.sales.tables.check`): more rows than columns, full rank.
    """
    X, y = design.X, design.y
    model = LinearRegression().fit(X, y)
    coefficients = np.concatenate([[model.intercept_], model.coef_])
    full = np.column_stack([np.ones(len(y)), X])
    fitted = full @ coefficients
    residual = y - fitted
    degrees = len(y) - full.shape[1]
    rss, tss = float(residual @ residual), float(np.sum((y - y.mean()) ** 2))
    spread = np.sqrt(rss / degrees * np.diag(np.linalg.pinv(full.T @ full, rcond=1e-18)))
    reach = stats.t.ppf(0.5 + LEVEL / 2, degrees) * spread
    r2 = 1 - rss / tss
    return Fit(
        ("constant", *design.names),
        coefficients,
        coefficients - reach,
        coefficients + reach,
        model.coef_ * X.std(axis=0) / y.std(),
        fitted,
        residual,
        r2,
        1 - (1 - r2) * (len(y) - 1) / degrees,
        degrees,
    )


def hat_matrix(design: Design) -> np.ndarray:
    """(games, games): what turns measured sales into fitted ones, the projection onto the columns and the constant."""
    full = np.column_stack([np.ones(len(design.y)), design.X])
    basis = np.linalg.svd(full, full_matrices=False)[0]
    return basis @ basis.T


def out_of_fold(X: np.ndarray, Y: np.ndarray, folds: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Predict every game by a fit that never saw it.

    Args:
        X: (games, predictors), which may be none.
        Y: (games, targets), each fitted on its own.

    Returns:
        Predictions, and the mean of the training games (what somebody without predictors would say), both of Y's
        shape.

    Raises:
        UsageError: fewer than two games per fold.
    """
    if folds < 2 or len(Y) < 2 * folds:
        raise UsageError(f"{folds} folds need at least {2 * max(folds, 2)} games; there are {len(Y)}")
    guess, mean = np.empty_like(Y), np.empty_like(Y)
    for train, test in KFold(folds, shuffle=True, random_state=seed).split(Y):
        mean[test] = Y[train].mean(axis=0)
        guess[test] = LinearRegression().fit(X[train], Y[train]).predict(X[test]) if X.shape[1] else mean[test]
    return guess, mean


def random_splits(games: int, test: int, count: int, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """``count`` times: the rows to train on and ``test`` rows to test on, drawn anew."""
    rng = np.random.default_rng([seed, 0x5711])
    for _ in range(count):
        order = rng.permutation(games)
        yield order[test:], order[:test]


def score_r2(y: np.ndarray, guess: np.ndarray) -> float:
    """1 − Σ(y − guess)² / Σ(y − mean of y)², as ``sklearn.metrics.r2_score`` has it; below zero: worse than the mean
    of the very games that are predicted."""
    return float(1 - np.sum((y - guess) ** 2) / np.sum((y - y.mean()) ** 2))


def split_scores(design: Design, test: int, count: int, seed: int) -> np.ndarray:
    """(count): R² on ``test`` games that a fit on all others never saw, for ``count`` random splits.

    Raises:
        UsageError: fewer than two games to test on, or too few to train on.
    """
    games, columns = design.X.shape
    if test < 2 or games - test < columns + 2:
        raise UsageError(
            f"{test} of {games} games cannot be held out: at least 2 to test on and {columns + 2} to train on"
        )
    found = np.empty(count)
    for n, (train, held) in enumerate(random_splits(games, test, count, seed)):
        model = LinearRegression().fit(design.X[train], design.y[train])
        found[n] = score_r2(design.y[held], model.predict(design.X[held]))
    return found
