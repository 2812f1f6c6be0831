"""What the gallery shows is what is known: against closed forms, tables, and naive computations."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from tapehead.analysis.errors import UsageError
from tapehead.scenes.gallery.numbers import counter, daylight, digits, divisors, heat, primes, rules, sine
from tapehead.scenes.gallery.simulations import darts, dice, expected_run, runs, swing, walks


def test_means_of_dice_follow_the_root_law() -> None:
    every = [dice(256, 400, seed=seed) for seed in range(1, 9)]
    inside = [(each["spread_ci"][:, 0] < each["law"]) & (each["law"] < each["spread_ci"][:, 1]) for each in every]
    assert 0.86 < np.mean(inside) <= 1.0, "72 intervals of 95 %: fewer than 63 within has a chance of 1 in 200"
    found = every[0]
    pips = np.arange(1, 7)
    assert float(found["sigma"]) == pytest.approx(pips.std())
    assert found["few"].sum() == found["many"].sum() == 16_000
    pairs = np.array([[(a + b) / 2 for a in pips] for b in pips]).ravel()
    expected = 16_000 * np.histogram(pairs, found["edge"])[0] / 36
    assert ((found["few"] - expected) ** 2 / np.maximum(expected, 1)).sum() < 40, "chi-squared of 10 degrees"
    assert found["mean"][0].min() >= 1
    assert (np.abs(found["mean"].mean(axis=1) - 3.5) < 4 * 1.71 / np.sqrt(60 * np.array([1, 4, 16, 64]))).all()


def test_darts_find_pi_within_their_error_bars() -> None:
    found = darts(100_000, seed=3)
    assert (np.abs(found["estimate"] - math.pi) < 2 * (found["high"] - found["estimate"])).all()
    assert float(found["shorter"]) == pytest.approx(math.sqrt(1000), rel=0.3)


def test_steps_that_turn_have_the_correlations_of_theory() -> None:
    found = swing(8, 2000, 0.8, seed=1)
    apart = np.abs(np.subtract.outer(np.arange(8), np.arange(8)))
    assert np.abs(found["correlation"] - (-0.8) ** apart).max() < 0.1
    assert [float(found["next"]), float(found["second"])] == pytest.approx(found["expected"], abs=0.03)


def test_days_are_as_long_as_almanacs_say() -> None:
    found = daylight(2027, seed=1)
    assert found["longest"] == pytest.approx([12.07, 15.1, 18.6], abs=0.25)
    assert found["shortest"] == pytest.approx([11.9, 8.9, 5.6], abs=0.35)
    assert abs(int(found["solstice"][2]) - 171) <= 1, "about the 21st of June"
    assert found["hours"][:, 79] == pytest.approx([12, 12, 12], abs=0.2), "the equinox"


def test_first_digits_follow_benford() -> None:
    found = digits(1000, seed=1)
    assert found["law"].sum() == pytest.approx(100)
    assert np.abs(found["share"] - found["law"]).max() < 0.5
    assert found["share"][0] == pytest.approx(30.1)


def test_primes_are_as_many_as_tables_say() -> None:
    found = primes(6, seed=1)
    assert found["count"].tolist() == [4, 25, 168, 1229, 9592, 78498]
    assert float(found["last"]) == pytest.approx(78498 / (1e6 / math.log(1e6)))
    assert found["ending"].sum(axis=0) == pytest.approx(np.full(5, 100.0))
    naive = [n for n in range(7, 100) if all(n % d for d in range(2, n))]
    assert found["ending"][:, 0] == pytest.approx([100 * np.mean([n % 10 == e for n in naive]) for e in (1, 3, 7, 9)])


def test_one_rule_draws_the_odd_numbers_of_pascals_triangle() -> None:
    cells = rules(16, seed=1)["cell"]
    for row in range(16):
        odd = [math.comb(row, k) % 2 for k in range(row + 1)]
        assert cells[1, row, 15 - row : 16 + row : 2].tolist() == odd
    assert cells[0, 2].astype(int).tolist()[13:18] == [1, 1, 0, 0, 1], "rule 30's third row"


def test_divisors_lead_to_those_a_prime_times_as_large() -> None:
    found = divisors(60, seed=1)
    names = [int(n) for n in found.quantity("edge").labels["from"]]
    assert names == [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60]
    for a, row in zip(names, found["edge"], strict=True):
        assert [b for b, edge in zip(names, row, strict=True) if edge] == [p * a for p in (2, 3, 5) if p * a in names]
    assert len({tuple(place) for place in found["place"]}) == 12


def test_a_polynomial_of_more_terms_comes_closer_to_the_sine() -> None:
    few, many = sine(2, seed=1), sine(6, seed=1)
    assert many["error"].max() < 1e-3 < few["error"].max()
    assert many["coefficient"][:3] == pytest.approx([1, -1 / 6, 1 / 120])


def test_runs_of_heads_are_as_long_as_counting_them_all_says() -> None:
    def naive(tosses: int) -> float:
        every = ["".join(each) for each in itertools.product("HT", repeat=tosses)]
        return float(np.mean([max(map(len, each.split("T"))) for each in every]))

    for tosses in (1, 2, 5, 12):
        assert expected_run(tosses) == pytest.approx(naive(tosses))
    found = runs(16, 400, seed=2)
    error = found["longest"].std(axis=1) / math.sqrt(400)
    assert (np.abs(found["longest"].mean(axis=1) - found["expected"]) < 4 * error).all()
    assert (found["longest"].max(axis=1) <= [16, 64, 256, 1024]).all()
    assert float(found["more"]) == pytest.approx(2, abs=0.01), "log2 of the tosses, but for a constant"


def test_walks_lead_as_far_as_the_root_of_their_steps() -> None:
    found = walks(100, 4000, seed=2)
    assert float(found["away"]) == pytest.approx(10, rel=0.04)
    lengths = np.linalg.norm(np.diff(found["path"], axis=1), axis=2)
    assert lengths == pytest.approx(np.ones((3, 100)))
    assert np.linalg.norm(found["circle"], axis=1) == pytest.approx(np.full(120, 10.0))


def test_heat_widens_with_the_root_of_time_and_forgets_its_shape() -> None:
    found = heat(41, seed=1)
    middle = found["point"][3, 20]
    assert middle.argmax() == 20 and middle == pytest.approx(middle[::-1])
    assert float(found["wider"]) == pytest.approx(2, abs=1e-3)
    # A quarter of the heat goes along each axis in a step: after n steps it is nearly a bell of that variance, n / 4.
    assert middle[16:25] == pytest.approx(np.exp(-(np.arange(-4, 5) ** 2) / 2 / (16 / 4)), abs=0.02)
    assert float(found["alike"]) > 0.9 > abs(float(found["alike_first"]))


def test_the_network_counts_in_binary() -> None:
    for inputs in (2, 3, 6, 7):
        found = counter(inputs, seed=1)
        for on in itertools.product((0, 1), repeat=inputs):
            middle = [float(weights @ np.array(on) >= k + 1) for k, weights in enumerate(found["first"])]
            written = (found["second"] @ np.array(middle))[::-1]
            assert int("".join(str(int(digit)) for digit in written), 2) == sum(on)
        assert float(found["right"]) == float(found["cases"]) == 2**inputs


@pytest.mark.parametrize(
    "call",
    [
        lambda: dice(2, 400, seed=1),
        lambda: darts(10, seed=1),
        lambda: swing(2, 9, 0.5, seed=1),
        lambda: digits(3, seed=1),
        lambda: primes(9, seed=1),
        lambda: rules(1, seed=1),
        lambda: divisors(1, seed=1),
        lambda: sine(1, seed=1),
        lambda: runs(2, 9, seed=1),
        lambda: walks(100, 1, seed=1),
        lambda: heat(40, seed=1),
        lambda: counter(1, seed=1),
    ],
)
def test_what_makes_no_sense_is_refused(call) -> None:
    with pytest.raises(UsageError, match="needs"):
        call()
