"""What a voice is asked and what it answers: a script's line goes in, sound and word times come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

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
