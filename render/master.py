"""The lossless master of a scene: each unique frame stored once, with how many film frames it is shown.

Two files lie side by side: the pictures (Matroska, H.264 in RGB at quantiser 0, bit for bit lossless) and
``frames.json`` with the frame rate, the repeat counts and the digests.  A drawing can so be taped and encoded
again without being drawn again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import uuid
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import Any

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from analysis.errors import DamagedEntryError, OutputError
from analysis.store import write_atomically
from render.encode import writing

SIDECAR = "frames.json"
KEYFRAME_EVERY = 60
"""Unique frames from one keyframe to the next: what a jump to any frame decodes at most."""

_X264 = {
    "qp": "0",
    "preset": "ultrafast",
    "x264-params": f"keyint={KEYFRAME_EVERY}:min-keyint=1:scenecut=0:open-gop=0:cpu-independent=1",
}

Frame = NDArray[np.uint8]


@dataclass(frozen=True)
class MasterInfo:
    """What a master holds; the sidecar is this as JSON."""

    width: int
    height: int
    fps: int
    repeats: tuple[int, ...]
    """Film frames that each unique frame is shown for, in order."""
    frame_digests: tuple[str, ...]
    """SHA-256 of each unique frame's RGB bytes, top row first."""
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
        self._part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
        self._to_rgb = VideoReformatter()
        self._last: Frame | None = None
        self._repeats: list[int] = []
        self._digests: list[str] = []
        self._shown = 0
        self._container: Any = None
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            # bitexact: no random segment id and no library version in the file
            self._container = av.open(str(self._part), "w", format="matroska", options={"fflags": "+bitexact"})
            self._stream = self._container.add_stream("libx264rgb", rate=fps, options=_X264)
            self._stream.width, self._stream.height, self._stream.pix_fmt = width, height, "rgb24"
            self._stream.codec_context.thread_count = 1  # x264's bytes depend on the number of threads
            self._stream.codec_context.time_base = Fraction(1, fps)

    def write(self, frame: Frame, repeat: int = 1) -> None:
        """Append a frame that is shown ``repeat`` times; the array may be reused afterwards.

        A frame equal to the one before only raises that one's count.

        Args:
            frame: uint8, ``(height, width, 3 or 4)``; the fourth channel is dropped, never blended.
            repeat: at least 1.

        Raises:
            OutputError: the disk is full or can not be written.
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
        rgb = self._own_rgb(frame)
        if self._last is not None and np.array_equal(rgb, self._last):
            self._repeats[-1] += repeat
        else:
            picture = VideoFrame.from_numpy_buffer(rgb, format="rgb24")
            picture.pts, picture.time_base = self._shown, Fraction(1, self.fps)
            with writing(self.path):
                for packet in self._stream.encode(picture):
                    self._container.mux(packet)
            self._digests.append(hashlib.sha256(rgb.data).hexdigest())
            self._repeats.append(repeat)
            self._last = rgb
        self._shown += repeat

    def _own_rgb(self, frame: Frame) -> Frame:
        """The frame as contiguous RGB in memory of ours."""
        if frame.shape[2] == 3:
            return np.array(frame, order="C")
        # swscale drops the fourth channel ten times faster than a strided numpy copy
        picture = VideoFrame.from_numpy_buffer(np.ascontiguousarray(frame), format="rgba")
        return np.ascontiguousarray(self._to_rgb.reformat(picture, format="rgb24", threads=1).to_ndarray())

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
            with writing(self.path):
                for packet in self._stream.encode():
                    self._container.mux(packet)
                self._container.close()
            info = _info(self.width, self.height, self.fps, self._repeats, self._digests)
            with writing(self.path):
                _check_whole(self._part)
                # The sidecar is last: where it is, the pictures are whole.
                self._part.replace(self.path)
                write_atomically(self.path.with_name(SIDECAR), json.dumps(asdict(info), indent=1, sort_keys=True))
        except BaseException:
            self.abort()
            self.path.unlink(missing_ok=True)  # without its sidecar it is of no use
            raise
        self.info = info
        return info

    def abort(self) -> None:
        """Give up: remove what was written so far."""
        with contextlib.suppress(OSError, av.FFmpegError):  # the file goes anyway
            if self._container is not None:
                self._container.close()
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


def _check_whole(path: Path) -> None:
    """Closing a container does not report every lost write; the length it wrote last tells.

    Raises:
        OSError: the file is shorter than its own header says.
    """
    with path.open("rb") as file:
        head = file.read(128)
    start = head.find(b"\x18\x53\x80\x67\x01") + 4  # the Segment element; its size is 0x01 and seven bytes
    size = int.from_bytes(head[start + 1 : start + 8], "big")
    if start < 4 or start + 8 + size != path.stat().st_size:
        raise OSError(0, "the file came out incomplete")


class MasterReader:
    """Reads a master: iterate for ``(frame, repeat)`` in order, or ask for the frame at one moment.

    Frames are uint8 RGB, ``(height, width, 3)``, bit for bit what was written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            fields = json.loads(path.with_name(SIDECAR).read_text(encoding="utf-8"))
            info = _info(fields["width"], fields["height"], fields["fps"], fields["repeats"], fields["frame_digests"])
            sound = info.digest == fields["digest"] and len(info.repeats) == len(info.frame_digests)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DamagedEntryError(f"the master {path} can not be read: {SIDECAR}: {error}") from error
        if not sound:
            raise DamagedEntryError(f"the master {path} does not match its {SIDECAR}")
        self.info = info
        self._starts = [0, *accumulate(self.info.repeats)][:-1]
        self._walk: Iterator[tuple[int, Frame]] = iter(())
        self._at = -1  # unique frame that the walk delivered last
        self._picture: Frame | None = None

    def __iter__(self) -> Iterator[tuple[Frame, int]]:
        """All unique frames with their repeat counts.

        Raises:
            DamagedEntryError: a frame is missing or does not decode.
        """
        expected = 0
        for unique, frame in self._decode(0):
            if unique != expected:
                break
            yield frame, self.info.repeats[unique]
            expected += 1
        if expected != self.info.unique:
            raise DamagedEntryError(f"the master {self.path} lacks frame {expected} of {self.info.unique}")

    def between(self, first: int, last: int) -> Iterator[tuple[Frame, int]]:
        """The pictures of film frames ``first`` up to ``last``, with how many of these frames each is shown for.

        Raises:
            DamagedEntryError: a frame is missing or does not decode.
        """
        if not 0 <= first < last <= self.info.frames:
            raise IndexError(f"frames {first} to {last} of {self.info.frames}")
        expected = bisect_right(self._starts, first) - 1
        for unique, frame in self._decode(expected):
            if unique < expected:
                continue  # from the keyframe on
            if unique > expected:
                break
            start = self._starts[unique]
            yield frame, min(last, start + self.info.repeats[unique]) - max(first, start)
            expected += 1
            if expected == self.info.unique or self._starts[expected] >= last:
                return
        raise DamagedEntryError(f"the master {self.path} lacks frame {expected} of {self.info.unique}")

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
            try:
                self._at, self._picture = next(self._walk)
            except StopIteration:
                raise DamagedEntryError(f"the master {self.path} lacks frame {wanted}") from None
        if self._at != wanted:
            raise DamagedEntryError(f"the master {self.path} lacks frame {wanted}")
        return self._picture

    def _decode(self, unique: int) -> Iterator[tuple[int, Frame]]:
        """Unique frames by number, from the keyframe at or before ``unique`` on."""
        to_rgb = VideoReformatter()
        try:
            with av.open(str(self.path)) as container:
                stream = container.streams.video[0]
                stream.codec_context.thread_count = 1
                base = stream.time_base
                assert base is not None
                if unique >= KEYFRAME_EVERY:
                    container.seek(round(Fraction(self._starts[unique], self.info.fps) / base), stream=stream)
                numbers = {start: number for number, start in enumerate(self._starts)}
                for picture in container.decode(stream):
                    assert picture.pts is not None
                    # Matroska counts milliseconds, which tells film frames apart up to 500 a second
                    start = round(picture.pts * base * self.info.fps)
                    rgb = to_rgb.reformat(picture, format="rgb24", threads=1).to_ndarray()
                    yield numbers[start], np.ascontiguousarray(rgb, dtype=np.uint8)
        except (OSError, av.FFmpegError, KeyError, IndexError) as error:
            raise DamagedEntryError(f"the master {self.path} can not be decoded: {error}") from error
