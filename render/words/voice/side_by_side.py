"""Lines spoken side by side, one process of one thread each: two threads make a line no faster, two lines do.

The processes are started fresh (not forked: the runtime has threads) and each loads the voice once.  What else is done
meanwhile with scenes whose lines are all there takes its processes from the same number.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any, Protocol

from tapehead.analysis.errors import WorkerError
from tapehead.analysis.interrupts import end_with, heard_by_parent_only, kill_all

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tapehead.render.words.voice.speech import Voice
    from tapehead.scenes.script import TimedLine

_FEWEST = 3
"""Fewer lines are spoken sooner here than a process is there."""
_TICK_S = 0.5

_voice: Voice | None = None


class Meanwhile(Protocol):
    """What is done with scenes while other scenes' lines are still being spoken."""

    def spoken(self, scene: str, lines: Mapping[str, TimedLine]) -> None:
        """All lines of a scene are there."""

    def busy(self) -> int:
        """Processes at work on it now; called all the time.

        Raises:
            TapeheadError: something there has failed; no more lines are spoken.
        """


def speaks_beside(voice: Voice, lines: int, jobs: int) -> bool:
    """Whether so many lines are spoken by processes of their own."""
    return bool(getattr(voice, "side_by_side", False)) and min(jobs, lines) > 1 and lines >= _FEWEST


def speak_each(
    voice: Voice,
    speak: Callable[..., Any],
    work: Iterable[tuple[Any, ...]],
    jobs: int,
    done: Callable[[int], object],
    busy: Callable[[], int] = lambda: 0,
) -> None:
    """Call ``speak(voice, *arguments)`` for each item of ``work``, begun in their order, ``jobs`` at once.

    ``done`` is told the number of each that is finished.  Where that many processes are ``busy`` with other things, so
    many fewer speak, but one at least.  ``speak`` is a function of a module, and the voice can be sent to another
    process.

    Raises:
        WorkerError: a process was killed.
        TapeheadError: what ``speak`` or ``busy`` raises; what was spoken before stays.
    """
    items = list(work)
    if not speaks_beside(voice, len(items), jobs):
        for number, item in enumerate(items):
            speak(voice, *item)
            done(number)
        return
    jobs = min(jobs, len(items))
    method = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, method, initializer=_begin, initargs=(voice, os.getpid()))
    running, begun = dict[Future[None], int](), 0
    try:
        while running or begun < len(items):
            while begun < len(items) and len(running) < max(1, jobs - busy()):
                with heard_by_parent_only():  # the pool starts its processes when they are needed
                    running[pool.submit(_one, speak, items[begun])] = begun
                begun += 1
            finished, _ = wait(running, _TICK_S, FIRST_COMPLETED)
            busy()  # it may have failed while every line takes its time
            for number, future in sorted((running.pop(future), future) for future in finished):
                future.result()
                done(number)
    except BrokenProcessPool:
        raise WorkerError(
            "a process that spoke lines was killed, most likely for want of memory (each takes 1 GB); "
            "run again with --jobs 1: what was spoken is kept"
        ) from None
    except BaseException:
        kill_all(pool)
        raise
    pool.shutdown()


def _begin(voice: Voice, parent: int) -> None:
    global _voice
    end_with(parent)
    _voice = voice


def _one(speak: Callable[..., Any], item: tuple[Any, ...]) -> None:
    speak(_voice, *item)
