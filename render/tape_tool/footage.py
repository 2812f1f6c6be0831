"""Reading any video that PyAV or Pillow reads, as pictures at the times of a constant frame rate.

Variable frame rates, all eight orientations, alpha, ten bits, HDR, interlaced fields, odd sizes, pixels that are not
square and time stamps that start again come out as upright RGB pictures with even sides.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.filter import Graph
from av.stream import Disposition
from av.video.format import VideoFormat
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from tapehead.analysis.errors import UsageError
from tapehead.render.tape_tool import animation, hdr, sequence
from tapehead.render.tape_tool.orientation import UPRIGHT, Orientation, orientation_of
from tapehead.render.tape_tool.places import must_be_files
from tapehead.render.tape_tool.timeline import Runs, Timeline, decoded_at, followed_on, leaps_of
from tapehead.render.tape_tool.wholeness import is_cut

Frame = NDArray[np.uint8]

FASTEST = 120
LARGEST = 8192
HELD_S = 0.1
"""Sound that goes on for longer than this before or after the pictures is kept, and a picture held for it."""
SHORT_S = 0.3
"""A file that stops so much before the end that it announces is said to end early."""
_TELEVISION = (24, 30, 48, 60, 120)
_SCALING = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.BITEXACT | Interpolation.FULL_CHR_H_INT
_KNOWN_SPACES = {int(Colorspace.ITU709), int(Colorspace.FCC), int(Colorspace.ITU601), int(Colorspace.SMPTE240M), 9, 10}
"""Colour matrices that a stream may name; others are guessed from the size.  9 and 10 are BT.2020."""
_NOTHING = "it may be broken, cut short, or no video at all"
_LOOKED_AT = 8
"""Pictures that are decoded to see whether a video is interlaced: one flag may be wrong."""
_NO_FILM = Disposition.attached_pic | Disposition.timed_thumbnails
_ANNOUNCING = {"mov", "mp4", "matroska", "webm", "avi", "flv", "asf", "mxf", "nut"}
"""Containers that say at their beginning how long they are; of others the length is guessed from what is there."""


@dataclass(frozen=True)
class Footage:
    """What is known of a video before its pictures are decoded."""

    path: Path
    times: tuple[int, ...]
    """Presentation times of its pictures (of fields where it is interlaced) in units of ``tick``, in order."""
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
    stream: int = 0
    """Number of the pictures' stream in the file."""
    offsets: tuple[float, ...] = (0.0,)
    """Seconds added to the times of each run of pictures (see :mod:`tapehead.render.tape_tool.timeline`)."""
    counted: bool = False
    """Whether packets bear no times, and pictures are counted as they are decoded."""
    loose: bool = False
    """Whether it is a program stream: not every picture bears a time there, and after a leap they are guessed wrong."""
    interlaced: bool = False
    orientation: Orientation = UPRIGHT
    sound_stream: int = 0
    sound_offsets: tuple[float, ...] = (0.0,)
    """The same for the sound."""
    crop: tuple[int, int, int, int] | None = None
    """Left and top edge of what is taken of each upright picture, and width and height of the whole, in pixels."""
    has_alpha: bool = False
    options: tuple[tuple[str, str], ...] = ()
    """What the demuxer is told."""
    notes: tuple[str, ...] = field(default=(), compare=False)
    """What a user should know: an early end, sound beside the pictures, colours that were mapped."""

    @property
    def frames(self) -> int:
        """Pictures at the constant rate."""
        return max(1, round(self.duration_s * self.fps))

    @property
    def seekable(self) -> bool:
        """Whether a time leads to one place of the file."""
        return len(self.offsets) == 1 and not self.counted and not self.loose

    def shown(self, index: int) -> int:
        """Which of :attr:`times` is on screen at frame ``index`` of the constant rate."""
        at = self.start_s + index / self.fps
        place = bisect.bisect_right(
            self.times, round(Fraction(at).limit_denominator(10**9) / self.tick * 1000) / 1000 + 0.5
        )
        return max(0, place - 1)


