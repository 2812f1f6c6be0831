"""Ticks at round numbers, and values at their places."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.stage.charts.scales import labels, linear, log

VALUES = st.lists(st.floats(-1e9, 1e9, allow_nan=False).map(lambda v: round(v, 6)), min_size=1, max_size=20)


@given(VALUES)
def test_a_linear_scale_holds_its_values_between_evenly_spaced_ticks(values: list[float]) -> None:
    scale = linear(values)
    assert scale.holds(values)
    assert 2 <= len(scale.ticks) <= 13
    assert np.allclose(np.diff(scale.ticks), scale.ticks[1] - scale.ticks[0])
    mantissa = (scale.ticks[1] - scale.ticks[0]) / 10 ** math.floor(math.log10(scale.ticks[1] - scale.ticks[0]) + 1e-9)
    assert min(abs(mantissa - nice) for nice in (1, 2, 2.5, 5, 10)) < 1e-6


@given(st.lists(st.floats(1e-8, 1e8), min_size=1, max_size=20))
def test_a_log_scale_holds_its_values_and_halves_ratios(values: list[float]) -> None:
    scale = log(values)
    assert scale.low <= min(values) * (1 + 1e-6)
    assert max(values) <= scale.high * (1 + 1e-6)
    assert scale.ticks
    assert scale.share(math.sqrt(scale.low * scale.high)) == pytest.approx(0.5)


def test_ticks_that_anybody_would_have_chosen() -> None:
    assert linear([0, 9.3]).ticks == (0, 2, 4, 6, 8, 10)
    assert linear([3, 4], zero=True).ticks == (0, 1, 2, 3, 4)
    assert linear([7, 7]).holds(7)
    assert log([0.3, 150]).ticks == (1, 10, 100)
    assert log([40, 250]).ticks == (20, 50, 100, 200, 500)


@pytest.mark.parametrize(
    ("ticks", "logarithmic", "shown"),
    [
        ((-0.5, 0, 0.5), False, ["−0.5", "0.0", "0.5"]),
        ((0, 5000, 10000), False, ["0", "5,000", "10,000"]),
        ((0, 1e9, 2e9), False, ["0", "10^9", "2×10^9"]),
        ((0.01, 1, 100), True, ["0.01", "1", "100"]),
        ((1, 1e3, 1e6), True, ["10^0", "10^3", "10^6"]),
        ((0, 2.5, 5), False, ["0.0", "2.5", "5.0"]),
    ],
)
def test_what_stands_at_ticks(ticks: tuple[float, ...], logarithmic: bool, shown: list[str]) -> None:
    assert labels(ticks, logarithmic) == shown


def test_what_has_no_place_is_refused() -> None:
    with pytest.raises(EpisodeError, match="log axis has no place for 0"):
        log([0, 1])
    for nothing in ([], [math.nan], [math.inf, 1]):
        with pytest.raises(EpisodeError, match="cannot show an axis"):
            linear(nothing)
