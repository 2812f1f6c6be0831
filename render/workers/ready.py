"""Importing this loads the compiled loops that every render needs, the tape's aside
(:mod:`tapehead.render.workers.preloaded_tape`).

The fork server does (:mod:`tapehead.render.workers.pool`), so that no worker has to.
"""

from __future__ import annotations

import contextlib
from fractions import Fraction

import numpy as np

from tapehead.render.drawing.resampling import placed
from tapehead.render.encoding.colour import to_planes
from tapehead.render.flashes.meter import FlashMeter


def begin() -> None:
    """Run each of them once on next to nothing."""
    frame = np.zeros((48, 64, 3), np.uint8)
    FlashMeter(Fraction(30)).feed(frame)
    to_planes(frame, np.empty((72, 64), np.uint8), 0, 48)
    placed(np.full((2, 2, 4), 255, np.uint8), 4, 4, np.array([0.5, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0]))


with contextlib.suppress(Exception):  # what is broken here is broken in the worker as well, which can say so
    begin()
