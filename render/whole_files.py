"""Pictures and copies under their final names: whole, or not at all."""

from __future__ import annotations

import contextlib
import io
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tapehead.analysis.store import part_beside, write_atomically

if TYPE_CHECKING:
    from PIL import Image


def save_picture(picture: Image.Image, path: Path, **how: Any) -> Path:
    """Write a picture in the format that the path's ending says; ``how`` is what Pillow takes for it.

    Raises:
        OSError: it cannot be written; what stood there before still does.
    """
    from PIL import Image

    packed = io.BytesIO()
    picture.save(packed, format=Image.registered_extensions()[path.suffix.lower()], **how)
    write_atomically(path, packed.getvalue())
    return path


def copy_whole(source: Path, target: Path) -> Path:
    """Copy a file of any size.

    Raises:
        OSError: it cannot be copied; nothing new stands under the target's name.
    """
    part = part_beside(target)
    try:
        shutil.copyfile(source, part)
        part.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    return target
