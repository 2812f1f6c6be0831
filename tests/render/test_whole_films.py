"""The real films, rendered whole.  Minutes each: `make test-long`."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import av
import pytest

from tapehead.analysis.store import Store
from tapehead.render.drawing.cues import MASTER
from tapehead.render.drawing.master import MasterReader
from tapehead.render.film.make import Choices, prepare, render
from tapehead.render.page.make import MOST, illustrated, make_page
from tapehead.render.progress import Reporter
from tapehead.render.quality import quality_named
from tapehead.render.sound import measure
from tapehead.scenes.episode import BUILT_IN, find_episode
from tests.films import REPORTS, films
from tests.render.test_empty_beats import beats, frames_of_master

pytestmark = [pytest.mark.long, pytest.mark.timeout(5400)]
ROOT = BUILT_IN.parent
MINUTES = {
    "linear-algebra": (8, 14),
    "sequence-circuits": (9, 12),
    "one-is-1": (6, 8),
    "puppet-show": (9, 13),
    "game-sales": (8, 11),
    "remembered-patterns": (6, 9),
    "friends": (6, 9),
    "intuitive-math": (11, 14),
    "pareidolia": (5, 8),
    "analogous-circuits": (8, 11),
    "editing": (7, 11),
    "gallery": (1.5, 2.1),
}


WHOLE_AGAIN = "linear-algebra"


def every_film() -> list[Any]:
    """Each takes many minutes: processes side by side share the films."""
    without = (*REPORTS, "odd-squares")  # rendered by other tests
    return [pytest.param(slug, marks=pytest.mark.xdist_group(f"whole film {slug}")) for slug in films(*without)]


@pytest.mark.parametrize("slug", every_film())
def test_a_whole_film(slug: str, tmp_path: Path) -> None:
    choices = Choices(quality_named("480p15"), out=tmp_path / "out", jobs=2)
    store, episode = Store(), find_episode(slug)
    film = render(episode, choices, store, Reporter(quiet=True))
    shortest, longest = MINUTES[slug]
    assert shortest * 60 <= film.duration_s <= longest * 60
    with av.open(str(film.path)) as container:
        frames = sum(1 for _ in container.decode(video=0))
    assert frames == round(film.duration_s * 15)
    sound = measure(film.path)
    assert abs(sound.lufs + 14) <= 1
    assert sound.true_peak_db <= -1
    record = json.loads((film.path.parent / "provenance.json").read_text())
    assert sum(len(scene["numbers"]) for scene in record["scenes"].values()) > 30
    assert film.files["chapters"].read_text().startswith("0:00 ")

    drawn = [
        (scene.name, store.get("master", scene.key))
        for scene in prepare(episode, choices, store, Reporter(quiet=True)).scenes
    ]
    looked_at = [(name, frames_of_master(MasterReader(entry.file(MASTER)))) for name, entry in drawn if entry]
    assert len(looked_at) == len(episode.scenes)
    assert not (empty := beats(looked_at, choices.quality.fps)), "\n".join(empty)

    page = make_page(episode, choices, store, Reporter(quiet=True), tmp_path / "page.html", film.path)
    assert page.size <= MOST
    text = page.path.read_text(encoding="utf-8")
    assert text.count('class="still"') == sum(
        len(illustrated([line.key for line in episode.script().lines if line.scene == scene.name]))
        for scene in episode.scenes
    ), "none was left out for the size"

    # Another store and another number of jobs make the same bytes: all of them for one film; for the others every
    # result, and the pictures of the scene in the middle.
    middle = "" if slug == WHOLE_AGAIN else episode.scenes[len(episode.scenes) // 2].name
    other = Choices(quality_named("480p15"), only=middle, out=tmp_path / "again", jobs=1)
    again = render(episode, other, Store(tmp_path / "store"), Reporter(quiet=True))
    if not middle:
        assert again.digests == film.digests
    assert again.digests["results"] == film.digests["results"]
    assert again.digests["frames"] and again.digests["frames"].items() <= film.digests["frames"].items()


@pytest.mark.xdist_group("whole film killed")
def test_killed_at_random_moments_the_film_is_the_same(tmp_path: Path) -> None:
    """Ten times `kill -9` on everything, then one undisturbed run that has to make the undisturbed film."""
    command = [
        sys.executable,
        "-m",
        "tapehead.render.commands.cli",
        "render",
        "odd-squares",
        "--quiet",
        "--json",
        "--voice",
        "none",
        "--jobs",
        "2",
    ]

    def start(store: Path, out: Path) -> subprocess.Popen[str]:
        env = os.environ | {"PYTHONPATH": str(ROOT), "TAPEHEAD_STORE": str(store)}
        full = [*command, "--out", str(out)]
        return subprocess.Popen(full, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True)

    began = time.monotonic()
    calm = start(tmp_path / "calm-store", tmp_path / "calm")
    wanted = json.loads(calm.communicate(timeout=300)[0])["digests"]
    length = time.monotonic() - began
    dice = random.Random(5)
    for _ in range(10):
        process = start(tmp_path / "store", tmp_path / "out")
        time.sleep(dice.uniform(0.1, length))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        for film in (tmp_path / "out").rglob("*.mp4"):
            with av.open(str(film)) as container:
                assert sum(1 for _ in container.decode(video=0)) > 0, "a final name is a finished file"
    last = start(tmp_path / "store", tmp_path / "out")
    assert json.loads(last.communicate(timeout=300)[0])["digests"] == wanted
