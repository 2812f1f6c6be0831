"""Axes of dates: a quantity whose unit says from when it counts ("days since 1990-01-01", as in the CF conventions).

Ticks stand at the beginnings of years, months, days, hours, minutes or seconds.  The first tick says all that is needed
to know when it is; the others say what changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from tapehead.analysis.errors import EpisodeError

_SINCE = re.compile(r"(days|hours|minutes|seconds) since (\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_YEARS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_SECONDS = (1, 5, 10, 15, 30, 60, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200)
_DAY = 86400
_MOST = 8
"""Ticks."""


def is_date(unit: str) -> bool:
    """Whether a quantity of that unit counts from a date on."""
    return bool(_SINCE.fullmatch(unit))


def moments(values: Any, unit: str) -> list[datetime]:
    """The values as dates.

    Raises:
        EpisodeError: the unit names no date, or a value lies outside the years 1 to 9999.
    """
    found = _SINCE.fullmatch(unit)
    if not found:
        raise EpisodeError(f"'{unit}' says no date; an axis of dates has a unit such as 'days since 1990-01-01'")
    try:
        start = datetime.fromisoformat(found[2])
        return [start + timedelta(**{found[1]: float(value)}) for value in np.ravel(values)]
    except (ValueError, OverflowError) as error:
        raise EpisodeError(f"'{unit}' leads out of the calendar: {error}") from None


def date_ticks(low: float, high: float, unit: str) -> tuple[list[float], list[str]]:
    """Round moments from one value to another, as values of that unit, and what is written at them.

    Raises:
        EpisodeError: see :func:`moments`.
    """
    begin, end = moments([low, high], unit)
    ticks, written = _ticks(begin, end)
    per_second = (high - low) / (end - begin).total_seconds()
    return [low + (tick - begin).total_seconds() * per_second for tick in ticks], written


def _ticks(begin: datetime, end: datetime) -> tuple[list[datetime], list[str]]:
    """The finest ticks that are few enough, and what they say."""
    for step, said in _steps():
        found: list[datetime] = []
        for tick in step(begin):
            if tick > end or len(found) > _MOST:
                break
            found.append(tick)
        if 2 <= len(found) <= _MOST:
            return found, [said(tick, found[n - 1] if n else None) for n, tick in enumerate(found)]
    return [begin, end], [_full(begin), _full(end)]  # nothing round lies between them


_Said = Callable[[datetime, datetime | None], str]


def _steps() -> Iterator[tuple[Callable[[datetime], Iterator[datetime]], _Said]]:
    """Ways to divide time, from the finest to the coarsest."""
    for seconds in _SECONDS:
        yield _seconds(seconds), _clock if seconds >= 60 else _seconds_said
    for days in (1, 2, 7, 14):
        yield _days(days), _day
    for months in (1, 2, 3, 6):
        yield _months(months), _month
    for years in _YEARS:
        yield _months(12 * years), lambda tick, _: str(tick.year)


def _seconds(step: int) -> Callable[[datetime], Iterator[datetime]]:
    def ticks(begin: datetime) -> Iterator[datetime]:
        midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
        n = int(np.ceil(round((begin - midnight).total_seconds() / step, 9)))
        while True:
            yield midnight + timedelta(seconds=step * n)
            n += 1

    return ticks


def _days(step: int) -> Callable[[datetime], Iterator[datetime]]:
    """Every so many days; weeks begin on Mondays."""

    def ticks(begin: datetime) -> Iterator[datetime]:
        midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
        day = midnight if midnight == begin else midnight + timedelta(days=1)
        day += timedelta(days=-(day.toordinal() - 1) % step)
        while day.year < 9999:
            yield day
            day += timedelta(days=step)

    return ticks


def _months(step: int) -> Callable[[datetime], Iterator[datetime]]:
    def ticks(begin: datetime) -> Iterator[datetime]:
        number = 12 * begin.year + begin.month - 1
        if begin > datetime(begin.year, begin.month, 1):
            number += 1
        number = -(-number // step) * step
        while 12 <= number < 12 * 9999:
            yield datetime(number // 12, number % 12 + 1, 1)
            number += step

    return ticks


def _full(tick: datetime) -> str:
    return f"{tick.day} {_MONTHS[tick.month - 1]} {tick.year}"


def _month(tick: datetime, before: datetime | None) -> str:
    new = before is None or before.year != tick.year
    return f"{_MONTHS[tick.month - 1]} {tick.year}" if new else _MONTHS[tick.month - 1]


def _day(tick: datetime, before: datetime | None) -> str:
    new = before is None or before.year != tick.year
    return _full(tick) if new else f"{tick.day} {_MONTHS[tick.month - 1]}"


def _clock(tick: datetime, before: datetime | None) -> str:
    new = before is None or before.date() != tick.date()
    return f"{tick.day} {_MONTHS[tick.month - 1]}" if new and not (tick.hour or tick.minute) else f"{tick:%H:%M}"


def _seconds_said(tick: datetime, _before: datetime | None) -> str:
    return f"{tick:%H:%M:%S}"
