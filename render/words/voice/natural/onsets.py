"""When each word sounds: from the frames that the model gave its phonemes, and from the sound where that knows better.

Kokoro gives the space before a word to the word: its sound begins with the space's first frame (found by comparing
502 words with a recogniser's alignment, from which this boundary differs by 10 ms beside a constant, and the first
phoneme's frame by 20).  After a pause the frame may still be silent; there the word starts when it is heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tapehead.render.words.voice.natural.phonemes import Utterance

if TYPE_CHECKING:
    import numpy as np

_HOP_S = 0.005
_BELOW_DB = 26.0
_LOOK_S = 0.15
_PEAK_S = 0.3


def word_times(
    utterance: Utterance, edges: np.ndarray, samples: np.ndarray, rate: int
) -> list[tuple[int, int, float, float]]:
    """First character, number of characters, start and end in seconds of each word, never overlapping.

    ``edges[i]`` is the sample where phoneme ``i`` starts; the last one is the end of all.
    """
    levels = energy_db(samples, rate)
    times = list[tuple[int, int, float, float]]()
    for index, (first, count, start, end) in enumerate(utterance.words):
        begins = float(edges[max(0, start - 1)]) / rate if index else float(edges[start]) / rate - _LOOK_S
        ends = float(edges[end]) / rate
        begins = heard_from(levels, begins, min(begins + (_LOOK_S if index else 2 * _LOOK_S), ends))
        begins = max(begins, times[-1][3] if times else 0.0)
        # Before a pause the last phoneme's frames hold the silence after it too.
        times.append((first, count, begins, max(heard_until(levels, begins, ends), begins)))
    return times


def with_rests(
    samples: np.ndarray, rate: int, times: list[tuple[int, int, float, float]], after: Sequence[int], rest_s: float
) -> tuple[np.ndarray, list[tuple[int, int, float, float]]]:
    """Silence of ``rest_s`` put in after the words of the given indices, where it is quietest before the next word."""
    import numpy as np

    levels, rest = energy_db(samples, rate), np.zeros(round(rest_s * rate), samples.dtype)
    parts, at, moved, late = list[np.ndarray](), 0, list[tuple[int, int, float, float]](), 0.0
    for index, (first, count, start, end) in enumerate(times):
        moved.append((first, count, start + late, end + late))
        if index not in after or index + 1 == len(times):
            continue
        low, high = round(end / _HOP_S), max(round(times[index + 1][2] / _HOP_S), round(end / _HOP_S) + 1)
        gap = levels[low:high]
        place = round((low + (int(gap.argmin()) if len(gap) else 0) + 1) * _HOP_S * rate)
        # Never inside the words on either side.
        place = min(max(place, round(end * rate)), round(times[index + 1][2] * rate))
        parts += [samples[at:place], rest]
        at, late = place, late + len(rest) / rate
    return np.concatenate([*parts, samples[at:]]), moved


def energy_db(samples: np.ndarray, rate: int) -> np.ndarray:
    """Level in dB of every 5 ms, in windows of 10 ms."""
    import numpy as np

    hop = round(_HOP_S * rate)
    padded = np.concatenate([np.asarray(samples, float) ** 2, np.zeros(2 * hop)])
    steps = padded[: len(padded) // hop * hop].reshape(-1, hop).sum(axis=1)
    return 10 * np.log10((steps[:-1] + steps[1:]) / (2 * hop) + 1e-12)


def heard_from(levels: np.ndarray, start: float, until: float) -> float:
    """The first moment from ``start`` on at which the sound comes within 26 dB of the word's loudest.

    ``start`` itself where it sounds already, or where nothing is heard before ``until``.
    """
    first, last = (min(max(0, round(at / _HOP_S)), len(levels)) for at in (start, until))
    after = levels[first : last + round(_PEAK_S / _HOP_S)]
    if not len(after) or first >= last:
        return max(0.0, start)
    loud = after >= after.max() - _BELOW_DB
    at = int(loud.argmax())
    # The window that is loud first reaches over its middle; the sound is in its second half.
    return max(0.0, start) if at == 0 or first + at > last else (first + at + 1) * _HOP_S


def heard_until(levels: np.ndarray, start: float, end: float) -> float:
    """The last moment before ``end`` at which the sound is within 26 dB of the word's loudest."""
    first, last = (min(max(0, round(at / _HOP_S)), len(levels)) for at in (start, end))
    inside = levels[first:last]
    if not len(inside):
        return end
    loud = (inside >= inside.max() - _BELOW_DB).nonzero()[0]
    return min(end, (first + int(loud[-1]) + 2) * _HOP_S)
