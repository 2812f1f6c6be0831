"""Curves of scores and knees of verdicts, beside scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import auc as area_under
from sklearn.metrics import roc_auc_score, roc_curve

from tapehead.analysis.errors import UsageError
from tapehead.analysis.friends.curves import CASES, knee, roc

PAIR = ("karate", "lesmis")


@given(st.lists(st.tuples(st.integers(-3, 3), st.booleans()), min_size=2, max_size=40))
@settings(max_examples=60, deadline=None)
def test_the_curve_is_scikit_learn_s(rows: list[tuple[int, bool]]) -> None:
    score, linked = np.array([row[0] for row in rows], float), np.array([row[1] for row in rows], int)
    if linked.min() == linked.max():
        return
    x, y = roc(score, linked)
    theirs_x, theirs_y, _bars = roc_curve(linked, score, drop_intermediate=False)
    np.testing.assert_allclose(x, theirs_x)
    np.testing.assert_allclose(y, theirs_y)
    assert area_under(x, y) == pytest.approx(roc_auc_score(linked, score))


def test_a_knee_is_the_area_of_its_verdicts() -> None:
    found = knee(PAIR, 150, 200, 51, seed=4)
    np.testing.assert_allclose(found["gap"], found["hard"] - found["ranks"])
    assert np.all(found["gap_low"] <= found["gap"]) and np.all(found["gap"] <= found["gap_high"])
    assert 0 <= found["below"] + found["above"] <= found["transfers"] == 2
    for n, name in enumerate(CASES):
        if not found["there"][n]:
            assert not found["tpr"][n].any()
            continue
        x, y = found["knee_x"][n], found["knee_y"][n]
        # One bar: the area of a single knee is (1 + y - x) / 2, exactly.
        assert found["case_hard"][n] == pytest.approx((1 + y - x) / 2)
        assert np.sign(found["case_hard"][n] - found["case_ranks"][n]) == (-1 if name == "too low" else 1)
        assert np.all(np.diff(found["tpr"][n]) >= 0) and found["tpr"][n][-1] == 1
    for networks, points in ((("karate",), 51), (PAIR, 1)):
        with pytest.raises(UsageError, match="two networks and two points"):
            knee(networks, 100, 100, points, seed=0)
