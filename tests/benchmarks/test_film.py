"""The film that the benchmark puts together is one: its scenes import what is there."""

from __future__ import annotations

from pathlib import Path

from tapehead.analysis.sources import closure
from tapehead.scenes.episode import load_episode
from tests.benchmarks.film import KINDS, copied_film


def test_the_scenes_of_the_benchmark_find_what_they_import(tmp_path: Path) -> None:
    names = list(KINDS.values())
    folder = copied_film(tmp_path / "film_benchmark", names)
    episode = load_episode(folder)
    assert sorted(scene.name for scene in episode.scenes) == sorted(names)
    for scene in episode.scenes:
        module = folder / f"{scene.target.lstrip('.').partition(':')[0]}.py"
        inside = {path for path in closure(module, folder) if path.is_relative_to(folder)}
        assert module in inside
