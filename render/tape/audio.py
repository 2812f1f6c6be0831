"""The tape's sound: a linear track at the tape's edge, or the Hi-Fi track under the picture.

Any stretch of sound can be treated by itself: filters have finite reach, noise is a hash of the sample's number, and
slow changes are functions of time.  Arrays are ``(samples, channels)`` of float32 at 48 kHz.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapehead.render.tape.noise import BELL_SD, GOLDEN, bell, key, mix, uniform
from tapehead.render.tape.settings import Settings
from tapehead.render.tape.speed import displacement
from tapehead.render.tape.systems import SYSTEMS

Sound = NDArray[np.float32]

RATE_HZ = 48000
BLOCK = 10 * RATE_HZ
"""Sound is treated in blocks of this size, from the start of the film, whatever a caller asks for."""

_TAPS = 4801
_AGC_TARGET = 10 ** (-18 / 20)
_AGC_REACH = RATE_HZ  # its release is 0.5 s: after twice that nothing is left
_WARP_REACH = RATE_HZ // 4
_MARGIN = _TAPS + _WARP_REACH + 8
_SLOT_S = 0.25

_BANDS = {("linear", "SP"): (100.0, 10_000.0), ("linear", "LP"): (100.0, 7_000.0), ("linear", "EP"): (100.0, 4_000.0)}
_HIFI_BAND = (20.0, 20_000.0)
_HISS_DB = {"linear": -42.0, "hifi": -70.0}


def band(settings: Settings) -> tuple[float, float]:
    """The track's lower and upper -3 dB frequencies in Hz."""
    track = settings["audio.track"]
    low, high = _HIFI_BAND if track == "hifi" else _BANDS[track, settings["speed"]]
    chosen = settings["audio.low"], settings["audio.high"]
    return chosen[0] or low, chosen[1] or high


def hiss_db(settings: Settings) -> float:
    """The hiss of one generation, dBFS rms."""
    chosen = settings["audio.hiss"]
    return float(chosen if chosen is not None else _HISS_DB[settings["audio.track"]])


