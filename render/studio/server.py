"""What the studio's page asks for: a small web application for one film, on this machine only.

Everything that takes long is a job (:mod:`tapehead.render.studio.jobs`); everything that changes is told to all open
tabs over one WebSocket, so that two tabs on one film see the same.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from tapehead.analysis.errors import TapeheadError
from tapehead.render.studio.access import Guard, TooLargeError
from tapehead.render.studio.answers.captions import CaptionAnswers
from tapehead.render.studio.answers.events import EventAnswers
from tapehead.render.studio.answers.film import FilmAnswers
from tapehead.render.studio.answers.out import JobAnswers, OutAnswers
from tapehead.render.studio.answers.results import ResultAnswers
from tapehead.render.studio.answers.tape import TapeAnswers
from tapehead.render.studio.answers.words import WordAnswers
from tapehead.render.studio.bench import ThereError
from tapehead.render.studio.desk import Desk
from tapehead.render.studio.edited_file import ChangedOnDiskError
from tapehead.render.studio.studio import Studio

__all__ = ["WEB", "Desk", "Studio", "application"]

WEB = Path(__file__).with_name("web") / "dist"
"""The page, as Vite built it from ``web/src``."""


def application(desk: Desk, token: str, port: int) -> Guard:
    """The web application behind its guard."""

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        watching = asyncio.create_task(desk.watch())
        desk.begin()
        yield
        watching.cancel()
        await run_in_threadpool(desk.close)

    routes: list[BaseRoute] = [
        Route("/", _page),
        *EventAnswers(desk).routes(),
        *TapeAnswers(desk).routes(),
        *JobAnswers(desk).routes(),
    ]
    if isinstance(desk, Studio):
        routes += FilmAnswers(desk).routes() + ResultAnswers(desk).routes()
        routes += WordAnswers(desk).routes() + CaptionAnswers(desk).routes() + OutAnswers(desk).routes()
    routes.append(Mount("/", StaticFiles(directory=WEB)))
    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers={
            ChangedOnDiskError: _conflict,
            ThereError: _conflict,
            TapeheadError: _complaint,
            TooLargeError: _too_large,
        },
    )
    return Guard(app, token, port)


async def _page(_request: Request) -> Response:
    return FileResponse(WEB / "index.html", headers={"cache-control": "no-store"})


async def _conflict(_request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error), "conflict": True}, status_code=409)


async def _complaint(_request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, status_code=400)


async def _too_large(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"error": "that is too large"}, status_code=413)
