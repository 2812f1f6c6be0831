"""A scene's picture in the film's: the stage where its room is, and round it what is to be read.

It stands where a tape stands, and holds the scene's tape: the tape is on the stage alone, what is read stays clean.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from tapehead.render.framing.lettering import SMALLEST, Pen, balanced, fitted, kept_or_even, pixels, size_for
from tapehead.render.framing.rooms import Box, Rooms
from tapehead.render.framing.third import (
    EARLIEST_S,
    FADE_S,
    LATEST_S,
    Third,
    box_of,
    free_from,
    grounds_of,
    picture_of,
    strength,
)
from tapehead.render.framing.words import Shown, Told, in_lines, word_by_word
from tapehead.render.identity import identity
from tapehead.scenes.script import TimedLine
from tapehead.scenes.stage.palette import rgb

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tapehead.render.tape.stage import Frame, PlayedTape, TapeSound

_TITLE, _LINES, _WORDS = 0.066, 0.046, 0.088
"""Largest letters: shares of the picture's shorter side."""


@dataclass(frozen=True)
class Framing:
    """How one scene stands in the film's picture; all that can change a pixel of it, beside the scene itself."""

    width: int
    height: int
    rooms: Rooms
    heading: str = ""
    captions: str = ""
    """``lines``, ``words`` or nothing."""
    lines: Mapping[str, TimedLine] = field(default_factory=dict)
    """What is read, by line: the spoken words, or their translation."""
    pen: Pen = field(default_factory=Pen)
    fonts: str = ""
    """Digest of the pen's files, whose places are this machine's."""
    third: Third | None = None

    @property
    def is_plain(self) -> bool:
        """Whether the scene has the whole picture for itself."""
        return self.third is None and self.rooms.stage == Box(0, 0, self.width, self.height)

    def identity(self) -> dict[str, Any]:
        """Plain data for keys: no place of this machine enters."""
        pen = {name: value for name, value in asdict(self.pen).items() if name != "files"}
        read = {key: [[w.text, w.start, w.end] for w in line.words] for key, line in self.lines.items()}
        return {
            "size": [self.width, self.height],
            "rooms": asdict(self.rooms),
            "heading": self.heading,
            "captions": [self.captions, read if self.captions else {}],
            "pen": pen,
            "fonts": self.fonts,
            "third": None if self.third is None else asdict(self.third),
            "code": identity("framing"),
        }

    def told(self, starts: Mapping[str, float], frames: int, fps: int) -> Told:
        """What is read when, once it is known when each line begins."""
        if self.rooms.captions is None:
            return Told()
        tell = word_by_word if self.captions == "words" else in_lines
        return tell(starts, self.lines, frames, fps)

    def third_from(self, frames: Iterable[tuple[Frame, int]], fps: int) -> tuple[int, int] | None:
        """When the lower third stands, from and up to a frame of the scene; ``None`` where it has no place.

        ``frames`` are the drawn ones from the scene's start, each with how often it is shown.
        """
        if self.third is None:
            return None
        stage, length = self.rooms.stage, round(self.third.seconds * fps)
        earliest = round(EARLIEST_S * fps)
        first = free_from(frames, box_of(stage.width, stage.height), grounds_of(self.pen), earliest, length)
        return None if first is None or first > LATEST_S * fps else (first, first + length)