@functools.lru_cache(maxsize=16)
def band_filter(low: float, high: float) -> NDArray[np.floating[Any]]:
    """Taps of the band, without delay: three poles below, six above."""
    grid = 1 << 14
    f = np.fft.rfftfreq(grid, 1 / RATE_HZ)
    below = 1 / np.sqrt(1 + (low / np.maximum(f, 1e-3)) ** 6)
    above = 1 / np.sqrt(1 + (f / high) ** 12) if high < 20_000 else np.where(f <= high * 1.05, 1.0, 0.0)
    taps = np.fft.fftshift(np.fft.irfft(below * above, grid))
    middle = grid // 2
    cut = taps[middle - _TAPS // 2 : middle + _TAPS // 2 + 1] * np.hanning(_TAPS + 2)[1:-1]
    return np.asarray(cut)


def _filtered(sound: NDArray[Any], taps: NDArray[Any]) -> NDArray[Any]:
    from scipy.signal import oaconvolve

    return np.asarray(oaconvolve(sound, taps[:, None], mode="same", axes=0))


def _white(seed: int, effect: str, first: int, count: int, channels: int) -> NDArray[Any]:
    """White noise of rms 1; sample ``n`` of a channel is the same whatever is asked for around it."""
    made = np.empty((count, channels))
    for channel in range(channels):
        word = int(key(seed, effect, channel))
        places = (np.arange(first, first + count, dtype=np.int64) & 0xFFFFFFFF).astype(np.uint32)
        made[:, channel] = bell(mix(np.uint32(word) ^ (places * np.uint32(GOLDEN)))) / BELL_SD
    return made


def _automatic_gain(sound: NDArray[Any], most_db: float) -> NDArray[Any]:
    """Raise quiet parts: the level is a mean over what came before, falling off within half a second."""
    from scipy.signal import oaconvolve

    n = np.arange(_AGC_REACH)
    fall = np.exp(-n / (0.5 * RATE_HZ))
    power = np.mean(sound**2, axis=1)
    level = np.sqrt(np.maximum(oaconvolve(power, fall / fall.sum())[: len(power)], 1e-12))
    gain = np.clip(_AGC_TARGET / level, 1.0, 10 ** (most_db / 20))
    return sound * gain[:, None]


def _saturated(sound: NDArray[Any], drive_db: float) -> NDArray[Any]:
    drive = 10 ** (drive_db / 20)
    return np.tanh(sound * drive) / drive


def _warped(sound: NDArray[Any], first: int, seconds: Callable[[NDArray[Any]], NDArray[Any]]) -> NDArray[Any]:
    """Read the sound at times moved by ``seconds(t)``; the displacement is smooth, so one point in 64 is worked out."""
    count = len(sound)
    points = np.arange(0, count + 64, 64)
    moved = np.interp(np.arange(count), points, seconds((first + points) / RATE_HZ) * RATE_HZ)
    at = np.clip(np.arange(count) + moved, 3, count - 5)
    base = np.floor(at).astype(np.int64)
    part = at - base
    out = np.zeros_like(sound)
    offsets = np.arange(-3, 5)
    for offset in offsets:  # eight-point windowed sinc
        d = part - offset
        weight = np.sinc(d) * np.cos(np.pi * d / 9) ** 2
        out += weight[:, None] * sound[base + offset]
    return out


def _dips(settings: Settings, seed: int, effect: str, first: int, count: int) -> NDArray[Any]:
    """Gain of dropouts: short dips, on average one in four seconds for each dropout per frame of picture."""
    gain = np.ones(count)
    rate = settings["drop.rate"] / 4
    if rate <= 0:
        return gain
    t = (first + np.arange(count)) / RATE_HZ
    slots = np.arange(int(np.floor(t[0] / _SLOT_S)) - 1, int(np.floor(t[-1] / _SLOT_S)) + 1)
    happens = uniform(key(seed, effect + "/dip", slots)) < min(1.0, rate * _SLOT_S)
    for slot in slots[happens]:
        begin = (slot + float(uniform(key(seed, effect + "/dip at", slot)))) * _SLOT_S
        length = 0.004 + 0.02 * float(uniform(key(seed, effect + "/dip length", slot)))
        depth = 1 - 10 ** (-(6 + 14 * float(uniform(key(seed, effect + "/dip depth", slot)))) / 20)
        near = (t > begin) & (t < begin + length)
        gain[near] *= 1 - depth * np.sin(np.pi * (t[near] - begin) / length) ** 0.5
    return gain


def _machine(settings: Settings, first: int, count: int) -> NDArray[Any]:
    """Gain of what the machine does: nothing is heard in a pause; sound comes and goes with the tape's speed."""
    t = (first + np.arange(count)) / RATE_HZ
    gain = np.ones(count)
    if settings["pause.at"] is not None:
        begin, end = settings["pause.at"]
        gain *= 1 - np.clip((t - begin) / 0.02, 0, 1) * np.clip((end - t) / 0.02, 0, 1)
    for kind, begin, end in settings["transport"]:
        phase = np.clip((t - begin) / (end - begin), 0, 1)
        inside = (t >= begin) & (t < end)
        if kind == "eaten":
            gain *= 1 - 0.6 * np.sin(np.pi * phase) ** 2
        else:
            weak = 1 - phase if kind == "start" else phase
            gain = np.where(inside, gain * np.clip(1.5 - 1.5 * weak, 0, 1), gain)
    return gain


def _generation(sound: NDArray[Any], first: int, settings: Settings, seed: int, number: int) -> NDArray[Any]:
    effect, last = f"sound {number}", number == settings["generations"] - 1
    channels = sound.shape[1]
    if settings["audio.agc"] > 0:
        sound = _automatic_gain(sound, settings["audio.agc"])
    if settings["audio.saturation"] > 0:
        sound = _saturated(sound, settings["audio.saturation"])
    taps = band_filter(*band(settings))
    hiss = _white(seed, effect, first, len(sound), channels)
    loud = 10 ** (hiss_db(settings) / 20) / np.sqrt(np.sum(taps**2))
    sound = _filtered(sound + loud * hiss, taps)
    if settings["audio.wow_flutter"] > 0 or settings["transport"]:
        sound = _warped(sound, first, lambda t: displacement(settings, seed, f"pass {number}", t, last))
    gain = _dips(settings, seed, effect, first, len(sound))
    if last:
        gain = gain * _machine(settings, first, len(sound))
    sound = sound * gain[:, None]
    if last and settings["audio.buzz"] is not None:
        sound = sound + _buzz(settings, first, len(sound))[:, None]
    return sound


def _buzz(settings: Settings, first: int, count: int) -> NDArray[Any]:
    """The line frequency's whistle and the field rate's hum, together at the level that is set."""
    system = SYSTEMS[settings["system"]]
    t = (first + np.arange(count)) / RATE_HZ
    field = 1e6 / system.line_us / system.total_lines * 2
    hum = sum(np.sin(2 * np.pi * field * k * t) / k for k in (1, 2, 3))
    whistle = np.sin(2 * np.pi * (1e6 / system.line_us) * t)
    amplitude = 10 ** (settings["audio.buzz"] / 20)
    return amplitude * (0.75 * hum + 0.6 * whistle) / np.sqrt((0.75**2 * (1 + 1 / 4 + 1 / 9) + 0.6**2) / 2)


Read = Callable[[int, int], Sound]
"""``read(first, count)`` gives sound, silence before its start and after its end."""


def treat(read: Read, channels: int, first: int, count: int, settings: Settings, seed: int) -> Sound:
    """Samples ``first`` to ``first + count`` of the treated sound.

    The linear track is mono: all channels hold the same.
    """
    made = [
        _block(read, channels, number, settings, seed)
        for number in range(first // BLOCK, (first + count - 1) // BLOCK + 1)
    ]
    whole = np.concatenate(made) if made else np.zeros((0, channels), np.float32)
    start = first - first // BLOCK * BLOCK
    return whole[start : start + count]


def _block(read: Read, channels: int, number: int, settings: Settings, seed: int) -> Sound:
    margin = (_MARGIN + (_AGC_REACH if settings["audio.agc"] > 0 else 0)) * settings["generations"]
    first = number * BLOCK - margin
    sound = read(first, BLOCK + 2 * margin).astype(np.float64)
    if settings["audio.track"] == "linear":
        sound = sound.mean(axis=1, keepdims=True)
    for generation in range(settings["generations"]):
        sound = _generation(sound, first, settings, seed, generation)
    sound = np.clip(sound[margin : margin + BLOCK], -1.0, 1.0)
    return np.ascontiguousarray(np.broadcast_to(sound, (BLOCK, channels)) if sound.shape[1] == 1 else sound, np.float32)


def reader(sound: Sound) -> Read:
    """A :data:`Read` of sound that lies in memory."""

    def read(first: int, count: int) -> Sound:
        out = np.zeros((count, sound.shape[1]), np.float32)
        low, high = max(0, first), min(len(sound), first + count)
        if high > low:
            out[low - first : high - first] = sound[low:high]
        return out

    return read


@dataclass(frozen=True)
class VhsSound:
    """The sound of a VHS tape as it is set."""

    settings: Settings

    def identity(self) -> dict[str, Any]:
        """The settings; the code is in the key of whatever is treated."""
        return {"settings": self.settings.digest()}

    def treat(self, read: Read, channels: int, first: int, count: int, seed: int) -> Sound:
        """See :func:`treat`."""
        return treat(read, channels, first, count, self.settings, seed)
