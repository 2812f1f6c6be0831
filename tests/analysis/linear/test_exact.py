"""Exact fractions of the plane against the identities that they have to keep."""

import math
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tapehead.analysis.errors import ResultError
from tapehead.analysis.linear import exact

number = st.integers(-999, 999).map(lambda v: v / 100)
rows = st.lists(st.lists(number, min_size=2, max_size=2), min_size=2, max_size=2)


def test_numbers_count_as_they_are_written():
    assert exact.exact_point([0.1, -2], "it") == (Fraction(1, 10), Fraction(-2))
    assert exact.exact_point([1e-30, 1e30], "it") == (Fraction(1, 10**30), Fraction(10**30))


@settings(max_examples=60, deadline=None)
@given(rows, st.lists(number, min_size=2, max_size=2))
def test_an_inverse_undoes_exactly(m, x):
    matrix, point = exact.exact_matrix(m, "it"), exact.exact_point(x, "it")
    assume(exact.determinant(matrix) != 0)
    back = exact.inverse(matrix, "it")
    assert exact.times(back, exact.times(matrix, point)) == point
    assert exact.determinant(back) == 1 / exact.determinant(matrix)
    first, second = exact.columns(matrix)
    assert exact.times(matrix, point) == tuple(point[0] * a + point[1] * b for a, b in zip(first, second, strict=True))
    assert exact.columns(exact.columns(matrix)) == matrix


def test_terms_are_lowest_or_nothing():
    assert exact.terms(Fraction(-6, 4)) == (-3, 2)
    assert all(map(math.isnan, exact.terms(Fraction(1, 2**60))))


def test_fractions_become_the_nearest_floats():
    assert exact.floats(((Fraction(1, 3), Fraction(2)), (Fraction(0), Fraction(-1, 7)))).tolist() == [
        [1 / 3, 2.0],
        [0.0, -1 / 7],
    ]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1], "it has to be 2 finite numbers"),
        ([1, math.nan], "it has to be 2 finite numbers"),
        (["one", 2], "it has to be 2 finite numbers"),
        ([1e200, 1], "between 1e-30 and 1e30"),
        ([1, 1e-200], "between 1e-30 and 1e30"),
    ],
)
def test_what_is_no_point_is_refused(values, message):
    with pytest.raises(ResultError, match=message):
        exact.exact_point(values, "it")


def test_a_crushing_matrix_has_no_way_back():
    with pytest.raises(ResultError, match="it has no way back: its determinant is 0"):
        exact.inverse(exact.exact_matrix([[0.1, 0.2], [0.3, 0.6]], "it"), "it")


def test_no_points_are_refused():
    with pytest.raises(ResultError, match="points has to name at least one point"):
        exact.exact_points({}, "points")
