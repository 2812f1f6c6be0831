"""The sound of a video as 48 kHz stereo, each piece where its own time stamp says: gaps stay gaps."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

import av
import numpy as np
from av.audio.resampler import AudioResampler

from tapehead.render.tape.audio import Read, Sound
from tapehead.render.tape_tool import sequence
from tapehead.render.tape_tool.footage import Footage
from tapehead.render.tape_tool.timeline import followed_on

RATE_HZ = 48000
_SAMPLE_BYTES = 8
"""Of both channels, float32."""
APART_S = 0.04
"""So far from where it is due, a piece of sound is put where its time stamp says; nearer, it is rounding, and pieces
are put side by side."""


def sound(footage: Footage, into: Path) -> int:
    """Decode the sound into a raw file of 48 kHz stereo float32, placed in time as the pictures are; returns samples.

    Returns 0 if there is none that can be decoded.
    """
    total = round(footage.duration_s * RATE_HZ)
    if not footage.has_sound or total == 0:
        return 0
    with into.open("w+b") as made:  # not mapped: an hour of sound would count as a gigabyte and a half of memory
        made.truncate(total * _SAMPLE_BYTES)
        track = _Track(made, total, footage.start_s)
        _decode(footage, track)
        track.end()
    return total if track.heard else 0


def sound_in(raw: Path) -> Read:
    """What :func:`sound` left, piece by piece: ``read(first, count)`` gives float32 ``(count, 2)``, all of it there."""

    def read(first: int, count: int) -> Sound:
        with raw.open("rb") as file:
            file.seek(first * _SAMPLE_BYTES)
            return np.frombuffer(file.read(count * _SAMPLE_BYTES), np.float32).reshape(-1, 2)

    return read


def _decode(footage: Footage, track: _Track) -> None:
    try:
        with av.open(sequence.address(footage.path), options=dict(footage.options)) as container:
            stream = container.streams[footage.sound_stream]
            for packet in followed_on(container, stream, footage.sound_offsets):
                try:
                    for decoded in packet.decode():
                        track.take(decoded)
                except (av.FFmpegError, ValueError):
                    continue
    except (OSError, av.FFmpegError):
        pass  # cut short: what came before it is there


class _Track:
    """Lays decoded pieces into the raw file."""

    def __init__(self, made: IO[bytes], total: int, start_s: float) -> None:
        self.heard = False
        self._made, self._total, self._start_s = made, total, start_s
        self._resampler: AudioResampler | None = None
        self._form: tuple[Any, ...] = ()
        self._place = 0
        """Where the next resampled piece goes."""
        self._due_s: float | None = None
        """When the next decoded piece should begin."""

    def take(self, decoded: Any) -> None:
        """A decoded piece.  A gap, or another rate or layout, ends the one before."""
        begins = decoded.time if decoded.time is not None else (self._start_s if self._due_s is None else self._due_s)
        form = (decoded.format.name, decoded.layout.name, decoded.sample_rate)
        apart = self._due_s is None or abs(begins - self._due_s) > APART_S
        if apart or form != self._form:
            self.end()
            self._resampler = AudioResampler(format="fltp", layout="stereo", rate=RATE_HZ)
            self._form = form
            if apart:
                self._place, self._due_s = round((begins - self._start_s) * RATE_HZ), begins
        assert self._resampler is not None and self._due_s is not None
        self._due_s += decoded.samples / decoded.sample_rate
        decoded.pts = None  # the resampler would make up for gaps in a way of its own
        self._lay(self._resampler.resample(decoded))

    def end(self) -> None:
        """Nothing follows: what the resampler still holds is laid down."""
        if self._resampler is not None:
            self._lay(self._resampler.resample(None))
            self._resampler = None

    def _lay(self, frames: Any) -> None:
        for frame in frames:
            part = frame.to_ndarray().T
            first, last = max(0, self._place), min(self._total, self._place + len(part))
            if last > first:
                self._made.seek(first * _SAMPLE_BYTES)
                self._made.write(np.ascontiguousarray(part[first - self._place : last - self._place], np.float32).data)
            self._place += len(part)
            self.heard = True
