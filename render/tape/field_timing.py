"""When and where each line of a frame was on the tape: the only place that turns a frame index into fields and time."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from tapehead.render.tape.noise import Words, spot
from tapehead.render.tape.systems import System

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Moment:
    """One frame's lines.

    A player hands out whole frames of two fields each, and a film frame at time t shows the one that it finds there,
    whatever the film's own rate: films at 30 and at 60 frames per second are films of the same tape, and at 60 each of
    its frames is seen twice.  (Progressive fields stand for themselves.)
    """

    seconds: float
    """Time of the frame's first field."""
    field: Integers
    """Number of the tape field that each line belongs to, (lines,)."""
    line: Integers
    """Number of each line in its field, (lines,)."""
    step: int
    """How many frame lines on the next line of the same field is."""
    source: Integers
    """Which line is shown in each line's place: not its own where one field stands for both."""
    spots: Words
    """The words of field and line, from which every effect makes its own."""

    @property
    def field_lines(self) -> int:
        """Lines of a field."""
        return int(self.line.max()) + 1


def field_rate(system: System, fps: Fraction) -> Fraction:
    """Fields per second: the exact NTSC rate under video that has it, the nominal one under whole frame rates."""
    if system.name == "NTSC" and fps.denominator % 1001 == 0:
        return Fraction(60000, 1001)
    return system.field_rate


@functools.lru_cache(maxsize=256)
def moment(system: System, fields: str, index: int, fps: Fraction) -> Moment:
    """The lines of film frame ``index``."""
    rate = field_rate(system, fps)
    first = int(index / fps * rate)
    rows = np.arange(system.lines)
    if fields == "progressive":
        return Moment(
            float(first / rate), np.full(system.lines, first), rows, 1, rows, spot(np.full(system.lines, first), rows)
        )
    first -= first % 2
    odd_lines = rows & 1
    number = first + (1 - odd_lines if fields == "lower" else odd_lines)
    source = rows & ~1 if fields == "single" else rows
    return Moment(float(first / rate), number, rows >> 1, 2, source, spot(number, rows >> 1))
