"""The lossless master of a scene: each unique frame stored once, with how many film frames it is shown.

Two files lie side by side: the pictures and ``frames.json`` with the frame rate, the repeat counts and the digests.  A
drawing can so be taped and encoded again without being drawn again.

From one frame of a drawing to the next, most of it stands still.  A frame is therefore looked at in *stripes* of
``STRIPE`` rows; only those that changed are hashed and stored, as the exclusive or with what was there before, packed
with LZ4.  A lossless video codec took eight times as long for the same frames.  The pictures' file is a row of records,
each a head (:data:`_HEAD`), one bit for each stripe that follows, and the packed stripes; every ``KEYFRAME_EVERY``-th
record holds all of them as they are.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import lz4.block
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from tapehead.analysis.errors import DamagedEntryError, OutputError
from tapehead.analysis.store import part_beside, write_atomically
from tapehead.render.encoding.container import writing
from tapehead.render.encoding.video import Shown

SIDECAR = "frames.json"
STRIPE = 8
"""Rows that are compared, hashed and stored together."""
KEYFRAME_EVERY = 60
"""Unique frames from one keyframe to the next: what a jump to any frame decodes at most."""

_HEAD = struct.Struct("<4sII")
"""``TPHD``, bytes of the packed stripes, bytes of the unpacked ones."""
_MARK = b"TPHD"

Frame = NDArray[np.uint8]
Rows = tuple[int, int]
"""From the first row up to the last, not included."""


@dataclass(frozen=True)
class MasterInfo:
    """What a master holds; the sidecar is this as JSON, with the records' places in the file."""

    width: int
    height: int
    fps: int
    repeats: tuple[int, ...]
    """Film frames that each unique frame is shown for, in order."""
    frame_digests: tuple[str, ...]
    """:func:`frame_digest` of each unique frame."""
    digest: str
    """SHA-256 over size, rate, frame digests and repeats: equal pictures, equal digest, whatever the file's bytes."""

    @property
    def frames(self) -> int:
        """Length in film frames."""
        return sum(self.repeats)

    @property
    def unique(self) -> int:
        """Frames that are stored."""
        return len(self.repeats)


def frame_digest(frame: Frame) -> str:
    """SHA-256 over the SHA-256 of each stripe's RGB bytes, from the top: what did not change is not hashed again."""
    return _joined_digest([_stripe_digest(frame, stripe) for stripe in range(_stripes(len(frame)))])


