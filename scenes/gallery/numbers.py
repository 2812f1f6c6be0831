"""What needs no chance: daylight, first digits, primes, divisors, rules of neighbours, a sine, heat, counting."""

from __future__ import annotations

import math

import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity

PLACES = {"Nairobi": -1.29, "Rome": 41.9, "Oslo": 59.91}
"""Latitudes, in degrees north."""
RULES = (30, 90, 110, 184)
ENDINGS = (1, 3, 7, 9)
TIMES = (0, 1, 4, 16, 64)
"""Steps after which heat is looked at."""


@analysis("gallery.daylight")
def daylight(year: int, *, seed: int) -> Result:
    """How long the day lasts: 24/pi arccos(-tan(latitude) tan(declination)), the Sun taken as a point.

    The declination is 23.45 degrees times sin(2 pi (284 + day) / 365) (Cooper, Solar Energy 12, 1969).

    Returns:
        ``day`` (day), ``hours`` (place, day), ``longest`` and ``shortest`` (place), ``solstice`` (place), the number of
        the longest day.
    """
    day = np.arange(365)
    sun = np.radians(23.45) * np.sin(2 * np.pi * (284 + day + 1) / 365)
    here = np.radians(list(PLACES.values()))
    hours = 24 / np.pi * np.arccos(-np.tan(here)[:, None] * np.tan(sun))
    named = {"place": tuple(PLACES)}
    return Result(
        {
            "day": quantity(day, "day", unit=f"days since {year}-01-01"),
            "hours": quantity(hours, "place", "day", unit="hours", labels=named),
            "longest": quantity(hours.max(axis=1), "place", unit="hours", labels=named),
            "shortest": quantity(hours.min(axis=1), "place", unit="hours", labels=named),
            "solstice": quantity(hours.argmax(axis=1), "place", labels=named),
        }
    )


@analysis("gallery.digits")
def digits(powers: int, *, seed: int) -> Result:
    """First digits of 2, 4, 8 … 2^``powers``, against Benford's law log10(1 + 1/d).

    Returns:
        ``share`` and ``law`` (digit), in %.

    Raises:
        UsageError: fewer than ten powers.
    """
    if powers < 10:
        raise UsageError(f"gallery.digits needs powers >= 10; got {powers}")
    first = np.array([int(str(2**n)[0]) for n in range(1, powers + 1)])
    labels = {"digit": [str(d) for d in range(1, 10)]}
    return Result(
        {
            "share": quantity([100 * np.mean(first == d) for d in range(1, 10)], "digit", unit="%", labels=labels),
            "law": quantity(100 * np.log10(1 + 1 / np.arange(1, 10)), "digit", unit="%", labels=labels),
            "powers": quantity(powers),
        }
    )


@analysis("gallery.primes")
def primes(decades: int, *, seed: int) -> Result:
    """How many primes there are below 10, 100 … 10^``decades``, by Eratosthenes' sieve, and what they end in.

    Returns:
        ``count`` (below); ``guess`` (below), n / ln n, to which count is asymptotically equal (the prime number
        theorem); ``ratio`` (below), count over guess, and ``last``, that of the largest n; ``ending`` (ending, below),
        in %, of those above 5 and below 100, 1000 …

    Raises:
        UsageError: fewer than 3 decades, or more than 7.
    """
    if not 3 <= decades <= 7:
        raise UsageError(f"gallery.primes needs 3 <= decades <= 7; got {decades}")
    sieve = np.ones(10**decades, bool)
    sieve[:2] = False
    for n in range(2, math.isqrt(len(sieve)) + 1):
        if sieve[n]:
            sieve[n * n :: n] = False
    found = np.flatnonzero(sieve)
    limits: np.ndarray = 10 ** np.arange(1, decades + 1)
    names = [f"{limit:,}" for limit in limits]
    count = np.searchsorted(found, limits)
    guess = limits / np.log(limits)
    long = found[found > 5]
    ending = [[100 * np.mean(long[long < limit] % 10 == end) for limit in limits[1:]] for end in ENDINGS]
    here = {"below": names}
    return Result(
        {
            "count": quantity(count, "below", labels=here),
            "guess": quantity(guess, "below", labels=here),
            "ratio": quantity(count / guess, "below", labels=here),
            "last": quantity(count[-1] / guess[-1]),
            "ending": quantity(
                ending, "ending", "below", unit="%", labels={"ending": [str(e) for e in ENDINGS], "below": names[1:]}
            ),
        }
    )


