"""Worker processes: one a task, as many at once as were asked for.

Processes come from a fork server that has Manim imported already, so that a scene does not wait for imports.  When one
fails, hangs or the user presses Ctrl-C, all others are stopped within two seconds; what they finished stays.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import Interrupted, UsageError
from tapehead.analysis.interrupts import heard_by_parent_only
from tapehead.analysis.leases import leased, pin
from tapehead.analysis.threads import THREADS
from tapehead.render.planning.costs import Costs
from tapehead.render.planning.film_plan import FilmPlan
from tapehead.render.workers.failures import (
    Refusal,
    Running,
    died,
    failed,
    not_started,
    refusal,
    refused,
    stuck,
)
from tapehead.render.workers.looks import looking
from tapehead.render.workers.schedule import Schedule
from tapehead.render.workers.tasks import Draw, Mix, Task
from tapehead.render.workers.worker import SceneDone
from tapehead.render.workers.worker import main as worker_main
from tapehead.render.workers.workshop import home, workshop
from tapehead.scenes.stage.branding import Look

_PRELOADED = ("tapehead.render.encoding.video", "tapehead.render.workers.ready")
_TICK_S = 0.5
STOPPED = "stopped; finished scenes are kept and the next run goes on from them"


@dataclass(frozen=True)
class Limits:
    """What a worker may do before it is stopped."""

    silence_s: float = 600.0
    """Longest time without a new frame or cue."""
    memory_gb: float = 4.0
    """Memory of one worker, in 10^9 bytes; 0 for as much as there is."""


@dataclass(frozen=True)
class Watcher:
    """One who looks on while scenes are drawn: where a picture of it goes, and whom to tell."""

    picture: Path | None = None
    on_picture: Callable[[str], None] = lambda _scene: None
    on_tick: Callable[[], None] | None = None
    """Called at least twice a second; what it raises stops the workers."""


def default_jobs() -> int:
    """As many workers as this process may use cores."""
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def run_scenes(
    plan: FilmPlan,
    store_root: Path,
    jobs: int,
    log_dir: Path,
    progress: Callable[[dict[str, int], str], None] = lambda _frames, _note: None,
    warn: Callable[[str], None] = lambda _message: None,
    limits: Limits = Limits(),
    encode: bool = True,
    sound: bool = True,
    watcher: Watcher = Watcher(),
) -> dict[str, SceneDone]:
    """Finish all scenes of a plan; returns them by name, in the plan's order.

    ``progress`` gets frames finished so far by scene and a note: where scenes are encoded too, a frame counts half when
    it is drawn and half when it is encoded.

    The film's sound is made with what is encoded, unless ``sound`` says that these scenes are only a part of the film.

    Raises:
        WorkerError: a scene failed, hung or was killed; the message is short and names the log.
        RefusedError: scenes cannot be drawn for reasons of their own; raised when all others are finished.
        Interrupted: Ctrl-C.
    """
    if jobs < 1:
        raise UsageError(f"--jobs must be at least 1; got {jobs}")
    costs = Costs(store_root, plan)
    schedule = Schedule(plan, costs, watcher.picture, encode=encode, sound=sound)
    refusals = list[Refusal]()
    with workshop() as place, leased(store_root) as lease:
        for scene in plan.scenes:
            pin(store_root, "master", scene.key)  # those that no worker has come to yet
        crew = _Crew(plan, store_root, place, str(lease or ""), limits)

        def tell(note: str) -> None:
            progress(schedule.frames(), note)

        try:
            while schedule.waiting or crew.running:
                while schedule.waiting and len(crew.running) < jobs:
                    task = schedule.waiting.pop(0)
                    try:
                        crew.start(task)
                    except (EOFError, OSError) as error:  # which a command line takes for Ctrl-D
                        raise not_started(plan, task, error, log_dir) from None
                for channel, at in crew.heard():
                    try:
                        kind, payload = channel.recv()
                    except (EOFError, OSError):
                        at.process.join(5)
                        raise died(plan, at, log_dir) from None
                    match kind:
                        case "progress":
                            at.note, at.frames = payload
                            schedule.reached(at.task, at.frames)
                            tell(f"{at.task.name(plan)}: {at.note}")
                        case "picture":
                            watcher.on_picture(at.task.name(plan))
                        case "warn":
                            warn(payload)
                        case "failed":
                            if (own := refusal(plan, at, payload, log_dir)) is None:
                                raise failed(plan, at, payload, log_dir)
                            refusals.append(own)  # the other scenes go on, and are there when this one is mended
                            crew.leave(channel)
                        case _:
                            schedule.finished(at.task, payload)
                            tell(at.task.name(plan))
                            crew.leave(channel)
                if watcher.on_tick:
                    watcher.on_tick()
                if silent := crew.silent():
                    raise stuck(plan, silent, log_dir, place, limits.silence_s)
        except KeyboardInterrupt:
            raise Interrupted(STOPPED) from None
        finally:
            crew.stop()
            costs.keep()
    if refusals:
        raise refused(plan, refusals)
    return schedule.done()


class _Crew:
    """The worker processes that are at work."""

    def __init__(self, plan: FilmPlan, store_root: Path, place: Path, lease: str, limits: Limits) -> None:
        self._plan, self._store_root, self._place, self._lease, self._limits = plan, store_root, place, lease, limits
        self._method = _method(plan.on_tape)
        self._tick = time.monotonic()
        self.running: dict[Connection, Running] = {}

    def start(self, task: Task) -> None:
        """Give a task to a process of its own."""
        mine, theirs = self._method.Pipe(duplex=False)
        places = (str(self._store_root), str(self._place), self._limits.memory_gb, self._lease)
        # The stage takes its colours when it is imported, and the fork server has it already: another look needs a
        # process that imports it anew.
        own_look = isinstance(task, Draw) and self._plan.look != Look()
        method = multiprocessing.get_context("spawn") if own_look else self._method
        worker: BaseProcess = method.Process(target=worker_main, args=(theirs, self._plan, task, *places))
        with heard_by_parent_only(), looking(self._plan.look if own_look else Look()):
            worker.start()
            self.running[mine] = Running(worker, task)
        theirs.close()

    def heard(self) -> Iterator[tuple[Connection, Running]]:
        """Those that have something to say, after half a second at most."""
        for channel in wait(list(self.running), timeout=_TICK_S):
            assert isinstance(channel, Connection)
            at = self.running[channel]
            at.silent_s = 0.0
            yield channel, at

    def leave(self, channel: Connection) -> None:
        """A worker is done."""
        self.running.pop(channel).process.join(10)
        channel.close()

    def silent(self) -> Running | None:
        """One that has not been heard of for too long; to be asked once a turn.

        Counted in ticks of ours: a computer that slept, or a stopped parent, is no silence of a worker.
        """
        now = time.monotonic()
        passed, self._tick = min(now - self._tick, 2 * _TICK_S), now
        for at in self.running.values():
            at.silent_s += 0.0 if isinstance(at.task, Mix) else passed  # mixing is one long step
        return next((at for at in self.running.values() if at.silent_s > self._limits.silence_s), None)

    def stop(self) -> None:
        """End all that are still at work."""
        processes = [at.process for at in self.running.values()]
        for process in processes:
            process.kill()  # a draft is thrown away anyhow; nothing to be gained by asking politely
        for process in processes:
            process.join(2)


_forks = False


def fork_workers() -> None:
    """From now on this process's workers are forks of itself: it has one thread, and has imported what they need."""
    global _forks
    _forks = True


def _method(on_tape: bool) -> Any:
    """The fork server's context; it imports what it is told to once, at its start."""
    for name in THREADS:  # two teams of threads on two cores are several times slower than none
        os.environ.setdefault(name, "1")
    if _forks:
        return multiprocessing.get_context("fork")
    home()  # before the fork server makes a folder that nobody would clear away
    method = multiprocessing.get_context("forkserver")
    method.set_forkserver_preload(
        ["tapehead.render.drawing.draw", *_PRELOADED, *(["tapehead.render.workers.preloaded_tape"] if on_tape else [])]
    )
    return method


def warm_up() -> None:
    """Start the fork server now, so that the first worker need not wait for its imports."""
    with heard_by_parent_only():
        _method(on_tape=False).Process(target=os.getpid).start()
