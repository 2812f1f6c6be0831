"""Matrices and points of the plane in exact fractions, so that a film can say 1/3 where 1/3 is meant.

A number counts as it is written: 0.1 is one tenth, not the nearest binary fraction.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from tapehead.analysis.errors import ResultError

Point = tuple[Fraction, Fraction]
Matrix = tuple[Point, Point]
"""Two rows."""
LARGEST = 1e30
"""Within it and its inverse no determinant or square of ours leaves the range of a float."""


def _finite(values: object, shape: tuple[int, ...], what: str) -> np.ndarray:
    wanted = f"{what} has to be {'×'.join(map(str, shape))} finite numbers; found {values}"
    try:
        found = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ResultError(wanted) from None
    if found.shape != shape or not np.isfinite(found).all():
        raise ResultError(wanted)
    size = np.abs(found[found != 0])
    if size.size and (size.max() > LARGEST or size.min() < 1 / LARGEST):
        raise ResultError(f"{what} has to be numbers that are 0 or between 1e-30 and 1e30 in size; found {values}")
    return found


def exact_point(values: Sequence[float], what: str) -> Point:
    """Two numbers as fractions.

    Raises:
        ResultError: they are not two finite numbers, or far too large or small; ``what`` says whose they are.
    """
    x, y = _finite(values, (2,), what).tolist()
    return Fraction(repr(x)), Fraction(repr(y))


def exact_matrix(values: Sequence[Sequence[float]], what: str) -> Matrix:
    """Two rows of two numbers as fractions.

    Raises:
        ResultError: they are not 2×2 finite numbers, or far too large or small; ``what`` says whose they are.
    """
    first, second = _finite(values, (2, 2), what).tolist()
    return exact_point(first, what), exact_point(second, what)


def exact_points(given: Mapping[str, Sequence[float]], what: str) -> dict[str, Point]:
    """Named points as fractions.

    Raises:
        ResultError: there is none, or one is not two finite numbers.
    """
    if not given:
        raise ResultError(f"{what} has to name at least one point; found none")
    return {name: exact_point(values, f"{what}: '{name}'") for name, values in given.items()}


def dot(a: Point, b: Point) -> Fraction:
    """a · b, term by term."""
    return a[0] * b[0] + a[1] * b[1]


def columns(m: Matrix) -> Matrix:
    """The two columns of ``m``: its transpose."""
    return (m[0][0], m[1][0]), (m[0][1], m[1][1])


def times(m: Matrix, x: Point) -> Point:
    """The matrix times the point, row by row."""
    return dot(m[0], x), dot(m[1], x)


def determinant(m: Matrix) -> Fraction:
    """ad − bc."""
    return m[0][0] * m[1][1] - m[0][1] * m[1][0]


def inverse(m: Matrix, what: str) -> Matrix:
    """The inverse by the adjugate.

    Raises:
        ResultError: the determinant is exactly zero.
    """
    det = determinant(m)
    if det == 0:
        raise ResultError(f"{what} has no way back: its determinant is 0; change one of its columns")
    (a, b), (c, d) = m
    return (d / det, -b / det), (-c / det, a / det)


def terms(value: Fraction) -> tuple[float, float]:
    """Numerator and denominator in lowest terms; NaN for both where one is too long for a float to hold it."""
    pair = value.numerator, value.denominator
    return (float(pair[0]), float(pair[1])) if max(map(abs, pair)) <= 2**53 else (math.nan, math.nan)


def floats(values: object) -> np.ndarray:
    """Nested fractions as the nearest floats, same shape."""
    return np.array(values, dtype=object).astype(float)
