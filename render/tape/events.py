"""Things that happen at random places of the tape: dropouts and specks of snow, as lists sorted by line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapehead.render.tape.noise import Floats, Words, at, key, spot, uniform

_MOST = 40
"""No line has more events of a kind than this."""


@dataclass(frozen=True)
class Events:
    """Events of all lines: those of line ``r`` are ``start[r]`` up to ``start[r + 1]``."""

    start: NDArray[np.int32]
    place: NDArray[np.int32]
    """First sample."""
    length: Floats
    """In samples."""
    strength: Floats
    """0 to 1."""

    @property
    def line(self) -> NDArray[np.int64]:
        """The line of each event."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))

    @staticmethod
    def none(lines: int) -> Events:
        """No events."""
        return Events(np.zeros(lines + 1, np.int32), np.zeros(0, np.int32), np.zeros(0), np.zeros(0))


def poisson(words: Words, mean: Floats) -> NDArray[np.int64]:
    """Poisson numbers from one word each (inverse of the distribution function)."""
    u = uniform(words)
    count = np.zeros(len(u), np.int64)
    term = np.exp(-mean)
    total = term.copy()
    for k in range(1, _MOST + 1):
        more = u > total
        if not more.any():
            break
        count += more
        term = term * mean / k
        total = total + term
    return count


def scatter(seed: int, effect: str, fields: NDArray[np.int64], lines: NDArray[np.int64], mean: Floats, length: float,
            width: int, spots: Words | None = None) -> Events:  # fmt: skip
    """Events at uniform places with exponential lengths.

    Args:
        seed: of the film.
        effect: a name of its own for each effect and generation.
        fields: field number of each line of the frame.
        lines: number of each line in its field.
        mean: expected events of each line.
        length: mean length, samples.
        width: samples of a line.
        spots: the words of fields and lines, where they are known already.
    """
    count = poisson(at(seed, effect, spot(fields, lines) if spots is None else spots), mean)
    if not count.any():
        return Events.none(len(count))
    start = np.concatenate([[0], np.cumsum(count)]).astype(np.int32)
    which = np.arange(start[-1]) - np.repeat(start[:-1], count)
    own = key(seed, effect + "/each", np.repeat(fields, count), np.repeat(lines, count), which)
    place = (uniform(key(0, "place", own)) * width).astype(np.int32)
    size = -np.log(uniform(key(0, "length", own))) * length
    return Events(start, place, np.maximum(size, 1.0), uniform(key(0, "strength", own)))
