"""Decoded pictures, one after the other: in order of time, fields apart, upright RGB with even sides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.filter import Graph
from av.video.format import VideoFormat
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from tapehead.render.tape_tool import hdr
from tapehead.render.tape_tool.orientation import Orientation, orientation_of
from tapehead.render.tape_tool.timeline import followed_on

Frame = NDArray[np.uint8]

_SCALING = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.BITEXACT | Interpolation.FULL_CHR_H_INT
_KNOWN_SPACES = {int(Colorspace.ITU709), int(Colorspace.FCC), int(Colorspace.ITU601), int(Colorspace.SMPTE240M), 9, 10}
"""Colour matrices that a stream may name; others are guessed from the size.  9 and 10 are BT.2020."""


def decoded(container: Any, stream: Any, offsets: Sequence[float] = (0.0,)) -> Iterator[Any]:
    """Pictures in order of time, stamped without restarts; what cannot be decoded is left out."""
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = 1
    try:
        for packet in followed_on(container, stream, offsets):
            try:
                yield from packet.decode()
            except av.FFmpegError:
                continue
    except (OSError, av.FFmpegError):
        return


def counted(frames: Iterator[Any], times: Sequence[int]) -> Iterator[Any]:
    """Pictures whose packets bear no times, with these."""
    for frame, time in zip(frames, times, strict=False):
        frame.pts = time
        yield frame


def fields_apart(frames: Iterator[Any], tick: Fraction) -> Iterator[Any]:
    """Each field as a picture, what is between its lines made up from its neighbours (FFmpeg's bwdif)."""
    chain: _Deinterlacer | None = None
    for frame in frames:
        shape = (frame.width, frame.height, frame.format.name)
        if chain is None or chain.shape != shape:
            if chain is not None:
                yield from chain.rest()
            chain = _Deinterlacer(shape, tick)
        yield from chain.fed(frame)
    if chain is not None:
        yield from chain.rest()


class _Deinterlacer:
    def __init__(self, shape: tuple[int, int, str], tick: Fraction) -> None:
        self.shape = shape
        self._graph = Graph()
        self._into = self._graph.add_buffer(
            width=shape[0], height=shape[1], format=VideoFormat(shape[2]), time_base=tick
        )
        filters = self._graph.add("bwdif", "mode=send_field:parity=auto:deint=all")
        self._out = self._graph.add("buffersink")
        self._into.link_to(filters)
        filters.link_to(self._out)
        self._graph.configure()

    def fed(self, frame: Any) -> Iterator[Any]:
        self._into.push(frame)
        return self._pulled()

    def rest(self) -> Iterator[Any]:
        self._into.push(None)
        return self._pulled()

    def _pulled(self) -> Iterator[Any]:
        while True:
            try:
                yield self._out.pull()
            except (BlockingIOError, EOFError):
                return


def upright(
    frame: Any,
    reformatter: VideoReformatter | None,
    ratio: Fraction = Fraction(1),
    turned: Orientation | None = None,
    keep_alpha: bool = False,
) -> Frame:
    """A decoded picture as RGB, turned upright, square pixels, even sides; alpha over black, or as a fourth plane."""
    reformatter = reformatter or VideoReformatter()
    has_alpha = any(component.is_alpha for component in frame.format.components)
    width = max(1, round(frame.width * ratio))
    if hdr.kind_of(frame) and not has_alpha:
        picture: Any = hdr.to_sdr(frame, reformatter, width, _SCALING)
    else:
        space = frame.colorspace
        if not frame.format.is_rgb and (space is None or int(space) not in _KNOWN_SPACES):
            space = Colorspace.ITU709 if frame.height >= 720 else Colorspace.ITU601
        made = reformatter.reformat(
            frame,
            width=width,
            height=frame.height,
            format="rgba" if has_alpha else "rgb24",
            src_colorspace=space if not frame.format.is_rgb else None,
            dst_color_range=ColorRange.JPEG,
            interpolation=_SCALING,
        )
        picture = made.to_ndarray()
    if has_alpha and not keep_alpha:
        picture = (picture[..., :3].astype(np.uint16) * picture[..., 3:] // 255).astype(np.uint8)
    elif has_alpha:
        picture = np.where(picture[..., 3:] > 0, picture, 0)  # what is not seen has no colour
    elif keep_alpha:
        picture = np.concatenate([picture, np.full((*picture.shape[:2], 1), 255, np.uint8)], axis=2)
    return even((orientation_of(frame) if turned is None else turned).applied(picture))


def even(picture: Frame) -> Frame:
    """With even sides: the last row or column is repeated where one is missing."""
    height, width = picture.shape[:2]
    if height % 2 or width % 2:
        picture = np.pad(picture, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return np.ascontiguousarray(picture)
