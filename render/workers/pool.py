"""Worker processes: scenes are drawn longest first, and their chunks encoded where a core is free.

Processes come from a fork server that has Manim imported already, so that a scene does not wait for imports.  When one
fails, hangs or the user presses Ctrl-C, all others are stopped within two seconds; what they finished stays.

A scene can only be drawn from its beginning to its end, so drawing goes first: what is left for the end is chunks of
some seconds, and no core waits for another for longer than one of these takes.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import Interrupted, UsageError, WorkerError
from tapehead.analysis.interrupts import heard_by_parent_only
from tapehead.analysis.leases import leased, pin
from tapehead.render.planning.costs import Costs
from tapehead.render.planning.estimates import longest_first
from tapehead.render.planning.film_plan import FilmPlan
from tapehead.render.workers.logs import write_log
from tapehead.render.workers.worker import Chunk, Drawn, SceneDone, Task, chunks_of, scene_done
from tapehead.render.workers.worker import main as worker_main
from tapehead.render.workers.workshop import home, workshop

# One thread per process: two OpenMP teams on two cores are several times slower than none.
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")

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


@dataclass
class _Running:
    """A worker at work, and what was last heard of it."""

    process: BaseProcess
    task: Task
    silent_s: float = 0.0
    note: str = ""
    frames: int = 0


@dataclass
class _Scene:
    """What is known of a scene so far."""

    drawn: Drawn | None = None
    missing: int = 0
    chunks: list[Chunk] = field(default_factory=list)
    frames: dict[Task, int] = field(default_factory=dict)


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
        Interrupted: Ctrl-C.
    """
    if jobs < 1:
        raise UsageError(f"--jobs must be at least 1; got {jobs}")
    method = _method(plan.on_tape)
    costs = Costs(store_root, plan)
    waiting = [Task(index, picture=str(watcher.picture or "")) for index in longest_first(plan, costs)]
    running: dict[Connection, _Running] = {}
    scenes = [_Scene() for _ in plan.scenes]

    def finished(task: Task, payload: Any) -> None:
        if task.lengths:
            if payload:
                costs.mixed(payload)
            return
        scene = scenes[task.scene]
        if isinstance(payload, Drawn):
            scene.drawn = payload
            if payload.now:
                costs.drawn(task.scene, payload.seconds)
            if encode:
                cut = chunks_of(payload.frames, plan.quality.fps)
                scene.missing = len(cut)
                waiting.extend(Task(task.scene, first, last) for first, last in cut)
                waiting.sort(key=lambda each: not each.draws)  # stable: drawing first, each kind in its order
        else:
            scene.chunks.append(payload)
            scene.missing -= 1
            if payload.now:
                costs.encoded(task.scene, payload.seconds, task.last - task.first)
        scene.frames[task] = payload.frames if task.draws else task.last - task.first
        if encode and sound and task.draws and all(each.drawn for each in scenes):
            # All that the sound needs is known, and it takes long enough to be begun before the last chunks.
            waiting.insert(0, Task(0, lengths=tuple(each.drawn.frames for each in scenes if each.drawn)))

    def tell(note: str) -> None:
        share = 2 if encode else 1
        progress({plan.scenes[i].name: sum(s.frames.values()) // share for i, s in enumerate(scenes)}, note)

    with workshop() as place, leased(store_root) as lease:
        for scene in plan.scenes:
            pin(store_root, "master", scene.key)  # those that no worker has come to yet
        try:
            tick = time.monotonic()
            while waiting or running:
                while waiting and len(running) < jobs:
                    task = waiting.pop(0)
                    mine, theirs = method.Pipe(duplex=False)
                    arguments = (theirs, plan, task, str(store_root), str(place), limits.memory_gb, str(lease or ""))
                    worker: BaseProcess = method.Process(target=worker_main, args=arguments)
                    with heard_by_parent_only():
                        worker.start()
                        running[mine] = _Running(worker, task)
                    theirs.close()
                for ready in wait(list(running), timeout=_TICK_S):
                    assert isinstance(ready, Connection)
                    at = running[ready]
                    at.silent_s = 0.0
                    try:
                        kind, payload = ready.recv()
                    except (EOFError, OSError):
                        at.process.join(5)
                        raise _died(plan, at, log_dir) from None
                    if kind == "progress":
                        at.note, at.frames = payload
                        scenes[at.task.scene].frames[at.task] = at.frames
                        tell(f"{at.task.name(plan)}: {at.note}")
                    elif kind == "picture":
                        watcher.on_picture(plan.scenes[at.task.scene].name)
                    elif kind == "warn":
                        warn(payload)
                    elif kind == "failed":
                        raise _failed(plan, at, payload, log_dir)
                    else:
                        finished(at.task, payload)
                        tell(at.task.name(plan))
                        at.process.join(10)
                        ready.close()
                        del running[ready]
                if watcher.on_tick:
                    watcher.on_tick()
                # Counted in ticks of ours: a computer that slept, or a stopped parent, is no silence of a worker.
                now = time.monotonic()
                passed, tick = min(now - tick, 2 * _TICK_S), now
                for at in running.values():
                    at.silent_s += 0.0 if at.task.lengths else passed  # mixing is one long step
                    if at.silent_s > limits.silence_s:
                        raise _stuck(plan, at, log_dir, place, limits)
        except KeyboardInterrupt:
            raise Interrupted(STOPPED) from None
        finally:
            _stop([at.process for at in running.values()])
            costs.keep()
    done = {}
    for scene, known in zip(plan.scenes, scenes, strict=True):
        assert known.drawn is not None and not known.missing, "all tasks are done"
        done[scene.name] = scene_done(plan, scene, known.drawn, known.chunks)
    return done


def _method(on_tape: bool) -> Any:
    """The fork server's context; it imports what it is told to once, at its start."""
    for name in THREADS:
        os.environ.setdefault(name, "1")
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


def _stop(processes: list[BaseProcess]) -> None:
    for process in processes:
        process.kill()  # a draft is thrown away anyhow; nothing to be gained by asking politely
    for process in processes:
        process.join(2)


def _last(at: _Running) -> str:
    """Where a worker was when it was last heard of."""
    if at.task.draws:
        return f"last cue: {at.note or 'none yet'}; frame {at.frames}"
    return "while mixing" if at.task.lengths else f"while encoding from frame {at.task.first}, {at.frames} done"


def _died(plan: FilmPlan, at: _Running, log_dir: Path) -> WorkerError:
    code = at.process.exitcode
    how = f"was killed by signal {-code}" if code is not None and code < 0 else f"ended with exit code {code}"
    more = " (out of memory?)" if code == -9 else ""
    message = f"the worker of {at.task.words(plan)} {how}{more}; run the same command again, it goes on from there"
    return _error(message, [_last(at)], write_log(log_dir, at.task.name(plan), f"{message}\n{_last(at)}\n"))


def _stuck(plan: FilmPlan, at: _Running, log_dir: Path, place: Path, limits: Limits) -> WorkerError:
    what = at.task.words(plan)
    message = f"{what} has not moved for {limits.silence_s:g} s and was stopped (--timeout sets how long)"
    stack = place / f"{at.process.pid}.stack"
    if hasattr(signal, "SIGUSR1") and at.process.pid and stack.exists():
        with contextlib.suppress(OSError):
            os.kill(at.process.pid, signal.SIGUSR1)  # it writes where it is, even from within a library
            time.sleep(0.3)
    where = stack.read_text() if stack.exists() else ""
    return _error(message, [_last(at)], write_log(log_dir, at.task.name(plan), f"{message}\n{_last(at)}\n\n{where}\n"))


def _failed(plan: FilmPlan, at: _Running, report: dict[str, Any], log_dir: Path) -> WorkerError:
    what = at.task.words(plan)
    lines = [what, report["message"], report["where"], *report["notes"], "", report["traceback"]]
    message = f"{what}: {report['message']}".splitlines()[0]
    places = [part for part in (report["where"], *report["notes"][:1]) if part]
    error = _error(message, places, write_log(log_dir, at.task.name(plan), "\n".join(lines) + "\n"))
    error.exit_code = report["exit_code"]
    return error


def _error(message: str, places: list[str], log: str) -> WorkerError:
    """Three lines: what happened, where, and the log with the rest."""
    return WorkerError("\n  ".join([message, *(["; ".join(places)] if places else [])]), log)
