"""What several tabs look at together: a queue of jobs, tapes and footage, and who is to be told of what is new."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import TapeheadError, UsageError
from tapehead.analysis.store import digest_of
from tapehead.render.studio.bench import Bench, Source
from tapehead.render.studio.jobs import Job, Jobs, Process, python
from tapehead.render.studio.warmth import Warmth


class Desk:
    """Tapes, footage and the queue: all that ``tapehead tape gui`` has, and what a film's studio has beside the film.

    Args:
        out: where whatever is made goes.
        presets: the folder of the user's own presets.
        beside: kinds of jobs that wait for nobody else.
        start: begins a job's process.
    """

    title = "tape"

    def __init__(
        self,
        out: Path,
        presets: Path,
        beside: Sequence[str] = (),
        start: Callable[[Job], Process] = lambda job: python(job.arguments),
    ) -> None:
        self.out = out
        self.listeners: set[asyncio.Queue[dict[str, Any]]] = set()
        self.bench = Bench(presets)
        self._loop: asyncio.AbstractEventLoop | None = None
        self.jobs = Jobs(self._about, beside, start)
        self.warmth = Warmth(self.tell_from_elsewhere)

    def state(self) -> dict[str, Any]:
        """All that a tab shows beside pictures and sounds."""
        return {
            "mode": "tape",
            "tape_ready": self.warmth.ready,
            "title": self.title,
            "film": None,
            "jobs": self.jobs.to_data(),
            "own": [each.to_data() for each in self.bench.sources()],
            "presets": self.bench.presets(),
        }

    def put_on_tape(self, own: int, preset: str, changes: Mapping[str, Any]) -> Job:
        """Put a whole video or picture on tape.

        Raises:
            TapeheadError: there is no such footage or preset, or a setting does not fit.
        """
        source = self.bench.source(own)
        kept = self.bench.kept(preset, changes)
        target = self._free(source)
        words = ("still" if source.is_picture else "apply", str(source.path), str(target), "--preset", str(kept))
        return self.jobs.add("tape", f"{source.name} on tape", ("tapehead", "tape", *words, "--json"))

    def _free(self, source: Source) -> Path:
        """A name that nothing has yet."""
        stem, ending = Path(source.name).stem[:80] or "own", ".png" if source.is_picture else ".mp4"
        taken = {each for job in self.jobs.all() for each in job.arguments}
        for number in range(1, 10_000):
            path = self.out / "tape" / f"{stem}-{number}{ending}"
            if not path.exists() and str(path) not in taken:
                return path
        raise UsageError(f"{self.out / 'tape'} is full of {stem}-…{ending}; remove some")

    def _about(self, job: Job) -> None:
        """Called by the jobs' threads."""
        self.tell_from_elsewhere()

    def tell_from_elsewhere(self) -> None:
        """:meth:`tell`, from a thread that is not the server's."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self.tell)

    def tell(self) -> None:
        """Say to all tabs that something is new; each asks for the state once, however often it is told."""
        for listener in self.listeners:
            if listener.empty():
                listener.put_nowait({"changed": True})

    async def watch(self) -> None:
        """Until the studio ends."""
        self._loop = asyncio.get_running_loop()
        await asyncio.Event().wait()

    def begin(self) -> None:
        """What is to be done once the first tab may come."""
        self.warmth.begin()

    def close(self) -> None:
        """End whatever runs."""
        self.jobs.close()
        self.warmth.close()
        self.bench.close()


def described(error: TapeheadError) -> dict[str, Any]:
    """A fault instead of what was asked for."""
    return {"error": str(error), "lines": [], "state": ""}


def without_places(film: Mapping[str, Any]) -> dict[str, Any]:
    """A film as the page gets it: where files lie on this machine stays here."""
    scenes = []
    for scene in film["scenes"]:
        lines = [
            {name: value for name, value in line.items() if name != "audio"} | {"heard": bool(line["audio"])}
            for line in scene["lines"]
        ]
        less = {"lines": lines, "master": scene["master"].split("/")[-2], "track": None, "places": None}
        scenes.append({**scene, **less})
    # results are asked for by themselves: they are long, and seldom new
    return {**film, "scenes": scenes, "results": digest_of([each["digest"] for each in film["results"]])}


@dataclass(frozen=True)
class Now:
    """A picture of what is being drawn: its scene, where it lies, and how many there were before."""

    scene: str
    path: Path
    number: int
