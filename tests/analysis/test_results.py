"""Results hold named numbers and give them out as readings."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from tapehead.analysis.errors import ResultError
from tapehead.analysis.results import Origin, Quantity, Reading, Result, quantity


@pytest.fixture
def result() -> Result:
    naps = quantity([[2.75, 1.25], [3.5, 3.25]], "cat", "output", unit="naps", labels={"cat": ["Tom", "Mia"]})
    return Result({"naps": naps, "count": quantity(2)}, name="map")


def test_reading_knows_its_place(result: Result) -> None:
    reading = result.read("naps", cat="Mia", output=1)
    assert (reading, reading.source, reading.unit) == (3.25, "map/naps[1,1]", "naps")
    assert result.read("count") == 2


def test_reading_survives_a_copy(result: Result) -> None:
    reading = result.read("naps", cat="Mia", output=1)
    for copied in (copy.deepcopy(reading), copy.copy(reading)):
        assert (copied, copied.source, copied.unit) == (reading, reading.source, reading.unit)


def test_arithmetic_loses_the_reading(result: Result) -> None:
    assert not isinstance(result.read("count") + 1, Reading)


def test_row_follows_one_axis(result: Result) -> None:
    assert result.row("naps", "output", cat="Tom") == [2.75, 1.25]


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ({"cat": "Tim", "output": 0}, "no place 'Tim'"),
        ({"cat": "Tom"}, "not given"),
        ({"cat": "Tom", "output": 2}, "2 places"),
        ({"cat": "Tom", "output": 0, "dog": 1}, "unknown"),
    ],
)
def test_wrong_places_are_named(result: Result, where: dict, said: str) -> None:
    with pytest.raises(ResultError, match=said):
        result.read("naps", **where)


def test_not_a_number_is_not_shown() -> None:
    with pytest.raises(ResultError, match="nan"):
        Result({"x": quantity(float("nan"))}).read("x")


def test_published_needs_a_citation() -> None:
    with pytest.raises(ResultError, match="citation"):
        Result({}, origin=Origin.PUBLISHED)


def test_axes_must_fit() -> None:
    with pytest.raises(ResultError, match="axis names"):
        Quantity(np.zeros((2, 2)), ("a",))
    with pytest.raises(ResultError, match="3 places and 1 labels"):
        quantity([1, 2, 3], "a", labels={"a": ["x"]})


def test_values_are_read_only(result: Result) -> None:
    with pytest.raises(ValueError, match="read-only"):
        result["naps"][0, 0] = 1
