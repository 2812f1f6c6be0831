"""A script in another language: the words of its translated captions, spoken by a voice of that language.

What is written in the pictures stays as it is.  Marks are phrases of the original; each moves to the word that stands
where the phrase stood, clause by clause or sentence by sentence where there are as many of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.render.words.translations import Translation, translations
from tapehead.scenes.episode import Episode
from tapehead.scenes.filling import caption
from tapehead.scenes.script import Line, Script, Speaker

_CLAUSE, _SENTENCE = (re.compile(rf"\S.*?(?:[{ends}]+(?=\s|$)|$)", re.DOTALL) for ends in (",;:.!?…", ".!?…"))
_SHOWN = 12


def translation_in(episode: Episode, language: str) -> Translation:
    """The translation of an episode's captions into a language.

    Raises:
        UnknownNameError: there is none; the message names those that are there.
        EpisodeError: see :func:`translations`.
    """
    there = {each.language: each for each in translations(episode)}
    if language not in there:
        raise UnknownNameError("translation", language, there)
    return there[language]


def untranslated(script: Script, translation: Translation, scene: str = "") -> list[Line]:
    """The lines of a script, filled in, or of one of its scenes, that have no words in the other language."""
    lines = script.scene(scene) if scene else script.lines
    return [line for line in lines if line.recording not in translation.lines]


def reckoned(script: Script, translation: Translation, scene: str = "") -> list[tuple[Line, str, str]]:
    """Marks that the translation does not name, line by line, each with the word to which it goes instead."""
    found = []
    for line in script.scene(scene) if scene else script.lines:
        if line.recording in translation.lines:
            other = _translated(line, translation)
            named = translation.marks.get(line.recording, {})
            found += [
                (line, mark, other.text[at:].split()[0]) for mark, at in other.places.items() if mark not in named
            ]
    return found


def dubbed(script: Script, translation: Translation, scene: str = "") -> Script:
    """The script, filled in, with the words of a translation; who speaks in espeak speaks the other language there.

    ``scene`` is all that is needed: the lines of other scenes may lack a translation, and are left out then.

    Raises:
        UsageError: lines have no translation: half a film in each language is none.
    """
    if missing := [line.recording for line in untranslated(script, translation, scene)]:
        listed = ", ".join(missing[:_SHOWN])
        more = f", and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        wanted = len(script.scene(scene) if scene else script.lines)
        raise UsageError(
            f"{len(missing)} of {wanted} lines have no words in '{translation.language}': {listed}{more}; "
            f"add them to {translation.path}"
        )
    speakers = {name: _speaking(speaker, translation.language) for name, speaker in script.speakers.items()}
    lines = tuple(_translated(line, translation) for line in script.lines if line.recording in translation.lines)
    # What is wrong with its words is wrong in the translation's file.
    return replace(
        script, path=translation.path, language=translation.language, speakers=speakers, pronounce={}, lines=lines
    )


def moved(place: int, text: str, other: str) -> int:
    """Where in ``other`` the word starts that stands where the character ``place`` stands in ``text``."""
    (first, last), (start, end) = (0, len(text)), (0, len(other))
    for parts in (_CLAUSE, _SENTENCE):
        old, new = list(parts.finditer(text)), list(parts.finditer(other))
        if old and len(old) == len(new):
            number = max((n for n, each in enumerate(old) if each.start() <= place), default=0)
            (first, last), (start, end) = old[number].span(), new[number].span()
            break
    wanted = start + (place - first) / max(1, last - first) * (end - start)
    starts: Collection[int] = [word.start() for word in re.finditer(r"\S+", other) if start <= word.start() < end]
    return min(starts, key=lambda at: abs(at - wanted), default=0)


def _translated(line: Line, translation: Translation) -> Line:
    text = caption(translation.lines[line.recording], line.numbers, translation.language)
    phrases = translation.marks.get(line.recording, {})
    places = {
        name: text.index(phrases[name]) if name in phrases else moved(line.place(name), line.text, text)
        for name in line.marks
    }
    return replace(line, text=text, say="", said={}, places=places)


def _speaking(speaker: Speaker, language: str) -> Speaker:
    _, plus, variant = speaker.variant.partition("+")
    return replace(speaker, variant=language + plus + variant)
