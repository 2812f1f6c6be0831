"""From the tables of a script file to its speakers and lines; every complaint says where in the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.outside_files import shown
from tapehead.scenes.conditions import Condition
from tapehead.scenes.number_words import known_language, numbers_in
from tapehead.scenes.script_lines import DEFAULT, PAUSE_S, Line, Speaker, Variant
from tapehead.scenes.templates import Template

_NAME = re.compile(r"[A-Za-z0-9_-]+")
_HEADER = re.compile(r"^[ \t]*\[\[\s*line\s*\]\]", re.MULTILINE)
_VARIANT = re.compile(r"^[ \t]*\[\[\s*line\.variants\s*\]\]", re.MULTILINE)
_KEY = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,4}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LONGEST_PAUSE_S = 60.0
_LATEST_S = 24 * 3600.0
_LINES, _LINE, _KEY_LENGTH = 10_000, 5_000, 120
"""Lines of a script, and characters of a line and of its key: five minutes of speech are the most for one line."""
_PRONOUNCED, _PRONOUNCED_LENGTH = 5_000, 500
_WORDS = ("text", "say", "marks", "pause", "said", "typed")
"""What a line and each of its variants may have."""
_COMPLAINTS = 50
# Beyond that a voice that is played faster or slower sounds like one.
_MOST_SEMITONES = 3


@dataclass(frozen=True)
class Read:
    """What was read, with one complaint for each line that could not be."""

    language: str
    speakers: Mapping[str, Speaker]
    pronounce: Mapping[str, str]
    lines: tuple[Line, ...]
    complaints: tuple[str, ...]


def line_number(written: str, number: int, variant: int = -1, snippet: str = "") -> str:
    """``:12``: the line of a file where the ``[[line]]`` of that number, or a variant of it, says ``snippet``.

    Where that is not found (it may be written with escapes), the line where they start.
    """
    start, end = 0, len(written)
    for header, index in ((_HEADER, number), (_VARIANT, variant)):
        starts = [match.start() for match in header.finditer(written, start, end)]
        if index >= len(starts):
            return ""  # written as inline arrays, which have no headers
        if index + 1 < len(starts):
            end = starts[index + 1]
        start = starts[index] if index >= 0 else start
    found = written.find(snippet, start, end) if snippet else start
    return f":{written.count(chr(10), 0, start if found < 0 else found) + 1}"


def _plain(name: str) -> str:
    """A field's name as a message has it, without quotes where it is a word."""
    return name if name.isprintable() and len(name) <= 60 else shown(name)