@dataclass
class _Listed:
    """What the packets of a file say."""

    timeline: Timeline
    stream: int
    tick: Fraction
    rate: Fraction | None
    ratio: Fraction
    announced: tuple[float | None, float | None]
    """When the file says that its pictures end, and all of it, in its own seconds."""
    sound_stream: int
    """-1 where there is none that can be decoded."""
    lost_sound: bool
    loose: bool
    stamps: list[int] = field(default_factory=list)
    """Times of the pictures, run after run as the file has them."""
    runs: list[int] = field(default_factory=list)
    """The run of each of them."""
    counted: bool = False
    end: float = 0.0
    """Latest end of any stream, in seconds as the file counts."""

    def span(self, stream: int, shifts: Mapping[int, tuple[float, ...]]) -> Span | None:
        """From when to when a stream lasts with its runs following on; ``None`` where it holds nothing."""
        extents = self.timeline.extents(stream)
        if not extents:
            return None
        moved = [(e.first + shift, e.end + shift) for e, shift in zip(extents, shifts[stream], strict=True)]
        return min(first for first, _ in moved), max(end for _, end in moved)

    def followed_on(self, shifts: Sequence[float]) -> list[int]:
        """Times of the pictures with their runs following on, in order."""
        moved = [round(shift / float(self.tick)) for shift in shifts]
        return sorted({stamp + moved[run] for stamp, run in zip(self.stamps, self.runs, strict=True)})


def probe(path: Path, fps: Fraction | int = 0, crop: Fraction | None = None) -> Footage:
    """Look into a video: its packets are listed, its first pictures are decoded.

    Args:
        path: of the video, or of numbered pictures with ``%04d`` in place of the number.
        fps: the rate of what will be made of it; 0 takes the video's own, see :func:`delivery_rate`.
        crop: width over height of what is taken from the middle of the pictures.

    Raises:
        UsageError: there is no such file, or there is no video in it that can be decoded.
    """
    options = sequence.demuxer_options(path, fps)
    must_be_files(path)
    try:
        if animation.is_animation(path):
            return _of_animation(path, fps, crop)
        with _opened(path, options) as container:
            listed = _list_packets(container, path)
        with _opened(path, options) as container:
            decoded = _decoded(container, container.streams[listed.stream])
            first = [frame for frame, _ in zip(decoded, range(_LOOKED_AT), strict=False)]
    except (OSError, av.FFmpegError) as error:
        if isinstance(error, FileNotFoundError):
            raise UsageError(f"there is no file {path}") from None
        raise UsageError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}; {_NOTHING}") from error
    if not first or not listed.stamps:
        raise UsageError(f"{path} holds no picture that can be decoded; {_NOTHING}")
    shifts = listed.timeline.offsets((listed.stream, listed.sound_stream))
    own, heard = listed.span(listed.stream, shifts), listed.span(listed.sound_stream, shifts)
    assert own is not None
    tick, stamps = listed.tick, listed.followed_on(shifts[listed.stream])
    found = float(listed.rate) if listed.rate else len(stamps) / max(own[1] - own[0], 1e-3)
    interlaced = sum(bool(frame.interlaced_frame) for frame in first) * 2 > len(first)
    if interlaced:
        stamps, tick, found = _fields(stamps), tick / 2, found * 2
    begin, end = _kept(own, heard)
    turned = orientation_of(first[0])
    height, width = upright(first[0], None, listed.ratio, turned).shape[:2]
    _check_size(path, width, height)
    left, top, taken_width, taken_height = middle(width, height, crop)
    return Footage(
        path,
        tuple(stamps),
        tick,
        begin,
        end - begin,
        Fraction(fps) or delivery_rate(found, stamps, tick),
        taken_width,
        taken_height,
        heard is not None,
        listed.ratio,
        stream=listed.stream,
        offsets=shifts[listed.stream],
        counted=listed.counted,
        loose=listed.loose,
        interlaced=interlaced,
        orientation=turned,
        sound_stream=listed.sound_stream,
        sound_offsets=shifts.get(listed.sound_stream, (0.0,)),
        crop=None if crop is None else (left, top, width, height),
        has_alpha=any(component.is_alpha for component in first[0].format.components),
        options=tuple(options.items()),
        notes=(
            *(
                (f"numbered pictures are shown {sequence.DEFAULT_RATE} a second; --fps sets another rate",)
                if options and not fps
                else ()
            ),
            *_notes(path, listed, own, heard, first[0], interlaced, len(shifts[listed.stream])),
        ),
    )


Span = tuple[float, float]
"""From when to when, in seconds."""


def _kept(own: Span, heard: Span | None) -> Span:
    """When the result begins and ends: with the pictures, or with sound that goes on well beside them."""
    if heard is None:
        return own
    return (
        heard[0] if own[0] - heard[0] > HELD_S else own[0],
        heard[1] if heard[1] - own[1] > HELD_S else own[1],
    )


