"""What a taped video is written as: H.264 in MP4, or for work that goes on, FFV1, ProRes or numbered pictures.

The latter encode every picture by itself, so that pieces made by several processes are joined by copying; and they
keep the transparency of a source that has any.  Another format is another member of
:data:`tapehead.render.tape_tool.formats.FORMATS`; nothing else names one.
"""

from __future__ import annotations

import contextlib
import heapq
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation, VideoReformatter

from tapehead.analysis.errors import UsageError
from tapehead.render.encoding.container import ENDING
from tapehead.render.encoding.joining import join
from tapehead.render.encoding.sink import FrameSink, Shown, VideoForm
from tapehead.render.encoding.video import VideoSink
from tapehead.render.tape_tool import sequence
from tapehead.render.tape_tool.still_file import ENDINGS, save_picture

_EXACT = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.BITEXACT | Interpolation.FULL_CHR_H_INT


class DeliveryFormat(Protocol):
    """A kind of result.  Pieces are made in any order and any process, then joined, watched for flashes, delivered."""

    @property
    def said(self) -> str:
        """What a name has to look like, in words."""

    @property
    def keeps_alpha(self) -> bool:
        """Whether transparency can be written."""

    @property
    def has_sound(self) -> bool:
        """Whether sound can be written."""

    def takes(self, out: Path) -> bool:
        """Whether a name asks for this kind.

        Raises:
            UsageError: it does, and it cannot be done.
        """

    def piece(self, folder: Path, first: int, out: Path) -> Path:
        """Where in a folder of our own a piece is to lie that begins at frame ``first`` of the result."""

    def configure(self, piece: Path, form: VideoForm) -> FrameSink:
        """What takes the frames of a piece."""

    def join(self, pieces: list[Path], sound: Path | None, out: Path, fps: Fraction, facts: Mapping[str, str]) -> Path:
        """String pieces together, in their folder, with the sound and what is to be said in the file.

        Returns:
            What was made, by a name under which it can be watched.
        """

    def deliver(self, made: Path, out: Path) -> None:
        """Give what was made its final name."""


@dataclass(frozen=True)
class OneFile:
    """A kind of result that is one file, with sound, and that a name's ending asks for."""

    name: str
    ending: str
    keeps_alpha: bool = False
    has_sound: bool = True

    @property
    def said(self) -> str:
        """The ending, and what it stands for."""
        return f"{self.ending} ({self.name})"

    def takes(self, out: Path) -> bool:
        """By its ending."""
        return out.suffix.lower() == self.ending

    def piece(self, folder: Path, first: int, out: Path) -> Path:
        """By its number."""
        return folder / f"{first:08d}{self.ending}"

    def deliver(self, made: Path, out: Path) -> None:
        """In one step."""
        made.replace(out)


@dataclass(frozen=True)
class H264(OneFile):
    """What everything plays, as films are written."""

    def configure(self, piece: Path, form: VideoForm) -> FrameSink:
        """A file of H.264."""
        return VideoSink(piece, form)

    def join(self, pieces: list[Path], sound: Path | None, out: Path, fps: Fraction, facts: Mapping[str, str]) -> Path:
        """See :func:`tapehead.render.encoding.joining.join`."""
        made = pieces[0].with_name(f"joined{self.ending}")
        join(pieces, sound, made, fps, facts)
        return made


@dataclass(frozen=True)
class Intermediate(OneFile):
    """For work that goes on: every picture by itself, sound as samples."""

    codec: str = ""
    pixels: tuple[str, str] = ("", "")
    """Pixel formats without and with alpha."""
    options: tuple[tuple[str, str], ...] = ()
    alpha_options: tuple[tuple[str, str], ...] = ()
    is_tagged: bool = False
    """Whether its colours are converted to BT.709 and said to be."""

    def configure(self, piece: Path, form: VideoForm) -> FrameSink:
        """A file of its codec."""
        return IntermediateSink(self, piece, form)

    def join(self, pieces: list[Path], sound: Path | None, out: Path, fps: Fraction, facts: Mapping[str, str]) -> Path:
        """By copying packets."""
        made = pieces[0].with_name(f"joined{self.ending}")
        with av.open(str(made), "w", options={"fflags": "+bitexact"}) as container:
            container.metadata.update(facts)
            with av.open(str(pieces[0])) as template:
                video = container.add_stream_from_template(template.streams.video[0])
            video.time_base = 1 / fps
            tracks = [_pictures_of(pieces, video, fps)]
            if sound is not None:
                tracks.append(_sound_of(sound, container.add_stream("pcm_s16le", rate=48_000, layout="stereo")))
            for _time, packet in heapq.merge(*tracks, key=lambda timed: timed[0]):
                container.mux(packet)
        with made.open("rb+") as file:
            os.fsync(file.fileno())
        return made


