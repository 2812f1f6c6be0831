"""The fence against the conditions of its own optimum and Newton's method, and a control that can say no."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize

from tapehead.analysis.errors import ResultError
from tapehead.analysis.linear.fences import animal_table, fence, fitted, rank_score
from tapehead.analysis.results import Result, quantity

KINDS = {"cats": [1.0, 1.0], "rats": [2.5, 2.0]}


def animals(n=60, spread=0.6, seed=7, kinds=KINDS):
    return animal_table(kinds=kinds, spread=spread, n=n, seed=seed)


@pytest.fixture(scope="module")
def table():
    return animals()


@pytest.fixture(scope="module")
def found(table):
    return fence(table, shuffles=99, seed=7)


def one_sided():
    made = animals(n=4)
    return Result({**made.quantities, "kind": quantity(np.array([0, 0, 1, 1] * 2), "animal")})


def learned(table):
    rows = [i for i in range(len(table["x"])) if i % 4 < 2]
    return table["x"][rows], table["kind"][rows]


def held_out(table):
    rows = [i for i in range(len(table["x"])) if i % 4 >= 2]
    return table["x"][rows], table["kind"][rows]


def density(x, centre, spread):
    return math.exp(-((x[0] - centre[0]) ** 2 + (x[1] - centre[1]) ** 2) / (2 * spread**2))


def test_the_planted_fence_is_the_log_odds_of_the_clouds(table):
    for x in ([0.0, 0.0], [1.3, 2.2], [2.5, 2.0]):
        odds = math.log(density(x, KINDS["rats"], 0.6) / density(x, KINDS["cats"], 0.6))
        assert table["planted"] @ x + table.read("planted_offset") == pytest.approx(odds)


def test_the_clouds_are_where_they_were_put():
    many = animals(n=20000)
    for name, kind in (("cats", 0), ("rats", 1)):
        cloud = many["x"][many["kind"] == kind]
        assert cloud.mean(axis=0) == pytest.approx(KINDS[name], abs=0.02)
        assert cloud.std(axis=0) == pytest.approx([0.6, 0.6], abs=0.02)
        assert np.array_equal(cloud, many[("first", "second")[kind]])
    right = np.mean((many["x"] @ many["planted"] + many.read("planted_offset") > 0) == many["kind"])
    assert many.read("planted_best") == pytest.approx(100 * right, abs=0.5)


def test_the_support_vectors_meet_the_conditions_of_the_optimum(table, found):
    """A subgradient of ½‖w‖² + c Σ hinge is zero: some weights in [0, c] on the supports rebuild w and balance b."""
    x, kind = learned(table)
    assert np.array_equal(found["learned_second"], x[kind == 1])
    y = 2 * kind - 1
    edge = y * (x @ found["w"][0] + found["b"][0])
    within, on = edge < 1 - 1e-4, np.abs(edge - 1) <= 1e-4
    assert within.sum() + on.sum() == found.read("supports") == len(found["support"])
    rest = found["w"][0] - (y[within, None] * x[within]).sum(axis=0)
    system = np.vstack([(y[on, None] * x[on]).T, y[on]])
    weights, *_ = np.linalg.lstsq(system, np.append(rest, -y[within].sum()), rcond=None)
    assert system @ weights == pytest.approx(np.append(rest, -y[within].sum()), abs=1e-3)
    assert weights.min() > -1e-3 and weights.max() < 1 + 1e-3


def test_the_logistic_fence_is_where_its_loss_is_least(table, found):
    x, kind = learned(table)
    y = 2 * kind - 1

    def loss(p):
        return 0.5 * (p[0] ** 2 + p[1] ** 2) + sum(
            math.log1p(math.exp(-s * (p[0] * a + p[1] * b + p[2]))) for s, (a, b) in zip(y, x, strict=True)
        )

    best = minimize(loss, np.zeros(3), tol=1e-10).x
    assert np.append(found["w"][1], found["b"][1]) == pytest.approx(best, abs=1e-3)


def test_a_hard_margin_by_hand():
    """Two points at (0, 0) and (2, 0), others far behind them: the fence is x = 1, its margin 1."""
    x = np.array([[0.0, 0.0], [-3, 1], [-2, -1], [2, 0], [5, 1], [4, -1]])
    w, b = fitted("support vectors", x, np.array([0, 0, 0, 1, 1, 1]), 1e6)
    assert w == pytest.approx([1, 0], abs=1e-4)
    assert b == pytest.approx(-1, abs=1e-4)


def test_distances_shares_and_ranks_by_loops(table, found):
    x, kind = held_out(table)
    for f in range(2):
        (a, b), c = found["w"][f], found["b"][f]
        distance = [(a * p + b * q + c) / math.hypot(a, b) for p, q in x]
        assert found["distance"][f] == pytest.approx(distance)
        assert found["right"][f] == pytest.approx(
            100 * sum((d > 0) == bool(k) for d, k in zip(distance, kind, strict=True)) / len(x)
        )
        pairs = [
            (d, e) for d, k in zip(distance, kind, strict=True) for e, j in zip(distance, kind, strict=True) if k > j
        ]
        assert found["rank"][f] == pytest.approx(100 * sum(d > e for d, e in pairs) / len(pairs))
    assert found["held_kind"].tolist() == kind.tolist()
    assert found.read("learned") == found.read("held_out") == 60


def test_the_edges_lie_one_margin_from_the_fence(found):
    score = found["line"] @ found["w"][0] + found["b"][0]
    assert score == pytest.approx(np.array([[-1, -1], [0, 0], [1, 1]]), abs=1e-9)
    ends = found["line"][1]
    assert math.dist(*ends) == pytest.approx(8)
    assert found.read("margin") == pytest.approx(1 / math.hypot(*found["w"][0]))


def test_the_planted_direction_comes_back_with_many_animals():
    big = animals(n=20000)
    w, b = fitted("logistic", big["x"], big["kind"], 1e6)
    assert w == pytest.approx(big["planted"], rel=0.06)
    assert b == pytest.approx(big.read("planted_offset"), rel=0.06)
    off = []
    for seed in range(4):
        many = fence(animals(n=600, seed=seed), shuffles=1, c=100, seed=7)
        off.append(many["planted_angle"])
        assert many["right"] == pytest.approx([many.read("planted_right")] * 2, abs=2.5)
    assert np.mean(off) < 6


def test_shuffled_kinds_know_nothing(found):
    assert found["null_right"].shape == (2, 99)
    assert found["null_count"].tolist() == [0, 0]
    assert found["p_bound"] == pytest.approx((found["null_count"] + 1) / 100)
    assert found["right"].min() > 90
    assert found["null_rank"].mean() == pytest.approx(50, abs=3)
    assert found["null_right"].mean() == pytest.approx(50, abs=3)
    for f in range(2):
        assert found["null_count"][f] == sum(v >= found["right"][f] - 1e-9 for v in found["null_right"][f])


def test_the_control_says_no_where_kinds_mean_nothing():
    bounds = []
    for seed in range(8):
        made = animals(n=12, seed=seed)
        mixed = np.random.default_rng(100 + seed).permutation(made["kind"])
        nothing = Result({**made.quantities, "kind": quantity(mixed, "animal")})
        bounds += fence(nothing, shuffles=19, seed=seed)["p_bound"].tolist()
    assert np.median(bounds) > 0.15
    assert max(bounds) > 0.5


def test_ties_count_half():
    assert rank_score(np.array([0.0, 0, 1, 0]), np.array([0, 0, 1, 1])) == 75


def test_same_seed_same_table():
    assert np.array_equal(animals()["x"], animals()["x"])
    assert not np.array_equal(animals()["x"], animals(seed=8)["x"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kinds": {"cats": [1, 1]}}, "parts two kinds; found 1"),
        ({"kinds": {"cats": [1, 1], "rats": [1, 1]}}, "same centre"),
        ({"kinds": {"cats": [1, 1], "rats": [1]}}, "'rats' has to be 2 finite"),
        ({"spread": 0.0}, "spread has to be above 0"),
        ({"n": 3}, "n has to be at least 4"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(change, message):
    with pytest.raises(ResultError, match=message):
        animals(**change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"c": 0.0}, "c has to be above 0"),
        ({"shown": -1.0}, "shown has to be above 0"),
        ({"shuffles": 0}, "shuffles has to be at least 1"),
        ({"table": one_sided()}, "learned half holds one kind only"),
        ({"table": Result({"x": quantity(1.0)})}, "it lacks kind, planted, planted_offset"),
    ],
)
def test_a_fence_that_makes_no_sense_is_refused(table, change, message):
    with pytest.raises(ResultError, match=message):
        fence(**({"table": table} | change), seed=7)
