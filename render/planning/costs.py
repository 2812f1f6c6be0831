"""What scenes cost when they were last made, kept in the store: the longest is begun first, and plans can be costed.

A hint and nothing more: no picture and no byte depends on it, and a file that cannot be read or written is let go.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from tapehead.analysis.store import write_atomically
from tapehead.render.planning.film_plan import FilmPlan

_MOST_S = 1e8
_FILM = "(film)"
"""Stands among the scenes, whose names are Python's."""


class Costs:
    """Seconds by scene for drawing and, by frame, for taping and encoding, of one episode in one quality."""

    def __init__(self, store_root: Path, plan: FilmPlan) -> None:
        self.plan = plan
        self.path = store_root / "costs" / f"{plan.episode}-{plan.quality.name}.json"
        self.known = _read(self.path)
        self._new: dict[str, dict[str, Any]] = {}
        self._encode = f"encode_s_per_frame:{plan.tape}"

    def draw_s(self, scene: str) -> float | None:
        """Seconds for drawing a scene, if that was measured."""
        return self._of(scene, "draw_s")

    def encode_s_per_frame(self, scene: str) -> float | None:
        """Seconds for taping and encoding a frame of it on this film's tape, if that was measured."""
        return self._of(scene, self._encode)

    def drawn(self, index: int, seconds: float) -> None:
        """A scene was drawn now."""
        self._put(self.plan.scenes[index].name, "draw_s", round(seconds, 3))

    def encoded(self, index: int, seconds: float, frames: int) -> None:
        """A chunk was taped and encoded now."""
        self._put(self.plan.scenes[index].name, self._encode, round(seconds / max(1, frames), 5))

    @property
    def joined_s(self) -> float | None:
        """Seconds from finished scenes and sound to the film, if that was measured: flashes at the cuts, join."""
        return self._of(_FILM, "join_s")

    @property
    def mixed_s(self) -> float | None:
        """Seconds for the film's sound, if that was measured."""
        return self._of(_FILM, "mix_s")

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

    def _of(self, name: str, what: str) -> float | None:
        seconds = self.known.get(name, {}).get(what)
        # Whatever somebody wrote there: no cost is negative, endless or no number.
        return float(seconds) if isinstance(seconds, int | float) and 0 <= seconds <= _MOST_S else None


def _read(path: Path) -> dict[str, dict[str, Any]]:
    with contextlib.suppress(OSError, ValueError, TypeError, RecursionError):
        found = json.loads(path.read_text())
        return {name: dict(cost) for name, cost in found.items()} if isinstance(found, dict) else {}
    return {}
