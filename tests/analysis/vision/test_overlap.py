"""Overlaps against sets of Python, and their null against shuffles that are really made."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from tapehead.analysis.errors import UsageError
from tapehead.analysis.results import Result, quantity
from tapehead.analysis.vision import overlap as over


def naive_overlap(first: np.ndarray, second: np.ndarray, size: int) -> float:
    sets = [set(sorted(range(a.size), key=lambda i: -a.flat[i])[:size]) for a in (first, second)]
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


def test_the_overlap_is_that_of_sets_and_of_itself_is_one() -> None:
    rng = np.random.default_rng(1)
    first, second = rng.normal(size=(2, 6, 4, 4))
    assert over.overlap(first, second, 0.25, 0) == naive_overlap(first, second, 24)
    assert over.overlap(first, 3 * first + 1, 0.25, 0) == 1
    assert over.overlap(first, -first, 0.25, 0) == 0


def test_the_tutorials_layer_has_4077_values_in_its_top_tenth() -> None:
    assert over.set_size(832 * 7 * 7, 0.1) == 4077
    assert over.analytic_null(0.1) == pytest.approx(0.0526, abs=5e-5)


def test_equal_values_are_drawn_and_not_taken_in_order() -> None:
    zeros = np.zeros(1000)
    zeros[7] = 1
    assert over.drawn_by_lot(zeros, 0.1) == 99
    found = [over.overlap(zeros, zeros, 0.1, seed) for seed in range(100)]
    law = over.ChanceLaw(999, 99, 99)
    common = [200 * j / (1 + j) - 1 for j in found]  # index 7 is in both
    assert np.mean(common) == pytest.approx(99 * 99 / 999, abs=4 * 3 / 10)
    assert max(found) < 3 * law.mean, "equal zeros would overlap wholly if the first were taken"
    assert over.drawn_by_lot(np.arange(10), 0.3) == 0


def test_ten_thousand_shuffles_follow_the_hypergeometric_law() -> None:
    rng = np.random.default_rng(2)
    values, size = 40, 8
    first, second = rng.normal(size=(2, values))
    one, ranked = over.top_indices(first, 0.2, rng), np.zeros(values)
    ranked[over.top_indices(second, 0.2, rng)] = 1
    counts = np.zeros(size + 1)
    for _ in range(10_000):
        counts[int(rng.permutation(ranked)[one].sum())] += 1
    law = over.ChanceLaw(values, size, size)
    assert law.probabilities == pytest.approx(stats.hypergeom.pmf(law.common, values, size, size))
    enough = law.probabilities * 10_000 >= 5
    seen = np.append(counts[enough], counts[~enough].sum())
    wanted = np.append(law.probabilities[enough], law.probabilities[~enough].sum()) * 10_000
    assert stats.chisquare(seen, wanted).pvalue > 0.001
    overlaps = np.repeat(law.overlaps, counts.astype(int))
    assert overlaps.mean() == pytest.approx(law.mean, abs=4 * law.deviation / 100)
    assert overlaps.std() == pytest.approx(law.deviation, rel=0.05)
    for m in range(size + 1):
        observed = m / (2 * size - m)
        exact = law.at_least(observed)
        assert exact == pytest.approx(stats.hypergeom.sf(m - 1, values, size, size)), (
            "the p-value counts the observed outcome itself"
        )
        assert np.mean(overlaps >= observed - 1e-12) == pytest.approx(exact, abs=0.02)
    upper = int(stats.hypergeom.ppf(0.975, values, size, size))
    assert law.quantile(0.975) == pytest.approx(upper / (2 * size - upper))


def test_the_law_holds_for_sets_of_other_sizes_and_sets_that_must_meet() -> None:
    law = over.ChanceLaw(10, 8, 7)
    assert list(law.common) == [5, 6, 7]
    assert law.probabilities == pytest.approx(stats.hypergeom.pmf([5, 6, 7], 10, 8, 7))
    assert list(over.ChanceLaw(3, 3, 2).probabilities) == [1]
    assert law.at_least(0) == pytest.approx(1) and law.at_least(1) == 0
    wide = over.ChanceLaw(40_768, 4077, 4077)
    far = int(np.ceil(0.074 * 8154 / 1.074))
    assert wide.at_least(0.074) == pytest.approx(stats.hypergeom.sf(far - 1, 40_768, 4077, 4077), rel=1e-6)


def test_a_shift_changes_places_and_not_channels() -> None:
    rng = np.random.default_rng(3)
    first = rng.gamma(1, size=(40, 1, 1)) * rng.gamma(0.3, size=(40, 6, 6))
    moved = np.roll(first, (2, 3), axis=(1, 2))
    found = over.views(first, moved, 0.1, 0)
    assert found.channel_mean == found.channel_max == 1
    assert found.channel_place < 0.6
    assert found.chance_channel_place == over.ChanceLaw(1440, 144, 144).mean
    assert found.chance_channel == over.ChanceLaw(40, 4, 4).mean
    assert list(over.pooled(first, "max")) == [channel.max() for channel in first]


def test_indices_are_counted_by_channel() -> None:
    assert list(over.per_channel(np.array([0, 5, 6, 11, 12]), (3, 2, 3))) == [2, 2, 1]
    with pytest.raises(UsageError, match="indices 0 to 17; found 18"):
        over.per_channel(np.array([18]), (3, 2, 3))


def test_shuffled_channels_keep_their_places() -> None:
    rng = np.random.default_rng(4)
    middle = np.zeros((3, 3))
    middle[1, 1] = 5
    first, second = rng.normal(size=(2, 12, 3, 3)) + middle
    found = over.channel_null(first, second, 0.1, 4000, 5)
    size = over.set_size(first.size, 0.1)
    common = 2 * size * found.overlaps / (1 + found.overlaps)
    assert common.mean() == pytest.approx(found.common_mean, abs=4 * found.common_deviation / np.sqrt(4000))
    assert common.std() == pytest.approx(found.common_deviation, rel=0.1)
    loose = over.ChanceLaw(first.size, size, size)
    assert found.overlaps.mean() > 5 * loose.mean, "all the common places are in the middle: not the channels' doing"
    # By hand: the same shuffles of the array itself.
    one = set(over.top_indices(first, 0.1, rng))
    again = [len(one & set(over.top_indices(rng.permutation(second), 0.1, rng))) for _ in range(500)]
    assert np.mean(again) == pytest.approx(found.common_mean, abs=4 * found.common_deviation / np.sqrt(500))


def test_moments_of_shuffled_channels_are_those_of_all_orders() -> None:
    first, second = np.random.default_rng(6).normal(size=(2, 4, 5, 5))
    found = over.channel_null(first, second, 0.3, 1, 0)
    one = {int(i) for i in np.argsort(first.ravel())[-30:]}
    every = [
        len(one & {int(i) for i in np.argsort(second[list(order)].ravel())[-30:]})
        for order in itertools.permutations(range(4))
    ]
    assert found.common_mean == pytest.approx(np.mean(every))
    assert found.common_deviation == pytest.approx(np.std(every))


def test_the_analysis_holds_the_law_and_shuffles() -> None:
    found = over.chance_overlap(40_768, 0.1, 10_000, seed=1)
    assert found["analytic"] == 0.1 / 1.9
    assert found["mean"] == pytest.approx(0.0526, abs=1e-4)
    assert found["shuffled_mean"] == pytest.approx(float(found["mean"]), abs=4 * float(found["deviation"]) / 100)
    inside = np.mean((found["shuffled"] >= found["low"]) & (found["shuffled"] <= found["high"]))
    assert inside == pytest.approx(0.95, abs=0.012)
    assert found["probability"].sum() == pytest.approx(1, abs=1e-6)
    assert found["high"] < 0.074, "the least published overlap lies above chance"
    assert np.array_equal(found["shuffled"], over.chance_overlap(40_768, 0.1, 10_000, seed=1)["shuffled"])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: over.overlap(np.ones(3), np.ones(4), 0.5, 0), r"found shapes \(3,\) and \(4,\)"),
        (lambda: over.overlap(np.ones(3), np.ones(3), 0, 0), "between 0 and 1; found 0"),
        (lambda: over.overlap(np.ones(0), np.ones(0), 0.1, 0), "hold no values"),
        (lambda: over.overlap(np.array([1, np.nan]), np.ones(2), 0.5, 0), "1 of 2 activations are not finite"),
        (lambda: over.jaccard(np.array([]), np.array([])), "two empty sets"),
        (lambda: over.ChanceLaw(5, 6, 1), "out of 5 values"),
        (lambda: over.ChanceLaw(5, 2, 2).at_least(1.5), "found 1.5"),
        (lambda: over.ChanceLaw(5, 2, 2).quantile(0), "found 0"),
        (lambda: over.pooled(np.ones((2, 2, 2)), "median"), "mean or max; found 'median'"),
        (lambda: over.pooled(np.ones(4), "mean"), r"found the shape \(4,\)"),
        (lambda: over.channel_null(np.ones((1, 2, 2)), np.ones((1, 2, 2)), 0.5, 9, 0), "two channels or more"),
        (lambda: over.chance_overlap(100, 0.1, 0, seed=0), "between 1 and"),
        (lambda: over.chance_overlap(0, 0.1, 5, seed=0), "of 0 values"),
    ],
)
def test_what_does_not_fit_is_said(wrong, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        wrong()


def test_the_chance_of_a_study_is_that_of_its_layer() -> None:
    study = Result({"values": quantity(600, unit="values"), "share": quantity(10.0, unit="%")})
    found, same = over.chance_in(study, 50, seed=3), over.chance_overlap(600, 0.1, 50, seed=3)
    assert found["size"] == 60 and found["mean"] == same["mean"]
    np.testing.assert_array_equal(found["shuffled"], same["shuffled"])
