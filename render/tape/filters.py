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

from tapehead.render.tape.systems import System

Floats = NDArray[np.floating[Any]]
Spectrum = NDArray[np.complexfloating[Any, Any]]

_GRID = 4096
_LUMA_ORDER = 8.8
"""20 dB down at 1.3 times the bandwidth (tape.md, target 1)."""
_SMEAR_SHARE = 0.25


@dataclass(frozen=True)
class Taps:
    """A filter: ``out[x] = sum(taps[k] * in[x + origin - k])``."""

    taps: Floats
    origin: int

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


def overshoot(taps: Floats) -> float:
    """How far a unit step goes above 1 (between samples as well: read off a fine grid)."""
    fine = 8
    count = len(taps)
    padded = np.concatenate([np.zeros(32), np.cumsum(taps), np.full(32, np.sum(taps))])
    x = np.arange(32 * fine, (32 + count) * fine) / fine
    base = np.floor(x).astype(int)
    offsets = np.arange(-15, 17)
    window = np.sinc((x - base)[:, None] - offsets[None, :]) * np.hanning(34)[1:-1]
    values = (padded[base[:, None] + offsets[None, :]] * window).sum(1) / window.sum(1)
    return float(values.max() - 1)


@functools.lru_cache(maxsize=64)
def luma_filter(
    system: System, bandwidth: float, ring: float, peak: float, smear: float, compensation: tuple[float, ...]
) -> Taps:
    """Band limit, ringing, sharpening and smear as one filter of minimum phase.

    Args:
        system: for the sampling rate.
        bandwidth: -3 dB frequency in MHz, of the whole path from picture to picture.
        ring: overshoot after an edge, in percent (without sharpening and smear).
        peak: gain around 2 MHz, dB.
        smear: length of the tail, µs.
        compensation: gain on the design grid that makes up for what resampling the picture loses; empty for none.
    """
    rate = system.rate
    low, high = -4.0, 6.0
    for _ in range(24):
        tilt = (low + high) / 2
        shape = minimum_phase(_luma_magnitude(bandwidth, tilt, rate))
        over = overshoot(np.fft.irfft(shape, _GRID)[:128])
        low, high = (low, tilt) if over * 100 > ring else (tilt, high)
    f = frequencies(rate)
    magnitude = _luma_magnitude(bandwidth, (low + high) / 2, rate)
    magnitude = magnitude * 10 ** (peak / 20 * np.exp(-(((f - 2.0) / 0.9) ** 2)))
    spectrum = minimum_phase(magnitude)
    if compensation:
        spectrum = spectrum * np.array(compensation)
    taps = to_taps(spectrum, rate, 0.0)
    if smear > 0:
        # Its tail is meant to move the picture's right sides only: the edge itself stays where it was.
        dragged = np.fft.irfft(np.fft.rfft(taps.taps, _GRID) * tail(smear, _SMEAR_SHARE, rate), _GRID)
        large = np.flatnonzero(np.abs(dragged[:1024]) > 4e-4 * np.abs(dragged).max())
        cut = dragged[: int(large[-1]) + 1]
        taps = Taps(cut / cut.sum(), taps.origin)
    return taps


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
def notch_filter(system: System) -> Taps:
    """Luma of a simple receiver: everything but 0.6 MHz on each side of the subcarrier (full depth at it)."""
    f = frequencies(system.rate)
    gap = np.exp(-(((f - system.subcarrier) / 0.6) ** 4))
    return to_taps((1 - gap) + 0j, system.rate, 0.0, floor=6e-3)
