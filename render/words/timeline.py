"""Where in the film everything is: the one timing model behind sound, captions and chapters.

All times are seconds from the film's first frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from tapehead.scenes.script import TimedLine


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

    def to_data(self) -> dict[str, Any]:
        """Plain data without any path of this machine; :meth:`from_data` reads it back."""
        lines = tuple(replace(placed, line=replace(placed.line, audio="")) for placed in self.lines)
        return asdict(replace(self, lines=lines))

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Timeline:
        """Read what :meth:`to_data` wrote."""
        return cls(
            data["duration"],
            data["fps"],
            tuple(SceneSpan(**scene) for scene in data["scenes"]),
            tuple(PlacedLine(p["start"], TimedLine.from_data(p["line"]), p["scene"]) for p in data["lines"]),
            tuple(Effect(**effect) for effect in data["effects"]),
        )
