"""Filters as taps, from settings in MHz and µs: designed in float64, once per tape and picture size.

A tape rings after an edge, not before it, so the luma filter has minimum phase (by way of the real cepstrum; Oppenheim
and Schafer, Discrete-Time Signal Processing, ch. 13).  All that is linear and the same in every line is one filter.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapehead.render.tape.resample import Table, table
from tapehead.render.tape.resample import compensation as compensation_of
from tapehead.render.tape.systems import System

Floats = NDArray[np.floating[Any]]
Spectrum = NDArray[np.complexfloating[Any, Any]]

_GRID = 4096
_LUMA_ORDER = 8.8
"""20 dB down at 1.3 times the bandwidth (tape.md, target 1)."""
_SMEAR_SHARE = 0.25
_TILTS = (-8.0, 12.0)
"""Rises in dB at 0.6 of the bandwidth that are tried for an overshoot."""


@dataclass(frozen=True)
class Taps:
    """A filter: ``out[x] = sum(taps[k] * in[x + origin - k])``."""

    taps: Floats
    origin: int

    @property
    def reach(self) -> int:
        """How many samples beside a line it may read."""
        return len(self.taps) + abs(self.origin)

    @property
    def noise_gain(self) -> float:
        """Standard deviation of white noise of variance 1 behind it."""
        return float(np.sqrt(np.sum(self.taps**2)))

    def response(self, frequency: Floats, rate: float) -> Spectrum:
        """Complex gain at frequencies in the unit of ``rate``."""
        places = np.arange(len(self.taps)) - self.origin
        return np.asarray(np.exp(-2j * np.pi * np.outer(frequency, places) / rate) @ self.taps)

    @property
    def centre(self) -> float:
        """Centroid of the edge that a step becomes, in samples after the step."""
        return float(np.sum(self.taps * (np.arange(len(self.taps)) - self.origin)) / np.sum(self.taps))


def places_going_on(width: int, beside: int) -> NDArray[np.int64]:
    """Which samples of a line with a subcarrier, whose period is four of them, stand for those beside it."""
    place = np.arange(-beside, width + beside)
    return np.where(place < 0, place % 4, np.where(place < width, place, width - 4 + (place - width) % 4))


def frequencies(rate: float) -> Floats:
    """The design grid, 0 to half the rate."""
    return np.fft.rfftfreq(_GRID, 1 / rate)


def minimum_phase(magnitude: Floats) -> Spectrum:
    """The spectrum of minimum phase that has this magnitude on the design grid."""
    whole = np.concatenate([magnitude, magnitude[-2:0:-1]])
    cepstrum = np.fft.ifft(np.log(np.maximum(whole, 1e-5))).real
    window = np.zeros(_GRID)
    window[0] = window[_GRID // 2] = 1
    window[1 : _GRID // 2] = 2
    return np.asarray(np.exp(np.fft.fft(cepstrum * window))[: _GRID // 2 + 1])


def to_taps(spectrum: Spectrum, rate: float, centre_us: float, floor: float = 4e-4) -> Taps:
    """Taps of a spectrum, moved so that an edge's centroid comes ``centre_us`` after the edge; gain 1 at 0 Hz.

    What is below ``floor`` of the largest tap at either end is left out.
    """
    impulse = np.fft.irfft(spectrum, _GRID)
    places = np.fft.fftfreq(_GRID, 1 / _GRID)
    now = float(np.sum(impulse * places) / np.sum(impulse))
    moved = centre_us * rate - now
    impulse = np.fft.irfft(spectrum * np.exp(-2j * np.pi * np.arange(_GRID // 2 + 1) * moved / _GRID), _GRID)
    impulse = np.fft.fftshift(impulse)
    large = np.flatnonzero(np.abs(impulse) > floor * np.abs(impulse).max())
    first, last = int(large[0]), int(large[-1])
    taps = impulse[first : last + 1]
    origin = _GRID // 2 - first
    taps = taps / taps.sum()
    # Cutting the ends moved the centroid by a little: put it back where it is asked for.
    found = Taps(taps, origin).centre
    width = len(taps)
    slope = np.arange(width) - (width - 1) / 2
    slope = slope * np.hanning(width + 2)[1:-1]
    slope -= taps * slope.sum()
    lever = float(np.sum(slope * (np.arange(width) - origin))) - slope.sum() * found
    if width > 2 and abs(lever) > 1e-12:
        taps = taps + slope * (centre_us * rate - found) / lever
    return Taps(taps / taps.sum(), origin)


def tail(length_us: float, share: float, rate: float) -> Spectrum:
    """A part ``share`` of the signal dragged into an exponential tail."""
    if length_us <= 0:
        return np.ones(_GRID // 2 + 1, complex)
    decay = np.exp(-1 / (length_us * rate))
    omega = 2 * np.pi * np.arange(_GRID // 2 + 1) / _GRID
    return np.asarray(1 - share + share * (1 - decay) / (1 - decay * np.exp(-1j * omega)))


def _luma_magnitude(bandwidth: float, tilt_db: float, rate: float) -> Floats:
    f = frequencies(rate)

    def at(corner: float, where: Floats) -> Floats:
        tilt = np.exp(-(((where / corner - 0.6) / 0.5) ** 2)) - np.exp(-((0.6 / 0.5) ** 2))
        return np.asarray(10 ** (tilt_db / 20 * tilt) / np.sqrt(1 + (where / corner) ** (2 * _LUMA_ORDER)))

    low, high = bandwidth * 0.5, bandwidth * 2.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if at(middle, np.array([bandwidth]))[0] > 10 ** (-3 / 20) else (middle, high)
    return at((low + high) / 2, f)


_PICTURE_COLUMNS = 1920
"""Columns of the pictures for which a filter's overshoot is counted; other sizes differ by less than it can be seen."""


