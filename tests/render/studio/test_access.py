"""Nobody but a browser that was given the token talks to the studio."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tapehead.render.studio.access import LARGEST
from tapehead.render.studio.server import application

TOKEN, PORT = "a-token-of-the-tests", 8123


@pytest.mark.parametrize("path", ["/", "/api/state", "/studio.js", "/api/frame/first/0.png", "/nothing"])
def test_without_the_token_nothing_is_told(client: Any, path: str) -> None:
    for cookie in ("", "another", "a-token-of-the-test"):
        answer = client(path, cookie=cookie)
        assert answer.status == 401
        assert b"tapehead studio" in answer.body
        assert "set-cookie" not in answer.headers


def test_the_address_with_the_token_gives_the_cookie(client: Any) -> None:
    answer = client("/", cookie="", query="token=a-token-of-the-tests")
    assert answer.status == 200
    assert answer.headers["set-cookie"].startswith(f"tapehead-{PORT}=a-token-of-the-tests; ")
    assert "HttpOnly; SameSite=Strict" in answer.headers["set-cookie"]
    assert "set-cookie" not in client("/").headers


@pytest.mark.parametrize("host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:80", ""])
def test_names_that_point_here_are_refused(client: Any, host: str) -> None:
    assert client("/api/state", headers={"host": host}).status == 421


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1:8123", "http://127.0.0.1:8124"])
def test_pages_of_other_places_are_refused_though_the_cookie_came_along(client: Any, origin: str) -> None:
    before = client("/api/state").json()["script"]["state"]
    asked = {"state": before, "key": "first.one", "changes": {"text": "harm"}}
    assert client("/api/script/edit", asked, headers={"origin": origin}).status == 403
    assert client("/api/state").json()["script"]["state"] == before


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"origin": "http://evil.example"}, 4403),
        ({"host": "evil.example"}, 4421),
        ({"cookie": f"tapehead-{PORT}=another"}, 4401),
    ],
)
def test_a_socket_of_somebody_else_is_closed_before_it_hears_anything(
    studio: Any, headers: dict[str, str], code: int
) -> None:
    host = f"127.0.0.1:{PORT}"
    given = {"host": host, "origin": f"http://{host}", "cookie": f"tapehead-{PORT}={TOKEN}"} | headers
    scope = {
        "type": "websocket", "path": "/api/live", "query_string": b"", "subprotocols": [],
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }  # fmt: skip
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    with ThreadPoolExecutor(
        1
    ) as pool:  # a browser that is driven from here has an event loop of its own on this thread
        pool.submit(asyncio.run, application(studio, TOKEN, PORT)(scope, receive, send)).result()
    assert [(message["type"], message.get("code")) for message in sent] == [("websocket.close", code)]


def test_its_own_pages_are_let_through(client: Any) -> None:
    assert client("/api/state", headers={"origin": f"http://127.0.0.1:{PORT}"}).status == 200


@pytest.mark.parametrize("length", [str(LARGEST + 1), "-1", "many", "²", "9" * 5000])
def test_a_huge_drop_is_refused_before_it_is_read(client: Any, length: str) -> None:
    assert client("/api/tape", {}, headers={"content-length": length}).status == 413


def test_more_than_was_announced_is_refused(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tapehead.render.studio.access.LARGEST", 1000)
    assert client("/api/tape", body=b"x" * 1001, headers={"content-length": "5"}).status == 413


@pytest.mark.parametrize("path", ["/api/jobs/{}/stop", "/api/frame/first/{}.png", "/api/own/{}/0.png", "/{}"])
def test_a_number_of_thousands_of_digits_is_refused_before_it_is_read(client: Any, path: str) -> None:
    assert client(path.format("9" * 5000)).status == 414
    assert client("/api/state", query="token=" + "x" * 5000).status in (401, 414)
    assert client(path.format("9" * 40)).status in (400, 404, 405)


@pytest.mark.parametrize(
    "path",
    [
        "/../server.py",
        "/%2e%2e/server.py",
        "/..%2fserver.py",
        "/dist/../../server.py",
        "//etc/passwd",
        "/src/main.js",
        "/studio.js\0.html",
    ],
)
def test_no_path_leads_out_of_what_was_built(client: Any, path: str) -> None:
    answer = client(path)
    assert answer.status == 404
    assert b"import" not in answer.body


def test_every_answer_says_that_scripts_of_others_do_not_run(client: Any) -> None:
    for path in ("/", "/api/state", "/nothing"):
        headers = client(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
