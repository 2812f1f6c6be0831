"""The picture sizes and frame rates a film can have: named ones, and any that is asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tapehead.analysis.errors import UnknownNameError, UsageError


@dataclass(frozen=True)
class Quality:
    """A picture size in pixels and a frame rate in frames per second."""

    name: str
    width: int
    height: int
    fps: int


QUALITIES: dict[str, Quality] = {
    quality.name: quality
    for quality in (
        Quality("480p15", 854, 480, 15),
        Quality("720p30", 1280, 720, 30),
        Quality("1080p60", 1920, 1080, 60),
        Quality("1440p60", 2560, 1440, 60),
        Quality("2160p60", 3840, 2160, 60),
    )
}
"""By name, worst first."""

DEFAULT = "480p15"
RATE = 30
"""Frames per second of a size for which no rate is given."""
LEAST_SIDE, MOST_SIDE, MOST_PIXELS, MOST_RATE = 144, 4096, 3840 * 2160, 120
"""What an H.264 film may have that common players show: no side longer than 4096, no more pixels than 4K."""

_SIZE = re.compile(r"(\d{1,6})\s*[x×]\s*(\d{1,6})(?:p(\d{1,4}))?", re.IGNORECASE)


def quality_named(name: str) -> Quality:
    """The quality called ``name``: one of :data:`QUALITIES`, or a size with its rate as in ``1080x1920p30``.

    Raises:
        UnknownNameError: there is none of that name.
        UsageError: it is a size that no film can have.
    """
    if name in QUALITIES:
        return QUALITIES[name]
    if _SIZE.fullmatch(name.strip()):
        return sized(name)
    raise UnknownNameError("quality", name, QUALITIES)


def sized(size: str, rate: int = 0) -> Quality:
    """Any size and rate: ``1080x1920`` or ``1080x1920p30``; ``rate`` 0 takes the text's, or :data:`RATE`.

    Raises:
        UsageError: it is no size, or one that no film can have.
    """
    found = _SIZE.fullmatch(size.strip())
    if not found:
        raise UsageError(f"a size is WIDTHxHEIGHT in pixels, as in 1080x1920; got '{size[:40]}'")
    width, height, said = int(found[1]), int(found[2]), int(found[3] or 0)
    if said and rate and said != rate:
        raise UsageError(f"'{size}' and --rate {rate} are two rates; give one")
    fps = rate or said or RATE
    if width % 2 or height % 2:
        near = f"{width + width % 2}x{height + height % 2}"
        raise UsageError(f"a film's sides are even numbers of pixels, and {width}x{height} has an odd one: try {near}")
    if min(width, height) < LEAST_SIDE or max(width, height) > MOST_SIDE or width * height > MOST_PIXELS:
        raise UsageError(
            f"{width}x{height} is no size for a film: sides are {LEAST_SIDE} to {MOST_SIDE} pixels, "
            f"{MOST_PIXELS} in all (3840x2160)"
        )
    if not 1 <= fps <= MOST_RATE:
        raise UsageError(f"a film has 1 to {MOST_RATE} frames per second, not {fps}")
    return Quality(f"{width}x{height}p{fps}", width, height, fps)


def chosen(name: str = "", size: str = "", rate: int = 0) -> Quality:
    """What ``--quality``, ``--size`` and ``--rate`` say together; a rate alone changes that of the named quality.

    Raises:
        UsageError: a quality and a size were both named, or the size or the rate cannot be.
    """
    if size and name and name != DEFAULT:
        raise UsageError(f"--quality {name} and --size {size} are two sizes; give one")
    if size:
        return sized(size, rate)
    found = quality_named(name or DEFAULT)
    return sized(f"{found.width}x{found.height}", rate) if rate and rate != found.fps else found
