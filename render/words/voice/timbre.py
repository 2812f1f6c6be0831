"""What is done to a voice after it spoke: trimmed edges, a warmer tone, one rate and one loudness for all lines."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

from tapehead.render.words.voice.wording import sounding

if TYPE_CHECKING:
    import numpy as np

LINE_LUFS = -23.0
_PEAK = 0.89  # 1 dB below full scale
_WARM_HZ, _WARM_DB = 210.0, 2.5
_BITE_HZ, _BITE_DB, _BITE_Q = 3300.0, -3.0, 0.8
_LOW_HZ, _HIGH_HZ = 35.0, 7200.0


def soften(samples: np.ndarray, rate: int) -> np.ndarray:
    """Warmth below, less bite at 3 kHz, hiss rolled off from 7 kHz.

    Each filter runs forwards and backwards: no sound moves in time, and each works with half its gain twice.
    """
    from scipy.signal import sosfiltfilt

    if len(samples) < rate // 50:
        return samples
    return sosfiltfilt(_tone(rate), samples.astype(float), padlen=min(len(samples) - 1, rate // 20)).astype("float32")


@cache
def _tone(rate: int) -> np.ndarray:
    import numpy as np
    from scipy.signal import butter

    return np.vstack(
        [
            butter(2, _LOW_HZ, "highpass", fs=rate, output="sos"),
            [_shelf(rate, _WARM_HZ, _WARM_DB / 2)],
            [_bell(rate, _BITE_HZ, _BITE_DB / 2, _BITE_Q)],
            butter(2, min(_HIGH_HZ, 0.45 * rate), "lowpass", fs=rate, output="sos"),
        ]
    )


def _shelf(rate: int, hz: float, gain_db: float) -> list[float]:
    """A low shelf as one second-order section."""
    a, w = 10 ** (gain_db / 40), 2 * math.pi * hz / rate
    cos, alpha = math.cos(w), math.sin(w) / math.sqrt(2)
    slope = 2 * math.sqrt(a) * alpha
    b = [a * (a + 1 - (a - 1) * cos + slope), 2 * a * (a - 1 - (a + 1) * cos), a * (a + 1 - (a - 1) * cos - slope)]
    under = [a + 1 + (a - 1) * cos + slope, -2 * (a - 1 + (a + 1) * cos), a + 1 + (a - 1) * cos - slope]
    return [value / under[0] for value in b + under]


def _bell(rate: int, hz: float, gain_db: float, q: float) -> list[float]:
    """A peak or dip as one second-order section."""
    a, w = 10 ** (gain_db / 40), 2 * math.pi * hz / rate
    cos, alpha = math.cos(w), math.sin(w) / (2 * q)
    under = [1 + alpha / a, -2 * cos, 1 - alpha / a]
    return [value / under[0] for value in [1 + alpha * a, -2 * cos, 1 - alpha * a, *under]]


def trimmed(samples: np.ndarray, rate: int, edge_s: float) -> tuple[np.ndarray, float]:
    """Cut or fill the silence at both ends to ``edge_s`` seconds, with a fade; also returns seconds cut in front.

    The second value is negative where silence was added.
    """
    import numpy as np

    start, end = (round(at * rate) for at in sounding(samples, rate))
    edge = round(edge_s * rate)
    padded = np.pad(samples, edge)
    kept = padded[start : end + 2 * edge].copy()
    ramp = np.sin(np.linspace(0, math.pi / 2, max(1, edge // 2))) ** 2
    kept[: len(ramp)] *= ramp
    kept[len(kept) - len(ramp) :] *= ramp[::-1]
    return kept.astype(np.float32), (start - edge) / rate


def resampled(samples: np.ndarray, rate: int, wanted: int) -> np.ndarray:
    """Change the rate with a long linear-phase filter; what lies above the lower band edge is down by 90 dB."""
    from scipy.signal import firwin, resample_poly

    if rate == wanted or not len(samples):
        return samples
    divisor = math.gcd(rate, wanted)
    up, down = wanted // divisor, rate // divisor
    widest = max(up, down)
    taps: Any = firwin(2 * 40 * widest + 1, 0.95 / widest, window=("kaiser", 9.0))
    return resample_poly(samples.astype(float), up, down, window=taps).astype("float32")


def pitched(samples: np.ndarray, semitones: float) -> np.ndarray:
    """Raise or lower the voice by playing it faster or slower, as a tape would; its length changes with it."""
    from fractions import Fraction

    if not semitones:
        return samples
    ratio = Fraction(2 ** (semitones / 12)).limit_denominator(100)
    return resampled(samples, ratio.numerator, ratio.denominator)


def leveled(samples: np.ndarray, rate: int) -> np.ndarray:
    """Bring a line to -23 LUFS (the measure of a whole film, gated, on this line alone); silence stays silence."""
    import numpy as np

    loud = line_loudness(samples, rate)
    if loud is None:
        return samples
    out = samples * 10 ** ((LINE_LUFS - loud) / 20)
    peak = float(np.abs(out).max())
    return (out if peak <= _PEAK else out * (_PEAK / peak)).astype(np.float32)


def line_loudness(samples: np.ndarray, rate: int) -> float | None:
    """Loudness in LUFS of mono sound at 48 kHz; ``None`` for silence."""
    import numpy as np

    from tapehead.render.loudness import RATE_HZ, Weighting, integrated

    if rate != RATE_HZ:
        raise ValueError(f"loudness is measured at {RATE_HZ} Hz, not {rate}")
    step = rate // 10
    # A line shorter than a gating block counts as one; the last tenth of a second is filled up.
    padded = np.pad(samples.astype(float), (0, max(-len(samples) % step, 4 * step - len(samples))))
    weighted = Weighting(1).weigh(padded[:, None])
    return integrated((weighted.reshape(-1, step) ** 2).sum(axis=1), step)
