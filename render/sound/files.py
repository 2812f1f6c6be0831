"""Sounds from files of others, in any form that FFmpeg reads, as samples of a film."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tapehead.analysis.errors import ResultError
from tapehead.render.sound.mastering import RATE_HZ

LONGEST_S = 4 * 3600


def decoded(path: Path) -> np.ndarray:
    """All of a file's first sound, float32 at 48 kHz, shape (samples, 2), from -1 to 1.

    Raises:
        ResultError: it is no sound, has none in it, or is longer than four hours.
    """
    import av

    parts: list[np.ndarray] = []
    length = 0
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise ResultError(f"{path} holds no sound")
            # One channel stays one and is doubled below: brought to two by FFmpeg it would lose 3 dB.
            layout = "mono" if container.streams.audio[0].codec_context.channels == 1 else "stereo"
            resampler = av.AudioResampler(format="fltp", layout=layout, rate=RATE_HZ)
            for frame in container.decode(audio=0):
                frame.pts = None  # a gap in it is no gap in the film
                parts += [each.to_ndarray() for each in resampler.resample(frame)]
                length += parts[-1].shape[1] if parts else 0
                if length > LONGEST_S * RATE_HZ:
                    raise ResultError(f"{path} is longer than {LONGEST_S // 3600} hours")
            parts += [each.to_ndarray() for each in resampler.resample(None)]
    except (OSError, av.FFmpegError) as error:
        raise ResultError(f"the sound {path} cannot be read: {error}") from error
    if not parts:
        raise ResultError(f"{path} holds no sound")
    sound = np.concatenate(parts, axis=1).T
    return np.ascontiguousarray(np.broadcast_to(sound, (len(sound), 2)), np.float32)
