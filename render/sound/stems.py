"""The film's sound in parts: each speaker, effects, clips and bed, which add up to it sample by sample.

Every part gets the gain that the whole gets, limiter included.  What a tape does to the sound of a film comes after
that and is in no part.
"""

from __future__ import annotations

import re
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np

from tapehead.render.sound.mastering import RATE_HZ, Mixdown, mastered, write_mastered
from tapehead.render.sound.mixing import bed_of, lay_out, most_gain_db
from tapehead.render.words.timeline import Timeline

WHOLE = "all"
"""The name of the file that holds everything."""


def parts_of(timeline: Timeline) -> dict[str, Timeline]:
    """What is heard in each part, by its name; parts in which nothing is heard are left out."""
    nothing = replace(timeline, lines=(), effects=(), sounds=())
    spoken = [placed for placed in timeline.lines if placed.line.audio]
    found = {
        f"narration-{_plain(speaker)}": replace(
            nothing, lines=tuple(placed for placed in spoken if placed.line.speaker == speaker)
        )
        for speaker in sorted({placed.line.speaker for placed in spoken})
    }
    if timeline.effects:
        found["effects"] = replace(nothing, effects=timeline.effects)
    if timeline.sounds:
        found["clips"] = replace(nothing, sounds=timeline.sounds)
    return found


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "speaker"


def write_stems(timeline: Timeline, folder: Path, seed: int, bed: bool | Path = True) -> dict[str, Path]:
    """Write each part as 24-bit stereo WAV of the film's length into ``folder``, and :data:`WHOLE` beside them.

    Returns:
        The files by their part's name.

    Raises:
        ResultError: a line's sound or a file's cannot be read.
        OSError: the folder cannot be written.
    """
    samples = round(timeline.duration * RATE_HZ)
    nothing = replace(timeline, lines=(), effects=(), sounds=())
    music = bed_of(bed, timeline, seed)
    made: dict[str, Path] = {}
    with ExitStack() as stack:

        def raw() -> Mixdown:
            return Mixdown(stack.enter_context(tempfile.TemporaryFile(dir=folder)), samples)

        mixes: dict[str, Mixdown] = {}
        for name, part in parts_of(timeline).items():
            mixes[name] = raw()
            lay_out(timeline, mixes[name], None, seed, part)
        if music is not None:
            mixes["bed"] = raw()
            lay_out(timeline, mixes["bed"], music, seed, nothing)
        whole = raw()
        for start, count in whole.windows():
            total = sum((mix.read(start, count) for mix in mixes.values()), np.zeros((count, 2), np.float32))
            whole.file.write(np.ascontiguousarray(total, np.float32).tobytes())
        whole.file.flush()
        made[WHOLE] = folder / f"{WHOLE}.wav"
        _, curve = mastered(whole, made[WHOLE], most_gain_db=most_gain_db(timeline))
        for name, mix in mixes.items():
            made[name] = folder / f"{name}.wav"
            write_mastered(mix, made[name], curve)
    return made
