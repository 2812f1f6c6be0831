"""Singular directions against numpy, exact sums of fractions, and a search over all angles."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tapehead.analysis.errors import ResultError
from tapehead.analysis.linear.singular import closed_form, singular_directions

FILM = [[1, -2], [3, 4]]


@pytest.fixture(scope="module")
def found():
    return singular_directions(M=FILM, seed=7)


def test_the_matrix_of_the_film_by_the_quadratic_formula(found):
    # MᵀM = [[10, 10], [10, 20]]: x² − 30 x + 100 = 0, x = 15 ± 5 √5
    assert found["sigma"] ** 2 == pytest.approx([15 + 5 * math.sqrt(5), 15 - 5 * math.sqrt(5)], rel=1e-14)
    # (10 − x) a + 10 b = 0: b / a is the golden ratio
    golden = (1 + math.sqrt(5)) / 2
    assert found["input"][0, 1] / found["input"][0, 0] == pytest.approx(golden, rel=1e-14)
    assert found["input_angle"][0] == pytest.approx(math.degrees(math.atan(golden)))
    assert found.read("entries") == 30 == pytest.approx(found.read("sum_of_squares"))
    assert found.read("determinant") == 10 == pytest.approx(found.read("product"))
    assert found.read("numpy_differs") < 1e-14


def test_no_direction_is_kept_though_two_are_singular(found):
    assert found.read("discriminant") == 25 - 40
    assert np.iscomplex(np.linalg.eigvals(np.array(FILM))).all()
    assert found.read("least_turn") > 1
    kept = singular_directions(M=[[3, 1], [0, 1]], seed=7)
    assert kept.read("discriminant") > 0
    assert kept.read("least_turn") == pytest.approx(0, abs=1e-5)


def test_the_ellipse_by_loops(found):
    best, where = 0.0, 0
    for degree in range(360):
        x, y = math.cos(math.radians(degree)), math.sin(math.radians(degree))
        image = (x - 2 * y, 3 * x + 4 * y)
        assert found["ellipse"][degree] == pytest.approx(image)
        assert found["stretch"][degree] == pytest.approx(math.hypot(*image))
        if math.hypot(*image) > best + 1e-12:
            best, where = math.hypot(*image), degree
    assert found.read("best_angle") == pytest.approx(where % 180)
    assert abs(found.read("best_angle") - found["input_angle"][0]) <= 0.5
    assert 0.9999 * found["sigma"][0] < best <= found["sigma"][0]
    assert found["stretch"].min() >= found["sigma"][1]
    # every image lies on the ellipse with the half axes σ₁ and σ₂
    along = found["ellipse"] @ found["output"].T / found["sigma"]
    assert np.sum(along**2, axis=1) == pytest.approx(np.ones(360))


def test_the_parts_add_up_to_the_matrix(found):
    assert found["sum"][0].tolist() == [[0, 0], [0, 0]]
    assert found["sum"][2] == pytest.approx(np.array(FILM, dtype=float))
    for r in range(2):
        assert np.linalg.matrix_rank(found["part"][r], tol=1e-12) == 1
    assert found["sum_error"] == pytest.approx([math.sqrt(30), found["sigma"][1], 0], abs=1e-14)


def test_power_iteration_falls_by_the_ratio(found):
    tangent = np.tan(np.radians(found["power_angle"]))
    ratio = (15 - 5 * math.sqrt(5)) / (15 + 5 * math.sqrt(5))
    assert found.read("power_ratio") == pytest.approx(ratio)
    assert tangent[1:] == pytest.approx(tangent[:-1] * ratio, rel=1e-6)
    assert found["power_angle"][-1] < 1e-3
    assert found["power_angle"][0] > 1


def test_random_directions_are_no_match(found):
    assert found.read("null_better") == 0
    assert found["null_error"].min() >= found["sigma"][1] * (1 - 1e-12)
    assert found.read("null_mean") < 0.9 * found["sigma"][0]
    # cos² of the angle from v₁ has to reach (0.99² σ₁² − σ₂²) / (σ₁² − σ₂²)
    one, two = found["sigma"] ** 2
    share = 100 * math.acos(math.sqrt((0.99**2 * one - two) / (one - two))) / (math.pi / 2)
    assert found.read("null_share") == pytest.approx(share, abs=3)


def test_the_error_of_a_random_rank_one_matrix_by_least_squares():
    few = singular_directions(M=FILM, draws=5, seed=3)
    rng = np.random.default_rng(3)
    rng.standard_normal(2)
    a, b = rng.standard_normal((2, 5, 2))
    for i in range(5):
        column = np.outer(a[i], b[i]).ravel()[:, None]
        rest = np.linalg.lstsq(column, np.array(FILM, dtype=float).ravel(), rcond=None)[1][0]
        assert few["null_error"][i] == pytest.approx(math.sqrt(rest))


entry = st.integers(-400, 400).map(lambda v: v / 100)


@settings(max_examples=80, deadline=None)
@given(entry, entry, entry, entry)
def test_any_matrix_agrees_with_numpy(a, b, c, d):
    fa, fb, fc, fd = (Fraction(str(v)) for v in (a, b, c, d))
    even = fa * fa + fc * fc == fb * fb + fd * fd and fa * fb + fc * fd == 0
    assume(not even)
    if fa * fd == fb * fc:
        with pytest.raises(ResultError, match="determinant 0"):
            closed_form([[a, b], [c, d]], "it")
        return
    u, sigma, v = closed_form([[a, b], [c, d]], "it")
    m = np.array([[a, b], [c, d]])
    assert sigma == pytest.approx(np.linalg.svd(m, compute_uv=False), rel=1e-9, abs=1e-9)
    assert u @ np.diag(sigma) @ v.T == pytest.approx(m, abs=1e-12)
    assert v.T @ v == pytest.approx(np.eye(2), abs=1e-12)
    assert sigma[0] > sigma[1] > 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"M": [[1, 2], [2, 4]]}, "determinant 0"),
        ({"M": [[0, 0], [0, 0]]}, "determinant 0"),
        ({"M": [[2, 0.75], [-0.75, 2]]}, "all directions alike"),
        ({"M": [[1, 2]]}, "M has to be 2×2"),
        ({"angles": 7}, "angles has to be at least 8"),
        ({"steps": 0}, "steps and draws at least 1"),
        ({"draws": 0}, "steps and draws at least 1"),
    ],
)
def test_what_makes_no_sense_is_refused(change, message):
    with pytest.raises(ResultError, match=message):
        singular_directions(**({"M": FILM} | change), seed=7)
