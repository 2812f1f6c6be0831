"""What is known of a video that PyAV or Pillow reads, before it is read whole.

Variable frame rates, all eight orientations, alpha, ten bits, HDR, interlaced fields, odd sizes, pixels that are not
square and time stamps that start again come out as upright RGB pictures with even sides.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from tapehead.analysis.errors import UsageError
from tapehead.render.tape_tool import animation, hdr, sequence
from tapehead.render.tape_tool.decoding import decoded, upright
from tapehead.render.tape_tool.orientation import UPRIGHT, Orientation, orientation_of
from tapehead.render.tape_tool.packets import Listed, Span, list_packets, opened
from tapehead.render.tape_tool.places import must_be_files
from tapehead.render.tape_tool.rates import delivery_rate, middle
from tapehead.render.tape_tool.wholeness import is_cut

LARGEST = 8192
HELD_S = 0.1
"""Sound that goes on for longer than this before or after the pictures is kept, and a picture held for it."""
SHORT_S = 0.3
"""A file that stops so much before the end that it announces is said to end early."""
_NOTHING = "it may be broken, cut short, or no video at all"
_LOOKED_AT = 8
"""Pictures that are decoded to see whether a video is interlaced: one flag may be wrong."""


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
        with opened(path, options) as container:
            listed = list_packets(container, path)
        with opened(path, options) as container:
            coming = decoded(container, container.streams[listed.stream])
            first = [frame for frame, _ in zip(coming, range(_LOOKED_AT), strict=False)]
    except (OSError, av.FFmpegError) as error:
        if isinstance(error, FileNotFoundError):
            raise UsageError(f"there is no file {path}") from None
        raise UsageError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}; {_NOTHING}") from error
    if not first or not listed.stamps:
        raise UsageError(f"{path} holds no picture that can be decoded; {_NOTHING}")
    return _of_film(path, listed, first, options, Fraction(fps), crop)


def _of_film(
    path: Path, listed: Listed, first: list[Any], options: dict[str, str], fps: Fraction, crop: Fraction | None
) -> Footage:
    """From what its packets say and its first pictures show."""
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
        fps or delivery_rate(found, stamps, tick),
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


def _kept(own: Span, heard: Span | None) -> Span:
    """When the result begins and ends: with the pictures, or with sound that goes on well beside them."""
    if heard is None:
        return own
    return (
        heard[0] if own[0] - heard[0] > HELD_S else own[0],
        heard[1] if heard[1] - own[1] > HELD_S else own[1],
    )


def _notes(
    path: Path, listed: Listed, own: Span, heard: Span | None, first: Any, interlaced: bool, runs: int
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


def _fields(stamps: Sequence[int]) -> list[int]:
    """Times of fields in half ticks: two for each picture, the second half way to the next."""
    gap = stamps[-1] - stamps[-2] if len(stamps) > 1 else 2
    ends = [*stamps[1:], stamps[-1] + gap]
    return [time for now, then in zip(stamps, ends, strict=True) for time in (2 * now, now + then)]
