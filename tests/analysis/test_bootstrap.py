"""Bootstrap intervals against exact statistics and a loop."""

from __future__ import annotations

import numpy as np
import pytest

from tapehead.analysis.bootstrap import bootstrap_mean, bootstrap_ratio


def test_interval_of_a_mean_is_that_of_the_normal_theory() -> None:
    """For many normal values the percentile interval is mean ± 1.96 standard errors; 5 % for resampling noise."""
    values = np.random.default_rng(0).normal(3, 2, 4000)
    low, high = bootstrap_mean(values, seed=1)
    error = values.std() / np.sqrt(len(values))
    assert low == pytest.approx(values.mean() - 1.96 * error, abs=0.15 * error)
    assert high == pytest.approx(values.mean() + 1.96 * error, abs=0.15 * error)


def test_ratio_equals_a_plain_loop_over_the_same_draws() -> None:
    rng = np.random.default_rng(3)
    above, below = rng.normal(2, 1, (30, 4)), rng.normal(5, 1, 30)
    low, high = bootstrap_ratio(above, below, seed=5, samples=200)
    draws = np.random.default_rng([5, 0xB007]).multinomial(30, np.full(30, 1 / 30), size=200)
    means = []
    for row in draws:
        chosen = np.repeat(np.arange(30), row)
        means.append(above[chosen].mean(0) / below[chosen].mean())
    expected = np.quantile(means, [0.025, 0.975], axis=0)
    np.testing.assert_allclose([low, high], expected, rtol=1e-12)


def test_a_constant_has_no_width_and_the_seed_decides_the_rest() -> None:
    low, high = bootstrap_mean(np.full(7, 2.5), seed=0)
    assert low == pytest.approx(2.5) and high == pytest.approx(2.5)
    values = np.arange(20.0)
    assert bootstrap_mean(values, 1) == bootstrap_mean(values, 1)
    assert bootstrap_mean(values, 1) != bootstrap_mean(values, 2)


def test_nothing_to_draw_from_is_an_error() -> None:
    with pytest.raises(ValueError, match="needs prompts"):
        bootstrap_mean(np.zeros(0), seed=0)
