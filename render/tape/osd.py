"""What the recorder writes over the picture after the tape: PLAY, counter, date."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from render.tape.font import bitmap
from render.tape.settings import Settings
from render.tape.systems import System

_SIGNS = {"PLAY": "PLAY ►", "REC": "REC ●", "PAUSE": "PAUSE ‖", "STOP": "STOP ■"}
_WHITE, _BLACK = 235.0, 20.0
_DOT_US, _DOT_LINES = 0.28, 4


@dataclass(frozen=True)
class Overlay:
    """Rows of the raster that are drawn over: ``out = in + cover * (level - in)``, colour faded by ``1 - cover``."""

    top: int
    cover: NDArray[np.float64]
    level: NDArray[np.float64]


def texts(settings: Settings, seconds: float) -> tuple[str, str, str]:
    """The words at the top left, the counter at the top right, the date at the bottom, at a film time."""
    counter = ""
    if settings["osd.counter"] is not None:
        total = int(settings["osd.counter"] + seconds + 1e-6)
        counter = f"{total // 3600 % 24}:{total // 60 % 60:02d}:{total % 60:02d}"
    return _SIGNS.get(settings["osd.mode"], ""), counter, settings["osd.date"]


@functools.lru_cache(maxsize=64)
def overlay(system: System, mode: str, counter: str, date: str) -> Overlay | None:
    """The rows that hold text; nothing if there is none."""
    if not (mode or counter or date):
        return None
    ink = np.zeros((system.lines, system.width))
    dot = round(_DOT_US * system.rate)
    margin_x, margin_y = system.width // 14, system.lines // 14
    for text, right, bottom in ((mode, False, False), (counter, True, False), (date, False, True)):
        if text:
            drawn = np.kron(bitmap(text), np.ones((_DOT_LINES, dot)))
            drawn = drawn[:, : system.width - 2 * margin_x]
            y = system.lines - margin_y - drawn.shape[0] if bottom else margin_y
            x = system.width - margin_x - drawn.shape[1] if right else margin_x
            ink[y : y + drawn.shape[0], x : x + drawn.shape[1]] = drawn
    outline = np.zeros_like(ink)
    for dy in (-2, -1, 0, 1, 2):
        for dx in (-3, -2, -1, 0, 1, 2, 3):
            outline = np.maximum(outline, np.roll(ink, (dy, dx), (0, 1)))
    soft = np.array([1.0, 2.0, 3.0, 2.0, 1.0]) / 9  # the generator's own bandwidth

    def soften(plane: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(sum(w * np.roll(plane, k - 2, 1) for k, w in enumerate(soft)))

    cover = soften(outline)
    level = _BLACK + (_WHITE - _BLACK) * soften(ink)
    rows = np.flatnonzero(cover.any(axis=1))
    first, last = int(rows[0]), int(rows[-1]) + 1
    return Overlay(first, cover[first:last], level[first:last])
