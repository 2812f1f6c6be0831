"""The tape's compiled loops are loaded while the studio opens, so that the first picture need not wait for them.

Where they were never compiled on this machine, a process of its own does that: it takes a minute of a processor, and
Python would answer nothing else meanwhile.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

from tapehead.analysis.store import Store
from tapehead.render.studio.jobs import Process, python
from tapehead.render.workers.warm import known_warm, remember, warm


class Warmth:
    """Whether a tape is quick by now; ``told`` is called, by a thread, once it is."""

    def __init__(self, told: Callable[[], None]) -> None:
        self.ready = False
        self._told = told
        self._compiling: Process | None = None
        self._ended = threading.Event()

    def begin(self) -> None:
        """Load, and compile before if that is needed."""
        threading.Thread(target=self._work, daemon=True).start()

    def close(self) -> None:
        """End what is being compiled."""
        self._ended.set()
        if (process := self._compiling) is not None and process.poll() is None:
            process.kill()

    def _work(self) -> None:
        # what fails here fails at the first picture as well, where it is said
        with contextlib.suppress(Exception):
            root = Store().root
            if not known_warm(root):
                self._compiling = python(("tapehead.render.workers.preloaded_tape",))
                if self._ended.is_set():
                    self._compiling.kill()
                self._compiling.wait()
            if not self._ended.is_set():
                warm()
                remember(root)
        self.ready = True
        self._told()