@dataclass(frozen=True)
class Dressed:
    """A tape and, after it, the picture round the stage."""

    tape: PlayedTape
    framing: Framing
    told: Told
    third: tuple[int, int] | None = None
    """Frames in which the lower third stands, from and up to."""

    @property
    def is_static(self) -> bool:
        """As the tape is, where nothing is read that changes."""
        return self.tape.is_static and not self.told.shown and self.third is None

    @property
    def still(self) -> Sequence[tuple[int, int]]:
        """The tape's."""
        return self.tape.still

    def identity(self) -> dict[str, Any]:
        """The tape's, and all that stands round the stage with its times."""
        shown = [[each.first, each.last, list(each.lines), each.mark] for each in self.told.shown]
        return {"tape": self.tape.identity(), "framing": self.framing.identity(), "told": shown, "third": self.third}

    def state(self, index: int, fps: int | Fraction) -> Hashable:
        """The tape's, and what is read."""
        return self.tape.state(index, fps), self.told.at(index), self._strength(index, fps)

    def sound(self, fps: int | Fraction) -> TapeSound | None:
        """The tape's."""
        return self.tape.sound(fps)

    def wet(self, index: int) -> float:
        """The tape's."""
        return self.tape.wet(index)

    def source_frame(self, index: int, fps: int | Fraction) -> int:
        """The tape's."""
        return self.tape.source_frame(index, fps)

    def apply(self, frame: Frame, index: int, fps: int | Fraction, seed: int) -> Frame:
        """The treated stage in its room: uint8 ``(height, width, 3)`` of the film; ``frame`` has the stage's size."""
        made = self._around.copy()
        stage = self.framing.rooms.stage
        treated = self.tape.apply(frame, index, fps, seed)
        made[stage.top : stage.top + stage.height, stage.left : stage.left + stage.width] = treated[..., :3]
        shown, room = self.told.at(index), self.framing.rooms.captions
        if shown is not None and room is not None:
            size = self._letters
            words = self._set(shown, size)
            picture = pixels(fitted(self.framing.pen, room.width, room.height, words, shown.mark, size, self._least)[1])
            made[room.top : room.top + room.height, room.left : room.left + room.width] = picture
        if share := self._strength(index, fps):
            place = box_of(stage.width, stage.height)
            rows = slice(stage.top + place.top, stage.top + place.top + place.height)
            columns = slice(stage.left + place.left, stage.left + place.left + place.width)
            under = made[rows, columns].astype(np.float32)
            made[rows, columns] = np.rint(under + share * (self._third - under)).astype(np.uint8)
        return made

    def _strength(self, index: int, fps: int | Fraction) -> float:
        return 0.0 if self.third is None else strength(index, self.third, round(FADE_S * fps))

    @cached_property
    def _third(self) -> Frame:
        third, stage = self.framing.third, self.framing.rooms.stage
        assert third is not None, "there is a time for it"
        place = box_of(stage.width, stage.height)
        return picture_of(third, self.framing.pen, place.width, place.height)

    def fit(self) -> None:
        """See whether all that is to be read fits.

        Raises:
            EpisodeError: something does not.
        """
        _ = self._around, self._letters

    @property
    def _least(self) -> float:
        return SMALLEST * min(self.framing.width, self.framing.height)

    def _set(self, shown: Shown, size: float) -> str:
        """What is read, in lines: those of a caption where the room is wide enough, or as even as can be."""
        room = self.framing.rooms.captions
        if room is None:
            return "\n".join(shown.lines)
        if self.framing.captions == "words":
            return balanced("\n".join(shown.lines), room.width, size)
        return kept_or_even(self.framing.pen, shown.lines, room.width, size)

    @cached_property
    def _letters(self) -> float:
        """One size for all that is read in the scene.

        Raises:
            EpisodeError: something does not fit.
        """
        room = self.framing.rooms.captions
        if room is None:
            return self._least
        share = _WORDS if self.framing.captions == "words" else _LINES
        most = share * min(self.framing.width, self.framing.height)
        texts = tuple(self._set(each, most) for each in self.told.shown)
        return size_for(self.framing.pen, room.width, room.height, texts, most, self._least)

    @cached_property
    def _around(self) -> Frame:
        """The picture without the stage and the captions."""
        framing = self.framing
        made = np.empty((framing.height, framing.width, 3), np.uint8)
        made[:] = np.rint(np.array(rgb(framing.pen.ground)) * 255).astype(np.uint8)
        if framing.heading and (room := framing.rooms.title) is not None:
            most = _TITLE * min(framing.width, framing.height)
            heading = balanced(framing.heading, room.width, most)
            picture = fitted(framing.pen, room.width, room.height, heading, -1, most, self._least)[1]
            made[room.top : room.top + room.height, room.left : room.left + room.width] = pixels(picture)
        return made
