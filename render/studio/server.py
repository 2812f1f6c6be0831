"""What the studio's page asks for: a small web application for one film, on this machine only.

Everything that takes long is a job (:mod:`tapehead.render.studio.jobs`); everything that changes is told to all open
tabs over one WebSocket, so that two tabs on one film see the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from tapehead.analysis.errors import TapeheadError, UsageError
from tapehead.render.film.preview import changed, stamps_of
from tapehead.render.studio.access import Guard, TooLargeError
from tapehead.render.studio.jobs import DONE, Job, Jobs
from tapehead.render.studio.pictures import Pictures, png, scene_of
from tapehead.render.studio.script_file import ChangedOnDiskError, ScriptFile
from tapehead.render.tape import tape_named, tape_names
from tapehead.scenes.episode import Episode, find_episode

WEB = Path(__file__).with_name("web") / "dist"
"""The page, as Vite built it from ``web/src``."""
DRAW, RENDER = "draw", "render"
_EVERY_S = 0.5
_LARGEST_EDIT = 1 << 20


@dataclass
class Studio:
    """One film that is worked on."""

    name: str
    voice: str
    out: Path
    film: dict[str, Any] | None = None
    listeners: set[asyncio.Queue[dict[str, Any]]] = field(default_factory=set)
    pictures: Pictures = field(default_factory=Pictures)

    def __post_init__(self) -> None:
        self.episode: Episode = find_episode(self.name)
        self.script = ScriptFile(self.episode.folder / "script.toml")
        self.jobs = Jobs(self._about)
        self._loop: asyncio.AbstractEventLoop | None = None

    def draw(self) -> Job:
        """Draw what is not drawn, in a process that sees the code as it is now."""
        asked = (self.name, "--voice", self.voice, "--out", str(self.out))
        return self.jobs.add(DRAW, "draw the scenes", ("tapehead.render.studio.draw", *asked))

    def render(self, quality: str, tape: str) -> Job:
        """Render the film.

        Raises:
            TapeheadError: no such quality or tape.
        """
        from tapehead.render.quality import quality_named

        quality_named(quality)
        tape_named(tape)
        asked = ("render", self.name, "--quality", quality, "--tape", tape, "--voice", self.voice)
        return self.jobs.add(RENDER, f"render at {quality}", ("tapehead", *asked, "--out", str(self.out), "--json"))

    def state(self) -> dict[str, Any]:
        """All that a tab shows beside pictures and sounds."""
        return {
            "episode": self.episode.slug,
            "title": self.episode.title,
            "film": None if self.film is None else _without_places(self.film),
            "script": self._script(),
            "jobs": [job.to_data() for job in self.jobs.all()],
        }

    def _script(self) -> dict[str, Any]:
        try:
            return self.script.to_data()
        except TapeheadError as error:
            return {"error": str(error), "lines": [], "state": ""}

    def _about(self, job: Job) -> None:
        """Called by the jobs' thread."""
        if job.kind == DRAW and job.state == DONE and isinstance(job.answer, dict):
            self.film = job.answer
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self.tell)

    def tell(self) -> None:
        """Say to all tabs that something is new; each asks for the state once, however often it is told."""
        for listener in self.listeners:
            if listener.empty():
                listener.put_nowait({"changed": True})

    async def watch(self) -> None:
        """Draw again whenever a file is saved, here or in any editor."""
        self._loop = asyncio.get_running_loop()
        stamps = await run_in_threadpool(stamps_of, self.episode.folder)
        while True:
            await asyncio.sleep(_EVERY_S)
            now = await run_in_threadpool(stamps_of, self.episode.folder)
            if changed(stamps, now):
                stamps = now
                self.draw()
                self.tell()


def _without_places(film: dict[str, Any]) -> dict[str, Any]:
    """A film as the page gets it: where files lie on this machine stays here."""
    scenes = []
    for scene in film["scenes"]:
        lines = [{name: value for name, value in line.items() if name != "audio"} for line in scene["lines"]]
        scenes.append({**scene, "lines": lines, "master": scene["master"].split("/")[-2], "track": None})
    return {**film, "scenes": scenes}