class IntermediateSink:
    """Encodes every picture by itself."""

    def __init__(self, kind: Intermediate, out: Path, form: VideoForm) -> None:
        self.kind, self.out, self.form = kind, out, form
        self._open, self._count = contextlib.ExitStack(), 0

    def start(self) -> None:
        """See :class:`~tapehead.render.encoding.sink.FrameSink`."""
        kind, form = self.kind, self.form
        self._container = self._open.enter_context(av.open(str(self.out), "w", options={"fflags": "+bitexact"}))
        options = dict((kind.alpha_options or kind.options) if form.has_alpha else kind.options)
        stream: Any = self._container.add_stream(kind.codec, rate=Fraction(form.fps), options=options)
        stream.width, stream.height, stream.pix_fmt = form.width, form.height, kind.pixels[form.has_alpha]
        stream.codec_context.thread_count = 1
        if kind.is_tagged:
            _tag(stream.codec_context)
        self._stream, self._reformatter = stream, VideoReformatter()

    def frame(self, shown: Shown) -> None:
        """See :class:`~tapehead.render.encoding.sink.FrameSink`."""
        for _ in range(shown.repeat):
            made = VideoFrame.from_ndarray(shown.frame, format="rgba" if self.form.has_alpha else "rgb24")
            made = self._reformatter.reformat(
                made,
                format=self.kind.pixels[self.form.has_alpha],
                dst_colorspace=Colorspace.ITU709 if self.kind.is_tagged else None,
                dst_color_range=ColorRange.MPEG if self.kind.is_tagged else None,
                interpolation=_EXACT,
            )
            made.pts, made.time_base = self._count, 1 / Fraction(self.form.fps)
            self._container.mux(self._stream.encode(made))
            self._count += 1

    def stop(self, whole: bool) -> None:
        """See :class:`~tapehead.render.encoding.sink.FrameSink`."""
        try:
            if whole:
                self._container.mux(self._stream.encode(None))
                self._open.close()
        finally:
            if not whole:
                with contextlib.suppress(OSError, av.FFmpegError):
                    self._open.close()
                self.out.unlink(missing_ok=True)


@dataclass(frozen=True)
class NumberedPictures:
    """One file for each frame, in a folder that may hold other things."""

    said: str = "numbered pictures such as taped_%05d.png"
    keeps_alpha: bool = True
    has_sound: bool = False

    def takes(self, out: Path) -> bool:
        """By the place for a number."""
        if not sequence.is_sequence(out):
            return False
        if out.suffix.lower() not in ENDINGS:
            raise UsageError(f"numbered pictures {out} must end in one of {', '.join(ENDINGS)}")
        return True

    def piece(self, folder: Path, first: int, out: Path) -> Path:
        """A folder with the result's ending in its name."""
        return folder / f"{first:08d}{out.suffix.lower()}"

    def configure(self, piece: Path, form: VideoForm) -> FrameSink:
        """A folder of files."""
        return PicturesSink(piece, form)

    def join(self, pieces: list[Path], sound: Path | None, out: Path, fps: Fraction, facts: Mapping[str, str]) -> Path:
        """Into one folder, numbered from zero."""
        made = pieces[0].with_name("joined")
        made.mkdir()
        for piece in pieces:
            for picture in sorted(piece.iterdir()):
                picture.replace(made / picture.name)
        return made / f"%08d{out.suffix.lower()}"

    def deliver(self, made: Path, out: Path) -> None:
        """Picture by picture, numbered from one."""
        for number, picture in enumerate(sorted(made.parent.iterdir()), 1):
            picture.replace(sequence.numbered(out, number))


class PicturesSink:
    """Saves every frame under its number."""

    def __init__(self, folder: Path, form: VideoForm) -> None:
        self.folder, self._index = folder, form.first_index

    def start(self) -> None:
        """See :class:`~tapehead.render.encoding.sink.FrameSink`."""
        self.folder.mkdir(exist_ok=True)

    def frame(self, shown: Shown) -> None:
        """See :class:`~tapehead.render.encoding.sink.FrameSink`."""
        for _ in range(shown.repeat):
            save_picture(np.asarray(shown.frame), self.folder / f"{self._index:08d}{self.folder.suffix}")
            self._index += 1

    def stop(self, whole: bool) -> None:
        """Each picture is whole by itself; the folder is one of ours, and goes."""


MP4 = H264("H.264", ENDING)
FFV1 = Intermediate(
    "FFV1, without loss",
    ".mkv",
    keeps_alpha=True,
    codec="ffv1",
    pixels=("bgr0", "bgra"),
    options=(("level", "3"), ("coder", "1"), ("slices", "4"), ("slicecrc", "1"), ("g", "1")),
)
PRORES = Intermediate(
    "ProRes 422 HQ, or 4444 with transparency",
    ".mov",
    keeps_alpha=True,
    codec="prores_ks",
    pixels=("yuv422p10le", "yuva444p10le"),
    options=(("profile", "3"), ("vendor", "apl0")),
    alpha_options=(("profile", "4"), ("vendor", "apl0"), ("alpha_bits", "16")),
    is_tagged=True,
)
PICTURES = NumberedPictures()


def _tag(context: Any) -> None:
    context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
    context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG


def _pictures_of(pieces: list[Path], stream: Any, fps: Fraction) -> Iterator[tuple[Fraction, Any]]:
    """Packets, counted: every picture stands for itself."""
    count = 0
    for piece in pieces:
        with av.open(str(piece)) as container:
            for packet in container.demux(video=0):
                if packet.size == 0:
                    continue
                packet.time_base, packet.duration = 1 / fps, 1
                packet.pts = packet.dts = count
                packet.stream = stream
                count += 1
                yield packet.dts / fps, packet


def _sound_of(sound: Path, stream: Any) -> Iterator[tuple[Fraction, Any]]:
    with av.open(str(sound)) as container:
        for frame in container.decode(audio=0):
            for packet in stream.encode(frame):
                yield Fraction(packet.pts) * packet.time_base, packet
    for packet in stream.encode(None):
        yield Fraction(packet.pts) * packet.time_base, packet
