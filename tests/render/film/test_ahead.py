"""Scenes are drawn while other scenes' lines are still spoken, and what comes out is the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tapehead.analysis.errors import EpisodeError, WorkerError
from tapehead.analysis.store import Store
from tapehead.render.film import prepare
from tapehead.render.film.ahead import Ahead
from tapehead.render.film.make import Choices, Film, render
from tapehead.render.progress import Reporter
from tapehead.render.quality import quality_named
from tapehead.render.words.narration import narrate
from tapehead.scenes.episode import find_episode
from tapehead.scenes.script import Line, Script, Speaker
from tests.render.film.waiting_voice import Waiting


def script() -> Script:
    keys = ("one.a", "one.b", "two.a", "two.b", "three.a")
    lines = tuple(Line(key, "narrator", f"Line {key}.") for key in keys)
    return Script(Path("script.toml"), "en", {"narrator": Speaker("narrator")}, {}, lines)


class Plans:
    """Stands for plans and drawing: which scenes were planned with which lines, and a file for each that was drawn."""

    def __init__(self, folder: Path, fails: str = "") -> None:
        self.folder, self.fails, self.planned = folder, fails, list[tuple[str, tuple[str, ...]]]()

    def plan(self, lines: Mapping[str, Any], scene: str) -> Any:
        self.planned.append((scene, tuple(lines)))
        if self.fails == "plan":
            raise EpisodeError("no such module")
        return scene

    def draw(self, plan: Any, still_wanted: Any) -> Any:
        still_wanted()
        if self.fails == plan:
            raise WorkerError(f"scene '{plan}' is broken")
        (self.folder / plan).touch()
        return {}


def test_a_scene_is_drawn_before_the_last_line_is_spoken(tmp_path: Path) -> None:
    plans, voice = Plans(tmp_path), Waiting("three.a", f"{tmp_path}/two")
    with Ahead(plans.draw, 1).by(plans.plan) as ahead:
        spoken = narrate(script(), voice, Store(tmp_path / "store"), jobs=2, meanwhile=ahead)
    assert plans.planned[0] == ("", ()), "all scenes are looked at before any is drawn"
    assert ("two", ("two.a", "two.b")) in plans.planned
    assert list(spoken) == [line.key for line in script().lines]
    after = narrate(script(), Waiting("", ""), Store(tmp_path / "other"), jobs=1)
    assert [line.words for line in spoken.values()] == [line.words for line in after.values()]


def test_what_is_there_already_is_drawn_first(tmp_path: Path) -> None:
    store, plans = Store(tmp_path / "store"), Plans(tmp_path)
    narrate(script(), Waiting("", ""), store, scene="three")
    with Ahead(plans.draw, 1).by(plans.plan) as ahead:
        narrate(script(), Waiting("two.b", f"{tmp_path}/three"), store, jobs=2, meanwhile=ahead)
    assert [scene for scene, _ in plans.planned][:2] == ["", "three"]


@pytest.mark.parametrize(("fails", "error"), [("one", WorkerError), ("plan", EpisodeError)])
def test_what_cannot_be_drawn_ends_the_speaking(tmp_path: Path, fails: str, error: type[Exception]) -> None:
    plans = Plans(tmp_path, fails)
    with Ahead(plans.draw, 1).by(plans.plan) as ahead, pytest.raises(error):
        narrate(script(), Waiting("three.a", f"{tmp_path}/never"), Store(tmp_path / "store"), jobs=2, meanwhile=ahead)


def test_one_process_speaks_first_and_draws_then(tmp_path: Path) -> None:
    plans = Plans(tmp_path)
    with Ahead(plans.draw, 0).by(plans.plan) as ahead:
        narrate(script(), Waiting("", ""), Store(tmp_path / "store"), jobs=1, meanwhile=ahead)
    assert not plans.planned


@pytest.mark.long
def test_a_film_is_the_same_however_early_its_scenes_were_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd, quality = find_episode("odd-squares"), quality_named("480p15")
    last = odd.script().lines[-1].key

    def film(place: str, sign: str, jobs: int) -> Film:
        monkeypatch.setattr(prepare, "voice_for", lambda *_: Waiting(last, sign))
        choices = Choices(quality, jobs=jobs, out=tmp_path / place)
        return render(odd, choices, Store(tmp_path / f"{place}-store"), Reporter(quiet=True))

    ahead = film("ahead", f"{tmp_path}/ahead-store/master/*/*/entry.json", 2)
    after = film("after", "", 1)
    assert ahead.drawn == after.drawn == tuple(scene.name for scene in odd.scenes)
    assert ahead.digests == after.digests
    assert json.loads(ahead.files["provenance"].read_text()) == json.loads(after.files["provenance"].read_text())
