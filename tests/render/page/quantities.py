"""A quantity as the script of a page has it."""

from __future__ import annotations

from typing import Any

import numpy as np


def plain(values: Any, *axes: str, labels: dict[str, list[str]] | None = None, unit: str = "1") -> dict[str, Any]:
    """A quantity as the page has it."""
    array = np.asarray(values, dtype=float)
    return {
        "values": [None if np.isnan(v) else v for v in array.ravel().tolist()],
        "shape": list(array.shape),
        "axes": axes,
        "labels": labels or {},
        "unit": unit,
        "source": "a/b",
        "digest": "0",
        "origin": "computed",
        "model": "",
    }
