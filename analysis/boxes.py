"""Five numbers of a sample and what lies outside: what a box in a chart stands for, on the stage and in print.

Quartiles interpolate linearly between order statistics (type 7 of Hyndman and Fan, The American Statistician 50, 1996);
whiskers reach to the furthest values within 1.5 interquartile ranges of the box (Tukey, Exploratory Data Analysis,
1977).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tapehead.analysis.errors import ResultError

_REACH = 1.5
"""Interquartile ranges."""


@dataclass(frozen=True)
class BoxParts:
    """Ends of the whiskers, quartiles, median, and the values beyond the whiskers; all in the sample's unit."""

    low: float
    first: float
    middle: float
    third: float
    high: float
    outside: np.ndarray


def box_parts(values: Any) -> BoxParts:
    """What the box of a sample shows.

    Raises:
        ResultError: there are no values, or one of them is not finite.
    """
    flat = np.sort(np.asarray(values, float).ravel())
    if not flat.size or not np.isfinite(flat).all():
        raise ResultError("a box needs a sample of finite values; take the missing ones out in the analysis")
    first, middle, third = (float(each) for each in np.quantile(flat, (0.25, 0.5, 0.75)))
    reach = _REACH * (third - first)
    within = flat[(flat >= first - reach) & (flat <= third + reach)]
    low, high = min(float(within[0]), first), max(float(within[-1]), third)
    return BoxParts(low, first, middle, third, high, flat[(flat < low) | (flat > high)])


def spread(count: int) -> np.ndarray:
    """Even places between 0 and 1 in no visible order, for points side by side: multiples of the golden ratio.

    The same each time: how far a point stands to the side means nothing.
    """
    return np.modf(np.arange(1, count + 1) * (5**0.5 - 1) / 2)[0]
