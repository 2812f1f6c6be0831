"""Loudness after ITU-R BS.1770-4 from the power of short stretches of sound: what levels lines and guides mastering.

The film's final figures come from ffmpeg's meter (:mod:`tapehead.render.sound.meter`), not from here.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

RATE_HZ = 48000
_HOP = RATE_HZ // 10  # a gating block is four hops of 100 ms
_ABSOLUTE_LUFS = -70.0

# The two stages that the recommendation tabulates for 48 kHz.
_K_WEIGHTING = [
    [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585],
    [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
]


class Weighting:
    """Weighs 48 kHz sound as the ear does, piece after piece; arrays have shape (samples, channels)."""

    def __init__(self, channels: int) -> None:
        self._state: Any = np.zeros((2, 2, channels))

    def weigh(self, sound: np.ndarray) -> np.ndarray:
        """The next piece, weighted."""
        from scipy.signal import sosfilt

        weighted, self._state = sosfilt(_K_WEIGHTING, sound, axis=0, zi=self._state)
        return weighted


def integrated(power: np.ndarray, samples: int) -> float | None:
    """Gated loudness in LUFS.

    Args:
        power: summed squares of the weighted sound, all channels together, per stretch of ``samples`` samples, which
            must divide 4800.
        samples: length of a stretch.

    Returns:
        ``None`` if nothing is louder than -70 LUFS.
    """
    each = _HOP // samples
    hops = power[: len(power) // each * each].reshape(-1, each).sum(axis=1)
    if len(hops) < 4:
        return None
    blocks = np.convolve(hops, np.ones(4), "valid") / (4 * _HOP)
    blocks = blocks[blocks > 10 ** ((_ABSOLUTE_LUFS + 0.691) / 10)]
    if not len(blocks):
        return None
    blocks = blocks[blocks > blocks.mean() / 10]
    return -0.691 + 10 * math.log10(float(blocks.mean()))
