"""Networks that learn exclusive or: gradients by differences, symmetries tried out, solutions counted another way."""

from __future__ import annotations

import itertools
from math import exp, log, tanh

import numpy as np
import pytest

from tapehead.analysis.errors import UsageError
from tapehead.analysis.results import Result, quantity
from tapehead.analysis.vision import xor

FIFTY = (50, 1e-3, 5000, 0.05)


@pytest.fixture(scope="module")
def fifty() -> Result:
    return xor.xor_networks(*FIFTY, seed=1)


def naive_cost(w: np.ndarray, decay: float) -> float:
    total = 0.0
    for x, y in itertools.product((-1, 1), repeat=2):
        h = [tanh(w[0] * x + w[1] * y + w[4]), tanh(w[2] * x + w[3] * y + w[5])]
        p = 1 / (1 + exp(-(w[6] * h[0] + w[7] * h[1] + w[8])))
        total -= log(p if x != y else 1 - p) / 4
    return total + decay / 2 * sum(v * v for v in w)


def canonical(w: np.ndarray) -> tuple[float, ...]:
    """Every unit's outgoing weight made positive, the units in order: written without the module's group."""
    units = []
    for n in (0, 1):
        s = 1 if w[6 + n] >= 0 else -1
        units.append(tuple(round(float(s * v), 2) + 0.0 for v in (w[2 * n], w[2 * n + 1], w[4 + n], w[6 + n])))
    return (*sorted(units), round(float(w[8]), 2) + 0.0)  # type: ignore[return-value]


def test_the_cost_is_the_sum_written_out_and_its_gradient_that_of_differences() -> None:
    w = np.random.default_rng(1).normal(size=9)
    value, gradient = xor.cost(w, 0.01)
    assert value == pytest.approx(naive_cost(w, 0.01))
    for n, step in enumerate(1e-5 * np.eye(9)):
        slope = (naive_cost(w + step, 0.01) - naive_cost(w - step, 0.01)) / 2e-5
        assert gradient[n] == pytest.approx(slope, abs=1e-8)


def test_eight_lists_of_weights_are_one_network() -> None:
    w = np.random.default_rng(2).normal(size=9)
    every = xor.equivalents(w)
    assert len({tuple(one) for one in every}) == 8 and np.array_equal(every[0], w)
    assert len({canonical(one) for one in every}) == 1
    for one in every:
        assert np.allclose(xor.Network.of(one).answers, xor.Network.of(w).answers)
        assert xor.Network.of(one).roles == xor.Network.of(w).roles
        assert np.allclose(xor.aligned(one, w), w)


def test_distances_are_the_least_over_all_equivalents() -> None:
    w = np.random.default_rng(3).normal(size=(5, 9))
    w[4] = xor.equivalents(w[0])[6]
    plain, apart = xor.distances(w)
    for i, j in itertools.product(range(5), repeat=2):
        assert plain[i, j] == pytest.approx(np.linalg.norm(w[i] - w[j]))
        both = itertools.product(xor.equivalents(w[i]), xor.equivalents(w[j]))
        assert apart[i, j] == pytest.approx(min(np.linalg.norm(a - b) for a, b in both), abs=1e-12)
    assert apart[0, 4] == pytest.approx(0, abs=1e-12) and plain[0, 4] > 1


def test_clusters_are_chains_numbered_by_size() -> None:
    at = np.array([5.0, 0.0, 0.4, 5.1, 0.8, 9.0])
    assert list(xor.cluster(np.abs(at[:, None] - at), 0.5)) == [1, 0, 0, 1, 0, 2]
    assert list(xor.cluster(np.zeros((1, 1)), 0.5)) == [0]


def test_roles_are_what_a_unit_tells_apart_whatever_its_sign() -> None:
    def unit(a: float, b: float, bias: float) -> str:
        roles = xor.Network.of(np.array([a, b, 1, 0, bias, 0, 1, 1, 0])).roles
        assert "first input" in roles
        return next((role for role in roles if role != "first input"), "first input")

    for sign in (1, -1):
        assert unit(sign, sign, -sign) == "++ alone"
        assert unit(sign, sign, sign) == "−− alone"
        assert unit(sign, -sign, -sign) == "+− alone"
        assert unit(-sign, sign, -sign) == "−+ alone"
        assert unit(0, sign, 0) == "second input" and unit(sign, 0, 0) == "first input"
        assert unit(0, 0, sign) == "constant"
    assert unit(1, 1, 0) == unit(0, 0, 0) == "undecided"