def _notes(
    path: Path, listed: _Listed, own: Span, heard: Span | None, first: Any, interlaced: bool, runs: int
) -> Iterator[str]:
    """What a user should know."""
    if runs > 1:
        yield f"its time stamps start again {_times(runs - 1)}; its {runs} parts follow on"
    for announced, end in zip(listed.announced, (own[1], listed.end), strict=True):
        if announced is not None and announced - end > SHORT_S:
            yield f"it ends early: {end:.2f} of {announced:.2f} s are there; the file is cut short or damaged"
            break
    else:
        if is_cut(path):
            yield f"it ends early: the file is cut short, {own[1] - own[0]:.2f} s of pictures are there"
    begin, end = _kept(own, heard)
    if begin < own[0]:
        yield f"its sound begins {own[0] - begin:.1f} s before its pictures: the first one is held"
    if end > own[1]:
        yield f"its sound goes on for {end - own[1]:.1f} s after its pictures: the last one is held"
    if listed.lost_sound:
        yield "its sound is in a format that cannot be decoded, and is left out"
    if kind := hdr.kind_of(first):
        yield f"it is {kind}, and was mapped to the colours and the white of television"
    if interlaced:
        yield "it is interlaced: each of its fields becomes a picture"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _check_size(path: Path, width: int, height: int) -> None:
    if max(height, width) > LARGEST:
        raise UsageError(f"{path} is {width}x{height}; pictures up to {LARGEST} pixels wide or high can be treated")


def _of_animation(path: Path, fps: Fraction | int, crop: Fraction | None) -> Footage:
    """A picture that moves: what Pillow reads and FFmpeg does not."""
    width, height, times, end = animation.look(path)
    width, height = width + width % 2, height + height % 2
    _check_size(path, width, height)
    tick = Fraction(1, 1000)
    seconds = max(end, 1) / 1000
    left, top, taken_width, taken_height = middle(width, height, crop)
    return Footage(
        path,
        times,
        tick,
        0.0,
        seconds,
        Fraction(fps) or delivery_rate(len(times) / seconds, times, tick),
        taken_width,
        taken_height,
        False,
        crop=None if crop is None else (left, top, width, height),
        has_alpha=True,
    )


def _opened(path: Path, options: dict[str, str] | tuple[tuple[str, str], ...]) -> Any:
    # By its whole path: a colon in a plain name would be taken for that of an address.
    return av.open(sequence.address(path), options=dict(options))


def film_stream(container: Any, path: Path) -> Any:
    """The first stream of pictures that is no cover and no row of thumbnails.

    Raises:
        UsageError: there is none.
    """
    films = [s for s in container.streams.video if not s.disposition & _NO_FILM and s.codec_context is not None]
    if films:
        return films[0]
    if not container.streams.video:
        raise UsageError(f"{path} holds no pictures")
    if any(s.codec_context is None for s in container.streams.video):
        raise UsageError(f"{path} holds pictures in a format that cannot be decoded")
    raise UsageError(f"{path} holds no pictures but a cover")


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


def ratio_named(text: str) -> Fraction:
    """A shape as one types it: ``4:3``, ``4/3`` or ``1.33``, width over height.

    Raises:
        UsageError: it is none.
    """
    try:
        found = Fraction(text.replace(":", "/"))
    except (ValueError, ZeroDivisionError):
        raise UsageError(f"--crop takes a shape such as 4:3; got '{text}'") from None
    if not Fraction(1, 10) <= found <= 10:
        raise UsageError(f"--crop takes a shape from 1:10 to 10:1; got '{text}'")
    return found


def middle(width: int, height: int, ratio: Fraction | None) -> tuple[int, int, int, int]:
    """Left, top, width and height (even) of the largest part of that shape in the middle; without one, of all."""
    if ratio is None:
        return 0, 0, width, height
    wide = min(width, max(2, 2 * round(min(Fraction(width), height * ratio) / 2)))
    high = min(height, max(2, 2 * round(min(Fraction(height), width / ratio) / 2)))
    return (width - wide) // 2, (height - high) // 2, wide, high


# -- what is in the file ------------------------------------------------------------------------------