class ScriptReader:
    """Turns parsed TOML into a script; every complaint starts with file and place.

    What is wrong with the words that speak results is told for all lines together, one complaint a line.
    """

    def __init__(self, path: Path, written: str) -> None:
        self.path, self.written = path, written
        self.language = "en"
        self.names: tuple[str, ...] = ()
        """Words with a pronunciation of their own: a number in them is a name."""
        self.number = self.inner = -1
        self.complaints: list[str] = []

    def fail(self, where: str, what: str, snippet: str = "") -> EpisodeError:
        at = line_number(self.written, self.number, self.inner, snippet) if self.number >= 0 else ""
        text = f"{self.path}{at}: {where + ': ' if where else ''}{what}"
        # Names in it are the file's own, and may hold anything.
        return EpisodeError("".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text))

    def read(self, data: dict[str, Any]) -> Read:
        """All that is in a file, and what is wrong with its lines.

        Raises:
            EpisodeError: it is wrong in what stands before the lines.
        """
        self.fields("the file", data, ("language", "speakers", "pronounce", "line"))
        self.language = language = self.text("", data, "language", "en")
        if not _LANGUAGE.fullmatch(language):
            raise self.fail("", f"language {shown(language)} is no language code; it reads like en, de or pt-BR")
        speakers = self.speakers(self.table("", data, "speakers"))
        pronounce = self.table("", data, "pronounce")
        for word in pronounce:
            if not word.strip():
                raise self.fail("[pronounce]", "a word to replace is empty; remove it")
            self.short("[pronounce]", "a word", word, _PRONOUNCED_LENGTH)
            said = self.text("[pronounce]", pronounce, word, "")
            self.short("[pronounce]", f"what is said for {shown(word)}", said, _PRONOUNCED_LENGTH)
        if len(pronounce) > _PRONOUNCED:
            raise self.fail("[pronounce]", f"there are {len(pronounce)} words; {_PRONOUNCED} are the most")
        self.names = tuple(pronounce)
        written = data.get("line", [])
        if not isinstance(written, list) or not all(isinstance(line, dict) for line in written):
            raise self.fail("", "lines are written as [[line]], with two brackets")
        if len(written) > _LINES:
            raise self.fail("", f"there are {len(written)} lines; {_LINES} are the most")
        lines: dict[str, Line] = {}
        for number, entry in enumerate(written, 1):
            self.number, self.inner = number - 1, -1
            try:  # what is wrong with a line is told beside what is wrong with the others
                line = self.line(number, entry, speakers)
                if line.key in lines:
                    raise self.fail(f"line '{line.key}'", f"line number {number} has the same key; rename one of them")
                lines[line.key] = line
            except EpisodeError as error:
                self.complaints.append(str(error))
        if len(told := list(dict.fromkeys(self.complaints))) > _COMPLAINTS:
            told = [*told[:_COMPLAINTS], f"{self.path}: and {len(told) - _COMPLAINTS} more"]
        return Read(language, speakers, pronounce, tuple(lines.values()), tuple(told))

    def speakers(self, data: dict[str, Any]) -> dict[str, Speaker]:
        made = {}
        for name in data:
            self.short("[speakers]", "a name", name, _KEY_LENGTH)
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
        if not _KEY.fullmatch(key) or len(key) > _KEY_LENGTH:
            raise self.fail(
                where,
                f"key {shown(key)} must read scene.name, in letters, digits, _ and -, {_KEY_LENGTH} of them at most",
            )
        where = f"line '{key}'"
        self.fields(where, entry, ("key", "speaker", "variants", "at", *_WORDS))
        speaker = self.text(where, entry, "speaker", next(iter(speakers)))
        if speaker not in speakers:
            raise self.fail(where, f"unknown speaker {shown(speaker)}; declared are {', '.join([*speakers][:12])}")
        default = self.words(where, entry, Line(key, speaker, ""))
        variants = self.variants(where, entry, default)
        for self.inner, line in enumerate((default, *(variant.line for variant in variants)), -1):
            self.check_numbers(line, bool(variants))
        self.inner = -1
        return replace(default, variants=variants, at=self.begins(where, entry))

    def begins(self, where: str, entry: dict[str, Any]) -> float | None:
        """The second at which a line begins over a plain scene, if it says one."""
        at = entry.get("at")
        if at is None:
            return None
        if isinstance(at, bool) or not isinstance(at, int | float) or not 0 <= at <= _LATEST_S:
            raise self.fail(where, f"at is the second of the scene at which the line begins, not {shown(at)}")
        return float(at)

    def words(self, where: str, entry: dict[str, Any], base: Line) -> Line:
        """A line with the words of one table; its marks and its pause are those of ``base`` where it has none."""
        text = self.text(where, entry, "text", "")
        if not any(letter.isalnum() for letter in text):
            raise self.fail(where, "text is empty; write what is said, or remove the line")
        self.short(where, "text", text, _LINE)
        say = self.text(where, entry, "say", "")
        self.short(where, "say", say, _LINE)
        if "say" in entry and not any(letter.isalnum() for letter in say):
            raise self.fail(where, "say is empty; write what the voice says, or remove it to have the text spoken")
        template = self.template(where, text)
        if say:
            self.template(where, say)
        marks = self.table(where, entry, "marks") if "marks" in entry else dict(base.marks)
        for name in marks:
            try:
                self.mark(where, name, self.text(where, marks, name, ""), template)
            except EpisodeError as error:
                self.complaints.append(str(error))
        if missing := [name for name in base.marks if name not in marks]:
            raise self.fail(where, f"the mark '{missing[0]}' of the line is missing; the scene waits for it")
        said = self.table(where, entry, "said")
        for phrase in said:
            self.text(where, said, phrase, "")
            if phrase not in text:
                raise self.fail(where, f"said: {shown(phrase)} is not in the text; copy it from there")
        typed = entry.get("typed", [])
        if not isinstance(typed, list) or not all(isinstance(phrase, str) for phrase in typed):
            raise self.fail(where, f'typed lists phrases, as in ["the two halves"], not {shown(typed)}')
        for phrase in typed:
            if phrase not in text and phrase not in say:
                raise self.fail(where, f"typed: {shown(phrase)} is not in the text; copy it from there")
        pause = self.pause(where, entry) if "pause" in entry else base.pause
        return replace(base, text=text, say=say, marks=marks, said=said, typed=tuple(typed), pause=pause)

    def variants(self, where: str, entry: dict[str, Any], default: Line) -> tuple[Variant, ...]:
        written = entry.get("variants", [])
        if not isinstance(written, list) or not all(isinstance(each, dict) for each in written):
            raise self.fail(where, "variants are written as [[line.variants]], with two brackets, below their line")
        made: list[Variant] = []
        for self.inner, each in enumerate(written):
            name = self.text(where, each, "name", "")
            if not _NAME.fullmatch(name) or name == DEFAULT:
                raise self.fail(
                    where, f"a variant's name '{name}' must be of letters, digits, _ and -, and not {DEFAULT}"
                )
            if name in [variant.name for variant in made]:
                raise self.fail(where, f"two variants are called '{name}'; rename one of them")
            place = f"{where}, variant '{name}'"
            self.fields(place, each, ("name", "when", *_WORDS))
            when = self.text(place, each, "when", "")
            if not when.strip():
                raise self.fail(place, 'it has no condition; write when = "result.name > 0"')
            line = self.words(place, each, replace(default, variant=name))
            try:
                made.append(Variant(name, Condition.of(when), line))
            except EpisodeError as error:
                self.complaints.append(str(self.fail(place, str(error), when)))
        self.inner = -1
        return tuple(made)

    def template(self, where: str, text: str) -> Template:
        """The text cut into pieces; where that cannot be, the complaint is kept and it stands as it is."""
        try:
            return Template.of(text)
        except EpisodeError as error:
            self.complaints.append(str(self.fail(where, str(error), str(error).split("'")[1])))
            return Template(text, ((0, len(text), text),))

    def check_numbers(self, line: Line, varied: bool) -> None:
        """A line that speaks results says no number that none of them holds."""
        texts = [text for text in (line.text, line.say) if text]
        if not varied and not any("{" in text for text in texts):
            return
        where = f"line '{line.key}'" + ("" if line.variant == DEFAULT else f", variant '{line.variant}'")
        try:
            known_language(self.language)
        except EpisodeError as error:
            self.complaints.append(str(self.fail(where, str(error))))
            return
        for text in texts:
            rest = re.sub(r"\{[^{}]*\}", " ", text)
            for phrase in (*line.said, *line.typed):
                rest = rest.replace(phrase, " ")
            for name in self.names:
                rest = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", rest)
            for number in numbers_in(rest, self.language):
                what = (
                    f"'{number}' is said and no result holds it; read it from one as {{result.name}}, "
                    f'or name what measures nothing: typed = ["…{number}…"]'
                )
                self.complaints.append(str(self.fail(where, what, text)))

    def mark(self, where: str, name: str, phrase: str, text: Template) -> None:
        if not any(letter.isalnum() for letter in phrase):
            raise self.fail(where, f"mark {shown(name)} has no words; give a phrase from the text")
        found = len(text.occurrences(phrase))
        if found == 0:
            raise self.fail(
                where,
                f"mark {shown(name)}: {shown(phrase)} is not in the text (whole words, case matters); "
                "copy it from there",
            )
        if found > 1:
            raise self.fail(
                where, f"mark {shown(name)}: {shown(phrase)} is in the text {found} times; add words until it is unique"
            )

    def pause(self, where: str, entry: dict[str, Any]) -> float:
        value = entry.get("pause", PAUSE_S)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.fail(where, f"pause must be seconds, not {shown(value)}")
        if not (0 <= value <= _LONGEST_PAUSE_S):
            raise self.fail(where, f"pause must be from 0 to {_LONGEST_PAUSE_S:g} seconds, not {shown(value)}")
        return float(value)

    def fields(self, where: str, entry: Mapping[str, Any], known: tuple[str, ...]) -> None:
        if unknown := [name for name in entry if name not in known]:
            raise self.fail(where, f"unknown field {shown(unknown[0])}; known are {', '.join(known)}")

    def table(self, where: str, entry: Mapping[str, Any], name: str) -> dict[str, Any]:
        value = entry.get(name, {})
        if not isinstance(value, dict):
            raise self.fail(where, f"{name} must be a table of names and values, not {shown(value)}")
        return value

    def text(self, where: str, entry: Mapping[str, Any], name: str, default: str) -> str:
        value = entry.get(name, default)
        if not isinstance(value, str):
            raise self.fail(where, f"{_plain(name)} must be text in quotes, not {shown(value)}")
        if control := _CONTROL.search(value):
            raise self.fail(where, f"{_plain(name)} holds the control character {control[0]!r}; remove it")
        return value

    def short(self, where: str, what: str, value: str, most: int) -> None:
        if len(value) > most:
            raise self.fail(where, f"{what} has {len(value)} characters, and {most} are the most; divide it")

    def whole(self, where: str, entry: Mapping[str, Any], name: str, default: int, low: int, high: int) -> int:
        value = entry.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.fail(where, f"{name} must be a whole number from {low} to {high}, not {shown(value)}")
        return value

    def semitones(self, where: str, entry: Mapping[str, Any]) -> float:
        value = entry.get("semitones", 0.0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _MOST_SEMITONES:
            raise self.fail(
                where, f"semitones must be a number from -{_MOST_SEMITONES} to {_MOST_SEMITONES}, not {shown(value)}"
            )
        return float(value)
