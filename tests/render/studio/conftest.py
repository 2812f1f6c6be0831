"""A film that is drawn, as the studio has it: two small scenes whose frames tell their number."""

from __future__ import annotations

import asyncio
import json
import wave
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tapehead.analysis.results import Result, quantity
from tapehead.analysis.store import Store
from tapehead.render.drawing.master import MasterWriter
from tapehead.render.studio.server import Studio, application

TOKEN, PORT = "a-token-of-the-tests", 8123
WIDTH, HEIGHT, FPS = 64, 36, 15
EPISODE = """
from tapehead.scenes.episode import Episode, SceneRef

EPISODE = Episode(title="Two <b>scenes</b>", scenes=(SceneRef("first", ".scene:First", "First"),))
"""
TEXT = "One cat, and <img src=x onerror=window.harm=1> then one dog."
SCRIPT = f"""[speakers.narrator]
rate = 155

[[line]]
key = "first.one"
text = "{TEXT}"
marks = {{ dog = "one dog" }}
"""


LEGS = np.arange(12.0).reshape(3, 4) - 5.0


def grey(index: int) -> np.ndarray:
    """The frame of that number: its grey says which it is."""
    return np.full((HEIGHT, WIDTH, 3), 3 * index, np.uint8)


@pytest.fixture
def film(tmp_path: Path) -> dict[str, Any]:
    """What :func:`tapehead.render.studio.draw.film_data` says of a drawn film."""
    scenes = []
    for name, frames in (("first", 30), ("second", 12)):
        master = tmp_path / "master" / name / "frames.tpf"
        with MasterWriter(master, WIDTH, HEIGHT, FPS) as writer:
            for index in range(frames):
                writer.write(grey(index))
        scenes.append(
            {
                "name": name, "title": name.title(), "master": str(master), "taped": True, "track": {},
                "frames": frames,
                "moments": [], "numbers": [], "places": [], "layout": [], "lines": [],
            }
        )  # fmt: skip
    sound = tmp_path / "speech.wav"
    with wave.open(str(sound), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes((8000 * np.sin(np.arange(12_000) / 5)).astype("<i2").tobytes())
    words = [{"text": word, "start": 0.2 * k, "end": 0.2 * k + 0.15} for k, word in enumerate(TEXT.split())]
    scenes[0]["moments"] = [{"key": "first.one", "moment": "dog", "frame": 12}]
    scenes[0]["layout"] = [{"frame": 21, "kind": "overlap", "what": "a <b>word</b> over a line"}]
    scenes[0]["lines"] = [
        {"key": "first.one", "speaker": "narrator", "text": TEXT, "start": 0.0, "seconds": 1.5, "audio": str(sound),
         "marks": {}, "words": words}
    ]  # fmt: skip
    scenes[0]["numbers"] = [
        {"source": "legs/count[1,2]", "value": 1.0, "spec": "", "shown": "1"},
        {"source": "legs/half[]", "value": 0.5, "spec": "", "shown": "0.5"},
    ]
    scenes[0]["places"] = [
        {"first": 3, "last": 9, "box": [0.25, 0.25, 0.5, 0.5], "numbers": [0]},
        {"first": 6, "last": 9, "box": [0.6, 0.6, 0.9, 0.8], "numbers": [0, 1]},
    ]
    labels = {"animal": ["cat", "<b>dog</b>", "owl"]}
    legs = Result(
        {
            "count": quantity(np.where(LEGS == 6, np.nan, LEGS), "animal", "day", unit="legs", labels=labels),
            "half": quantity(0.5),
        },
        facts={"note": "counted by hand"},
    )
    store = Store(tmp_path / "results")
    store.put_result("b" * 64, legs, {})
    entry = store.peek("result", "b" * 64)
    assert entry is not None
    axes = [{"name": "animal", "size": 3, "labels": labels["animal"]}, {"name": "day", "size": 4, "labels": []}]
    count = {"name": "count", "unit": "legs", "kind": "numbers", "axes": axes, "count": 12, "missing": 1}
    half = {"name": "half", "unit": "", "kind": "numbers", "axes": [], "count": 1, "missing": 0}
    result = {
        "id": "legs", "path": str(entry.path), "digest": entry.digest, "code": "two.legs:legs",
        "sentence": "Counts legs.",
        "run": {"analysis": "legs", "version": 2, "seed": 7}, "origin": "computed", "model": "", "citation": "",
        "facts": {"note": "counted by hand"}, "scenes": ["first"], "figures": [],
        "lines": [{"line": "first.one", "scene": "first", "said": "one", "source": "legs/count[1,2]"}],
        "quantities": [
            {**count, "least": -5.0, "most": 5.0, "n": "12", "control": "a table has four"},
            {**half, "least": 0.5, "most": 0.5, "n": "", "control": ""},
        ],
    }  # fmt: skip
    return {
        "results": [result],
        "episode": "two", "title": "Two", "fps": FPS, "width": WIDTH, "height": HEIGHT, "tape": "clean", "seed": 1,
        "scenes": scenes,
    }  # fmt: skip


@pytest.fixture
def studio(tmp_path: Path, film: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """A studio on an episode of the tests; nothing is drawn by it."""
    folder = tmp_path / "two"
    folder.mkdir()
    for name, text in (("episode.py", EPISODE), ("script.toml", SCRIPT), ("scene.py", '"""Not drawn here."""\n')):
        (folder / name).write_text(text, encoding="utf-8")
    made = Studio(str(folder), "none", tmp_path / "out")
    made.film = film
    yield made
    made.jobs.close()


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as data."""
        return json.loads(self.body)


class Client:
    """Calls the application as a server does, and can lie about everything that a browser says of itself."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def __call__(
        self,
        path: str,
        data: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        cookie: str = TOKEN,
        query: str = "",
        body: bytes | None = None,
    ) -> Answer:
        content = body if body is not None else b"" if data is None else json.dumps(data).encode()
        sent = {"host": f"127.0.0.1:{PORT}", "content-length": str(len(content))}
        if cookie:
            sent["cookie"] = f"tapehead-{PORT}={cookie}"
        sent |= headers or {}
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "path": path,
            "method": "GET" if data is None and body is None else "POST", "raw_path": path.encode(), "root_path": "",
            "query_string": query.encode(), "headers": [(k.encode(), v.encode()) for k, v in sent.items()],
            "client": ("127.0.0.1", 5), "server": ("127.0.0.1", PORT), "state": {},
        }  # fmt: skip
        told: list[Any] = []
        waiting = [{"type": "http.request", "body": content, "more_body": False}]

        async def receive() -> Any:
            if waiting:
                return waiting.pop()
            await asyncio.sleep(60)
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            told.append(message)

        # a browser that is driven from here has an event loop of its own on this thread
        with ThreadPoolExecutor(1) as pool:
            pool.submit(asyncio.run, self.app(scope, receive, send)).result()
        found = {name.decode(): value.decode() for name, value in told[0]["headers"]}
        return Answer(told[0]["status"], found, b"".join(each.get("body", b"") for each in told[1:]))


@pytest.fixture
def client(studio: Any) -> Client:
    """Talks to the studio; with the right token unless told otherwise."""
    return Client(application(studio, TOKEN, PORT))
