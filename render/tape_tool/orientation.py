"""How a picture is to be turned and mirrored before it is shown: all eight ways that a display matrix can ask for.

The matrix is that of ISO/IEC 14496-12, 8.4.2 (tkhd): a point (x, y) is shown at (a x + c y, b x + d y).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

_ONE = 1 << 16
"""1.0 in the matrix's first two columns."""


@dataclass(frozen=True)
class Orientation:
    """Rows and columns exchanged first, then each turned round where asked for."""

    swapped: bool = False
    flip_rows: bool = False
    """Top becomes bottom."""
    flip_columns: bool = False
    """Left becomes right."""

    def applied(self, picture: Any) -> Any:
        """A picture ``(height, width, ...)`` as it is to be shown; a view where that is possible."""
        if self.swapped:
            picture = np.swapaxes(picture, 0, 1)
        if self.flip_rows:
            picture = picture[::-1]
        return picture[:, ::-1] if self.flip_columns else picture


UPRIGHT = Orientation()


def orientation_of(frame: Any) -> Orientation:
    """What a decoded frame's display matrix asks for; turns by other angles than quarters are left out."""
    data = frame.side_data.get("DISPLAYMATRIX") if frame.side_data else None
    return UPRIGHT if data is None else orientation(tuple(int(x) for x in np.frombuffer(bytes(data), np.int32)))


def orientation(matrix: tuple[int, ...]) -> Orientation:
    """From the nine numbers ``a b u c d v x y w``."""
    a, b, c, d = (matrix[k] / _ONE for k in (0, 1, 3, 4))
    if abs(a) > 0.9 and abs(d) > 0.9:
        return Orientation(False, d < 0, a < 0)
    if abs(b) > 0.9 and abs(c) > 0.9:
        return Orientation(True, b < 0, c < 0)
    return UPRIGHT
