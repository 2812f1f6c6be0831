"""Work that goes on while nobody looks: one job after another, each a process with its log, that can be stopped.

Jobs belong to the server and not to a tab: closing the tab stops nothing, and the next one finds them.  What has to be
there soon goes beside the queue: drawing does not wait for a film that is being rendered.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

_LOG = 400
_GRACE_S = 20.0
_TOLD = 40
"""Jobs that a tab is told of: the latest."""
WAITING, RUNNING, DONE, FAILED, STOPPED = "waiting", "running", "done", "failed", "stopped"
_SHARE = re.compile(r"(?P<stage>[\w -]+): +(?P<percent>\d{1,3})%(?:, about (?P<left>\d+) s left)?")


class Process(Protocol):
    """What is asked of a job's process; :class:`subprocess.Popen` is one."""

    @property
    def stdout(self) -> Iterable[str] | None:
        """What it prints."""

    @property
    def stderr(self) -> Iterable[str] | None:
        """What it says meanwhile."""

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has one."""

    def poll(self) -> int | None:
        """Its exit code, if it has one."""

    def send_signal(self, sig: int, /) -> None:
        """Tell it something."""

    def kill(self) -> None:
        """End it at once."""


def python(arguments: Sequence[str]) -> Process:
    """A process of its own: ``python -m ARGUMENTS``."""
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


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
    process: Process | None = None
    makes: bool = True
    """Whether there are files for people in the end."""

    @property
    def files(self) -> list[Path]:
        """What it has made for people, by its answer."""
        return files_of(self.answer) if self.makes else []

    @property
    def progress(self) -> dict[str, Any] | None:
        """How far the stage is that is being worked at, by the last line that says so."""
        if self.state != RUNNING:
            return None
        for line in reversed(self.log):
            if found := _SHARE.match(line):
                left = found["left"]
                return {
                    "stage": found["stage"],
                    "share": min(100, int(found["percent"])) / 100,
                    "left_s": int(left) if left else None,
                }
        return None

    def to_data(self) -> dict[str, Any]:
        """What a tab is told."""
        return {
            "number": self.number,
            "kind": self.kind,
            "title": self.title,
            "state": self.state,
            "log": list(self.log)[-40:],
            "progress": self.progress,
            "files": [path.name for path in self.files],
        }


def files_of(answer: Any) -> list[Path]:
    """The files that a command says it has made: every path in its answer, whatever it calls it."""
    found: list[Path] = []

    def look(value: Any) -> None:
        if isinstance(value, str):
            if "/" in value and len(value) < 4096 and "\n" not in value and "://" not in value:
                found.append(Path(value))
        elif isinstance(value, dict | list):
            for each in value.values() if isinstance(value, dict) else value:
                look(each)

    if isinstance(answer, dict) and isinstance(answer.get("package"), str):
        return [Path(answer["package"], str(name)) for name in answer.get("files", ())]
    if isinstance(answer, dict):
        # of a package and a film the rest of the answer is digests
        look({name: value for name, value in answer.items() if name not in ("digests", "requests", "open", "scopes")})
    return list(dict.fromkeys(path for path in found if path.suffix))


class Jobs:
    """A queue, and the threads that work on it; ``on_change`` is told whenever something about a job is new.

    Args:
        on_change: called by these threads.
        beside: kinds of jobs that wait for each other only, and for nobody else.
        start: begins a job's process.
    """

    def __init__(
        self,
        on_change: Callable[[Job], None],
        beside: Sequence[str] = (),
        start: Callable[[Job], Process] = lambda job: python(job.arguments),
    ) -> None:
        self._on_change, self._beside, self._start = on_change, tuple(beside), start
        self._jobs: list[Job] = []
        self._lock = threading.Condition()
        self._ended = False
        self._threads = [threading.Thread(target=self._work, args=(kind,), daemon=True) for kind in ("", *self._beside)]
        for thread in self._threads:
            thread.start()

    def add(self, kind: str, title: str, arguments: Sequence[str], makes: bool = True) -> Job:
        """Queue ``python -m ARGUMENTS``.  A waiting job of the same kind and arguments is taken for this one."""
        with self._lock:
            for job in self._jobs:
                if job.state == WAITING and (job.kind, job.arguments) == (kind, tuple(arguments)):
                    return job
            job = Job(len(self._jobs) + 1, kind, title, tuple(arguments), makes=makes)
            self._jobs.append(job)
            self._lock.notify_all()
        self._on_change(job)
        return job

    def all(self) -> list[Job]:
        """Every job since the studio was opened."""
        with self._lock:
            return list(self._jobs)

    def to_data(self) -> list[dict[str, Any]]:
        """The latest jobs, as a tab is told of them."""
        return [job.to_data() for job in self.all()[-_TOLD:]]

    def find(self, number: int) -> Job | None:
        """A job by its number."""
        return next((job for job in self.all() if job.number == number), None)

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
        for thread in self._threads:
            thread.join(_GRACE_S)

    def _work(self, kind: str) -> None:
        """Do the jobs of one kind, or (of an empty one) all that do not go beside."""

        def waiting() -> Job | None:
            for job in self._jobs:
                if job.state == WAITING and (job.kind if job.kind in self._beside else "") == kind:
                    return job
            return None

        while True:
            process: Process | None = None
            with self._lock:
                while not self._ended and waiting() is None:
                    self._lock.wait()
                if self._ended or (job := waiting()) is None:
                    return
                try:
                    process = self._start(job)
                except OSError as error:  # no memory, no process left: the next one may have more luck
                    job.state = FAILED
                    job.log.append(f"tapehead: nothing can be begun on this machine now: {error.strerror or error}")
                else:
                    job.state, job.process = RUNNING, process
            self._on_change(job)
            if process is not None:
                self._follow(job, process)

    def _follow(self, job: Job, process: Process) -> None:
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


def _interrupt(process: Process) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
