"""Pictures of a drawn film: any frame at once, as it was drawn or through a tape."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tapehead.analysis.errors import UsageError
from tapehead.render.drawing.master import MasterReader
from tapehead.render.tape.driven import scene_seed, scripted, stage_for
from tapehead.scenes.stage.tape_track import TapeTrack

if TYPE_CHECKING:
    from tapehead.render.tape.stage import Tape

_OPEN = 6


class Pictures:
    """Reads frames; a few scenes stay open, since one scrubs to and fro."""

    def __init__(self) -> None:
        self._readers: OrderedDict[Path, MasterReader] = OrderedDict()
        self._lock = threading.Lock()

    def frame(self, film: Mapping[str, Any], scene: str, index: int) -> NDArray[np.uint8]:
        """A frame as it was drawn, ``(height, width, 3)``.

        Raises:
            UsageError: there is no such scene or frame.
        """
        found = scene_of(film, scene)
        if not 0 <= index < found["frames"]:
            raise UsageError(f"scene '{scene}' has frames 0 to {found['frames'] - 1}, and no {index}")
        with self._lock:
            path = Path(found["master"])
            if path not in self._readers:
                self._readers[path] = MasterReader(path)
            self._readers.move_to_end(path)
            while len(self._readers) > _OPEN:
                self._readers.popitem(last=False)
            return self._readers[path].frame(index).copy()

    def as_in_the_film(self, film: Mapping[str, Any], scene: str, index: int) -> NDArray[np.uint8]:
        """A frame with the film's own tape, driven by the scene as in the film."""
        found = scene_of(film, scene)
        tape = stage_for(film["tape"], found["taped"], TapeTrack.from_data(found["track"]))
        return tape.apply(self.frame(film, scene, index), index, film["fps"], scene_seed(film["seed"], scene))

    def through(self, film: Mapping[str, Any], scene: str, index: int, tape: Tape) -> NDArray[np.uint8]:
        """A frame through a tape that the scene drives, ``(height, width, 3)``.

        Raises:
            UsageError: there is no such scene or frame.
        """
        found = scene_of(film, scene)
        played = scripted(tape, TapeTrack.from_data(found["track"]))
        return played.apply(self.frame(film, scene, index), index, film["fps"], scene_seed(film["seed"], scene))


def scene_of(film: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A scene by name.

    Raises:
        UsageError: there is none.
    """
    for scene in film["scenes"]:
        if scene["name"] == name:
            found: Mapping[str, Any] = scene
            return found
    raise UsageError(f"there is no scene '{name}'; there are {', '.join(scene['name'] for scene in film['scenes'])}")


def png(frame: NDArray[np.uint8], width: int = 0) -> bytes:
    """A picture for the browser, smaller if a width is asked for; packed quickly, since it goes no further."""
    from PIL import Image

    picture = Image.fromarray(frame)
    if width and width < picture.width:
        picture = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.BILINEAR)
    out = io.BytesIO()
    picture.save(out, "png", compress_level=1)
    return out.getvalue()
