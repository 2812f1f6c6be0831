"""The bed: slow chords far below the voice, which step back further while somebody speaks.

Every sample is a function of seed and absolute time, so any stretch can be made on its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

RATE_HZ = 48000
_LOW_RATE_HZ = 8000  # the pad has nothing above 1.5 kHz, so it is made cheaply and brought up
_UP = RATE_HZ // _LOW_RATE_HZ
_MARGIN = 64  # low-rate samples on both sides, more than the filter that brings it up looks at

_CHORD_S, _CROSSING_S = 18.0, 7.0
_RMS = 10 ** (-40 / 20)
_DUCK_DB, _STEP_BACK_S, _STAY_S, _RETURN_S = 8.0, 0.4, 0.15, 1.0
_MUSIC_RMS, _MUSIC_DUCK_DB, _MUSIC_CROSSING_S = 10 ** (-32 / 20), 12.0, 3.0
"""Music of others is meant to be heard where nobody speaks, and is as far away as the chords where somebody does."""
_FADE_IN_S, _FADE_OUT_S = 2.0, 3.0
_ENVELOPE_HZ = 100

# Open chords around D, in semitones from D2 (73.42 Hz); any of them can follow any other.
_D2_HZ = 73.416
_CHORDS = ((0, 7, 14, 16, 21), (-3, 9, 12, 16, 23), (-7, 5, 9, 16, 21), (-5, 7, 14, 19, 23), (2, 9, 14, 17, 24))
_PARTIALS = ((1, 1.0), (2, 0.3), (3, 0.1))


class Bed:
    """A film's bed.

    Args:
        seed: chooses the order of the chords and how their notes swell.
        duration: seconds; the bed fades in and out inside them.
        speech: start and end in seconds of everything that is said.
    """

    def __init__(self, seed: int, duration: float, speech: Sequence[tuple[float, float]]) -> None:
        self.seed, self.duration = abs(seed), duration
        self._times, self._gain = envelope(duration, speech, _DUCK_DB)

    def window(self, start: int, count: int) -> np.ndarray:
        """Samples ``start`` to ``start + count`` of the film at 48 kHz, shape (count, 2); ``start`` divides by 6."""
        from scipy.signal import resample_poly

        first = start // _UP - _MARGIN
        low = self._pad((first + np.arange(-(-count // _UP) + 2 * _MARGIN)) / _LOW_RATE_HZ)
        high = resample_poly(low, _UP, 1, axis=0)[_MARGIN * _UP : _MARGIN * _UP + count]
        gain = np.interp((start + np.arange(count)) / RATE_HZ, self._times, self._gain)
        return (high * gain[:, None]).astype(np.float32)

    def _pad(self, t: np.ndarray) -> np.ndarray:
        out = np.zeros((len(t), 2))
        for index in range(int((t[0] - _CROSSING_S) // _CHORD_S), int((t[-1] + _CROSSING_S) // _CHORD_S) + 1):
            begin, end = index * _CHORD_S, (index + 1) * _CHORD_S
            half = _CROSSING_S / 2
            weight = _rise((t - begin + half) / _CROSSING_S) * (1 - _rise((t - end + half) / _CROSSING_S))
            inside = np.flatnonzero(weight)
            if len(inside):
                part = slice(inside[0], inside[-1] + 1)
                out[part] += np.sqrt(weight[part])[:, None] * self._chord(index, t[part])
        return out

    def _chord(self, index: int, t: np.ndarray) -> np.ndarray:
        rng = np.random.default_rng([self.seed, index + 2])
        notes = _CHORDS[int(rng.integers(len(_CHORDS)))]
        out = np.zeros((len(t), 2))
        for note in notes:
            hz = _D2_HZ * 2 ** (note / 12)
            swell_hz, phase = rng.uniform(0.04, 0.12), rng.uniform(0, 2 * np.pi, 7)
            swell = 0.65 + 0.35 * np.sin(2 * np.pi * swell_hz * t + phase[6])
            for side in (0, 1):
                # A few cents apart left and right: wide, and slowly beating where both meet in the air.
                tuned = hz * (1 + (0.0012 if side else -0.0012))
                for number, (partial, amount) in enumerate(_PARTIALS):
                    wave = np.sin(2 * np.pi * tuned * partial * t + phase[2 * number + side])
                    out[:, side] += amount * swell * wave
        power = 0.5 * len(notes) * sum(amount**2 for _, amount in _PARTIALS) * (0.65**2 + 0.35**2 / 2)
        return out * (_RMS / np.sqrt(power))


class Music:
    """A film's bed from a file of music: begun again, crossed over, where the film is longer; lower while one speaks.

    Args:
        sound: all of it at 48 kHz, float32 ``(samples, 2)``.
        duration: seconds; it fades in and out inside them.
        speech: start and end in seconds of everything that is said.
    """

    def __init__(self, sound: np.ndarray, duration: float, speech: Sequence[tuple[float, float]]) -> None:
        self._times, self._gain = envelope(duration, speech, _MUSIC_DUCK_DB)
        loud = float(np.sqrt(np.mean(np.square(sound, dtype=np.float64)))) if sound.size else 0.0
        self._sound, self._level = sound, _MUSIC_RMS / loud if loud else 0.0
        self._crossing = min(round(_MUSIC_CROSSING_S * RATE_HZ), len(sound) // 4)
        self._period = len(sound) - self._crossing

    def window(self, start: int, count: int) -> np.ndarray:
        """Samples ``start`` to ``start + count`` of the film at 48 kHz, shape (count, 2)."""
        at = start + np.arange(count)
        place = at % max(1, self._period)
        out = self._sound[place].astype(np.float64)
        if self._crossing:
            # The end of the piece before sounds on over the beginning of this one.
            both = (place < self._crossing) & (at >= self._period)
            share = (place[both] / self._crossing)[:, None]
            out[both] = out[both] * np.sqrt(share) + self._sound[place[both] + self._period] * np.sqrt(1 - share)
        gain = np.interp(at / RATE_HZ, self._times, self._gain) * self._level
        return (out * gain[:, None]).astype(np.float32)


def envelope(duration: float, speech: Sequence[tuple[float, float]], duck_db: float) -> tuple[np.ndarray, np.ndarray]:
    """Times in seconds and gains at them: the fades, and so much less around speech."""
    t, gains = ducking(duration, speech, duck_db)
    fade_in = min(_FADE_IN_S, duration / 4) or 1.0
    fade_out = min(_FADE_OUT_S, duration / 4) or 1.0
    return t, _rise(t / fade_in) * _rise((duration - t) / fade_out) * gains


def ducking(duration: float, speech: Sequence[tuple[float, float]], duck_db: float) -> tuple[np.ndarray, np.ndarray]:
    """Times in seconds and gains at them: 1, and so much less around speech."""
    t = np.arange(int(duration * _ENVELOPE_HZ) + 2) / _ENVELOPE_HZ
    duck = np.zeros(len(t))
    for start, end in speech:
        low = max(0, int((start - _STEP_BACK_S) * _ENVELOPE_HZ))
        part = slice(low, max(low, int((end + _STAY_S + _RETURN_S) * _ENVELOPE_HZ) + 2))
        away = _rise((t[part] - start + _STEP_BACK_S) / _STEP_BACK_S)
        back = _rise((t[part] - end - _STAY_S) / _RETURN_S)
        duck[part] = np.maximum(duck[part], away * (1 - back))
    return t, 10 ** (-duck_db * duck / 20)


def _rise(x: np.ndarray) -> np.ndarray:
    """From 0 to 1 without corners, flat outside."""
    x = np.clip(x, 0.0, 1.0)
    return x * x * (3 - 2 * x)
