"""Numbers told in words are read with the step that the words have."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tapehead.render.page.told import told


@pytest.mark.parametrize(
    ("phrase", "value", "step"),
    [
        ("two", 2, 1),
        ("a nose of two", 2, 1),
        ("twenty-one", 21, 1),
        ("a hundred and five", 105, 1),
        ("two hundred and thirty-four thousand", 234_000, 1),
        ("a thousand times", 1000, 1),
        ("two point six", "13/5", "1/10"),
        ("one point two nine", "129/100", "1/100"),
        ("about three quarters", "3/4", "1/4"),
        ("a half", "1/2", "1/2"),
        ("minus one half", "-1/2", "1/2"),
        ("two and three quarters", "11/4", "1/4"),
        ("one and a quarter", "5/4", "1/4"),
        ("two and two thirds", "8/3", "1/3"),
        ("six tenths", "3/5", "1/10"),
        ("Minus one", -1, 1),
        ("3.25", "13/4", "1/100"),
        ("−12", -12, 1),
        ("87%", "87/100", "1/100"),
        ("1,024 prompts", 1024, 1),
    ],
)
def test_a_phrase_is_a_value_and_a_step(phrase: str, value: int | str, step: int | str) -> None:
    found = told(phrase)
    assert found is not None
    assert (found.value, found.step) == (Fraction(value), Fraction(step))


@pytest.mark.parametrize("phrase", ["", "a cat", "one, two", "and", "minus", "point", "the second"])
def test_what_tells_no_number_or_several_is_none(phrase: str) -> None:
    assert told(phrase) is None


def test_a_result_bears_a_phrase_out_within_half_a_step() -> None:
    tenths, quarters = told("six tenths"), told("about three quarters")
    assert tenths and tenths.bears(0.6402) and not tenths.bears(0.6501) and not tenths.bears(0.5499)
    assert quarters and quarters.bears(0.714) and not quarters.bears(0.62)
    exact = told("two point five")
    assert exact and exact.bears(2.55) and not exact.bears(2.5500001)
