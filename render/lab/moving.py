"""Pictures of a walk as files: single ones, sheets, a GIF and an MP4 that walk there and back."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import numpy as np

from tapehead.analysis.store import write_atomically

RATE = 8
"""Places a second."""
SMALLEST = 192
"""Side of a picture in a GIF or MP4, at least: those of small models are enlarged without smoothing."""
GAP = 4
"""Between pictures, in enlarged pixels."""


def rows_of(pictures: np.ndarray) -> np.ndarray:
    """Bytes (…, channel, row, column) as (…, row, column, 3)."""
    moved = np.moveaxis(pictures, -3, -1)
    return np.repeat(moved, 3, -1) if moved.shape[-1] == 1 else moved[..., :3]


def enlarged(pictures: np.ndarray, least: int = SMALLEST) -> np.ndarray:
    """(…, row, column, 3) so many whole times larger that a side has at least ``least`` pixels."""
    factor = max(1, -(-least // pictures.shape[-3]))
    return pictures.repeat(factor, -3).repeat(factor, -2)


def sheet(pictures: np.ndarray) -> np.ndarray:
    """Pictures (down, across, row, column, 3) as one, with white between them."""
    down, across, height, width, _ = pictures.shape
    found = np.full((down * (height + GAP) - GAP, across * (width + GAP) - GAP, 3), 255, np.uint8)
    for i in range(down):
        for j in range(across):
            top, left = i * (height + GAP), j * (width + GAP)
            found[top : top + height, left : left + width] = pictures[i, j]
    return found


def there_and_back(frames: np.ndarray) -> np.ndarray:
    """A walk that begins in the middle, goes to one end, to the other and back: it can be repeated without a jump."""
    middle = len(frames) // 2
    order = [*range(middle, len(frames)), *range(len(frames) - 2, -1, -1), *range(1, middle)]
    return frames[order]


def write_png(path: Path, picture: np.ndarray) -> Path:
    """One picture (row, column, 3)."""
    from PIL import Image

    data = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture)).save(data, "PNG", optimize=True)
    write_atomically(path, data.getvalue())
    return path


def write_gif(path: Path, frames: np.ndarray) -> Path:
    """Frames (n, row, column, 3), repeated for ever."""
    from PIL import Image

    data = io.BytesIO()
    first, *rest = (Image.fromarray(np.ascontiguousarray(frame)) for frame in frames)
    first.save(data, "GIF", save_all=True, append_images=rest, duration=1000 // RATE, loop=0)
    write_atomically(path, data.getvalue())
    return path


def write_mp4(path: Path, frames: np.ndarray) -> Path:
    """Frames (n, row, column, 3) as H.264 with every player's pixel format."""
    import av

    height, width = (side - side % 2 for side in frames.shape[1:3])
    data = io.BytesIO()
    with av.open(data, "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libx264", rate=Fraction(RATE), options={"crf": "16", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.gop_size = RATE
        for frame in frames:
            shown = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame[:height, :width]), format="rgb24")
            container.mux(stream.encode(shown))
        container.mux(stream.encode())
    write_atomically(path, data.getvalue())
    return path
