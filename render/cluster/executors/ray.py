"""A Ray cluster: scenes are drawn longest first, and the chunks of a drawn scene are encoded wherever a core is free;
the sound is made when all is drawn.

A task starts `tapehead segment` as a process of its own: drawing wants a main thread, a private folder and one thread
per process, and none of that is Ray's to give.  Tasks exchange the plan's text, numbers and digests, never frames;
what they make is in the store, so a task of a lost node is simply done again and finds what was finished.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import Interrupted, MissingPartError, UsageError, WorkerError
from tapehead.analysis.registry import AnalysisCall
from tapehead.render.cluster.executors.process import tapehead
from tapehead.render.cluster.plan_file import PlanFile
from tapehead.render.cluster.segments import Work, assemble, found, gathered, need_inputs, push_inputs
from tapehead.render.cluster.shared_store import SharedStore
from tapehead.render.flashes.meter import Flash
from tapehead.render.workers.logs import write_log
from tapehead.render.workers.pool import STOPPED, Limits
from tapehead.render.workers.worker import Chunk, Drawn, SceneDone, chunks_of

_RETRIES = 5
"""How often a task is done again after its node or its worker was lost."""
_LISTENS_S, _ANSWER_S = 10.0, 40.0
"""How long a cluster may take to accept a connection, and to let a driver in."""
_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",  # nothing is sent anywhere
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_DEDUP_LOGS": "0",
}


@dataclass(frozen=True)
class _Job:
    """A task of the cluster: a whole segment (``part`` empty), its drawing (``draw``), a chunk (``FIRST:LAST``) or the
    film's sound (``sound``)."""

    index: int
    part: str = ""


