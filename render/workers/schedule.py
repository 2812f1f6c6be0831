"""Which task comes next: scenes longest first, then their chunks, and the sound as soon as all lengths are known."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tapehead.render.planning.costs import Costs
from tapehead.render.planning.estimates import longest_first
from tapehead.render.planning.film_plan import FilmPlan
from tapehead.render.workers.tasks import Draw, Encode, Mix, Task
from tapehead.render.workers.worker import Chunk, Drawn, SceneDone, chunks_of, scene_done


@dataclass
class _Scene:
    """What is known of a scene so far."""

    drawn: Drawn | None = None
    missing: int = 0
    chunks: list[Chunk] = field(default_factory=list)
    frames: dict[Task, int] = field(default_factory=dict)


class Schedule:
    """The tasks of a plan in the order in which they are given out, and what came back.

    A scene can only be drawn from its beginning to its end, so drawing goes first: what is left for the end is chunks
    of some seconds, and no core waits for another for longer than one of these takes.
    """

    def __init__(self, plan: FilmPlan, costs: Costs, picture: Path | None, *, encode: bool, sound: bool) -> None:
        self._plan, self._costs, self._encode, self._sound = plan, costs, encode, sound
        self._scenes = [_Scene() for _ in plan.scenes]
        self.waiting: list[Task] = [Draw(index, str(picture or "")) for index in longest_first(plan, costs)]

    def reached(self, task: Task, frames: int) -> None:
        """A task that goes on has finished so many frames."""
        if not isinstance(task, Mix):
            self._scenes[task.scene].frames[task] = frames

    def finished(self, task: Task, payload: Drawn | Chunk | float) -> None:
        """A worker has done a task; its report is what :func:`~tapehead.render.workers.worker.main` sends."""
        match task, payload:
            case Draw(), Drawn():
                self._drawn(task, payload)
            case Encode(), Chunk():
                self._encoded(task, payload)
            case Mix(), float():
                if payload:
                    self._costs.mixed(payload)
            case _:
                raise TypeError(f"{task} cannot have made {payload!r}")

    def _drawn(self, task: Draw, drawn: Drawn) -> None:
        scene = self._scenes[task.scene]
        scene.drawn = drawn
        scene.frames[task] = drawn.frames
        if drawn.now:
            self._costs.drawn(task.scene, drawn.seconds)
        if not self._encode:
            return
        cut = chunks_of(drawn.frames, self._plan.quality.fps)
        scene.missing = len(cut)
        self.waiting.extend(Encode(task.scene, first, last) for first, last in cut)
        self.waiting.sort(key=lambda each: not isinstance(each, Draw))  # stable: each kind stays in its order
        if self._sound and all(each.drawn for each in self._scenes):
            # All that the sound needs is known, and it takes long enough to be begun before the last chunks.
            self.waiting.insert(0, Mix(tuple(each.drawn.frames for each in self._scenes if each.drawn)))

    def _encoded(self, task: Encode, chunk: Chunk) -> None:
        scene = self._scenes[task.scene]
        scene.chunks.append(chunk)
        scene.missing -= 1
        scene.frames[task] = task.last - task.first
        if chunk.now:
            self._costs.encoded(task.scene, chunk.seconds, task.last - task.first)

    def frames(self) -> dict[str, int]:
        """Finished frames by scene.  Where scenes are encoded too, drawing and encoding count half each."""
        share = 2 if self._encode else 1
        return {
            scene.name: sum(known.frames.values()) // share
            for scene, known in zip(self._plan.scenes, self._scenes, strict=True)
        }

    def done(self) -> dict[str, SceneDone]:
        """All scenes by name, in the plan's order, once every task is done."""
        made = {}
        for scene, known in zip(self._plan.scenes, self._scenes, strict=True):
            assert known.drawn is not None and not known.missing, "all tasks are done"
            made[scene.name] = scene_done(self._plan, scene, known.drawn, known.chunks)
        return made