@analysis("gallery.rules")
def rules(rows: int, *, seed: int) -> Result:
    """Pictures of four of Wolfram's elementary rules: each row follows from the one above, from one full cell.

    A cell's successor is bit 4l + 2m + r of the rule's number, for its left neighbour l, itself m, and the right one r.

    Returns:
        ``cell`` (rule, row, column), 0 or 1.

    Raises:
        UsageError: fewer than two rows.
    """
    if rows < 2:
        raise UsageError(f"gallery.rules needs rows >= 2; got {rows}")
    wide = 2 * rows - 1
    found = np.zeros((len(RULES), rows, wide), np.uint8)
    found[:, 0, rows - 1] = 1
    for n, rule in enumerate(RULES):
        bits = np.array([rule >> k & 1 for k in range(8)], np.uint8)
        for row in range(1, rows):
            cells = np.pad(found[n, row - 1], 1)
            found[n, row] = bits[4 * cells[:-2] + 2 * cells[1:-1] + cells[2:]]
    return Result(
        {"cell": quantity(found.astype(float), "rule", "row", "column", labels={"rule": [f"rule {r}" for r in RULES]})}
    )


@analysis("gallery.divisors")
def divisors(number: int, *, seed: int) -> Result:
    """The divisors of a number, with an edge to each that is a prime times as large.

    Returns:
        ``edge`` (from, to), 1 or 0; ``place`` (from, axis): across how many primes a divisor is made of, and up to keep
        those of one column apart; ``number`` and ``how_many``.

    Raises:
        UsageError: a number below 2.
    """
    if number < 2:
        raise UsageError(f"gallery.divisors needs number >= 2; got {number}")
    found = [d for d in range(1, number + 1) if number % d == 0]
    factors = [_factors(d) for d in found]
    edge = [[float(b % a == 0 and _factors(b // a) == 1) for b in found] for a in found]
    place = []
    for d, many in zip(found, factors, strict=True):
        column = [other for other, same in zip(found, factors, strict=True) if same == many]
        place.append([many, (len(column) - 1) / 2 - column.index(d)])
    return Result(
        {
            "edge": quantity(edge, "from", "to", labels={axis: [str(d) for d in found] for axis in ("from", "to")}),
            "place": quantity(place, "from", "axis", labels={"from": [str(d) for d in found]}),
            "number": quantity(number),
            "how_many": quantity(len(found)),
        }
    )


def _factors(number: int) -> int:
    """How many primes a number is made of, repeated ones counted again."""
    count, divisor = 0, 2
    while number > 1:
        while number % divisor == 0:
            number //= divisor
            count += 1
        divisor += 1
    return count


@analysis("gallery.sine")
def sine(terms: int, *, seed: int) -> Result:
    """The Taylor coefficients of the sine at 0: (-1)^k / (2k + 1)!, for x^(2k + 1).

    Returns:
        ``coefficient`` (term); ``x`` and ``error`` (x), how far the polynomial of all terms is from the sine.

    Raises:
        UsageError: fewer than two terms.
    """
    if terms < 2:
        raise UsageError(f"gallery.sine needs terms >= 2; got {terms}")
    coefficient = [(-1) ** k / math.factorial(2 * k + 1) for k in range(terms)]
    x = np.linspace(0, np.pi, 41)
    polynomial = sum(c * x ** (2 * k + 1) for k, c in enumerate(coefficient))
    return Result(
        {
            "coefficient": quantity(coefficient, "term"),
            "x": quantity(x, "x"),
            "error": quantity(np.abs(polynomial - np.sin(x)), "x"),
        }
    )


@analysis("gallery.heat")
def heat(side: int, *, seed: int) -> Result:
    """Heat that spreads from a point, a square and a ring: at each step, a cell gives a half to its four neighbours.

    Each picture is divided by its hottest cell: shapes are compared, and not how much of the heat is still there.

    Returns:
        ``point``, ``square`` and ``ring`` (time, row, column), 1 where it is hottest; ``wider``, how many times as wide
        (standard deviation) the point is at the end as at a quarter of the time: 2 in theory; ``alike``, the
        correlation of point and ring over the cells of the last picture, and ``alike_first``, that of the first.

    Raises:
        UsageError: an even ``side``, or one below 31: heat would reach the edge.
    """
    if side < 31 or not side % 2:
        raise UsageError(f"gallery.heat needs an odd side >= 31; got {side}")
    across = np.arange(side) - side // 2
    far = np.hypot(across[:, None], across)
    largest = np.maximum(np.abs(across[:, None]), np.abs(across))
    starts = {"point": far < 1, "square": largest <= 4, "ring": (far > 3.5) & (far < 5.5)}
    found: dict[str, np.ndarray] = {}
    for name, start in starts.items():
        now, kept = start.astype(float), []
        for step in range(TIMES[-1] + 1):
            if step in TIMES:
                kept.append(now.copy())
            near = np.pad(now, 1)
            now = now / 2 + (near[:-2, 1:-1] + near[2:, 1:-1] + near[1:-1, :-2] + near[1:-1, 2:]) / 8
        found[name] = np.array(kept)
    wide = [math.sqrt((each.sum(axis=0) * across**2).sum() / each.sum()) for each in found["point"]]
    alike = [float(np.corrcoef(found["point"][n].ravel(), found["ring"][n].ravel())[0, 1]) for n in (0, -1)]
    labels = {"time": ["at first", "one step", *(f"{n} steps" for n in TIMES[2:])]}
    return Result(
        {
            **{
                name: quantity(each / each.max(axis=(1, 2), keepdims=True), "time", "row", "column", labels=labels)
                for name, each in found.items()
            },
            "wider": quantity(wide[-1] / wide[-2]),
            "alike_first": quantity(alike[0]),
            "alike": quantity(alike[1]),
        }
    )


@analysis("gallery.counter")
def counter(inputs: int, *, seed: int) -> Result:
    """A network of thresholds that counts, in binary, how many of its inputs are on.

    The k-th of its middle units is on where at least k inputs are. The digit worth 2^b is on where the count is in
    every other stretch of 2^b: those begin with odd multiples of 2^b, and end before the even ones, so it adds the
    units of the former and takes away those of the latter.

    Returns:
        ``first`` (unit, input) and ``second`` (digit, unit), the weights; ``cases``, how many patterns of inputs there
        are, and ``right``, for how many of them its digits are those of the count.

    Raises:
        UsageError: fewer than two inputs, or more than twelve.
    """
    if not 2 <= inputs <= 12:
        raise UsageError(f"gallery.counter needs 2 <= inputs <= 12; got {inputs}")
    first = np.ones((inputs, inputs))
    worth = 2 ** np.arange(inputs.bit_length())
    unit = np.arange(1, inputs + 1)
    times, left = np.divmod(unit, worth[:, None])
    second = np.where(left == 0, np.where(times % 2 == 1, 1.0, -1.0), 0.0)
    on = (np.arange(2**inputs)[:, None] >> np.arange(inputs)) & 1
    middle = (on @ first.T >= unit).astype(float)
    digits_found = middle @ second.T
    right = (digits_found @ worth == on.sum(axis=1)) & np.isin(digits_found, (0, 1)).all(axis=1)
    return Result(
        {
            "first": quantity(first, "unit", "input"),
            "second": quantity(second, "digit", "unit"),
            "inputs": quantity(inputs),
            "cases": quantity(len(on)),
            "right": quantity(int(right.sum())),
        }
    )
