"""What scenes cost when they were last made, kept in the store: the longest is begun first, and plans can be costed.

A hint and nothing more: no picture and no byte depends on it, and a file that can not be read or written is let go.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from analysis.store import write_atomically
from render.plan import FilmPlan

_FILM = "(film)"
"""Stands among the scenes, whose names are Python's."""


class Costs:
    """Seconds by scene for drawing and, by frame, for taping and encoding, of one episode in one quality."""

    def __init__(self, store_root: Path, plan: FilmPlan) -> None:
        self.plan = plan
        self.path = store_root / "costs" / f"{plan.episode}-{plan.quality.name}.json"
        self.known = _read(self.path)
        self._new: dict[str, dict[str, Any]] = {}

    def longest_first(self) -> list[int]:
        """The scenes' numbers; those that were never drawn are guessed from their length and the others' pace."""
        pace = [
            float(self.known[scene.name]["draw_s"]) / scene.expected_frames
            for scene in self.plan.scenes
            if "draw_s" in self.known.get(scene.name, {})
        ]
        usual = sum(pace) / len(pace) if pace else 1.0

        def cost(index: int) -> float:
            scene = self.plan.scenes[index]
            return float(self.known.get(scene.name, {}).get("draw_s", usual * scene.expected_frames))

        return sorted(range(len(self.plan.scenes)), key=lambda index: (-cost(index), index))

    def drawn(self, index: int, seconds: float) -> None:
        """A scene was drawn now."""
        self._put(self.plan.scenes[index].name, "draw_s", round(seconds, 3))

    def encoded(self, index: int, seconds: float, frames: int) -> None:
        """A chunk was taped and encoded now."""
        pace = round(seconds / max(1, frames), 5)
        self._put(self.plan.scenes[index].name, f"encode_s_per_frame:{self.plan.tape}", pace)

    @property
    def joined_s(self) -> float | None:
        """Seconds from finished scenes and sound to the film, if that was measured: flashes at the cuts, join."""
        return self._of_film("join_s")

    @property
    def mixed_s(self) -> float | None:
        """Seconds for the film's sound, if that was measured."""
        return self._of_film("mix_s")

    def joined(self, seconds: float) -> None:
        """The film's parts were joined now."""
        self._put(_FILM, "join_s", round(seconds, 3))

    def mixed(self, seconds: float) -> None:
        """The film's sound was made now."""
        self._put(_FILM, "mix_s", round(seconds, 3))

    def keep(self) -> None:
        """Remember for the next run, beside what others of this film have found out meanwhile."""
        if self._new:
            known = _read(self.path)
            for name, costs in self._new.items():
                known.setdefault(name, {}).update(costs)
            with contextlib.suppress(OSError):
                write_atomically(self.path, json.dumps(known, indent=1, sort_keys=True))
            self._new = {}

    def _put(self, name: str, what: str, seconds: float) -> None:
        for costs in (self.known, self._new):
            costs.setdefault(name, {})[what] = seconds

    def _of_film(self, name: str) -> float | None:
        seconds = self.known.get(_FILM, {}).get(name)
        return float(seconds) if seconds is not None else None


def _read(path: Path) -> dict[str, dict[str, Any]]:
    with contextlib.suppress(OSError, ValueError, TypeError):
        found = json.loads(path.read_text())
        return {name: dict(cost) for name, cost in found.items()} if isinstance(found, dict) else {}
    return {}
