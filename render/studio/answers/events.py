"""All that a tab shows, and the word that something of it is new."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tapehead.render.studio.desk import Desk


class EventAnswers:
    """What keeps tabs alike."""

    def __init__(self, desk: Desk) -> None:
        self.studio = desk

    def routes(self) -> list[BaseRoute]:
        """What is answered, by address."""
        return [Route("/api/state", self.state), WebSocketRoute("/api/events", self.events)]

    async def state(self, _request: Request) -> Response:
        """All that a tab shows beside pictures and sounds."""
        return JSONResponse(await run_in_threadpool(self.studio.state))

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


async def _end_of(socket: WebSocket) -> None:
    """Wait until the tab is gone; what it says is not listened to."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
