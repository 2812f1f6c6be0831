"""What a drawn scene leaves beside its frames: its cues, effects, numbers, origins and wishes for the tape."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tapehead.scenes.stage.tape_track import TapeTrack

MASTER, CUES = "frames.tpf", "cues.json"
"""The files of a drawn scene's entry in the store."""


@dataclass(frozen=True)
class CueMoment:
    """A moment of a cue: its key, ``start``, ``end`` or a mark's name, and the film frame of the scene."""

    key: str
    moment: str
    frame: int


@dataclass
class CueList:
    """What a scene leaves beside its frames: times are frame numbers, counted from the scene's first frame."""

    fps: int
    frames: int = 0
    moments: list[CueMoment] = field(default_factory=list)
    animations: list[tuple[int, int]] = field(default_factory=list)
    effects: list[dict[str, Any]] = field(default_factory=list)
    numbers: list[dict[str, Any]] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    """Numbers that measure nothing and say so: dates, titles."""
    origins: list[str] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    """What a viewer would stumble over: ``frame``, ``kind``, ``what``, and ``box`` in frame units where it has one."""
    sounds: list[dict[str, Any]] = field(default_factory=list)
    """Of a plain scene: ``file`` beside the frames, ``frame`` at which it starts, ``gain_db``."""
    subcaptions: list[dict[str, Any]] = field(default_factory=list)
    """Of a plain scene: ``text``, ``start`` and ``end`` in seconds."""
    sections: list[dict[str, Any]] = field(default_factory=list)
    """Of a plain scene: ``name`` and the ``frame`` at which it begins."""
    places: list[dict[str, Any]] = field(default_factory=list)
    """Where the numbers stand: :attr:`~tapehead.render.drawing.reading_places.ReadingPlaces.found`."""
    tape: dict[str, Any] = field(default_factory=dict)
    """What the scene asks of the tape, a :class:`~tapehead.scenes.stage.tape_track.TapeTrack` as data."""

    @property
    def track(self) -> TapeTrack:
        """What the scene asks of the tape."""
        return TapeTrack.from_data(self.tape)

    def to_json(self) -> str:
        """One JSON object."""
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def load(cls, path: Path) -> CueList:
        """Read what a scene left."""
        data = json.loads(path.read_text())
        data["moments"] = [CueMoment(**m) for m in data["moments"]]
        data["animations"] = [tuple(a) for a in data["animations"]]
        return cls(**data)

    def starts(self) -> dict[str, float]:
        """Seconds at which each line starts."""
        return {m.key: m.frame / self.fps for m in self.moments if m.moment == "start"}
