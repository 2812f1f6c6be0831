"""Word times of a recording: it is laid beside the same words spoken by a voice that knows its own times.

Both become rows of cepstra and of how these change, 100 a second; dynamic time warping (Sakoe & Chiba 1978) finds the
cheapest way to walk through both at once, and each word's start and end go along that way.  Whether the two say the
same at all is told by the cost beside that of the recording played backwards, which has the same sounds in the wrong
order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from tapehead.render.words.voice.speech import WordTime

RATE_HZ = 16000
HOP_S = 0.01
_WINDOW, _BANDS, _CEPSTRA = 400, 26, 13
_LOWEST_HZ, _HIGHEST_HZ = 80.0, 7000.0
_SAME_WORDS = 0.95
"""Of seven natural lines laid beside espeak's, the right words were at 0.76 to 0.94, another line's at 0.94 to 0.98: a
right one that is refused loses its times, while a wrong one has none to lose."""
_SHORTEST_S = 0.05
_LOUDNESS, _MOVEMENT, _REACH = 3.0, 0.6, 3
_FLOOR_DB = 50.0
"""What is that much below the loudest counts as silence, whatever noise it is."""


def aligned(
    reference: np.ndarray, times: Sequence[WordTime], recording: np.ndarray, limit: float = _SAME_WORDS
) -> list[WordTime] | None:
    """The words' times in ``recording``, from those in ``reference``; both mono at 16 kHz.

    ``None`` if the two do not say the same: the warped distance is not below ``limit`` times that to the recording
    backwards.
    """
    import numpy as np

    if min(len(reference), len(recording)) < _SHORTEST_S * RATE_HZ:
        return None
    first, second = features(reference), features(recording)
    path, cost = warp(first, second)
    if not cost < limit * warp(first, second[::-1])[1]:
        return None
    # Where several frames of one lie on one of the other, the middle of them is meant.
    own = np.arange(len(first))
    there = np.array([path[path[:, 0] == at, 1].mean() for at in own])
    length = len(recording) / RATE_HZ

    def moved(at: float) -> float:
        return float(np.clip(np.interp(at / HOP_S, own, there) * HOP_S, 0.0, length))

    made, now = list[tuple[int, int, float, float]](), 0.0
    for word, count, start, end in times:
        begins = max(now, moved(start))
        now = max(begins, moved(end))
        made.append((word, count, begins, now))
    return made


def warp(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, float]:
    """The cheapest walk through two sequences [frames, features]: its steps [steps, 2], and its cost for each step.

    Each step goes on by one frame in one of them or in both; it costs the distance of the two frames.
    """
    import numpy as np
    from scipy.spatial.distance import cdist

    costs = cdist(first, second)
    rows, columns = costs.shape
    total = np.full((rows + 1, columns + 1), np.inf)
    total[0, 0] = 0.0
    # All cells of an anti-diagonal hang on the two before it alone, so each is one step of numpy's.
    for diagonal in range(rows + columns - 1):
        i = np.arange(max(0, diagonal - columns + 1), min(rows, diagonal + 1))
        j = diagonal - i
        before = np.minimum(np.minimum(total[i, j + 1], total[i + 1, j]), total[i, j])
        total[i + 1, j + 1] = costs[i, j] + before
    path, i, j = [(rows - 1, columns - 1)], rows, columns
    while (i, j) != (1, 1):
        steps = ((total[i - 1, j - 1], i - 1, j - 1), (total[i - 1, j], i - 1, j), (total[i, j - 1], i, j - 1))
        _, i, j = min(steps)
        path.append((i - 1, j - 1))
    return np.array(path[::-1]), float(total[rows, columns]) / len(path)


def cepstra(samples: np.ndarray) -> np.ndarray:
    """Mel cepstra [frames, 13] of sound at 16 kHz, 100 frames a second, each coefficient of spread 1 over the whole."""
    import numpy as np
    from scipy.fft import dct

    hop = round(HOP_S * RATE_HZ)
    padded = np.pad(np.asarray(samples, float), (_WINDOW // 2, _WINDOW))
    count = len(samples) // hop
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::hop][:count]
    power = np.abs(np.fft.rfft(frames * np.hanning(_WINDOW), 512)) ** 2
    bands = power @ _mel_filters().T
    level = 10 * np.log10(bands + 1e-12)
    level = np.maximum(level, level.max(initial=-120.0) - _FLOOR_DB)
    made = dct(level, axis=1, norm="ortho")[:, :_CEPSTRA]
    return (made - made.mean(axis=0)) / (made.std(axis=0) + 1e-6)


def features(samples: np.ndarray) -> np.ndarray:
    """What is compared [frames, 26]: cepstra, the first of them (loudness) weighing more, and how each moves in 60 ms.

    Without the movement, two voices whose spectra differ look alike in their steady parts and nowhere else; without
    the weight, a pause may lie beside speech.  Both were chosen among six on the words of `tests/render/hand_cuts.toml`
    (median error 20 ms before, 12 ms with them), and tried on other lines.
    """
    import numpy as np

    made = cepstra(samples)
    made[:, 0] *= _LOUDNESS
    padded = np.pad(made, ((_REACH, _REACH), (0, 0)), mode="edge")
    moves = padded[2 * _REACH :] - padded[: -2 * _REACH]
    return np.hstack([made, _MOVEMENT * moves / (moves.std(axis=0) + 1e-6)])


def _mel_filters() -> np.ndarray:
    """Triangles [26, 257] evenly spaced in mel between 80 Hz and 7 kHz."""
    import numpy as np

    def mel(hz: np.ndarray | float) -> np.ndarray:
        return 2595 * np.log10(1 + np.asarray(hz) / 700)

    edges = 700 * (10 ** (np.linspace(mel(_LOWEST_HZ), mel(_HIGHEST_HZ), _BANDS + 2) / 2595) - 1)
    hz = np.fft.rfftfreq(512, 1 / RATE_HZ)
    rising = (hz - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - hz) / (edges[2:] - edges[1:-1])[:, None]
    return np.clip(np.minimum(rising, falling), 0.0, None)
