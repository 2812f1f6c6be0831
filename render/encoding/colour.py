"""RGB to BT.709 Y'CbCr 4:2:0 as H.264 wants it (ITU-R BT.709-6, 8 bit, narrow range), compiled.

Y' = 16 + 219 E'Y / 255, C = 128 + 224 E'C / 255, each chroma sample from the mean of its four pixels.  Sums are whole
numbers in parts of 2^16, so that every machine gives the same bytes; they are rounded once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapehead.render.compiled import compiled

_KR, _KB = 0.2126, 0.0722
_ONE = 1 << 16


def _parts(*values: float) -> tuple[np.int32, ...]:
    return tuple(np.int32(round(value * _ONE)) for value in values)


_YR, _YB = _parts(219 / 255 * _KR, 219 / 255 * _KB)
_YG = np.int32(round(219 / 255 * _ONE) - int(_YR) - int(_YB))  # white is 235 exactly
_UR, _UB = _parts(-224 / 255 * _KR / (2 * (1 - _KB)), 224 / 255 / 2)
_UG = np.int32(-int(_UR) - int(_UB))  # grey has no colour
_VR, _VB = _parts(224 / 255 / 2, -224 / 255 * _KB / (2 * (1 - _KR)))
_VG = np.int32(-int(_VR) - int(_VB))
_Y0, _C0 = np.int32((16 << 16) + (1 << 15)), np.int32((128 << 18) + (1 << 17))
_BY_ONE, _BY_FOUR = np.int32(16), np.int32(18)


def to_planes(frame: NDArray[np.uint8], planes: NDArray[np.uint8], first: int, last: int) -> None:
    """Convert the rows ``first`` up to ``last``, both even.

    Args:
        frame: RGB ``(height, width, 3)``, sides even.
        planes: ``(height * 3 / 2, width)``: luma, then the blue and the red difference, as FFmpeg lays out yuv420p.
        first: of the frame's rows.
        last: not included.
    """
    height, width, _ = frame.shape
    blue, red = planes[height:].reshape(2, height // 2, width // 2)
    _convert(np.ascontiguousarray(frame).reshape(height, 3 * width), planes[:height], blue, red, first, last)


@compiled
def _convert(rows: Any, luma: Any, blue: Any, red: Any, first: Any, last: Any) -> None:
    # Flat rows: with three-dimensional ones the compiler does not find its lanes, at four times the time.
    for y in range(first, last):
        row, out = rows[y], luma[y]
        for x in range(out.size):
            r, g, b = np.int32(row[3 * x]), np.int32(row[3 * x + 1]), np.int32(row[3 * x + 2])
            out[x] = np.uint8((_YR * r + _YG * g + _YB * b + _Y0) >> _BY_ONE)
    for y in range(first // 2, last // 2):
        one, two, cb, cr = rows[2 * y], rows[2 * y + 1], blue[y], red[y]
        for x in range(cb.size):
            a, c = 6 * x, 6 * x + 3
            r = np.int32(one[a]) + np.int32(one[c]) + np.int32(two[a]) + np.int32(two[c])
            g = np.int32(one[a + 1]) + np.int32(one[c + 1]) + np.int32(two[a + 1]) + np.int32(two[c + 1])
            b = np.int32(one[a + 2]) + np.int32(one[c + 2]) + np.int32(two[a + 2]) + np.int32(two[c + 2])
            cb[x] = np.uint8((_UR * r + _UG * g + _UB * b + _C0) >> _BY_FOUR)
            cr[x] = np.uint8((_VR * r + _VG * g + _VB * b + _C0) >> _BY_FOUR)
