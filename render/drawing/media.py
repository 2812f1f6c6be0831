"""Files of the episode's folder that a scene shows: only what its key knows of, and what is heard of its clips."""

from __future__ import annotations

import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.store import digest_of
from tapehead.render.planning.sources import media_named
from tapehead.scenes.stage.clips import Heard

_EDGE_S = 0.01
"""A stretch that is cut out of a sound rises and falls so quickly, lest it clicks."""


@dataclass(frozen=True)
class Known:
    """The files in a scene's key; ``keep`` is where the drawn scene is written."""

    folder: Path
    names: frozenset[str]
    keep: Path

    @classmethod
    def of(cls, folder: Path, target: str, keep: Path) -> Known:
        """What the scene of a ``target`` (``.module:Class``) names in plain words."""
        module = folder / f"{target.partition(':')[0].lstrip('.').replace('.', '/')}.py"
        return cls(folder, frozenset(media_named(module, folder)), keep)

    def check(self, path: Path) -> None:
        """Say that a file could change and the film would not.

        Raises:
            EpisodeError: the file's name was put together while the scene ran.
        """
        name = path.relative_to(self.folder).as_posix()
        if name not in self.names:
            raise EpisodeError(
                f"the clip '{name}' is named nowhere in plain words, so the film would not notice when it changes; "
                f'write Clip("{name}") out, or list the names that are chosen from'
            )


def cut_sound(heard: Heard, keep: Path) -> dict[str, Any]:
    """Write a stretch of a clip's sound into ``keep`` under its digest, and say where it is heard.

    Raises:
        ResultError: the sound cannot be decoded.
    """
    from tapehead.render.sound.files import decoded
    from tapehead.render.sound.mastering import RATE_HZ

    first = round(heard.begin_s * RATE_HZ)
    sound = decoded(heard.path)[first : first + round(heard.length_s * RATE_HZ)].copy()
    edge = min(round(_EDGE_S * RATE_HZ), len(sound) // 2)
    ramp = np.linspace(0, 1, edge, dtype=np.float32)[:, None]
    sound[:edge] *= ramp
    sound[len(sound) - edge :] *= ramp[::-1]
    data = np.round(np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()
    name = f"{digest_of({'sound': data.hex()})}.wav"
    with wave.open(str(keep / name), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(data)
    return {"file": name, "frame": heard.frame, "gain_db": heard.gain_db, "duck_db": heard.duck_db}
