"""The film of a finished run, for both commands of the lab."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tapehead.analysis.store import Store
from tapehead.render.film.make import Choices, render
from tapehead.render.progress import Reporter
from tapehead.render.quality import quality_named
from tapehead.render.tape import tape_named
from tapehead.render.tape.effects import tape_told
from tapehead.render.words.voice.choose import AUTO, voice_named
from tapehead.scenes.episode import Episode


def asked(quality: str, voice: str, tape: str, jobs: int) -> Choices:
    """What is asked of a film, with every name looked up before the run: a misspelt one must not show after it.

    Raises:
        UsageError, MissingPartError: no such quality, voice or tape.
    """
    found = quality_named(quality)
    if voice != AUTO:
        voice_named(voice)
    if tape:
        tape_named(tape_told(tape))
    return Choices(found, jobs, voice=voice, tape=tape)


def film(episode: Episode, choices: Choices, folder: Path, store: Store, reporter: Reporter) -> Path:
    """Render a run's film into its folder; the finished film's place."""
    return render(episode, replace(choices, out=folder), store, reporter).path
