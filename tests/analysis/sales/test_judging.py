"""How far the studies can be trusted, held against loops written out and against the planted truth."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from sklearn.model_selection import KFold, cross_val_predict

from tapehead.analysis.errors import UsageError
from tapehead.analysis.sales import judging
from tapehead.analysis.sales.games import PLANTED, film_design, make_games
from tapehead.analysis.sales.published import published_study

COUNT, SEED = 400, 10


def test_luck_is_the_spread_of_the_splits_and_truth_lies_inside() -> None:
    found = judging.luck(published_study(seed=0), COUNT, 10, 100, 20_000, seed=SEED)
    score = found["score"]
    assert found["median"] == np.median(score) and found["spread"] == score.std()
    assert found["reach"] == pytest.approx(np.sum(score >= 0.509))
    assert found["below_zero"] == pytest.approx(np.sum(score < 0))
    assert found["low"] < found["truth"] < found["high"]
    assert np.all(np.diff(found["spread_of_size"]) < 0), "the more games are held out, the less luck"
    assert found["null_median"] < 0.02 and found["null_reach"] <= 1
    # The truth, by a fit and a score of our own on games made anew.
    design, new = film_design(make_games(COUNT, SEED)), film_design(make_games(20_000, SEED + 1))
    model = LinearRegression().fit(design.X, design.y)
    assert found["truth"] == pytest.approx(r2_score(new.y, model.predict(new.X)))


def test_cross_validation_is_scikit_learns_and_shuffled_sales_are_worth_nothing() -> None:
    found = judging.verdict(COUNT, 5, 100, seed=SEED)
    design = film_design(make_games(COUNT, SEED))
    folds = KFold(5, shuffle=True, random_state=SEED)
    guess = cross_val_predict(LinearRegression(), design.X, design.y, cv=folds)
    mean = np.empty_like(design.y)
    for train, test in folds.split(design.y):
        mean[test] = design.y[train].mean()
    wanted = 1 - np.sum((design.y - guess) ** 2) / np.sum((design.y - mean) ** 2)
    assert found.read("r2", model="all three") == pytest.approx(wanted)
    assert found.read("r2", model="nothing") == 0
    assert found.read("low", model="all three") < wanted < found.read("high", model="all three")
    assert found.read("reach", model="all three") == 0 and found.read("null_high", model="all three") < 0.05
    assert found.read("p_bound", model="all three") == pytest.approx(1 / 101)


def test_throwing_out_by_sales_moves_the_coefficients_and_throwing_out_by_chance_does_not() -> None:
    found = judging.selection(1001, 20, seed=SEED)
    talk, truth = {"coefficient": "talk"}, PLANTED["talk"]
    for stage in ("everyone", "mentioned", "by chance"):
        low, high = (found.read(end, stage=stage, **talk) for end in ("mean_low", "mean_high"))
        assert low - 0.01 < truth < high + 0.01
        assert found.read("coverage_all", stage=stage) >= 85
    for stage in ("scored", "as counted"):
        assert found.read("mean_high", stage=stage, **talk) < truth - 0.05
        assert found.read("coverage_high", stage=stage, **talk) < 75
    assert np.all(found["coverage_low"] <= found["coverage"]) and np.all(found["coverage"] <= found["coverage_high"])
    assert found["covered"].max() <= 20


@pytest.mark.long
def test_planted_coefficients_are_recovered_in_95_of_100_tables() -> None:
    found = judging.selection(1001, 100, seed=SEED)
    for name in ("constant", "talk", "user", "critic"):
        # Of exact 95 % intervals, fewer than 88 of 100 hold in one run of three hundred.
        assert found.read("covered", stage="everyone", coefficient=name) >= 88
    assert 93 <= found.read("coverage_all", stage="everyone") <= 97.5
    assert found.read("coverage_all", stage="scored") < 60


@pytest.mark.parametrize(
    ("run", "complaint"),
    [
        (lambda: judging.selection(1001, 1, seed=0), "tables has to be at least 2; found 1"),
        (lambda: judging.verdict(COUNT, 10, 5, seed=0), "shuffles has to be at least 20; found 5"),
        (lambda: judging.verdict(COUNT, 200, 50, seed=0), "200 folds need at least 400 games"),
        (lambda: judging.luck(published_study(seed=0), 60, 50, 5, 1000, seed=0), "cannot be held out"),
    ],
)
def test_what_makes_no_interval_is_refused(run, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        run()
