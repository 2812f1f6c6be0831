"""One film: what is being drawn is shown, a newer save stops an older drawing, captions and presets draw nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tapehead.render.studio import studio as studio_module
from tapehead.render.studio.jobs import DONE, RUNNING, STOPPED, Job
from tapehead.render.studio.studio import DRAW


def test_a_picture_of_what_is_being_drawn_is_shown_until_it_is_drawn(client: Any, studio: Any, film: Any) -> None:
    assert client("/api/now.png").status == 400
    job = Job(1, DRAW, "", (), RUNNING)
    picture = studio.out / studio.episode.slug / "studio" / "now.png"
    for line in ("speak: 50%", "picture: first"):
        job.log.append(line)
        studio._about(job)
    assert client("/api/state").json()["now"] == {"scene": "first", "number": 1}
    assert client("/api/now.png").status == 400  # it is told of, and not there yet
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_bytes(b"a picture")
    assert client("/api/now.png").body == b"a picture"
    job.state, job.answer = DONE, {**film, "title": "Another"}
    studio._about(job)
    state = client("/api/state").json()
    assert (state["now"], state["film"]["title"]) == (None, "Another")


def test_a_newer_save_stops_an_older_drawing_and_nothing_else(studio: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    old, film = Job(1, DRAW, "", ("x",), RUNNING), Job(2, "render", "", ("y",), RUNNING)
    studio.jobs._jobs += [old, film]
    added: list[str] = []
    monkeypatch.setattr(studio.jobs, "add", lambda kind, *_words, **_more: added.append(kind))
    studio.draw_again()
    assert (old.state, film.state, added) == (STOPPED, RUNNING, [DRAW])


@pytest.mark.parametrize(
    ("name", "draws"), [("scene.py", True), ("script.toml", True), ("captions/de.toml", False), ("tapes/x.json", False)]
)
def test_only_what_changes_a_scene_is_drawn(
    studio: Any, monkeypatch: pytest.MonkeyPatch, name: str, draws: bool
) -> None:
    drawn: list[bool] = []
    told: list[bool] = []
    monkeypatch.setattr(studio, "draw_again", lambda: drawn.append(True))
    monkeypatch.setattr(studio, "tell", lambda: told.append(True))
    monkeypatch.setattr(studio_module, "_EVERY_S", 0.02)
    monkeypatch.setattr(studio_module, "_SHARED_EVERY", 10**9)

    async def saved() -> None:
        watching = asyncio.create_task(studio.watch())
        await begun(lambda: studio._loop is not None)
        await asyncio.sleep(0.5)
        path = studio.episode.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("# saved")
        await begun(lambda: bool(told))
        watching.cancel()

    # a browser that another test drives from here has an event loop of its own on this thread
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, saved()).result()
    assert bool(drawn) == draws


async def begun(condition: Callable[[], bool]) -> None:
    for _ in range(3000):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError


def test_without_a_forge_a_drawing_is_a_process_of_its_own(studio: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        def start(self, _words: Any) -> None:
            return None

        def close(self) -> None:
            return None

    started: list[Any] = []
    studio.forge = Gone()
    monkeypatch.setattr(studio_module, "python", lambda arguments: started.append(arguments) or "a process")
    assert studio._start(Job(1, DRAW, "", ("tapehead.render.studio.draw", "film"))) == "a process"
    assert started == [("tapehead.render.studio.draw", "film")]
