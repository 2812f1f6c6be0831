"""Captions in other languages."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from tapehead.analysis.errors import UsageError
from tapehead.render.studio.answers.asking import body_of, text_of
from tapehead.render.studio.studio import Studio


class CaptionAnswers:
    """What is read."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio

    def routes(self) -> list[BaseRoute]:
        """What is answered, by address."""
        return [
            Route("/api/captions/{language}", self.captions),
            Route("/api/captions/{language}/edit", self.edit, methods=["POST"]),
            Route("/api/captions/{language}/{step}", self.step, methods=["POST"]),
        ]

    async def captions(self, request: Request) -> Response:
        """All captions of a language."""
        file = self.studio.captions.of(request.path_params["language"])
        return JSONResponse(await run_in_threadpool(file.to_data))

    async def edit(self, request: Request) -> Response:
        """The caption of a line is changed."""
        asked = await body_of(request)
        file = self.studio.captions.of(request.path_params["language"])
        words = text_of(asked, "state"), text_of(asked, "key"), text_of(asked, "text")
        return self._told(await run_in_threadpool(file.edit, *words))

    async def step(self, request: Request) -> Response:
        """A step back, or forth again."""
        asked = await body_of(request)
        file = self.studio.captions.of(request.path_params["language"])
        step = {"undo": file.undo, "redo": file.redo}.get(request.path_params["step"])
        if step is None:
            raise UsageError("captions can be edited, undone and redone")
        return self._told(await run_in_threadpool(step, text_of(asked, "state")))

    def _told(self, state: str) -> Response:
        self.studio.tell()
        return JSONResponse({"state": state})
