"""Noise without memory: integer hashes for what is new in every sample, smooth noise in time for what is slow.

All of it depends on (seed, effect, place, time) alone.  The three back-ends share the integer part bit for bit.
The mixing function is Chris Wellons' ``lowbias32`` (public domain).
"""

from __future__ import annotations

import functools
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint32]
Floats = NDArray[np.floating[Any]]

GOLDEN = 0x9E3779B9
"""2^32 over the golden ratio, odd: neighbouring places get distant words."""
MULTIPLY_1, MULTIPLY_2 = 0x7FEB352D, 0x846CA68B

BELL_SD = float(np.sqrt(4 * (256**2 - 1) / 12))
"""Standard deviation of :func:`bell`: four bytes, each uniform."""
PAIR_SD = float(np.sqrt(2 * (256**2 - 1) / 12))
"""Standard deviation of each half of :func:`pair`."""


def mix(words: Any) -> Words:
    """A 32-bit permutation that leaves no trace of the order of its input."""
    shape = np.shape(words)
    x = np.array(words, np.uint32, ndmin=1)  # a copy; and arrays wrap around in silence, single numbers would warn
    x ^= x >> np.uint32(16)
    x *= np.uint32(MULTIPLY_1)
    x ^= x >> np.uint32(15)
    x *= np.uint32(MULTIPLY_2)
    x ^= x >> np.uint32(16)
    return x.reshape(shape)


@functools.lru_cache(maxsize=512)
def _start(seed: int, effect: str) -> Words:
    return mix(np.uint32((seed ^ (seed >> 32)) & 0xFFFFFFFF)) ^ np.uint32(zlib.crc32(effect.encode()))


def spot(*places: Any) -> Words:
    """One word per place, for any number of effects there: see :func:`at`."""
    word: Any = np.zeros(1, np.uint32)
    for place in places:
        step = np.array(place, np.int64, ndmin=1).astype(np.uint32)
        step *= np.uint32(GOLDEN)
        step += np.uint32(0x632BE5AB)
        word = mix(word ^ mix(step))
    return np.asarray(word.reshape(np.broadcast_shapes(*(np.shape(place) for place in places))), np.uint32)


def at(seed: int, effect: str, spots: Words) -> Words:
    """The words of one effect at places whose :func:`spot` is known."""
    return mix(_start(seed, effect) ^ spots)


def key(seed: int, effect: str, *places: Any) -> Words:
    """One word per place: ``places`` are whole numbers or arrays of them, broadcast against each other."""
    return at(seed, effect, spot(*places))


def along(keys: Words, width: int, beside: int = 0) -> Words:
    """A word for each sample of each line; ``(lines,)`` keys give ``(lines, width)``.

    ``beside`` is how many samples on each side of a line get one, too: ``(lines, width + 2 * beside)``.
    """
    return mix(keys[:, None] ^ steps(width, beside)[None, :])


def steps(width: int, beside: int = 0) -> Words:
    """What makes the words of a line's samples differ, from ``beside`` samples before it to as many behind it."""
    return np.arange(-beside, width + beside).astype(np.uint32) * np.uint32(GOLDEN)


def bell(words: Words) -> NDArray[np.int32]:
    """Nearly normal whole numbers from -510 to 510: the sum of a word's four bytes."""
    shifts = (0, 8, 16, 24)
    total = sum(((words >> np.uint32(s)) & np.uint32(255)).astype(np.int32) for s in shifts)
    return np.asarray(total - 510, np.int32)


def pair(words: Words) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Two independent whole numbers from -255 to 255 out of each word: the sums of two bytes."""
    a, b, c, d = (((words >> np.uint32(s)) & np.uint32(255)).astype(np.int32) for s in (0, 8, 16, 24))
    return a + b - 255, c + d - 255


def uniform(words: Words) -> Floats:
    """Numbers above 0 and below 1."""
    return (words.astype(np.float64) + 0.5) / 2.0**32


def normal(keys: Words) -> Floats:
    """Normal numbers of variance 1 (Box and Muller), for per-line tables."""
    other = mix(np.asarray(keys) ^ np.uint32(GOLDEN))
    return np.asarray(np.sqrt(-2 * np.log(uniform(mix(keys)))) * np.cos(2 * np.pi * uniform(other)))


@functools.lru_cache(maxsize=512)  # neighbouring frames lie in the same cells
def _lattice(seed: int, effect: str, along_u: tuple[int, int], along_v: tuple[int, int]) -> Floats:
    """Normal numbers at lattice points, each range as (first, count)."""
    (low_u, size_u), (low_v, size_v) = along_u, along_v
    made = normal(
        key(seed, effect, np.arange(low_u, low_u + size_u)[:, None], np.arange(low_v, low_v + size_v)[None, :])
    )
    made.setflags(write=False)
    return made


def smooth(seed: int, effect: str, at: Any, across: Any = 0.0) -> Floats:
    """Continuous noise of variance about 1 in one or two dimensions; it changes on a scale of 1.

    Normal numbers on a lattice, blended so that the variance is the same everywhere and the slope is continuous.
    """
    u, v = np.broadcast_arrays(np.asarray(at, np.float64), np.asarray(across, np.float64))
    iu, iv = np.floor(u).astype(np.int64), np.floor(v).astype(np.int64)

    def weight(fraction: Floats) -> tuple[Floats, Floats]:
        eased = fraction * fraction * (3 - 2 * fraction)
        size = np.sqrt(eased**2 + (1 - eased) ** 2)
        return (1 - eased) / size, eased / size

    wu, wv = weight(u - iu), weight(v - iv)
    low_u, low_v = int(iu.min()), int(iv.min())
    size_u, size_v = int(iu.max()) - low_u + 2, int(iv.max()) - low_v + 2
    flat = size_v == 2 and not np.any(v - iv)  # one dimension only: the further row has no weight
    total = np.zeros(u.shape)
    if size_u * size_v <= 4 * u.size + 64:  # the lattice once, rather than four corners for each point
        make = _lattice if size_u * size_v <= 4096 else _lattice.__wrapped__
        lattice = make(seed, effect, (low_u, size_u), (low_v, size_v - flat))
        for du in (0, 1):
            for dv in (0,) if flat else (0, 1):
                total += wu[du] * wv[dv] * lattice[iu - low_u + du, iv - low_v + dv]
        return total
    for du in (0, 1):
        for dv in (0,) if flat else (0, 1):
            total += wu[du] * wv[dv] * normal(key(seed, effect, iu + du, iv + dv))
    return total
