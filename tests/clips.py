"""Films of grey pictures for tests of own footage."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np


def grey_film(path: Path, levels: list[int], rate: int = 10, sound: bool = False) -> Path:
    """A film of 64 × 48 whose n-th picture is grey of ``levels[n]``; with a tone of 440 Hz if asked for."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.gop_size = 20
        voice = out.add_stream("pcm_s16le", rate=48000) if sound else None
        if voice:
            voice.codec_context.layout = "mono"
        for number, level in enumerate(levels):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), level, np.uint8), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, rate)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        if voice:
            count = 48000 * len(levels) // rate
            tone = (0.5 * np.sin(2 * np.pi * 440 * np.arange(count) / 48000) * 32767).astype("<i2")[None]
            part = av.AudioFrame.from_ndarray(np.ascontiguousarray(tone), "s16", "mono")
            part.sample_rate, part.pts, part.time_base = 48000, 0, Fraction(1, 48000)
            out.mux(voice.encode(part))
            out.mux(voice.encode(None))
    return path
