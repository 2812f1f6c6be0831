"""Who does the segments of a plan file: this machine's processes, or a Ray cluster.  Array jobs need no executor of
ours: each of them is `tapehead segment`, and `tapehead gather` does the rest.

All give the same bytes: a segment depends on the plan and on nothing of the machine that made it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.registry import AnalysisCall
from tapehead.render.cluster.plan_file import PlanFile
from tapehead.render.cluster.segments import Work
from tapehead.render.cluster.shared_store import SharedStore
from tapehead.render.workers.worker import SceneDone

NAMES = ("local", "ray")


class Executor(Protocol):
    """Finishes all segments of a plan; what it returns is in the shared's local store when it returns."""

    def analyses(
        self, options: Sequence[str], shared: SharedStore, logs: Path
    ) -> AbstractContextManager[Callable[[AnalysisCall], None] | None]:
        """Who makes results that want a GPU, for :func:`tapehead.render.film.make.prepare`; ``None``: whoever asks.

        ``options`` is what `tapehead analyze` is told beside the result's name.
        """
        ...

    def run(self, plan_file: PlanFile, shared: SharedStore, work: Work) -> dict[str, SceneDone]:
        """The finished scenes by name, in the plan's order.

        Raises:
            WorkerError: a scene failed, hung or was killed; the message is short and names the log.
            Interrupted: Ctrl-C.
        """
        ...


def executor_named(name: str) -> Executor:
    """``local``, ``ray`` (a cluster of this machine, for this film) or ``ray:ADDRESS``.

    Raises:
        UnknownNameError: there is none of that name.
        MissingPartError: its library is not installed.
    """
    kind, colon, address = name.partition(":")
    if kind not in NAMES:
        raise UnknownNameError("executor", kind, NAMES)
    if kind == "local":
        if colon:
            raise UsageError(f"the executor 'local' takes no address; got '{name}'")
        from tapehead.render.cluster.executors.local import Local

        return Local()
    from tapehead.render.cluster.executors.ray import Ray

    return Ray(address)
