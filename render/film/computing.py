"""Results computed side by side: one process of one thread each, where several of them run on a model.

What a small network does in two threads takes hardly less time than in one; two results at once take half of it.  A
process finds its inputs in the store and leaves its result there, so what is computed here is what :func:`obtain` would
have computed, under the same keys.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from tapehead.analysis.errors import TapeheadError, WorkerError
from tapehead.analysis.interrupts import end_with, heard_by_parent_only, kill_all
from tapehead.analysis.leases import joined
from tapehead.analysis.registry import AnalysisCall, ModelChoice, Models, obtain, with_inputs
from tapehead.analysis.store import Store
from tapehead.analysis.threads import THREADS
from tapehead.scenes.episode import Episode, load_episode

_TICK_S = 0.5
_TUNABLES = "GLIBC_TUNABLES"
_KEPT = "glibc.malloc.mmap_threshold=33554432:glibc.malloc.trim_threshold=2147483648:glibc.malloc.hugetlb=1"
"""32 MiB is the most that glibc takes for the first: what is larger comes from the system and goes back to it."""

_models: dict[ModelChoice, Models] = {}
"""What this process has loaded, for its next result."""


def worth_it(calls: Iterable[AnalysisCall], choice: ModelChoice, jobs: int) -> bool:
    """Whether missing results are computed side by side.

    Two of them at least run on a model of ours and on the processor: a process that has loaded torch is there for
    seconds before it computes anything.  A model that the user chose may be of any size, and each process would hold a
    copy of it.
    """
    return jobs > 1 and not choice.name and choice.device == "cpu" and sum(bool(call.model) for call in calls) > 1


def compute_beside(
    episode: Episode,
    calls: Sequence[AnalysisCall],
    store: Store,
    seed: int,
    choice: ModelChoice,
    jobs: int,
    begun: Callable[[str], object] = lambda _id: None,
) -> None:
    """Leave the results of ``calls`` in the store, ``jobs`` at once; ``begun`` is told of each when it is begun.

    The caller holds a lease on the store.  ``calls`` are calls of the episode whose other inputs are kept.

    Raises:
        WorkerError: a process was killed.
        TapeheadError: what an analysis complains of; what was computed before stays.
    """
    waiting = {call.id: {i for i in call.inputs.values() if i in {each.id for each in calls}} for call in calls}
    order = sorted(waiting, key=lambda name: -_depth(name, waiting))  # stable: then as declared
    pool = ProcessPoolExecutor(
        min(jobs, len(calls)), multiprocessing.get_context("spawn"), initializer=_begin, initargs=(os.getpid(),)
    )
    running = dict[Future[tuple[type[TapeheadError], str] | None], str]()
    try:
        with store.leased() as lease:
            while running or order:
                for name in [name for name in order if not waiting[name]][: jobs - len(running)]:
                    order.remove(name)
                    begun(name)
                    asked = (episode.folder, name, seed, choice, store.root, str(lease or ""))
                    with heard_by_parent_only(), _memory_kept():  # the pool starts its processes when they are needed
                        running[pool.submit(_one, *asked)] = name
                finished, _ = wait(running, _TICK_S, FIRST_COMPLETED)
                for future in finished:
                    if failed := future.result():
                        raise failed[0](failed[1])
                    name = running.pop(future)
                    for needed in waiting.values():
                        needed.discard(name)
    except BrokenProcessPool:
        names = ", ".join(sorted(running.values()))
        raise WorkerError(
            f"a process that computed one of these results was killed, most likely for want of memory: {names}; run "
            "again with --jobs 1: what was computed is kept"
        ) from None
    except BaseException:
        kill_all(pool)
        raise
    pool.shutdown()


def _depth(name: str, needs: dict[str, set[str]]) -> int:
    """How many results wait for one another behind this one: the longest row is begun first."""
    return max((1 + _depth(other, needs) for other, needed in needs.items() if name in needed), default=0)


@contextlib.contextmanager
def _memory_kept() -> Iterator[None]:
    """Processes started within keep memory that they let go, and ask for it in large pages.

    A network's layers ask for megabytes and let them go again, hundreds of times a second.  As it comes, glibc gives
    them back to the system and the system clears every page anew, which is a tenth of the time of a small network.
    Other libraries of C know no such variable and read none.
    """
    before = os.environ.get(_TUNABLES)
    if before is None:
        os.environ[_TUNABLES] = _KEPT
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(_TUNABLES, None)


def _begin(parent: int) -> None:
    end_with(parent)
    os.environ.update(dict.fromkeys(THREADS, "1"))  # before anything of the kind is imported


def _one(
    folder: Path, name: str, seed: int, choice: ModelChoice, root: Path, lease: str
) -> tuple[type[TapeheadError], str] | None:
    """Compute a result into the store, or say what is wrong: not every error of ours can be sent as it is."""
    try:
        with joined(root, lease):
            episode = load_episode(folder)
            models = _models.setdefault(choice, Models(choice))
            obtain(with_inputs(episode.analyses, [name]), episode.package, Store(root), seed, choice, models=models)
    except TapeheadError as error:
        plain = next(kind for kind in type(error).__mro__ if kind.__init__ is Exception.__init__)  # type: ignore[misc]
        assert issubclass(plain, TapeheadError)
        return plain, str(error)
    return None
