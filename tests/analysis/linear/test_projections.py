"""Shadows and protected edits against exact fractions, naive loops and least squares."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapehead.analysis.errors import ResultError
from tapehead.analysis.linear.projections import dot_as_projection, off_the_span, protected_edit

POINTS = {"Tom": [1, 1], "across": [-0.75, 2], "behind": [-1, -1]}
EDIT = {"start": [3, 1], "edit": [0, 1.5], "protect": [2, 1], "steps": [-1.5, -1, 0, 1]}


@pytest.fixture(scope="module")
def dots():
    return dot_as_projection(row=[2, 0.75], points=POINTS, seed=7)


@pytest.fixture(scope="module")
def edit():
    return protected_edit(**EDIT, seed=7)


def test_dot_products_by_hand(dots):
    assert dots["dot"].tolist() == [2.75, 0, -2.75]
    assert dots["term"].tolist() == [[2, 0.75], [-1.5, 1.5], [-2, -0.75]]
    assert dots.read("row_length") == pytest.approx(2.136, abs=5e-4)
    assert dots.read("shadow", point="Tom") == pytest.approx(1.2875, abs=5e-5)
    assert dots.read("ways_differ") < 1e-14
    assert dots.read("angle", point="across") == pytest.approx(90)
    assert dots["foot"][0] == pytest.approx(2.75 / (4 + 0.75**2) * np.array([2, 0.75]))


def test_turning_both_changes_nothing_and_turning_one_does(dots):
    assert dots["turned_both"].max() < 1e-13
    # From the dot product down to minus its top: ‖a‖‖b‖ (1 + |cos|), to within a step of one degree.
    for i, (x, y) in enumerate(POINTS.values()):
        size = math.hypot(2, 0.75) * math.hypot(x, y)
        assert dots["turned_one"][i] == pytest.approx(abs(2 * x + 0.75 * y) + size, rel=1e-3)
    top = dots["turn"][np.argmax(dots["dot_turned"][0])]
    assert top == pytest.approx(-dots.read("angle", point="Tom") % 360, abs=0.5)


def test_the_edit_of_the_storyboard(edit):
    assert edit["left"].tolist() == [-0.6, 1.2]
    assert edit["shadow"].tolist() == [0.6, 0.3]
    assert edit.read("left_dot") == 0 and edit.read("left_cosine") == 0
    assert edit.read("left_edit_dot") == 1.8
    assert edit.read("kept_share") == 80
    assert edit["entangled"].tolist() == [[2.25, 1.5], [pytest.approx(1.8), pytest.approx(0, abs=1e-15)]]


def test_the_protected_score_stands_still_on_one_path_only(edit):
    protected = edit["score"][:, :, 1]
    assert protected[1] == pytest.approx(7)
    assert np.ptp(protected[0]) == pytest.approx(2.5 * 1.5)
    for m in range(2):
        for s, a in enumerate(EDIT["steps"]):
            move = ([0, 1.5], [-0.6, 1.2])[m]
            assert edit["path"][m, s] == pytest.approx([3 + a * move[0], 1 + a * move[1]])


def test_a_random_direction_does_not_protect(edit):
    assert edit["null_protect"].shape == (1000,)
    # the angle between what is left and the protected direction is uniform: asin(0.1) of a quarter turn
    assert edit.read("null_little") == (edit["null_protect"] < edit.read("null_little_at")).sum()
    assert edit.read("null_little") == pytest.approx(1000 * math.asin(0.1) / (math.pi / 2), abs=25)
    assert np.median(edit["null_protect"]) > 0.3


entry = st.integers(-300, 300).map(lambda v: v / 100)


@settings(max_examples=60, deadline=None)
@given(entry, entry, entry, entry)
def test_any_edit_is_exact(a, b, c, d):
    call = {"start": [0, 0], "edit": [a, b], "protect": [c, d], "steps": [1], "draws": 1, "seed": 1}
    a, b, c, d = (Fraction(str(v)) for v in (a, b, c, d))
    if a * d == b * c:
        with pytest.raises(ResultError, match=r"parallel|no direction"):
            protected_edit(**call)
        return
    found = protected_edit(**call)
    part = (a * c + b * d) / (c * c + d * d)
    assert found["left"].tolist() == [float(a - part * c), float(b - part * d)]
    assert found.read("left_dot") == 0
    assert 0 < found.read("kept_share") <= 100


def directions(k=3, size=6, seed=3):
    rng = np.random.default_rng(seed)
    common = rng.standard_normal(size)
    return {f"n{i}": (common + rng.standard_normal(size)).tolist() for i in range(k)}, rng.standard_normal(size)


def test_off_the_span_is_the_residual_of_least_squares():
    protect, n = directions()
    found = off_the_span(edit=n.tolist(), protect=protect, seed=1)
    rows = np.array(list(protect.values()))
    gram = rows @ rows.T
    weights = np.linalg.solve(gram, rows @ n)  # the normal equations, not QR
    assert found["left"] == pytest.approx(n - weights @ rows)
    assert found["left_cosine"].max() < 1e-14
    assert found.read("kept_share") == pytest.approx(100 * found["left"] @ found["left"] / (n @ n))
    cosine = rows[0] @ rows[1] / math.sqrt(rows[0] @ rows[0]) / math.sqrt(rows[1] @ rows[1])
    assert found["overlap"][0, 1] == pytest.approx(cosine)


def test_one_by_one_protects_the_last_only_unless_they_are_at_right_angles():
    protect, n = directions()
    found = off_the_span(edit=n.tolist(), protect=protect, seed=1)
    assert found["one_by_one_cosine"][-1] < 1e-14
    assert found["one_by_one_cosine"][:-1].min() > 1e-3
    assert found["at_once_cosine"].min() > 1e-3
    straight = off_the_span(edit=[1, 2, 3], protect={"a": [2, 0, 0], "b": [0, 5, 0]}, seed=1)
    for way in ("left", "one_by_one", "at_once"):
        assert straight[way] == pytest.approx([0, 0, 3])
    # The formula that repeats one index goes twice past the first direction and leaves the other alone.
    assert straight["printed"] == pytest.approx([-1, 2, 3])
    assert straight["printed_cosine"] == pytest.approx(np.array([1, 2]) / math.sqrt(14))


@pytest.mark.parametrize(
    ("function", "good", "change", "message"),
    [
        (dot_as_projection, {"row": [1, 2], "points": POINTS}, {"row": [0, 0]}, "'row' is zero"),
        (dot_as_projection, {"row": [1, 2], "points": POINTS}, {"points": {"o": [0, 0]}}, "'o' is zero"),
        (dot_as_projection, {"row": [1, 2], "points": POINTS}, {"angles": 3}, "angles has to be at least 4"),
        (protected_edit, EDIT, {"edit": [4, 2]}, "parallel"),
        (protected_edit, EDIT, {"protect": [0, 0]}, "protect is zero"),
        (protected_edit, EDIT, {"steps": []}, "steps has to be"),
        (protected_edit, EDIT, {"draws": 0}, "draws has to be at least 1"),
        (protected_edit, EDIT, {"start": [1, 2, 3]}, "start has to be"),
        (off_the_span, {"edit": [1, 2], "protect": {"a": [1, 0]}}, {"protect": {}}, "at least one direction"),
        (off_the_span, {"edit": [1, 2], "protect": {"a": [1, 0]}}, {"protect": {"a": [1]}}, "'a' has to be 2"),
        (off_the_span, {"edit": [1, 2], "protect": {"a": [1, 0]}}, {"protect": {"a": [1, 2]}}, "nothing is left"),
        (off_the_span, {"edit": [1, 2], "protect": {"a": [1, 0], "b": [2, 0]}}, {}, "depend on one another"),
        (off_the_span, {"edit": [1, 2], "protect": {"a": [1, 0]}}, {"edit": [math.nan, 1]}, "edit has to be"),
    ],
)
def test_what_makes_no_sense_is_refused(function, good, change, message):
    with pytest.raises(ResultError, match=message):
        function(**(good | change), seed=7)
