"""Own footage, frame by frame: the picture that a file shows at a time, whatever order times are asked in."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapehead.analysis.errors import EpisodeError

_EPSILON_S = 1e-4
"""A time of the film that falls on a frame of the footage takes that frame, and not by rounding the one before."""
_NEAR_S = 2.0
"""From this far ahead on, it is quicker to look for a keyframe than to decode all that lies between."""
_UNSAID = 2
"""FFmpeg's number for a matrix that a file does not name."""
_HD = 720
"""Footage that does not say which matrix made its colours is taken as everybody does: BT.709 from this height on."""


class Footage:
    """The pictures of a file's first video.

    ``size`` is width and height in pixels as it is meant to be seen (turned, with square pixels), ``duration`` seconds;
    a picture lasts for ever.

    Raises:
        EpisodeError: there is no such file, it cannot be read, or there is no picture in it.
    """

    def __init__(self, path: Path, called: str = "") -> None:
        self.path, self.called = path, called or path.name
        self._container: Any
        self._stream: Any
        self._turn = 0
        self._frames: Iterator[Any] = iter(())
        self._now: tuple[float, Any] | None = None
        self._next: tuple[float, Any] | None = None
        with self._explained():
            self._open()
            stream = self._stream
            self.sounds = bool(self._container.streams.audio)
            self._origin = float((stream.start_time or 0) * stream.time_base) if stream.time_base else 0.0
            self._advance()
            if self._next is None:
                raise EpisodeError(f"'{self.called}' holds no picture that can be decoded")
            first = self._next[1]
            self._now = self._next
            self._advance()
            self._turn = round(getattr(first, "rotation", 0) / 90) % 4
            wide, tall = self._square(first)
            self.size: tuple[int, int] = (tall, wide) if self._turn % 2 else (wide, tall)
            self.duration: float = math.inf if self._next is None else self._length()

    def _open(self) -> None:
        import av

        self._container = av.open(str(self.path))
        if not self._container.streams.video:
            raise EpisodeError(f"'{self.called}' has no video in it; a sound alone is played with Episode(music=...)")
        self._stream = self._container.streams.video[0]
        # One thread: what is decoded is the same in any case, and the films' workers are as many as there are cores.
        self._stream.thread_count = 1
        self._frames = iter(self._container.decode(self._stream))

    def _square(self, frame: Any) -> tuple[int, int]:
        """Width and height with square pixels."""
        shape = self._stream.sample_aspect_ratio or 1
        return (round(frame.width * float(shape)), frame.height) if 0.1 < shape < 10 else (frame.width, frame.height)

    def _length(self) -> float:
        import av

        stream = self._stream
        if stream.duration and stream.time_base:
            return float(stream.duration * stream.time_base)
        if self._container.duration:
            return float(self._container.duration) / av.time_base
        # Some files do not say: count, once.
        ends = [0.0]
        with av.open(str(self.path)) as container:
            for packet in container.demux(container.streams.video[0]):
                if packet.pts is not None and packet.time_base:
                    ends.append(float((packet.pts + (packet.duration or 0)) * packet.time_base))
        return max(ends) - self._origin

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        import av

        try:
            yield
        except FileNotFoundError as error:
            raise EpisodeError(f"'{self.called}' is not there: put it into the episode's folder") from error
        except (OSError, av.FFmpegError) as error:
            reason = getattr(error, "strerror", None) or error
            raise EpisodeError(f"'{self.called}' cannot be read as footage: {reason}") from error

    def _advance(self) -> None:
        """Let the next decoded picture be ``_next``; ``None`` after the last."""
        frame = next(self._frames, None)
        if frame is None:
            self._next = None
            return
        time = frame.time
        if time is None:  # a picture, or a stream without times: one after the other at its rate
            last = self._next[0] if self._next else -self._step() + self._origin
            time = last + self._step() + 0.0 if self._next else self._origin
        self._next = (float(time), frame)

    def _step(self) -> float:
        rate = self._stream.average_rate
        return 1 / float(rate) if rate else 1 / 25

    def at(self, seconds: float, size: tuple[int, int]) -> NDArray[np.uint8]:
        """What is seen ``seconds`` after the beginning, uint8 RGBA of shape ``(size[1], size[0], 4)``.

        Before the beginning it is the first picture, after the end the last.

        Raises:
            EpisodeError: the file breaks off in there.
        """
        wanted = self._origin + max(0.0, seconds) + _EPSILON_S
        with self._explained():
            assert self._now is not None
            if wanted < self._now[0] or (self._next is not None and wanted > self._next[0] + _NEAR_S):
                self._seek(wanted)
            while self._next is not None and self._next[0] <= wanted:
                self._now = self._next
                self._advance()
            return self._pixels(self._now[1], size)

    def _seek(self, wanted: float) -> None:
        """Stand before a time: at a keyframe, or at the beginning where the file cannot be searched."""
        import av

        with contextlib.suppress(OSError, av.FFmpegError):
            # A little earlier than wanted: a picture may be shown before one that was decoded first.
            self._container.seek(max(0, int((wanted - 0.5) / float(self._stream.time_base))), stream=self._stream)
            self._frames = iter(self._container.decode(self._stream))
            self._next = None
            self._advance()
            if self._next is not None and self._next[0] <= wanted:
                self._now = self._next
                self._advance()
                return
        self.close()
        self._open()
        self._next = None
        self._advance()
        assert self._next is not None, "its first picture was decoded before"
        self._now = self._next
        self._advance()

    def _pixels(self, frame: Any, size: tuple[int, int]) -> NDArray[np.uint8]:
        from av.video.reformatter import Colorspace, Interpolation

        wide, tall = (size[1], size[0]) if self._turn % 2 else size
        matrix = Colorspace.ITU709 if frame.height >= _HD else Colorspace.ITU601
        said = None if int(frame.colorspace) == _UNSAID else frame.colorspace
        made = frame.reformat(
            width=wide, height=tall, format="rgba", src_colorspace=said or matrix, interpolation=Interpolation.AREA
        ).to_ndarray()
        return np.ascontiguousarray(np.rot90(made, self._turn)) if self._turn else made

    def close(self) -> None:
        """Let go of the file."""
        self._container.close()
