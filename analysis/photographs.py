"""Pictures as people have them: of any size and mode, brought to a model's square, and how that was done.

A picture is turned as its EXIF orientation says, laid on white where it is transparent, cut to its middle square and
resized.  What was done is told in words, since a face that was cut off is no finding.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tapehead.analysis.errors import UsageError, cause_of
from tapehead.analysis.outside_files import read_bytes
from tapehead.analysis.store import digest_of

if TYPE_CHECKING:
    from torch import Tensor

MOST_BYTES = 256 * 2**20
MOST_PIXELS = 200_000_000
"""Larger than any camera's; a small file can claim to hold more than memory does."""


@dataclass(frozen=True, eq=False)
class Photograph:
    """A picture (3, size, size) in [0, 1], what was done to it in words, and what changes with any of its pixels."""

    pixels: Tensor
    told: str
    digest: str
    frame: tuple[int, int]
    """Width and height that it had, as it is looked at."""


def opened(path: Path) -> tuple[Any, list[str]]:
    """The first frame of a file, turned upright, and what there is to tell about it."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        data = read_bytes(path, MOST_BYTES)
    except FileNotFoundError:
        raise UsageError(f"there is no picture {path}") from None
    except OSError as error:
        raise UsageError(f"the picture cannot be read: {cause_of(error)}") from None
    told = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(data))
            if image.width * image.height > MOST_PIXELS:
                raise UsageError(
                    f"{path} claims to have {image.width} x {image.height} pixels; at most {MOST_PIXELS} are read. "
                    "Make it smaller first: the model sees a fraction of them"
                )
            frames = int(getattr(image, "n_frames", 1))
            if frames > 1:
                told.append(f"the first of {frames} frames")
                image.seek(0)
            image.load()
            upright = ImageOps.exif_transpose(image) or image
    except UsageError:
        raise
    except Exception as error:  # whatever its decoders make of a damaged file
        what = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        if isinstance(error, UnidentifiedImageError):  # whose words are of a stream at an address in memory
            what = "empty" if not data else "of no format that is known"
        raise UsageError(f"{path} is no picture that can be read ({what}); give a PNG, JPEG, WebP or TIFF") from None
    if image.getexif().get(0x0112, 1) not in (0, 1):
        told.append("turned as its EXIF says")
    return upright, told


def coloured(image: Any, told: list[str], ground: str = "white") -> Any:
    """As RGB, eight bits a channel, on a ground where it is transparent."""
    import numpy as np
    from PIL import Image

    if image.mode in ("I", "F") or image.mode.startswith("I;"):
        values = np.nan_to_num(np.asarray(image, dtype=np.float64))
        # 16 bits if they are used, else 0 to 255 as it is; floats of 0 to 1 are stretched.
        top = 65535.0 if values.max() > 255 else 255.0 if values.max() > 1 or image.mode != "F" else 1.0
        told.append(f"grey of 0 to {top:.0f} brought to 0 to 255")
        image = Image.fromarray(np.clip(values / top * 255, 0, 255).round().astype(np.uint8))
    if "A" in image.getbands() or "transparency" in image.info:
        over = image.convert("RGBA")
        if over.getextrema()[3][0] < 255:
            told.append(f"laid on {ground} where it is transparent")
        image = Image.alpha_composite(Image.new("RGBA", over.size, ground), over)
    elif image.mode not in ("RGB", "L", "P", "1"):
        told.append(f"{image.mode} turned into RGB")
    return image.convert("RGB")


def middle(image: Any, told: list[str]) -> Any:
    """The middle square of a picture."""
    side = min(image.size)
    if image.width != image.height:
        told.append(f"its middle {side} x {side}")
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))


def read_photograph(path: Path, size: int) -> Photograph:
    """A picture file for a model that sees ``size`` x ``size`` pixels.

    Raises:
        UsageError: it is not there, is no picture, or is too large to be read.
    """
    import numpy as np
    import torch
    from PIL import Image

    image, steps = opened(path)
    frame = image.size
    told = [f"{path.name}: {frame[0]} x {frame[1]}", *steps]
    image = middle(coloured(image, told), told)
    if image.width != size:
        told.append(f"made {size} x {size}")
        image = image.resize((size, size), Image.Resampling.LANCZOS)
    values = np.asarray(image, dtype=np.uint8)
    pixels = torch.from_numpy(values.copy()).permute(2, 0, 1).float() / 255
    return Photograph(pixels, ", ".join(told), digest_of({"pixels": values.tobytes().hex()}), frame)
