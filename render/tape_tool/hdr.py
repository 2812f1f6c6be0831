"""High dynamic range and wide colour to the television of a tape: BT.709 colours with white at 255.

Light is counted in units of diffuse white, 203 cd/m² (ITU-R BT.2408).  The transfer functions are those of ITU-R
BT.2100: PQ as light of the display, HLG with the system gamma of a display of 1000 cd/m².  What is brighter than white
is bent into the last few levels (Reinhard's curve with a white point, by the brightest of the three colours, so that
hues stay), and the result goes through the inverse of BT.1886.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, ColorTrc
from numpy.typing import NDArray

from tapehead.render.compiled import compiled

Floats = NDArray[np.float32]

WHITE_NITS = 203.0
PEAK_NITS = 1000.0
"""What comes out as the brightest level; brighter lights do so too."""
KNEE = 0.9
"""Up to here (of white) light passes unchanged."""
_ROOTS = 4096
"""Entries of the table of levels, over the root of light: as fine in the dark as in the light."""

_NAMES = {int(ColorTrc.SMPTE2084): "HDR (PQ)", int(ColorTrc.ARIB_STD_B67): "HDR (HLG)"}
_WIDE_TRC = {int(ColorTrc.BT2020_10), int(ColorTrc.BT2020_12), int(ColorTrc.BT709), int(ColorTrc.SMPTE170M)}
_TO_709: dict[int, NDArray[np.float64]] = {
    # ITU-R BT.2407, table 1: BT.2020 to BT.709.
    int(ColorPrimaries.BT2020): np.array(
        [[1.660491, -0.587641, -0.072850], [-0.124550, 1.132900, -0.008349], [-0.018151, -0.100579, 1.118730]]
    ),
    # P3 with D65, from the chromaticities of SMPTE EG 432-1 and BT.709.
    int(ColorPrimaries.SMPTE432): np.array(
        [[1.224940, -0.224940, 0.0], [-0.042057, 1.042057, 0.0], [-0.019638, -0.078636, 1.098274]]
    ),
}
_LUMA_2020 = (0.2627, 0.6780, 0.0593)


def kind_of(frame: Any) -> str | None:
    """``HDR (PQ)``, ``HDR (HLG)``, ``wide colour``, or ``None`` for what television shows as it is."""
    transfer, primaries = int(frame.color_trc), int(frame.color_primaries)
    if transfer in _NAMES:
        return _NAMES[transfer]
    wide = primaries in _TO_709 and transfer in _WIDE_TRC
    return "wide colour" if wide and not frame.format.is_rgb else None


def to_sdr(frame: Any, reformatter: Any, width: int, interpolation: Any) -> NDArray[np.uint8]:
    """A decoded frame of such a kind as BT.709 levels ``(height, width, 3)``."""
    space = frame.colorspace
    wide = reformatter.reformat(
        frame,
        width=width,
        height=frame.height,
        format="rgb48le",
        src_colorspace=None if frame.format.is_rgb else (9 if int(space) in (0, 2, 10) else space),
        dst_color_range=ColorRange.JPEG,
        interpolation=interpolation,
    )
    return mapped(wide.to_ndarray(), int(frame.color_trc), int(frame.color_primaries))


def mapped(levels: NDArray[np.uint16], transfer: int, primaries: int) -> NDArray[np.uint8]:
    """Levels ``(height, width, 3)`` of 0 to 65535 in a transfer function and primaries, as BT.709 levels of 8 bits."""
    matrix = _TO_709.get(primaries, _TO_709[int(ColorPrimaries.BT2020)] if transfer in _NAMES else np.eye(3))
    hlg = transfer == int(ColorTrc.ARIB_STD_B67)
    out = np.empty(levels.shape, np.uint8)
    rows = np.ascontiguousarray(levels).reshape(levels.shape[0], -1)
    peak = np.float32(PEAK_NITS / WHITE_NITS if transfer in _NAMES else 1.0)
    _map(rows, _light(transfer), matrix.astype(np.float32), hlg, peak, _levels(), out.reshape(rows.shape))
    return out


def pq_nits(signal: Any) -> Any:
    """Light in cd/m² of a PQ signal from 0 to 1 (BT.2100, table 4)."""
    m1, m2 = 2610 / 16384, 2523 / 4096 * 128
    c1, c2, c3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
    root = np.power(signal, 1 / m2)
    return 10000 * np.power(np.maximum(root - c1, 0) / (c2 - c3 * root), 1 / m1)


def hlg_scene(signal: Any) -> Any:
    """Light of the scene, 0 to 1, of an HLG signal from 0 to 1 (BT.2100, table 5)."""
    a = 0.17883277
    b, c = 1 - 4 * a, 0.5 - a * np.log(4 * a)
    return np.where(signal <= 0.5, np.square(signal) / 3, (np.exp((signal - c) / a) + b) / 12)


@functools.lru_cache(maxsize=4)
def _light(transfer: int) -> Floats:
    signal = np.arange(65536) / 65535
    if transfer == int(ColorTrc.SMPTE2084):
        light = pq_nits(signal) / WHITE_NITS
    elif transfer == int(ColorTrc.ARIB_STD_B67):
        light = hlg_scene(signal)
    else:
        light = signal**2.4
    return np.asarray(light, np.float32)


@functools.cache
def _levels() -> NDArray[np.uint8]:
    root = np.arange(_ROOTS) / (_ROOTS - 1)
    return np.asarray(np.floor(255 * (root * root) ** (1 / 2.4) + 0.5), np.uint8)


@compiled
def _map(levels: Any, light: Any, matrix: Any, hlg: bool, peak: Any, out_levels: Any, out: Any) -> None:
    one, knee = np.float32(1.0), np.float32(KNEE)
    room = one - knee
    far = (peak - knee) / room
    for y in range(levels.shape[0]):
        row, made = levels[y], out[y]
        for x in range(0, row.size, 3):
            r, g, b = light[row[x]], light[row[x + 1]], light[row[x + 2]]
            if hlg:
                bright = np.float32(_LUMA_2020[0]) * r + np.float32(_LUMA_2020[1]) * g + np.float32(_LUMA_2020[2]) * b
                gain = np.float32(max(bright, np.float32(1e-6)) ** np.float32(0.2)) * np.float32(PEAK_NITS / WHITE_NITS)
                r, g, b = gain * r, gain * g, gain * b
            p = max(matrix[0, 0] * r + matrix[0, 1] * g + matrix[0, 2] * b, np.float32(0.0))
            q = max(matrix[1, 0] * r + matrix[1, 1] * g + matrix[1, 2] * b, np.float32(0.0))
            s = max(matrix[2, 0] * r + matrix[2, 1] * g + matrix[2, 2] * b, np.float32(0.0))
            top = max(p, q, s)
            if top > knee:
                gain = one / top
                if top < peak and peak > one:
                    u = (top - knee) / room
                    gain = (knee + room * u * (one + u / (far * far)) / (one + u)) / top
                elif peak == one and top < one:
                    gain = one
                p, q, s = gain * p, gain * q, gain * s
            made[x] = out_levels[int(np.sqrt(min(p, one)) * np.float32(_ROOTS - 1) + np.float32(0.5))]
            made[x + 1] = out_levels[int(np.sqrt(min(q, one)) * np.float32(_ROOTS - 1) + np.float32(0.5))]
            made[x + 2] = out_levels[int(np.sqrt(min(s, one)) * np.float32(_ROOTS - 1) + np.float32(0.5))]
