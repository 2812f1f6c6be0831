"""Rates and shapes of what is made of a video: derived from it, or as one types them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from tapehead.analysis.errors import UsageError

FASTEST = 120
_TELEVISION = (24, 30, 48, 60, 120)


def delivery_rate(found: float, stamps: Sequence[int], tick: Fraction) -> Fraction:
    """The constant rate that stands for a video's own.

    One of television's rates (a thousand and first below a whole number) stays exact, as does any other simple rate
    that is really constant; everything else becomes a whole number of frames per second.

    Args:
        found: mean frames per second.
        stamps: presentation times, in order.
        tick: their unit in seconds.
    """
    for whole in _TELEVISION:
        exact = Fraction(whole * 1000, 1001)
        if abs(found / exact - 1) < 2e-4:
            return exact
    gaps = np.diff(np.array(stamps, dtype=np.int64))
    simple = Fraction(found).limit_denominator(16)
    if len(gaps) and gaps.max() - gaps.min() <= 1 and 1 <= simple <= FASTEST and abs(found / simple - 1) < 2e-4:
        return simple
    return Fraction(min(FASTEST, max(1, round(found))))


def rate_named(text: str) -> Fraction:
    """A rate as one types it: ``25``, ``30000/1001``, or ``29.97`` for the latter; ``0`` stands for the video's own.

    Raises:
        UsageError: it is none, or faster than what is made.
    """
    try:
        rate = Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise UsageError(f"--fps takes 25, 29.97 or 30000/1001; got '{text}'") from None
    if not 0 <= rate <= FASTEST or 0 < rate < 1:
        raise UsageError(f"--fps is from 1 to {FASTEST} frames per second, or 0 for the video's own; got {text}")
    near = (Fraction(whole * 1000, 1001) for whole in _TELEVISION)
    return next((exact for exact in near if abs(rate / exact - 1) < 2e-4), rate.limit_denominator(1001))


def ratio_named(text: str) -> Fraction:
    """A shape as one types it: ``4:3``, ``4/3`` or ``1.33``, width over height.

    Raises:
        UsageError: it is none.
    """
    try:
        found = Fraction(text.replace(":", "/"))
    except (ValueError, ZeroDivisionError):
        raise UsageError(f"--crop takes a shape such as 4:3; got '{text}'") from None
    if not Fraction(1, 10) <= found <= 10:
        raise UsageError(f"--crop takes a shape from 1:10 to 10:1; got '{text}'")
    return found


def middle(width: int, height: int, ratio: Fraction | None) -> tuple[int, int, int, int]:
    """Left, top, width and height (even) of the largest part of that shape in the middle; without one, of all."""
    if ratio is None:
        return 0, 0, width, height
    wide = min(width, max(2, 2 * round(min(Fraction(width), height * ratio) / 2)))
    high = min(height, max(2, 2 * round(min(Fraction(height), width / ratio) / 2)))
    return (width - wide) // 2, (height - high) // 2, wide, high
