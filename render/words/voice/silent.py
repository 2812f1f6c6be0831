"""The voice ``none``: silence as long as the words would take, so that a film can be drawn without an engine."""

from __future__ import annotations

from typing import Any

from tapehead.render.words.voice.speech import Speech
from tapehead.render.words.voice.wording import estimate, word_count
from tapehead.scenes.script import Line, Script, Speaker

WORDS_PER_MINUTE = 160
RATE_HZ = 48000


class SilentVoice:
    """Says nothing, at 160 words per minute."""

    name = "none"

    def identity(self) -> dict[str, Any]:
        """Its pace is all there is to it."""
        return {"voice": self.name, "version": 1, "wpm": WORDS_PER_MINUTE}

    def line_identity(self, line: Line, speaker: Speaker, spoken: str) -> dict[str, Any]:
        """The words alone; a speaker's settings do not change silence."""
        return self.identity() | {"spoken": spoken}

    def check(self, script: Script) -> None:
        """Any script will do."""

    def speak(self, line: Line, speaker: Speaker, spoken: str) -> Speech:
        """Silence; the words' times are estimated from their letters."""
        import numpy as np

        duration = max(1, word_count(spoken)) / WORDS_PER_MINUTE * 60
        samples = np.zeros(round(duration * RATE_HZ), np.float32)
        return Speech(samples, RATE_HZ, estimate(spoken, 0.0, len(samples) / RATE_HZ), False)
