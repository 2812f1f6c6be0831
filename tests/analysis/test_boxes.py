"""The parts of a box, against matplotlib's own computation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.cbook import boxplot_stats

from tapehead.analysis.boxes import box_parts, spread
from tapehead.analysis.errors import ResultError


@given(st.lists(st.floats(-1e6, 1e6).map(lambda v: round(v, 3)), min_size=1, max_size=40))
def test_a_box_is_what_others_compute(values: list[float]) -> None:
    parts, (theirs,) = box_parts(values), boxplot_stats(np.array(values))
    ours = (parts.low, parts.first, parts.middle, parts.third, parts.high)
    assert ours == pytest.approx([theirs[key] for key in ("whislo", "q1", "med", "q3", "whishi")])
    assert sorted(parts.outside) == pytest.approx(sorted(theirs["fliers"]))


def test_what_is_no_sample_is_refused() -> None:
    for nothing in ([], [1.0, np.nan]):
        with pytest.raises(ResultError, match="finite"):
            box_parts(nothing)


def test_places_to_the_side_are_even_and_fixed() -> None:
    places = np.sort(spread(200))
    assert 0 <= places[0] < places[-1] < 1
    assert np.diff(places).max() < 0.02
    assert (spread(5) == spread(200)[:5]).all()
