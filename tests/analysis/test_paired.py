"""Paired tests, against counting by hand and against repeated draws."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from tapehead.analysis import paired


def test_only_those_that_change_sides_count() -> None:
    one = np.array([True] * 20 + [False] * 10 + [True] * 9 + [False] * 2)
    other = np.array([True] * 20 + [False] * 10 + [False] * 9 + [True] * 2)
    by_hand = 2 * sum(comb(11, k) for k in range(3)) / 2**11
    assert paired.mcnemar(one, other) == pytest.approx(by_hand)
    assert paired.mcnemar(other, one) == pytest.approx(by_hand)
    assert paired.mcnemar(one, one) == 1
    table = paired.mcnemar_table(np.array([one, other]))
    assert np.allclose(table, [[1, by_hand], [by_hand, 1]])
    with pytest.raises(ValueError, match="one length"):
        paired.mcnemar(one, other[:-1])


def test_ten_new_and_five_gone_is_luck() -> None:
    """The counts 41 and 46 of the same 96: a difference for which a mechanism was once told."""
    assert paired.exact_sign(10, 5) == pytest.approx(0.3018, abs=1e-4)
    assert paired.exact_sign(3, 19) < 0.001


def test_an_interval_of_a_difference_holds_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(300):
        one = rng.random(80) < 0.5
        other = np.where(rng.random(80) < 0.3, rng.random(80) < 0.4, one)
        # Truth: of those drawn anew (0.3) 0.4 say yes, where 0.5 did.
        _, low, high = paired.difference_of(one, other)
        held += low <= 80 * 0.3 * (0.4 - 0.5) <= high
    assert 0.91 <= held / 300 <= 0.995
    shift, low, high = paired.difference_of(np.array([True] * 30 + [False] * 10), np.array([False] * 40))
    assert shift == -30 and low < -30 * 0.95 and -40 < low < high < 0


def test_a_share_has_the_exact_interval() -> None:
    low, high = paired.share_between(0, 20)
    assert low == 0 and high == pytest.approx(1 - 0.025 ** (1 / 20))
