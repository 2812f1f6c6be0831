"""Sound effects, all of them computed.  Each peaks 24 dB below full scale, soft beside the voice."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from tapehead.analysis.errors import UnknownNameError

RATE_HZ = 48000
_PEAK = 10 ** (-24 / 20)


def effect_sound(name: str, seed: int) -> np.ndarray:
    """Stereo samples at 48 kHz of shape (samples, 2); equal for equal seeds.

    Raises:
        UnknownNameError: there is no such effect.
    """
    if name not in EFFECTS:
        raise UnknownNameError("sound effect", name, EFFECTS)
    return _made(name, seed)


@lru_cache(maxsize=32)
def _made(name: str, seed: int) -> np.ndarray:
    sound = EFFECTS[name](np.random.default_rng([abs(seed), zlib.crc32(name.encode())]))
    stereo = sound if sound.ndim == 2 else np.repeat(sound[:, None], 2, axis=1)
    edge = min(len(stereo) // 4, RATE_HZ // 500)
    ramp = np.sin(np.linspace(0, np.pi / 2, edge))[:, None] ** 2
    stereo[:edge] *= ramp
    stereo[-edge:] *= ramp[::-1]
    return (stereo * (_PEAK / np.abs(stereo).max())).astype(np.float32)


def _time(seconds: float) -> np.ndarray:
    return np.arange(round(seconds * RATE_HZ)) / RATE_HZ


def _glide(hz: np.ndarray) -> np.ndarray:
    """A sine whose frequency follows ``hz``."""
    return np.sin(2 * np.pi * np.cumsum(hz) / RATE_HZ)


def _noise(rng: np.random.Generator, count: int, low_hz: float, high_hz: float) -> np.ndarray:
    from scipy.signal import butter, sosfilt

    band = butter(2, [low_hz, high_hz], "bandpass", fs=RATE_HZ, output="sos")
    return sosfilt(band, rng.standard_normal(count))


def _tick(rng: np.random.Generator) -> np.ndarray:
    t = _time(0.05)
    return np.exp(-t / 0.006) * (np.sin(2 * np.pi * 1900 * t) + 0.4 * np.sin(2 * np.pi * 3100 * t))


def _soft_pop(rng: np.random.Generator) -> np.ndarray:
    t = _time(0.22)
    return np.exp(-t / 0.05) * _glide(230 + 320 * np.exp(-t / 0.03))


def _chime(rng: np.random.Generator) -> np.ndarray:
    t = _time(1.6)
    parts = [(659.26, 1.0, 0.45), (987.77, 0.6, 0.35), (1975.5, 0.15, 0.15)]
    return (1 - np.exp(-t / 0.004)) * sum(a * np.exp(-t / fade) * np.sin(2 * np.pi * hz * t) for hz, a, fade in parts)


def _whoosh(rng: np.random.Generator) -> np.ndarray:
    """Three bands of air, one after the other, from left to right."""
    t = _time(0.8)
    share = t / t[-1]
    out = np.zeros((len(t), 2))
    for low, high, centre in ((150, 500, 0.35), (350, 1200, 0.5), (700, 2400, 0.62)):
        air = _noise(rng, len(t), low, high) * np.exp(-(((share - centre) / 0.16) ** 2))
        out += air[:, None] / np.abs(air).max() * np.sqrt(np.stack([1 - share, share], axis=1))
    return out * np.sin(np.pi * share)[:, None]


def _page(rng: np.random.Generator) -> np.ndarray:
    """Paper: a swish that rises and stops short, with a flutter."""
    t = _time(0.38)
    share = t / t[-1]
    paper = _noise(rng, len(t), 1200, 5200)
    flutter = 0.7 + 0.3 * np.sin(2 * np.pi * 38 * t)
    return paper * flutter * share**1.5 * np.clip((1 - share) / 0.12, 0, 1)


def _tape_in(rng: np.random.Generator) -> np.ndarray:
    """A clunk, and a motor that comes up to speed under a little hiss."""
    t = _time(1.1)
    speed = 1 - np.exp(-t / 0.25)
    motor = 0.35 * _glide(40 + 130 * speed) * speed
    hiss = _noise(rng, len(t), 1500, 5000)
    clunk = np.exp(-t / 0.03) * np.sin(2 * np.pi * 95 * t)
    return (clunk + motor + 0.12 * speed * hiss / np.abs(hiss).max()) * np.clip((1.1 - t) / 0.5, 0, 1)


def _tape_out(rng: np.random.Generator) -> np.ndarray:
    """The motor runs down and the key jumps up."""
    t = _time(0.9)
    speed = np.exp(-t / 0.22)
    key = np.where(t > 0.6, np.exp(-np.maximum(t - 0.6, 0) / 0.02), 0) * np.sin(2 * np.pi * 140 * t)
    return 0.5 * _glide(35 + 140 * speed) * speed + 0.6 * key


def _purr(rng: np.random.Generator) -> np.ndarray:
    t = _time(1.8)
    breath = np.sin(np.pi * t / t[-1]) ** 0.7
    beats = (0.5 + 0.5 * np.sin(2 * np.pi * 24 * t)) ** 2
    return breath * beats * _noise(rng, len(t), 70, 420)


EFFECTS: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
    "tick": _tick,
    "soft-pop": _soft_pop,
    "chime": _chime,
    "whoosh": _whoosh,
    "page": _page,
    "tape-in": _tape_in,
    "tape-out": _tape_out,
    "purr": _purr,
}
