"""Readouts, bars and heaps show what their arrays say."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from manim import RIGHT, UP, ValueTracker, tempconfig

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Result, quantity
from tapehead.scenes.stage.meters import BarChart, Histogram, Readout
from tapehead.scenes.stage.palette import EAR, NOSE

GRID = np.array([0.0, 0.5, 1.0, 3.0])
TABLE = Result(
    {"w": quantity(GRID, "i"), "long": quantity([1.5, 1234.25], "i"), "rate": quantity([2.0, -0.75], "i")}, name="table"
)


@pytest.fixture(autouse=True)
def own_media(tmp_path: Path):
    """Letterings are written to the test's own folder."""
    with tempconfig({"media_dir": str(tmp_path)}):
        yield


def readout(tracker: ValueTracker, **options) -> Readout:
    return Readout("w = {x:.2f}", TABLE.row("w", along="i"), tracker, keys=GRID, **options)


@pytest.mark.parametrize(("value", "shown"), [(-5, "0.00"), (0.24, "0.00"), (0.26, "0.50"), (1.9, "1.00"), (9, "3.00")])
def test_a_readout_shows_the_nearest_reading_and_never_a_number_between(value: float, shown: str) -> None:
    tracker = ValueTracker(0)
    made = readout(tracker)
    tracker.set_value(value)
    made.update()
    assert made.words.plain_text == f"w = {shown}"
    assert made.words.shown[0]["source"] == f"table/w[{made.index}]"
    assert made.words.shown[0]["value"] == GRID[made.index] == made.reading


def test_a_readout_sets_its_text_only_when_the_reading_changes() -> None:
    tracker = ValueTracker(0)
    made = readout(tracker)
    first = made.words
    tracker.set_value(0.2)
    assert made.update().words is first
    tracker.set_value(1)
    assert made.update().words is not first
    tracker.set_value(0)
    assert made.update().words is first, "kept from before"


def test_a_readout_stays_at_its_corner_when_moved_and_when_it_gets_longer() -> None:
    tracker = ValueTracker(0)
    made = Readout("{x:.2f}", TABLE.row("long", along="i"), tracker).shift(2 * RIGHT + UP)
    corner, width = made.get_corner(made.edge), made.width
    tracker.set_value(1)
    made.update()
    assert made.width > 1.5 * width
    np.testing.assert_allclose(made.get_corner(made.edge), corner, atol=1e-9)


def test_a_copy_follows_the_same_tracker_with_words_of_its_own() -> None:
    tracker = ValueTracker(0)
    made = readout(tracker)
    copied = made.copy().shift(UP)
    tracker.set_value(3)
    copied.update()
    assert (copied.words.plain_text, made.words.plain_text) == ("w = 3.00", "w = 0.00")
    made.update()
    assert made.words.plain_text == "w = 3.00"
    assert made.words is not copied.words
    assert copied.get_y() == pytest.approx(made.get_y() + 1)


@pytest.mark.parametrize("keys", [[0, 1], [0, 1, 1, 2], [3, 2, 1, 0]])
def test_keys_that_do_not_fit_are_refused(keys: list[float]) -> None:
    with pytest.raises(EpisodeError, match="rising keys"):
        Readout("{x}", TABLE.row("w", along="i"), ValueTracker(0), keys=keys)


def test_bars_are_as_long_as_their_values_and_start_at_zero() -> None:
    chart = BarChart(TABLE.row("rate", along="i"), ["nose", "ear"], [NOSE, EAR], unit=1.5)
    zero = chart.zero.get_x()
    plus, minus = chart.bars
    assert plus.width == pytest.approx(3.0)
    assert minus.width == pytest.approx(1.125)
    assert (plus.get_left()[0], minus.get_right()[0]) == pytest.approx((zero, zero))
    assert chart.values[1].plain_text == "\N{MINUS SIGN}0.75"
    assert chart.values[1].get_right()[0] < minus.get_left()[0], "the value stands behind the bar's end"
    with pytest.raises(EpisodeError, match="a name and a colour"):
        BarChart(TABLE.row("rate", along="i"), ["nose"], [NOSE, EAR])


def test_a_heap_has_the_counts_of_its_array_also_when_moved() -> None:
    values = np.random.default_rng(3).uniform(0, 2, 500)
    edges = np.linspace(0, 2, 9)
    heap = Histogram(values, edges, width=4, height=2).shift(3 * RIGHT)
    counts = np.array([np.sum((values >= a) & (values < b)) for a, b in itertools.pairwise(edges)])
    heights = np.array([bar.height for bar in heap.bars])
    np.testing.assert_allclose(heights, 2 * counts / counts.max(), rtol=1e-6)
    assert heap.at(2)[0] - heap.at(0)[0] == pytest.approx(4)
    half = heap.grown(0.5)
    first = np.sum(values[:250] < edges[1])
    assert half[0].height == pytest.approx(2 * first / counts.max(), rel=1e-6)
    assert half[0].get_x() == pytest.approx(heap.bars[0].get_x())
    post = heap.mark(TABLE.read("w", i=1))
    assert post[0].get_x() == pytest.approx(heap.at(0.5)[0])
    assert post[1].plain_text == "0.50"


def test_a_heap_hides_no_value() -> None:
    with pytest.raises(EpisodeError, match="1 of 3 lie outside"):
        Histogram(np.array([0.1, 0.2, 5.0]), np.array([0.0, 1.0]))
