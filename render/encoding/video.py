"""A stretch of frames to a *chunk*: H.264 High without sound, in MP4.

A chunk's bytes depend on its frames and settings alone, so it does not matter how many of them are made at once, or
in which order.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from numpy.typing import NDArray

from tapehead.analysis.errors import OutputError, ResultError
from tapehead.render.encoding.colour import to_planes
from tapehead.render.encoding.container import MP4, Rate, finished, writing

# `drawing/master.py` takes Shown from here: its bytes are in the key of every drawn scene, so it stays as it is.
from tapehead.render.encoding.sink import Shown as Shown
from tapehead.render.encoding.sink import VideoForm, export, treated
from tapehead.render.flashes.meter import FlashMeter
from tapehead.render.identity import identity
from tapehead.render.tape.stage import TapeStage

Frame = NDArray[np.uint8]


BIT_RATE_CAPS: tuple[tuple[int, int], ...] = ((480, 10), (720, 20), (1080, 50), (1440, 100), (2160, 200))
"""(picture height, highest bit rate in Mbit/s).  Drawings need a fiftieth of it; tape noise can ask for more."""

_PRESET = "veryfast"
_TAPE_CRF = 23
_CLEAN_CRF: tuple[tuple[int, float], ...] = ((480, 22), (720, 24.8), (2160, 25.3))
"""(picture height, x264's constant rate factor), up to that height.  The settings below leave out what saves bits by a
long search, so the same factor means more bits and a better picture than with x264's own; how much more grows with the
picture, since what moves fills more and smaller parts of it."""
_BOTH: dict[str, Any] = {"no-deblock": 1, "mbtree": 0, "rc-lookahead": 0, "partitions": "i8x8,i4x4"}
_CLEAN: dict[str, Any] = _BOTH | {"subme": 1, "me": "dia", "aq-strength": 0.8}
_GRAINY: dict[str, Any] = _BOTH
"""What :func:`video_stream` says more about."""
REORDERED = 1  # frames that decoding runs ahead of showing: B-frames here are never referred to


def gop_length(fps: Rate) -> int:
    """Frames from one keyframe to the next: half a second, rounded up."""
    return (math.ceil(fps) + 1) // 2


def bit_rate_cap(height: int) -> int:
    """Highest video bit rate for a picture height in pixels (the shorter side), in bits per second."""
    return round(_up_to(height, BIT_RATE_CAPS) * 1_000_000)


def clean_rate_factor(height: int) -> float:
    """x264's constant rate factor for clean drawings of a picture height in pixels (the shorter side)."""
    return _up_to(height, _CLEAN_CRF)


def _up_to(height: int, table: tuple[tuple[int, float], ...]) -> float:
    """What stands at the first height that is enough, or at the last."""
    return next((value for limit, value in table if height <= limit), table[-1][1])


def encoder_identity() -> dict[str, Any]:
    """Plain data for keys and provenance: everything beside the frames that can change a chunk's bytes."""
    return {
        **identity("encoding"),
        "av": av.__version__,
        "libavcodec": list(av.library_versions["libavcodec"]),
        "preset": _PRESET,
        "crf": {"clean": _CLEAN_CRF, "tape": _TAPE_CRF},
    }


def encode_pictures(
    frames: Iterable[tuple[Frame, int] | Shown],
    out: Path,
    width: int,
    height: int,
    fps: Rate,
    tape: TapeStage,
    seed: int,
    first_index: int = 0,
    meter: FlashMeter | None = None,
    drawn: tuple[int, int] | None = None,
    grainy: bool | None = None,
) -> int:
    """Treat and encode frames into a video-only MP4; returns its length in frames.

    Args:
        frames: uint8 RGB ``(height, width, 3)`` with how many film frames each is shown, and perhaps which rows are
            new: then only these are converted.  A frame is looked at before the next is asked for, and never later.
        out: the file to make; a temporary name beside it is used until it is whole.
        width: in pixels, even.
        height: in pixels, even.
        fps: frames per second, whole or exact; repeats are encoded as real frames, so the rate is constant.
        tape: treats each frame; a static one is asked once per unique frame.
        seed: handed to the tape.
        first_index: the tape's index of the first frame.
        meter: shown every treated picture, as often as the viewer sees it.
        drawn: width and height of ``frames`` where the tape puts them into a larger picture.
        grainy: whether there is noise in every frame; ``None`` if that is so wherever the tape is not static.

    Raises:
        OutputError: the disk is full or cannot be written.
        ResultError: there is no frame, or one has another size.
    """
    form = VideoForm(width, height, fps, first_index, grainy=not tape.is_static if grainy is None else grainy)
    return export(VideoSink(out, form), treated(frames, form, tape, seed, meter, drawn))


class VideoSink:
    """Takes frames for :func:`encode_pictures`; the file has its name once it is stopped as whole."""

    def __init__(self, out: Path, form: VideoForm) -> None:
        if form.width % 2 or form.height % 2:
            raise ValueError(f"4:2:0 pictures have even sides, not {form.width}x{form.height}")
        self.out, self.form = out, form
        self._open = contextlib.ExitStack()
        self._gop = gop_length(form.fps)
        self._converted = Converter(form.width, form.height)
        self._picture: VideoFrame | None = None
        self._group: list[VideoFrame] = []
        self._held: VideoFrame | None = None
        self._fed = 0

    def start(self) -> None:
        """See :class:`~tapehead.render.encoding.sink.FrameSink`."""
        part = self._open.enter_context(finished(self.out))
        with writing(self.out):
            container = self._open.enter_context(av.open(str(part), "w", format="mp4", options=MP4))
            self._stream = video_stream(container, self.form)
        self._groups = _Groups(container, self._gop, self.form.fps)

    def frame(self, shown: Shown) -> None:
        """See :class:`~tapehead.render.encoding.sink.FrameSink`."""
        if self._picture is None:
            self._picture = self._converted(shown.frame, None)
        elif shown.rows != ():
            self._picture = self._converted(shown.frame, shown.rows)
        with writing(self.out):
            for _ in range(shown.repeat):
                self._group.append(self._picture)
                if len(self._group) == self._gop:
                    self._encode()

    def stop(self, whole: bool) -> None:
        """See :class:`~tapehead.render.encoding.sink.FrameSink`.

        Raises:
            OutputError: the disk is full or cannot be written.
            ResultError: there was no frame.
        """
        if whole and self._picture is not None:
            try:
                with writing(self.out):
                    if self._group:
                        self._encode()
                    self._groups.take(self._stream.encode())
                    self._groups.close()
            except BaseException as error:
                self._abandon(error)
                raise
            self._open.close()
            return
        self._abandon(none := ResultError(f"{self.out.name}: there is no frame to encode"))
        if whole:
            raise none

    def _abandon(self, error: BaseException) -> None:
        with contextlib.suppress(OSError, OutputError, av.FFmpegError):  # closing writes what it can no longer write
            self._open.__exit__(type(error), error, None)

    def _encode(self) -> None:
        """Encode a group; one that is the same held picture as the group before is only shown once more."""
        group, self._group = self._group, []
        still = len(group) == self._gop and all(picture is group[0] for picture in group)
        if still and group[0] is self._held:
            self._groups.again()
            return
        self._held = group[0] if still else None
        self._groups.begin()
        for picture in group:
            picture.pts, picture.time_base = self._fed, 1 / Fraction(self.form.fps)
            self._fed += 1
            self._groups.take(self._stream.encode(picture))


class _Groups:
    """Writes groups of pictures, those of a held picture as often as it lasts.

    Groups are closed and all of one length, so a picture that is held for several of them needs to be encoded for one:
    the others are the same packets at later times.  The encoder never hears of them and goes on counting in step.
    """

    def __init__(self, container: Any, length: int, fps: Rate) -> None:
        self.container, self.length, self.tick = container, length, 1 / Fraction(fps)
        self._times: list[int] = []
        """How often each group that was fed to the encoder is shown."""
        self._waiting: list[list[Any]] = []
        """Packets by group; a group is written once it is known how often."""
        self._written, self._start = 0, 0

    def begin(self) -> None:
        """Another group is fed: those before it are known."""
        self._times.append(1)
        self._waiting.append([])
        self._write(len(self._times) - 1)

    def again(self) -> None:
        """The last group is shown once more."""
        self._times[-1] += 1

    def take(self, packets: Iterable[Any]) -> None:
        """Packets from the encoder, stamped in frames that were fed."""
        for packet in packets:
            self._waiting[packet.pts // self.length].append(packet)
        self._write(len(self._times) - 1)

    def close(self) -> None:
        """Everything has been fed and taken."""
        self._write(len(self._times))

    def _write(self, end: int) -> None:
        """Write groups up to ``end`` that are whole; the last one fed may be shorter than the others."""
        while self._written < end:
            packets, last = self._waiting[self._written], end == len(self._times) == self._written + 1
            if len(packets) < self.length and not last:
                return
            stamps = [(packet.pts, packet.dts) for packet in packets]
            for _ in range(self._times[self._written]):
                shift = self._start - self._written * self.length
                for packet, (pts, dts) in zip(packets, stamps, strict=True):
                    packet.time_base, packet.duration = self.tick, 1
                    packet.pts, packet.dts = pts + shift, dts + shift
                    self.container.mux(packet)
                self._start += self.length
            self._waiting[self._written] = []
            self._written += 1


def video_stream(container: Any, form: VideoForm, change: Mapping[str, Any] | None = None) -> Any:
    """The encoder.  What differs with tape stays out of the stream's headers: joining mixes both kinds.

    On tape noise, deblocking takes the grain away that bits were just spent on, the averages of two-sided prediction do
    the same, and looking ahead, or for parts of a block that moved apart, finds nothing.  Without them crf 23 keeps as
    much of SP's noise as crf 18 did with them (0.72 of its luma deviation, 0.70 of the finest, against 0.74 and 0.67),
    in half of the bits and half of the time.

    On clean drawings most of a picture is the one before, and what moves is text and lines.  A long search and
    deblocking cost a third of the encoder's time there, and what they save in bits or errors is had again from
    quantisers that differ less from block to block: ``python -m tests.benchmarks.clean`` weighs it.
    Two B-frames stay: without them the same pictures take a twentieth more bits and no less time.

    Args:
        container: to write into.
        form: of the pictures.
        change: settings to try instead of those of the film, by x264's names, ``crf`` among them.
    """
    height = min(form.width, form.height)
    cap, gop, fps, grainy = bit_rate_cap(height), gop_length(form.fps), form.fps, form.grainy
    settings: dict[str, Any] = {
        "keyint": gop,
        "min-keyint": gop,
        "scenecut": 0,
        "open-gop": 0,
        "bframes": 2,
        "b-adapt": 0,
        "b-pyramid": "none",
        "weightp": 0,
        "no-weightb": 1,
        "vbv-maxrate": cap // 1000,
        "vbv-bufsize": cap * 3 // 2 // 1000,
        "cpu-independent": 1,
        "stitchable": 1,
    } | (_GRAINY if grainy else _CLEAN)
    settings |= change or {}
    options = {
        "preset": _PRESET,
        "profile": "high",
        "crf": str(settings.pop("crf", _TAPE_CRF if grainy else clean_rate_factor(height))),
        "x264-params": ":".join(f"{name}={value}" for name, value in settings.items()),
    }
    stream = container.add_stream("libx264", rate=fps, options=options)
    stream.width, stream.height, stream.pix_fmt = form.width, form.height, "yuv420p"
    stream.time_base = 1 / Fraction(fps)
    context = stream.codec_context
    context.time_base = 1 / Fraction(fps)
    context.thread_count = 1  # x264's bytes depend on the number of threads
    context.color_primaries = ColorPrimaries.BT709
    context.color_trc = ColorTrc.BT709
    context.colorspace = Colorspace.ITU709
    context.color_range = ColorRange.MPEG
    return stream


class Converter:
    """RGB pictures to the encoder's, in BT.709: the encoder only tags.  What did not change is not converted again."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._planes = np.empty((height * 3 // 2, width), np.uint8)

    def __call__(self, frame: Frame, rows: Iterable[tuple[int, int]] | None) -> VideoFrame:
        """A picture of its own for ``frame``, which equals the one before outside of ``rows``."""
        for first, last in ((0, self.height),) if rows is None else rows:
            # Each chroma sample is the mean of four pixels in two rows: pairs of rows stand for themselves.
            to_planes(frame, self._planes, first - first % 2, last + last % 2)
        picture = VideoFrame.from_ndarray(self._planes, format="yuv420p")
        picture.colorspace, picture.color_range = Colorspace.ITU709, ColorRange.MPEG
        return picture
