"""What is made of the film: jobs are begun, stopped, and what they have made is handed out."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from tapehead.analysis.errors import UsageError
from tapehead.render.studio.answers.asking import body_of, text_of
from tapehead.render.studio.desk import Desk
from tapehead.render.studio.out import DRY_RUN
from tapehead.render.studio.studio import Studio


class JobAnswers:
    """The queue: jobs are stopped, and what they have made is handed out."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[BaseRoute]:
        """What is answered, by address."""
        return [
            Route("/api/jobs/{number:int}/stop", self.stop, methods=["POST"]),
            Route("/api/jobs/{number:int}/files/{place:int}", self.file),
        ]

    async def stop(self, request: Request) -> Response:
        """A job is to be stopped."""
        await run_in_threadpool(self.desk.jobs.stop, request.path_params["number"])
        return JSONResponse({})

    async def file(self, request: Request) -> Response:
        """A file that a job has made; never shown in the page, since it may be a page itself."""
        job, place = self.desk.jobs.find(request.path_params["number"]), request.path_params["place"]
        files = job.files if job else []
        out = self.desk.out.resolve()
        if place >= len(files) or not (path := files[place].resolve()).is_relative_to(out) or not path.is_file():
            raise UsageError("that job has made no such file, or it is gone by now")
        return FileResponse(path, filename=path.name, headers={"cache-control": "no-store"})


class OutAnswers:
    """What a film can be made into."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio

    def routes(self) -> list[BaseRoute]:
        """What is answered, by address."""
        return [
            Route("/api/draw", self.draw, methods=["POST"]),
            Route("/api/check", self.check, methods=["POST"]),
            Route("/api/make/{kind}", self.make, methods=["POST"]),
            Route("/api/publish", self.publish, methods=["POST"]),
            Route("/api/jobs/{number:int}/dry", self.dry),
        ]

    async def draw(self, _request: Request) -> Response:
        """The scenes are to be drawn."""
        return JSONResponse(self.studio.draw().to_data())

    async def check(self, _request: Request) -> Response:
        """All that is wrong with the episode is to be found."""
        return JSONResponse(self.studio.check().to_data())

    async def make(self, request: Request) -> Response:
        """Something is to be made of the film."""
        asked = await body_of(request)
        return JSONResponse(self.studio.make(request.path_params["kind"], asked).to_data())

    async def publish(self, request: Request) -> Response:
        """What a dry run has shown is to be sent."""
        asked = await body_of(request)
        number = asked.get("dry")
        if not isinstance(number, int) or isinstance(number, bool):
            raise UsageError("'dry' is missing: the number of the dry run that was looked at")
        return JSONResponse(self.studio.publish(number, text_of(asked, "sure")).to_data())

    async def dry(self, request: Request) -> Response:
        """What would be sent, as a dry run has found it."""
        job = self.studio.jobs.find(request.path_params["number"])
        if job is None or job.kind != DRY_RUN or not isinstance(job.answer, dict):
            raise UsageError("that is no dry run which has ended")
        return JSONResponse(job.answer)