class Ray:
    """A Ray cluster at an address (``auto``, ``host:port``, ``ray://…``), or one of this machine if it is empty."""

    def __init__(self, address: str = "") -> None:
        try:
            import ray
        except ImportError as error:
            raise MissingPartError(f"Ray is not installed ({error}); pip install 'tapehead[ray]'") from error
        self._ray = ray
        self.address = address

    def run(self, plan_file: PlanFile, shared: SharedStore, work: Work) -> dict[str, SceneDone]:
        """See :class:`tapehead.render.cluster.executors.Executor`."""
        need_inputs(plan_file, shared)
        push_inputs(plan_file, shared)
        for index in range(len(plan_file.segments)):
            plan_file.check_code(index)
        drawn: dict[str, bool] = {}
        if all(found(plan_file, index, shared) for index in range(len(plan_file.segments))):
            return gathered(plan_file, shared, str)  # no cluster for nothing
        with self._connected(work.jobs):
            for index, now in self._all_done(plan_file, shared, work):
                drawn[plan_file.segments[index].scene] = now
        done = gathered(plan_file, shared, lambda index: f"tapehead segment --plan plan.json --index {index}")
        return {name: replace(scene, drawn=drawn.get(name, False)) for name, scene in done.items()}

    @contextlib.contextmanager
    def analyses(
        self, options: Sequence[str], shared: SharedStore, logs: Path
    ) -> Iterator[Callable[[AnalysisCall], None]]:
        """See :class:`tapehead.render.cluster.executors.Executor`: results are made by machines of the cluster that
        have a GPU.

        The cluster is asked for when the first one is missing.

        Raises:
            UsageError: the store is none that all machines see as a directory.
        """
        if shared.remote:
            raise UsageError(
                "results are made on a cluster in a store that all of its machines see as a directory, "
                f"not in {shared.url}; name one with --store"
            )
        with contextlib.ExitStack() as connection:
            state: dict[str, Any] = {}

            def make(call: AnalysisCall) -> None:
                if not state:
                    connection.enter_context(self._connected(1))
                    state["task"] = self._ray.remote(num_cpus=1, num_gpus=1, max_retries=_RETRIES)(_analysis)
                if self._ray.cluster_resources().get("GPU", 0) < 1:
                    raise WorkerError(
                        f"result '{call.id}' wants a GPU and no machine of the Ray cluster has one; "
                        "omit --device to compute it on a processor"
                    )
                given = [*options, "--only", call.id, "--json", "--quiet"]
                ref = state["task"].options(name=f"result {call.id}").remote(given, str(shared.local.root))
                try:
                    self._result(ref, f"result '{call.id}'", logs / f"{call.id}.log")
                except KeyboardInterrupt:
                    self._ray.cancel(ref)
                    raise Interrupted("stopped; finished results are kept and the next run goes on from them") from None

            yield make

    @contextlib.contextmanager
    def _connected(self, jobs: int) -> Iterator[None]:
        ray = self._ray
        os.environ.update({name: os.environ.get(name, value) for name, value in _QUIET.items()})
        logging.getLogger("ray").setLevel(logging.ERROR)  # it has much to say about clusters that live for one film
        ours = not ray.is_initialized()
        if ours:
            where: dict[str, Any] = (
                {"address": self.address}
                if self.address
                else {"address": "local", "num_cpus": jobs, "include_dashboard": False}
            )
            if self.address:
                _answers(self.address)
            try:
                ray.init(log_to_driver=False, logging_level="error", configure_logging=False, **where)
            except (ConnectionError, ValueError, RuntimeError, OSError, AssertionError) as error:
                what = f"at '{self.address}' cannot be reached" if self.address else "cannot be started"
                raise WorkerError(f"the Ray cluster {what}: {str(error).splitlines()[0]}") from error
        try:
            yield
        finally:
            if ours:
                ray.shutdown()

    def _all_done(self, plan_file: PlanFile, shared: SharedStore, work: Work) -> Iterator[tuple[int, bool]]:
        """Segments as they are finished, and whether each was drawn now."""
        ray, plan = self._ray, plan_file.plan(shared.local.root)
        remote = ray.remote(num_cpus=1, max_retries=_RETRIES)(_task)
        text = ray.put(plan_file.text())
        running: dict[Any, _Job] = {}
        pictures: dict[int, Drawn] = {}
        chunks: dict[int, list[Chunk]] = {}
        missing: dict[int, int] = {}
        frames: dict[str, int] = {}
        silent = set(range(len(plan_file.segments)))  # not drawn yet: the sound waits for them

        def begin(job: _Job) -> None:
            options = _options(job, shared, work.limits)
            running[remote.options(name=_name(plan_file, job)).remote(text, options)] = job

        def tell(job: _Job, count: int) -> None:
            scene = plan_file.segments[job.index].scene
            frames[scene] = frames.get(scene, 0) + count
            work.told({each: count // 2 for each, count in frames.items()}, _name(plan_file, job))

        cost = {segment.index: segment.draw_s + segment.encode_s for segment in plan_file.segments}
        for index in sorted(cost, key=lambda at: (-cost[at], at)):
            if found(plan_file, index, shared) is not None:
                silent.discard(index)
                yield index, False
            elif len(chunks_of(plan.scenes[index].expected_frames, plan.quality.fps)) > 1:
                begin(_Job(index, "draw"))
            else:
                begin(_Job(index))
        try:
            while running:
                ready, _ = ray.wait(list(running), num_returns=1, timeout=1.0)
                for ref in ready:
                    job = running.pop(ref)
                    name = _name(plan_file, job).partition(" ")[0]
                    report = self._result(
                        ref, f"scene '{name}'" if name != "sound" else name, work.logs / f"{name}.log"
                    )
                    if job.part == "sound":
                        shared.pull("sound", report["sound"])
                        continue
                    if job.index in silent:
                        silent.discard(job.index)
                        if not silent:
                            begin(_Job(0, "sound"))
                    if job.part == "draw":
                        pictures[job.index] = Drawn(**report)
                        cut = chunks_of(report["frames"], plan.quality.fps)
                        missing[job.index] = len(cut)
                        for first, last in cut:
                            begin(_Job(job.index, f"{first}:{last}"))
                        tell(job, report["frames"])
                    elif job.part:
                        flashes = tuple(Flash(**flash) for flash in report.pop("flashes"))
                        chunks.setdefault(job.index, []).append(Chunk(**report, flashes=flashes))
                        missing[job.index] -= 1
                        begun, ended = job.part.split(":")
                        tell(job, int(ended) - int(begun))
                        if not missing[job.index]:
                            assemble(plan_file, job.index, pictures[job.index], chunks[job.index], shared)
                            yield job.index, pictures[job.index].now
                    else:
                        tell(job, 2 * report["frames"])
                        yield job.index, report["drawn"]
        except KeyboardInterrupt:
            raise Interrupted(STOPPED) from None
        finally:
            for ref in running:
                with contextlib.suppress(Exception):
                    ray.cancel(ref)  # by force, Ray may fall over a task that ends at that moment

    def _result(self, ref: Any, what: str, place: Path) -> dict[str, Any]:
        """What a task reports; the log of a failed one is put in ``place``."""
        try:
            report: dict[str, Any] = self._ray.get(ref)
        except self._ray.exceptions.RayError as error:
            why = str(error).strip().splitlines()[0]
            raise WorkerError(
                f"the worker of {what} was lost {_RETRIES + 1} times ({type(error).__name__}: {why}); "
                "run the same command again, it goes on from there"
            ) from error
        if "failed" not in report:
            return report
        log = write_log(place.parent, place.name.removesuffix(".log"), report["log"]) if report["log"] else ""
        failure = WorkerError(report["failed"], log)
        failure.exit_code = report["exit_code"]
        raise failure


def _answers(address: str) -> None:
    """Ask whether a cluster is there.  Ray asks for minutes and cannot be stopped, so a process of ours does it.

    Raises:
        UsageError: this is no address.
        WorkerError: nobody does.
    """
    where = "`ray status` there tells whether it runs, and where"
    if address != "auto":
        host, _, port = address.removeprefix("ray://").rpartition(":")
        if not host or not port.isdigit():
            raise UsageError(f"the address of a Ray cluster is 'auto', HOST:PORT or ray://HOST:PORT; got '{address}'")
        try:
            socket.create_connection((host.strip("[]"), int(port)), _LISTENS_S).close()
        except (OSError, OverflowError) as error:
            raise WorkerError(f"no Ray cluster answers at '{address}' ({error}); {where}") from None
    ask = [sys.executable, "-c", f"import ray; ray.init({address!r}, log_to_driver=False)"]
    try:
        asked = subprocess.run(ask, capture_output=True, text=True, timeout=_ANSWER_S, check=False)
    except subprocess.TimeoutExpired:
        raise WorkerError(f"no Ray cluster answers at '{address}' within {_ANSWER_S:g} s; {where}") from None
    if asked.returncode:
        why = (asked.stderr.strip().splitlines() or [f"exit code {asked.returncode}"])[-1].rstrip(".")
        raise WorkerError(f"the Ray cluster at '{address}' cannot be used: {why}; {where}")


def _name(plan_file: PlanFile, job: _Job) -> str:
    """What a task is called in the cluster's lists and in messages."""
    if job.part == "sound":
        return "sound"
    return f"{plan_file.segments[job.index].scene} {job.part}".strip()


def _options(job: _Job, shared: SharedStore, limits: Limits) -> list[str]:
    """Arguments of `tapehead segment`, the plan left out."""
    url = shared.url if shared.remote else str(shared.local.root)
    options = ["--index", str(job.index), "--store", url, "--jobs", "1", "--json", "--quiet"]
    options += ["--timeout", str(limits.silence_s), "--memory", str(limits.memory_gb)]
    return [*options, "--part", job.part] if job.part else options


def _task(plan: str, options: Sequence[str]) -> dict[str, Any]:
    """What runs in Ray's worker for a film."""
    with tempfile.TemporaryDirectory(prefix="tapehead-ray-") as folder:
        file = Path(folder) / "plan.json"
        file.write_text(plan)
        return tapehead(["segment", "--plan", str(file), *options])


def _analysis(options: Sequence[str], store: str) -> dict[str, Any]:
    """What runs in Ray's worker for a result."""
    return tapehead(["analyze", *options], {"TAPEHEAD_STORE": store})
