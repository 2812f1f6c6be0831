"""The cat table: planted, seeded, named, and picked by rule."""

from fractions import Fraction

import numpy as np
import pytest

from tapehead.analysis.errors import ResultError
from tapehead.analysis.linear.cats import EAR_RANGE, NAMES, NOSE_RANGE, cat_points, cat_table, plane_matrix
from tapehead.analysis.results import Origin, Reading
from tapehead.scenes.linear_algebra import numbers

NAMED = {"Tom": [1.0, 1.0], "Mia": [1.0, 2.0]}


def table(seed=7, n=40, noise=0.2, named=None):
    return cat_table(W=numbers.W, n=n, noise=noise, named=NAMED if named is None else named, seed=seed)


def test_tom_and_mia_are_exact():
    cats = table()
    w = [Fraction(2), Fraction(3, 4)]
    for name, (nose, ear) in NAMED.items():
        expected = w[0] * Fraction(nose) + w[1] * Fraction(ear)
        assert Fraction(float(cats.read("nap", cat=name))) == expected
    assert cats.read("nap", cat="Tom") == 2.75
    assert cats.read("nap", cat="Mia") == 3.5
    assert cats.read("nose", cat="Tom") == cats.read("nose", cat="Mia")


def test_every_other_cat_lies_near_the_planted_rule():
    cats = table()
    for i in range(2, 40):
        assert NOSE_RANGE[0] <= cats["nose"][i] <= NOSE_RANGE[1]
        assert EAR_RANGE[0] <= cats["ear"][i] <= EAR_RANGE[1]
        off = cats["nap"][i] - (2 * cats["nose"][i] + 0.75 * cats["ear"][i])
        assert abs(off) < 5 * 0.2


def test_without_noise_the_rule_holds_exactly():
    cats = table(noise=0.0)
    assert cats["nap"] == pytest.approx(2 * cats["nose"] + 0.75 * cats["ear"], abs=1e-12)


def test_same_seed_same_cats_other_seed_other_cats():
    assert np.array_equal(table()["nap"], table()["nap"])
    assert not np.array_equal(table()["nap"], table(seed=8)["nap"])


@pytest.mark.parametrize("seed", range(6))
def test_the_trio_is_picked_by_nap_alone(seed):
    cats = table(seed=seed)
    drawn = sorted(cats["nap"][2:])
    assert cats.read("trio_nap", rule="shortest nap") == drawn[0]
    assert cats.read("trio_nap", rule="longest nap") == drawn[-1]
    assert drawn[0] < cats.read("trio_nap", rule="middle nap") < drawn[-1]
    names = cats.quantity("nap").labels["cat"]
    for rule, name in enumerate(cats.facts["trio"]):
        assert names[cats["trio_row"][rule]] == name
        assert cats["trio_nose"][rule] == cats["nose"][cats["trio_row"][rule]]
        assert cats["trio_ear"][rule] == cats["ear"][cats["trio_row"][rule]]


def test_in_the_film_the_noses_of_the_trio_do_grow():
    """The narration says so; with another seed it might not be true."""
    nose = table(seed=numbers.SEED)["trio_nose"]
    assert nose[0] < nose[1] < nose[2]


def test_every_cat_has_its_own_name():
    names = table(n=60).quantity("nap").labels["cat"]
    assert names[:2] == ("Tom", "Mia")
    assert len(set(names)) == 60
    assert names[-1] == "cat 60"
    assert len(set(NAMES)) == len(NAMES)


def test_readings_carry_unit_and_origin():
    cats = table()
    assert cats.origin is Origin.COMPUTED
    nap = cats.read("nap", cat="Tom")
    assert isinstance(nap, Reading)
    assert nap.unit == "nap units"
    assert cats.read("cats") == 40


@pytest.mark.parametrize("noise", [-0.1, float("nan")])
def test_bad_noise_is_refused(noise):
    with pytest.raises(ResultError, match="noise has to be zero or more"):
        table(noise=noise)


def test_too_few_cats_are_refused():
    assert table(n=5)["nap"].size == 5
    with pytest.raises(ResultError, match="n has to be at least 5"):
        table(n=4)


@pytest.mark.parametrize("bad", [[[1, 2, 3], [4, 5, 6]], [[1, 2]], [[1, float("inf")], [0, 1]]])
def test_bad_matrices_are_refused(bad):
    with pytest.raises(ResultError, match="W has to be 2×2 and finite"):
        plane_matrix(bad, "test")


@pytest.mark.parametrize("bad", [{}, {"Tom": [1.0]}, {"Tom": [1.0, float("nan")]}])
def test_bad_cats_are_refused(bad):
    with pytest.raises(ResultError, match="test: cat"):
        cat_points(bad, "test")
