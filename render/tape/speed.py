"""How unevenly the tape runs: one time warp, heard as wow and flutter and seen as lines that lean.

The warp is continuous noise in time, so that any moment can be asked for by itself.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from tapehead.render.tape.noise import Floats, smooth
from tapehead.render.tape.settings import Settings

_PARTS = ((1.1, 1.0), (5.5, 0.55), (19.0, 0.22))
"""(changes per second, speed deviation relative to the first): capstan, idler and pinch roller, scrape."""

WEIGHTING_HZ = (0.1, 0.2, 0.315, 0.4, 0.63, 0.8, 1.0, 1.6, 2.0, 4.0, 6.3, 10.0, 20.0, 40.0, 63.0, 100.0, 200.0)
WEIGHTING_DB = (-48, -30.6, -19.7, -15, -8.4, -6, -4.2, -1.8, -0.9, 0, -0.9, -2.1, -5.9, -10.4, -14.2, -17.3, -23.0)
"""How strongly the ear notices wow and flutter (IEC 60386)."""

_EATEN = 9.0
_LINE_SHARE = 0.06
"""How much of a speed error the television's line oscillator does not follow."""


def weighted_rms(deviation: Floats, rate: float) -> float:
    """Weighted rms of a speed deviation sampled at ``rate`` per second, in its own unit."""
    spectrum = np.fft.rfft(deviation - deviation.mean())
    frequency = np.fft.rfftfreq(len(deviation), 1 / rate)
    decibel = np.interp(np.log10(np.maximum(frequency, 1e-3)), np.log10(WEIGHTING_HZ), WEIGHTING_DB)
    weighed = np.fft.irfft(spectrum * 10 ** (decibel / 20), len(deviation))
    return float(np.sqrt(np.mean(weighed**2)))


def _unit(seed: int, effect: str, seconds: Any) -> Floats:
    """The warp for a first part of deviation 1 per second, in seconds of displacement."""
    t = np.asarray(seconds, np.float64)
    total = np.zeros(t.shape)
    for number, (rate, share) in enumerate(_PARTS):
        total += share / rate * smooth(seed, f"{effect}/speed {number}", t * rate)
    return total


@functools.cache
def _calibration() -> float:
    """Weighted rms speed deviation of the unit warp, from five minutes of it."""
    rate = 400.0
    t = np.arange(0, 300, 1 / rate)
    return weighted_rms(np.gradient(_unit(0, "calibration", t), 1 / rate), rate)


def displacement(settings: Settings, seed: int, effect: str, seconds: Any, last: bool) -> Floats:
    """By how many seconds the tape runs ahead of or behind time.

    ``last`` is the last playback: in that one the machine may be eating the tape.
    """
    amount = settings["audio.wow_flutter"] / 100 / _calibration()
    t = np.asarray(seconds, np.float64)
    moved = amount * _unit(seed, effect, t) if amount > 0 else np.zeros(t.shape)
    if last:
        for kind, first, end in settings["transport"]:
            if kind == "eaten":
                phase = np.clip((t - first) / (end - first), 0, 1)
                moved = moved + _EATEN * 0.002 * np.sin(np.pi * phase) ** 2 * smooth(seed, "eaten speed", t * 3.0)
    return moved


def lean(settings: Settings, seed: int, effect: str, seconds: Floats, line_us: float, last: bool) -> Floats:
    """By how many µs lines come late because of the tape's speed at their time."""
    if settings["audio.wow_flutter"] == 0 and not (last and settings["transport"]):
        return np.zeros(seconds.shape)
    # Speed changes little within a field: a few points of it are enough.
    points = np.linspace(float(seconds.min()), float(seconds.max()) + 1e-6, 4)
    near = 1e-3
    ahead = displacement(settings, seed, effect, np.concatenate([points - near, points + near]), last)
    speed = (ahead[len(points) :] - ahead[: len(points)]) / (2 * near)
    return _LINE_SHARE * line_us * np.interp(seconds, points, speed)
