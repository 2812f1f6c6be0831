"""Compiled sums of light over the cells of a picture, for the flash meter."""

from __future__ import annotations

from typing import Any

import numpy as np

from tapehead.render.compiled import compiled


@compiled
def add_up_light(frame: Any, light: Any, fine: Any, coarse: Any, first: int, last: int) -> None:
    """Sums of linear light of the rows ``first`` up to ``last`` of fine cells, and of the coarse ones that they touch.

    ``fine`` is ``(down, across, 3)``; a coarse cell is four by four of these, or what is left at the edges.
    """
    height, width, _ = frame.shape
    down, across, _ = fine.shape
    for row in range(first, last):
        fine[row] = 0.0
        for y in range((row * height + down - 1) // down, ((row + 1) * height + down - 1) // down):
            for cell in range(across):
                begin, end = (cell * width + across - 1) // across, ((cell + 1) * width + across - 1) // across
                r = g = b = np.float32(0.0)
                for x in range(begin, end):
                    r += light[frame[y, x, 0]]
                    g += light[frame[y, x, 1]]
                    b += light[frame[y, x, 2]]
                fine[row, cell, 0] += r
                fine[row, cell, 1] += g
                fine[row, cell, 2] += b
    for top in range(first // 4, (last + 3) // 4):
        coarse[top] = 0.0
        for row in range(4 * top, min(4 * top + 4, down)):
            for cell in range(across):
                for channel in range(3):
                    coarse[top, cell // 4, channel] += fine[row, cell, channel]
