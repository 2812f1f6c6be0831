"""Reading any video that PyAV reads: as pictures at the times of a constant frame rate, and as 48 kHz stereo sound.

Variable frame rates, rotation flags, alpha, ten bits, odd sizes and pixels that are not square come out as upright RGB
pictures with even sides.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from tapehead.analysis.errors import UsageError

Frame = NDArray[np.uint8]

RATE_HZ = 48000
FASTEST = 120
LARGEST = 8192
_TELEVISION = (24, 30, 48, 60, 120)
_SCALING = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.BITEXACT | Interpolation.FULL_CHR_H_INT
_KNOWN_SPACES = {int(Colorspace.ITU709), int(Colorspace.FCC), int(Colorspace.ITU601), int(Colorspace.SMPTE240M), 9, 10}
"""Colour matrices that a stream may name; others are guessed from the size.  9 and 10 are BT.2020."""
_NOTHING = "it may be broken, cut short, or no video at all"


@dataclass(frozen=True)
class Footage:
    """What is known of a video before its pictures are decoded."""

    path: Path
    times: tuple[int, ...]
    """Presentation times of its pictures in units of ``tick``, in order."""
    tick: Fraction
    """Seconds."""
    start_s: float
    duration_s: float
    fps: Fraction
    """Frames per second of what will be made of it."""
    width: int
    height: int
    has_sound: bool
    ratio: Fraction = Fraction(1)
    """Width of a pixel over its height."""

    @property
    def frames(self) -> int:
        """Pictures at the constant rate."""
        return max(1, round(self.duration_s * self.fps))

    def shown(self, index: int) -> int:
        """Which of :attr:`times` is on screen at frame ``index`` of the constant rate."""
        at = self.start_s + index / self.fps
        place = bisect.bisect_right(
            self.times, round(Fraction(at).limit_denominator(10**9) / self.tick * 1000) / 1000 + 0.5
        )
        return max(0, place - 1)


def probe(path: Path, fps: Fraction | int = 0) -> Footage:
    """Look into a video: its packets are listed, its first picture is decoded.

    ``fps`` is the rate of what will be made of it; 0 takes the video's own, see :func:`delivery_rate`.

    Raises:
        UsageError: there is no such file, or there is no video in it that can be decoded.
    """
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise UsageError(f"{path} holds no pictures")
            stream = container.streams.video[0]
            tick = Fraction(stream.time_base or Fraction(1, 1000))
            rate = stream.average_rate or stream.guessed_rate
            stamps, last = _stamps(container, stream, tick, rate)
            has_sound = bool(container.streams.audio)
            ratio = Fraction(stream.sample_aspect_ratio or 1)
            ratio = ratio if Fraction(1, 8) <= ratio <= 8 else Fraction(1)
        with av.open(str(path)) as container:
            first = next(_decoded(container, container.streams.video[0]), None)
    except (OSError, av.FFmpegError) as error:
        if isinstance(error, FileNotFoundError):
            raise UsageError(f"there is no file {path}") from None
        raise UsageError(f"{path} can not be read: {getattr(error, 'strerror', None) or error}; {_NOTHING}") from error
    if first is None or not stamps:
        raise UsageError(f"{path} holds no picture that can be decoded; {_NOTHING}")
    duration = float((last - stamps[0]) * tick)
    found = float(rate) if rate else len(stamps) / max(duration, 1e-3)
    chosen = Fraction(fps) or delivery_rate(found, stamps, tick)
    height, width = upright(first, None, ratio).shape[:2]
    if max(height, width) > LARGEST:
        raise UsageError(f"{path} is {width}x{height}; pictures up to {LARGEST} pixels wide or high can be treated")
    return Footage(
        path, tuple(stamps), tick, float(stamps[0] * tick), duration, chosen, width, height, has_sound, ratio
    )


def delivery_rate(found: float, stamps: Sequence[int], tick: Fraction) -> Fraction:
    """The constant rate that stands for a video's own.

    One of television's rates (a thousand and first below a whole number) stays exact, as does any other simple rate
    that is really constant; everything else becomes a whole number of frames per second.

    Args:
        found: mean frames per second.
        stamps: presentation times, in order.
        tick: their unit in seconds.
    """
    for whole in _TELEVISION:
        exact = Fraction(whole * 1000, 1001)
        if abs(found / exact - 1) < 2e-4:
            return exact
    gaps = np.diff(np.array(stamps, dtype=np.int64))
    simple = Fraction(found).limit_denominator(16)
    if len(gaps) and gaps.max() - gaps.min() <= 1 and 1 <= simple <= FASTEST and abs(found / simple - 1) < 2e-4:
        return simple
    return Fraction(min(FASTEST, max(1, round(found))))


def rate_named(text: str) -> Fraction:
    """A rate as one types it: ``25``, ``30000/1001``, or ``29.97`` for the latter; ``0`` stands for the video's own.

    Raises:
        UsageError: it is none, or faster than what is made.
    """
    try:
        rate = Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise UsageError(f"--fps takes 25, 29.97 or 30000/1001; got '{text}'") from None
    if not 0 <= rate <= FASTEST or 0 < rate < 1:
        raise UsageError(f"--fps is from 1 to {FASTEST} frames per second, or 0 for the video's own; got {text}")
    near = (Fraction(whole * 1000, 1001) for whole in _TELEVISION)
    return next((exact for exact in near if abs(rate / exact - 1) < 2e-4), rate.limit_denominator(1001))


def _stamps(container: Any, stream: Any, tick: Fraction, rate: Any) -> tuple[list[int], int]:
    """Presentation times in order, and when the last picture ends."""
    step = max(1, round(1 / (Fraction(rate) * tick))) if rate else 1
    stamps: list[int] = []
    ends = 0
    count = 0
    try:
        for packet in container.demux(stream):
            if packet.size == 0 or packet.is_discard:
                continue
            pts = packet.pts if packet.pts is not None else count * step
            count += 1
            stamps.append(pts)
            ends = max(ends, pts + (packet.duration or step))
    except (OSError, av.FFmpegError):
        pass  # cut short: what came before it is there
    return sorted(set(stamps)), ends


def _decoded(container: Any, stream: Any) -> Iterator[Any]:
    """Pictures in order of time; what can not be decoded is left out."""
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = 1
    try:
        for packet in container.demux(stream):
            try:
                yield from packet.decode()
            except av.FFmpegError:
                continue
    except (OSError, av.FFmpegError):
        return


def upright(frame: Any, reformatter: VideoReformatter | None, ratio: Fraction = Fraction(1)) -> Frame:
    """A decoded picture as RGB, turned upright, alpha over black, square pixels, even sides."""
    reformatter = reformatter or VideoReformatter()
    has_alpha = any(component.is_alpha for component in frame.format.components)
    space = frame.colorspace
    if not frame.format.is_rgb and (space is None or int(space) not in _KNOWN_SPACES):
        space = Colorspace.ITU709 if frame.height >= 720 else Colorspace.ITU601
    width = max(1, round(frame.width * ratio))
    made = reformatter.reformat(
        frame,
        width=width,
        height=frame.height,
        format="rgba" if has_alpha else "rgb24",
        src_colorspace=space if not frame.format.is_rgb else None,
        dst_color_range=ColorRange.JPEG,
        interpolation=_SCALING,
    )
    picture: Any = made.to_ndarray()
    if has_alpha:
        picture = (picture[..., :3].astype(np.uint16) * picture[..., 3:] // 255).astype(np.uint8)
    turns = round((getattr(frame, "rotation", 0) or 0) / 90) % 4
    if turns:
        picture = np.rot90(picture, turns)
    return even(picture)


def even(picture: Frame) -> Frame:
    """With even sides: the last row or column is repeated where one is missing."""
    height, width = picture.shape[:2]
    if height % 2 or width % 2:
        picture = np.pad(picture, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return np.ascontiguousarray(picture)


def pictures(footage: Footage, wanted: Sequence[int]) -> Iterator[tuple[Frame, int]]:
    """The pictures on screen at some frames of the constant rate (rising), with how many of them show each.

    What can not be decoded is held over by what came before it.
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
                raise UsageError(f"{footage.path} can not be decoded at {float(due * footage.tick):.2f} s")
            picture, count = _fitting(upright(held, reformatter, footage.ratio), footage), 0
        count += 1
    if count and picture is not None:
        yield picture, count


