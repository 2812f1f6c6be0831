"""The generated table: the same seed, the same games; gaps where its maker says; the truth found again."""

from __future__ import annotations

import numpy as np
import pytest

from tapehead.analysis.errors import UsageError
from tapehead.analysis.sales.games import FILM, NOISE, PLANTED, film_design, make_games
from tests.analysis.sales.naive_least_squares import householder


def test_the_same_seed_makes_the_same_games_and_another_others() -> None:
    one, same, other = make_games(50, 3), make_games(50, 3), make_games(50, 4)
    for name, values in one.games.values.items():
        np.testing.assert_array_equal(values, same.games.values[name])
        assert not np.array_equal(values, other.games.values[name], equal_nan=True)
    with pytest.raises(UsageError, match="at least one game; asked for 0"):
        make_games(0, 1)


def test_what_is_seen_is_what_the_truth_makes() -> None:
    made = make_games(4000, 1)
    values = made.games.values
    np.testing.assert_allclose(np.log(values["sales"]), made.log_sales)
    known = np.isfinite(values["user_score"])
    np.testing.assert_allclose(np.log(11 - values["user_score"][known]), made.truth[known, 1])
    assert np.nanmin(values["user_score"]) >= 0 and np.nanmax(values["critic_score"]) <= 100
    # A count is Poisson round its expectation: mean and variance of the standardised one.
    expected = np.exp(made.truth[:, 0])
    away = (values["mentions_before"] - expected) / np.sqrt(expected)
    assert abs(away.mean()) < 0.1 and away.std() == pytest.approx(1, abs=0.15)
    # No votes, no score: the unscored sell less.
    assert np.median(values["sales"][known]) > 3 * np.median(values["sales"][~known])
    rest = made.log_sales - PLANTED["constant"] - made.truth[:, :3] @ [PLANTED[name] for name in FILM.names]
    assert rest.std() == pytest.approx(NOISE, rel=0.05) and abs(rest.mean()) < 0.05


def test_planted_coefficients_lie_within_their_intervals_at_the_rate_that_the_intervals_promise() -> None:
    """Of 20 tables, by Householder reflections: 80 intervals, of which 95 % hold; below 69 has a chance of 1e-3."""
    truth = np.array([PLANTED[name] for name in ("constant", *FILM.names)])
    held = 0
    for seed in range(20):
        made = make_games(400, seed).everyone()
        b, errors = solve_thin(made.X, made.y)
        held += int(np.sum(np.abs(b - truth) <= 1.966 * errors))  # t(0.975; 396)
    assert held >= 69


def solve_thin(X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and standard errors by reflections, folding in 40 games at a time."""
    rest, right = np.empty((0, X.shape[1] + 2)), np.column_stack([np.ones(len(y)), X, y])
    for start in range(0, len(y), 40):
        rest = householder(np.vstack([rest, right[start : start + 40]]))[1][: right.shape[1]]
    k = X.shape[1] + 1
    b = np.linalg.solve(rest[:k, :k], rest[:k, k])
    inverse = np.linalg.inv(rest[:k, :k])
    return b, np.sqrt(rest[k, k] ** 2 / (len(y) - k) * np.sum(inverse**2, axis=1))


def test_the_rules_keep_games_that_are_complete() -> None:
    made = make_games(1001, 10)
    design = film_design(made)
    values = made.games.values
    whole = (values["mentions_before"] > 0) & np.isfinite(values["user_score"]) & np.isfinite(values["critic_score"])
    np.testing.assert_array_equal(design.kept, np.flatnonzero(whole))
    assert [n for _step, n in design.funnel][-1] == whole.sum()
