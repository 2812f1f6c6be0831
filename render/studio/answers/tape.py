"""Tapes on a frame of the film or on a user's own footage: settings, stills, measurements, presets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from tapehead.analysis.errors import UsageError
from tapehead.render.studio.answers.asking import body_of, table_of, text_of, whole_of
from tapehead.render.studio.desk import Desk
from tapehead.render.studio.measured import Measured
from tapehead.render.studio.pictures import png
from tapehead.render.studio.studio import Studio
from tapehead.render.tape.settings import EVENT_KINDS
from tapehead.render.tape.stage import Tape

SEED = 1
"""Of what is played of a user's own footage."""


class TapeAnswers:
    """What tapes do."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._measured = Measured()

    def routes(self) -> list[BaseRoute]:
        """What is answered, by address."""
        return [
            Route("/api/tapes", self.tapes),
            Route("/api/tapes/{preset}", self.settings),
            Route("/api/tape", self.through, methods=["POST"]),
            Route("/api/tape/sound", self.sound, methods=["POST"]),
            Route("/api/tape/measure", self.measure, methods=["POST"]),
            Route("/api/tape/save", self.save, methods=["POST"]),
            Route("/api/tape/apply", self.apply, methods=["POST"]),
            Route("/api/own", self.drop, methods=["POST"]),
            Route("/api/own/{number:int}/{index:int}.png", self.own),
        ]

    async def tapes(self, _request: Request) -> Response:
        """The presets that come with tapehead, and the user's own."""
        return JSONResponse(await run_in_threadpool(self.desk.bench.presets))

    async def settings(self, request: Request) -> Response:
        """The settings of a preset."""
        return JSONResponse(settings_of(self.desk.bench.tape(request.path_params["preset"], {})))

    async def through(self, request: Request) -> Response:
        """A frame through a tape with these settings; ``width`` makes it smaller."""
        asked = await body_of(request)
        tape = self.desk.bench.tape(text_of(asked, "preset"), table_of(asked))
        width = _number(asked, "width", 0)
        content = await run_in_threadpool(lambda: png(self._played(asked, tape), width))
        return Response(content, media_type="image/png")

    def _played(self, asked: Mapping[str, Any], tape: Tape) -> Any:
        index = _number(asked, "frame")
        if "own" in asked:
            source = self.desk.bench.source(_number(asked, "own"))
            frame = self.desk.bench.frame(source.number, index)
            return tape.apply(frame, index, source.fps or 30, SEED)
        if not isinstance(self.desk, Studio):
            raise UsageError("'own' is missing: the number of the footage")
        return self.desk.pictures.through(self.desk.drawn, text_of(asked, "scene"), index, tape)

    async def sound(self, request: Request) -> Response:
        """A stretch of footage's sound, from a frame on: through a tape, or without a preset as it is."""
        asked = await body_of(request)
        tape = self.desk.bench.tape(text_of(asked, "preset"), table_of(asked)) if "preset" in asked else None
        own, index = _number(asked, "own"), _number(asked, "frame")
        content = await run_in_threadpool(self.desk.bench.sound, own, index, tape, SEED)
        return Response(content, media_type="audio/wav", headers={"cache-control": "no-store"})

    async def measure(self, request: Request) -> Response:
        """What is measured of a tape."""
        asked = await body_of(request)
        tape = self.desk.bench.tape(text_of(asked, "preset"), table_of(asked))
        return JSONResponse(await run_in_threadpool(self._measured.of, tape))

    async def save(self, request: Request) -> Response:
        """Settings become a preset file."""
        asked = await body_of(request)
        name, title, preset = text_of(asked, "name"), text_of(asked, "title"), text_of(asked, "preset")
        over = asked.get("over") is True
        path = await run_in_threadpool(self.desk.bench.save, name, title, preset, table_of(asked), over)
        self.desk.tell()
        return JSONResponse({"name": path.name, "folder": path.parent.name})

    async def apply(self, request: Request) -> Response:
        """A whole video or picture is put on tape."""
        asked = await body_of(request)
        job = self.desk.put_on_tape(_number(asked, "own"), text_of(asked, "preset"), table_of(asked))
        return JSONResponse(job.to_data())

    async def drop(self, request: Request) -> Response:
        """Footage is dropped in; how large it may be is the guard's business."""
        name = request.query_params.get("name", "")
        content = await request.body()
        if not content:
            raise UsageError("the file is empty")
        source = await run_in_threadpool(self.desk.bench.take, name or "own", content)
        self.desk.tell()
        return JSONResponse(source.to_data())

    async def own(self, request: Request) -> Response:
        """A frame of footage as it is."""
        number, index = request.path_params["number"], request.path_params["index"]
        width = whole_of(request.query_params.get("width", "0"), "width")
        content = await run_in_threadpool(lambda: png(self.desk.bench.frame(number, index), width))
        return Response(content, media_type="image/png", headers={"cache-control": "private, max-age=3600"})


def settings_of(tape: Tape) -> dict[str, Any]:
    """A tape's settings as `tapehead tape describe` has them."""
    known, different = tape.settings.known if tape.settings else {}, tape.settings.differing() if tape.settings else ()
    rows = [
        {
            "id": key,
            "label": setting.label,
            "kind": setting.kind,
            "unit": setting.unit,
            "range": setting.range,
            "choices": list(EVENT_KINDS if setting.kind == "events" else setting.choices),
            "value": tape.settings[key],
            "help": setting.help,
            "allowed": setting.allowed(),
            "none": setting.none,
            "easy": setting.easy or key in different,
        }
        for key, setting in known.items()
    ]
    return {"name": tape.preset.name, "title": tape.preset.title, "effect": tape.preset.effect, "settings": rows}


def _number(asked: Mapping[str, Any], name: str, otherwise: int | None = None) -> int:
    value = asked.get(name, otherwise)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise UsageError(f"'{name}' is missing, or no number")
    return value
