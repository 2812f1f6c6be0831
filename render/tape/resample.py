"""Tables that turn pixels into raster samples and raster lines into pixels.

Down: each sample is the mean of the pixels it covers, so that nothing aliases and halving a picture first changes
nothing.  Up: four-tap interpolation (Catmull-Rom, or Lanczos with two lobes).  Equal sizes pass untouched.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Table:
    """``out[o] = sum(weight[o, k] * in[start[o] + k])``."""

    start: NDArray[np.int32]
    weight: Floats

    @property
    def taps(self) -> int:
        """Inputs per output."""
        return int(self.weight.shape[1])


def kernel(name: str, distance: Floats) -> Floats:
    """The interpolation kernel at distances in samples."""
    d = np.abs(distance)
    if name == "lanczos":
        return np.where(d < 2, np.sinc(d) * np.sinc(d / 2), 0.0)
    near = ((1.5 * d - 2.5) * d) * d + 1
    far = ((-0.5 * d + 2.5) * d - 4) * d + 2
    return np.where(d < 1, near, np.where(d < 2, far, 0.0))


def interpolation(positions: Floats, name: str) -> tuple[NDArray[np.int64], Floats]:
    """Indices (not yet bounded) and weights, both ``(len(positions), 4)``, of values at fractional positions."""
    base = np.floor(positions).astype(np.int64)
    index = base[:, None] + np.arange(-1, 3)
    weight = kernel(name, positions[:, None] - index)
    return index, weight / weight.sum(1, keepdims=True)


def _area(count_in: int, count_out: int) -> tuple[NDArray[np.int64], Floats]:
    edges = np.arange(count_out + 1) * (count_in / count_out)
    first = np.floor(edges[:-1] + 1e-9).astype(np.int64)
    taps = int(np.ceil(count_in / count_out - 1e-9)) + 1
    index = first[:, None] + np.arange(taps)
    low = np.maximum(edges[:-1, None], index)
    high = np.minimum(edges[1:, None], index + 1)
    weight = np.maximum(high - low, 0.0)
    return index, weight / weight.sum(1, keepdims=True)


@functools.lru_cache(maxsize=32)
def table(count_in: int, count_out: int, name: str = "cubic") -> Table:
    """From ``count_in`` samples to ``count_out`` over the same extent."""
    if count_in == count_out:
        return Table(np.arange(count_in, dtype=np.int32), np.ones((count_in, 1)))
    if count_out < count_in:
        index, weight = _area(count_in, count_out)
    else:
        positions = (np.arange(count_out) + 0.5) * (count_in / count_out) - 0.5
        index, weight = interpolation(positions, name)
    # Beyond the picture its outermost sample goes on; fold those weights in, so that taps lie side by side.
    index = np.clip(index, 0, count_in - 1)
    taps = min(index.shape[1], count_in)
    start = np.clip(index.min(axis=1), 0, count_in - taps)
    folded = np.zeros((count_out, taps))
    np.add.at(folded, (np.arange(count_out)[:, None], index - start[:, None]), weight)
    return Table(start.astype(np.int32), folded)


def response(count_in: int, raster: int, frequency: Floats, name: str = "cubic") -> Floats:
    """What a picture of ``count_in`` columns keeps of a tone on its way to the raster and back.

    ``frequency`` is in cycles per raster sample.
    """
    gain = np.ones(len(frequency))
    for source, target in ((count_in, raster), (raster, count_in)):
        made = table(source, target, name)
        inner = slice(made.taps, max(made.taps + 1, target - made.taps))
        at = (np.arange(target) + 0.5) / target * raster
        places = (made.start[:, None] + np.arange(made.taps) + 0.5) / source * raster
        offset = (places - at[:, None])[inner]
        turn = np.exp(2j * np.pi * frequency[:, None, None] * offset[None])
        gain = gain * np.abs((turn * made.weight[inner]).sum(2).mean(1))
    return np.asarray(gain)


@functools.lru_cache(maxsize=32)
def compensation(count_in: int, raster: int, cutoff: float, grid: int) -> tuple[float, ...]:
    """Gain, on a design grid of ``grid`` points from 0 to half the rate, that undoes :func:`response` up to ``cutoff``.

    Above it (cycles per sample) the gain stays what it is there; a picture with fewer columns than the raster has no
    more detail to win back than its own half rate.
    """
    if count_in < 32:  # every sample lies at an edge there
        return ()
    limit = min(cutoff, 0.45 * min(1.0, count_in / raster))
    coarse = np.linspace(0, limit, 24)
    gain = 1 / np.maximum(response(count_in, raster, coarse), 0.5)
    places = np.arange(grid) / (grid - 1) / 2
    return tuple(np.interp(places, coarse, gain).tolist())
