"""What made a thing is in its key: every file and library of every stage, and nothing that somebody has to raise."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tapehead.analysis.sources import PACKAGE, source_of
from tapehead.render import identity as module
from tapehead.render.identity import ROOT, STAGES, Stage, files_of, identity
from tapehead.render.planning.film_plan import FilmPlan
from tapehead.render.planning.sources import scene_sources
from tapehead.render.quality import quality_named

CHANGES_NO_CONTENT = {
    "render/assets.py",
    "render/film/ahead.py",
    "render/film/computing.py",
    "render/film/layout.py",
    "render/film/length.py",
    "render/film/owner.py",
    "render/film/writable.py",
    "render/guard.py",
    "render/identity.py",
    "render/planning/brand.py",
    "render/planning/cards.py",
    "render/planning/costs.py",
    "render/planning/estimates.py",
    "render/planning/sources.py",
    "render/progress.py",
    "render/room.py",
    "render/words/dubbing.py",
    "render/workers/failures.py",
    "render/workers/logs.py",
    "render/workers/looks.py",
    "render/workers/pool.py",
    "render/workers/ready.py",
    "render/workers/schedule.py",
    "render/workers/tasks.py",
    "render/workers/warm.py",
    "render/workers/workshop.py",
    "render/youtube_rules.py",
}
"""Files between an episode and its film that decide when and where something is made, or what its key is; of brands,
cards and translated lines, what they say is in the plan."""
KEYED_BY_ITSELF = ("render/words/voice/", "render/tape_tool/")
"""Voices say for every line what it depends on; of the tool, whose own key is its journal's, the tape is compiled."""


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project's code somewhere where it may be changed."""
    for name in ("render", "assets/captions"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    module._digest.cache_clear()
    yield tmp_path
    module._digest.cache_clear()


def plan() -> FilmPlan:
    return FilmPlan(
        episode="x",
        title="X",
        package="x",
        folder="/x",
        quality=quality_named("480p15"),
        tape="clean",
        tape_identity={},
        voice={},
        seed=1,
        language="en",
        results={},
        scenes=(),
        whole=True,
    )


@pytest.mark.parametrize("name", STAGES)
def test_a_changed_file_of_any_stage_is_another_film(name: str, copied: Path) -> None:
    before, film = identity(*STAGES), plan().key
    for path in files_of(STAGES[name]):
        text = path.read_bytes()
        path.write_bytes(text + b"\n# 1\n")
        module._digest.cache_clear()
        assert identity(name)[name] != before[name], path
        assert plan().key != film, path
        path.write_bytes(text)
    module._digest.cache_clear()
    assert identity(*STAGES) == before
    assert plan().key == film


@pytest.mark.parametrize("name", [name for name, stage in STAGES.items() if stage.libraries])
def test_another_version_of_a_library_is_another_film(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before, film = identity(name), plan().key
    version = module.importlib.metadata.version
    for library in STAGES[name].libraries:
        monkeypatch.setattr(
            module.importlib.metadata, "version", lambda each, new=library: "0" if each == new else version(each)
        )
        module._digest.cache_clear()
        assert identity(name) != before, library
        assert plan().key != film, library
    monkeypatch.undo()
    module._digest.cache_clear()
    assert identity(name) == before


def test_a_new_file_in_a_stage_counts_at_once(copied: Path) -> None:
    before = identity("encoding")
    (copied / "render" / "encoding" / "new.py").write_text("x = 1\n")
    module._digest.cache_clear()
    assert identity("encoding") != before


def test_a_scene_is_drawn_again_when_the_drawing_code_changes(copied: Path, tmp_path: Path) -> None:
    folder = tmp_path / "episode"
    folder.mkdir()
    (folder / "act.py").write_text("x = 1\n")
    before = scene_sources(folder / "act.py", folder)
    resampling = copied / "render" / "drawing" / "resampling.py"
    resampling.write_bytes(resampling.read_bytes() + b"\n# 1\n")
    module._digest.cache_clear()
    assert scene_sources(folder / "act.py", folder) != before


def reached(*starts: Path) -> set[Path]:
    """The modules of ``render`` that these run by any import statement, those inside functions included."""
    found: set[Path] = set()
    waiting = list(starts)
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        for each in source_of(path).imports:
            if each.module.startswith(f"{PACKAGE}.render"):
                for name in (each.module, *(f"{each.module}.{given}" for given in each.names)):
                    place = ROOT.joinpath(*name.split(".")[1:])
                    waiting += [file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()]
    return found


def test_whatever_a_film_passes_through_is_in_a_stage() -> None:
    staged = {path for stage in STAGES.values() for path in files_of(stage)}
    run = reached(ROOT / "render" / "film" / "make.py", ROOT / "render" / "workers" / "worker.py")
    left = {path.relative_to(ROOT).as_posix() for path in run - staged if path.name != "__init__.py"}
    assert {name for name in left if not name.startswith(KEYED_BY_ITSELF)} == CHANGES_NO_CONTENT


def test_a_stage_whose_code_is_not_there_is_an_error() -> None:
    with pytest.raises(module.MissingPartError, match="render/nowhere"):
        files_of(Stage(("render/nowhere",)))
