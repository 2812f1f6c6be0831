"""The picture sizes and frame rates a film can have."""

from __future__ import annotations

from dataclasses import dataclass

from tapehead.analysis.errors import UnknownNameError


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


def quality_named(name: str) -> Quality:
    """The quality called ``name``.

    Raises:
        UnknownNameError: there is none of that name.
    """
    if name not in QUALITIES:
        raise UnknownNameError("quality", name, QUALITIES)
    return QUALITIES[name]
