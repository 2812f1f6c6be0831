"""Ctrl-C and processes of ours: the parent alone hears it, and stops the others itself."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import resource_tracker

_LOOK_EVERY_S = 0.5


@contextlib.contextmanager
def heard_by_parent_only() -> Iterator[None]:
    """Processes started within never hear Ctrl-C, from their first instruction on; the caller hears it at the end.

    A terminal sends Ctrl-C to all processes at once.  One that is still importing would print a traceback, too early
    for anything it could do about that itself; what is blocked when it starts stays blocked.  Where signals cannot be
    blocked (Windows), nothing is done.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # at its start it lets interrupts through again
    heard: list[int] = []
    in_main = threading.current_thread() is threading.main_thread()
    # The signal may go to another thread of this process, which has Python call the handler here all the same.
    handler = signal.signal(signal.SIGINT, lambda number, _frame: heard.append(number)) if in_main else None
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if in_main:
            signal.signal(signal.SIGINT, handler)
        if heard:
            signal.raise_signal(signal.SIGINT)


def kill_all(pool: ProcessPoolExecutor) -> None:
    """End a pool at once, in the middle of what it does: for work whose files get their names when they are whole."""
    for process in list((pool._processes or {}).values()):
        process.kill()
    pool.shutdown(wait=False, cancel_futures=True)


def end_with(parent: int) -> None:
    """In a worker: end as soon as the process that started it is gone.  Nothing would ever be asked of it again."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_EVERY_S)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
