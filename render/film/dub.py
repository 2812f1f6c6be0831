"""A film in another language: everything that is missing for it, in one list, before any of it is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tapehead.analysis.errors import TapeheadError, UsageError
from tapehead.analysis.registry import load
from tapehead.analysis.store import Store
from tapehead.render.film.make import Choices, analyze
from tapehead.render.progress import Reporter
from tapehead.render.words.dubbing import dubbed, reckoned, untranslated
from tapehead.render.words.translations import translations
from tapehead.render.words.voice.choose import voice_for
from tapehead.scenes.episode import Episode
from tapehead.scenes.filling import filled
from tapehead.scenes.script import Line

_SHOWN = 100


@dataclass(frozen=True)
class DubNeeds:
    """What a dubbed film lacks, and to which words its marks go where the translation does not say it."""

    language: str
    voice: str
    """Who would speak; empty if nobody can."""
    silent: str
    """Why nobody can."""
    untranslated: tuple[Line, ...]
    reckoned: tuple[tuple[Line, str, str], ...]
    """Line, mark, and the word that stands in the mark's place."""

    @property
    def complete(self) -> bool:
        """Whether the film can be made; a reckoned mark is only less exact."""
        return not self.untranslated and not self.silent

    def told(self) -> list[str]:
        """A line for each thing that is missing, in the form in which it goes into the translation."""
        lines = [f'no words: "{line.recording}" = "{line.text}"' for line in self.untranslated]
        if self.silent:
            lines.append(f"no voice: {self.silent}")
        lines += [f"mark by its place: {line.recording}: {mark} -> {word}" for line, mark, word in self.reckoned]
        return lines

    def to_data(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        return {
            "language": self.language,
            "voice": self.voice,
            "no_voice": self.silent,
            "untranslated": {line.recording: line.text for line in self.untranslated},
            "marks_by_place": [[line.recording, mark, word] for line, mark, word in self.reckoned],
        }


def dub_needs(episode: Episode, choices: Choices, store: Store, reporter: Reporter) -> DubNeeds:
    """What is missing for the language ``choices.dub``, of one scene if ``choices.only`` names one.

    Raises:
        UsageError: there is no translation into the language at all, or no such scene.
        EpisodeError: the translation is malformed.
    """
    if choices.only:
        episode.scene(choices.only)
    there = {each.language: each for each in translations(episode)}
    if choices.dub not in there:
        known = f"there are: {', '.join(there)}" if there else "there are none"
        raise UsageError(
            f"'{episode.slug}' has no words in '{choices.dub}' ({known}); write "
            f'{episode.folder / "captions" / choices.dub}.toml, with language = "{choices.dub}" and [lines]'
        )
    results = analyze(episode, store, reporter, choices.seed, choices.model)
    script = filled(episode.script(), lambda name: load(store, results[name], name))
    translation = there[choices.dub]
    missing, marks = untranslated(script, translation, choices.only), reckoned(script, translation, choices.only)
    name, silent = "", ""
    # Whoever speaks is asked about the words that are there: what is missing is found in one go.
    spoken = [line for line in script.lines if line.recording in translation.lines]
    if choices.only:
        spoken = [line for line in spoken if line.scene == choices.only]
    try:
        words = dubbed(replace(script, lines=tuple(spoken)), translation)
        voice = voice_for(choices.voice, words, reporter.warn)
        voice.check(words)
        name = voice.name
    except TapeheadError as error:
        silent = str(error)
    return DubNeeds(choices.dub, name, silent, tuple(missing), tuple(marks))


def refuse_incomplete(needs: DubNeeds, lines: Sequence[str]) -> None:
    """Stop before any work if something is missing.

    Raises:
        UsageError: it is; everything is listed.
    """
    if needs.complete:
        return
    more = f"\nand {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    raise UsageError(f"the film cannot be dubbed into '{needs.language}' yet:\n" + "\n".join(lines[:_SHOWN]) + more)
