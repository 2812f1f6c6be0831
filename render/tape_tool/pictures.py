"""The pictures of a video at the times of a constant frame rate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from tapehead.analysis.errors import UsageError
from tapehead.render.tape_tool import animation
from tapehead.render.tape_tool.decoding import Frame, counted, decoded, fields_apart, upright
from tapehead.render.tape_tool.footage import Footage
from tapehead.render.tape_tool.packets import opened


def pictures(footage: Footage, wanted: Sequence[int], keep_alpha: bool = False) -> Iterator[tuple[Frame, int]]:
    """The pictures on screen at some frames of the constant rate (rising), with how many of them show each.

    What cannot be decoded is held over by what came before it.  Pictures are ``(height, width, 3)``, or 4 with alpha.
    """
    places = [footage.shown(index) for index in wanted]
    if not places:
        return
    source = _source(footage, places[0])
    reformatter = VideoReformatter()
    coming = next(source, None)
    held: Any = None
    picture: Frame | None = None
    count = 0
    for place in places:
        due = footage.times[place]
        fresh = False
        while coming is not None and (held is None or (coming.pts is not None and coming.pts <= due)):
            held, fresh = coming, True
            coming = next(source, None)
        if fresh or picture is None:
            if count and picture is not None:
                yield picture, count
            if held is None:
                raise UsageError(f"{footage.path} cannot be decoded at {float(due * footage.tick):.2f} s")
            made = upright(held, reformatter, footage.ratio, footage.orientation, keep_alpha)
            picture, count = _fitting(made, footage), 0
        count += 1
    if count and picture is not None:
        yield picture, count


def _fitting(picture: Frame, footage: Footage) -> Frame:
    """The part that is taken.  A stream may change its size on the way: keep the first one."""
    if footage.crop is None:
        return _sized(picture, footage.width, footage.height)
    left, top, whole_width, whole_height = footage.crop
    picture = _sized(picture, whole_width, whole_height)
    return np.ascontiguousarray(picture[top : top + footage.height, left : left + footage.width])


def _sized(picture: Frame, width: int, height: int) -> Frame:
    if picture.shape[:2] == (height, width):
        return picture
    from PIL import Image

    return np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.BICUBIC))


def _source(footage: Footage, place: int) -> Iterator[Any]:
    """Decoded pictures from at or before a place on; from the start where the file cannot be sought."""
    if animation.is_animation(footage.path):
        yield from animation.frames(footage.path)
        return
    due = footage.times[place]
    if place > 0 and footage.seekable:
        with opened(footage.path, footage.options) as container:
            stream = container.streams[footage.stream]
            # The first field needs the picture before it.
            begin = footage.times[max(0, place - 2)] // 2 if footage.interlaced else due
            try:
                container.seek(begin, stream=stream, backward=True)
                source = _ready(footage, decoded(container, stream))
                first = next(source, None)
            except (OSError, av.FFmpegError):
                first = None
            if first is not None and first.pts is not None and first.pts <= due:
                yield first
                yield from source
                return
    with opened(footage.path, footage.options) as container:
        yield from _ready(footage, decoded(container, container.streams[footage.stream], footage.offsets))


def _ready(footage: Footage, frames: Iterator[Any]) -> Iterator[Any]:
    if footage.counted:
        frames = counted(frames, footage.times[:: 2 if footage.interlaced else 1])
    return fields_apart(frames, footage.tick * 2) if footage.interlaced else frames
