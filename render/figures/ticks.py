"""Ticks of logarithmic axes as one would say them: 50, 100, 200, and powers of ten only where zeros would not be read.

Of a few ways to divide a decade the coarsest is taken that leaves three ticks in view.
"""

from __future__ import annotations

import math
from typing import Any

_DIVISIONS = ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 5, 7))
_ENOUGH = 3
_MOST = 8
"""More decades than this are counted in steps."""
_PLAIN = (1e-4, 1e6)
"""Numbers between these are written out."""


def log_ticks(low: float, high: float) -> list[float]:
    """Round numbers between two limits, both above zero; on less than half an octave evenly spaced ones."""
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    step = max(1, math.ceil((last - first) / _MOST))
    found: list[float] = []
    for division in _DIVISIONS:
        powers = range(-(-first // step) * step if step > 1 else first, last + 1, step)
        found = [part * 10.0**power for power in powers for part in division]
        found = [tick for tick in found if low * (1 - 1e-9) <= tick <= high * (1 + 1e-9)]
        if len(found) >= _ENOUGH:
            return found
    return _even(low, high)


def _even(low: float, high: float) -> list[float]:
    rough = (high - low) / _ENOUGH
    unit = 10.0 ** math.floor(math.log10(rough))
    steps = (part * unit for part in (10, 5, 2, 1, 0.5) if part * unit < rough * 3)
    wide = next(part * unit for part in (1, 2, 5, 10) if part * unit >= rough * 0.7)
    for step in (wide, *(step for step in steps if step < wide * 0.99)):
        first = math.ceil(low / step - 1e-9)
        found = [float(f"{number * step:.12g}") for number in range(first, math.floor(high / step + 1e-9) + 1)]
        if len(found) > 1:  # one alone does not tell how far it is to anywhere
            break
    return found


def is_plain(value: float) -> bool:
    """Whether a number is written out."""
    return not value or _PLAIN[0] <= abs(value) < _PLAIN[1]


def tick_text(value: float, plain: bool = True) -> str:
    """``200``, ``0.05``, ``1,000``; if that would not be read or not ``plain``, ``10⁷`` as matplotlib's mathematics."""
    size = abs(value)
    if not size or (plain and is_plain(value)):
        whole = value if size < 1000 else round(value)  # a round number, up to what a float leaves of it
        return f"{whole:,.10g}".replace("-", "\N{MINUS SIGN}")
    power = math.floor(math.log10(size) + 1e-9)
    part = value / 10.0**power
    before = "" if abs(part - 1) < 1e-9 else rf"{part:g}\times"
    return rf"$\mathdefault{{{before}10^{{{power}}}}}$"


def set_log_ticks(axes: Any, letter: str) -> None:
    """Give a logarithmic axis (``x`` or ``y``) such ticks; its limits stay what its data made them."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter

    limits = axes.get_xlim() if letter == "x" else axes.get_ylim()
    axis = axes.xaxis if letter == "x" else axes.yaxis
    ticks = log_ticks(min(limits), max(limits))
    plain = all(is_plain(tick) for tick in ticks)  # one form for all of an axis
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_major_formatter(FuncFormatter(lambda value, _place: tick_text(value, plain)))
    axis.set_minor_formatter(NullFormatter())
