"""What the machine is doing at a moment: tracking bands, pauses, starting, stopping and eating the tape.

Whatever happens here is fine-grained or slow: no setting can make the whole picture pump in brightness.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tapehead.render.tape.field_timing import Moment
from tapehead.render.tape.noise import Floats, key, smooth, uniform
from tapehead.render.tape.settings import Settings
from tapehead.render.tape.systems import System

_WINDOW_S = 0.5
"""A tear begins at most once in such a window, so that three a second cannot happen."""
_DRIFT_PER_S = 0.2
"""Independent places of a drifting band in a second."""


@dataclass
class Conditions:
    """Per-line strengths from 0 to 1, and where the picture stands."""

    band: Floats
    """Loss of the radio signal: noise, shift and loss of colour."""
    tear: Floats
    """Sideways tear in µs."""
    colour: Floats
    """Gain of colour."""
    wave: float = 1.0
    """Factor on edge wave and line jitter."""
    drops: float = 0.0
    """Additional dropouts per frame."""
    bounce: float = 0.0
    """How far down the picture stands, in lines of the frame."""
    still: bool = False
    """Whether one field is shown for both."""
    marks: list[str] = field(default_factory=list)


def _bump(distance: Floats) -> Floats:
    """1 in the middle, 0 from distance 1 on, smooth."""
    return np.where(np.abs(distance) < 1, np.cos(np.clip(distance, -1, 1) * np.pi / 2) ** 2, 0.0)


def _tears(rate: float, seed: int, seconds: Floats) -> Floats:
    """Strength of tears, 0 to 1: events at random times, each a third of a second long."""
    total = np.zeros(seconds.shape)
    window = np.floor(seconds / _WINDOW_S).astype(np.int64)
    for back in (0, 1):
        at = window - back
        happens = uniform(key(seed, "tear", at)) < min(1.0, rate * _WINDOW_S)
        begins = (at + uniform(key(seed, "tear/at", at)) * 0.5) * _WINDOW_S
        phase = (seconds - begins) / 0.33
        total = np.maximum(total, happens * np.where((phase > 0) & (phase < 1), np.sin(np.pi * phase), 0.0))
    return total


def paused(settings: Settings, seconds: float) -> bool:
    """Whether the tape stands still."""
    span = settings["pause.at"]
    return span is not None and span[0] <= seconds < span[1]


def conditions(settings: Settings, system: System, seed: int, now: Moment) -> Conditions:
    """The state at a moment; lines are numbered as the frame's rows."""
    rows = np.arange(system.lines)
    seconds = now.field / float(system.field_rate)
    found = Conditions(np.zeros(system.lines), np.zeros(system.lines), np.ones(system.lines))
    if settings["track.error"] > 0:
        place = settings["track.pos"]
        if settings["track.drift"] > 0:
            place += settings["track.drift"] * float(np.tanh(smooth(seed, "track drift", now.seconds * _DRIFT_PER_S)))
        _add_band(found, rows, place, settings["track.height"], settings["track.error"], system)
    if settings["sync.tear"] > 0:
        bend = np.exp(-now.line / (now.field_lines / 7))
        found.tear += 9.0 * _tears(settings["sync.tear"], seed, seconds) * bend
    found.bounce += settings["sync.roll"] * now.seconds
    if settings["jitter.frame"] > 0:
        found.bounce += settings["jitter.frame"] * float(smooth(seed, "bounce", now.seconds * 12.0))
    if paused(settings, now.seconds):
        found.still = True
        found.bounce += settings["pause.jitter"] * float(smooth(seed, "pause", now.seconds * 25.0))
        _add_band(found, rows, 0.13, 16.0, 0.9, system)
    for kind, first, last in settings["transport"]:
        if first <= now.seconds < last:
            phase = (now.seconds - first) / (last - first)
            if kind == "eaten":
                _eat(found, rows, seed, now, phase, system)
            else:
                _spin(found, rows, seed, now, 1 - phase if kind == "start" else phase, system)
    return found


def _add_band(found: Conditions, rows: np.ndarray, place: float, height: float, error: float, system: System) -> None:
    half = max(1.0, height)  # lines of a field are two rows of the frame: half the height in rows is the height
    found.band = np.maximum(found.band, error * _bump((rows - place * (system.lines - 1)) / half))


def _eat(found: Conditions, rows: np.ndarray, seed: int, now: Moment, phase: float, system: System) -> None:
    """Crumpled tape: creases that wander up the picture, bent lines, faded colour."""
    strength = float(np.sin(np.pi * phase) ** 0.5)
    t = now.seconds
    for crease in range(3):
        place = 0.5 + 0.33 * float(smooth(seed, f"crease {crease}", t * 0.7)) + 0.1 * crease
        height = 14 + 10 * abs(float(smooth(seed, f"crease height {crease}", t * 0.9)))
        _add_band(found, rows, place % 1.0, height, 0.95 * strength, system)
    bent = smooth(seed, "bent", now.line / 22.0, t * 1.8)
    found.tear += 2.6 * strength * bent * (0.35 + 0.65 * np.exp(-now.line / 60.0))
    found.colour = found.colour * (1 - strength * (0.35 + 0.3 * np.tanh(smooth(seed, "faded", now.line / 40.0, t))))
    found.wave += 5 * strength
    found.drops += 22 * strength
    found.bounce += 2.0 * strength * float(smooth(seed, "eaten bounce", t * 5.0))


def _spin(found: Conditions, rows: np.ndarray, seed: int, now: Moment, weak: float, system: System) -> None:
    """The drum comes up to speed or runs down; ``weak`` is 1 at standstill, 0 in play."""
    t = now.seconds
    found.tear += 14.0 * weak**2 * np.exp(-now.line / (now.field_lines / 4)) * (1 + 0.3 * np.sin(t * 9))
    wander = (t * 0.8 + float(uniform(key(seed, "spin", 0)))) % 1.0
    _add_band(found, rows, wander, 12 + 50 * weak, min(1.0, 1.4 * weak), system)
    found.colour = found.colour * np.clip(1.6 - 1.6 * weak, 0, 1)
    found.wave += 6 * weak
    found.bounce += 60.0 * weak**3
