"""A script becomes spoken lines with times; what was spoken once is kept in the store.

Pauses, marks and captions are not part of a line's key: changing them keeps the sound.
"""

from __future__ import annotations

import io
import itertools
import json
import wave
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tapehead.analysis.errors import EpisodeError, StoreError
from tapehead.analysis.store import Entry, Store, digest_of
from tapehead.render.identity import identity
from tapehead.render.words.voice.side_by_side import Meanwhile, speak_each, speaks_beside
from tapehead.render.words.voice.wording import Spoken, mark_time, pronounced, pronunciations, timed_words
from tapehead.scenes.script import Line, Script, Speaker, TimedLine

if TYPE_CHECKING:
    from tapehead.render.words.voice.speech import Speech, Voice

KIND = "voice"
SPEECH = "speech.wav"
TIMING = "timing.json"
RATE_HZ = 48000
_SPOKEN = 20_000
"""Characters of a line as it is spoken: some twenty minutes, a hundred megabytes of sound."""


def narrate(
    script: Script,
    voice: Voice,
    store: Store,
    progress: Callable[[int, int], object] | None = None,
    *,
    scene: str = "",
    jobs: int = 1,
    meanwhile: Meanwhile | None = None,
) -> dict[str, TimedLine]:
    """Speak every line that is not in the store; ``progress`` is called with lines done and lines in all.

    ``scene`` leaves the lines of all other scenes unspoken, and asks nothing about them.  A voice that takes long
    speaks ``jobs`` lines at once; then ``meanwhile`` is told of scenes whose lines are all there, while others are
    still spoken.

    Raises:
        UsageError: the voice cannot speak this script; nothing was spoken.
        TapeheadError: the voice failed, the store cannot be written, or what ``meanwhile`` raises.
    """
    lines = script.scene(scene) if scene else script.lines
    voice.check(replace(script, lines=lines) if scene else script)
    table = pronunciations(script, voice)
    said = {line.key: pronounced(line.say or line.text, table) for line in lines}
    if long := next((key for key, each in said.items() if len(each.text) > _SPOKEN), ""):
        raise EpisodeError(
            f"{script.path}: line '{long}' has {len(said[long].text)} characters with [pronounce] in place, and "
            f"{_SPOKEN} are the most; divide it"
        )
    entries = {
        line.key: _find(line, script.speakers[line.speaker], said[line.key].text, voice, store) for line in lines
    }
    missing = [line for line in lines if entries[line.key] is None]
    count = itertools.count(len(lines) - len(missing) + 1)
    left = {name: sum(line.scene == name for line in missing) for name in dict.fromkeys(line.scene for line in lines)}

    def told(scene: str) -> None:
        if meanwhile and not left[scene] and any(left.values()):
            meanwhile.spoken(scene, {line.key: found(line) for line in lines if line.scene == scene})

    def found(line: Line) -> TimedLine:
        entry = entries[line.key] or _find(line, script.speakers[line.speaker], said[line.key].text, voice, store)
        if entry is None:
            raise StoreError(f"line '{line.key}' was spoken, but the store {store.root} does not give it back")
        return timed(line, said[line.key], entry)

    def done(number: int) -> None:
        left[missing[number].scene] -= 1
        if progress:
            progress(next(count), len(lines))
        told(missing[number].scene)

    if progress and len(missing) < len(lines):
        progress(len(lines) - len(missing), len(lines))
    if not speaks_beside(voice, len(missing), jobs):
        meanwhile = None  # one process speaks: what it does next is as quick afterwards
    if meanwhile:
        # Scene by scene, so that one after the other gets whole; those first that take longest to draw, which are the
        # long ones: one that is begun last would keep one core at work and the others waiting.
        sizes = {name: sum(len(said[line.key].text) for line in lines if line.scene == name) for name in left}
        missing.sort(key=lambda line: -sizes[line.scene])
    for name in left:
        told(name)
    work = [(line, script.speakers[line.speaker], said[line.key].text, store.root) for line in missing]
    speak_each(voice, keep_line, work, jobs, done, meanwhile.busy if meanwhile else lambda: 0)
    return {line.key: found(line) for line in lines}


def timed(line: Line, said: Spoken, entry: Entry) -> TimedLine:
    """Lay the line as it is written now over the sound that is kept."""
    timing = json.loads(entry.file(TIMING).read_text())
    times = [(first, count, start, end) for first, count, start, end in timing["words"]]
    words = timed_words(line.text, line.say or line.text, said, times, timing["measured"])
    marks = {name: mark_time(line.text, line.place(name), words) for name in line.marks}
    return TimedLine(
        key=line.key,
        scene=line.scene,
        speaker=line.speaker,
        text=line.text,
        duration=timing["duration"],
        words=words,
        measured=all(word.measured for word in words),
        marks=marks,
        pause=line.pause,
        audio=str(entry.file(SPEECH).resolve()),
        variant=line.variant,
        places={name: line.place(name) for name in line.marks},
        numbers=line.numbers,
    )


def entry_key(line: TimedLine) -> str:
    """Key of the entry that holds a line's sound; empty for a silent one.  The sound is a file of it, see above."""
    return Path(line.audio).parent.name if line.audio else ""


def keep_line(voice: Voice, line: Line, speaker: Speaker, spoken: str, root: Path) -> None:
    """Speak a line into the store at ``root``, if nobody else did meanwhile.

    Raises:
        TapeheadError: the voice failed, or the store cannot be written.
    """
    store = Store(root)
    made_from = _made_from(voice, line, speaker, spoken)
    key = digest_of(made_from)
    with store.lock(KIND, key):
        if store.get(KIND, key):
            return
        speech = voice.speak(line, speaker, spoken)
        with store.draft(KIND, key, made_from) as work:
            _write(work, speech)


def _find(line: Line, speaker: Speaker, spoken: str, voice: Voice, store: Store) -> Entry | None:
    return store.get(KIND, digest_of(_made_from(voice, line, speaker, spoken)))


def _made_from(voice: Voice, line: Line, speaker: Speaker, spoken: str) -> dict[str, Any]:
    return {"code": identity("speech"), **voice.line_identity(line, speaker, spoken)}


def _write(work: Path, speech: Speech) -> None:
    import numpy as np

    from tapehead.render.words.voice.timbre import leveled, resampled

    sound = leveled(resampled(speech.samples, speech.rate, RATE_HZ), RATE_HZ)
    whole = np.clip(np.rint(sound * 32767.0), -32768, 32767).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        out.writeframes(whole.tobytes())
    duration = len(whole) / RATE_HZ
    timing: dict[str, Any] = {
        "duration": duration,
        "measured": speech.measured,
        "words": [
            (first, count, round(min(start, duration), 6), round(min(end, duration), 6))
            for first, count, start, end in speech.words
        ],
    }
    try:
        (work / SPEECH).write_bytes(file.getvalue())
        (work / TIMING).write_text(json.dumps(timing))
    except OSError as error:
        raise StoreError(f"{work} cannot be written ({error.strerror}); free some space") from error
