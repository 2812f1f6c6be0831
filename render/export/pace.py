"""Rates of broadcasting: 24, 30 and 60 pictures a second, a thousandth slower.

A film is made at a whole rate: its cues, its sound and its plans count in frames of 1/30 s, say.  For 23.976, 29.97
and 59.94 it is slowed down as films are for television: the same pictures, each shown 1001/1000 as long, and the sound
as much slower (1.7 cents lower), so that both stay together over any length.  Timecode at 29.97 and 59.94 drops numbers
(never pictures) to stay with the clock: two (or four) of them each minute but every tenth (SMPTE ST 12-1).
"""

from __future__ import annotations

import re
import wave
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.render.words.timeline import Timeline

SLOWER = Fraction(1000, 1001)
"""Of a whole rate."""
_NAMES = {"23.976": 24, "23.98": 24, "29.97": 30, "59.94": 60}
_DROPS = (30, 60)
"""Whole rates whose slower ones have drop-frame timecode; that of 23.976 counts every picture."""
_WINDOW = ("kaiser", 8.0)
"""Of the filter: what passes is flat within a ten-thousandth."""
_FULL = 8388607.0
"""The largest sample of 24 bits."""


@dataclass(frozen=True)
class Pace:
    """The whole rate at which a film is made, and whether it is shown a thousandth slower."""

    whole: int
    slower: bool = False

    @property
    def rate(self) -> Fraction:
        """Pictures a second as they are shown."""
        return self.whole * SLOWER if self.slower else Fraction(self.whole)

    @property
    def drops(self) -> bool:
        """Whether its timecode is drop-frame."""
        return self.slower and self.whole in _DROPS

    def __str__(self) -> str:
        return f"{float(self.rate):.3f}".rstrip("0").rstrip(".")


def pace_named(text: str, own: int) -> Pace:
    """What ``--rate`` says: ``25``, ``29.97`` or ``30000/1001``; empty for the quality's own.

    Raises:
        UsageError: it is no rate at which a film can be exported.
    """
    said = text.strip()
    if not said:
        return Pace(own)
    if said in _NAMES:
        return Pace(_NAMES[said], slower=True)
    if (found := re.fullmatch(r"(\d{2})000/1001", said)) and int(found[1]) in _NAMES.values():
        return Pace(int(found[1]), slower=True)
    if said.isdigit() and int(said) > 0:
        return Pace(int(said))
    raise UsageError(f"--rate is a whole number of pictures a second, or 23.976, 29.97 or 59.94; got '{text[:20]}'")


def slowed(film: Timeline) -> Timeline:
    """The same film with every time a thousandth later; its rate is the slower one."""
    by = float(1 / SLOWER)
    lines = tuple(
        replace(
            placed,
            start=placed.start * by,
            line=replace(
                placed.line,
                duration=placed.line.duration * by,
                words=tuple(replace(word, start=word.start * by, end=word.end * by) for word in placed.line.words),
                marks={mark: time * by for mark, time in placed.line.marks.items()},
                pause=placed.line.pause * by,
            ),
        )
        for placed in film.lines
    )
    return replace(
        film,
        duration=film.duration * by,
        fps=film.fps / by,
        scenes=tuple(replace(scene, start=scene.start * by, duration=scene.duration * by) for scene in film.scenes),
        lines=lines,
        effects=tuple(replace(effect, start=effect.start * by) for effect in film.effects),
        sounds=tuple(replace(sound, start=sound.start * by) for sound in film.sounds),
        sections=tuple(replace(section, start=section.start * by) for section in film.sections),
    )


def slow_down(path: Path) -> None:
    """Make a 24-bit WAV a thousandth slower, in its place; the file lies in a folder that is not yet final.

    Every part of a sound passes through the same filter, so parts still add up to the whole.
    """
    from scipy.signal import resample_poly

    with wave.open(str(path), "rb") as sound:
        channels, wide, rate, count = sound.getparams()[:4]
        raw = np.frombuffer(sound.readframes(count), np.uint8).reshape(count, channels, wide)
    made = []
    for channel in range(channels):
        signed = np.zeros((count, 4), np.uint8)
        signed[:, 1:] = raw[:, channel]
        values = signed.view("<i4")[:, 0] / (256 * _FULL)
        made.append(resample_poly(values, SLOWER.denominator, SLOWER.numerator, window=_WINDOW))
    whole = np.rint(np.clip(np.stack(made, axis=1), -1, 1) * _FULL).astype("<i4")
    with wave.open(str(path), "wb") as out:
        out.setparams((channels, wide, rate, 0, "NONE", ""))
        out.writeframes(whole.reshape(-1, 1).view(np.uint8).reshape(-1, 4)[:, :3].tobytes())
