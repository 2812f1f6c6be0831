"""Change of basis against fractions written out here, and controls that can say no."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapehead.analysis.errors import ResultError
from tapehead.analysis.linear.bases import change_of_basis, unevenness

MATRICES = {
    "model 2": [[1, 1.5], [-1.5, 1]],
    "German": [[2, -1], [1, 1]],
    "mixing": [[-2, 2.5], [2.5, -2]],
    "called a rotation": [[0.5, -1], [2, -0.25]],
    "mended": [[0.5, -2], [2, 0.5]],
    "mended shorter": [[0.5, -1], [2, 0.25]],
}
POINTS = {"cat": [0.5, 2], "gift": [-1, 2]}


@pytest.fixture(scope="module")
def found():
    return change_of_basis(matrices=MATRICES, points=POINTS, seed=7)


def test_the_numbers_of_the_storyboard(found):
    def image(matrix, point):
        return [found.read("translated", matrix=matrix, point=point, side=s) for s in ("first", "second")]

    assert image("model 2", "cat") == [3.5, 1.25]
    assert image("mixing", "cat") == [4, -2.75]
    assert image("German", "gift") == [-4, 1]
    assert found.read("turn", matrix="model 2") == pytest.approx(-56.3, abs=0.05)
    assert found.read("scale", matrix="model 2") == pytest.approx(1.803, abs=5e-4)
    at = {"matrix": "German", "point": "gift"}
    assert [found.read("read_back_top", **at, side=s) for s in ("first", "second")] == [1, 5]
    assert [found.read("read_back_bottom", **at, side=s) for s in ("first", "second")] == [3, 3]
    assert found.read("read_back", **at, side="first") == 1 / 3


def test_what_was_called_a_rotation_is_none_and_the_mended_one_is(found):
    assert found.read("column_angle", matrix="called a rotation") == pytest.approx(118.07, abs=5e-3)
    assert found.read("column_dot", matrix="called a rotation") == -1
    turns = {name: found.read("is_turn", matrix=name) for name in MATRICES}
    assert turns == {"model 2": 1, "German": 0, "mixing": 0, "called a rotation": 0, "mended": 1, "mended shorter": 0}
    assert found.read("column_angle", matrix="mended shorter") == pytest.approx(90)


def test_column_angles_by_the_cosine(found):
    for name, m in MATRICES.items():
        a, b = (m[0][0], m[1][0]), (m[0][1], m[1][1])
        cosine = (a[0] * b[0] + a[1] * b[1]) / math.hypot(*a) / math.hypot(*b)
        assert found.read("column_angle", matrix=name) == pytest.approx(math.degrees(math.acos(cosine)))


def test_parts_add_up_and_the_recipe_is_the_point(found):
    assert np.array_equal(found["column_part"].sum(axis=2), found["translated"])
    assert np.array_equal(found["recipe"].sum(axis=1), found["x"])
    assert found.read("numpy_differs") < 1e-14


def test_the_controls_say_no(found):
    assert found["own"].tolist() == [0] * len(MATRICES)
    assert found["same_thing"].min() > 0.1
    for i, name in enumerate(MATRICES):
        # turned over is a way back for turns alone (and exactly then)
        assert (found["transposed"][i].max() < 1e-12) == bool(found.read("is_turn", matrix=name))
    # |a| and |b|, the turning and the mirroring part, are independent: σ₂ / σ₁ = |1 - |b/a||, |b/a|² < (0.1 / 1.9)²
    assert 0 < found.read("null_turns") <= 12
    within = (found["null_uneven"] <= found.read("null_turns_at")).sum()
    assert found.read("null_turns") <= within <= 20
    assert found["null_uneven"].shape == (1000,)
    assert found.read("null_least") == found["null_uneven"].min() > 0
    assert np.median(found["null_uneven"]) > 0.5


entry = st.integers(-400, 400).map(lambda v: v / 100)


@settings(max_examples=60, deadline=None)
@given(st.lists(entry, min_size=4, max_size=4), entry, entry)
def test_fractions_and_unevenness_for_any_matrix(m, x, y):
    a, b, c, d = (Fraction(str(v)) for v in m)
    det = a * d - b * c
    call = {"matrices": {"m": [m[:2], m[2:]]}, "points": {"p": [x, y]}, "draws": 1, "seed": 1}
    if det == 0:
        with pytest.raises(ResultError, match="determinant is 0"):
            change_of_basis(**call)
        return
    found = change_of_basis(**call)
    p, q = Fraction(str(x)), Fraction(str(y))
    assert found["read_back"].ravel().tolist() == [float((d * p - b * q) / det), float((a * q - c * p) / det)]
    assert found["translated"].ravel().tolist() == [float(a * p + b * q), float(c * p + d * q)]
    s = np.linalg.svd(np.array(m).reshape(2, 2), compute_uv=False) ** 2
    assert found["uneven"][0] == pytest.approx((s[0] - s[1]) / (s[0] + s[1]), abs=1e-9)


def test_unevenness_ends():
    assert unevenness(np.array([1.0, 1.0]), np.array([-1.0, 1.0])) == 0
    assert unevenness(np.array([1.0, 1.0]), np.array([2.0, 2.0])) == pytest.approx(1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"matrices": {}}, "at least one matrix"),
        ({"points": {}}, "at least one point"),
        ({"matrices": {"flat": [[1, 2], [2, 4]]}}, "'flat' has no way back"),
        ({"matrices": {"odd": [[1, 2]]}}, "'odd' has to be 2×2 finite"),
        ({"matrices": {"odd": [[1, 2], [3]]}}, "'odd' has to be 2×2 finite"),
        ({"points": {"far": [1, float("inf")]}}, "'far' has to be 2 finite"),
        ({"draws": 0}, "draws has to be at least 1"),
    ],
)
def test_what_makes_no_sense_is_refused(change, message):
    with pytest.raises(ResultError, match=message):
        change_of_basis(**({"matrices": MATRICES, "points": POINTS} | change), seed=7)
