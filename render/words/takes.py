"""Takes: recordings of single lines, cut to what is said and brought to one loudness, named as ``recorded:DIR`` wants.

Beside them ``read.json`` remembers the words that each was read from, so that a line that was changed since is known.
"""

from __future__ import annotations

import contextlib
import io
import json
import wave
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tapehead.analysis.errors import OutputError, ResultError
from tapehead.analysis.store import write_atomically
from tapehead.render.words.voice.wording import word_count
from tapehead.scenes.script import Line

if TYPE_CHECKING:
    import numpy as np

RATE_HZ = 48000
READ = "read.json"
SOUNDS = (".wav", ".flac", ".aiff", ".aif", ".m4a", ".mp3", ".ogg", ".opus")
_HOP_S = 0.005
_SILENCE_DB = -60.0
_LEAST_RISE_DB = 10.0
"""What is said stands out from the room by that much, or nothing is said."""
_ABOVE_ROOM_DB, _BELOW_PEAK_DB, _AT_MOST_BELOW_DB = 8.0, 45.0, 25.0
_SUSTAINED_S = 0.03
"""Shorter noises at the ends are clicks and not speech."""
_BEFORE_S, _AFTER_S, _FADE_S = 0.1, 0.15, 0.01
_FULL, _CLIPPED = 0.999, 10
_SHORTEST, _LONGEST = 0.5, 2.0


@dataclass(frozen=True)
class Take:
    """A line as it was said: mono sound at 48 kHz, and what one should know about it."""

    samples: np.ndarray
    doubts: tuple[str, ...]

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self.samples) / RATE_HZ


def prepared(samples: np.ndarray, rate: int, line: Line, words_a_minute: float) -> Take:
    """A recording of a line, mono from -1 to 1, cut to what is said (a tenth of a second stays) and at -23 LUFS.

    Raises:
        ResultError: nothing is heard in it.
    """
    import numpy as np

    from tapehead.render.words.voice.timbre import leveled, resampled

    start, end = spoken_part(samples, rate)
    first, last = round((start - _BEFORE_S) * rate), round((end + _AFTER_S) * rate)
    cut = np.pad(samples, (max(0, -first), max(0, last - len(samples))))[max(0, first) : max(0, -first) + last].copy()
    ramp = np.linspace(0, 1, max(1, round(_FADE_S * rate)), dtype=np.float32)
    cut[: len(ramp)] *= ramp
    cut[len(cut) - len(ramp) :] *= ramp[::-1]
    doubts, said_s = [], end - start
    if (full := int((np.abs(samples) >= _FULL).sum())) > _CLIPPED:
        doubts.append(f"it is clipped ({full} samples at full scale): record it quieter")
    expected = word_count(line.text) / words_a_minute * 60
    if not _SHORTEST * expected <= said_s <= _LONGEST * expected + 1:
        doubts.append(
            f"it lasts {said_s:.1f} s, and its words take about {expected:.1f} s: is it this line, and whole?"
        )
    return Take(leveled(resampled(cut.astype(np.float32), rate, RATE_HZ), RATE_HZ), tuple(doubts))


def spoken_part(samples: np.ndarray, rate: int) -> tuple[float, float]:
    """Where in a recording somebody speaks, in seconds: what stands out from the room's own noise for 30 ms.

    Raises:
        ResultError: nothing does.
    """
    import numpy as np

    from tapehead.render.words.voice.natural.onsets import energy_db

    levels = energy_db(samples, rate)
    top = float(levels.max(initial=-120.0))
    if top < _SILENCE_DB:
        raise ResultError(f"it is silent (never above {top:.0f} dB); is the microphone on, and the right one?")
    room = float(np.percentile(levels, 10))
    # A recording that was cut tightly holds no room: its quietest part is speech.
    limit = min(max(top - _BELOW_PEAK_DB, room + _ABOVE_ROOM_DB), top - _AT_MOST_BELOW_DB)
    size = max(1, round(_SUSTAINED_S / _HOP_S))
    loud = np.convolve((levels >= limit).astype(int), np.ones(size, int), "valid") == size
    places = np.flatnonzero(loud)
    if top - room < _LEAST_RISE_DB or not len(places):
        raise ResultError("nothing in it stands out from the noise: no speech was found")
    return float(places[0]) * _HOP_S, min(float(places[-1] + size + 1) * _HOP_S, len(samples) / rate)


def keep(take: Take, line: Line, folder: Path) -> Path:
    """Write a take under its line's name, and remember the words.

    Raises:
        OutputError: the folder cannot be written.
    """
    import numpy as np

    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        out.writeframes(np.clip(np.rint(take.samples * 32767.0), -32768, 32767).astype("<i2").tobytes())
    path = folder / f"{line.recording}.wav"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, file.getvalue())
        write_atomically(folder / READ, json.dumps({**words_read(folder), line.recording: line.text}, indent=1))
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}; name another folder with --to") from error
    return path


def words_read(folder: Path) -> dict[str, str]:
    """What each take of a folder was read from, as far as that is known."""
    with contextlib.suppress(OSError, ValueError):
        data = json.loads((folder / READ).read_text(encoding="utf-8"))
        if isinstance(data, dict):
            return {str(key): str(text) for key, text in data.items()}
    return {}


def to_read(lines: Sequence[Line], folder: Path) -> tuple[list[Line], list[Line]]:
    """The lines that have no take yet, and those whose words were others when they were read."""
    read, there = words_read(folder), {path.stem for path in folder.glob("*.wav")}
    missing = [line for line in lines if line.recording not in there]
    changed = [line for line in lines if line.recording in there and read.get(line.recording, line.text) != line.text]
    return missing, changed


def named(files: Iterable[Path], lines: Sequence[Line]) -> tuple[list[tuple[Line, Path]], list[Path]]:
    """Which file is which line's: by its name, or by the line's number in the list; and the files that are nobody's."""
    by_name: Mapping[str, Line] = {line.recording: line for line in lines}
    by_number = dict(enumerate(lines, 1))
    found, strange = dict[str, tuple[Line, Path]](), list[Path]()
    for path in sorted(files):
        line = by_name.get(path.stem) or (by_number.get(int(path.stem)) if path.stem.isdecimal() else None)
        if line is None or line.recording in found:
            strange.append(path)
        else:
            found[line.recording] = (line, path)
    return list(found.values()), strange
