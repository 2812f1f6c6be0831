"""The film's sound on tape: each scene is a recording of its own, as its pictures are, and is dry where they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from tapehead.render.identity import identity

if TYPE_CHECKING:
    from tapehead.render.tape.audio import Read
    from tapehead.render.tape.stage import PlayedTape, TapeSound

_RATE_HZ = 48000
_EDGE = 480
"""Samples in which a recording comes and goes."""


@dataclass(frozen=True)
class Recording:
    """One scene's sound on tape; samples count from the film's start, frames from the scene's."""

    first: int
    last: int
    sound: TapeSound
    seed: int
    fps: int
    wet: tuple[float, ...] = ()
    """How much of the tape is on in each frame; empty if all of it always is."""
    mute: tuple[tuple[int, int], ...] = ()
    """Frames in which the tape stands still."""

    def identity(self) -> dict[str, Any]:
        """All that changes the sound."""
        return {
            "chain": identity("tape"),
            "span": [self.first, self.last],
            "sound": self.sound.identity(),
            "seed": self.seed,
            "wet": list(self.wet),
            "mute": [list(span) for span in self.mute],
        }


def recording_of(tape: PlayedTape, seed: int, first: int, frames: int, fps: int) -> Recording | None:
    """What the sound of a scene goes through, that has ``frames`` frames from film frame ``first`` on.

    ``None`` where it goes through nothing.
    """
    begin, end = (round(frame * _RATE_HZ / fps) for frame in (first, first + frames))
    wet = tuple(tape.wet(index) for index in range(frames))
    if (sound := tape.sound(fps)) is None or not any(wet):
        return None
    return Recording(begin, end, sound, seed, fps, () if min(wet) == 1 else wet, tuple(tape.still))


def play_back(read: Read, samples: int, recordings: tuple[Recording, ...], out: IO[bytes]) -> None:
    """Write a film's sound as stereo floats, each recording in its place and the rest as it is.

    Args:
        read: the film's sound as it goes onto the tape.
        samples: its length.
        recordings: in order of time, without overlaps.
        out: gets ``samples`` times two 32-bit floats.
    """
    from tapehead.render.tape.audio import BLOCK

    done = 0
    for recording in recordings:
        _copy(read, done, recording.first, out)
        last = min(recording.last, samples)
        for begin in range(recording.first, last, BLOCK):
            out.write(_played(read, recording, begin, min(BLOCK, last - begin)).tobytes())
        done = last
    _copy(read, done, samples, out)
    out.flush()


def _copy(read: Read, first: int, last: int, out: IO[bytes]) -> None:
    from tapehead.render.tape.audio import BLOCK

    for begin in range(first, last, BLOCK):
        out.write(read(begin, min(BLOCK, last - begin)).tobytes())


def _played(read: Read, recording: Recording, begin: int, count: int) -> Any:
    """``(count, 2)`` float32 from film sample ``begin`` on."""
    import numpy as np

    dry = read(begin, count)
    at = np.arange(begin, begin + count)
    part = np.clip((np.minimum(at - recording.first, recording.last - 1 - at) + 1) / _EDGE, 0.0, 1.0)
    frames = (at - recording.first) * (recording.fps / _RATE_HZ)
    if recording.wet:
        part = np.minimum(part, np.interp(frames, np.arange(len(recording.wet)), recording.wet))
    if not part.any():
        return dry
    first = recording.first
    wet = recording.sound.treat(lambda a, n: read(first + a, n), 2, begin - first, count, recording.seed)
    sound = dry + (wet - dry) * part[:, None].astype(np.float32)
    for low, high in recording.mute:
        edge = _EDGE * recording.fps / _RATE_HZ
        still = np.clip((frames - low) / edge, 0, 1) * np.clip((high - frames) / edge, 0, 1)
        sound = sound * (1 - still * part)[:, None].astype(np.float32)
    return sound.astype(np.float32)
