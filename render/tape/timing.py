"""When each line starts: edge wave, jitter, tracking, tears and the head switch, as shifts in samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapehead.render.tape.conditions import Conditions
from tapehead.render.tape.field_timing import Moment
from tapehead.render.tape.noise import Floats, at, key, normal, smooth
from tapehead.render.tape.settings import Settings
from tapehead.render.tape.speed import lean
from tapehead.render.tape.systems import System

TAPS = 6
"""Six-point Lagrange interpolation: 0.2 dB down at 3 MHz in the worst case, where four points lose 0.6 dB."""
MOST_SAMPLES = 200
MARGIN = MOST_SAMPLES + 8
"""Room on both sides of a line, so that no shift reads beyond it."""
EDGE = 8
"""So many samples beside the picture repeat its edge; what is further out is blanking, black."""

_BEFORE_SYNC = {"NTSC": 3.0, "PAL": 2.5}
"""Lines between the last picture line and vertical sync: the equalizing pulses."""
_GRAIN = 1 << 12
"""Shifts are whole parts of 1/4096 sample, so that the last bit of a cosine cannot matter."""


@dataclass(frozen=True)
class Shifts:
    """Two shifts for each line: before and from sample ``turn`` on."""

    base: NDArray[np.int32]
    """``(lines, 2)``: out[x] = sum(weight[k] * in[x + base + k - 2])."""
    weight: Floats
    """``(lines, 2, 6)``; exactly 0 0 1 0 0 0 where a line stays in place."""
    turn: NDArray[np.int32]
    """``(lines,)``, the line's width where there is one shift only."""


def head_switch(settings: Settings, system: System, seed: int, effect: str, now: Moment) -> tuple[Floats, Floats]:
    """Place of the head switch in lines from the top of each line's field, and shift of each line in µs."""
    scale = 2 if now.step == 1 else 1
    visible = (settings["head.point"] - _BEFORE_SYNC[system.name]) * scale
    moved = settings["head.jitter"] * normal(key(seed, effect + "/head", now.field))
    place = now.field_lines - visible + np.clip(moved, -2, 2)
    after = now.line + 1 - place
    shift = np.where(after > 0, settings["head.shift"] * np.exp(-np.maximum(after - 1, 0) / settings["head.decay"]), 0)
    return place, shift


def line_shifts(
    settings: Settings, system: System, seed: int, effect: str, now: Moment, state: Conditions, last: bool
) -> Shifts:
    """Shifts of one generation.  Events of the machine (tears, bands) happen in the last playback alone: ``last``."""
    seconds = now.field / float(system.field_rate)
    shift = np.zeros(system.lines)
    if settings["wave.amp"] > 0:
        across = seconds * settings["wave.speed"]
        down = now.line * settings["wave.freq"]
        coarse = smooth(seed, effect + "/wave", down, across)
        fine = smooth(seed, effect + "/wave 2", down * 3.0, across * 2.0)
        shift += settings["wave.amp"] * state.wave * (0.9 * coarse + 0.435 * fine)
    if settings["jitter.line"] > 0:
        jitter = normal(at(seed, effect + "/jitter", now.spots))
        shift += settings["jitter.line"] * state.wave * jitter
    shift += lean(settings, seed, effect, seconds + now.line * (system.line_us * 1e-6), system.line_us, last)
    if last:
        shift += state.tear
        if state.band.any():
            ragged = smooth(seed, "band", now.line * 0.35, seconds * 14.0)
            shift += settings["track.wave"] * state.band**1.5 * (1.2 * ragged - 0.8)
    place, after = head_switch(settings, system, seed, effect, now)
    both = np.stack([shift, shift + after], axis=1) * system.rate
    turn = np.full(system.lines, system.width)
    switching = (np.floor(place) == now.line) & (after != 0)
    turn[switching] = ((place - np.floor(place))[switching] * system.width).astype(np.int64)
    turn[(after != 0) & ~switching] = 0
    return interpolated(both, turn)


def interpolated(shift: Floats, turn: NDArray[np.int64]) -> Shifts:
    """Taps for shifts in samples (positive is to the right)."""
    shift = np.clip(np.round(shift * _GRAIN) / _GRAIN, -MOST_SAMPLES, MOST_SAMPLES)
    base = np.floor(-shift)
    f = -shift - base
    a, b, c, d, e, g = f + 2, f + 1, f, f - 1, f - 2, f - 3
    weight = np.stack(
        [
            -b * c * d * e * g / 120,
            a * c * d * e * g / 24,
            -a * b * d * e * g / 12,
            a * b * c * e * g / 12,
            -a * b * c * d * g / 24,
            a * b * c * d * e / 120,
        ],
        axis=-1,
    )
    return Shifts(base.astype(np.int32), weight, turn.astype(np.int32))
