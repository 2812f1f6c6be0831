"""Our least squares against Householder reflections, against statsmodels, and against plain loops."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from sklearn.metrics import r2_score

from tapehead.analysis.errors import UsageError
from tapehead.analysis.sales.regression import (
    hat_matrix,
    least_squares,
    out_of_fold,
    random_splits,
    score_r2,
    split_scores,
)
from tapehead.analysis.sales.tables import Design
from tests.analysis.sales.naive_least_squares import householder, solve


def design(games: int = 40, columns: int = 3, seed: int = 0) -> Design:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(games, columns)) * [1, 10, 0.1][:columns] + [0, 50, -3][:columns]
    y = 2 + X @ np.array([1.0, -0.2, 4.0])[:columns] + rng.normal(size=games)
    return Design(X, y, tuple("abc")[:columns], np.arange(games), ())


@pytest.mark.parametrize("seed", range(5))
def test_coefficients_and_intervals_are_those_of_householder_and_of_statsmodels(seed: int) -> None:
    made = design(seed=seed)
    fit = least_squares(made)
    b, errors = solve(made.X, made.y)
    theirs = sm.OLS(made.y, sm.add_constant(made.X)).fit()
    np.testing.assert_allclose(fit.coefficients, b, rtol=1e-8)
    np.testing.assert_allclose(fit.coefficients, theirs.params, rtol=1e-8)
    np.testing.assert_allclose(np.column_stack([fit.low, fit.high]), theirs.conf_int(0.05), rtol=1e-7)
    assert fit.high[1] - fit.coefficients[1] == pytest.approx(errors[1] * 2.028094, rel=1e-5)  # t(0.975; 36)
    assert (fit.r2, fit.adjusted_r2) == pytest.approx((theirs.rsquared, theirs.rsquared_adj))
    assert fit.degrees == theirs.df_resid


def test_standardised_coefficients_are_those_of_columns_of_deviation_one() -> None:
    made = design()
    scaled = Design(
        (made.X - made.X.mean(axis=0)) / made.X.std(axis=0), made.y / made.y.std(), made.names, made.kept, ()
    )
    np.testing.assert_allclose(least_squares(made).standardised, solve(scaled.X, scaled.y)[0][1:])


def test_the_hat_is_a_projection_and_its_residual_stands_at_right_angles() -> None:
    made = design()
    hat, fit = hat_matrix(made), least_squares(made)
    full = np.column_stack([np.ones(40), made.X])
    Q = householder(full)[0][:, :4]
    np.testing.assert_allclose(hat, Q @ Q.T, atol=1e-12)
    np.testing.assert_allclose(hat @ made.y, fit.fitted, atol=1e-9)
    np.testing.assert_allclose(full.T @ fit.residual, 0, atol=1e-8)


def test_out_of_fold_predictions_come_from_fits_that_never_saw_the_game() -> None:
    made = design()
    guess, mean = out_of_fold(made.X, made.y[:, None], 4, seed=1)
    moved = made.y.copy()
    moved[7] += 1000
    again, mean_again = out_of_fold(made.X, moved[:, None], 4, seed=1)
    assert again[7, 0] == pytest.approx(guess[7, 0]) and mean_again[7, 0] == pytest.approx(mean[7, 0])
    assert np.sum(np.abs(again - guess) > 1e-6) == 30, "every game outside its fold is predicted otherwise"
    naive = [n for n in range(40) if abs(again[n, 0] - guess[n, 0]) > 1e-6]
    held = [n for n in range(40) if n not in naive]
    b = solve(np.delete(made.X, held, axis=0), np.delete(made.y, held))[0]
    np.testing.assert_allclose(guess[held, 0], b[0] + made.X[held] @ b[1:])


def test_without_predictors_the_mean_is_predicted() -> None:
    guess, mean = out_of_fold(np.empty((20, 0)), np.arange(20.0)[:, None], 2, seed=0)
    np.testing.assert_array_equal(guess, mean)


def test_splits_are_scored_on_what_was_held_out() -> None:
    made = design()
    scores = split_scores(made, 5, 3, seed=2)
    for score, (train, test) in zip(scores, random_splits(40, 5, 3, 2), strict=True):
        assert sorted([*train, *test]) == list(range(40)) and len(test) == 5
        b = solve(made.X[train], made.y[train])[0]
        assert score == pytest.approx(r2_score(made.y[test], b[0] + made.X[test] @ b[1:]))
    assert score_r2(np.array([1.0, 2, 3]), np.full(3, 2.0)) == 0


@pytest.mark.parametrize("test", [1, 36])
def test_too_few_games_to_hold_out_or_to_train_on(test: int) -> None:
    with pytest.raises(UsageError, match="cannot be held out"):
        split_scores(design(), test, 3, 0)


def test_too_few_games_for_the_folds() -> None:
    with pytest.raises(UsageError, match="10 folds need at least 20 games; there are 12"):
        out_of_fold(np.ones((12, 1)), np.ones((12, 1)), 10, 0)
