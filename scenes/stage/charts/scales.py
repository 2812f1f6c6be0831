"""Scales: from values to places between 0 and 1, with ticks at round numbers.

Linear ticks are 1, 2, 2.5 or 5 times a power of ten apart (the "nice numbers" of Heckbert, Graphics Gems, 1990, with
2.5 added); a log scale has a tick at each decade, and at 1, 2 and 5 where it covers fewer than two of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tapehead.analysis.dates import date_ticks
from tapehead.analysis.errors import EpisodeError

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_DECIMALS = 2
"""So many a number has at most where nothing else is said."""
_DECADES = 2
"""A log scale that covers fewer of them has ticks at 1, 2 and 5."""


@dataclass(frozen=True)
class Scale:
    """An axis' range and its ticks, both in the values' own unit; ``minor`` ticks have no number."""

    low: float
    high: float
    ticks: tuple[float, ...]
    logarithmic: bool = False
    minor: tuple[float, ...] = ()
    texts: tuple[str, ...] = ()
    """What stands at the ticks, where it is not their numbers (dates)."""

    def share(self, value: Any) -> Any:
        """How far along the axis a value lies: 0 at ``low``, 1 at ``high``; an array for an array."""
        if self.logarithmic:
            return np.log10(np.asarray(value, float) / self.low) / math.log10(self.high / self.low)
        return (np.asarray(value, float) - self.low) / (self.high - self.low)

    def beyond(self, values: Any, margin: float) -> Scale:
        """The same, with a margin (a share of the axis) wherever a value is nearer than that to an end."""
        share = np.asarray(self.share(values), float)
        low, high = (margin if gap < margin else 0.0 for gap in (float(share.min()), 1 - float(share.max())))
        if self.logarithmic:
            ratio = self.high / self.low
            return replace(self, low=self.low / ratio**low, high=self.high * ratio**high)
        span = self.high - self.low
        return replace(self, low=self.low - low * span, high=self.high + high * span)

    def holds(self, values: Any) -> bool:
        """Whether all values lie on it."""
        values = np.asarray(values, float)
        slack = 1e-9 * (self.high - self.low)
        return bool(((values >= self.low - slack) & (values <= self.high + slack)).all())

    def shown(self) -> list[str]:
        """What stands at the ticks."""
        return list(self.texts) or labels(self.ticks, self.logarithmic)


def finite(values: Any, what: str) -> np.ndarray:
    """The values as a flat array.

    Raises:
        EpisodeError: there are none, or one of them is missing or endless.
    """
    flat = np.asarray(values, float).ravel()
    if not flat.size or not np.isfinite(flat).all():
        bad = "no values" if not flat.size else f"{np.count_nonzero(~np.isfinite(flat))} values that are no numbers"
        raise EpisodeError(f"a chart cannot show {what}: it has {bad}; take them out in the analysis")
    return flat


def linear(values: Any, *, zero: bool = False, count: int = 5) -> Scale:
    """A scale that holds all values and ends at ticks, about ``count`` steps long; with ``zero`` it holds 0 as well.

    Raises:
        EpisodeError: there are no finite values.
    """
    flat = finite(values, "an axis")
    low, high = float(flat.min()), float(flat.max())
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low <= 1e-12 * max(abs(low), abs(high)):  # one value: room on both sides of it
        room = abs(high) / 2 or 1.0
        low, high = low - room, high + room
    step = step_for((high - low) / count)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(round(n * step, 12) if abs(n * step) < 1e6 else n * step for n in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], ticks)


def dates(values: Any, unit: str) -> Scale:
    """A scale that reaches from the first date to the last; ``unit`` is that of the values ("days since 1990-01-01").

    Raises:
        EpisodeError: there are no finite values, or the unit says no date.
    """
    flat = finite(values, "an axis of dates")
    low, high = float(flat.min()), float(flat.max())
    if low == high:
        low, high = low - 1, high + 1
    ticks, texts = date_ticks(low, high, unit)
    return Scale(low, high, tuple(ticks), texts=tuple(texts))


def step_for(rough: float) -> float:
    """The nice number that is nearest to a rough step, by ratio."""
    power = 10.0 ** math.floor(math.log10(rough))
    return min((step * power for step in _STEPS), key=lambda step: abs(math.log(step / rough)))


def log(values: Any) -> Scale:
    """A log scale that holds all values and ends at 1, 2 or 5 times a power of ten.

    Raises:
        EpisodeError: a value is not above 0, or there are none.
    """
    flat = finite(values, "an axis")
    if (least := float(flat.min())) <= 0:
        raise EpisodeError(f"a log axis has no place for {least:g}: take a linear one, or leave such values out")
    low, high = _round_down(least), _round_up(float(flat.max()))
    if low == high:
        low, high = low / 2, high * 2
        low, high = _round_down(low), _round_up(high)
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    within = [10.0**n for n in range(first, last + 1) if low * 0.999 <= 10.0**n <= high * 1.001]
    finer = [m * 10.0**n for n in range(first, last + 1) for m in (1, 2, 5)]
    finer = [tick for tick in finer if low * 0.999 <= tick <= high * 1.001]
    every = max(1, math.ceil(len(within) / 7))
    ticks = within[::every] if math.log10(high / low) >= _DECADES and len(within) > 1 else finer
    minor = [m * 10.0**n for n in range(first, last + 1) for m in range(2, 10)]
    minor = [tick for tick in minor if low * 0.999 <= tick <= high * 1.001 and tick not in ticks]
    return Scale(low, high, tuple(ticks), True, tuple(minor if len(within) <= 7 else ()))


def _round_down(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value) + 1e-9)
    return float(max(m * power for m in (1, 2, 5) if m * power <= value * (1 + 1e-9)))


def _round_up(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value) + 1e-9)
    return float(min(m * power for m in (1, 2, 5, 10) if m * power >= value * (1 - 1e-9)))


def labels(ticks: Iterable[float], logarithmic: bool = False) -> list[str]:
    """Ticks as they are written: as many decimals as tell them apart, a true minus, powers of ten when they are long.

    A power of ten is written ``10^6``; :mod:`~tapehead.scenes.stage.charts.ticks` sets it.
    """
    ticks = list(ticks)
    size = max((abs(tick) for tick in ticks), default=0.0)
    if logarithmic:
        long = size >= 1e6 or min(ticks, default=1.0) < 1e-3
        return [_power(tick) if long else _plain(tick, max(0, -math.floor(math.log10(tick)))) for tick in ticks]
    decimals = next((d for d in range(10) if all(abs(t - round(t, d)) <= 1e-9 * max(size, 1e-9) for t in ticks)), 10)
    if size >= 1e7 or decimals > 4:
        power = math.floor(math.log10(size))
        scaled = [tick / 10.0**power for tick in ticks]
        decimals = next((d for d in range(10) if all(abs(t - round(t, d)) <= 1e-6 for t in scaled)), 10)
        return ["0" if t == 0 else f"{_plain(t, decimals)}×10^{power}".replace("1×10^", "10^") for t in scaled]
    return [_plain(tick, decimals) for tick in ticks]


def written_like(ticks: Sequence[str], values: Any) -> str:
    """A format for values that stand beside an axis with these numbers, so that both are written in one way.

    Thousands have their comma beside an axis that has it, and beside one of small numbers a value has as many decimals
    as it.  Empty where a number is written as everywhere: with at most two decimals.
    """
    decimals = max((len(text.partition(".")[2]) for text in ticks if "\N{MULTIPLICATION SIGN}" not in text), default=0)
    long = any("," in text or "10^" in text for text in ticks)
    if not long:
        return f".{decimals}f" if decimals > _DECIMALS else ""
    values = np.asarray(values, float)
    needed = next((d for d in range(_DECIMALS) if np.allclose(values, np.round(values, d), rtol=0, atol=5e-3)), 2)
    return f",.{max(decimals, needed)}f"


def _plain(value: float, decimals: int) -> str:
    text = f"{value:,.{decimals}f}"
    return text.lstrip("-") if float(text.replace(",", "")) == 0 else text.replace("-", "\N{MINUS SIGN}")


def _power(value: float) -> str:
    power = math.floor(math.log10(value) + 1e-9)
    factor = round(value / 10.0**power)
    return f"10^{power}" if factor == 1 else f"{factor}×10^{power}"
