"""Mastering: one gain to -14 LUFS and a limiter that keeps true peaks below -2 dB, over a file of any length.

The limiter knows the whole film: its gain is worked out beforehand on blocks of 32 samples and moves in smooth dips
of 40 ms, so it never clips and is hardly heard.
"""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np

from render.sound.meter import Meter, SoundReport

RATE_HZ = 48000
TARGET_LUFS = -14.0
# AAC adds peaks of its own: 2 dB below full scale here stay below the 1.5 dB that are promised.
CEILING_DB = -2.0
WINDOW = 10 * RATE_HZ

_MOST_GAIN_DB = 40.0
_NEAR_ENOUGH_LU = 0.1
_ROUNDS = 6
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


def master(mixdown: Mixdown, path: Path) -> SoundReport:
    """Write the mastered film sound as 24-bit stereo WAV; silence is written as it is.

    Raises:
        OSError: the file can not be written.
    """
    before = Meter(RATE_HZ)
    for start, count in mixdown.windows():
        before.add(mixdown.read(start, count))
    raw = before.report()
    gain_db = 0.0 if raw.lufs is None else min(_MOST_GAIN_DB, TARGET_LUFS - raw.lufs)
    peaks = _true_peaks(mixdown)
    for _ in range(_ROUNDS):
        report = _write(mixdown, path, 10 ** (gain_db / 20), peaks)
        if raw.lufs is None or report.lufs is None:
            break
        missing = TARGET_LUFS - report.lufs
        wanted = min(_MOST_GAIN_DB, gain_db + missing)
        if abs(missing) <= _NEAR_ENOUGH_LU or wanted == gain_db:
            break
        gain_db = wanted
    return report


def _true_peaks(mixdown: Mixdown) -> np.ndarray:
    """Highest level of each block between and on the samples, found at four times the rate."""
    from scipy.signal import resample_poly

    peaks = []
    for start, count in mixdown.windows():
        blocks = -(-count // _BLOCK)
        part = mixdown.read(start - _MARGIN, blocks * _BLOCK + 2 * _MARGIN)
        fine = np.abs(resample_poly(part, 4, 1, axis=0)).max(axis=1)
        peaks.append(fine[4 * _MARGIN : 4 * (_MARGIN + blocks * _BLOCK)].reshape(blocks, -1).max(axis=1))
    return np.concatenate(peaks) if peaks else np.zeros(0)


def limiter_gain(peaks: np.ndarray, ceiling: float) -> np.ndarray:
    """Gain of each block, at most 1, that keeps ``peaks`` under ``ceiling``.

    The lowest gain needed nearby is held for longer than the smoothing that follows reaches, so a block and its
    neighbours never get more than they can bear.
    """
    from scipy.ndimage import minimum_filter1d

    need = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-12))
    held = minimum_filter1d(need, 2 * _HALF_DIP + 1, mode="nearest")
    shape = np.hanning(2 * _HALF_DIP + 1)[1:-1]
    return np.convolve(np.pad(held, _HALF_DIP - 1, mode="edge"), shape / shape.sum(), "valid")


def _write(mixdown: Mixdown, path: Path, gain: float, peaks: np.ndarray) -> SoundReport:
    meter = Meter(RATE_HZ)
    ceiling = 10 ** (CEILING_DB / 20)
    limited = limiter_gain(peaks * gain, ceiling) if len(peaks) else peaks
    centres = (np.arange(len(limited)) + 0.5) * _BLOCK
    with wave.open(str(path), "wb") as out:
        out.setparams((2, 3, RATE_HZ, 0, "NONE", ""))
        for start, count in mixdown.windows():
            sound = mixdown.read(start, count)
            curve = gain * np.interp(start + np.arange(count), centres, limited)
            whole = np.rint(sound * curve[:, None] * 8388607.0).astype("<i4")
            meter.add(whole / 8388608.0)
            out.writeframesraw(whole.reshape(-1, 1).view(np.uint8).reshape(-1, 4)[:, :3].tobytes())
    return meter.report()
