"""The script: its lines are edited, undone and redone."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from tapehead.analysis.errors import UsageError
from tapehead.render.studio.answers.asking import body_of, table_of, text_of
from tapehead.render.studio.studio import Studio


class WordAnswers:
    """What is said."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio

    def routes(self) -> list[BaseRoute]:
        """What is answered, by address."""
        return [
            Route("/api/script/edit", self.edit, methods=["POST"]),
            Route("/api/script/pronounce", self.pronounce, methods=["POST"]),
            Route("/api/script/{step}", self.undo, methods=["POST"]),
        ]

    async def edit(self, request: Request) -> Response:
        """Fields of a line are changed."""
        asked = await body_of(request)
        new = await run_in_threadpool(
            self.studio.script.edit, text_of(asked, "state"), text_of(asked, "key"), table_of(asked)
        )
        return self._told(new)

    async def pronounce(self, request: Request) -> Response:
        """How a word is spoken is changed."""
        asked = await body_of(request)
        words = (text_of(asked, "state"), text_of(asked, "word"), text_of(asked, "said"))
        return self._told(await run_in_threadpool(self.studio.script.pronounce, *words))

    async def undo(self, request: Request) -> Response:
        """A step back, or forth again."""
        asked = await body_of(request)
        steps = {"undo": self.studio.script.undo, "redo": self.studio.script.redo}
        step = steps.get(request.path_params["step"])
        if step is None:
            raise UsageError("a script can be edited, undone and redone")
        return self._told(await run_in_threadpool(step, text_of(asked, "state")))

    def _told(self, state: str) -> Response:
        self.studio.tell()
        return JSONResponse({"state": state})
