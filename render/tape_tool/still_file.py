"""Pictures by themselves: read upright, at their own depth, and written whole."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapehead.analysis.errors import UsageError
from tapehead.analysis.store import part_beside
from tapehead.render.encoding.container import writing

Frame = NDArray[np.uint8]

ENDINGS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".bmp": "BMP", ".tiff": "TIFF"}
"""What pictures are written as."""
KEEPING_ALPHA = (".png", ".webp", ".tiff")
_BITS_PER_SAMPLE, _SAMPLE_FORMAT = 258, 339
"""TIFF tags (TIFF 6.0, sections 8 and 19)."""
_SIGNED = 2


def read_picture(source: Path) -> Frame:
    """A picture ``(height, width, 3)``, or 4 where some of it is transparent; of an animation the first.

    Raises:
        UsageError: there is no such file, or it is no picture that can be read.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        if not source.is_file():
            raise UsageError(f"there is no file {source}")
        with Image.open(source) as opened:
            return _levels(opened)
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UsageError(f"{source} cannot be read as a picture: {error}") from error


def _levels(picture: Any) -> Frame:
    from PIL import ImageOps

    white = _white(picture)
    picture = ImageOps.exif_transpose(picture)
    if white is not None:
        black, top = white
        found = np.asarray(picture)
        if found.dtype == np.int32 and black == 0:  # Pillow has no unsigned type of that size
            found = found.view(np.uint32)
        values = (found.astype(np.float64) - black) / (top - black)
        grey = np.floor(np.clip(np.nan_to_num(values), 0, 1) * 255 + 0.5).astype(np.uint8)
        return np.repeat(grey[..., None], 3, axis=2)
    if "A" in picture.getbands() or "a" in picture.getbands() or "transparency" in picture.info:
        made = np.asarray(picture.convert("RGBA"))
        return np.where(made[..., 3:] > 0, made, 0) if made[..., 3].min() < 255 else made[..., :3]
    return np.asarray(picture.convert("RGB"))


def _white(picture: Any) -> tuple[float, float] | None:
    """Values of black and white in a grey picture of more than eight bits, as the file says; ``None`` for others."""
    if picture.mode == "F":
        return 0.0, 1.0
    if not picture.mode.startswith("I"):
        return None
    tags = getattr(picture, "tag_v2", None)
    if tags is None:  # PNG and PGM: Pillow brings them to sixteen bits
        return 0.0, 65535.0
    bits = int(np.atleast_1d(tags.get(_BITS_PER_SAMPLE, 16 if picture.mode != "I" else 32))[0])
    if int(np.atleast_1d(tags.get(_SAMPLE_FORMAT, 1))[0]) == _SIGNED:
        return -float(2 ** (bits - 1)), float(2 ** (bits - 1) - 1)
    return 0.0, float(2**bits - 1)


def over_black(picture: Frame) -> Frame:
    """Without transparency."""
    if picture.shape[2] == 3:
        return picture
    mixed = (picture[..., :3].astype(np.uint16) * picture[..., 3:] + 127) // 255
    return np.asarray(mixed, np.uint8)


def save_picture(picture: Frame, out: Path) -> None:
    """Write a picture, whole or not at all; its transparency where the format has any.

    Raises:
        OutputError: the place cannot be written.
    """
    from PIL import Image

    kept = picture if out.suffix.lower() in KEEPING_ALPHA else over_black(picture)
    part = part_beside(out)
    try:
        with writing(out):
            out.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.ascontiguousarray(kept)).save(part, format=ENDINGS[out.suffix.lower()])
            part.replace(out)
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
