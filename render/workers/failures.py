"""A worker that failed, died or hangs: one message of three lines, and a log with the rest."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import RefusedError, WorkerError
from tapehead.render.planning.film_plan import FilmPlan
from tapehead.render.workers.logs import write_log
from tapehead.render.workers.tasks import Draw, Task


@dataclass
class Running:
    """A worker at work, and what was last heard of it."""

    process: BaseProcess
    task: Task
    silent_s: float = 0.0
    note: str = ""
    frames: int = 0

    @property
    def last(self) -> str:
        """Where it was when it was last heard of."""
        return self.task.reached(self.note, self.frames)


def died(plan: FilmPlan, at: Running, log_dir: Path) -> WorkerError:
    """Its process has ended without a report."""
    code = at.process.exitcode
    how = f"was killed by signal {-code}" if code is not None and code < 0 else f"ended with exit code {code}"
    more = " (out of memory?)" if code == -9 else ""
    message = f"the worker of {at.task.words(plan)} {how}{more}; run the same command again, it goes on from there"
    return _error(message, [at.last], write_log(log_dir, at.task.name(plan), f"{message}\n{at.last}\n"))


def not_started(plan: FilmPlan, task: Task, error: EOFError | OSError, log_dir: Path) -> WorkerError:
    """There is no process for it: what would start one has ended, or the system has no more of them."""
    why = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
    message = (
        f"no worker could be started for {task.words(plan)}{why or ' (out of memory?)'};"
        " run the same command again, it goes on from there"
    )
    return _error(message, [], write_log(log_dir, task.name(plan), f"{message}\n{error!r}\n"))


def stuck(plan: FilmPlan, at: Running, log_dir: Path, place: Path, silence_s: float) -> WorkerError:
    """It was silent for too long; the log says where its process stands (``place``: the workers' folder)."""
    message = f"{at.task.words(plan)} has not moved for {silence_s:g} s and was stopped (--timeout sets how long)"
    stack = place / f"{at.process.pid}.stack"
    if hasattr(signal, "SIGUSR1") and at.process.pid and stack.exists():
        with contextlib.suppress(OSError):
            os.kill(at.process.pid, signal.SIGUSR1)  # it writes where it is, even from within a library
            time.sleep(0.3)
    where = stack.read_text() if stack.exists() else ""
    return _error(message, [at.last], write_log(log_dir, at.task.name(plan), f"{message}\n{at.last}\n\n{where}\n"))


@dataclass(frozen=True)
class Refusal:
    """A scene that cannot be drawn: the sentence about it, the way out that it may share with others, its exit code."""

    scene: str
    told: str
    way_out: str
    exit_code: int


def refusal(plan: FilmPlan, at: Running, report: dict[str, Any], log_dir: Path) -> Refusal | None:
    """A failure that is a scene's own, so that the others go on; None where it is not.

    That is one of a scene that lacks something here, and any of a plain scene: an adopted file has dozens of those,
    which know nothing of each other.
    """
    if not isinstance(at.task, Draw):
        return None
    scene = plan.scenes[at.task.scene]
    if report["lacks"]:
        what, way_out = report["lacks"]
        where = f" ({report['where']})" if report["where"] else ""
        told = f"scene '{scene.name}' cannot be drawn here{where}: {what}"
        return Refusal(scene.name, told, way_out, report["exit_code"])
    if scene.plain:
        error = failed(plan, at, report, log_dir)
        return Refusal(scene.name, str(error), "", error.exit_code)
    return None


def refused(plan: FilmPlan, refusals: Sequence[Refusal]) -> RefusedError:
    """All scenes that could not be drawn, in the film's order, and what has become of the others."""
    order = [scene.name for scene in plan.scenes]
    sorted_ = sorted(refusals, key=lambda each: order.index(each.scene))
    lines = [each.told for each in sorted_]
    lines += list(dict.fromkeys(each.way_out for each in sorted_ if each.way_out))
    if others := len(order) - len(refusals):
        kept = "the other scene is" if others == 1 else f"the other {others} scenes are"
        lines.append(
            f"{kept} drawn and kept: the same command goes on from there; `tapehead check` lists what is wrong"
        )
    error = RefusedError("\n".join(lines))
    error.exit_code = sorted_[0].exit_code
    return error


def failed(plan: FilmPlan, at: Running, report: dict[str, Any], log_dir: Path) -> WorkerError:
    """It has reported an error, as :func:`~tapehead.render.workers.worker.describe` has it."""
    what = at.task.words(plan)
    lines = [what, report["message"], report["where"], *report["notes"], "", report["traceback"]]
    message = f"{what}: {report['message']}".splitlines()[0]
    places = [part for part in (report["where"], *report["notes"][:1]) if part]
    error = _error(message, places, write_log(log_dir, at.task.name(plan), "\n".join(lines) + "\n"))
    error.exit_code = report["exit_code"]
    return error


def _error(message: str, places: list[str], log: str) -> WorkerError:
    """What happened, where, and the log with the rest."""
    return WorkerError("\n  ".join([message, *(["; ".join(places)] if places else [])]), log)
