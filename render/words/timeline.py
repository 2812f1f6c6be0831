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
class FileSound:
    """A sound from a file that a plain scene plays, or of a clip: ``name`` holds its digest, ``path`` is where it lies.

    It is ``duck_db`` softer while somebody speaks.
    """

    name: str
    start: float
    gain_db: float
    path: str = ""
    duck_db: float = 0.0


@dataclass(frozen=True)
class Section:
    """A section of a plain scene, as its author named it."""

    name: str
    start: float
    scene: str


@dataclass(frozen=True)
class Timeline:
    """A whole film.  ``duration`` is a whole number of frames at ``fps``; scenes are in the order shown."""

    duration: float
    fps: float
    scenes: tuple[SceneSpan, ...]
    lines: tuple[PlacedLine, ...]
    effects: tuple[Effect, ...]
    sounds: tuple[FileSound, ...] = ()
    sections: tuple[Section, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """Plain data without any path of this machine; :meth:`from_data` reads it back."""
        lines = tuple(replace(placed, line=replace(placed.line, audio="")) for placed in self.lines)
        data = asdict(replace(self, lines=lines, sounds=tuple(replace(sound, path="") for sound in self.sounds)))
        return {name: value for name, value in data.items() if value or name not in ("sounds", "sections")}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Timeline:
        """Read what :meth:`to_data` wrote."""
        return cls(
            data["duration"],
            data["fps"],
            tuple(SceneSpan(**scene) for scene in data["scenes"]),
            tuple(PlacedLine(p["start"], TimedLine.from_data(p["line"]), p["scene"]) for p in data["lines"]),
            tuple(Effect(**effect) for effect in data["effects"]),
            tuple(FileSound(**sound) for sound in data.get("sounds", ())),
            tuple(Section(**section) for section in data.get("sections", ())),
        )
