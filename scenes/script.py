"""The narration of an episode: what is said, by whom, and which phrases are marks.

``script.toml`` is the only place where words are written.  :class:`Script` is that file, checked; :class:`TimedLine`
is a line after it was spoken, with the times that pictures and captions follow.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import EpisodeError

_KEY = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")
_PAUSE_S = 0.35
_LONGEST_PAUSE_S = 60.0
# Beyond that a voice that is played faster or slower sounds like one.
_MOST_SEMITONES = 3


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
class Line:
    """One line as written; ``say`` is spoken instead of ``text`` when it is not empty, ``pause`` is in seconds.

    ``said`` tells where numbers in the text come from; see :mod:`tapehead.scenes.spoken_numbers`.
    """

    key: str
    speaker: str
    text: str
    say: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    pause: float = _PAUSE_S
    said: Mapping[str, str] = field(default_factory=dict)

    @property
    def scene(self) -> str:
        """Name of the scene: the key up to its first dot."""
        return self.key.partition(".")[0]


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

    ``audio`` is the absolute path of its sound, ``marks`` holds the time of each mark.
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

    def to_json(self) -> str:
        """One JSON object; :meth:`from_json` reads it back."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> TimedLine:
        """Read what :meth:`to_json` wrote."""
        data = json.loads(text)
        return cls(**{**data, "words": tuple(Word(**word) for word in data["words"])})


@dataclass(frozen=True)
class Script:
    """A checked script; ``pronounce`` maps whole words to what the voice says for them."""

    path: Path
    language: str
    speakers: Mapping[str, Speaker]
    pronounce: Mapping[str, str]
    lines: tuple[Line, ...]

    @classmethod
    def load(cls, path: Path) -> Script:
        """Read and check a script file.

        Raises:
            EpisodeError: it is missing or malformed; the message names file, line key and remedy.
        """
        path = Path(path)
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise EpisodeError(f"the script {path} can not be read: {error.strerror}") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise EpisodeError(f"{path} is no valid TOML: {error}") from error
        return _Reader(path).script(data)

    def scene(self, name: str) -> tuple[Line, ...]:
        """The lines of one scene, in the order of the file; none if the scene is silent."""
        return tuple(line for line in self.lines if line.scene == name)

    def line(self, key: str) -> Line:
        """A line by key.

        Raises:
            EpisodeError: there is none.
        """
        for line in self.lines:
            if line.key == key:
                return line
        raise EpisodeError(f"{self.path}: there is no line '{key}'")


def occurrences(phrase: str, text: str) -> list[int]:
    """Where ``phrase`` stands in ``text`` as whole words, case-sensitive."""
    before = r"(?<!\w)" if phrase[:1].isalnum() else ""
    after = r"(?!\w)" if phrase[-1:].isalnum() else ""
    return [match.start() for match in re.finditer(before + re.escape(phrase) + after, text)]


