"""Mastering: one gain to -14 LUFS and a limiter that keeps true peaks below -2 dB, over a file of any length.

The limiter knows the whole film: its gain is worked out beforehand on blocks of 32 samples and moves in smooth dips
of 40 ms, so it never clips and is hardly heard.
"""

from __future__ import annotations

import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from tapehead.render.loudness import Weighting, integrated
from tapehead.render.sound.meter import Meter, SoundReport

RATE_HZ = 48000
TARGET_LUFS = -14.0
# AAC adds peaks of its own: 2 dB below full scale here stay below the 1.5 dB that are promised.
CEILING_DB = -2.0
WINDOW = 10 * RATE_HZ

_CEILING = 10 ** (CEILING_DB / 20)
_MOST_EXTRA_DB = 12.0  # more than this on top of the plain gain would squash the sound for little
_NEAR_ENOUGH_LU = 0.1
_ROUNDS = 3
_BLOCK = 32
_HALF_DIP = 30  # blocks
_MARGIN = 64


class Mixdown:
    """A raw stereo mix of 32-bit floats in an open file, read and written in windows."""

    def __init__(self, file: IO[bytes], samples: int) -> None:
        self.file, self.samples = file, samples

    def read(self, start: int, count: int) -> np.ndarray:
        """Samples from ``start``, zero outside the film, shape (count, 2)."""
        low, high = max(0, start), max(0, min(self.samples, start + count))
        out = np.zeros((count, 2), np.float32)
        if high > low:
            self.file.seek(low * 8)
            out[low - start : high - start] = np.frombuffer(self.file.read((high - low) * 8), np.float32).reshape(-1, 2)
        return out

    def windows(self) -> Iterator[tuple[int, int]]:
        """Start and length of each window."""
        for start in range(0, self.samples, WINDOW):
            yield start, min(WINDOW, self.samples - start)


@dataclass(frozen=True)
class GainCurve:
    """What mastering does to every sample: one gain, and what the limiter takes back of it, block by block."""

    gain: float
    limited: np.ndarray

    def at(self, start: int, count: int) -> np.ndarray:
        """Factors of samples ``start`` up to ``start + count``."""
        centres = (np.arange(len(self.limited)) + 0.5) * _BLOCK
        return self.gain * np.interp(np.arange(start, start + count), centres, self.limited)


def master(mixdown: Mixdown, path: Path, target: float = TARGET_LUFS, most_gain_db: float | None = None) -> SoundReport:
    """Write the mastered film sound as 24-bit stereo WAV; silence is written as it is.

    With ``most_gain_db`` what is quiet stays quiet: it gets no more gain than that, whatever its loudness.

    Raises:
        OSError: the file cannot be written.
    """
    return mastered(mixdown, path, target, most_gain_db)[0]


def mastered(
    mixdown: Mixdown, path: Path, target: float = TARGET_LUFS, most_gain_db: float | None = None
) -> tuple[SoundReport, GainCurve]:
    """The same, and what was done to each sample: parts of the mix that get the same add up to the film's sound."""
    power, peaks = _analysis(mixdown)
    gain_db, offset = _gain_for(power, peaks, target), 0.0
    for _ in range(_ROUNDS):
        held = most_gain_db is not None and gain_db > most_gain_db
        if held and most_gain_db is not None:
            gain_db = most_gain_db
        gain = 10 ** (gain_db / 20)
        curve = GainCurve(gain, limiter_gain(peaks * gain, _CEILING))
        report = write_mastered(mixdown, path, curve)
        if held or report.lufs is None or abs(target - report.lufs) <= _NEAR_ENOUGH_LU:
            break
        offset += target - report.lufs
        gain_db = _gain_for(power, peaks, target + offset)
    return report, curve


def _analysis(mixdown: Mixdown) -> tuple[np.ndarray, np.ndarray]:
    """Of each block: weighted power, and the highest level on and between samples, found at four times the rate."""
    from scipy.signal import resample_poly

    power, peaks, weighting = [np.zeros(0)], [np.zeros(0)], Weighting(2)
    for start, count in mixdown.windows():
        blocks = -(-count // _BLOCK)
        part = mixdown.read(start - _MARGIN, blocks * _BLOCK + 2 * _MARGIN)
        fine = np.abs(resample_poly(part, 4, 1, axis=0))[4 * _MARGIN : 4 * (_MARGIN + blocks * _BLOCK)]
        peaks.append(np.maximum(fine[:, 0], fine[:, 1]).reshape(blocks, -1).max(axis=1))
        weighted = weighting.weigh(part[_MARGIN:-_MARGIN])
        power.append(np.square(weighted).reshape(blocks, -1).sum(axis=1))
    return np.concatenate(power), np.concatenate(peaks)


def _gain_for(power: np.ndarray, peaks: np.ndarray, target: float) -> float:
    """Gain in dB that brings the sound to ``target`` LUFS with the limiter at work; 0 for what has no loudness.

    The limiter takes back some of each step, so this is a search; it needs the blocks' power alone.
    """
    raw = integrated(power, _BLOCK)
    if raw is None:
        return 0.0
    low, high = 0.0, _MOST_EXTRA_DB
    for _ in range(24):
        middle = (low + high) / 2
        gain = 10 ** ((target - raw + middle) / 20)
        reached = integrated(power * (gain * limiter_gain(peaks * gain, _CEILING)) ** 2, _BLOCK)
        low, high = (middle, high) if reached is not None and reached < target else (low, middle)
    return target - raw + high


def limiter_gain(peaks: np.ndarray, ceiling: float) -> np.ndarray:
    """Gain of each block, at most 1, that keeps ``peaks`` under ``ceiling``.

    The lowest gain needed nearby is held for longer than the smoothing that follows reaches, so a block and its
    neighbours never get more than they can bear.
    """
    from scipy.ndimage import minimum_filter1d

    if not len(peaks):
        return np.ones(0)
    need = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-12))
    held = minimum_filter1d(need, 2 * _HALF_DIP + 1, mode="nearest")
    shape = np.hanning(2 * _HALF_DIP + 1)[1:-1]
    return np.convolve(np.pad(held, _HALF_DIP - 1, mode="edge"), shape / shape.sum(), "valid")


def write_mastered(mixdown: Mixdown, path: Path, curve: GainCurve) -> SoundReport:
    """Write a mix, or a part of one, as 24-bit stereo WAV with this gain."""
    meter = Meter(RATE_HZ)
    with wave.open(str(path), "wb") as out:
        out.setparams((2, 3, RATE_HZ, 0, "NONE", ""))
        for start, count in mixdown.windows():
            loud = mixdown.read(start, count) * curve.at(start, count)[:, None]
            whole = np.rint(np.clip(loud, -1, 1) * 8388607.0).astype("<i4")
            meter.add(whole / 8388608.0)
            out.writeframesraw(whole.reshape(-1, 1).view(np.uint8).reshape(-1, 4)[:, :3].tobytes())
    return meter.report()
