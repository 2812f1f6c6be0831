"""Whether a file is as long as it says itself: MP4 by its outermost boxes, AVI by its RIFF chunks."""

from __future__ import annotations

import struct
from pathlib import Path

_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"uuid", b"moof", b"styp", b"sidx", b"udta"}
"""Kinds of the outermost boxes (ISO/IEC 14496-12, 6.2; the older ones from QuickTime)."""
_MOST_BOXES = 100_000


def is_cut(path: Path) -> bool:
    """Whether the last box or chunk of a file goes on beyond its end; files of other kinds are taken as whole."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(12)
            form = ">I4s" if start[4:8] in _BOXES else "<4sI" if start[:4] == b"RIFF" else ""
            at = 0
            for _ in range(_MOST_BOXES if form else 0):
                if at >= size:
                    return at > size
                file.seek(at)
                head = file.read(16)
                if len(head) < 8:
                    return True
                length = _box(head) if form == ">I4s" else _chunk(head)
                if length is None:
                    return False
                at += length
    except OSError:
        pass
    return False


def _box(head: bytes) -> int | None:
    """Bytes of a box; ``None`` where it goes on to the end of the file, or is none."""
    length, kind = struct.unpack(">I4s", head[:8])
    if kind not in _BOXES:  # what lies behind the last box is nothing to us
        return None
    if length == 1 and len(head) == 16:
        length = struct.unpack(">Q", head[8:16])[0]
    return int(length) if length >= 8 else None


def _chunk(head: bytes) -> int | None:
    """Bytes of a RIFF chunk, filled up to an even number; ``None`` where its length was never written, or is none."""
    name, length = struct.unpack("<4sI", head[:8])
    if name != b"RIFF" or length in (0, 0xFFFFFFFF):
        return None
    return 8 + int(length) + int(length) % 2
