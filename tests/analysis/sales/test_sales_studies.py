"""Every study of the film against a plain computation of the same, and its control where it has to say no."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tapehead.analysis.errors import UsageError
from tapehead.analysis.results import Result
from tapehead.analysis.sales import studies
from tapehead.analysis.sales.games import PLANTED, WITH_PUBLISHER, film_design, make_games
from tests.analysis.sales.naive_least_squares import lasso, solve

COUNT, SEED = 300, 10


def test_the_table_counts_who_was_thrown_out() -> None:
    found = studies.table(1001, seed=SEED)
    values = make_games(1001, SEED).games.values
    mentioned = values["mentions_before"] > 0
    scored = mentioned & np.isfinite(values["user_score"])
    kept = scored & np.isfinite(values["critic_score"])
    assert list(found["funnel"]) == [1001, mentioned.sum(), scored.sum(), kept.sum()]
    assert found.read("median_sales", group="lost") == np.median(values["sales"][~kept])
    assert found.read("median_low", group="kept") < found.read("median_sales", group="kept")
    inside = np.sum(values["sales"][kept] < found["median_low"][0])
    assert stats.binom.cdf(inside, kept.sum(), 0.5) < 0.026
    # The lost sell less than chance allows, and chance alone does not do that.
    assert found["chance_beyond"] == 0 and abs(found["chance_mean"].mean() - found["all_mean"]) < 0.02


def test_logs_unroll_what_is_skewed() -> None:
    found = studies.logs(COUNT, 200, seed=SEED)
    for column in ("sales", "talk"):
        raw = found["raw"][("sales", "talk").index(column)]
        third = np.mean((raw - raw.mean()) ** 3) / np.mean((raw - raw.mean()) ** 2) ** 1.5
        assert found.read("skewness", column=column, unit="raw") == pytest.approx(third)
        assert found.read("skewness", column=column, unit="raw") > found["normal_high"]
        assert found.read("skewness", column=column, unit="log") < third / 2
    assert found["normal_low"] < 0 < found["normal_high"]
    assert np.all(found["skewness_low"] < found["skewness"])


def test_correlations_and_what_shuffling_leaves_of_them() -> None:
    found = studies.correlations(1001, 200, seed=SEED)
    design = film_design(make_games(1001, SEED), WITH_PUBLISHER)
    naive = stats.pearsonr(design.y, design.X[:, 0])
    assert found.read("r", row="sales", column="talk before") == pytest.approx(naive.statistic)
    ends = naive.confidence_interval(0.95)
    assert found.read("r_low", row="sales", column="talk before") == pytest.approx(ends.low)
    assert found.read("r_high", row="sales", column="talk before") == pytest.approx(ends.high)
    assert found.read("beyond", column="talk before") == 0
    assert found.read("beyond", column="publisher") > 5, "a useless column is reached by chance"
    np.testing.assert_allclose(np.diag(found["r_low"]), 1)


def test_the_shadow_of_three_games_is_the_nearest_point_and_that_of_all_is_the_fit() -> None:
    found = studies.projection(COUNT, 500, seed=SEED)
    np.testing.assert_allclose(found["weights"] @ found["span"], found["shadow"], atol=1e-12)
    np.testing.assert_allclose(found["span"] @ found["rest"], 0, atol=1e-12)
    assert found["nearer"] == 0 and found["next_best"] > found.read("length", part="rest") == pytest.approx(3**0.5)
    assert found.read("length", part="arrow") ** 2 == pytest.approx(
        found.read("length", part="shadow") ** 2 + found.read("length", part="rest") ** 2
    )
    design = film_design(make_games(COUNT, SEED))
    b, errors = solve(design.X, design.y)
    np.testing.assert_allclose(found["coefficients"], b, rtol=1e-7)
    np.testing.assert_allclose(
        (found["high"] - found["low"]) / 2, errors * stats.t.ppf(0.975, len(design.y) - 4), rtol=1e-7
    )
    assert found["cosine_squared"] == pytest.approx(found["r2"])
    assert found["trace"] == pytest.approx(4) and found["leverage"].sum() == pytest.approx(4)
    assert found["orthogonality"] < 1e-9 and found["idempotence"] < 1e-9
    assert found["doubling"] == pytest.approx(100 * (2 ** b[1] - 1))


def test_the_belt_is_that_of_coordinate_descent_and_the_useless_column_mostly_goes_first() -> None:
    found = studies.belt(700, 6, seed=SEED)
    design = film_design(make_games(700, SEED), WITH_PUBLISHER)
    X = (design.X - design.X.mean(axis=0)) / design.X.std(axis=0)
    y = design.y - design.y.mean()
    for step in (5, 30, 45):
        np.testing.assert_allclose(found["path"][:, step], lasso(X, y, found["strength"][step]), atol=2e-3)
    assert np.all(found["path"][:, -1] == 0) and np.all(np.diff(found["strength"]) > 0)
    for gone, path in zip(found["gone_at"], found["path"], strict=True):
        assert np.all(path[found["strength"] >= gone] == 0)
        assert path[np.searchsorted(found["strength"], gone) - 1] != 0
    first = dict(zip(WITH_PUBLISHER.names, found["dropped_first"], strict=True))
    assert sum(first.values()) == 6 and first["publisher"] >= 4


def test_a_turned_axis_turns_the_sign() -> None:
    found = studies.reversal(1001, 5, seed=SEED)
    assert found.read("low", axis="reversed") > 0 > found.read("high", axis="plain")
    assert found.read("simple", axis="reversed") * found.read("simple", axis="plain") < 0
    assert found["planted_sign"] == 5
    # dealt anew, the scores have a sign by chance: a half of the tables
    many = studies.reversal(400, 40, seed=SEED)
    assert 8 <= many["shuffled_sign"] <= 32 and many["planted_sign"] > 32
    assert found.read("turned", rung=9) == 0 and found.read("turned", rung=0) == pytest.approx(np.log(10))
    assert PLANTED["user"] > 0


@pytest.mark.parametrize(
    ("study", "given"),
    [
        (studies.logs, {"normals": 3}),
        (studies.correlations, {"shuffles": 3}),
        (studies.projection, {"tries": 0}),
        (studies.belt, {"tables": 0}),
        (studies.reversal, {"tables": 0}),
    ],
)
def test_controls_without_numbers_are_refused(study, given: dict[str, int]) -> None:
    with pytest.raises(UsageError, match=f"{next(iter(given))} has to be at least"):
        study(COUNT, **given, seed=SEED)


def test_tables_too_small_to_fit_are_refused() -> None:
    with pytest.raises(UsageError, match=r"leaves \d games for 3 predictors"):
        studies.table(8, seed=SEED)


def test_the_same_seed_gives_the_same_numbers() -> None:
    def numbers(found: Result) -> bytes:
        return b"".join(q.values.tobytes() for q in found.quantities.values())

    assert numbers(studies.table(COUNT, seed=1)) == numbers(studies.table(COUNT, seed=1))
    assert numbers(studies.table(COUNT, seed=1)) != numbers(studies.table(COUNT, seed=2))
