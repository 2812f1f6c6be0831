"""Fits through the origin against normal equations by hand, and a null control that behaves."""

import math

import numpy as np
import pytest

from tapehead.analysis.errors import ResultError
from tapehead.analysis.linear.cats import cat_table
from tapehead.analysis.linear.fits import nap_fit
from tapehead.analysis.results import Result, quantity
from tapehead.scenes.linear_algebra import numbers

TWINS = ["Tom", "Mia"]
NAMED = {"Tom": [1.0, 1.0], "Mia": [1.0, 2.0]}


def cats(noise=0.2, seed=7, n=40):
    return cat_table(W=numbers.W, n=n, noise=noise, named=NAMED, seed=seed)


def fit(table, shuffles=200, seed=7, twins=TWINS, low=0.5, high=4.0, step=0.01):
    return nap_fit(table, twins=twins, shuffles=shuffles, low=low, high=high, step=step, seed=seed)


@pytest.fixture(scope="module")
def film():
    return fit(cats(noise=numbers.NAP_NOISE, seed=numbers.SEED), numbers.SHUFFLES, numbers.SEED)


def test_weights_solve_the_normal_equations_written_as_loops(film):
    table = cats()
    xx = xy = yy = xz = yz = 0.0
    for x, y, z in zip(table["nose"], table["ear"], table["nap"], strict=True):
        xx, xy, yy, xz, yz = xx + x * x, xy + x * y, yy + y * y, xz + x * z, yz + y * z
    det = xx * yy - xy * xy
    assert film["weight_nose"][0] == pytest.approx(xz / xx)
    assert film["weight_both"] == pytest.approx([(xz * yy - yz * xy) / det, (yz * xx - xz * xy) / det])


def test_residuals_rms_and_r2_by_hand(film):
    table = cats()
    a, b = film["weight_both"]
    squares = total = 0.0
    mean = sum(table["nap"]) / 40
    for i in range(40):
        miss = table["nap"][i] - a * table["nose"][i] - b * table["ear"][i]
        assert film["residual"][1, i] == pytest.approx(miss)
        squares += miss * miss
        total += (table["nap"][i] - mean) ** 2
    assert film.read("rms", model="nose and ear") == pytest.approx(math.sqrt(squares / 40))
    assert film.read("r2", model="nose and ear") == pytest.approx(1 - squares / total)


def test_residuals_are_at_right_angles_to_the_columns(film):
    table = cats()
    assert film["residual"][0] @ table["nose"] == pytest.approx(0, abs=1e-9)
    for column in ("nose", "ear"):
        assert film["residual"][1] @ table[column] == pytest.approx(0, abs=1e-9)


def test_planted_weights_come_back():
    exact = fit(cats(noise=0.0), shuffles=5)
    assert exact["weight_both"] == pytest.approx([2, 0.75], abs=1e-10)
    assert exact.read("rms", model="nose and ear") == pytest.approx(0, abs=1e-10)
    many = fit(cats(noise=0.2, n=4000), shuffles=1)
    assert many["weight_both"] == pytest.approx([2, 0.75], abs=0.03)
    assert many.read("rms", model="nose and ear") == pytest.approx(0.2, abs=0.02)


def test_one_nose_two_naps_can_not_be_told_apart(film):
    assert film.read("predicted", model="nose", cat="Tom") == film.read("predicted", model="nose", cat="Mia")
    assert film.read("twin_gap") == 0.75
    assert film.read("twin_miss") == 0.375
    for guess in np.linspace(0, 6, 601):
        assert max(abs(guess - 2.75), abs(guess - 3.5)) >= 0.375 - 1e-12


def test_the_sweep_has_its_lowest_point_at_the_fitted_weight(film):
    best = film["sweep_w"][np.argmin(film["sweep_rms"])]
    assert best == pytest.approx(film["weight_nose"][0], abs=0.005 + 1e-9)
    assert film["sweep_rms"].min() >= film.read("rms", model="nose")
    assert film.quantity("sweep_w").labels["w"][0] == "0.50"
    assert film.quantity("sweep_w").labels["w"][-1] == "4.00"
    h, w = 1e-6, film["weight_nose"][0]
    table = cats()
    slope = (
        np.mean((table["nap"] - (w + h) * table["nose"]) ** 2) - np.mean((table["nap"] - (w - h) * table["nose"]) ** 2)
    ) / (2 * h)
    assert slope == pytest.approx(0, abs=1e-6)


def test_ears_beat_every_shuffle(film):
    assert film["null_rms"].shape == (1000,)
    assert film.read("null_count") == 0
    assert film.read("p") == 0
    assert film.read("p_bound") == pytest.approx(1 / 1001)
    assert film.read("null_quantiles", quantile="0%") == film["null_rms"].min()
    assert film["null_rms"].max() <= film.read("rms", model="nose") + 1e-12, "a second column never fits worse"


def test_the_control_says_no_when_the_ears_mean_nothing():
    """Ears handed to other cats: p has to lie anywhere between 0 and 1, mostly not near 0."""
    ps = []
    for seed in range(20):
        table = cats(seed=seed)
        others = np.random.default_rng(100 + seed).permutation(table["ear"][2:])
        ears = np.concatenate([table["ear"][:2], others])
        ps.append(float(fit(Result({**table.quantities, "ear": quantity(ears, "cat")}), shuffles=99).read("p")))
    assert sum(p < 0.05 for p in ps) <= 4
    assert np.median(ps) > 0.2


def test_p_is_spread_evenly_when_nothing_is_there():
    ps = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        nose, ear = rng.uniform(0.4, 2.4, 20), rng.uniform(0.3, 2.3, 20)
        nose[:2] = 1.0
        labels = {"cat": tuple(f"c{i}" for i in range(20))}
        nap = 2 * nose + 0.3 * rng.standard_normal(20)
        table = Result({k: quantity(v, "cat", labels=labels) for k, v in (("nose", nose), ("ear", ear), ("nap", nap))})
        ps.append(float(fit(table, shuffles=99, twins=["c0", "c1"], seed=seed).read("p")))
    assert 0.3 < np.mean(ps) < 0.7
    assert max(ps) > 0.8


def test_numbers_that_the_narration_says(film):
    """Each as rounded as it is spoken."""
    assert round(film["weight_nose"][0], 1) == 2.6
    assert round(float(film.read("rms", model="nose")), 1) == 0.6
    assert round(film["weight_both"][0]) == 2
    assert film["weight_both"][1] == pytest.approx(0.75, abs=0.05)
    assert film.read("rms", model="nose and ear") < 0.2
    assert round(film["null_rms"].min(), 1) == 0.4


def test_same_seed_same_shuffles():
    table = cats()
    assert np.array_equal(fit(table)["null_rms"], fit(table)["null_rms"])
    assert not np.array_equal(fit(table)["null_rms"], fit(table, seed=8)["null_rms"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shuffles": 0}, "shuffles has to be at least 1"),
        ({"step": 0.0}, "the grid has to rise"),
        ({"high": 0.1}, "the grid has to rise"),
        ({"twins": ["Tom", "nobody"]}, "two cats of the table"),
        ({"twins": ["Tom"]}, "two cats of the table"),
        ({"twins": ["Tom", "Alma"]}, "equal noses"),
    ],
)
def test_what_makes_no_sense_is_refused(change, message):
    with pytest.raises(ResultError, match=message):
        fit(cats(), **change)
