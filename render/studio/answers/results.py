"""Results of the film, their numbers along axes, and where a number is from."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from tapehead.render.studio.answers.asking import whole_of
from tapehead.render.studio.studio import Studio


class ResultAnswers:
    """What the film's pictures and words were read from."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio

    def routes(self) -> list[BaseRoute]:
        """What is answered, by address."""
        return [
            Route("/api/results", self.results),
            Route("/api/results/{result}/{array}", self.numbers),
            Route("/api/number", self.where_from),
        ]

    async def results(self, _request: Request) -> Response:
        """Every result of the film, without its numbers."""
        results = self.studio.drawn["results"]
        return JSONResponse([{name: each[name] for name in each if name != "path"} for each in results])

    async def numbers(self, request: Request) -> Response:
        """Numbers of a result along axes; ``at.AXIS`` is a place along another one."""
        film, asked, names = self.studio.drawn, request.query_params, request.path_params
        at = {key.removeprefix("at."): whole_of(value, key) for key, value in asked.items() if key.startswith("at.")}
        which = names["result"], names["array"], asked.get("along", ""), asked.get("by", "")
        return JSONResponse(await run_in_threadpool(self.studio.shelf.numbers, film, *which, at))

    async def where_from(self, request: Request) -> Response:
        """All that is told of one number."""
        film, source = self.studio.drawn, request.query_params.get("source", "")
        return JSONResponse(await run_in_threadpool(self.studio.shelf.where_from, film, source))
