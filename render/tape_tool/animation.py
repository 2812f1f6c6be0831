"""Animated WebP, which FFmpeg does not decode: read by way of Pillow, as frames like any other."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from av.video.frame import VideoFrame

from tapehead.analysis.errors import UsageError

_SHORTEST_MS = 11
"""A picture that is shown for less is shown for 100 ms, as in browsers."""


@functools.lru_cache(maxsize=16)
def is_animation(path: Path) -> bool:
    """Whether a file is an animated WebP, by its first bytes (RFC 9649: the flag in the VP8X chunk)."""
    try:
        with path.open("rb") as file:
            head = file.read(21)
    except OSError:
        return False
    return len(head) == 21 and head[:4] == b"RIFF" and head[8:16] == b"WEBPVP8X" and bool(head[20] & 2)


def look(path: Path) -> tuple[int, int, tuple[int, ...], int]:
    """Width, height, when each picture begins and when the last one ends, in milliseconds.

    Raises:
        UsageError: it cannot be read.
    """
    times, now = [], 0
    size = (0, 0)
    for picture, duration in _pictures(path):
        size = picture.size
        times.append(now)
        now += duration
    if not times:
        raise UsageError(f"{path} holds no picture that can be decoded")
    return *size, tuple(times), now


def frames(path: Path) -> Iterator[Any]:
    """Its pictures as RGBA frames, stamped in milliseconds."""
    now = 0
    for picture, duration in _pictures(path):
        frame = VideoFrame.from_ndarray(np.asarray(picture.convert("RGBA")), format="rgba")
        frame.pts, frame.time_base = now, Fraction(1, 1000)
        now += duration
        yield frame


def _pictures(path: Path) -> Iterator[tuple[Any, int]]:
    from PIL import Image, ImageSequence, UnidentifiedImageError

    try:
        with Image.open(path) as opened:
            for picture in ImageSequence.Iterator(opened):
                picture.load()
                duration = int(picture.info.get("duration", 0))
                yield picture, duration if duration >= _SHORTEST_MS else 100
    except (OSError, EOFError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise UsageError(f"{path} cannot be read as an animation: {error}") from error
