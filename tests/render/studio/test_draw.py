"""A saved file is drawn anew, in a process that sees it; what is wrong is told by its own words."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tapehead.analysis.store import Store
from tapehead.render.film.make import Choices
from tapehead.render.progress import Reporter
from tapehead.render.quality import quality_named
from tapehead.render.studio.draw import drawn
from tapehead.render.studio.jobs import FAILED, Job
from tapehead.render.studio.pictures import Pictures
from tapehead.render.studio.server import Studio
from tapehead.scenes.episode import find_episode, load_episode

pytestmark = pytest.mark.long


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A copy of an episode, which one may change."""
    folder = tmp_path / "odd-copy"
    shutil.copytree(find_episode("odd-squares").folder, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def ended(job: Job, condition: Callable[[], bool] = lambda: True) -> None:
    ends = time.monotonic() + 300
    while job.state in ("waiting", "running") or not condition():
        assert time.monotonic() < ends, list(job.log)
        time.sleep(0.05)


def test_a_film_is_told_as_it_was_drawn(odd: Path, own_store: Any, tmp_path: Path) -> None:
    choices = Choices(quality_named("480p15"), 1, voice="none", out=tmp_path)
    film = drawn(load_episode(odd), choices, Store(), Reporter(quiet=True), tmp_path / "logs")
    assert [scene["name"] for scene in film["scenes"]] == ["corners", "verdict"]
    scene = film["scenes"][0]
    lines = {line["key"]: line for line in scene["lines"]}
    starts = {each["key"]: each["frame"] / film["fps"] for each in scene["moments"] if each["moment"] == "start"}
    assert {key: lines[key]["start"] for key in starts} == starts
    assert Pictures().as_in_the_film(film, "corners", scene["frames"] - 1).shape == (480, 854, 3)


def test_a_saved_scene_is_drawn_anew_and_an_error_shows_its_line(odd: Path, own_store: Any, tmp_path: Path) -> None:
    studio = Studio(str(odd), "none", tmp_path / "out")
    try:
        job = studio.draw()
        ended(job, lambda: studio.film is not None)
        assert studio.film is not None
        before = {scene["name"]: scene["master"] for scene in studio.film["scenes"]}
        scene = odd / "corners.py"
        written = scene.read_text()
        scene.write_text(
            written.replace("def construct(self) -> None:", "def construct(self) -> None:\n        self.nothing()", 1)
        )
        broken = studio.draw()
        ended(broken)
        assert broken.state == FAILED
        assert any("corners.py" in line for line in broken.log)
        assert {scene["name"]: scene["master"] for scene in studio.film["scenes"]} == before
        scene.write_text(written + "\n# one more comment\nHERE = 1\n")
        again = studio.draw()
        ended(again, lambda: studio.film is not None and studio.film["scenes"][0]["master"] != before["corners"])
    finally:
        studio.jobs.close()
