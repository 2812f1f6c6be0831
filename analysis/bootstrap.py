"""Bootstrap intervals for means over prompts, cats or samples."""

from __future__ import annotations

import numpy as np

SAMPLES = 2000
"""Resamples per interval: the ends of a 95 % interval then move by about 1 % of its width between seeds."""
LEVEL = 0.95


def bootstrap_mean(
    values: np.ndarray, seed: int, samples: int = SAMPLES, level: float = LEVEL
) -> tuple[np.ndarray, np.ndarray]:
    """Percentile bootstrap interval of the mean over the first axis (Efron & Tibshirani 1993, §13.3).

    Args:
        values: (prompts, ...); whole prompts are drawn with replacement.
        seed: of the resampling.
        samples: resamples.
        level: share of the resampled means inside.

    Returns:
        Lower and upper end, each of the shape of ``values.mean(0)``.

    Raises:
        ValueError: there is nothing to draw from.
    """
    return bootstrap_ratio(values, np.ones(len(values)), seed, samples, level)


def bootstrap_ratio(
    above: np.ndarray, below: np.ndarray, seed: int, samples: int = SAMPLES, level: float = LEVEL
) -> tuple[np.ndarray, np.ndarray]:
    """The same for a ratio of two means over the same prompts: faithfulness is such a ratio.

    Args:
        above: (prompts, ...), the numerator per prompt.
        below: (prompts,), the denominator per prompt.
    """
    above, below = np.asarray(above, dtype=float), np.asarray(below, dtype=float)
    count = len(above)
    if count == 0 or below.shape != (count,):
        raise ValueError(f"a bootstrap needs prompts, and one denominator each; found {above.shape}, {below.shape}")
    # How often each prompt is drawn, per resample: resampled means are then one matrix product.
    drawn = np.random.default_rng([seed, 0xB007]).multinomial(count, np.full(count, 1 / count), size=samples)
    with np.errstate(divide="ignore", invalid="ignore"):
        means = np.tensordot(drawn, above, axes=(1, 0)) / (drawn @ below).reshape(-1, *[1] * (above.ndim - 1))
    tail = (1 - level) / 2
    low, high = np.quantile(means, [tail, 1 - tail], axis=0)
    return low, high
