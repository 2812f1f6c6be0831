"""Processes of this machine, as `tapehead render` has them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from tapehead.render.cluster.plan_file import PlanFile
from tapehead.render.cluster.segments import Work, leave_receipt, need_inputs
from tapehead.render.cluster.shared_store import SharedStore
from tapehead.render.film.make import begin
from tapehead.render.workers.pool import run_scenes
from tapehead.render.workers.worker import SceneDone


class Local:
    """All scenes at once through the pool, so that chunks of one fill the gaps of others."""

    def analyses(self, options: Sequence[str], shared: SharedStore, logs: Path) -> AbstractContextManager[None]:
        """See :class:`tapehead.render.cluster.executors.Executor`: what this machine has is used by whoever asks."""
        return nullcontext()

    def run(self, plan_file: PlanFile, shared: SharedStore, work: Work) -> dict[str, SceneDone]:
        """See :class:`tapehead.render.cluster.executors.Executor`."""
        need_inputs(plan_file, shared)
        plan = plan_file.plan(shared.local.root)
        for index, scene in enumerate(plan.scenes):
            plan_file.check_code(index)
            shared.pull("master", scene.key)
        begin(plan, work.logs, shared.local, work.reporter)
        done = run_scenes(plan, shared.local.root, work.jobs, work.logs, work.told, work.reporter.warn, work.limits)
        for index, scene in enumerate(plan.scenes):
            made = done[scene.name]
            shared.push("master", made.master)
            for key in made.chunks:
                shared.push("chunk", key)
            leave_receipt(plan_file, index, made, shared)
        return done
