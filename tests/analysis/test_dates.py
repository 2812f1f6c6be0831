"""Axes of dates against the calendar."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehead.analysis.dates import is_date, moments
from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.stage.charts.scales import dates


@pytest.mark.parametrize(
    ("low", "high", "unit", "texts"),
    [
        (0, 364, "days since 2019-11-20", ["Jan 2020", "Mar", "May", "Jul", "Sep", "Nov"]),
        (0, 3652, "days since 2000-01-01", ["2000", "2002", "2004", "2006", "2008"]),
        (0, 20, "days since 2024-02-25", ["26 Feb 2024", "4 Mar", "11 Mar"]),
        (0, 24, "hours since 2024-02-28 18:00", ["18:00", "29 Feb", "06:00", "12:00", "18:00"]),
        (0, 50, "seconds since 2024-02-28 18:00:10", ["18:00:10", "18:00:20", "18:00:30", "18:00:40", "18:00:50",
                                                      "18:01:00"]),
    ],
)  # fmt: skip
def test_ticks_that_anybody_would_have_chosen(low: float, high: float, unit: str, texts: list[str]) -> None:
    scale = dates([low, high], unit)
    assert scale.shown() == texts
    assert (scale.low, scale.high) == (low, high)


@given(st.floats(-200_000, 200_000), st.floats(0.001, 300_000))
def test_ticks_lie_on_their_dates(low: float, span: float) -> None:
    unit = "days since 1990-05-17"
    scale = dates([low, low + span], unit)
    assert 2 <= len(scale.ticks) == len(scale.texts) <= 8
    assert scale.holds(scale.ticks)
    assert list(scale.ticks) == sorted(scale.ticks)
    if span > 3000:
        for moment, text in zip(moments(scale.ticks, unit), scale.texts, strict=True):
            near = datetime.fromtimestamp(round(moment.timestamp()))
            assert (near.month, near.day) == (1, 1)
            assert text == str(near.year)


def test_what_is_no_date_is_told() -> None:
    assert is_date("days since 1990-01-01")
    assert not is_date("days")
    with pytest.raises(EpisodeError, match="says no date"):
        moments([1], "days")
    with pytest.raises(EpisodeError, match="out of the calendar"):
        moments([1e9], "days since 1990-01-01")
    with pytest.raises(EpisodeError, match="out of the calendar"):
        moments([1], "days since 1990-13-01")