class _Reader:
    """Turns parsed TOML into a script; every complaint starts with file and place."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fail(self, where: str, what: str) -> EpisodeError:
        return EpisodeError(f"{self.path}: {where + ': ' if where else ''}{what}")

    def script(self, data: dict[str, Any]) -> Script:
        self.fields("the file", data, ("language", "speakers", "pronounce", "line"))
        language = self.text("", data, "language", "en")
        speakers = self.speakers(self.table("", data, "speakers"))
        pronounce = self.table("", data, "pronounce")
        for word in pronounce:
            if not word.strip():
                raise self.fail("[pronounce]", "a word to replace is empty; remove it")
            self.text("[pronounce]", pronounce, word, "")
        written = data.get("line", [])
        if not isinstance(written, list) or not all(isinstance(line, dict) for line in written):
            raise self.fail("", "lines are written as [[line]], with two brackets")
        lines: dict[str, Line] = {}
        for number, entry in enumerate(written, 1):
            line = self.line(number, entry, speakers)
            if line.key in lines:
                raise self.fail(f"line '{line.key}'", f"line number {number} has the same key; rename one of them")
            lines[line.key] = line
        return Script(self.path, language, speakers, pronounce, tuple(lines.values()))

    def speakers(self, data: dict[str, Any]) -> dict[str, Speaker]:
        made = {}
        for name in data:
            where = f"[speakers.{name}]"
            entry = self.table("[speakers]", data, name)
            self.fields(where, entry, ("variant", "rate", "pitch", "range", "style", "semitones"))
            made[name] = Speaker(
                name,
                self.text(where, entry, "variant", Speaker.variant),
                self.whole(where, entry, "rate", Speaker.rate, 80, 400),
                self.whole(where, entry, "pitch", Speaker.pitch, 0, 99),
                self.whole(where, entry, "range", Speaker.range, 0, 99),
                self.text(where, entry, "style", ""),
                self.semitones(where, entry),
            )
        return made or {"narrator": Speaker("narrator")}

    def line(self, number: int, entry: dict[str, Any], speakers: Mapping[str, Speaker]) -> Line:
        where = f"line number {number}"
        key = self.text(where, entry, "key", "")
        if not _KEY.fullmatch(key):
            raise self.fail(where, f"key '{key}' must read scene.name, in letters, digits, _ and -")
        where = f"line '{key}'"
        self.fields(where, entry, ("key", "speaker", "text", "say", "marks", "pause", "said"))
        text = self.text(where, entry, "text", "")
        if not any(letter.isalnum() for letter in text):
            raise self.fail(where, "text is empty; write what is said, or remove the line")
        say = self.text(where, entry, "say", "")
        if "say" in entry and not any(letter.isalnum() for letter in say):
            raise self.fail(where, "say is empty; write what the voice says, or remove it to have the text spoken")
        speaker = self.text(where, entry, "speaker", next(iter(speakers)))
        if speaker not in speakers:
            raise self.fail(where, f"unknown speaker '{speaker}'; declared are {', '.join(speakers)}")
        marks = self.table(where, entry, "marks")
        for name in marks:
            self.mark(where, name, self.text(where, marks, name, ""), text)
        said = self.table(where, entry, "said")
        for phrase in said:
            self.text(where, said, phrase, "")
            if phrase not in text:
                raise self.fail(where, f"said: '{phrase}' is not in the text; copy it from there")
        return Line(key, speaker, text, say, marks, self.pause(where, entry), said)

    def mark(self, where: str, name: str, phrase: str, text: str) -> None:
        if not any(letter.isalnum() for letter in phrase):
            raise self.fail(where, f"mark '{name}' has no words; give a phrase from the text")
        found = len(occurrences(phrase, text))
        if found == 0:
            raise self.fail(
                where, f"mark '{name}': '{phrase}' is not in the text (whole words, case matters); copy it from there"
            )
        if found > 1:
            raise self.fail(
                where, f"mark '{name}': '{phrase}' is in the text {found} times; add words until it is unique"
            )

    def pause(self, where: str, entry: dict[str, Any]) -> float:
        value = entry.get("pause", _PAUSE_S)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.fail(where, f"pause must be seconds, not {value!r}")
        if not (math.isfinite(value) and 0 <= value <= _LONGEST_PAUSE_S):
            raise self.fail(where, f"pause must be from 0 to {_LONGEST_PAUSE_S:g} seconds, not {value}")
        return float(value)

    def fields(self, where: str, entry: Mapping[str, Any], known: tuple[str, ...]) -> None:
        if unknown := [name for name in entry if name not in known]:
            raise self.fail(where, f"unknown field '{unknown[0]}'; known are {', '.join(known)}")

    def table(self, where: str, entry: Mapping[str, Any], name: str) -> dict[str, Any]:
        value = entry.get(name, {})
        if not isinstance(value, dict):
            raise self.fail(where, f"{name} must be a table of names and values, not {value!r}")
        return value

    def text(self, where: str, entry: Mapping[str, Any], name: str, default: str) -> str:
        value = entry.get(name, default)
        if not isinstance(value, str):
            raise self.fail(where, f"{name} must be text in quotes, not {value!r}")
        return value

    def whole(self, where: str, entry: Mapping[str, Any], name: str, default: int, low: int, high: int) -> int:
        value = entry.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.fail(where, f"{name} must be a whole number from {low} to {high}, not {value!r}")
        return value

    def semitones(self, where: str, entry: Mapping[str, Any]) -> float:
        value = entry.get("semitones", 0.0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _MOST_SEMITONES:
            raise self.fail(
                where, f"semitones must be a number from -{_MOST_SEMITONES} to {_MOST_SEMITONES}, not {value!r}"
            )
        return float(value)
