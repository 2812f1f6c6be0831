"""Test pictures, and what a picture tells in luma and colour differences."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapehead.render.tape.systems import System

Frame = NDArray[np.uint8]
Floats = NDArray[np.floating[Any]]

BARS = ("white", "yellow", "cyan", "green", "magenta", "red", "blue", "black")
_BARS_RGB = ((1, 1, 1), (1, 1, 0), (0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 0, 1), (0, 0, 0))


def from_ycc(system: System, ycc: Floats) -> Frame:
    """A picture from luma and colour differences ``(height, width, 3)`` in levels.

    Raises:
        ValueError: a colour is outside R'G'B': a clipped stimulus would measure the clipping.
    """
    rgb = ycc @ system.backward.T
    if rgb.min() < -0.5 or rgb.max() > 255.5:
        raise ValueError(f"the stimulus needs levels from {rgb.min():.0f} to {rgb.max():.0f}")
    return np.asarray(np.floor(np.clip(rgb, 0, 255) + 0.5), np.uint8)


def to_ycc(system: System, frame: Frame) -> Floats:
    """Luma and colour differences of a picture, in levels."""
    return np.asarray(frame.astype(np.float64) @ system.forward.T)


def flat(height: int, width: int, level: int) -> Frame:
    """One grey."""
    return np.full((height, width, 3), level, np.uint8)


_STEPS = 20


def _gradient(height: int, width: int) -> Floats:
    """A slow slope down the picture: with it rounding to whole levels averages out over rows."""
    return np.linspace(0, 24, height)[:, None] * np.ones(width)


def step_column(row: int, height: int, width: int, system: System) -> int:
    """Column of :func:`luma_step` in a row."""
    steps = max(1, round(2 * width / system.width))
    return width // 2 + row * _STEPS // height % steps if width > system.width else width // 2


def luma_step(system: System, height: int, width: int, size: float = 120.0) -> Frame:
    """Dark on the left, light on the right of the middle.

    The place of the step moves by a pixel from one part of the picture to the next, over two raster samples in all:
    a step at one place only would show how it falls on the raster, not what the tape does to it.
    """
    columns = np.array([step_column(row, height, width, system) for row in range(height)])
    ycc = np.zeros((height, width, 3))
    ycc[..., 0] = 55 + _gradient(height, width) + size * (np.arange(width) >= columns[:, None])
    return from_ycc(system, ycc)


def chroma_step(system: System, height: int, width: int, axis: int = 1, size: float = 60.0) -> Frame:
    """Equal luma, one colour difference jumps in the middle; ``axis`` 1 is I or U, 2 is Q or V."""
    ycc = np.zeros((height, width, 3))
    ycc[..., 0] = 115 + _gradient(height, width)
    ycc[..., axis] = size * ((np.arange(width) >= width // 2) - 0.5)
    return from_ycc(system, ycc)


def both_step(system: System, height: int, width: int) -> Frame:
    """Luma and colour jump at the same place."""
    ycc = np.zeros((height, width, 3))
    right = np.arange(width) >= width // 2
    ycc[..., 0] = 80 + _gradient(height, width) + 60 * right
    ycc[..., 1] = 60 * (right - 0.5)
    return from_ycc(system, ycc)


def vertical_chroma_step(system: System, height: int, width: int, size: float = 60.0) -> Frame:
    """Equal luma, colour jumps half way down."""
    ycc = np.zeros((height, width, 3))
    ycc[..., 0] = 125
    ycc[..., 1] = size * ((np.arange(height)[:, None] >= height // 2) - 0.5)
    return from_ycc(system, ycc)


def bars(height: int, width: int) -> Frame:
    """75 % colour bars (100 % white excepted: all at 75 %)."""
    row = np.zeros((width, 3))
    for number, colour in enumerate(_BARS_RGB):
        row[number * width // 8 : (number + 1) * width // 8] = np.array(colour) * 191.25
    return np.broadcast_to(np.floor(row + 0.5).astype(np.uint8), (height, width, 3)).copy()


def grating(system: System, height: int, width: int, megahertz: float, size: float = 50.0) -> Frame:
    """A luma tone along the lines."""
    at = (np.arange(width) + 0.5) / width * system.width / system.rate
    ycc = np.zeros((height, width, 3))
    ycc[..., 0] = 116 + _gradient(height, width) + size * np.cos(2 * np.pi * megahertz * at)
    return from_ycc(system, ycc)
