"""Singular directions of a 2×2 matrix: which nudge it answers the most, in closed form, and how one finds it blind."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from tapehead.analysis.errors import ResultError
from tapehead.analysis.linear import exact
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Origin, Result, quantity

SIDES: tuple[str, ...] = ("first", "second")
RANKS: tuple[str, ...] = ("1", "2")
SUMS: tuple[str, ...] = ("none", "first", "both")


def closed_form(M: Sequence[Sequence[float]], asked_by: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """U (2, 2), σ (2,) and V (2, 2) with M = U diag(σ) Vᵀ, from the quadratic equation of MᵀM.

    With p, q the squared lengths of the columns and d their dot product, σ² = (p + q ± √((p − q)² + 4d²)) / 2, and the
    first column of V lies at ½ atan2(2d, p − q).  Columns of U and V are the directions.  Signs: the first entry of a
    column of V is not negative, and where it is zero the second is positive.

    Raises:
        ResultError: ``M`` is not 2×2 finite numbers; it has no inverse; or all directions are stretched alike, so that
            none of them is the first.
    """
    m = exact.exact_matrix(M, f"{asked_by}: M")
    det = exact.determinant(m)
    if det == 0:
        raise ResultError(f"{asked_by}: M crushes the plane to a line (determinant 0); change one of its columns")
    first, second = exact.columns(m)
    p, q, d = exact.dot(first, first), exact.dot(second, second), exact.dot(first, second)
    if p == q and d == 0:
        raise ResultError(
            f"{asked_by}: M stretches all directions alike (a turn or a mirror, scaled): none is the first"
        )
    root = float(np.sqrt(float((p - q) ** 2 + 4 * d**2)))
    largest = (float(p + q) + root) / 2
    # The smaller one as det² over the larger: the difference would lose digits where they are far apart.
    sigma = np.sqrt(np.array([largest, float(det**2) / largest]))
    theta = 0.5 * np.arctan2(float(2 * d), float(p - q))
    v = np.array([[np.cos(theta), -np.sin(theta)], [np.sin(theta), np.cos(theta)]])
    for column in range(2):
        lead = v[0, column] if abs(v[0, column]) > 1e-12 else v[1, column]
        v[:, column] *= np.sign(lead)
    return exact.floats(m) @ v / sigma, sigma, v


@analysis("linear.singular_directions", version=1)
def singular_directions(
    M: Sequence[Sequence[float]], angles: int = 360, steps: int = 8, draws: int = 1000, *, seed: int
) -> Result:
    """The singular value decomposition of a 2×2 matrix, in closed form, beside numpy's.

    M turns the circle of all nudges of length 1 into an ellipse, whose half axes are σ₁ u₁ and σ₂ u₂.

    Quantities (plane units unless said): ``M`` (row, column); ``sigma`` (rank,); ``input`` (rank, side) = v and
    ``output`` (rank, side) = u, of length 1; ``axis`` (rank, side) = σ u; ``zero`` (rank, side), where the arrows
    begin; ``sum_of_squares`` = σ₁² + σ₂², equal to the sum of the squared entries ``entries``, and ``product`` = σ₁ σ₂
    = |``determinant``|; ``numpy_differs``: the largest difference from np.linalg.svd, signs made equal.
    ``angle`` (turn,) in degrees from 0 to below 360; ``circle`` and ``ellipse`` (turn, side); ``stretch`` (turn,), the
    length of the image; ``best_angle`` where the stretch is largest on that grid, and ``input_angle`` (rank,) of the
    directions v, both in degrees from 0 to below 180.  ``right_angle``: u₁ · u₂, and ``input_right_angle``: v₁ · v₂.
    ``discriminant`` = trace² − 4 det, exact: below 0 no real direction is kept by M, so that it has singular directions
    but no eigenvectors; ``least_turn`` (°), the smallest angle between a nudge and its image on the grid, signs of
    directions not counted.
    ``part`` (rank, row, column) = σ u vᵀ; ``sum`` (parts, row, column) of none, the first, both; ``sum_error``
    (parts,): root of the sum of squared entries of M minus that sum, which after one part is σ₂ (Eckart, Young
    1936).
    ``power`` (step, side): a random nudge, and MᵀM times it, made of length 1, again and again; ``power_angle`` (step,)
    its angle from v₁ in degrees; ``power_ratio`` = (σ₂ / σ₁)², by which the tangent of that angle falls in every step.

    Controls, over ``draws`` random directions: ``null_stretch`` (draw), ``null_mean`` and ``null_share``, the share
    in % of them that are stretched by at least 99 % of σ₁; ``null_error`` (draw), the error of the best M ≈ c a bᵀ with
    random a and b of length 1, and ``null_better``, how many of those lie below ``sum_error`` of the first part: 0.

    Raises:
        ResultError: see :func:`closed_form`; fewer than 8 angles, no steps or no draws.
    """
    if angles < 8 or steps < 1 or draws < 1:
        raise ResultError(
            "singular_directions: angles has to be at least 8, steps and draws at least 1; "
            f"found {angles}, {steps} and {draws}"
        )
    u, sigma, v = closed_form(M, "singular_directions")
    fractions = exact.exact_matrix(M, "singular_directions: M")
    m = exact.floats(fractions)
    trace: Fraction = fractions[0][0] + fractions[1][1]
    det = exact.determinant(fractions)

    by_u, by_sigma, by_vt = np.linalg.svd(m)
    signs = np.sign(np.sum(by_vt * v.T, axis=1))
    differs = max(
        float(np.max(np.abs(found)))
        for found in (by_sigma - sigma, signs[:, None] * by_vt - v.T, by_u * signs[None, :] - u)
    )

    turn = 2 * np.pi * np.arange(angles) / angles
    circle = np.column_stack([np.cos(turn), np.sin(turn)])
    ellipse = circle @ m.T
    stretch = np.hypot(ellipse[:, 0], ellipse[:, 1])
    cosine = np.abs(np.sum(circle * ellipse, axis=1)) / stretch

    parts = sigma[:, None, None] * u.T[:, :, None] * v.T[:, None, :]
    sums = np.concatenate([np.zeros((1, 2, 2)), np.cumsum(parts, axis=0)])
    errors = np.sqrt(np.sum((m - sums) ** 2, axis=(1, 2)))

    rng = np.random.default_rng(seed)
    nudge = rng.standard_normal(2)
    power = [nudge / np.hypot(*nudge)]
    for _ in range(steps):
        nudge = m.T @ (m @ power[-1])
        power.append(nudge / np.hypot(*nudge))
    walk = np.array(power)
    off = np.degrees(np.arctan2(np.abs(walk @ v[:, 1]), np.abs(walk @ v[:, 0])))

    a, b = rng.standard_normal((2, draws, 2))
    a, b = (w / np.linalg.norm(w, axis=1, keepdims=True) for w in (a, b))
    null_stretch = np.linalg.norm(b @ m.T, axis=1)
    # The best factor of a bᵀ is aᵀMb; what it explains is subtracted (Pythagoras).
    null_error = np.sqrt(np.maximum(np.sum(m**2) - np.einsum("di,ij,dj->d", a, m, b) ** 2, 0))

    side, rank, parted = {"side": SIDES}, {"rank": RANKS}, {"parts": SUMS}
    grid = {"row": SIDES, "column": SIDES}
    plane, square = "plane units", "square plane units"
    return Result(
        {
            "M": quantity(m, "row", "column", labels=grid),
            "sigma": quantity(sigma, "rank", unit=plane, labels=rank),
            "input": quantity(v.T, "rank", "side", unit=plane, labels=rank | side),
            "output": quantity(u.T, "rank", "side", unit=plane, labels=rank | side),
            "axis": quantity((u * sigma).T, "rank", "side", unit=plane, labels=rank | side),
            "zero": quantity(np.zeros((2, 2)), "rank", "side", unit=plane, labels=rank | side),
            "sum_of_squares": quantity(float(np.sum(sigma**2)), unit=square),
            "entries": quantity(float(sum(value * value for row in fractions for value in row)), unit=square),
            "product": quantity(float(sigma[0] * sigma[1]), unit=square),
            "determinant": quantity(float(det), unit=square),
            "numpy_differs": quantity(differs),
            "angle": quantity(np.degrees(turn), "turn", unit="°"),
            "circle": quantity(circle, "turn", "side", unit=plane, labels=side),
            "ellipse": quantity(ellipse, "turn", "side", unit=plane, labels=side),
            "stretch": quantity(stretch, "turn", unit=plane),
            "best_angle": quantity(np.degrees(turn[np.argmax(stretch)]) % 180, unit="°"),
            "input_angle": quantity(np.degrees(np.arctan2(v[1], v[0])) % 180, "rank", unit="°", labels=rank),
            "right_angle": quantity(float(u[:, 0] @ u[:, 1])),
            "input_right_angle": quantity(float(v[:, 0] @ v[:, 1])),
            "discriminant": quantity(float(trace**2 - 4 * det)),
            "least_turn": quantity(np.degrees(np.arccos(min(1.0, float(cosine.max())))), unit="°"),
            "part": quantity(parts, "rank", "row", "column", labels=rank | grid),
            "sum": quantity(sums, "parts", "row", "column", labels=parted | grid),
            "sum_error": quantity(errors, "parts", labels=parted),
            "power": quantity(walk, "step", "side", unit=plane, labels=side),
            "power_angle": quantity(off, "step", unit="°"),
            "power_ratio": quantity(float((sigma[1] / sigma[0]) ** 2)),
            "null_stretch": quantity(null_stretch, "draw", unit=plane),
            "null_mean": quantity(float(null_stretch.mean()), unit=plane),
            "null_share": quantity(float(100 * np.mean(null_stretch >= 0.99 * sigma[0])), unit="%"),
            "null_error": quantity(null_error, "draw"),
            "null_better": quantity(int(np.sum(null_error < errors[1] * (1 - 1e-9))), unit="draws"),
            "draws": quantity(draws, unit="draws"),
        },
        origin=Origin.COMPUTED,
        facts={"seed": seed, "method": "closed form of 2×2 matrices"},
    )
