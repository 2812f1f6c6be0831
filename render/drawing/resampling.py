"""Pillow's perspective transform with its bicubic filter, to the bit, in a fraction of the time.

Manim places every image with it, and that was six tenths of the drawing of a scene full of pictures.  The arithmetic is
Pillow's, operation by operation in double precision (``perspective_transform`` and ``bicubic_filter32RGB`` of its
``Geometry.c``), so that not one pixel differs.  Time is saved where the coordinates of a row's pixels turn out to be
those of the row before, bit for bit, as they are in a picture that stands upright: then each row of the source is
filtered across once, and not for every pixel anew.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tapehead.render.compiled import compiled

Pixels = NDArray[np.uint8]

_KEPT = 8
"""Filtered source rows that are kept; the filter needs four at a time."""


def placed(source: Pixels, width: int, height: int, coefficients: NDArray[np.float64]) -> Pixels:
    """What ``Image.transform(PERSPECTIVE, BICUBIC)`` makes of an image.

    Args:
        source: uint8 RGBA ``(h, w, 4)``, alpha not premultiplied.
        width: of the result.
        height: of the result.
        coefficients: the eight numbers of the transform from the result's coordinates to the source's.

    Returns:
        uint8 RGBA ``(height, width, 4)``; transparent where the source does not reach.
    """
    opaque = bool((source[..., 3] == 255).all())
    if not opaque:  # filtered with premultiplied alpha
        source = np.asarray(Image.fromarray(source).convert("RGBa"))
    out = np.zeros((height, width, 4), np.uint8)
    transform(np.ascontiguousarray(source), np.ascontiguousarray(coefficients, np.float64), out)
    if opaque:  # full alpha stays full alpha: there is nothing to divide by
        return out
    found = Image.frombuffer("RGBa", (width, height), out.tobytes(), "raw", "RGBa", 0, 1).convert("RGBA")
    return np.asarray(found)


@compiled
def transform(source: Any, a: Any, out: Any) -> None:
    """Fill ``out`` ``(height, width, 4)`` from ``source`` ``(h, w, 4)``, both uint8."""
    rows, columns, _ = source.shape
    height, width, _ = out.shape
    across, down = np.empty(width), np.empty(width)
    usual = np.empty(width)
    places = np.empty(width, np.int64)
    parts = np.empty(width)
    filtered = np.empty((_KEPT, width, 4))
    holds = np.full(_KEPT, -1, np.int64)
    first, last = 0, width
    for y in range(height):
        yin = y + 0.5
        same, level = True, True
        for x in range(width):
            xin = x + 0.5
            under = a[6] * xin + a[7] * yin + 1
            across[x] = a[0] * xin + a[1] * yin + a[2]
            down[x] = a[3] * xin + a[4] * yin + a[5]
            if under != 1.0:
                across[x] /= under
                down[x] /= under
        if y > 0:
            for x in range(width):
                same &= across[x] == usual[x]
        for x in range(1, width):
            level &= down[x] == down[0]
        if y == 0 or not same:
            for x in range(width):
                usual[x] = across[x]
                places[x] = int(np.floor(across[x] - 0.5))
                parts[x] = (across[x] - 0.5) - places[x]
                places[x] -= 1
            holds[:] = -1
            # The coordinates go one way, so the pixels inside are neighbours.
            first, last = 0, width
            while first < last and not 0.0 <= across[first] < columns:
                first += 1
            while last > first and not 0.0 <= across[last - 1] < columns:
                last -= 1
        if level:
            if not 0.0 <= down[0] < rows:
                continue
            start = int(np.floor(down[0] - 0.5))
            part = (down[0] - 0.5) - start
            start -= 1
            # A row beyond the edge is the nearest one that was looked at, which is the row at the edge.
            r0, r1, r2, r3 = (
                min(max(start, 0), rows - 1),
                min(max(start + 1, 0), rows - 1),
                min(max(start + 2, 0), rows - 1),
                min(max(start + 3, 0), rows - 1),
            )
            for row in (r0, r1, r2, r3):
                if holds[row % _KEPT] != row:
                    holds[row % _KEPT] = row
                    for x in range(width):
                        at = places[x]
                        c0, c1 = min(max(at, 0), columns - 1), min(max(at + 1, 0), columns - 1)
                        c2, c3 = min(max(at + 2, 0), columns - 1), min(max(at + 3, 0), columns - 1)
                        for band in range(4):
                            filtered[row % _KEPT, x, band] = cubic(
                                float(source[row, c0, band]),
                                float(source[row, c1, band]),
                                float(source[row, c2, band]),
                                float(source[row, c3, band]),
                                parts[x],
                            )
            v0, v1, v2, v3 = filtered[r0 % _KEPT], filtered[r1 % _KEPT], filtered[r2 % _KEPT], filtered[r3 % _KEPT]
            for x in range(first, last):
                for band in range(4):
                    out[y, x, band] = clipped(cubic(v0[x, band], v1[x, band], v2[x, band], v3[x, band], part))
        else:
            for x in range(width):
                if 0.0 <= across[x] < columns and 0.0 <= down[x] < rows:
                    start = int(np.floor(down[x] - 0.5))
                    part = (down[x] - 0.5) - start
                    start -= 1
                    at = places[x]
                    c0, c1 = min(max(at, 0), columns - 1), min(max(at + 1, 0), columns - 1)
                    c2, c3 = min(max(at + 2, 0), columns - 1), min(max(at + 3, 0), columns - 1)
                    for band in range(4):
                        v = np.empty(4)
                        for k in range(4):
                            row = min(max(start + k, 0), rows - 1)
                            v[k] = cubic(
                                float(source[row, c0, band]),
                                float(source[row, c1, band]),
                                float(source[row, c2, band]),
                                float(source[row, c3, band]),
                                parts[x],
                            )
                        out[y, x, band] = clipped(cubic(v[0], v[1], v[2], v[3], part))


@compiled
def cubic(v1: float, v2: float, v3: float, v4: float, d: float) -> float:
    """The filter's polynomial, in Pillow's order of operations."""
    p2 = -v1 + v3
    p3 = 2 * (v1 - v2) + v3 - v4
    p4 = -v1 + v2 - v3 + v4
    return v2 + d * (p2 + d * (p3 + d * p4))


@compiled
def clipped(value: float) -> Any:
    """To 0 up to 255, cut off and not rounded, as Pillow does."""
    return np.uint8(min(max(value, 0.0), 255.0))
