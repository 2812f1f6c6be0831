"""The voice ``piper:VOICE.onnx``: a voice file of Piper's, in any of its languages, with word times by alignment.

Piper (GPL-3) is an optional package that is loaded beside tapehead; its voices have licences of their own, which you
have to look at.  Its two sources of chance are switched off, so that equal lines are equal.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tapehead.analysis.errors import MissingPartError, ResultError, UsageError
from tapehead.analysis.store import digest_file
from tapehead.render.words.voice.recorded import reference_voice, timed_by
from tapehead.render.words.voice.speech import Speech
from tapehead.scenes.script import Line, Script, Speaker

if TYPE_CHECKING:
    import numpy as np

REMEDY = "run: pip install 'tapehead[piper]'"
_PACE = 170
"""Words a minute of most Piper voices at their own speed."""


class PiperVoice:
    """Speaks with a voice file; all speakers of a script have that one voice, each at its rate.

    Raises:
        UsageError: there is no such file, or its configuration is not beside it.
        MissingPartError: Piper is not installed.
    """

    name = "piper"

    def __init__(self, file: str) -> None:
        self._file = Path(file).expanduser()
        beside = self._file.with_name(f"{self._file.name}.json")
        if self._file.suffix != ".onnx" or not self._file.is_file():
            raise UsageError(f"the voice piper:{file} needs a voice file that is there: piper:en_US-joe-medium.onnx")
        if not beside.is_file():
            raise UsageError(f"the voice {self._file} needs its configuration {beside.name} beside it")
        try:
            import piper  # noqa: F401  (found out before anything is spoken)
        except ImportError:
            raise MissingPartError(f"the voice 'piper' is not installed; {REMEDY}") from None
        self._digests = [digest_file(self._file), digest_file(beside)]
        self._beside = reference_voice()

    def identity(self) -> dict[str, Any]:
        """Piper's version and the voice file with its configuration."""
        from importlib.metadata import PackageNotFoundError, version

        try:
            engine = f"Piper {version('piper-tts')}, {self._file.stem}"
        except PackageNotFoundError:
            engine = f"Piper, {self._file.stem}"
        return {"voice": self.name, "version": 1, "engine": engine, "model": self._digests}

    def line_identity(self, line: Line, speaker: Speaker, spoken: str) -> dict[str, Any]:
        """The engine, the words and the pace, and what the words are timed by."""
        beside = self._beside.line_identity(line, speaker, spoken) if self._beside else {}
        return {**self.identity(), "spoken": spoken, "rate": speaker.rate, "beside": beside}

    def check(self, script: Script) -> None:
        """Any script will do."""

    def speak(self, line: Line, speaker: Speaker, spoken: str) -> Speech:
        """Speak; 30 ms stay before the first and after the last sound.

        Raises:
            ResultError: Piper fails, or says nothing.
        """
        import numpy as np
        from piper import SynthesisConfig

        from tapehead.render.words.voice.timbre import trimmed

        settings = SynthesisConfig(length_scale=_PACE / speaker.rate, noise_scale=0.0, noise_w_scale=0.0)
        model = self._voice
        try:
            chunks = list(model.synthesize(spoken, settings))
        except Exception as error:
            raise ResultError(f"Piper failed on line '{line.key}': {error}") from error
        parts = [np.asarray(chunk.audio_float_array, np.float32) for chunk in chunks]
        if not sum(map(len, parts)):
            raise ResultError(f"Piper says nothing for line '{line.key}': {spoken!r}; write it in words")
        rate = chunks[0].sample_rate
        samples: np.ndarray = trimmed(np.concatenate(parts), rate, 0.03)[0]
        return timed_by(self._beside, samples, rate, line, speaker, spoken)

    @functools.cached_property
    def _voice(self) -> Any:
        from piper import PiperVoice as Model

        try:
            return Model.load(str(self._file))
        except Exception as error:
            raise UsageError(f"{self._file} is no voice that Piper can load: {error}") from error
