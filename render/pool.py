"""Worker processes: one per scene, at most ``jobs`` at a time, longest first.

Processes come from a fork server that has Manim imported already, so that a scene does not wait for imports.  When one
fails, hangs or the user presses Ctrl-C, all others are stopped within two seconds; what they finished stays.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from analysis.errors import Interrupted, UsageError, WorkerError
from analysis.store import write_atomically
from render.plan import FilmPlan
from render.worker import SceneDone
from render.worker import main as worker_main

# One thread per process: two OpenMP teams on two cores are several times slower than none.
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")

_PRELOADED = ("render.encode", "render.tape.kernel_meter")


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
    timeout_s: float = 1800.0,
) -> dict[str, SceneDone]:
    """Finish all scenes of a plan; returns them by name.

    ``progress`` gets frames drawn so far by scene and a note.  ``timeout_s`` is the longest silence of a worker that
    is taken for life.

    Raises:
        WorkerError: a scene failed, hung or was killed; the message is short and names the log.
        Interrupted: Ctrl-C.
    """
    if jobs < 1:
        raise UsageError(f"--jobs must be at least 1; got {jobs}")
    for name in _THREADS:
        os.environ.setdefault(name, "1")
    method = multiprocessing.get_context("forkserver")
    method.set_forkserver_preload(["render.draw", *_PRELOADED, *(["render.tape.ready"] if plan.on_tape else [])])
    data = plan.to_data()
    order = sorted(range(len(plan.scenes)), key=lambda i: -plan.scenes[i].expected_frames)
    running: dict[Connection, tuple[BaseProcess, int, float]] = {}
    done: dict[str, SceneDone] = {}
    frames: dict[str, int] = {}
    try:
        while order or running:
            while order and len(running) < jobs:
                index = order.pop(0)
                mine, theirs = method.Pipe(duplex=False)
                worker: BaseProcess = method.Process(target=worker_main, args=(theirs, data, index, str(store_root)))
                worker.start()
                theirs.close()
                running[mine] = (worker, index, time.monotonic())
            for ready in wait(list(running), timeout=0.5):
                assert isinstance(ready, Connection)
                process, index, _ = running[ready]
                name = plan.scenes[index].name
                running[ready] = (process, index, time.monotonic())
                try:
                    kind, payload = ready.recv()
                except EOFError:
                    process.join(5)
                    raise _died(name, process.exitcode) from None
                if kind == "progress":
                    frames[name] = payload[1]
                    progress(frames, f"{name}: {payload[0]}")
                elif kind == "warn":
                    warn(payload)
                elif kind == "failed":
                    raise _failed(name, payload, log_dir)
                else:
                    done[name] = payload
                    frames[name] = payload.frames
                    progress(frames, name)
                    process.join(10)
                    ready.close()
                    del running[ready]
            for _, index, heard in running.values():
                if time.monotonic() - heard > timeout_s:
                    name = plan.scenes[index].name
                    raise WorkerError(f"scene '{name}' has not moved for {timeout_s:.0f} s; it was stopped")
    except KeyboardInterrupt:
        raise Interrupted("stopped; finished scenes are kept and the next run goes on from them") from None
    finally:
        _stop([process for process, _, _ in running.values()])
    return done


def _stop(processes: list[BaseProcess]) -> None:
    for process in processes:
        process.kill()  # a draft is thrown away anyhow; nothing to be gained by asking politely
    for process in processes:
        process.join(2)


def _died(name: str, code: int | None) -> WorkerError:
    how = f"was killed by signal {-code}" if code is not None and code < 0 else f"ended with exit code {code}"
    more = " (out of memory?)" if code == -9 else ""
    return WorkerError(f"the worker of scene '{name}' {how}{more}; run the same command again, it goes on from there")


def _failed(name: str, report: dict[str, Any], log_dir: Path) -> WorkerError:
    log = log_dir / f"{name}.log"
    text = "\n".join([f"scene {name}", report["message"], report["where"], *report["notes"], "", report["traceback"]])
    try:
        write_atomically(log, text)
        shown = str(log)
    except OSError:
        shown = ""
    lines = [f"scene '{name}': {report['message']}", *(["  " + report["where"]] if report["where"] else [])]
    lines += ["  " + note for note in report["notes"][:1]]
    error = WorkerError("\n".join(lines), shown)
    error.exit_code = report["exit_code"]
    return error