def _list_packets(container: Any, path: Path) -> _Listed:
    """All packets of a file: when its pictures are shown, and from when to when each stream lasts."""
    stream = film_stream(container, path)
    heard = next((s for s in container.streams.audio if s.codec_context is not None), None)
    tick = Fraction(stream.time_base or Fraction(1, 1000))
    rate = stream.average_rate or stream.guessed_rate
    ratio = Fraction(stream.sample_aspect_ratio or 1)
    step = max(1, round(1 / (Fraction(rate) * tick))) if rate else 1
    found = _Listed(
        Timeline(leaps_of(container)),
        stream.index,
        tick,
        rate,
        ratio if Fraction(1, 8) <= ratio <= 8 else Fraction(1),
        _announced(container, stream, tick),
        -1 if heard is None else heard.index,
        bool(container.streams.audio) and heard is None,
        container.format.name == "mpeg",
    )
    ticks = {s.index: float(s.time_base) for s in container.streams if s.time_base}
    runs = Runs(leaps_of(container))
    count = 0
    try:
        for packet in container.demux():
            index = packet.stream.index
            if packet.size == 0 or index not in ticks or packet.stream.disposition & _NO_FILM:
                continue
            unit = ticks[index]
            if index != stream.index:
                if packet.pts is not None and not packet.is_discard:
                    at, until = packet.pts * unit, (packet.pts + (packet.duration or 0)) * unit
                    found.end = max(found.end, until)
                    if packet.stream.type == "audio":
                        found.timeline.take(index, decoded_at(packet, unit), at, until)
                continue
            if packet.is_discard:
                continue
            found.counted |= packet.pts is None
            pts = packet.pts if packet.pts is not None else count * step
            count += 1
            decoded = decoded_at(packet, unit)
            found.timeline.take(index, decoded, pts * unit, (pts + (packet.duration or step)) * unit)
            found.end = max(found.end, (pts + (packet.duration or step)) * unit)
            found.stamps.append(pts)
            found.runs.append(runs.count(decoded))
    except (OSError, av.FFmpegError):
        pass  # cut short: what came before it is there
    if found.counted:  # some bear a time and some do not: then none is believed
        found.stamps, found.runs = [k * step for k in range(count)], [0] * count
        found.timeline.forget(stream.index)
        found.timeline.take(stream.index, 0.0, 0.0, count * step * ticks[stream.index])
    return found


def _announced(container: Any, stream: Any, tick: Fraction) -> tuple[float | None, float | None]:
    """When the file says that its pictures end, and all of it, in its own seconds; ``None`` where it says nothing."""
    if not _ANNOUNCING & set(container.format.name.split(",")):
        return None, None
    whole = ((container.start_time or 0) + container.duration) / av.time_base if container.duration else None
    own = float(((stream.start_time or 0) + stream.duration) * tick) if stream.duration else None
    return own, whole


def _fields(stamps: Sequence[int]) -> list[int]:
    """Times of fields in half ticks: two for each picture, the second half way to the next."""
    gap = stamps[-1] - stamps[-2] if len(stamps) > 1 else 2
    ends = [*stamps[1:], stamps[-1] + gap]
    return [time for now, then in zip(stamps, ends, strict=True) for time in (2 * now, now + then)]


# -- pictures -----------------------------------------------------------------------------------------


def _decoded(container: Any, stream: Any, offsets: Sequence[float] = (0.0,)) -> Iterator[Any]:
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


def _counted(frames: Iterator[Any], times: Sequence[int]) -> Iterator[Any]:
    for frame, time in zip(frames, times, strict=False):
        frame.pts = time
        yield frame


def _split(frames: Iterator[Any], tick: Fraction) -> Iterator[Any]:
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
        with _opened(footage.path, footage.options) as container:
            stream = container.streams[footage.stream]
            # The first field needs the picture before it.
            begin = footage.times[max(0, place - 2)] // 2 if footage.interlaced else due
            try:
                container.seek(begin, stream=stream, backward=True)
                source = _ready(footage, _decoded(container, stream))
                first = next(source, None)
            except (OSError, av.FFmpegError):
                first = None
            if first is not None and first.pts is not None and first.pts <= due:
                yield first
                yield from source
                return
    with _opened(footage.path, footage.options) as container:
        yield from _ready(footage, _decoded(container, container.streams[footage.stream], footage.offsets))


def _ready(footage: Footage, frames: Iterator[Any]) -> Iterator[Any]:
    if footage.counted:
        frames = _counted(frames, footage.times[:: 2 if footage.interlaced else 1])
    return _split(frames, footage.tick * 2) if footage.interlaced else frames
