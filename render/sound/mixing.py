"""Mixing: narration, bed and effects laid out in time by MoviePy, ten seconds at a time."""

from __future__ import annotations

import contextlib
import math
import tempfile
import wave
from pathlib import Path
from typing import Any

import numpy as np

from tapehead.analysis.errors import OutputError, ResultError
from tapehead.analysis.store import part_beside
from tapehead.render.sound.bed import Bed, Music, ducking
from tapehead.render.sound.effects import effect_sound
from tapehead.render.sound.files import decoded
from tapehead.render.sound.mastering import RATE_HZ, TARGET_LUFS, Mixdown, master
from tapehead.render.sound.meter import SoundReport
from tapehead.render.tape.audio import Read
from tapehead.render.tape.film_sound import Recording, play_back
from tapehead.render.words.timeline import FileSound, PlacedLine, Timeline
from tapehead.render.words.voice.timbre import LINE_LUFS

_VOICE_GAIN_DB = TARGET_LUFS - (LINE_LUFS + 10 * math.log10(2))
"""What a film with a voice gets: its lines are measured in one channel and stand in both, which is 3 dB more."""


def mix(
    timeline: Timeline, out_path: Path, seed: int, bed: bool | Path = True, tapes: tuple[Recording, ...] = ()
) -> SoundReport:
    """Write the film's sound: 48 kHz stereo, 24-bit WAV, exactly ``round(duration * 48000)`` samples, at -14 LUFS.

    Equal timelines, sounds, seeds and tapes give equal bytes.  A line starts on the sample nearest to its time.
    What goes on tape goes there at the film's level, and what comes back is brought to that level again.
    ``bed`` may be a file of music instead of tapehead's own.  Where nobody speaks, the bed and all else are as loud as
    they would be beside a voice, and no louder.

    Raises:
        UnknownNameError: an effect's name is not among :data:`tapehead.render.sound.effects.EFFECTS`.
        ResultError: a line's sound cannot be read.
        OutputError: the file cannot be written.
    """
    out_path = Path(out_path)
    part = part_beside(out_path)
    try:
        out_path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out_path.parent) as raw:
            mixdown = Mixdown(raw, round(timeline.duration * RATE_HZ))
            lay_out(timeline, mixdown, bed_of(bed, timeline, seed), seed)
            report = master(mixdown, part, most_gain_db=most_gain_db(timeline))
            if tapes:
                with tempfile.TemporaryFile(dir=out_path.parent) as taped:
                    play_back(_mastered(part), mixdown.samples, tapes, taped)
                    level = TARGET_LUFS if speech_of(timeline) or report.lufs is None else report.lufs
                    report = master(Mixdown(taped, mixdown.samples), part, level)
        part.replace(out_path)
    except OSError as error:
        raise OutputError(f"the sound {out_path} cannot be written ({error.strerror or error})") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    return report


def most_gain_db(timeline: Timeline) -> float | None:
    """What a film without a voice gets at most, so that it is no louder than one with; any gain with one."""
    return None if speech_of(timeline) else _VOICE_GAIN_DB


def bed_of(bed: bool | Path, timeline: Timeline, seed: int) -> Bed | Music | None:
    """What is heard below everything: tapehead's own, a file of music, or nothing."""
    if isinstance(bed, Path):
        return Music(decoded(bed), timeline.duration, speech_of(timeline))
    return Bed(seed, timeline.duration, speech_of(timeline)) if bed else None


def _mastered(path: Path) -> Read:
    """Reads a file of :func:`tapehead.render.sound.mastering.master`; silence outside of it."""
    with wave.open(str(path), "rb") as file:
        head = path.stat().st_size - file.getnframes() * 6
        samples = file.getnframes()
    data = np.memmap(path, np.uint8, "r", head, (samples, 2, 3))

    def read(first: int, count: int) -> np.ndarray:
        low, high = max(0, first), min(samples, first + count)
        out = np.zeros((count, 2), np.float32)
        if high > low:
            part = np.zeros((high - low, 2, 4), np.uint8)
            part[..., 1:] = data[low:high]
            out[low - first : high - first] = part.view("<i4")[..., 0] / np.float32(2**31)
        return out

    return read


def speech_of(timeline: Timeline) -> list[tuple[float, float]]:
    """Start and end in seconds of everything that is said."""
    return [(placed.start, placed.start + placed.line.duration) for placed in timeline.lines if placed.line.audio]


def lay_out(
    timeline: Timeline, mixdown: Mixdown, bed: Bed | Music | None, seed: int, part: Timeline | None = None
) -> None:
    """Mix window after window; only the sounds that are heard in a window are in memory.

    Of ``part`` alone, where it is given: the film's speech still decides what steps back.
    """
    from moviepy import AudioArrayClip, CompositeAudioClip

    heard_of = part or timeline
    effects = [
        (round(effect.start * RATE_HZ), effect_sound(effect.name, seed) * 10 ** (effect.gain_db / 20))
        for effect in heard_of.effects
    ]
    effects += [(round(sound.start * RATE_HZ), file_sound(sound, timeline)) for sound in heard_of.sounds]
    lines = [(round(placed.start * RATE_HZ), placed) for placed in heard_of.lines if placed.line.audio]
    loaded: dict[str, np.ndarray] = {}
    for start, count in mixdown.windows():
        speaking = [
            (at, placed)
            for at, placed in lines
            if at < start + count and at + round(placed.line.duration * RATE_HZ) > start
        ]
        before, loaded = loaded, {}
        heard: list[tuple[int, Any]] = [(start, bed.window(start, count))] if bed else []
        for at, placed in speaking:
            known = before.get(placed.line.audio)
            loaded[placed.line.audio] = _samples(placed) if known is None else known
            heard.append((at, loaded[placed.line.audio]))
        heard += [(at, sound) for at, sound in effects if at < start + count and at + len(sound) > start]
        clips = [AudioArrayClip(sound, fps=RATE_HZ).with_start((at - start) / RATE_HZ) for at, sound in heard]
        # MoviePy takes times, so every start is a whole number of samples: it finds each sample by rounding.
        times = np.arange(count) / RATE_HZ
        frames = CompositeAudioClip(clips).get_frame(times) if clips else np.zeros((count, 2))
        mixdown.file.write(np.ascontiguousarray(np.broadcast_to(frames, (count, 2)), np.float32).tobytes())
    mixdown.file.flush()


def file_sound(sound: FileSound, timeline: Timeline) -> np.ndarray:
    """A file's sound as it is heard in the film, float32 ``(samples, 2)`` at 48 kHz: softer where somebody speaks."""
    samples = decoded(Path(sound.path)) * np.float32(10 ** (sound.gain_db / 20))
    if not sound.duck_db:
        return samples
    times, gains = ducking(timeline.duration, speech_of(timeline), sound.duck_db)
    at = sound.start + np.arange(len(samples)) / RATE_HZ
    return (samples * np.interp(at, times, gains)[:, None]).astype(np.float32)


def _samples(placed: PlacedLine) -> np.ndarray:
    """A line's sound as kept by :mod:`tapehead.render.words.narration`: 16-bit mono at 48 kHz; shape (samples, 1)."""
    path = placed.line.audio
    try:
        with wave.open(path, "rb") as file:
            if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (1, 2, RATE_HZ):
                raise ResultError(f"{path} must be 16-bit mono at {RATE_HZ} Hz; remove it to have it spoken again")
            data = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    except (OSError, EOFError, wave.Error) as error:
        raise ResultError(f"the sound of line '{placed.line.key}', {path}, cannot be read: {error}") from error
    return (data[:, None] / 32768.0).astype(np.float32)
