"""What a taped video is written as: H.264 in MP4, or for work that goes on, FFV1, ProRes or numbered pictures.

The latter encode every picture by itself, so that pieces made by several processes are joined by copying; and they
keep the transparency of a source that has any.
"""

from __future__ import annotations

import heapq
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation, VideoReformatter
from numpy.typing import NDArray

from tapehead.analysis.errors import UsageError
from tapehead.render.encoding.joining import join
from tapehead.render.encoding.video import encode_segment
from tapehead.render.tape.stage import TapeStage, stretches
from tapehead.render.tape_tool import sequence
from tapehead.render.tape_tool.still_file import ENDINGS, save_picture

Frame = NDArray[np.uint8]
_EXACT = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.BITEXACT | Interpolation.FULL_CHR_H_INT


@dataclass(frozen=True)
class Delivery:
    """A kind of result."""

    name: str
    ending: str
    keeps_alpha: bool
    codec: str = ""
    pixels: tuple[str, str] = ("", "")
    """Pixel formats without and with alpha."""
    options: tuple[tuple[str, str], ...] = ()
    alpha_options: tuple[tuple[str, str], ...] = ()


MP4 = Delivery("H.264", ".mp4", False)
FFV1 = Delivery(
    "FFV1, without loss",
    ".mkv",
    True,
    "ffv1",
    ("bgr0", "bgra"),
    (("level", "3"), ("coder", "1"), ("slices", "4"), ("slicecrc", "1"), ("g", "1")),
)
PRORES = Delivery(
    "ProRes 422 HQ, or 4444 with transparency",
    ".mov",
    True,
    "prores_ks",
    ("yuv422p10le", "yuva444p10le"),
    (("profile", "3"), ("vendor", "apl0")),
    (("profile", "4"), ("vendor", "apl0"), ("alpha_bits", "16")),
)
PICTURES = Delivery("numbered pictures", "", True)
_BY_ENDING = {kind.ending: kind for kind in (MP4, FFV1, PRORES)}


def delivery_for(out: Path) -> Delivery:
    """The kind of result that a name asks for.

    Raises:
        UsageError: it asks for none.
    """
    if sequence.is_sequence(out):
        if out.suffix.lower() not in ENDINGS:
            raise UsageError(f"numbered pictures {out} must end in one of {', '.join(ENDINGS)}")
        return PICTURES
    if (found := _BY_ENDING.get(out.suffix.lower())) is None:
        named = [f"{kind.ending} ({kind.name})" for kind in _BY_ENDING.values()]
        raise UsageError(f"{out} must end in {', '.join(named)}, or be numbered pictures such as taped_%05d.png")
    return found


def encode_piece(
    kind: Delivery,
    frames: Iterator[tuple[Frame, int]],
    out: Path,
    size: tuple[int, int],
    fps: Fraction,
    tape: TapeStage,
    seed: int,
    first_index: int,
    ending: str,
) -> None:
    """Treat and encode a stretch of a video.

    Args:
        kind: of result.
        frames: ``(height, width, 3)``, or 4 with alpha, each with how many frames it is shown for.
        out: the file to make; of numbered pictures the folder.
        size: width and height.
        fps: frames per second.
        tape: treats each frame.
        seed: handed to the tape.
        first_index: the tape's index of the first frame.
        ending: of numbered pictures.
    """
    if kind == MP4:
        encode_segment(frames, out, *size, fps, tape, seed, first_index)
        return
    treated = _treated(frames, fps, tape, seed, first_index)
    if kind == PICTURES:
        out.mkdir(exist_ok=True)
        for index, frame in enumerate(treated, first_index):
            save_picture(frame, out / f"{index:08d}{ending}")
        return
    first = next(treated)
    has_alpha = first.shape[2] == 4
    options = dict((kind.alpha_options or kind.options) if has_alpha else kind.options)
    reformatter = VideoReformatter()
    with av.open(str(out), "w", options={"fflags": "+bitexact"}) as container:
        stream: Any = container.add_stream(kind.codec, rate=fps, options=options)
        stream.width, stream.height, stream.pix_fmt = *size, kind.pixels[has_alpha]
        stream.codec_context.thread_count = 1
        if kind == PRORES:
            _tag(stream.codec_context)
        for count, frame in enumerate(_chained(first, treated)):
            made = VideoFrame.from_ndarray(frame, format="rgba" if has_alpha else "rgb24")
            made = reformatter.reformat(
                made,
                format=kind.pixels[has_alpha],
                dst_colorspace=Colorspace.ITU709 if kind == PRORES else None,
                dst_color_range=ColorRange.MPEG if kind == PRORES else None,
                interpolation=_EXACT,
            )
            made.pts, made.time_base = count, 1 / fps
            container.mux(stream.encode(made))
        container.mux(stream.encode(None))


def _chained(first: Frame, rest: Iterator[Frame]) -> Iterator[Frame]:
    yield first
    yield from rest


def _tag(context: Any) -> None:
    context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
    context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG


def _treated(
    frames: Iterator[tuple[Frame, int]], fps: Fraction, tape: TapeStage, seed: int, index: int
) -> Iterator[Frame]:
    """Every treated frame; transparency stays as it was."""
    for frame, repeat in frames:
        colours = np.ascontiguousarray(frame[..., :3])
        for shown, count in stretches(tape, index, repeat, fps):
            made = tape.apply(colours, shown, fps, seed)
            if frame.shape[2] == 4:
                made = np.concatenate([made, frame[..., 3:]], axis=2)
            for _ in range(count):
                yield made
        index += repeat


def joined(
    kind: Delivery, pieces: list[Path], sound: Path | None, out: Path, fps: Fraction, facts: Mapping[str, str]
) -> None:
    """String pieces together and add the sound.  Numbered pictures are moved into the folder ``out`` instead."""
    if kind == MP4:
        join(pieces, sound, out, fps, facts)
        return
    if kind == PICTURES:
        out.mkdir()
        for piece in pieces:
            for picture in sorted(piece.iterdir()):
                picture.replace(out / picture.name)
        return
    with av.open(str(out), "w", options={"fflags": "+bitexact"}) as container:
        container.metadata.update(facts)
        with av.open(str(pieces[0])) as template:
            video = container.add_stream_from_template(template.streams.video[0])
        video.time_base = 1 / fps
        tracks = [_pictures_of(pieces, video, fps)]
        if sound is not None:
            tracks.append(_sound_of(sound, container.add_stream("pcm_s16le", rate=48_000, layout="stereo")))
        for _time, packet in heapq.merge(*tracks, key=lambda timed: timed[0]):
            container.mux(packet)
    with out.open("rb+") as file:
        os.fsync(file.fileno())


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
