"""Networks laid on top of each other, against every way to do so written out."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tapehead.analysis.errors import UsageError
from tapehead.analysis.results import Result, quantity
from tapehead.analysis.vision import xor, xor_match


@pytest.fixture(scope="module")
def study() -> Result:
    return xor.xor_networks(40, 1e-3, 5000, 0.05, seed=1)


def test_a_network_that_was_turned_is_turned_back() -> None:
    w = np.random.default_rng(4).normal(size=9)
    # By hand: the units change places, and the one that then comes first changes its sign.
    moved = np.array([-w[2], -w[3], w[0], w[1], -w[5], w[4], -w[7], w[6], w[8]])
    order, sign, back = xor_match.turns(w, moved)
    assert order == (1, 0) and sign == (1, -1)
    np.testing.assert_allclose(back, w)
    assert np.allclose(xor.Network.of(moved).answers, xor.Network.of(w).answers)


def test_the_pair_is_the_one_that_looks_least_alike_and_is_the_same(study: Result) -> None:
    found = xor_match.xor_match(study, 0.05, seed=0)
    solved = study["weights"][study["solved"] == 1]
    first, second, other = found["weights"]
    assert found["apart"] < 1e-3 < 1 < found["plain"] and found["other_apart"] > 1
    least = min(np.linalg.norm(first - one) for one in xor.equivalents(other))
    assert found["other_apart"] == pytest.approx(least)
    alike = [w for w in solved if min(np.linalg.norm(first - one) for one in xor.equivalents(w)) < 0.05]
    most = max(np.linalg.norm(a - b) for a, b in itertools.combinations(alike, 2))
    assert found["plain"] == pytest.approx(most)
    # Unit by unit, what the turned units say is what those of the first say.
    order, sign = found["order"].astype(int), found["sign"]
    np.testing.assert_allclose(found["hidden"][1][:, order] * sign, found["hidden"][0], atol=1e-3)
    np.testing.assert_allclose(found["answer"][1], found["answer"][0], atol=0.1)
    assert found["solved"] == len(solved) and found["solutions"] == study["solutions_solving"]
    assert found["different"] == len({tuple(np.round(w, 1) + 0.0) for w in solved})
    roles = found.facts["roles"]
    assert roles[0] == roles[1] != roles[2]
    assert not np.allclose(second, first)


def test_where_there_is_nothing_to_match() -> None:
    def study(weights: np.ndarray, solved: list[int]) -> Result:
        return Result({"weights": quantity(weights, "network", "weight"), "solved": quantity(solved, "network")})

    two = np.random.default_rng(1).normal(size=(2, 9))
    with pytest.raises(UsageError, match="no network solved"):
        xor_match.xor_match(study(two, [0, 0]), 0.05, seed=0)
    with pytest.raises(UsageError, match="2 solution"):
        xor_match.xor_match(study(two, [1, 1]), 0.05, seed=0)