def test_fifty_networks_find_two_solutions_and_some_find_none(fifty: Result) -> None:
    for weights, solved, answer in zip(fifty["weights"], fifty["solved"], fifty["answer"], strict=True):
        assert np.linalg.norm(xor.cost(weights, 1e-3)[1]) < 1e-5, "trained to the end"
        assert solved == np.all((answer > 50) == [False, True, True, False])
    forms = [canonical(w) for w in fifty["weights"]]
    assert fifty["solutions"] == len(set(forms))
    for i, j in itertools.combinations(range(50), 2):
        assert (fifty["solution"][i] == fifty["solution"][j]) == (forms[i] == forms[j])
    assert fifty["solutions_solving"] == len({f for f, s in zip(forms, fifty["solved"], strict=True) if s}) == 2
    assert 10 < fifty["solved_count"] < 50
    assert fifty["solutions_plain"] == len({tuple(np.round(w, 1) + 0.0) for w in fifty["weights"]})
    assert fifty["start_solutions"] == 50, "before training, no two are alike"
    assert list(fifty["solution_size"]) == sorted(np.bincount(fifty["solution"]), reverse=True)
    for n in range(int(fifty["solutions"])):
        assert np.ptp(fifty["aligned"][fifty["solution"] == n], axis=0).max() < 1e-3


def test_another_seed_finds_the_same_solutions(fifty: Result) -> None:
    other = xor.xor_networks(30, *FIFTY[1:], seed=2)
    forms = [{canonical(w) for w in one["weights"][one["solved"] == 1]} for one in (fifty, other)]
    assert forms[0] == forms[1]
    assert not np.allclose(other["weights"][0], fifty["weights"][0])


def test_networks_of_the_same_roles_have_other_weights_until_they_are_turned(fifty: Result) -> None:
    found = xor.xor_roles(fifty, seed=0)
    assert found.read("plain", kind="same roles") > 1
    assert found.read("aligned", kind="same roles") < 1e-3 < 1 < found.read("aligned", kind="other roles")
    count = {role: found.read("count", role=role) for role in xor.ROLES.values()}
    assert count["++ alone"] == count["−− alone"] and count["+− alone"] == count["−+ alone"]
    assert count["++ alone"] + count["+− alone"] == found["networks"] == fifty["solved_count"]
    assert found["pair_count"].sum() == found["networks"]
    assert found["pairs"].sum() == found["networks"] * (found["networks"] - 1) / 2


def test_stopped_early_the_roles_are_there_before_the_weights_agree() -> None:
    early = xor.xor_networks(40, 1e-6, 40, 0.05, seed=1)
    assert early["solved_count"] > 10
    assert early["solutions_solving"] > 5
    found = xor.xor_roles(early, seed=0)
    assert len(found["pair_count"]) < early["solutions_solving"]
    assert 0.1 < found.read("aligned", kind="same roles") < found.read("aligned", kind="other roles")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: xor.train(0, 1e-3, 9, 0), "between 1 and 2000 networks"),
        (lambda: xor.train(1, 0, 9, 0), "grow for ever"),
        (lambda: xor.train(1, 1e-3, 0, 0), "at least one step; found 0"),
        (lambda: xor.cluster(np.zeros((2, 2)), 0), "above zero; found 0"),
        (lambda: xor.cluster(np.zeros((2, 3)), 1), r"found the shape \(2, 3\)"),
        (
            lambda: xor.xor_roles(
                Result({"weights": quantity(np.ones((2, 9)), "n", "w"), "solved": quantity([1, 0], "n")}), seed=0
            ),
            "solved the task; found 1",
        ),
    ],
)
def test_what_does_not_fit_is_said(wrong, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        wrong()
