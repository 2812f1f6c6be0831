"""Compiled sums of light over the cells of a picture, for the flash meter."""

from __future__ import annotations

from typing import Any

import numpy as np

from render.tape.kernel_lines import compiled


@compiled
def cell_sums(frame: Any, light: Any, down: int, across: int) -> Any:
    """Sums of linear light ``(down, across, 3)`` and numbers of pixels ``(down, across)``."""
    height, width, _ = frame.shape
    sums = np.zeros((down, across, 3), np.float32)
    counts = np.zeros((down, across), np.float32)
    for y in range(height):
        row = y * down // height
        for cell in range(across):
            first, last = (cell * width + across - 1) // across, ((cell + 1) * width + across - 1) // across
            r = g = b = np.float32(0.0)
            for x in range(first, last):
                r += light[frame[y, x, 0]]
                g += light[frame[y, x, 1]]
                b += light[frame[y, x, 2]]
            sums[row, cell, 0] += r
            sums[row, cell, 1] += g
            sums[row, cell, 2] += b
            counts[row, cell] += np.float32(last - first)
    return sums, counts
