"""Scenes drawn ahead: as soon as their own lines are spoken, while a slow voice is still at the others'.

A scene's key holds its own lines and no others, so what is drawn ahead is what the film's plan asks for later, byte for
byte.  All that can be found wrong before the first frame has been by then: words, voices, modules, the folder.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from tapehead.analysis.errors import Interrupted, RefusedError
from tapehead.render.planning.film_plan import FilmPlan
from tapehead.render.workers.worker import SceneDone
from tapehead.scenes.script import TimedLine

Draw = Callable[[FilmPlan, Callable[[], None]], Mapping[str, SceneDone]]
"""Draws the scenes of a plan and encodes nothing; the second argument is called all the time and may raise."""
Plan = Callable[[Mapping[str, TimedLine], str], FilmPlan]
"""The plan of a scene from its lines and its name; of all scenes without one."""


class Ahead:
    """Draws up to ``most`` scenes at once, each with one process; ``ready`` is called before the first.

    At the end of the block what has not begun is let go, and what is being drawn is stopped.  Until then a drawing goes
    on beside the film's own workers: the one who comes to that scene waits for it.
    """

    def __init__(
        self,
        draw: Draw,
        most: int,
        ready: Callable[[], None] = lambda: None,
        on_tick: Callable[[], None] = lambda: None,
    ) -> None:
        self._draw, self._most, self._ready, self._on_tick = draw, most, ready, on_tick
        self._plan: Plan | None = None
        self._over = threading.Event()
        self._pool = ThreadPoolExecutor(max(1, most), "tapehead-ahead")
        self._drawing: list[Future[Mapping[str, SceneDone]]] = []

    def __enter__(self) -> Ahead:
        return self

    def __exit__(self, *_: Any) -> None:
        self._over.set()
        self._pool.shutdown(cancel_futures=True)

    def by(self, plan: Plan) -> Ahead:
        """How a scene is planned; that is known when the results are."""
        self._plan = plan
        return self

    def spoken(self, scene: str, lines: Mapping[str, TimedLine]) -> None:
        """All lines of a scene are there: it is drawn as soon as a process is free.

        Raises:
            TapeheadError: what ``ready`` raises; or a scene cannot be planned.
        """
        if self._plan and self._most:
            if not self._drawing:
                self._ready()
                self._plan({}, "")  # a scene whose module is not there is told before any is drawn
            self._drawing.append(self._pool.submit(self._draw, self._plan(lines, scene), self._still_wanted))

    def busy(self) -> int:
        """Scenes that are being drawn now.

        Raises:
            TapeheadError: one could not be drawn.
        """
        self._on_tick()
        for each in self._drawing:
            if each.done() and not isinstance(
                each.exception(), RefusedError
            ):  # that one is told when all others are done
                each.result()
        return min(self._most, sum(not each.done() for each in self._drawing))

    def all_spoken(self) -> None:
        """From now on the film's own workers draw; what has begun goes on."""
        for each in self._drawing:
            each.cancel()

    @property
    def drawn(self) -> frozenset[str]:
        """Scenes that have been drawn ahead, those aside that the store had already."""
        whole = [each for each in self._drawing if each.done() and not each.cancelled() and not each.exception()]
        return frozenset(scene.name for each in whole for scene in each.result().values() if scene.drawn)

    def _still_wanted(self) -> None:
        if self._over.is_set():
            raise Interrupted("the film is given up")
