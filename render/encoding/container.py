"""The delivered container: an MP4 with its index in front, under its final name only once it is whole."""

from __future__ import annotations

import contextlib
import os
import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

from tapehead.analysis.errors import OutputError
from tapehead.analysis.store import part_beside

Rate: TypeAlias = int | Fraction
"""Frames per second, exactly: 30, or 30000/1001."""

ENDING = ".mp4"
"""Of films, clips and chunks."""
CHUNK = f"chunk{ENDING}"
"""The file of a chunk's entry in the store."""

# The file keeps time from its first sample without an edit list, which some players and platforms ignore.
MP4 = {
    "movflags": "+faststart+negative_cts_offsets",
    "use_editlist": "0",
    "avoid_negative_ts": "disabled",
    "fflags": "+bitexact",
}


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn a failure to write into one message about ``path``.

    Raises:
        OutputError: the place is read-only, full or gone.
    """
    try:
        yield
    except OSError as error:  # PyAV's errors for the disk are OSErrors as well; its others are bugs of ours
        why = error.strerror or str(error)
        raise OutputError(f"{path} cannot be written: {why}; free some space or choose another place") from error


@contextlib.contextmanager
def finished(path: Path) -> Iterator[Path]:
    """A temporary name beside ``path`` that becomes ``path`` when all went well, and vanishes otherwise."""
    part = part_beside(path)
    try:
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            yield part
            _check_whole(part)
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            part.replace(path)
    finally:
        with contextlib.suppress(OSError):  # also where the folder itself is gone
            part.unlink()


def top_boxes(path: Path) -> list[tuple[str, int]]:
    """The (type, size in bytes) of an MP4 file's outermost boxes, in file order."""
    boxes: list[tuple[str, int]] = []
    with path.open("rb") as file:
        while len(head := file.read(8)) == 8:
            size, kind = struct.unpack(">I4s", head)
            header = 8
            if size == 1:
                size, header = struct.unpack(">Q", file.read(8))[0], 16
            boxes.append((kind.decode("latin-1"), size))
            if size < header:
                break
            file.seek(size - header, os.SEEK_CUR)
    return boxes


def _check_whole(path: Path) -> None:
    """Closing a container does not report every lost write, so count the bytes.

    Raises:
        OSError: the file is cut short or its index is not in front.
    """
    boxes = top_boxes(path)
    kinds = [kind for kind, _size in boxes]
    if "mdat" not in kinds or "moov" not in kinds[: kinds.index("mdat")]:
        raise OSError(0, "the file came out incomplete")
    if sum(size for _kind, size in boxes) != path.stat().st_size:
        raise OSError(0, "the file came out shorter than its index says")
