"""Importing this loads the compiled flash meter: the fork server does (:mod:`render.pool`), as the tape's loops."""

from __future__ import annotations

import contextlib
from fractions import Fraction

import numpy as np

from render.flashes import FlashMeter

with contextlib.suppress(Exception):  # what is broken here is broken in the worker as well, which can say so
    FlashMeter(Fraction(30)).feed(np.zeros((48, 64, 3), np.uint8))
