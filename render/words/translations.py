"""Translated captions: plain data over the same times.

``assets/captions/<episode>.<language>.toml``, or ``captions/<language>.toml`` beside an episode that lives elsewhere::

    language = "de"
    [lines]
    "hook.recipe" = "Fast alles darin ist malnehmen und zusammenzählen."

A line that is missing is shown as it is spoken, and is listed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.outside_files import OutsideFileError, read_toml, shown
from tapehead.render.assets import asset
from tapehead.render.words.timeline import Timeline
from tapehead.scenes.episode import Episode
from tapehead.scenes.script import Script, TimedLine, Word


@dataclass(frozen=True)
class Translation:
    """Words by line key, and the keys that have none."""

    language: str
    path: Path
    lines: Mapping[str, str]
    missing: tuple[str, ...]


def translations(episode: Episode) -> tuple[Translation, ...]:
    """All translations of an episode, by language.

    Raises:
        EpisodeError: a file is malformed, has another language than its name, or translates a line that is not there.
    """
    script = episode.script()
    places = sorted(asset("captions").glob(f"{episode.slug}.*.toml")) + sorted(episode.folder.glob("captions/*.toml"))
    found = {path.stem.rsplit(".", 1)[-1]: path for path in places}
    return tuple(_read(path, language, script) for language, path in sorted(found.items()))


def _read(path: Path, language: str, script: Script) -> Translation:
    try:
        data = read_toml(path)
    except OSError as error:
        raise EpisodeError(f"{path} can not be read: {error.strerror}") from error
    except OutsideFileError as error:
        raise EpisodeError(str(error)) from None
    if unknown := set(data) - {"language", "lines"}:
        raise EpisodeError(f"{path}: unknown field {shown(min(unknown))}; known are language and lines")
    lines = data.get("lines", {})
    if data.get("language") != language:
        raise EpisodeError(f"{path} has the language {shown(data.get('language'))} inside and '{language}' in its name")
    if language == script.language:
        raise EpisodeError(f"{path}: the film is spoken in '{language}'; change its script instead")
    if not isinstance(lines, dict) or not all(isinstance(text, str) for text in lines.values()):
        raise EpisodeError(f'{path}: [lines] holds texts by line key, like "hook.recipe" = "…"')
    known = {line.key for line in script.lines}
    if strange := sorted(set(lines) - known):
        raise EpisodeError(f"{path} translates {shown(strange[0])}, which is no line of {script.path}")
    if empty := sorted(key for key, text in lines.items() if not any(c.isalnum() for c in text)):
        raise EpisodeError(f"{path}: '{empty[0]}' is empty; write it, or remove it to show what is spoken")
    return Translation(language, path, lines, tuple(line.key for line in script.lines if line.key not in lines))


def translated(timeline: Timeline, translation: Translation) -> Timeline:
    """The same film with other words: each line keeps its start and length, its words share that by their length."""
    lines = tuple(
        replace(placed, line=_with_words(placed.line, translation.lines[placed.line.key]))
        if placed.line.key in translation.lines
        else placed
        for placed in timeline.lines
    )
    return replace(timeline, lines=lines)


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
    return replace(line, text=text, words=tuple(made), measured=False, marks={}, audio="")
