"""A script becomes spoken lines with times; what was spoken once is kept in the store.

Pauses, marks and captions are not part of a line's key: changing them keeps the sound.
"""

from __future__ import annotations

import io
import json
import wave
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tapehead.analysis.errors import StoreError
from tapehead.analysis.store import Entry, Store, digest_of
from tapehead.render.identity import identity
from tapehead.render.words.voice.wording import Spoken, mark_time, pronounced, timed_words
from tapehead.scenes.script import Line, Script, TimedLine

if TYPE_CHECKING:
    from tapehead.render.words.voice import Speech, Voice

KIND = "voice"
SPEECH = "speech.wav"
TIMING = "timing.json"
RATE_HZ = 48000


def narrate(
    script: Script, voice: Voice, store: Store, progress: Callable[[int, int], object] | None = None
) -> dict[str, TimedLine]:
    """Speak every line that is not in the store; ``progress`` is called with lines done and lines in all.

    Raises:
        UsageError: the voice can not speak this script; nothing was spoken.
        TapeheadError: the voice failed, or the store can not be written.
    """
    voice.check(script)
    spoken = {}
    for count, line in enumerate(script.lines, 1):
        said = pronounced(line.say or line.text, script.pronounce)
        spoken[line.key] = timed(line, said, _kept(line, said, script, voice, store))
        if progress:
            progress(count, len(script.lines))
    return spoken


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


def _kept(line: Line, said: Spoken, script: Script, voice: Voice, store: Store) -> Entry:
    speaker = script.speakers[line.speaker]
    made_from = {"code": identity("speech"), **voice.line_identity(line, speaker, said.text)}
    key = digest_of(made_from)
    if entry := store.get(KIND, key):
        return entry
    with store.lock(KIND, key):
        if entry := store.get(KIND, key):
            return entry
        speech = voice.speak(line, speaker, said.text)
        with store.draft(KIND, key, made_from) as work:
            _write(work, speech)
        entry = store.get(KIND, key)
    if entry is None:
        raise StoreError(f"line '{line.key}' was spoken, but the store {store.root} does not give it back")
    return entry


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
        raise StoreError(f"{work} can not be written ({error.strerror}); free some space") from error
