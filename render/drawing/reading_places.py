"""Where in the picture the readings of a scene stand, and from which frame to which.

What stands is looked at when an animation is over, as the layout is.  A reading counts from the beginning of the
animation that brings it to the end of the one that takes it away; while it moves, both places hold.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import Shown

MOST = 4000
"""Places of one scene that are kept."""
_LEAST = 0.004
"""Shares of the picture: what is smaller cannot be pointed at."""
_Place = tuple[tuple[int, ...], tuple[float, ...]]


class ReadingPlaces:
    """Collects the places of one scene; frames are counted from its first one."""

    def __init__(self, numbers: list[dict[str, Any]]) -> None:
        self.found: list[dict[str, Any]] = []
        """``first`` and ``last`` (not in it) frame, ``box`` (left, top, right, bottom as shares of the picture) and the
        places of its ``numbers`` in the scene's list of them."""
        self._numbers = numbers
        self._standing: dict[_Place, dict[str, Any]] = {}
        self._began = 0

    def begins(self, frame: int) -> None:
        """An animation is about to start."""
        self._began = frame

    def ends(self, scene: StageScene, frame: int) -> None:
        """An animation is over; ``frame`` is the number of the next one."""
        if frame == self._began:
            return
        known = {(each["source"], each["shown"]): number for number, each in enumerate(self._numbers)}
        left, top, width, height = _seen(scene)
        now: dict[_Place, dict[str, Any]] = {}
        for bearer, shown in scene.stage_record.standing(scene.mobjects):
            which = _which(shown, known)
            points = bearer.get_all_points()
            if not which or not len(points):
                continue
            low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
            box = ((low[0] - left) / width, (top - high[1]) / height, (high[0] - left) / width, (top - low[1]) / height)
            if min(box[2] - box[0], box[3] - box[1]) < _LEAST or max(box[0], box[1]) > 1 or min(box[2], box[3]) < 0:
                continue
            place = which, tuple(round(float(np.clip(edge, 0, 1)), 4) for edge in box)
            if place in now or (place not in self._standing and len(self.found) >= MOST):
                continue
            if (entry := self._standing.pop(place, None)) is None:
                entry = {"first": self._began, "last": frame, "box": list(place[1]), "numbers": list(which)}
                self.found.append(entry)
            entry["last"] = frame
            now[place] = entry
        for gone in self._standing.values():  # it was seen until this animation took it away
            gone["last"] = frame
        self._standing = now


def _which(shown: Shown, known: dict[tuple[str, str], int]) -> tuple[int, ...]:
    """The numbers of a lettering, each once."""
    found = (known.get((each["source"], each["shown"])) for each in shown)
    return tuple(dict.fromkeys(number for number in found if number is not None))


def _seen(scene: StageScene) -> tuple[float, float, float, float]:
    """Left, top, width and height of what the camera sees, in frame units."""
    camera = scene.renderer.camera
    middle, height = camera.frame_center, float(camera.frame_height)
    width = height * camera.pixel_width / camera.pixel_height
    return float(middle[0]) - width / 2, float(middle[1]) + height / 2, width, height
