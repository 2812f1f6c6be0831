"""Work that goes on while nobody looks: one job after another, each a process with its log, that can be stopped.

Jobs belong to the server and not to a tab: closing the tab stops nothing, and the next one finds them.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

_LOG = 400
_GRACE_S = 20.0
WAITING, RUNNING, DONE, FAILED, STOPPED = "waiting", "running", "done", "failed", "stopped"


@dataclass
class Job:
    """One piece of work: ``kind`` and ``title`` for people, ``answer`` what it printed last as JSON."""

    number: int
    kind: str
    title: str
    arguments: tuple[str, ...]
    state: str = WAITING
    log: deque[str] = field(default_factory=lambda: deque(maxlen=_LOG))
    answer: Any = None
    process: subprocess.Popen[str] | None = None

    def to_data(self) -> dict[str, Any]:
        """What a tab is told."""
        return {
            "number": self.number,
            "kind": self.kind,
            "title": self.title,
            "state": self.state,
            "log": list(self.log)[-40:],
        }


class Jobs:
    """A queue, and the thread that works on it; ``on_change`` is told whenever something about a job is new."""

    def __init__(self, on_change: Callable[[Job], None]) -> None:
        self._on_change = on_change
        self._jobs: list[Job] = []
        self._lock = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._work, name="studio jobs", daemon=True)
        self._thread.start()

    def add(self, kind: str, title: str, arguments: Sequence[str]) -> Job:
        """Queue ``python -m ARGUMENTS``.  A waiting job of the same kind and arguments is taken for this one."""
        with self._lock:
            for job in self._jobs:
                if job.state == WAITING and (job.kind, job.arguments) == (kind, tuple(arguments)):
                    return job
            job = Job(len(self._jobs) + 1, kind, title, tuple(arguments))
            self._jobs.append(job)
            self._lock.notify_all()
        self._on_change(job)
        return job

    def all(self) -> list[Job]:
        """Every job since the studio was opened."""
        with self._lock:
            return list(self._jobs)

    def stop(self, number: int) -> None:
        """Interrupt a job as Ctrl-C does; what it did so far is kept by the store."""
        with self._lock:
            job = next((job for job in self._jobs if job.number == number), None)
            if job is None or job.state not in (WAITING, RUNNING):
                return
            job.state, process = STOPPED, job.process
        if process:
            _interrupt(process)
        self._on_change(job)

    def close(self) -> None:
        """Stop what runs and begin nothing more."""
        with self._lock:
            self._ended = True
            self._lock.notify_all()
        for job in self.all():
            self.stop(job.number)
        self._thread.join(_GRACE_S)

    def _work(self) -> None:
        while True:
            with self._lock:
                while not self._ended and not any(job.state == WAITING for job in self._jobs):
                    self._lock.wait()
                if self._ended:
                    return
                job = next(job for job in self._jobs if job.state == WAITING)
                job.state = RUNNING
                job.process = process = subprocess.Popen(
                    [sys.executable, "-m", *job.arguments],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                    start_new_session=True,
                )
            self._on_change(job)
            self._follow(job, process)

    def _follow(self, job: Job, process: subprocess.Popen[str]) -> None:
        """Read both streams until the process ends."""
        printed: list[str] = []
        reader = threading.Thread(target=lambda: printed.extend(process.stdout or ()), daemon=True)
        reader.start()
        for line in process.stderr or ():
            job.log.append(line.rstrip())
            self._on_change(job)
        code = process.wait()
        reader.join()
        if printed:
            try:
                job.answer = json.loads(printed[-1])
            except ValueError:
                job.log.extend(line.rstrip() for line in printed)
        with self._lock:
            if job.state == RUNNING:
                job.state = FAILED if code else DONE
        self._on_change(job)


def _interrupt(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
