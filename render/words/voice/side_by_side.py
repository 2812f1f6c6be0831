"""Lines spoken side by side, one process of one thread each: two threads make a line no faster, two lines do.

The processes are started fresh (not forked: the runtime has threads) and each loads the voice once.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any

from tapehead.analysis.errors import WorkerError
from tapehead.analysis.interrupts import heard_by_parent_only, kill_all

if TYPE_CHECKING:
    from tapehead.render.words.voice import Voice

_FEWEST = 3
"""Fewer lines are spoken sooner here than a process is there."""

_voice: Voice | None = None


def speak_each(
    voice: Voice, speak: Callable[..., Any], work: Iterable[tuple[Any, ...]], jobs: int, done: Callable[[], object]
) -> None:
    """Call ``speak(voice, *arguments)`` for each item of ``work``, ``jobs`` at once; ``done`` after each.

    ``speak`` is a function of a module, and the voice can be sent to another process.

    Raises:
        WorkerError: a process was killed.
        TapeheadError: what ``speak`` raises; what was spoken before stays.
    """
    items = list(work)
    jobs = min(jobs, len(items))
    if jobs < 2 or len(items) < _FEWEST:
        for item in items:
            speak(voice, *item)
            done()
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, context, initializer=_begin, initargs=(voice,))
    try:
        with heard_by_parent_only():
            futures = [pool.submit(_one, speak, item) for item in items]
        for future in as_completed(futures):
            future.result()
            done()
    except BrokenProcessPool:
        raise WorkerError(
            "a process that spoke lines was killed, most likely for want of memory (each takes 1 GB); "
            "run again with --jobs 1: what was spoken is kept"
        ) from None
    except BaseException:
        kill_all(pool)
        raise
    pool.shutdown()


def _begin(voice: Voice) -> None:
    global _voice
    _voice = voice


def _one(speak: Callable[..., Any], item: tuple[Any, ...]) -> None:
    speak(_voice, *item)
