"""Who may talk to the studio: a browser on this machine that was given the token, and no page of anybody else's.

A server on 127.0.0.1 can be reached by every page that is open in the same browser, and by names that an attacker lets
point here.  So three things are asked of each request: its ``Host`` is ours, its ``Origin`` is ours where it has one,
and it brings the token, in the address once and in a cookie from then on.  The cookie is sent to no other site and
cannot be read by scripts.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGEST = 64 << 20
"""Bytes of a request at most: a picture that somebody drops in."""
LONGEST_ADDRESS = 2000
"""Letters of a path and what is asked in it: nothing here needs more, and a number of 5,000 digits is no number."""
_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'"
)
_ALWAYS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


class Guard:
    """Lets through what may come through; everything else is answered here."""

    def __init__(self, app: App, token: str, port: int) -> None:
        self.app, self._token = app, token
        self.hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        # cookies are not told apart by port: two studios would overwrite each other's
        self.cookie = f"tapehead-{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let through."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = self._refusal(scope, headers)
        if refusal:
            await _refuse(scope, receive, send, *refusal)
            return
        greeted = scope["type"] == "http" and scope["path"] == "/" and self._in_address(scope)

        async def framed(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_ALWAYS]
                if greeted:
                    cookie = f"{self.cookie}={self._token}; Path=/; HttpOnly; SameSite=Strict"
                    message["headers"].append((b"set-cookie", cookie.encode()))
            await send(message)

        await self.app(scope, _bounded(receive), framed)

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if host not in self.hosts:
            return 421, "this is the studio of one machine; open the address that `tapehead studio` printed"
        origin = headers.get("origin")
        if origin is not None and origin != f"http://{host}":
            return 403, "pages of other places may not talk to the studio"
        if not (self._in_cookie(headers) or self._in_address(scope)):
            return 401, "the token is missing; open the address that `tapehead studio` printed"
        if len(scope["path"]) + len(scope.get("query_string", b"")) > LONGEST_ADDRESS:
            return 414, f"no address here has more than {LONGEST_ADDRESS} characters"
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit() and len(length) < 20) or int(length) > LARGEST:
            return 413, f"that is larger than {LARGEST >> 20} MB"
        return None

    def _in_address(self, scope: Scope) -> bool:
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [""])
        return self._is_token(asked[0])

    def _in_cookie(self, headers: dict[str, str]) -> bool:
        jar: SimpleCookie = SimpleCookie()
        try:
            jar.load(headers.get("cookie", ""))
        except CookieError:
            return False
        return self.cookie in jar and self._is_token(jar[self.cookie].value)

    def _is_token(self, found: str) -> bool:
        return hmac.compare_digest(found.encode(), self._token.encode())


class TooLargeError(Exception):
    """More came than was announced, or may come."""


def _bounded(receive: Receive) -> Receive:
    """Counts what comes, whatever was announced."""
    came = 0

    async def counted() -> MutableMapping[str, Any]:
        nonlocal came
        message = await receive()
        came += len(message.get("body", b""))
        if came > LARGEST:
            raise TooLargeError
        return message

    return counted


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, why: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 4000 + status, "reason": why})
        return
    head = [(b"content-type", b"text/plain; charset=utf-8"), *_ALWAYS]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": f"{why}\n".encode()})
