"""What is computed.  Change the table, change the function: everything that depends on it is made anew."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity


# A file that is read has to be declared: then a changed table is a changed result.
@analysis("orbits", data=("planets.csv",))
def orbits(shuffles: int, *, seed: int) -> Result:
    """How the length of a year grows with the distance from the Sun, and whether chance would do as well.

    Returns:
        ``distance`` and ``year`` by planet; ``slope`` of their logarithms (least squares); the control, ``shuffled``:
        the steepest slope of ``shuffles`` tables whose years were dealt out at random, and ``as_steep``, how many were
        as steep as the real one.

    Raises:
        UsageError: fewer than one shuffle.
    """
    if shuffles < 1:
        raise UsageError(f"orbits needs shuffles >= 1; got {shuffles}")
    with Path(__file__).with_name("planets.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    distance = np.array([float(row["distance_au"]) for row in rows])
    year = np.array([float(row["year_years"]) for row in rows])
    x, y = np.log(distance), np.log(year)
    rng = np.random.default_rng(seed)
    dealt = np.array([np.polyfit(x, rng.permutation(y), 1)[0] for _ in range(shuffles)])
    slope = np.polyfit(x, y, 1)[0]
    labels = {"planet": [row["planet"] for row in rows]}
    return Result(
        {
            "distance": quantity(distance, "planet", unit="AU", labels=labels),
            "year": quantity(year, "planet", unit="years", labels=labels),
            "slope": quantity(slope),
            "shuffled": quantity(dealt.max()),
            "as_steep": quantity(np.count_nonzero(dealt >= slope)),
            "shuffles": quantity(shuffles),
        }
    )