class Answers:
    """What is answered, by address; faults are those of the package, and become answers in :func:`application`."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio

    async def state(self, _request: Request) -> Response:
        """All that a tab shows beside pictures and sounds."""
        return JSONResponse(await run_in_threadpool(self.studio.state))

    async def frame(self, request: Request) -> Response:
        """A frame as the film has it, or as it was drawn; ``width`` makes it smaller."""
        film, scene, index = _film(self.studio), request.path_params["scene"], request.path_params["index"]
        asked = request.query_params
        width = _whole(asked.get("width", "0"), "width")
        picture = self.studio.pictures.frame if asked.get("tape") == "off" else self.studio.pictures.as_in_the_film
        content = await run_in_threadpool(lambda: png(picture(film, scene, index), width))
        return Response(content, media_type="image/png", headers={"cache-control": "private, max-age=3600"})

    async def sound(self, request: Request) -> Response:
        """What is heard of a line."""
        scene = scene_of(_film(self.studio), request.path_params["scene"])
        for line in scene["lines"]:
            if line["key"] == request.path_params["key"] and line["audio"]:
                return FileResponse(line["audio"], headers={"cache-control": "no-store"})
        raise UsageError("that line has no sound")

    async def edit(self, request: Request) -> Response:
        """Fields of a line are changed."""
        asked = await _asked(request)
        new = await run_in_threadpool(
            self.studio.script.edit, _text(asked, "state"), _text(asked, "key"), _table(asked)
        )
        return _told(self.studio, new)

    async def pronounce(self, request: Request) -> Response:
        """How a word is spoken is changed."""
        asked = await _asked(request)
        words = (_text(asked, "state"), _text(asked, "word"), _text(asked, "said"))
        return _told(self.studio, await run_in_threadpool(self.studio.script.pronounce, *words))

    async def undo(self, request: Request) -> Response:
        """A step back, or forth again."""
        asked = await _asked(request)
        steps = {"undo": self.studio.script.undo, "redo": self.studio.script.redo}
        step = steps.get(request.path_params["step"])
        if step is None:
            raise UsageError("a script can be edited, undone and redone")
        return _told(self.studio, await run_in_threadpool(step, _text(asked, "state")))

    async def tapes(self, _request: Request) -> Response:
        """The presets that come with tapehead."""
        return JSONResponse([{"name": name, "title": tape_named(name).preset.title} for name in tape_names()])

    async def settings(self, request: Request) -> Response:
        """The settings of a preset."""
        return JSONResponse(settings_of(request.path_params["preset"]))

    async def through(self, request: Request) -> Response:
        """A frame through a tape with these settings."""
        asked, film = await _asked(request), _film(self.studio)
        scene, preset = _text(asked, "scene"), _text(asked, "preset")
        index = asked.get("frame")
        if not isinstance(index, int):
            raise UsageError("'frame' is missing")
        changes = _table(asked)
        content = await run_in_threadpool(
            lambda: png(self.studio.pictures.through(film, scene, index, preset, changes))
        )
        return Response(content, media_type="image/png")

    async def draw(self, _request: Request) -> Response:
        """The scenes are to be drawn."""
        return JSONResponse(self.studio.draw().to_data())

    async def render(self, request: Request) -> Response:
        """The film is to be rendered."""
        asked = await _asked(request)
        return JSONResponse(self.studio.render(_text(asked, "quality"), _text(asked, "tape")).to_data())

    async def stop(self, request: Request) -> Response:
        """A job is to be stopped."""
        await run_in_threadpool(self.studio.jobs.stop, request.path_params["number"])
        return JSONResponse({})

    async def page(self, _request: Request) -> Response:
        """The page itself."""
        return FileResponse(WEB / "index.html", headers={"cache-control": "no-store"})

    async def events(self, socket: WebSocket) -> None:
        """Tells a tab whenever something is new."""
        await socket.accept()
        listener: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.studio.listeners.add(listener)
        ended = asyncio.create_task(_end_of(socket))
        try:
            while not ended.done():
                told = asyncio.create_task(listener.get())
                await asyncio.wait({told, ended}, return_when=asyncio.FIRST_COMPLETED)
                if told.done():
                    await socket.send_json(told.result())
                else:
                    told.cancel()
        except WebSocketDisconnect:
            pass
        finally:
            ended.cancel()
            self.studio.listeners.discard(listener)


def application(studio: Studio, token: str, port: int) -> Guard:
    """The web application behind its guard."""
    answers = Answers(studio)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        watching = asyncio.create_task(studio.watch())
        studio.draw()
        yield
        watching.cancel()
        await run_in_threadpool(studio.jobs.close)

    routes = [
        Route("/", answers.page),
        Route("/api/state", answers.state),
        Route("/api/frame/{scene}/{index:int}.png", answers.frame),
        Route("/api/sound/{scene}/{key}.wav", answers.sound),
        Route("/api/script/edit", answers.edit, methods=["POST"]),
        Route("/api/script/pronounce", answers.pronounce, methods=["POST"]),
        Route("/api/script/{step}", answers.undo, methods=["POST"]),
        Route("/api/tapes", answers.tapes),
        Route("/api/tapes/{preset}", answers.settings),
        Route("/api/tape", answers.through, methods=["POST"]),
        Route("/api/draw", answers.draw, methods=["POST"]),
        Route("/api/render", answers.render, methods=["POST"]),
        Route("/api/jobs/{number:int}/stop", answers.stop, methods=["POST"]),
        WebSocketRoute("/api/events", answers.events),
        Mount("/", StaticFiles(directory=WEB)),
    ]
    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers={ChangedOnDiskError: _conflict, TapeheadError: _complaint, TooLargeError: _too_large},
    )
    return Guard(app, token, port)


def settings_of(name: str) -> dict[str, Any]:
    """A preset's settings as `tapehead tape describe` has them.

    Raises:
        UnknownNameError: there is no such preset.
    """
    tape = tape_named(name)
    known, different = tape.settings.known if tape.settings else {}, tape.settings.differing() if tape.settings else ()
    rows = [
        {
            "id": key,
            "label": setting.label,
            "kind": setting.kind,
            "unit": setting.unit,
            "range": setting.range,
            "choices": list(setting.choices),
            "value": tape.settings[key],
            "help": setting.help,
            "allowed": setting.allowed(),
            "easy": setting.easy or key in different,
        }
        for key, setting in known.items()
    ]
    return {"name": name, "title": tape.preset.title, "settings": rows}


async def _end_of(socket: WebSocket) -> None:
    """Wait until the tab is gone; what it says is not listened to."""
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            await socket.receive_text()


def _film(studio: Studio) -> dict[str, Any]:
    if studio.film is None:
        raise UsageError("nothing is drawn yet")
    return studio.film


def _told(studio: Studio, state: str) -> Response:
    studio.tell()
    return JSONResponse({"state": state})


async def _asked(request: Request) -> dict[str, Any]:
    body = await request.body()
    if len(body) > _LARGEST_EDIT:
        raise UsageError(f"that is larger than {_LARGEST_EDIT >> 20} MB")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise UsageError("the request is not JSON") from None
    if not isinstance(found, dict):
        raise UsageError("the request is no object")
    return found


def _text(asked: dict[str, Any], name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str):
        raise UsageError(f"'{name}' is missing")
    return value


def _table(asked: dict[str, Any]) -> dict[str, Any]:
    value = asked.get("changes", {})
    if not isinstance(value, dict):
        raise UsageError("'changes' is no object")
    return value


def _whole(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        raise UsageError(f"'{name}' is no number")
    return int(text)


async def _conflict(_request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error), "conflict": True}, status_code=409)


async def _complaint(_request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, status_code=400)


async def _too_large(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"error": "that is too large"}, status_code=413)
