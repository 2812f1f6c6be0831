"""Voices: what turns a script's line into sound and word times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from tapehead.analysis.errors import MissingPartError, UnknownNameError, UsageError
from tapehead.scenes.script import Line, Script, Speaker

if TYPE_CHECKING:
    import numpy as np

WordTime = tuple[int, int, float, float]
"""First character in the spoken text counted from 0, number of characters, start and end in seconds."""


@dataclass(frozen=True)
class Speech:
    """Mono sound as 32-bit floats at ``rate`` Hz; ``measured`` says that the word times are the voice's own."""

    samples: np.ndarray
    rate: int
    words: list[WordTime]
    measured: bool


class Voice(Protocol):
    """Something that speaks.  Equal lines give equal samples."""

    name: str

    def identity(self) -> dict[str, Any]:
        """What the whole film's words are spoken with: engine, version, recordings.  Plain data for cache keys."""

    def line_identity(self, line: Line, speaker: Speaker, spoken: str) -> Mapping[str, Any]:
        """All that one line's sound and word times depend on, and nothing else.  Plain data for cache keys."""

    def check(self, script: Script) -> None:
        """Find out whether the whole script can be spoken, before any of it is.

        Raises:
            UsageError: it cannot; the message lists everything that is wrong.
        """

    def speak(self, line: Line, speaker: Speaker, spoken: str) -> Speech:
        """Speak ``spoken``: the line's words with the script's pronunciations in place.

        Raises:
            TapeheadError: the engine or a file fails.
        """


AUTO = "auto"
_NAMES = ("auto", "natural", "natural:DIR", "espeak", "none", "recorded:DIR", "piper:VOICE.onnx", "command:PROGRAM")


def voice_for(spec: str, script: Script, warn: Callable[[str], object]) -> Voice:
    """The voice of a whole film: :data:`AUTO` is ``natural`` where it can speak all of the script, else ``espeak``.

    A film is never spoken by two engines: where one line is missing, the other one speaks everything, and ``warn`` is
    told what is missing and how to get it.

    Raises:
        TapeheadError: as :func:`voice_named`; and what makes a script unspeakable.
    """
    if spec != AUTO:
        return voice_named(spec)
    if script.language.partition("-")[0] in ("en", "es"):
        voice = voice_named("natural")
        try:
            voice.check(script)
            return voice
        except MissingPartError as error:
            warn(f"{error}; until then the whole film is spoken by espeak")
    return voice_named("espeak")


def voice_named(spec: str) -> Voice:
    """The voice called ``natural``, ``natural:DIR`` (with the model in a folder), ``espeak``, ``recorded:DIR``,
    ``piper:VOICE.onnx``, ``command:PROGRAM …``, ``none`` (silence of plausible length) or ``auto`` (``natural`` if it
    is installed, else ``espeak``).

    Raises:
        UnknownNameError: there is no such voice.
        UsageError: a directory is not given or not there, or does not hold what it should.
        MissingPartError: the voice is not installed.
    """
    kind, colon, rest = spec.partition(":")
    if spec == AUTO:
        from tapehead.render.words.voice.natural import model

        return voice_named("natural" if model.is_installed() else "espeak")
    if kind == "natural":
        from tapehead.render.words.voice.natural import NaturalVoice

        if colon and not rest:
            raise UsageError("'natural:' names no folder; write natural:DIR, or natural for the installed model")
        return NaturalVoice(rest)
    if kind == "command":
        from tapehead.render.words.voice.command import CommandVoice

        return CommandVoice(rest)
    if kind == "piper":
        from tapehead.render.words.voice.piper import PiperVoice

        return PiperVoice(rest)
    if kind == "recorded":
        from tapehead.render.words.voice.recorded import RecordedVoice

        if not rest:
            raise UsageError("the voice 'recorded' needs a directory with one sound per line: recorded:DIR")
        return RecordedVoice(rest)
    if spec == "espeak":
        from tapehead.render.words.voice.espeak import EspeakVoice

        return EspeakVoice()
    if spec == "none":
        from tapehead.render.words.voice.silent import SilentVoice

        return SilentVoice()
    raise UnknownNameError("voice", spec, _NAMES)
