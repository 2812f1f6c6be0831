"""Work that is done in a channel's look: the stage takes its colours and its font when it is imported."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import ParamSpec, TypeVar

from tapehead.scenes.stage.branding import LOOK, VARIABLE, Look

_P = ParamSpec("_P")
_R = TypeVar("_R")
_ENVIRONMENT = threading.Lock()


@contextlib.contextmanager
def looking(look: Look) -> Iterator[None]:
    """Processes that start meanwhile have this look."""
    with _ENVIRONMENT:
        before = os.environ.pop(VARIABLE, None)
        if look != Look():
            os.environ[VARIABLE] = look.to_json()
        try:
            yield
        finally:
            os.environ.pop(VARIABLE, None)
            if before is not None:
                os.environ[VARIABLE] = before


def in_look(look: Look, work: Callable[_P, _R], *given: _P.args, **named: _P.kwargs) -> _R:
    """What ``work`` returns: in this process if it has the look, else in one that imports the stage anew.

    What is given and what comes back pass between processes; errors of ours come back as they are.
    """
    if look.identity() == LOOK.identity():
        return work(*given, **named)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
        with looking(look):  # its process starts with the first work that it gets
            done = alone.submit(work, *given, **named)
        return done.result()
