"""Translated captions: plain data over the same times.

``assets/captions/<episode>.<language>.toml``, or ``captions/<language>.toml`` beside an episode that lives elsewhere::

    language = "de"
    [lines]
    "hook.recipe" = "Fast alles darin ist malnehmen und zusammenzählen."

    [marks."hook.recipe"]
    add = "zusammenzählen"

A line that is missing is shown as it is spoken, and is listed.  Other words of a line are translated under its key and
their name, ``"hook.recipe@weak"``.  What a line reads from results its translation reads as well, by the same fields:
``"… behält {circuit.score:.0%}."``; the digits are written as the language does.
``[marks]`` says which words of a translated line stand for a mark of the original where the film is dubbed; without it
the word is taken that stands in its place.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.outside_files import OutsideFileError, read_toml, shown
from tapehead.render.assets import asset
from tapehead.render.words.timeline import Timeline
from tapehead.scenes.episode import Episode
from tapehead.scenes.filling import caption, fields_of
from tapehead.scenes.script import Line, Script, TimedLine, Word


@dataclass(frozen=True)
class Translation:
    """Words by line key (and ``key@variant``), and the keys that have none."""

    language: str
    path: Path
    lines: Mapping[str, str]
    missing: tuple[str, ...]
    marks: Mapping[str, Mapping[str, str]] = dataclasses.field(default_factory=dict)
    """Phrases by line and mark."""


def translations(episode: Episode) -> tuple[Translation, ...]:
    """All translations of an episode, by language.

    Raises:
        EpisodeError: a file is malformed, has another language than its name, translates a line that is not there, or
            speaks other fields of results than the line does.
    """
    script = episode.script()
    places = sorted(asset("captions").glob(f"{episode.slug}.*.toml")) + sorted(episode.folder.glob("captions/*.toml"))
    found = {path.stem.rsplit(".", 1)[-1]: path for path in places}
    return tuple(_read(path, language, script) for language, path in sorted(found.items()))


def read_translation(path: Path, language: str, script: Script) -> Translation:
    """A translation of a script.

    Raises:
        EpisodeError: see :func:`translations`.
    """
    return _read(path, language, script)


def _read(path: Path, language: str, script: Script) -> Translation:
    try:
        data = read_toml(path)
    except OSError as error:
        raise EpisodeError(f"{path} cannot be read: {error.strerror}") from error
    except OutsideFileError as error:
        raise EpisodeError(str(error)) from None
    if unknown := set(data) - {"language", "lines", "marks"}:
        raise EpisodeError(f"{path}: unknown field {shown(min(unknown))}; known are language, lines and marks")
    lines = data.get("lines", {})
    if data.get("language") != language:
        raise EpisodeError(f"{path} has the language {shown(data.get('language'))} inside and '{language}' in its name")
    if language == script.language:
        raise EpisodeError(f"{path}: the film is spoken in '{language}'; change its script instead")
    if not isinstance(lines, dict) or not all(isinstance(text, str) for text in lines.values()):
        raise EpisodeError(f'{path}: [lines] holds texts by line key, like "hook.recipe" = "…"')
    known = {
        each.recording: each for line in script.lines for each in (line, *(variant.line for variant in line.variants))
    }
    if strange := sorted(set(lines) - set(known)):
        raise EpisodeError(f"{path} translates {shown(strange[0])}, which is no line of {script.path}")
    if empty := sorted(key for key, text in lines.items() if not any(c.isalnum() for c in text)):
        raise EpisodeError(f"{path}: '{empty[0]}' is empty; write it, or remove it to show what is spoken")
    if wrong := [complaint for key, text in lines.items() for complaint in _other_fields(known[key], text)]:
        written = path.read_text(encoding="utf-8").splitlines()
        at = {key: next((n for n, row in enumerate(written, 1) if f'"{key}"' in row), 1) for key, _ in wrong}
        raise EpisodeError("\n".join(f"{path}:{at[key]}: '{key}' {what}" for key, what in wrong))
    marks = data.get("marks", {})
    if wrong_marks := list(_other_marks(marks, lines, known)):
        raise EpisodeError("\n".join(f"{path}: {what}" for what in wrong_marks))
    return Translation(language, path, lines, tuple(key for key in known if key not in lines), marks)


def _other_marks(marks: object, lines: Mapping[str, str], known: Mapping[str, Line]) -> Iterator[str]:
    """What is wrong with the marks of a translation."""
    if not isinstance(marks, dict) or not all(isinstance(each, dict) for each in marks.values()):
        yield '[marks] holds tables by line key, like [marks."hook.recipe"] with add = "…"'
        return
    for key, phrases in marks.items():
        if key not in lines:
            yield f"[marks] names {shown(key)}, which is not translated"
            continue
        for name, phrase in phrases.items():
            if name not in known[key].marks:
                there = ", ".join(known[key].marks) or "none"
                yield f"[marks]: '{key}' has no mark {shown(name)}; there are: {there}"
            elif not isinstance(phrase, str) or not phrase or lines[key].count(phrase) != 1 or "{" in phrase:
                count = lines[key].count(phrase) if isinstance(phrase, str) and phrase else 0
                yield f"[marks]: '{key}', mark '{name}': {shown(phrase)} stands {count} times in its line, not once"


def _other_fields(line: Line, text: str) -> Iterator[tuple[str, str]]:
    """A number typed into a translation would stay what it is when the result changes."""
    try:
        said, translated_as = fields_of(line.text), fields_of(text)
    except EpisodeError as error:
        yield line.recording, f"is malformed: {error}"
        return
    for field in sorted(said - translated_as):
        yield line.recording, f"is translated without {{{field}}}, which is said there"
    for field in sorted(translated_as - said):
        yield line.recording, f"asks for {{{field}}}, which is not said there"


def translated(timeline: Timeline, translation: Translation) -> Timeline:
    """The same film with other words: each line keeps its start and length, its words share that by their length."""

    lines = (replace(placed, line=in_words_of(placed.line, translation)) for placed in timeline.lines)
    return replace(timeline, lines=tuple(lines))


def in_words_of(line: TimedLine, translation: Translation) -> TimedLine:
    """A line with the words of a translation; as it is where there are none."""
    text = translation.lines.get(line.recording)
    return line if text is None else _with_words(line, caption(text, line.numbers, translation.language))


def _with_words(line: TimedLine, text: str) -> TimedLine:
    """A line with other words; their times are estimates and say so."""
    words = text.split()
    spoken = line.words[-1].end if line.words else line.duration
    start = line.words[0].start if line.words else 0.0
    shares = [len(word) + 1 for word in words]
    at, made = start, []
    for word, share in zip(words, shares, strict=True):
        end = at + (spoken - start) * share / sum(shares)
        made.append(Word(word, at, end, measured=False))
        at = end
    return replace(line, text=text, words=tuple(made), measured=False, marks={}, places={}, audio="")
