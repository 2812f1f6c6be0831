"""What ``tapehead tape measure`` finds out about a tape, as numbers that a page can draw."""

from __future__ import annotations

import threading
from collections import OrderedDict
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.render.tape.systems import SYSTEMS
from tapehead.render.tape_tool import measure

if TYPE_CHECKING:
    from tapehead.render.tape.settings import Settings
    from tapehead.render.tape.stage import Tape

UP_TO_MHZ = 5.0
_POINTS = 240
_KEPT = 32


class Measured:
    """Measures tapes; the latest are remembered, since each takes a second or more."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, tape: Tape) -> dict[str, Any]:
        """Response curves, luma edge, vectorscope and table of a VHS tape.

        Raises:
            UsageError: it is no such tape.
        """
        if tape.preset.effect != measure.EFFECT:
            raise UsageError(f"VHS tapes are measured; '{tape.preset.name}' is of the effect '{tape.preset.effect}'")
        key = tape.settings.digest()
        with self._lock:  # one at a time: two would only be slower
            if key not in self._known:
                self._known[key] = measured(tape.settings)
                while len(self._known) > _KEPT:
                    self._known.popitem(last=False)
            return self._known[key]


def measured(settings: Settings) -> dict[str, Any]:
    """All that is measured of settings, as plain data.

    Returns:
        ``response``: by name, ``megahertz`` and ``decibel``; ``edge``: ``microseconds`` and ``level``; ``bars``: of the
        75 % colour bars the name and the two colour axes before and after; ``axes``: their names; ``rows``: the table.
    """
    system = settings["system"]
    luma, first, second = (
        measure.luma_response(settings),
        measure.chroma_response(settings),
        measure.chroma_response(settings, axis=2),
    )
    names = ("I", "Q") if system == "NTSC" else ("U", "V")
    line = measure.luma_edge(settings)
    step = measure.pixel_us(SYSTEMS[system], len(line))
    times = (np.arange(len(line)) - len(line) // 2 + 0.5) * step
    near = (times >= -0.5) & (times <= 1.5)
    curves = {"luma": luma, f"chroma {names[0]}": first, f"chroma {names[1]}": second}
    return {
        "response": {name: _curve(curve) for name, curve in curves.items()},
        "edge": {"microseconds": times[near].round(4).tolist(), "level": line[near].round(4).tolist()},
        "axes": list(names),
        "bars": [
            {"name": bar.name, "before": [float(v) for v in bar.before[1:]], "after": [float(v) for v in bar.after[1:]]}
            for bar in measure.colour_bars(settings)
        ],
        "rows": [
            {
                "name": row.name,
                "value": row.value if isfinite(row.value) else None,
                "unit": row.unit,
                "usual": row.usual,
                "is_usual": row.is_usual,
            }
            for row in measure.table(settings)
        ],
    }


def _curve(response: measure.Response) -> dict[str, list[float]]:
    inside = np.flatnonzero(response.megahertz <= UP_TO_MHZ)
    every = max(1, len(inside) // _POINTS)
    return {
        "megahertz": response.megahertz[inside][::every].round(4).tolist(),
        "decibel": np.maximum(response.decibel[inside][::every], -60.0).round(3).tolist(),
    }
