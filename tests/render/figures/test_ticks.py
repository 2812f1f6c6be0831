"""Ticks of logarithmic axes: few, round, in view, and as one says them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehead.render.figures.ticks import log_ticks, tick_text


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (40, 500, ["50", "100", "200", "500"]),
        (0.3, 300, ["1", "10", "100"]),
        (2, 7, ["2", "3", "5", "7"]),
        (90, 110, ["90", "95", "100", "105", "110"]),
        (1200, 5000, ["1,500", "2,000", "3,000", "5,000"]),
    ],
)
def test_what_a_reader_would_say(low: float, high: float, expected: list[str]) -> None:
    assert [tick_text(tick) for tick in log_ticks(low, high)] == expected


def test_powers_where_zeros_cannot_be_counted() -> None:
    assert tick_text(1e7) == r"$\mathdefault{10^{7}}$"
    assert tick_text(2e-6) == r"$\mathdefault{2\times10^{-6}}$"
    assert tick_text(100, plain=False) == r"$\mathdefault{10^{2}}$"
    assert tick_text(0.05) == "0.05"


@given(st.floats(-12, 12), st.floats(0.02, 20))
def test_there_are_some_and_not_too_many_and_all_are_in_view(power: float, span: float) -> None:
    low, high = 10.0**power, 10.0 ** (power + span)
    ticks = log_ticks(low, high)
    assert 2 <= len(ticks) <= 13
    assert all(low * (1 - 1e-6) <= tick <= high * (1 + 1e-6) for tick in ticks)
    assert ticks == sorted(ticks)
    for tick in ticks:  # two or three digits at most, and then zeros
        digits = tick / 10.0 ** math.floor(math.log10(tick) + 1e-9)
        assert abs(digits * 100 - round(digits * 100)) < 1e-4