def _fitting(picture: Frame, footage: Footage) -> Frame:
    """A stream may change its size on the way: keep the first one."""
    if picture.shape[:2] == (footage.height, footage.width):
        return picture
    from PIL import Image

    return np.asarray(Image.fromarray(picture).resize((footage.width, footage.height), Image.Resampling.BICUBIC))


def _source(footage: Footage, place: int) -> Iterator[Any]:
    """Decoded pictures from at or before a place on; from the start where the file can not be sought."""
    due = footage.times[place]
    if place > 0:
        with av.open(str(footage.path)) as container:
            stream = container.streams.video[0]
            try:
                container.seek(due, stream=stream, backward=True)
                source = _decoded(container, stream)
                first = next(source, None)
            except (OSError, av.FFmpegError):
                first = None
            if first is not None and first.pts is not None and first.pts <= due:
                yield first
                yield from source
                return
    with av.open(str(footage.path)) as container:
        yield from _decoded(container, container.streams.video[0])


def sound(footage: Footage, into: Path) -> int:
    """Decode the sound into a raw file of 48 kHz stereo float32, placed in time as the pictures are; returns samples.

    Returns 0 if there is none that can be decoded.
    """
    total = round(footage.duration_s * RATE_HZ)
    if not footage.has_sound or total == 0:
        return 0
    made = np.memmap(into, np.float32, "w+", shape=(total, 2))
    heard = False
    resampler = AudioResampler(format="fltp", layout="stereo", rate=RATE_HZ)
    place: int | None = None
    try:
        with av.open(str(footage.path)) as container:
            for packet in container.demux(container.streams.audio[0]):
                try:
                    frames = packet.decode()
                except av.FFmpegError:
                    continue
                for decoded in frames:
                    if place is None:
                        begin = decoded.time if decoded.time is not None else footage.start_s
                        place = round((begin - footage.start_s) * RATE_HZ)
                    for frame in resampler.resample(decoded):
                        place = _laid(made, frame.to_ndarray(), place)
                        heard = True
            if place is not None:
                for frame in resampler.resample(None):
                    place = _laid(made, frame.to_ndarray(), place)
    except (OSError, av.FFmpegError):
        pass  # cut short: what came before it is there
    made.flush()
    return total if heard else 0


def _laid(made: Any, planes: Any, place: int) -> int:
    """Put a decoded piece ``(channels, samples)`` where it belongs; returns where the next one goes."""
    part = planes.T
    first, last = max(0, place), min(len(made), place + len(part))
    if last > first:
        made[first:last] = part[first - place : last - place]
    return place + len(part)
