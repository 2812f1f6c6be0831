"""What is computed: how far the share of heads strays, and what a formula says about it."""

from __future__ import annotations

import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity


@analysis("coins")
def coins(most: int, rows: int, *, seed: int) -> Result:
    """The spread of the share of heads in 1, 2, 4 … ``most`` tosses, from ``rows`` rows of each.

    Returns:
        ``tosses`` (n), ``strays`` (n), the standard deviation of the share in %, and ``formula`` (n), 50 / sqrt(n).

    Raises:
        UsageError: fewer than two tosses or rows.
    """
    if most < 2 or rows < 2:
        raise UsageError(f"coins needs most >= 2 and rows >= 2; got {most} and {rows}")
    tosses = 2 ** np.arange(int(np.log2(most)) + 1)
    heads = np.random.default_rng(seed).binomial(tosses, 0.5, (rows, len(tosses)))
    return Result(
        {
            "tosses": quantity(tosses, "n", unit="tosses"),
            "strays": quantity(100 * (heads / tosses).std(axis=0, ddof=1), "n", unit="%"),
            "formula": quantity(50 / np.sqrt(tosses), "n", unit="%"),
            "rows": quantity(rows),
        }
    )
