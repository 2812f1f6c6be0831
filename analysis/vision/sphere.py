"""Why a straight step leaves a curved world: arc, chord and tangent, and the direction that leaves the eyes alone."""

from __future__ import annotations

import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity


def chord(angle: np.ndarray) -> np.ndarray:
    """Straight distance of two points of a unit sphere that are ``angle`` (rad) apart along it: 2 sin(angle/2)."""
    return np.asarray(2 * np.sin(np.asarray(angle, dtype=float) / 2))


def tangent_error(step: np.ndarray) -> np.ndarray:
    """How far a straight step of length s in the tangent plane ends above the unit sphere: √(1 + s²) − 1 ≈ s²/2."""
    s2 = np.asarray(step, dtype=float) ** 2
    # The difference as it stands loses all digits of small steps.
    return np.asarray(s2 / (np.sqrt(1 + s2) + 1))


def without(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The part of a direction that leaves another one alone: n₁ − (n₁·n₂)/(n₂·n₂) n₂, perpendicular to n₂.

    Raises:
        UsageError: the two are not of one length in numbers, or there is no second direction to leave alone.
    """
    one, other = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if one.ndim != 1 or one.shape != other.shape:
        raise UsageError(f"two directions of one space were asked for; found shapes {one.shape} and {other.shape}")
    square = float(other @ other)
    if not np.isfinite(square) or square == 0 or not np.all(np.isfinite(one)):
        raise UsageError("the direction to leave alone has to be finite and not zero, and the other finite")
    return np.asarray(one - (one @ other) / square * other)


@analysis("vision.sphere", version=1)
def sphere(steps: int, least: float, *, seed: int) -> Result:
    """A postage stamp on a globe: locally flat is fine, until it is not.

    Quantities over (step), from ``least`` to 1 radius, evenly in the logarithm: ``step`` in radii; ``along``, the angle
    that a walk of that length turns, and ``chord``, the straight distance it covers; ``error``, how far a straight step
    in the tangent plane ends above the sphere.  ``slope`` of log error over log step, least squares over steps up to a
    tenth of a radius: 2 for a tangent plane.  Control: ``secant_slope``, the same for a plane tilted by 0.1 rad, whose
    error is of first order.  ``walk`` and ``straight``: a quarter of the way round, along and through.

    Raises:
        UsageError: fewer than ten steps, or a least step that is not between 1e-6 and 0.05 radii.
    """
    if steps < 10 or not 1e-6 <= least <= 0.05:
        raise UsageError(
            f"a slope needs at least ten steps, the least between 1e-6 and 0.05 radii; found {steps} and {least}"
        )
    s = np.geomspace(least, 1, steps)
    error = tangent_error(s)
    # A step in a plane that is tilted towards the outside by 0.1 rad.
    squared = s**2 + 2 * s * np.sin(0.1)
    tilted = squared / (np.sqrt(1 + squared) + 1)
    small = s <= 0.1
    slopes = [float(np.polyfit(np.log(s[small]), np.log(e[small]), 1)[0]) for e in (error, tilted)]
    return Result(
        {
            "step": quantity(s, "step", unit="radii"),
            "along": quantity(s, "step", unit="rad"),
            "chord": quantity(chord(s), "step", unit="radii"),
            "error": quantity(error, "step", unit="radii"),
            "tilted_error": quantity(tilted, "step", unit="radii"),
            "slope": quantity(slopes[0]),
            "secant_slope": quantity(slopes[1]),
            "walk": quantity(np.pi / 2, unit="radii"),
            "straight": quantity(chord(np.array(np.pi / 2)), unit="radii"),
        },
        facts={"control": "a plane tilted by 0.1 rad", "seed": seed},
    )


@analysis("vision.freed_direction", version=1)
def freed_direction(first: tuple[float, ...], second: tuple[float, ...], *, seed: int) -> Result:
    """Subtract the projection, and the eyes stop moving.

    Quantities: ``first``, ``second``, ``projection`` and ``freed`` = first − projection, each (number); ``dragged``,
    the product of first and second, and ``freed_dragged``, that of freed and second, which is 0 up to rounding;
    ``kept``, the length of freed over that of first, in %.

    Raises:
        UsageError: see :func:`without`; or the first direction is zero.
    """
    one, other = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    freed = without(one, other)
    if not np.any(one):
        raise UsageError("a direction that is zero moves nothing; give one that is not")
    return Result(
        {
            "first": quantity(one, "number"),
            "second": quantity(other, "number"),
            "projection": quantity(one - freed, "number"),
            "freed": quantity(freed, "number"),
            "dragged": quantity(one @ other),
            "freed_dragged": quantity(freed @ other),
            "kept": quantity(100 * np.linalg.norm(freed) / np.linalg.norm(one), unit="%"),
        },
        facts={"seed": seed},
    )
