"""Published overlaps of GoogLeNet's activations, as a result with a citation, each beside what chance gives.

They lie in ``assets/published/overlaps.json``: numbers only, no picture of anybody.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tapehead.analysis.errors import ResultError, UsageError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Origin, Result, quantity
from tapehead.analysis.shipped import shipped_file
from tapehead.analysis.vision.overlap import ChanceLaw

GROUPS = ("covered", "near", "far")


def read_overlaps(path: Path | None = None) -> Mapping[str, Any]:
    """The checked file.

    Raises:
        ResultError: it cannot be read, lacks something, or contradicts itself.
    """
    path = path or shipped_file("published/overlaps.json")
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        law = ChanceLaw(said["values"], said["size"], said["size"])
        count = len(said["pairs"])
        shares = [*said["overlap"], said["impala_before"], said["impala_after"]]
        whole = len(said["overlap"]) == len(said["group"]) == count and set(said["group"]) <= set(GROUPS)
        whole = whole and all(0 < share < 1 for share in shares) and bool(said["citation"]) and law.mean > 0
    except (OSError, ValueError, KeyError, TypeError, UsageError) as error:
        raise ResultError(f"the published overlaps {path} cannot be read: {error!r}") from error
    if not whole:
        raise ResultError(f"the published overlaps {path} contradict themselves; compare them with their source")
    found: Mapping[str, Any] = said
    return found


@analysis("vision.published_overlaps", version=1, libraries=("numpy", "scipy"))
def published_overlaps(*, seed: int) -> Result:
    """What the tutorial found, and the null that it did not show.

    Quantities over (pair): ``overlap``; ``excess``, how many standard deviations of two random sets it lies above their
    mean; ``near`` 1 where the pair belongs together.  ``chance`` is the mean of two random sets of that size, with
    ``deviation``; ``impala_before`` and ``impala_after`` in %, the probability without and with a box over the head;
    ``values`` and ``size``.
    """
    said = read_overlaps()
    law, of = ChanceLaw(said["values"], said["size"], said["size"]), {"pair": tuple(said["pairs"])}
    overlap = np.array(said["overlap"], dtype=float)
    return Result(
        {
            "overlap": quantity(overlap, "pair", labels=of),
            "excess": quantity((overlap - law.mean) / law.deviation, "pair", labels=of),
            "near": quantity([int(group != "far") for group in said["group"]], "pair", labels=of),
            "chance": quantity(law.mean),
            "deviation": quantity(law.deviation),
            "impala_before": quantity(100 * said["impala_before"], unit="%"),
            "impala_after": quantity(100 * said["impala_after"], unit="%"),
            "values": quantity(said["values"], unit="values"),
            "size": quantity(said["size"], unit="values"),
        },
        Origin.PUBLISHED,
        citation=said["citation"],
        facts={"control": "the exact law of two random sets"},
    )
