"""Word times beside those cut by hand: the voice's own, those found in a recording, and what chance would give."""

from __future__ import annotations

import tomllib
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tapehead.render.words.voice.choose import voice_named
from tapehead.render.words.voice.natural import NaturalVoice
from tapehead.render.words.voice.speech import Speech
from tapehead.render.words.voice.wording import estimate, pronounced, pronunciations
from tapehead.scenes.episode import find_episode
from tapehead.scenes.script import Line, Speaker

CUTS = Path(__file__).with_name("hand_cuts.toml")
_DRAWS = 200


@dataclass(frozen=True)
class CutLine:
    """A spoken line and where a person says that its words begin [words], in seconds; NaN where nobody can say."""

    line: Line
    speaker: Speaker
    said: str
    speech: Speech
    starts: np.ndarray

    @property
    def seconds(self) -> float:
        """Length of the sound."""
        return len(self.speech.samples) / self.speech.rate


def cut_lines(shipped_only: bool = False) -> Iterator[CutLine]:
    """The lines of the table, spoken; ``shipped_only`` leaves out those for which the model would be needed.

    Raises:
        ValueError: a line's sound is not the one that was cut.
    """
    voice = NaturalVoice()
    for entry in tomllib.loads(CUTS.read_text(encoding="utf-8"))["line"]:
        script = find_episode(entry["episode"]).script()
        line = script.line(entry["key"])
        speaker, said = script.speakers[line.speaker], pronounced(line.text, pronunciations(script, voice)).text
        if shipped_only and not voice._shipped(speaker, said):
            continue
        cut = CutLine(line, speaker, said, voice.speak(line, speaker, said), np.array(entry["starts"], float))
        if len(cut.starts) != len(cut.speech.words) or abs(cut.seconds - entry["seconds"]) > 0.01:
            raise ValueError(f"{entry['episode']} '{line.key}' is spoken otherwise than when it was cut; cut it anew")
        yield cut


def recorded(cut: CutLine, folder: Path) -> Speech:
    """The same sound as a recording that somebody hands in: its words are found beside espeak's."""
    with wave.open(str(folder / f"{cut.line.recording}.wav"), "wb") as out:
        out.setparams((1, 2, cut.speech.rate, 0, "NONE", ""))
        out.writeframes((np.clip(cut.speech.samples, -1, 1) * 32767).astype("<i2").tobytes())
    return voice_named(f"recorded:{folder}").speak(cut.line, cut.speaker, cut.said)


def errors(speech: Speech, cut: CutLine) -> np.ndarray:
    """How much later than by hand each word begins, in seconds; words that nobody could cut are left out.

    An engine may run two words together (``in one`` is one event of espeak's): the first of them is compared.
    """
    by_place = {first: at for (first, *_), at in zip(cut.speech.words, cut.starts, strict=True)}
    found = np.array([start - by_place[first] for first, _count, start, _end in speech.words if first in by_place])
    return found[np.isfinite(found)]


def by_letters(cut: CutLine) -> Speech:
    """The words spread over the line by their letters: what is done where nothing can be aligned."""
    words = estimate(cut.said, cut.speech.words[0][2], cut.speech.words[-1][3])
    return Speech(cut.speech.samples, cut.speech.rate, words, False)


def by_chance(cut: CutLine, random: np.random.Generator) -> np.ndarray:
    """Errors of as many times drawn evenly over the line and put in order [draws * words], in seconds."""
    drawn = np.sort(random.uniform(0, cut.seconds, (_DRAWS, len(cut.starts))), axis=1) - cut.starts
    return drawn[np.isfinite(drawn)]


def summary(found: np.ndarray) -> dict[str, float]:
    """Median, 90th percentile and bias of errors in seconds, as milliseconds, and how many they are."""
    size = 1000 * np.abs(found)
    return {
        "words": len(found),
        "median_ms": round(float(np.median(size)), 1),
        "p90_ms": round(float(np.percentile(size, 90)), 1),
        "within_40_ms": round(float(np.mean(size <= 40)), 3),
        "bias_ms": round(1000 * float(np.median(found)), 1),
    }


def compared(folder: Path, shipped_only: bool = False) -> dict[str, dict[str, float]]:
    """All four beside the times cut by hand; ``folder`` takes the recordings."""
    lines, random = list(cut_lines(shipped_only)), np.random.default_rng(1)
    return {
        "natural": summary(np.concatenate([errors(cut.speech, cut) for cut in lines])),
        "recorded": summary(np.concatenate([errors(recorded(cut, folder), cut) for cut in lines])),
        "by letters": summary(np.concatenate([errors(by_letters(cut), cut) for cut in lines])),
        "by chance": summary(np.concatenate([by_chance(cut, random) for cut in lines])),
    }
