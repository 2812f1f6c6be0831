"""The words of an episode by themselves: spoken, measured, and for the built-in films made ready to ship."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import UsageError
from tapehead.analysis.registry import load
from tapehead.analysis.store import Store
from tapehead.render.assets import asset
from tapehead.render.film.make import analyze
from tapehead.render.progress import Reporter
from tapehead.render.words.narration import TIMING, narrate
from tapehead.render.words.voice.choose import voice_for
from tapehead.render.words.voice.natural import NaturalVoice
from tapehead.render.words.voice.natural.shipped import Recorded, ship
from tapehead.render.words.voice.wording import pronounced, pronunciations, word_count
from tapehead.scenes.episode import BUILT_IN, Episode
from tapehead.scenes.filling import filled
from tapehead.scenes.script import Script, TimedLine


@dataclass(frozen=True)
class SpokenWords:
    """What was spoken: lines, words and seconds of sound, and words a minute by speaker."""

    voice: str
    lines: tuple[TimedLine, ...]
    paces: dict[str, float]
    guessed: tuple[str, ...]
    """Words that are in no dictionary."""
    shipped: Path | None = None
    shipped_bytes: int = 0

    @property
    def seconds(self) -> float:
        """Of all lines, the pauses after them not counted."""
        return sum(line.duration for line in self.lines)

    def to_data(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        return {
            "voice": self.voice,
            "lines": {line.key: {"seconds": round(line.duration, 3), "audio": line.audio} for line in self.lines},
            "seconds": round(self.seconds, 3),
            "words_a_minute": {name: round(pace, 1) for name, pace in self.paces.items()},
            "in_no_dictionary": list(self.guessed),
            **({"shipped": str(self.shipped), "shipped_bytes": self.shipped_bytes} if self.shipped else {}),
        }


def speak(
    episode: Episode,
    spec: str,
    store: Store,
    reporter: Reporter,
    *,
    scene: str = "",
    jobs: int = 1,
    to_ship: bool = False,
) -> SpokenWords:
    """Speak an episode's lines into the store, or those of one scene.

    ``to_ship`` writes them into ``assets/voices/lines`` as well, where the next installation finds them.

    Raises:
        UsageError: only whole built-in episodes in the voice ``natural`` can be shipped.
        TapeheadError: the voice cannot speak the script, or a folder cannot be written.
    """
    if scene:
        episode.scene(scene)
    results = analyze(episode, store, reporter)
    script = filled(episode.script(), lambda name: load(store, results[name], name))
    voice = voice_for(spec, script, reporter.warn)
    if to_ship:
        _can_ship(episode, voice, scene)
    with reporter.stage("speak", len(script.scene(scene) if scene else script.lines)) as track:
        lines = narrate(script, voice, store, lambda done, _all: track.to(done), scene=scene, jobs=jobs)
    spoken = SpokenWords(voice.name, tuple(lines.values()), _paces(lines), _guessed(script, voice))
    if not to_ship:
        return spoken
    assert isinstance(voice, NaturalVoice)  # see _can_ship
    folder = asset("voices") / "lines" / episode.slug
    size = ship(_recorded(script, voice, lines), folder)
    return SpokenWords(spoken.voice, spoken.lines, spoken.paces, spoken.guessed, folder, size)


def _can_ship(episode: Episode, voice: object, scene: str) -> None:
    if not isinstance(voice, NaturalVoice):
        raise UsageError("only lines in the voice 'natural' are shipped; say --voice natural")
    if scene:
        raise UsageError("an episode ships whole; omit --only")
    if episode.folder.resolve().parent != BUILT_IN.resolve():
        raise UsageError(f"only built-in episodes ship with tapehead, and {episode.folder} is none of them")


def _recorded(script: Script, voice: NaturalVoice, lines: dict[str, TimedLine]) -> list[Recorded]:
    table, made = pronunciations(script, voice), []
    for line in script.lines:
        said = pronounced(line.say or line.text, table).text
        speaker = script.speakers[line.speaker]
        audio = Path(lines[line.key].audio)
        words = [tuple(word) for word in json.loads((audio.parent / TIMING).read_text())["words"]]
        made.append(Recorded(voice.shipping_key(speaker, said), audio, voice.phonemes(line, said), said, words))
    return made


def _paces(lines: dict[str, TimedLine]) -> dict[str, float]:
    """Words a minute as heard: from the first sound of a line to its last, rests inside it counted."""
    words, seconds = dict[str, int](), dict[str, float]()
    for line in lines.values():
        words[line.speaker] = words.get(line.speaker, 0) + word_count(line.text)
        seconds[line.speaker] = seconds.get(line.speaker, 0.0) + line.duration
    return {name: count / max(seconds[name], 1e-9) * 60 for name, count in words.items()}


def _guessed(script: Script, voice: object) -> tuple[str, ...]:
    if not isinstance(voice, NaturalVoice) or script.language.partition("-")[0] != "en":
        return ()  # the dictionaries are English
    table = pronunciations(script, voice)
    return voice.in_no_dictionary([pronounced(line.say or line.text, table).text for line in script.lines])
