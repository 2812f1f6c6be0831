"""What a script holds: speakers and lines, as written and as spoken."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from tapehead.scenes.conditions import Condition

DEFAULT = "default"
"""Name of a line's words where no condition holds, or none is set."""
PAUSE_S = 0.35
"""Silence after a line that says no other."""


@dataclass(frozen=True)
class Speaker:
    """A voice's settings: ``rate`` in words per minute.

    espeak has a ``variant``, ``pitch`` and intonation ``range`` from 0 to 99; the voice ``natural`` has a ``style``
    (who speaks; empty for one that suits the variant), moved by ``semitones``.
    """

    name: str
    variant: str = "en-us"
    rate: int = 165
    pitch: int = 45
    range: int = 55
    style: str = ""
    semitones: float = 0.0


@dataclass(frozen=True)
class SpokenNumber:
    """Something that a line says and a result holds: what captions show, where it was read, and what is there.

    ``written`` is what stands for it in the script: ``{circuit.score:.0%}``, or a phrase of ``said``.
    """

    written: str
    shown: str
    source: str
    value: float | str


@dataclass(frozen=True)
class Line:
    """One line as written; ``say`` is spoken instead of ``text`` when it is not empty, ``pause`` is in seconds.

    ``said`` tells where numbers in the text come from; see :mod:`tapehead.scenes.spoken_numbers`.  ``typed`` are
    phrases whose number measures nothing ("the two halves"); only a line that speaks results has to name them.
    ``variants`` are other words for the line, in the order in which their conditions are asked.
    After :func:`tapehead.scenes.filling.filled` there are none left: ``variant`` names the one that is said, ``text``
    and ``say`` hold what was filled in, listed in ``numbers``, and ``places`` has the marks' places in ``text``.
    """

    key: str
    speaker: str
    text: str
    say: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    pause: float = PAUSE_S
    said: Mapping[str, str] = field(default_factory=dict)
    typed: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()
    variant: str = DEFAULT
    places: Mapping[str, int] = field(default_factory=dict)
    numbers: tuple[SpokenNumber, ...] = ()
    at: float | None = None
    """Over a plain scene: the second at which the line begins, at the earliest; a stage scene says it by itself."""

    @property
    def recording(self) -> str:
        """Name of the line's sound where it is recorded: each variant has its own."""
        return _recording(self.key, self.variant)

    def place(self, mark: str) -> int:
        """Where in ``text`` the phrase of a mark stands."""
        return self.places[mark] if mark in self.places else occurrences(self.marks[mark], self.text)[0]

    @property
    def scene(self) -> str:
        """Name of the scene: the key up to its first dot."""
        return self.key.partition(".")[0]


@dataclass(frozen=True)
class Variant:
    """Other words for a line, said when the condition holds; ``line`` is the whole line with these words."""

    name: str
    when: Condition
    line: Line


@dataclass(frozen=True)
class Word:
    """A word as captions show it, in seconds from the start of its line; ``measured`` is false for an estimate."""

    text: str
    start: float
    end: float
    measured: bool = True


@dataclass(frozen=True)
class TimedLine:
    """A spoken line.  Times are seconds from its start; ``measured`` is true if every word's time came from the voice.

    ``audio`` is the absolute path of its sound, ``marks`` holds the time of each mark and ``places`` its place in
    ``text``.  ``variant`` names the words that were taken, ``numbers`` what in them was read from results.
    """

    key: str
    scene: str
    speaker: str
    text: str
    duration: float
    words: tuple[Word, ...]
    measured: bool
    marks: dict[str, float]
    pause: float
    audio: str
    variant: str = DEFAULT
    places: dict[str, int] = field(default_factory=dict)
    numbers: tuple[SpokenNumber, ...] = ()
    at: float | None = None

    @property
    def recording(self) -> str:
        """The line's key, and its variant where that is not the default."""
        return _recording(self.key, self.variant)

    def place(self, mark: str) -> int:
        """Where in ``text`` the phrase of a mark stands."""
        return self.places[mark]

    def to_json(self) -> str:
        """One JSON object; :meth:`from_json` reads it back."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> TimedLine:
        """Read what :meth:`to_json` wrote."""
        return cls.from_data(json.loads(text))

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> TimedLine:
        """Read plain data, as ``dataclasses.asdict`` makes it."""
        words = tuple(Word(**word) for word in data["words"])
        numbers = tuple(SpokenNumber(**number) for number in data.get("numbers", ()))
        return cls(**{**data, "words": words, "numbers": numbers})


def _recording(key: str, variant: str) -> str:
    return key if variant == DEFAULT else f"{key}@{variant}"


def occurrences(phrase: str, text: str) -> list[int]:
    """Where ``phrase`` stands in ``text`` as whole words, case-sensitive."""
    if len(phrase) > len(text):
        return []
    before = r"(?<!\w)" if phrase[:1].isalnum() else ""
    after = r"(?!\w)" if phrase[-1:].isalnum() else ""
    return [match.start() for match in re.finditer(before + re.escape(phrase) + after, text)]
