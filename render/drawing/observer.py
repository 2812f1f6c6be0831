"""What is noted of a scene while it is drawn: cues, effects, sounds, and where its lettering stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tapehead.analysis.errors import UnknownNameError
from tapehead.render.drawing.cues import CueList, CueMoment
from tapehead.render.drawing.media import Known, cut_sound
from tapehead.render.quality import Quality
from tapehead.render.sound.effects import EFFECTS
from tapehead.render.tape.driven import driven
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.clips import Heard
from tapehead.scenes.stage.layout import box, em_of


class Written(Protocol):
    """What counts the frames: :class:`tapehead.render.drawing.draw.Tap`."""

    written: int
    spans: list[tuple[int, int]]


class FrameObserver:
    """Writes the cue list while a scene is drawn."""

    def __init__(self, cues: CueList, progress: Callable[[str, int], None]) -> None:
        self.cues, self.progress = cues, progress
        self.tap: Written | None = None
        self.last_cue = ""
        self.known: Known | None = None
        """What the scene's key knows of; nobody's where nothing is kept."""

    def frames(self) -> int:
        """Frames written so far."""
        return self.tap.written if self.tap else 0

    def cue(self, scene: StageScene, key: str, moment: str) -> None:
        """Note the moment; the log of a failure names the last one."""
        self.last_cue = f"{key} ({moment})"
        self.cues.moments.append(CueMoment(key, moment, self.frames()))
        self.progress(self.last_cue, self.frames())

    def effect(self, name: str, gain_db: float) -> None:
        """Note a sound effect.

        Raises:
            UnknownNameError: there is none of that name; said now and not after the whole film is drawn.
        """
        if name not in EFFECTS:
            raise UnknownNameError("sound effect", name, EFFECTS)
        self.cues.effects.append({"name": name, "frame": self.frames(), "gain_db": gain_db})

    def media(self, path: Path) -> None:
        """Refuse a file that is not in the scene's key."""
        if self.known:
            self.known.check(path)

    def footage(self, heard: Heard) -> None:
        """Keep what is heard of a clip beside the pictures, and note it."""
        if self.known:
            self.cues.sounds.append(cut_sound(heard, self.known.keep))

    def tape(self, setting: str, value: Any, moving: bool) -> Any:
        """Hold a setting against the tape's registry.

        Raises:
            UsageError: there is none of that name, a scene cannot drive it, or the value is outside its range.
        """
        return driven(setting, value, moving)


@dataclass(frozen=True)
class StillText:
    """A text of a still: its box in pixels (left, top, right, bottom) and its em, all at the size it was drawn."""

    text: str
    box: tuple[float, float, float, float]
    em: float


class StillObserver(FrameObserver):
    """Notes where the lettering stands at the last cue."""

    def __init__(self, quality: Quality) -> None:
        super().__init__(CueList(quality.fps), lambda _cue, _frames: None)
        self.quality, self.texts = quality, list[StillText]()

    def cue(self, scene: StageScene, key: str, moment: str) -> None:
        """Measure all lettering that is seen."""
        super().cue(scene, key, moment)
        unit, width, height = self.quality.height / 8.0, self.quality.width, self.quality.height
        self.texts = []
        for text in scene.lettering():
            left, bottom, right, top = box(text)
            place = (width / 2 + left * unit, height / 2 - top * unit, width / 2 + right * unit)
            self.texts.append(StillText(text.plain_text, (*place, height / 2 - bottom * unit), em_of(text) * unit))
