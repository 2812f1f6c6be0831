"""Eigenfaces against an eigenvalue problem, and the directions they are compared with."""

from __future__ import annotations

import numpy as np
import pytest

from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES as DRAWN
from tapehead.analysis.errors import ResultError
from tapehead.analysis.linear.faces import ATTRIBUTES, eigenfaces, portraits, told_by


@pytest.fixture(scope="module")
def faces():
    return eigenfaces(count=40, size=12, k=4, seed=5)


def test_the_shares_are_those_of_the_covariance(faces):
    drawn = portraits(40, 12, 5)[0].reshape(40, -1)
    centred = drawn - drawn.mean(axis=0)
    values = np.sort(np.linalg.eigvalsh(centred @ centred.T))[::-1]  # another problem than the SVD
    assert faces["explained"] == pytest.approx(100 * values[:4] / values.sum())
    assert faces["together"] == pytest.approx(np.cumsum(faces["explained"]))
    assert faces["mean"].ravel() == pytest.approx(drawn.mean(axis=0))


def test_others_are_rebuilt_better_than_by_chance(faces):
    for array in ("held_left", "random_left", "sample_left"):
        left = faces[array]
        assert left[0] == pytest.approx(100)
        assert np.all(np.diff(left) <= 1e-9), "a direction more cannot leave more"
    assert faces["held_left"][-1] < faces["sample_left"][-1] < faces["random_left"][-1]


def test_the_rebuilt_face_is_a_least_squares_fit(faces):
    drawn = portraits(40, 12, 5)[0].reshape(40, -1)
    other = portraits(64, 12, 6)[0].reshape(64, -1)[0]
    mean = drawn.mean(axis=0)
    ghosts = np.linalg.svd(drawn - mean)[2][:4]
    weights, *_ = np.linalg.lstsq(ghosts.T, other - mean, rcond=None)
    assert faces["rebuilt"][-1].ravel() == pytest.approx(np.clip(mean + weights @ ghosts, 0, 1))
    assert faces["rebuilt"][0].ravel() == pytest.approx(np.clip(mean, 0, 1))


def test_an_attribute_tells_what_depends_on_it_and_nothing_else():
    rng = np.random.default_rng(0)
    a = rng.uniform(-1, 1, 4000)
    assert told_by(a**2, a) > 95, "a bent relation counts"
    assert told_by(rng.standard_normal(4000), a) < 1.5
    assert ATTRIBUTES == DRAWN


@pytest.mark.parametrize("change", [{"k": 1}, {"count": 4}, {"size": 7}])
def test_what_makes_no_sense_is_refused(change):
    with pytest.raises(ResultError, match="k has to be at least 2"):
        eigenfaces(**({"count": 40, "size": 12, "k": 4} | change), seed=1)
