"""Crowds of specks and bars with intervals: what is drawn is where the numbers say."""

from __future__ import annotations

import numpy as np
import pytest
from manim import RIGHT

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Result, quantity
from tapehead.scenes.stage.intervals import Intervals, whisker
from tapehead.scenes.stage.palette import EAR, NOSE
from tapehead.scenes.stage.specks import block, specks


def test_every_speck_lies_in_its_place_and_equal_crowds_morph_speck_by_speck() -> None:
    places = np.array([[0.0, 0.0], [1.0, 2.0], [-3.0, 0.5]])
    made = specks(places, EAR, 0.2)
    paths = made.get_subpaths()
    assert len(paths) == 3
    for path, place in zip(paths, places, strict=True):
        low, high = path[:, :2].min(axis=0), path[:, :2].max(axis=0)
        np.testing.assert_allclose((low + high) / 2, place)
        np.testing.assert_allclose(high - low, 0.2)
    assert specks(places[::-1], NOSE, 0.2).points.shape == made.points.shape


def test_a_block_fills_columns_from_the_top_round_its_middle() -> None:
    places = block(7, 3, (0.5, 0.25), (1.0, -1.0))
    np.testing.assert_allclose((places.max(axis=0) + places.min(axis=0)) / 2, [1, -1])
    np.testing.assert_allclose(places[1] - places[0], [0, -0.25])
    np.testing.assert_allclose(places[3] - places[0], [0.5, 0])


def test_bars_reach_their_values_and_whiskers_their_ends() -> None:
    found = Result({"x": quantity([[2.0, 1.5, 2.5], [-1.0, -1.25, -0.5]], "row", "part")}, name="r")
    rows = [tuple(found.row("x", "part", row=n)) for n in (0, 1)]
    chart = Intervals(rows, ("up", "down"), (EAR, NOSE), zero=(1.0, 2.0), unit=2.0, step=1.0)
    assert chart.bars[0].get_left()[0] == pytest.approx(1) and chart.bars[0].get_right()[0] == pytest.approx(5)
    assert chart.bars[1].get_right()[0] == pytest.approx(1) and chart.bars[1].get_left()[0] == pytest.approx(-1)
    for whiskers, (_value, low, high) in zip(chart.whiskers, rows, strict=True):
        line = whiskers[0]
        assert line.get_start()[0] == pytest.approx(1 + 2 * low) and line.get_end()[0] == pytest.approx(1 + 2 * high)
    assert chart.values[0].get_left()[0] > 1 + 2 * 2.5 and chart.values[1].get_right()[0] < 1 - 2 * 1.25
    assert chart.names[0].get_right()[0] < 1 < chart.names[1].get_left()[0]
    assert [row["shown"] for words in chart.values for row in words.shown] == ["2.00", "−1.00"]
    with pytest.raises(EpisodeError, match="a name and a colour each; got 2, 1, 2"):
        Intervals(rows, ("up",), (EAR, NOSE), zero=(0, 0), unit=1)


def test_a_whisker_of_no_length_is_still_one() -> None:
    made = whisker(RIGHT, RIGHT)
    assert np.isfinite(made.get_all_points()).all()
