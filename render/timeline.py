"""Where in the film everything is: the one timing model behind sound, captions and chapters.

All times are seconds from the film's first frame.
"""

from __future__ import annotations

from dataclasses import dataclass

from scenes.script import TimedLine


@dataclass(frozen=True)
class PlacedLine:
    """A spoken line and when it starts."""

    start: float
    line: TimedLine
    scene: str


@dataclass(frozen=True)
class SceneSpan:
    """A scene's share of the film; ``chapter`` says whether a chapter starts with it."""

    name: str
    title: str
    chapter: bool
    start: float
    duration: float


@dataclass(frozen=True)
class Effect:
    """A sound effect; ``gain_db`` is relative to its usual, quiet level."""

    name: str
    start: float
    gain_db: float


@dataclass(frozen=True)
class Timeline:
    """A whole film.  ``duration`` is a whole number of frames at ``fps``; scenes are in the order shown."""

    duration: float
    fps: float
    scenes: tuple[SceneSpan, ...]
    lines: tuple[PlacedLine, ...]
    effects: tuple[Effect, ...]