def _stripes(height: int) -> int:
    return -(-height // STRIPE)


def _differing(one: Frame, other: Frame) -> NDArray[np.bool_]:
    """Which stripes of two frames of one shape differ."""
    whole = len(one) // STRIPE
    # Eight bytes at a time where the width allows it.
    size = STRIPE * one[0].size
    word = np.uint64 if size % 8 == 0 else np.uint8
    ours, theirs = (frame[: whole * STRIPE].reshape(whole, size).view(word) for frame in (one, other))
    found = (ours != theirs).any(axis=1)
    rest = [] if whole * STRIPE == len(one) else [not np.array_equal(one[whole * STRIPE :], other[whole * STRIPE :])]
    return np.concatenate([found, np.array(rest, bool)])


def _stripe_digest(frame: Frame, stripe: int) -> bytes:
    return hashlib.sha256(frame[stripe * STRIPE : (stripe + 1) * STRIPE].data).digest()


def _joined_digest(stripes: list[bytes]) -> str:
    return hashlib.sha256(b"".join(stripes)).hexdigest()


def _runs(stripes: NDArray[np.bool_], height: int) -> list[Rows]:
    """The rows of stretches of marked stripes."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], stripes, [False]]).astype(np.int8)))
    ends = (int(edge) * STRIPE for edge in edges)
    return [(first, min(last, height)) for first, last in zip(ends, ends, strict=True)]


def _info(width: int, height: int, fps: int, repeats: list[int], digests: list[str]) -> MasterInfo:
    content = json.dumps([width, height, fps, digests, repeats], separators=(",", ":"))
    digest = hashlib.sha256(content.encode()).hexdigest()
    return MasterInfo(width, height, fps, tuple(repeats), tuple(digests), digest)


class MasterWriter:
    """Takes a scene's frames in order.  Use it in a ``with`` block: leaving by an error leaves no file.

    Args:
        path: the picture file to make; ``frames.json`` comes beside it.
        width: in pixels; odd numbers are fine.
        height: in pixels.
        fps: frames per second of the film.
    """

    def __init__(self, path: Path, width: int, height: int, fps: int) -> None:
        self.path, self.width, self.height, self.fps = path, width, height, fps
        self.info: MasterInfo | None = None
        """Set by :meth:`close`."""
        self._part = part_beside(path)
        self._to_rgb = VideoReformatter()
        self._given: Frame | None = None
        """The last frame as it came, with all its channels."""
        self._rgb = np.zeros((height, width, 3), np.uint8)
        self._new = np.zeros_like(self._rgb)
        self._packable = np.zeros(self._rgb.size, np.uint8)
        self._stripe_digests = [b""] * _stripes(height)
        self._repeats: list[int] = []
        self._digests: list[str] = []
        self._places: list[int] = []
        self._size = 0
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._part.open("wb")

    def write(self, frame: Frame, repeat: int = 1, changed: NDArray[np.bool_] | None = None) -> None:
        """Append a frame that is shown ``repeat`` times; the array may be reused afterwards.

        A frame equal to the one before only raises that one's count.

        Args:
            frame: uint8, ``(height, width, 3 or 4)``; the fourth channel is dropped, never blended.
            repeat: at least 1.
            changed: the stripes outside of which it equals the last frame that was given, all channels of it; ``None``
                where that is not known.

        Raises:
            OutputError: the disk is full or cannot be written.
            ValueError: another shape, another type, or a repeat below 1.
        """
        if frame.dtype != np.uint8 or frame.shape not in (
            (self.height, self.width, 3),
            (self.height, self.width, 4),
        ):
            raise ValueError(
                f"the master takes uint8 {self.height}x{self.width}x3 or x4, got {frame.dtype} {frame.shape}"
            )
        if repeat < 1:
            raise ValueError(f"a frame is shown at least once, got {repeat}")
        changed = self._take(np.ascontiguousarray(frame), changed)
        if self._repeats and not changed.any():
            self._repeats[-1] += repeat
            return
        key = len(self._repeats) % KEYFRAME_EVERY == 0
        for stripe in map(int, np.flatnonzero(changed)):
            self._stripe_digests[stripe] = _stripe_digest(self._new, stripe)
        runs = [(0, self.height)] if key else _runs(changed, self.height)
        filled = 0
        for first, last in runs:
            size = (last - first) * self.width * 3
            new, old = self._new[first:last].reshape(-1), self._rgb[first:last].reshape(-1)
            to = self._packable[filled : filled + size]
            np.copyto(to, new) if key else np.bitwise_xor(new, old, out=to)
            np.copyto(old, new)
            filled += size
        packed = lz4.block.compress(self._packable[:filled].data, store_size=False)
        mask = np.packbits(np.ones_like(changed) if key else changed).tobytes()
        with writing(self.path):
            self._file.write(_HEAD.pack(_MARK, len(packed), filled) + mask)
            self._file.write(packed)
        self._places.append(self._size)
        self._size += _HEAD.size + len(mask) + len(packed)
        self._digests.append(_joined_digest(self._stripe_digests))
        self._repeats.append(repeat)

    def _take(self, frame: Frame, asked: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
        """Bring ``_new`` up to date; which stripes of it differ from ``_rgb``, of those that are ``asked`` about."""
        given = self._given
        changed = np.ones(_stripes(self.height), bool)
        if given is None or given.shape != frame.shape:
            given = self._given = np.empty_like(frame)
        elif asked is None:
            changed = _differing(frame, given)
        else:
            changed[:] = False
            for first, last in _runs(asked, self.height):
                changed[first // STRIPE : -(-last // STRIPE)] = _differing(frame[first:last], given[first:last])
        for first, last in _runs(changed, self.height):
            given[first:last] = frame[first:last]
            if frame.shape[2] == 3:
                self._new[first:last] = frame[first:last]
            else:
                # swscale drops the fourth channel ten times faster than a strided numpy copy
                part = VideoFrame.from_numpy_buffer(given[first:last], format="rgba")
                self._new[first:last] = self._to_rgb.reformat(part, format="rgb24", threads=1).to_ndarray()
        if frame.shape[2] == 4 or not self._repeats:
            for stripe in map(int, np.flatnonzero(changed)):  # another alpha is not another picture
                rows = slice(stripe * STRIPE, (stripe + 1) * STRIPE)
                changed[stripe] = not self._repeats or not np.array_equal(self._new[rows], self._rgb[rows])
        return changed

    def close(self) -> MasterInfo:
        """Finish both files under their final names.

        Raises:
            OutputError: nothing was written to the master, or the disk is full.
        """
        if self.info is not None:
            return self.info
        try:
            if not self._repeats:
                raise OutputError(f"no frame was drawn for {self.path.name}")
            info = _info(self.width, self.height, self.fps, self._repeats, self._digests)
            with writing(self.path):
                self._file.flush()
                os.fsync(self._file.fileno())
                self._file.close()
                # The sidecar is last: where it is, the pictures are whole.
                self._part.replace(self.path)
                content = {**asdict(info), "places": [*self._places, self._size]}
                write_atomically(self.path.with_name(SIDECAR), json.dumps(content, indent=1, sort_keys=True))
        except BaseException:
            self.abort()
            self.path.unlink(missing_ok=True)  # without its sidecar it is of no use
            raise
        self.info = info
        return info

    def abort(self) -> None:
        """Give up: remove what was written so far."""
        with contextlib.suppress(OSError):  # the file goes anyway
            self._file.close()
        with contextlib.suppress(OSError):
            self._part.unlink()

    def __enter__(self) -> MasterWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abort()


class _Decoded(NamedTuple):
    """A unique frame: its number, the picture, and the rows of it that are new."""

    number: int
    frame: Frame
    rows: list[Rows]


class MasterReader:
    """Reads a master: iterate for ``(frame, repeat)`` in order, or ask for the frame at one moment.

    Frames are uint8 RGB, ``(height, width, 3)``, bit for bit what was written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            fields = json.loads(path.with_name(SIDECAR).read_text(encoding="utf-8"))
            info = _info(fields["width"], fields["height"], fields["fps"], fields["repeats"], fields["frame_digests"])
            self._places: list[int] = fields["places"]
            alike = len(info.repeats) == len(info.frame_digests) == len(self._places) - 1
            sound = info.digest == fields["digest"] and alike
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DamagedEntryError(f"the master {path} cannot be read: {SIDECAR}: {error}") from error
        if not sound:
            raise DamagedEntryError(f"the master {path} does not match its {SIDECAR}")
        self.info = info
        self._starts = [0, *accumulate(self.info.repeats)][:-1]
        self._walk: Iterator[_Decoded] = iter(())
        self._at = -1  # unique frame that the walk delivered last
        self._picture: Frame | None = None

    def __iter__(self) -> Iterator[tuple[Frame, int]]:
        """All unique frames with their repeat counts.

        Raises:
            DamagedEntryError: a frame is missing or does not decode.
        """
        return ((shown.frame.copy(), shown.repeat) for shown in self.between(0, self.info.frames))

    def between(self, first: int, last: int) -> Iterator[Shown]:
        """The pictures of film frames ``first`` up to ``last``, with how many of these frames each is shown for.

        The frame is good until the next is asked for: all are one array.

        Raises:
            DamagedEntryError: a frame is missing or does not decode.
        """
        if not 0 <= first < last <= self.info.frames:
            raise IndexError(f"frames {first} to {last} of {self.info.frames}")
        begin = bisect_right(self._starts, first) - 1
        for at, frame, rows in self._decode(begin):
            if at < begin:
                continue  # from the keyframe on
            start = self._starts[at]
            shown = min(last, start + self.info.repeats[at]) - max(first, start)
            yield Shown(frame, shown, None if at == begin or at % KEYFRAME_EVERY == 0 else tuple(rows))
            if at + 1 == self.info.unique or self._starts[at + 1] >= last:
                return

    def content(self, first: int, last: int) -> str:
        """SHA-256 of what :meth:`between` would deliver, from the recorded digests."""
        at = bisect_right(self._starts, first) - 1
        shown = []
        while at < self.info.unique and (start := self._starts[at]) < last:
            stop = start + self.info.repeats[at]
            shown.append([self.info.frame_digests[at], min(last, stop) - max(first, start)])
            at += 1
        content = json.dumps([self.info.width, self.info.height, self.info.fps, shown], separators=(",", ":"))
        return hashlib.sha256(content.encode()).hexdigest()

    def frame(self, index: int) -> Frame:
        """The picture shown at film frame ``index`` (from 0, or from the end if negative).

        Going forward in small steps is cheap; a jump decodes at most ``KEYFRAME_EVERY`` frames.

        Raises:
            IndexError: the master is shorter.
            DamagedEntryError: the frame is missing or does not decode.
        """
        if not -self.info.frames <= index < self.info.frames:
            raise IndexError(f"frame {index} of {self.info.frames}")
        wanted = bisect_right(self._starts, index % self.info.frames) - 1
        if self._picture is None or not self._at <= wanted < self._at + KEYFRAME_EVERY:
            self._walk, self._at, self._picture = self._decode(wanted), -1, None
        while self._picture is None or self._at < wanted:
            self._at, self._picture, _ = next(self._walk)
        return self._picture.copy()

    def _decode(self, unique: int) -> Iterator[_Decoded]:
        """Unique frames from the keyframe at or before ``unique`` on; the picture is one array that changes."""
        height, width = self.info.height, self.info.width
        picture = np.zeros((height, width, 3), np.uint8)
        stripes = _stripes(height)
        mask_size, number = -(-stripes // 8), unique - unique % KEYFRAME_EVERY
        try:
            with self.path.open("rb") as file:
                file.seek(self._places[number])
                for at in range(number, self.info.unique):
                    mark, packed, size = _HEAD.unpack(file.read(_HEAD.size))
                    bits = np.frombuffer(file.read(mask_size), np.uint8)
                    if mark != _MARK or self._places[at + 1] - self._places[at] != _HEAD.size + mask_size + packed:
                        raise ValueError(f"frame {at} does not begin where it should")
                    runs = _runs(np.unpackbits(bits, count=stripes).astype(bool), height)
                    if size != sum(last - first for first, last in runs) * width * 3:
                        raise ValueError(f"frame {at} has another size than its stripes")
                    data = np.frombuffer(lz4.block.decompress(file.read(packed), uncompressed_size=size), np.uint8)
                    done = 0
                    for first, last in runs:
                        rows = picture[first:last].reshape(-1)
                        part = data[done : done + rows.size]
                        np.copyto(rows, part) if at % KEYFRAME_EVERY == 0 else np.bitwise_xor(rows, part, out=rows)
                        done += rows.size
                    yield _Decoded(at, picture, runs)
        except (OSError, ValueError, struct.error, lz4.block.LZ4BlockError) as error:
            raise DamagedEntryError(f"the master {self.path} cannot be decoded: {error}") from error
