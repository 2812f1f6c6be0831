"""The two television standards as numbers.

Sources: ITU-R BT.470 (line and field rates, colour matrices); ITU-R BT.1700 (active line, subcarriers).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class System:
    """A line raster: sampled at four times the colour subcarrier, so that the carrier has period 4 exactly."""

    name: str
    subcarrier: float
    """MHz"""
    width: int
    """Samples in the visible part of a line."""
    lines: int
    """Visible lines of a frame."""
    total_lines: int
    """Lines of a frame with blanking."""
    line_us: float
    """Time from line to line, in µs."""
    field_rate: Fraction
    """Nominal fields per second."""
    carrier_step: int
    """By how many samples the subcarrier's phase moves from one line of a field to the next, modulo 4."""
    comb: int
    """After how many lines of a field the subcarrier has the opposite phase."""
    to_ycc: tuple[tuple[float, float, float], ...]
    """R'G'B' to luma and two colour differences: Y I Q or Y U V."""

    @property
    def rate(self) -> float:
        """Samples per µs."""
        return 4 * self.subcarrier

    @property
    def forward(self) -> NDArray[np.floating[Any]]:
        """The matrix to luma and colour differences, (3, 3)."""
        return np.array(self.to_ycc)

    @property
    def backward(self) -> NDArray[np.floating[Any]]:
        """Its inverse."""
        return np.linalg.inv(self.forward)


_LUMA = (0.299, 0.587, 0.114)

SYSTEMS: Mapping[str, System] = {
    "NTSC": System(
        name="NTSC",
        subcarrier=315 / 88,
        width=754,
        lines=480,
        total_lines=525,
        line_us=1e6 / (4.5e6 / 286),
        field_rate=Fraction(60),
        carrier_step=2,
        comb=1,
        to_ycc=(_LUMA, (0.595716, -0.274453, -0.321263), (0.211456, -0.522591, 0.311135)),
    ),
    "PAL": System(
        name="PAL",
        subcarrier=4.43361875,
        width=922,
        lines=576,
        total_lines=625,
        line_us=64.0,
        field_rate=Fraction(50),
        carrier_step=3,
        comb=2,
        to_ycc=(
            _LUMA,
            (-0.299 * 0.493, -0.587 * 0.493, 0.886 * 0.493),
            (0.701 * 0.877, -0.587 * 0.877, -0.114 * 0.877),
        ),
    ),
}
