"""One film that is worked on: its drawing, its script and captions, its results, and what is made of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool

from tapehead.analysis.errors import TapeheadError, UsageError
from tapehead.render.film.preview import Stamps, changed, stamps_of
from tapehead.render.studio.captions_file import Captions
from tapehead.render.studio.desk import Desk, Now, described, without_places
from tapehead.render.studio.faults import of_a_check, placed
from tapehead.render.studio.jobs import DONE, RUNNING, Job, Process, python
from tapehead.render.studio.out import DRY_RUN, Workshop
from tapehead.render.studio.pictures import Pictures
from tapehead.render.studio.results import Shelf
from tapehead.render.studio.script_file import ScriptFile
from tapehead.render.studio.warm import Forge
from tapehead.scenes.episode import find_episode

DRAW, CHECK = "draw", "check"
_EVERY_S = 0.2
_SHARED_EVERY = 10
"""Looks at the film's folder for one at all of tapehead's code."""
_NOT_DRAWN = ("captions", "tapes")
"""Folders of a film whose files change no scene."""
_PICTURE = re.compile(r"picture: (?P<scene>[\w.-]{1,100})")


class Studio(Desk):
    """A film.

    Args:
        name: of an episode, or a folder.
        voice: who speaks while it is drawn.
        out: where films go.
        warm: keep a process that has Manim loaded, from which drawings are forked.
    """

    def __init__(self, name: str, voice: str, out: Path, warm: bool = False) -> None:
        self.episode = find_episode(name)
        self.name, self.voice, self.title = name, voice, self.episode.title
        self.film: dict[str, Any] | None = None
        self.pictures, self.shelf = Pictures(), Shelf()
        self.now: Now | None = None
        self.script = ScriptFile(self.episode.folder / "script.toml")
        self.captions = Captions(self.episode)
        self.forge = Forge() if warm else None
        self.checked: dict[str, Any] | None = None
        """What the last whole check found, and whether a file was saved since it began."""
        self._saved_since = False
        self._dry: dict[int, str] = {}
        """The package's stamp when a dry run ended, by job."""
        super().__init__(out, self.episode.folder / "tapes", (DRAW, CHECK), self._start)
        self.shop = Workshop(name, self.episode, voice, out, self.bench)

    @property
    def drawn(self) -> dict[str, Any]:
        """The film as it was drawn last.

        Raises:
            UsageError: it was not yet.
        """
        if self.film is None:
            raise UsageError("nothing is drawn yet")
        return self.film

    def draw(self) -> Job:
        """Draw what is not drawn, in a process that sees the code as it is now."""
        picture = self.out / self.episode.slug / "studio" / "now.png"
        words = (self.name, "--voice", self.voice, "--out", str(self.out), "--picture", str(picture))
        return self.jobs.add(DRAW, "draw the scenes", ("tapehead.render.studio.draw", *words), makes=False)

    def check(self) -> Job:
        """Look for all that is wrong with the episode, beside the queue."""
        self._saved_since = False
        return self.jobs.add(CHECK, "check the film", ("tapehead", "check", self.name, "--json"), makes=False)

    def draw_again(self) -> Job:
        """Draw what has just been saved, instead of what is being drawn of an older state."""
        for job in self.jobs.all():
            if job.kind == DRAW and job.state == RUNNING:
                self.jobs.stop(job.number)
        return self.draw()

    def make(self, kind: str, asked: Mapping[str, Any]) -> Job:
        """Queue the making of something.

        Raises:
            TapeheadError: it cannot be made, or not with these choices.
        """
        wanted = self.shop.wanted(kind, asked)
        return self.jobs.add(wanted.kind, wanted.title, ("tapehead", *wanted.words))

    def publish(self, dry: int, sure: str) -> Job:
        """Queue the sending of what a dry run has shown.

        Raises:
            UsageError: it was not shown, has changed since, or nobody is sure.
        """
        wanted = self.shop.publishing(self.jobs.find(dry), self._dry.get(dry, ""), sure)
        return self.jobs.add(wanted.kind, wanted.title, ("tapehead", *wanted.words))

    def state(self) -> dict[str, Any]:
        """All that a tab shows beside pictures and sounds."""
        now = self.now
        return {
            **super().state(),
            "mode": "film",
            "episode": self.episode.slug,
            "film": None if self.film is None else without_places(self.film),
            "script": self._script(),
            "captions": self.captions.languages(),
            "problems": [placed(each, self.film) for each in (self.film or {}).get("problems", ())],
            "checked": self.checked
            and {
                "old": self._saved_since,
                "problems": of_a_check(self.checked["problems"], self.film),
            },
            "now": None if now is None else {"scene": now.scene, "number": now.number},
            "package": bool(self.shop.package_stamp()),
            "publishable": [number for number, stamp in self._dry.items() if stamp],
        }

    def _script(self) -> dict[str, Any]:
        try:
            return self.script.to_data()
        except TapeheadError as error:
            return described(error)

    def _start(self, job: Job) -> Process:
        forked = self.forge.start(job.arguments[1:]) if job.kind == DRAW and self.forge is not None else None
        return forked or python(job.arguments)  # a process of its own, if the forge is gone

    def _about(self, job: Job) -> None:
        """Called by the jobs' threads."""
        if job.kind == DRAW:
            self._about_drawing(job)
        elif job.kind == CHECK:
            if isinstance(job.answer, dict) and isinstance(job.answer.get("problems"), list):
                self.checked = job.answer
        elif job.kind == DRY_RUN and job.state == DONE and job.number not in self._dry:
            self._dry[job.number] = self.shop.package_stamp()
        super()._about(job)

    def _about_drawing(self, job: Job) -> None:
        if job.state == DONE and isinstance(job.answer, dict):
            self.film = job.answer
        if job.state != RUNNING:
            self.now = None
        elif job.log and (found := _PICTURE.match(job.log[-1])):
            number = 0 if self.now is None else self.now.number
            path = self.out / self.episode.slug / "studio" / "now.png"
            self.now = Now(found["scene"], path, number + 1)

    async def watch(self) -> None:
        """Draw again whenever a file is saved, here or in any editor."""
        self._loop = asyncio.get_running_loop()
        own = await run_in_threadpool(self._own_stamps)
        shared = await run_in_threadpool(stamps_of, self.episode.folder)
        look = 0
        while True:
            await asyncio.sleep(_EVERY_S)
            look += 1
            now = await run_in_threadpool(self._own_stamps)
            saved, own = changed(own, now), now
            if look % _SHARED_EVERY == 0:
                all_of_it = await run_in_threadpool(stamps_of, self.episode.folder)
                elsewhere = {path for path in changed(shared, all_of_it) if path not in own}
                shared = all_of_it
                if elsewhere and self.forge is not None:  # it has the old code
                    await run_in_threadpool(self.forge.renew)
                saved |= elsewhere
            if any(path.parent.name not in _NOT_DRAWN for path in saved):
                await run_in_threadpool(self.draw_again)
            if saved:
                self._saved_since = True
                self.tell()

    def _own_stamps(self) -> Stamps:
        return stamps_of(self.episode.folder, shared=False)

    def begin(self) -> None:
        """Load what drawings need, and draw."""
        if self.forge is not None:
            self.forge.renew()
        self.draw()
        super().begin()

    def close(self) -> None:
        """End whatever runs."""
        super().close()
        if self.forge is not None:
            self.forge.close()
