"""Films that flash are not made: in a scene, across a cut, and when they were allowed before."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tapehead.analysis.errors import ResultError
from tapehead.analysis.store import Store
from tapehead.render.encoding.video import encode_pictures
from tapehead.render.film.flashes import FilmFlash, allowed, flashes_of
from tapehead.render.film.make import Choices, Film, render
from tapehead.render.flashes.meter import Flash
from tapehead.render.progress import Reporter
from tapehead.render.quality import quality_named
from tapehead.render.tape import tape_named
from tapehead.scenes.episode import find_episode

FPS = 30


def grey(values: list[int]) -> list[tuple[np.ndarray, int]]:
    return [(np.full((72, 128, 3), value, np.uint8), 1) for value in values]


def film_of(tmp_path: Path, scenes: list[list[int]], flashes: dict[int, Flash] | None = None):
    """A plan, what was done and a store, of scenes whose pictures are plain grey."""
    for number, values in enumerate(scenes):
        (tmp_path / f"{number}").mkdir()
        encode_pictures(grey(values), tmp_path / f"{number}" / "chunk.mp4", 128, 72, FPS, tape_named("clean"), 0)
    plan = SimpleNamespace(
        quality=SimpleNamespace(fps=FPS), scenes=[SimpleNamespace(name=f"s{n}") for n in range(len(scenes))]
    )
    done = {
        f"s{n}": SimpleNamespace(
            chunks=(f"{n}",),
            starts=(0,),
            frames=len(values),
            flashes=(flashes[n],) if flashes and n in flashes else (),
        )
        for n, values in enumerate(scenes)
    }
    return plan, done, SimpleNamespace(place=lambda kind, key: tmp_path / key)


def flicker(changes: int) -> list[int]:
    return [v for k in range(changes + 1) for v in [(20, 220)[k % 2]] * 2]


def test_flashes_across_a_cut_are_found_where_each_scene_alone_is_safe(tmp_path: Path) -> None:
    calm = [20] * 30
    before, after = calm + flicker(4), flicker(5)[2:] + calm
    (found,) = flashes_of(*film_of(tmp_path, [before, after]))
    assert (found.kind, found.scene) == ("general", "s1")
    assert found.start_s < len(before) / FPS < found.end_s


def test_a_cut_between_calm_scenes_is_no_flash(tmp_path: Path) -> None:
    assert flashes_of(*film_of(tmp_path, [[20] * 40, [220] * 10, [20] * 40])) == ()


def test_times_are_the_films_and_a_known_flash_is_told_once(tmp_path: Path) -> None:
    strobe = [20] * 15 + flicker(20)
    own = Flash("general", 0.0, len(strobe) / FPS, 1.0)
    found = flashes_of(*film_of(tmp_path, [[20] * 45, strobe, [20] * 30], {1: own}))
    assert [(f.scene, f.start_s) for f in found] == [("s1", 1.5)]


def test_what_is_allowed_is_warned_about() -> None:
    flash = FilmFlash("hook", "red", 65.0, 66.25, 0.5)
    said: list[str] = []
    allowed((), False, said.append)
    allowed((flash,), True, said.append)
    assert said == ["the film flashes: 1:05.0 to 1:06.2: red, 50% of the field (scene hook)"]
    with pytest.raises(ResultError, match=r"1:05\.0 to 1:06\.2: red.*scene hook(?s:.*)--allow-flashes"):
        allowed((flash,), False, said.append)


EPISODE = """
from tapehead.scenes.episode import Episode, SceneRef

EPISODE = Episode(slug="strobe", title="Strobe", scenes=(SceneRef("lights", ".lights:Lights", "Lights"),))
"""
LIGHTS = """
from manim import Rectangle

from tapehead.scenes.stage.base import StageScene


class Lights(StageScene):
    def construct(self):
        light = Rectangle(width=10, height=7, fill_opacity=1)
        for _ in range(6):
            self.add(light)
            self.hold(0.1)
            self.remove(light)
            self.hold(0.1)
"""


def test_a_film_that_flashes_is_not_made_unless_allowed(tmp_path: Path) -> None:
    folder = tmp_path / "strobe"
    folder.mkdir()
    for name, text in (
        ("__init__.py", '"""A test."""\n'),
        ("episode.py", EPISODE),
        ("lights.py", LIGHTS),
        ("script.toml", 'language = "en"\n'),
    ):
        (folder / name).write_text(text)
    store, episode = Store(tmp_path / "store"), find_episode(str(folder))

    def make(**options) -> Film:
        choices = Choices(quality_named("480p15"), jobs=1, voice="none", out=tmp_path / "out", **options)
        return render(episode, choices, store, Reporter(quiet=True))

    with pytest.raises(ResultError, match=r"0:00\.\d to 0:01\.\d: general.*scene lights"):
        make()
    assert not list((tmp_path / "out").rglob("*.mp4"))
    film = make(allow_flashes=True)
    record = json.loads(film.files["provenance"].read_text())
    assert [flash["kind"] for flash in record["flashes"]] == ["general"]
    assert make(allow_flashes=True).flashes == film.flashes
    with pytest.raises(ResultError, match="would flash"):  # it lies there finished, and is still not safe
        make()
