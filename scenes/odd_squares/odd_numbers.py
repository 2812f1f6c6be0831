"""The computation behind the example episode."""

from __future__ import annotations

import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity


@analysis("odd-sums", version=1)
def odd_sums(count: int, checked: int, *, seed: int) -> Result:
    """Sums of the first odd numbers, and how far they were compared with squares.

    Returns:
        ``odd`` and ``sum`` along axis ``n`` (``count`` places); ``checked`` (how many sums were compared) and
        ``misses`` (how many differ from the square).

    Raises:
        UsageError: ``count`` or ``checked`` is below 1.
    """
    if count < 1 or checked < count:
        raise UsageError(f"odd_sums needs 1 <= count <= checked; got count={count}, checked={checked}")
    odd = 2 * np.arange(checked) + 1
    sums = np.cumsum(odd)
    return Result(
        {
            "odd": quantity(odd[:count], "n"),
            "sum": quantity(sums[:count], "n"),
            "checked": quantity(checked),
            "misses": quantity(np.count_nonzero(sums != np.arange(1, checked + 1) ** 2)),
        }
    )