@functools.cache
def _edges(raster: int) -> tuple[Floats, tuple[int, ...]]:
    """Upright edges on the raster, ``(phases, samples)`` from 0 to 1, one for each way to fall on it; and the columns
    of the picture where they were."""
    count = max(1, round(2 * _PICTURE_COLUMNS / raster))
    columns = tuple(_PICTURE_COLUMNS // 2 + k for k in range(count))
    pictures = (np.arange(_PICTURE_COLUMNS) >= np.array(columns)[:, None]).astype(np.float64)
    return _through(table(_PICTURE_COLUMNS, raster), pictures), columns


def _through(made: Table, lines: Floats) -> Floats:
    index = made.start[:, None].astype(np.int64) + np.arange(made.taps)
    return np.asarray((lines[:, index] * made.weight).sum(axis=2))


def overshoot(taps: Taps, raster: int) -> float:
    """How far a picture's edge goes above 1 behind a filter: on the picture, as a mean over where it falls."""
    lines, columns = _edges(raster)
    wide = np.pad(lines, ((0, 0), (_GRID // 8, _GRID // 8)), mode="edge")
    first = _GRID // 8 + taps.origin
    made = np.stack([np.convolve(line, taps.taps)[first : first + raster] for line in wide])
    shown = _through(table(raster, _PICTURE_COLUMNS), made)
    mean = np.mean([np.roll(line, columns[0] - at) for line, at in zip(shown, columns, strict=True)], axis=0)
    # The end of the line is where the edges that were rolled come in again.
    return float(mean[: -len(columns)].max() - 1)


@functools.lru_cache(maxsize=64)
def luma_filter(
    system: System,
    bandwidth: float,
    ring: float,
    peak: float,
    smear: float,
    compensation: tuple[float, ...],
    passes: int = 1,
    mode: str = "off",
) -> Taps:
    """Band limit, ringing, sharpening and smear of one pass as one filter of minimum phase.

    Args:
        system: for the sampling rate.
        bandwidth: -3 dB frequency in MHz of one pass, from picture to picture.
        ring: overshoot after an edge as it comes out of all passes, in percent, the composite path, sharpening and
            smear included, as far as that goes.
        peak: gain around 2 MHz, dB.
        smear: length of the tail, µs.
        compensation: gain on the design grid that makes up for what resampling the picture loses; empty for none.
        passes: how many times the picture is recorded; the first of them has the compensation.
        mode: of the composite path before the first pass, as the setting ``composite.mode`` has it.
    """
    rate = system.rate
    usual = compensation_of(_PICTURE_COLUMNS, system.width, bandwidth / rate, len(frequencies(rate)))

    def shaped(tilt: float, made_up: tuple[float, ...]) -> Taps:
        magnitude = _luma_magnitude(bandwidth, tilt, rate)
        magnitude = magnitude * 10 ** (peak / 20 * np.exp(-(((frequencies(rate) - 2.0) / 0.9) ** 2)))
        spectrum = minimum_phase(magnitude)
        if made_up:
            spectrum = spectrum * np.array(made_up)
        return _dragged(to_taps(spectrum, rate, 0.0), smear, rate)

    decoded = _decoder_luma(system, mode)

    def whole(tilt: float) -> Taps:
        path = shaped(tilt, usual)
        if decoded is not None:
            path = _behind(decoded, path)
        if passes > 1:
            again = shaped(tilt, ())
            for _ in range(passes - 1):
                path = _behind(path, again)
        return path

    low, high = _TILTS
    for _ in range(18):
        tilt = (low + high) / 2
        low, high = (low, tilt) if overshoot(whole(tilt), system.width) * 100 > ring else (tilt, high)
    return shaped((low + high) / 2, compensation)


def _behind(first: Taps, second: Taps) -> Taps:
    """Two filters, one behind the other, as one."""
    return Taps(np.convolve(first.taps, second.taps), first.origin + second.origin)


def _decoder_luma(system: System, mode: str) -> Taps | None:
    """What a composite path does to luma that is the same in every line; nothing where lines are combed: their
    difference, which is all that is taken out, is nothing then."""
    if mode == "box":
        return box_filter()
    return notch_filter(system) if mode == "notch" else None


def _dragged(taps: Taps, smear: float, rate: float) -> Taps:
    """With a tail, which is meant to move the picture's right sides only: the edge itself stays where it was."""
    if smear <= 0:
        return taps
    dragged = np.fft.irfft(np.fft.rfft(taps.taps, _GRID) * tail(smear, _SMEAR_SHARE, rate), _GRID)
    large = np.flatnonzero(np.abs(dragged[:1024]) > 4e-4 * np.abs(dragged).max())
    cut = dragged[: int(large[-1]) + 1]
    return Taps(cut / cut.sum(), taps.origin)


@functools.lru_cache(maxsize=64)
def chroma_filter(system: System, bandwidth: float, bleed: float, delay: float, luma_centre: float) -> Taps:
    """Colour-under band limit, bleed and delay as one filter.

    The magnitude falls faster and faster (exponent 2.6: more than 20 dB at 2.5 times the bandwidth) without a corner
    that would ring.  ``delay`` is how much later, in µs, a colour edge's centroid comes than luma's, which is at
    ``luma_centre``; a bleeding tail comes on top.
    """
    rate = system.rate
    f = frequencies(rate)
    magnitude = 10 ** (-3 / 20 * (f / bandwidth) ** 2.6)
    taps = to_taps(minimum_phase(magnitude), rate, luma_centre + delay, floor=1e-3)
    if bleed > 0:
        dragged = np.fft.irfft(np.fft.rfft(taps.taps, _GRID) * tail(bleed, 0.6, rate), _GRID)
        large = np.flatnonzero(np.abs(dragged[:1024]) > 1e-3 * np.abs(dragged).max())
        cut = dragged[: int(large[-1]) + 1]
        taps = Taps(cut / cut.sum(), taps.origin)
    return taps


@functools.cache
def encoder_filters(system: System) -> tuple[Taps, Taps]:
    """Band limits of the two colour differences on the way into the composite signal, of linear phase.

    NTSC after 47 CFR 73.682(a)(20)(iii): I less than 2 dB at 1.3 MHz and more than 20 dB at 3.6 MHz, Q less than 2 dB
    at 0.4 MHz and more than 6 dB at 0.6 MHz.  PAL has 1.3 MHz for both.
    """
    f = frequencies(system.rate)
    wide = to_taps(10 ** (-1.6 / 20 * (f / 1.3) ** 3.0) + 0j, system.rate, 0.0, floor=2e-3)
    if system.name == "PAL":
        return wide, wide
    return wide, to_taps(10 ** (-1.75 / 20 * (f / 0.4) ** 3.3) + 0j, system.rate, 0.0, floor=1.2e-2)


@functools.cache
def comb_filter(system: System) -> Taps:
    """Luma of a receiver with a comb over lines: everything but what a colour signal's side bands reach.

    The comb has taken luma out of what this is the complement of, so it may be wide; what is narrower than the colour
    signal leaves its outer side bands in luma, as a crawling zipper on every upright edge between colours.
    """
    f = frequencies(system.rate)
    gap = np.exp(-(((f - system.subcarrier) / 2.4) ** 6))
    return to_taps((1 - gap) + 0j, system.rate, 0.0, floor=4e-3)


@functools.cache
def notch_filter(system: System) -> Taps:
    """Luma of a simple receiver: everything but 0.6 MHz on each side of the subcarrier (full depth at it)."""
    f = frequencies(system.rate)
    gap = np.exp(-(((f - system.subcarrier) / 0.6) ** 4))
    return to_taps((1 - gap) + 0j, system.rate, 0.0, floor=6e-3)


def box_filter() -> Taps:
    """Luma of the simplest receiver: the mean over one period of the subcarrier, which is four samples, the ends
    counted half."""
    return Taps(np.array([0.125, 0.25, 0.25, 0.25, 0.125]), 2)
