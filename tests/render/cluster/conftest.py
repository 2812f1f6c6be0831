"""A small film of two scenes, one of two chunks and one of one, and its undisturbed digests."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tapehead.analysis.store import Store
from tapehead.render.cluster.plan_file import PlanFile, freeze
from tapehead.render.film.make import Choices, prepare, render
from tapehead.render.planning.film_plan import FilmPlan
from tapehead.render.progress import Reporter
from tapehead.render.quality import Quality
from tapehead.scenes.episode import BUILT_IN, Episode, load_episode

TINY = Quality("tiny", 160, 90, 15)


@dataclass(frozen=True)
class Small:
    """The film as `tapehead render` makes it, and its plan, written before anything was drawn."""

    episode: Episode
    plan: FilmPlan
    plan_file: PlanFile
    file: Path
    digests: dict[str, Any]
    provenance: dict[str, Any]
    store: Path

    def fresh(self, root: Path) -> Store:
        """Another store with the inputs and nothing else."""
        for kind in ("result", "voice"):
            shutil.copytree(self.store / kind, root / kind)
        return Store(root)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    folder = tmp_path_factory.mktemp("small")
    place = folder / "slow_squares"
    shutil.copytree(BUILT_IN / "odd_squares", place, ignore=shutil.ignore_patterns("__pycache__"))
    script = place / "script.toml"
    script.write_text(script.read_text().replace("pause = 0.5", "pause = 5.0").replace("pause = 0.8", "pause = 5.5"))
    episode = load_episode(place)
    choices = Choices(TINY, 2, voice="none", out=folder / "out")
    store = Store(folder / "store")
    plan = prepare(episode, choices, store, Reporter(quiet=True))
    plan_file = freeze(plan, store)
    film = render(episode, choices, store, Reporter(quiet=True))
    file = folder / "plan.json"
    file.write_text(plan_file.text())
    record = json.loads(film.files["provenance"].read_text())
    return Small(episode, plan, plan_file, file, dict(film.digests), record, store.root)
