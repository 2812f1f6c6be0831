"""Points that are really put on a sphere, against the formulas."""

from __future__ import annotations

from decimal import Decimal, localcontext

import numpy as np
import pytest

from tapehead.analysis.errors import UsageError
from tapehead.analysis.vision import sphere


def test_the_chord_is_the_distance_of_points_on_a_sphere() -> None:
    for angle in (1e-3, 0.7, np.pi / 2, np.pi):
        points = np.array([[1, 0, 0], [np.cos(angle), np.sin(angle), 0]])
        assert sphere.chord(angle) == pytest.approx(np.linalg.norm(points[0] - points[1]))


@pytest.mark.parametrize("step", [1e-6, 1e-3, 0.5, 1.0])
def test_the_error_of_a_tangent_step_keeps_its_digits(step: float) -> None:
    with localcontext(prec=50):
        wanted = (1 + Decimal(step) ** 2).sqrt() - 1
    assert float(sphere.tangent_error(step)) == pytest.approx(float(wanted), rel=1e-14)


def test_the_error_grows_with_the_square_and_that_of_a_tilted_plane_does_not() -> None:
    found = sphere.sphere(40, 1e-4, seed=0)
    assert found["slope"] == pytest.approx(2, abs=0.01)
    assert found["secant_slope"] == pytest.approx(1, abs=0.1)
    assert found["straight"] == pytest.approx(2**0.5) and found["straight"] < found["walk"]
    point = np.array([0, 0, 1.0])
    for n in (3, 20, 39):
        s = found["step"][n]
        flat, tilted = np.array([s, 0, 0]), s * np.array([np.cos(0.1), 0, np.sin(0.1)])
        assert found["error"][n] == pytest.approx(np.linalg.norm(point + flat) - 1, abs=1e-15)
        assert found["tilted_error"][n] == pytest.approx(np.linalg.norm(point + tilted) - 1, abs=1e-15)


def test_the_films_pair_gives_the_direction_that_leaves_the_eyes_alone() -> None:
    found = sphere.freed_direction((0, 1.5), (2, 1), seed=0)
    assert list(found["freed"]) == pytest.approx([-0.6, 1.2])
    assert found["freed_dragged"] == pytest.approx(0, abs=1e-15) and found["dragged"] == 1.5
    assert found["kept"] == pytest.approx(100 * 1.8**0.5 / 1.5)
    rng = np.random.default_rng(1)
    one, other = rng.normal(size=(2, 6))
    # Independently: what least squares on the other direction leaves over.
    fitted = np.linalg.lstsq(other[:, None], one, rcond=None)[0]
    assert sphere.without(one, other) == pytest.approx(one - other * fitted)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: sphere.sphere(9, 1e-3, seed=0), "found 9 and 0.001"),
        (lambda: sphere.sphere(20, 0.5, seed=0), "found 20 and 0.5"),
        (lambda: sphere.freed_direction((1, 2), (1, 2, 3), seed=0), r"found shapes \(2,\) and \(3,\)"),
        (lambda: sphere.freed_direction((1, 2), (0, 0), seed=0), "finite and not zero"),
        (lambda: sphere.freed_direction((0, 0), (1, 0), seed=0), "moves nothing"),
    ],
)
def test_what_does_not_fit_is_said(wrong, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        wrong()
