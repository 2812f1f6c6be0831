"""Change of basis: one thing has other numbers in another language, and the same numbers mean another thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tapehead.analysis.errors import ResultError
from tapehead.analysis.linear import exact
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Origin, Result, quantity

SIDES: tuple[str, ...] = ("first", "second")


NEARLY_EVEN = 0.9
"""σ₂ / σ₁ from which on a matrix is a turn (or mirror) times a scale, but for a tenth."""


def unevenness(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """How far matrices with columns ``first`` and ``second`` (…, 2) are from a turn (or mirror) times a scale.

    (σ₁² − σ₂²) / (σ₁² + σ₂²), from the columns alone: with p, q their squared lengths and d their dot product it is
    √((p − q)² + 4d²) / (p + q).  0: all directions are stretched alike, the columns are equally long and at right
    angles; 1: the plane is crushed to a line.  Shape (…).
    """
    p, q = np.sum(first**2, axis=-1), np.sum(second**2, axis=-1)
    d = np.sum(first * second, axis=-1)
    return np.asarray(np.hypot(p - q, 2 * d) / (p + q))


@analysis("linear.change_of_basis", version=1)
def change_of_basis(
    matrices: Mapping[str, Sequence[Sequence[float]]],
    points: Mapping[str, Sequence[float]],
    draws: int = 1000,
    *,
    seed: int,
) -> Result:
    """What each of several 2×2 matrices does to each of several points, in exact fractions.

    A matrix W translates numbers of a first language into numbers of a second: column i says what the i-th unit step
    is called there.  Only a matrix with an inverse can do so.  ``points`` maps names to pairs.

    Quantities (numbers of a language have no unit): ``W`` (matrix, row, column); ``x`` (point, side); ``recipe``
    (point, part, side) = x[i] times the i-th unit step; ``translated`` (matrix, point, side) = Wx, the same thing in
    the second language; ``column_part`` (matrix, point, part, side) = x[i] times column i, whose sum that is.
    ``read_back`` (matrix, point, side) = W⁻¹x: the thing, in the first language, that the *same two numbers* mean in
    the second; ``read_back_top`` and ``read_back_bottom`` are its numerators and denominators
    (NaN where they are too long to be shown).  ``same_thing`` (matrix,
    point) = |W⁻¹x − x|: how far the false friend lies from the thing itself.
    ``inverse`` (matrix, row, column); ``determinant``, ``scale`` = √|det|, ``turn`` (°, of the first column, positive
    is counter-clockwise), ``turned`` = |``turn``|,
    ``column_length`` (matrix, column), ``column_dot``, ``column_angle`` (°, between the columns)
    and ``uneven`` (matrix,), see :func:`unevenness`; ``is_turn`` (matrix,) is 1 where the matrix is exactly a turn
    times a scale (columns equally long, dot product 0, determinant above 0).
    ``numpy_differs``: the largest difference between the fractions and numpy's inverse and product.

    Controls: ``own`` (matrix,), the largest |W⁻¹Wx − x|: translated numbers, read in the language that they were
    translated into, have to mean the thing itself.  ``transposed`` (matrix, point): |s⁻²WᵀWx − x| with s² = |det|,
    what a way back by the turned-over matrix leaves: 0 for turns and mirrors, and for nothing else.  ``null_uneven``
    (draw): unevenness of ``draws`` matrices of standard normal numbers, ``null_least``, the least of them, and
    ``null_turns``, how many are turns but for a tenth: determinant above 0 and σ₂ at least 0.9 σ₁ (exact turns have
    probability zero, so that counting those could not come out another way; 0.0028 is expected of this).
    ``null_turns_at`` is the unevenness at which σ₂ is 0.9 σ₁.

    Raises:
        ResultError: no matrix or no point, one that is not 2×2 or not a pair, a matrix without an inverse, no draws.
    """
    if not matrices:
        raise ResultError("change_of_basis: matrices has to name at least one matrix; found none")
    if draws < 1:
        raise ResultError(f"change_of_basis: draws has to be at least 1; found {draws}")
    ways = {name: exact.exact_matrix(m, f"change_of_basis: matrix '{name}'") for name, m in matrices.items()}
    named = exact.exact_points(points, "change_of_basis: points")
    xs = tuple(named.values())
    backs = [exact.inverse(m, f"change_of_basis: matrix '{name}'") for name, m in ways.items()]
    translated = [[exact.times(m, x) for x in xs] for m in ways.values()]
    parts = [
        [[(x[i] * column[0], x[i] * column[1]) for i, column in enumerate(exact.columns(m))] for x in xs]
        for m in ways.values()
    ]
    read = [[exact.times(back, x) for x in xs] for back in backs]
    dets = [exact.determinant(m) for m in ways.values()]
    turned = [
        [exact.times(exact.columns(m), image) for image in row]
        for m, row in zip(ways.values(), translated, strict=True)
    ]

    W, x = exact.floats(tuple(ways.values())), exact.floats(xs)
    inverse, det = exact.floats(backs), exact.floats(dets)
    first, second = W[:, :, 0], W[:, :, 1]
    length = np.sqrt(np.sum(W**2, axis=1))
    dots = [exact.dot(*exact.columns(m)) for m in ways.values()]
    squares = [[exact.dot(c, c) for c in exact.columns(m)] for m in ways.values()]
    is_turn = [d == 0 and pair[0] == pair[1] and det_ > 0 for d, pair, det_ in zip(dots, squares, dets, strict=True)]
    by_numpy = max(
        float(np.max(np.abs(np.linalg.inv(W) - inverse))),
        float(np.max(np.abs(np.einsum("mrc,pc->mpr", W, x) - exact.floats(translated)))),
    )
    false = exact.floats(read)
    terms = np.array([[[exact.terms(v) for v in pair] for pair in row] for row in read])
    again = [[exact.times(back, image) for image in row] for back, row in zip(backs, translated, strict=True)]
    own = np.max(np.linalg.norm(exact.floats(again) - x, axis=-1), axis=1)
    null = np.random.default_rng(seed).standard_normal((2, draws, 2))
    null_uneven = unevenness(null[0], null[1])
    upright = null[0, :, 0] * null[1, :, 1] - null[0, :, 1] * null[1, :, 0] > 0
    nearly = (1 - NEARLY_EVEN**2) / (1 + NEARLY_EVEN**2)

    matrix: dict[str, tuple[str, ...]] = {"matrix": tuple(ways)}
    point: dict[str, tuple[str, ...]] = {"point": tuple(named)}
    side, part = {"side": SIDES}, {"part": SIDES}
    grid = matrix | {"row": SIDES, "column": SIDES}
    back_again = exact.floats(turned) / np.abs(det)[:, None, None]
    return Result(
        {
            "W": quantity(W, "matrix", "row", "column", labels=grid),
            "x": quantity(x, "point", "side", labels=point | side),
            "recipe": quantity(x[:, :, None] * np.eye(2), "point", "part", "side", labels=point | part | side),
            "translated": quantity(exact.floats(translated), "matrix", "point", "side", labels=matrix | point | side),
            "column_part": quantity(
                exact.floats(parts), "matrix", "point", "part", "side", labels=matrix | point | part | side
            ),
            "read_back": quantity(false, "matrix", "point", "side", labels=matrix | point | side),
            "read_back_top": quantity(terms[..., 0], "matrix", "point", "side", labels=matrix | point | side),
            "read_back_bottom": quantity(terms[..., 1], "matrix", "point", "side", labels=matrix | point | side),
            "same_thing": quantity(np.linalg.norm(false - x, axis=-1), "matrix", "point", labels=matrix | point),
            "inverse": quantity(inverse, "matrix", "row", "column", labels=grid),
            "determinant": quantity(det, "matrix", labels=matrix),
            "scale": quantity(np.sqrt(np.abs(det)), "matrix", labels=matrix),
            "turn": quantity(np.degrees(np.arctan2(W[:, 1, 0], W[:, 0, 0])), "matrix", unit="°", labels=matrix),
            "turned": quantity(
                np.degrees(np.abs(np.arctan2(W[:, 1, 0], W[:, 0, 0]))), "matrix", unit="°", labels=matrix
            ),
            "column_length": quantity(length, "matrix", "column", labels=matrix | {"column": SIDES}),
            "column_dot": quantity(exact.floats(dots), "matrix", labels=matrix),
            "column_angle": quantity(
                np.degrees(np.arctan2(np.abs(det), exact.floats(dots))), "matrix", unit="°", labels=matrix
            ),
            "uneven": quantity(unevenness(first, second), "matrix", labels=matrix),
            "is_turn": quantity(np.array(is_turn, dtype=int), "matrix", labels=matrix),
            "numpy_differs": quantity(by_numpy),
            "own": quantity(own, "matrix", labels=matrix),
            "transposed": quantity(np.linalg.norm(back_again - x, axis=-1), "matrix", "point", labels=matrix | point),
            "null_uneven": quantity(null_uneven, "draw"),
            "null_least": quantity(null_uneven.min()),
            "null_turns": quantity(int(np.sum(upright & (null_uneven <= nearly))), unit="draws"),
            "null_turns_at": quantity(nearly),
            "draws": quantity(draws, unit="draws"),
        },
        origin=Origin.COMPUTED,
        facts={"seed": seed, "arithmetic": "exact fractions"},
    )
