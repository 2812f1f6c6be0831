"""Frames and sounds of the film, and where its numbers stand."""

from __future__ import annotations

from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from tapehead.analysis.errors import UsageError
from tapehead.render.studio.answers.asking import whole_of
from tapehead.render.studio.pictures import png, scene_of
from tapehead.render.studio.studio import Studio


class FilmAnswers:
    """The film as it was drawn last."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio

    def routes(self) -> list[BaseRoute]:
        """What is answered, by address."""
        return [
            Route("/api/frame/{scene}/{index:int}.png", self.frame),
            Route("/api/now.png", self.now),
            Route("/api/sound/{scene}/{key}.wav", self.sound),
            Route("/api/places/{scene}", self.places),
        ]

    async def frame(self, request: Request) -> Response:
        """A frame as the film has it, or as it was drawn; ``width`` makes it smaller."""
        film, scene, index = self.studio.drawn, request.path_params["scene"], request.path_params["index"]
        asked = request.query_params
        width = whole_of(asked.get("width", "0"), "width")
        picture = self.studio.pictures.frame if asked.get("tape") == "off" else self.studio.pictures.as_in_the_film
        content = await run_in_threadpool(lambda: png(picture(film, scene, index), width))
        return Response(content, media_type="image/png", headers={"cache-control": "private, max-age=3600"})

    async def now(self, _request: Request) -> Response:
        """A picture of what is being drawn."""
        if self.studio.now is None or not self.studio.now.path.is_file():
            raise UsageError("nothing is being drawn")
        content = await run_in_threadpool(self.studio.now.path.read_bytes)
        return Response(content, media_type="image/png", headers={"cache-control": "no-store"})

    async def sound(self, request: Request) -> Response:
        """What is heard of a line."""
        scene = scene_of(self.studio.drawn, request.path_params["scene"])
        for line in scene["lines"]:
            if line["key"] == request.path_params["key"] and line["audio"]:
                if not await run_in_threadpool(Path(line["audio"]).is_file):
                    raise UsageError("the sound of that line is gone from the store; draw again, and it is spoken anew")
                return FileResponse(line["audio"], headers={"cache-control": "no-store"})
        raise UsageError("that line has no sound")

    async def places(self, request: Request) -> Response:
        """Where the numbers of a scene stand."""
        return JSONResponse(scene_of(self.studio.drawn, request.path_params["scene"])["places"])
