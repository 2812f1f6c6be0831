"""What the recorder writes over the picture after the tape: PLAY, counter, date."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapehead.render.tape.font import bitmap
from tapehead.render.tape.settings import Settings
from tapehead.render.tape.systems import System

_SIGNS = {"PLAY": "PLAY ►", "REC": "REC ●", "PAUSE": "PAUSE ‖", "STOP": "STOP ■"}
_WHITE, _BLACK = 235.0, 20.0
_DOT_US, _DOT_LINES = 0.28, 4
_OUTLINE_LINES, _ROOM = 2, 6


@dataclass(frozen=True)
class Overlay:
    """A piece of the raster that is drawn over: ``out = in + cover * (level - in)``, colour faded by ``1 - cover``."""

    top: int
    left: int
    cover: NDArray[np.float32]
    level: NDArray[np.float32]


def texts(settings: Settings, seconds: float) -> tuple[str, str, str]:
    """The words at the top left, the counter at the top right, the date at the bottom, at a film time."""
    counter = ""
    if settings["osd.counter"] is not None:
        total = int(settings["osd.counter"] + seconds + 1e-6)
        counter = f"{total // 3600 % 24}:{total // 60 % 60:02d}:{total % 60:02d}"
    return _SIGNS.get(settings["osd.mode"], ""), counter, settings["osd.date"]


@functools.lru_cache(maxsize=256)
def overlay(system: System, text: str, right: bool, bottom: bool) -> Overlay | None:
    """One text in its corner, cut off at the margin; nothing if there is none."""
    if not text:
        return None
    dot = round(_DOT_US * system.rate)
    margin_x, margin_y = system.width // 14, system.lines // 14
    drawn = np.kron(bitmap(text), np.ones((_DOT_LINES, dot)))[:, : system.width - 2 * margin_x]
    height, width = drawn.shape
    ink = np.pad(drawn, ((_OUTLINE_LINES, _OUTLINE_LINES), (_ROOM, _ROOM)))
    outline = ink
    for axis, reach in ((0, _OUTLINE_LINES), (1, _ROOM - 2)):
        outline = np.max([np.roll(outline, k, axis) for k in range(-reach, reach + 1)], axis=0)
    soft = np.array([1.0, 2.0, 3.0, 2.0, 1.0]) / 9  # the generator's own bandwidth

    def soften(plane: NDArray[np.float64]) -> NDArray[np.float32]:
        return np.asarray(sum(w * np.roll(plane, k - 2, 1) for k, w in enumerate(soft)), np.float32)

    top = system.lines - margin_y - height if bottom else margin_y
    left = system.width - margin_x - width if right else margin_x
    level = _BLACK + (_WHITE - _BLACK) * soften(ink)
    return Overlay(top - _OUTLINE_LINES, left - _ROOM, soften(outline), level)


def overlays(system: System, settings: Settings, seconds: float) -> tuple[Overlay, ...]:
    """All that is written at a film time."""
    mode, counter, date = texts(settings, seconds)
    made = (
        overlay(system, mode, False, False),
        overlay(system, counter, True, False),
        overlay(system, date, False, True),
    )
    return tuple(piece for piece in made if piece is not None)
