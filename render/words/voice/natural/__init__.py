"""The voice ``natural``: Kokoro-82M, a small neural voice that works offline, with every word's time.

It speaks English and, for dubbed films, Spanish.

It is deterministic: equal phonemes, style and speed give equal samples, in any process and whatever was said before.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tapehead.analysis.errors import MissingPartError, ResultError, UsageError
from tapehead.render.words.voice.speech import Speech, WordTime
from tapehead.scenes.script import Line, Script, Speaker

if TYPE_CHECKING:
    from tapehead.render.words.voice.natural.phonemes import Lexicon, Reading
    from tapehead.render.words.voice.natural.shipped import ShippedLine

VERSION = 1
_EDGE_S = 0.03
_JOINT_S = 0.45
_REST_S = 0.2
"""Put in after each sentence.  The model speaks fast and rests briefly; speaking slower alone, it would drawl."""
_AT_ONCE = 500
"""Phonemes in one go; the model takes 510."""
_SHOWN = 12


class NaturalVoice:
    """Kokoro with the phonemes of :mod:`tapehead.render.words.voice.natural.phonemes`.

    ``folder`` holds an ONNX export of the official model; without it the pinned packages are used.

    What ships needs no package; only when a line has to be spoken, the model is loaded.

    Raises:
        UsageError: there is no model in the folder.
    """

    name = "natural"
    phonetic = True
    side_by_side = True

    def __reduce__(self) -> tuple[type[NaturalVoice], tuple[str]]:
        return NaturalVoice, (str(self._folder or ""),)

    def __init__(self, folder: str = "") -> None:
        from tapehead.analysis.store import digest_file
        from tapehead.render.words.voice.natural import model

        self._folder = Path(folder).expanduser() if folder else None
        self._chosen = model.model_in(folder) if folder else None
        self._digest = digest_file(self._chosen) if self._chosen else model.MODEL_SHA256

    @functools.cached_property
    def _path(self) -> Path:
        """Where the model is; put together the first time."""
        from tapehead.render.words.voice.natural import model

        model.needed()
        return self._chosen or model.packaged()

    @functools.cached_property
    def _lexicon(self) -> Lexicon:
        from tapehead.render.words.voice.natural.phonemes import lexicon

        return lexicon()

    def identity(self) -> dict[str, Any]:
        """The model by its digest, and the version of what surrounds it."""
        return {"voice": self.name, "version": VERSION, "engine": "Kokoro-82M", "model": self._digest}

    def line_identity(self, line: Line, speaker: Speaker, spoken: str) -> dict[str, Any]:
        """The model, the phonemes, the style, speed and pitch: a word that is pronounced anew is spoken anew.

        Of a line that ships, what is heard.
        """
        from tapehead.render.words.voice.natural.phonemes import utterance

        settings = self._settings(speaker)
        if there := self._shipped(speaker, spoken):
            return self.identity() | settings | there[1].identity
        read = utterance(self._read(line, speaker, spoken).pieces, _english(speaker))
        words = [[first, count, start, end] for first, count, start, end in read.words]
        return self.identity() | settings | {"phonemes": read.phonemes, "words": words}

    def shipping_key(self, speaker: Speaker, spoken: str) -> str:
        """The key under which a line ships: all that it is spoken from, found out without the dictionaries."""
        from tapehead.render.words.voice.natural.phonemes import own_table
        from tapehead.render.words.voice.natural.shipped import key_of

        table = own_table().found_in(spoken)
        return key_of(self.identity() | self._settings(speaker) | {"spoken": spoken, "pronunciation": table})

    def phonemes(self, line: Line, spoken: str) -> str:
        """What the model is given for a line of English."""
        from tapehead.render.words.voice.natural.phonemes import utterance

        return utterance(self._read(line, None, spoken).pieces).phonemes

    def in_no_dictionary(self, texts: Iterable[str]) -> tuple[str, ...]:
        """The words of these texts that are said by guesswork, each once; none where no dictionary is installed."""
        from tapehead.render.words.voice.natural import model

        if not model.is_installed():
            return ()
        return tuple(dict.fromkeys(word for text in texts for word in self._lexicon.read(text).unknown))

    def needs_speaking(self, script: Script) -> list[Line]:
        """The script's lines that do not ship."""
        from tapehead.render.words.voice.wording import pronounced, pronunciations

        table = pronunciations(script, self)
        return [
            line
            for line in script.lines
            if not self._shipped(script.speakers[line.speaker], pronounced(line.say or line.text, table).text)
        ]

    def _shipped(self, speaker: Speaker, spoken: str) -> tuple[Path, ShippedLine] | None:
        from tapehead.render.words.voice.natural.shipped import shipped_lines

        lines = shipped_lines()
        return lines.get(self.shipping_key(speaker, spoken)) if lines else None

    def _settings(self, speaker: Speaker) -> dict[str, Any]:
        from tapehead.render.words.voice.natural.styles import speed_for, style_of

        style = style_of(speaker, self._folder)
        speed = speed_for(style, speaker.rate, speaker.semitones)
        return {"style": style.sha256, "speed": speed, "semitones": speaker.semitones}

    def check(self, script: Script) -> None:
        """Everyone who speaks has to be there, and every word has to have a sound.

        Raises:
            UnknownNameError: there is no such style.
            UsageError: words that are in no dictionary, or characters that are no English; all of them are listed.
        """
        from tapehead.render.words.voice.natural.model import loaded
        from tapehead.render.words.voice.natural.styles import LANGUAGES, language_of, style_of
        from tapehead.render.words.voice.wording import pronounced, pronunciations

        language = script.language.partition("-")[0]
        if language not in LANGUAGES:
            raise UsageError(
                f"{script.path} is in the language '{script.language}'; the voice 'natural' speaks English and "
                "Spanish: choose --voice espeak or recordings"
            )
        if language != "en" and (other := [each for each in script.speakers.values() if language_of(each) != language]):
            raise UsageError(
                f"{script.path} is in the language '{script.language}', and its speaker '{other[0].name}' speaks "
                f"'{other[0].variant}'; write variant = \"{language}\""
            )
        for speaker in script.speakers.values():
            style_of(speaker, self._folder)
        complaints, missing = [], self.needs_speaking(script)
        if missing:
            try:
                _ = self._lexicon if language == "en" else self._reading(next(iter(script.speakers.values())), "uno")
                self._path  # noqa: B018  (so that a missing part is found before anything is spoken)
            except MissingPartError as error:
                raise MissingPartError(
                    f"{len(missing)} of the {len(script.lines)} lines of {script.path} have to be spoken anew "
                    f"('{missing[0].key}' is the first), and {error}"
                ) from error
            if self._chosen:  # a file of the user's may be anything; the packages' own is known by its digest
                loaded(self._chosen)
        for line in missing:
            said = pronounced(line.say or line.text, pronunciations(script, self))
            reading = self._reading(script.speakers[line.speaker], said.text)
            if reading.unspeakable:
                complaints.append(
                    f"line '{line.key}': {_listed(reading.unspeakable)} {_has(reading.unspeakable)} no "
                    f"{'English' if _english(script.speakers[line.speaker]) else 'Spanish'} sound"
                )
            elif silent := [word for word in reading.unknown if not reading.guessed.get(word)]:
                are = "is" if len(set(silent)) == 1 else "are"
                complaints.append(f"line '{line.key}': {_listed(silent)} {are} in no dictionary")
            elif not any(not piece.pause for piece in reading.pieces):
                complaints.append(f"line '{line.key}' has nothing that can be said")
        if complaints:
            more = f"; and {len(complaints) - _SHOWN} more" if len(complaints) > _SHOWN else ""
            raise UsageError(
                f"{script.path} cannot be spoken as it is: {'; '.join(complaints[:_SHOWN])}{more}. "
                "Write it in words, in the line's say or under [pronounce]"
            )

    def speak(self, line: Line, speaker: Speaker, spoken: str) -> Speech:
        """Speak; 30 ms stay before the first and after the last sound.

        A line of more than 500 phonemes is spoken in parts, cut after sentences.

        Raises:
            UnknownNameError: the speaker's style does not exist.
            ResultError: the line has nothing to say, or the model fails.
        """
        import numpy as np

        from tapehead.render.words.voice.natural.model import RATE_HZ, loaded
        from tapehead.render.words.voice.natural.onsets import with_rests, word_times
        from tapehead.render.words.voice.natural.phonemes import in_sentences, utterance
        from tapehead.render.words.voice.natural.shipped import RATE_HZ as SHIPPED_HZ
        from tapehead.render.words.voice.natural.shipped import decoded
        from tapehead.render.words.voice.natural.styles import speed_for, style_of
        from tapehead.render.words.voice.timbre import pitched, trimmed

        if there := self._shipped(speaker, spoken):
            return Speech(decoded(*there), SHIPPED_HZ, list(there[1].words), True)
        style = style_of(speaker, self._folder)
        speed = speed_for(style, speaker.rate, speaker.semitones)
        parts, words, now = list[Any](), list[WordTime](), 0.0
        for pieces in in_sentences(self._read(line, speaker, spoken).pieces, _AT_ONCE):
            read = utterance(pieces, _english(speaker))
            if not read.words:
                continue
            made = loaded(self._path).speak(read.phonemes, style.vectors(), speed)
            times = word_times(read, made.edges, made.samples, RATE_HZ)
            rested, times = with_rests(made.samples, RATE_HZ, times, read.sentence_ends, _REST_S)
            samples, cut_s = trimmed(rested, RATE_HZ, _EDGE_S)
            if parts:
                parts.append(np.zeros(round(_JOINT_S * RATE_HZ), np.float32))
                now += len(parts[-1]) / RATE_HZ
            words += [(first, count, start - cut_s + now, end - cut_s + now) for first, count, start, end in times]
            parts.append(samples)
            now += len(samples) / RATE_HZ
        if not parts:
            raise ResultError(f"line '{line.key}' has nothing that can be said: {spoken!r}; write it in words")
        samples = pitched(np.concatenate(parts), speaker.semitones)
        factor, length = 2 ** (speaker.semitones / 12), len(samples) / RATE_HZ
        return Speech(
            samples,
            RATE_HZ,
            [
                (first, count, min(max(start / factor, 0.0), length), min(max(end / factor, 0.0), length))
                for first, count, start, end in words
            ],
            True,
        )

    def _read(self, line: Line, speaker: Speaker | None, spoken: str) -> Reading:
        reading = self._reading(speaker, spoken)
        if reading.unspeakable:
            raise UsageError(
                f"line '{line.key}': {_listed(reading.unspeakable)} {_has(reading.unspeakable)} no "
                f"{'English' if _english(speaker) else 'Spanish'} sound; write it in words"
            )
        return reading

    def _reading(self, speaker: Speaker | None, spoken: str) -> Reading:
        """The text as the speaker's language reads it; English where none is given."""
        if _english(speaker):
            return self._lexicon.read(spoken)
        from tapehead.render.words.voice.espeak import word_in_ipa
        from tapehead.render.words.voice.natural.spanish import LANGUAGE, read_spanish

        return read_spanish(spoken, lambda words: word_in_ipa(words, LANGUAGE))


def _english(speaker: Speaker | None) -> bool:
    from tapehead.render.words.voice.natural.spanish import LANGUAGE
    from tapehead.render.words.voice.natural.styles import language_of

    return speaker is None or language_of(speaker) != LANGUAGE


def _has(words: list[str]) -> str:
    return "has" if len(set(words)) == 1 else "have"


def _listed(words: list[str]) -> str:
    return ", ".join(repr(word) for word in dict.fromkeys(words))
