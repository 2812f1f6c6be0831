"""The voice that a name asks for.  Engines are imported when they are asked for: none starts for another's sake."""

from __future__ import annotations

from collections.abc import Callable

from tapehead.analysis.errors import MissingPartError, UnknownNameError, UsageError
from tapehead.render.words.voice.speech import Voice
from tapehead.scenes.script import Script

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
