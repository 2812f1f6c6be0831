"""A scene's key follows the code that it runs, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tapehead.analysis.errors import EpisodeError
from tapehead.render.planning.sources import ROOT, closure, scene_sources


@pytest.fixture
def episode(tmp_path: Path) -> Path:
    (tmp_path / "act.py").write_text(
        "from tapehead.scenes.stage.base import StageScene\nfrom .parts import x\nimport os\n"
    )
    (tmp_path / "other.py").write_text("y = 1\n")
    (tmp_path / "parts.py").write_text("x = 1\n")
    return tmp_path


def test_closure_follows_our_imports_only(episode: Path) -> None:
    files = closure(episode / "act.py")
    assert {episode / "act.py", episode / "parts.py", ROOT / "scenes/stage/base.py"} <= files
    assert ROOT / "analysis/results.py" in files, "what the stage imports counts too"
    assert episode / "other.py" not in files
    assert all("site-packages" not in str(path) for path in files)


def test_another_act_does_not_matter(episode: Path) -> None:
    before = scene_sources(episode / "act.py", episode)
    (episode / "other.py").write_text("y = 2\n")
    assert scene_sources(episode / "act.py", episode) == before
    (episode / "parts.py").write_text("x = 2\n")
    assert scene_sources(episode / "act.py", episode) != before


def test_a_syntax_error_has_file_and_line(episode: Path) -> None:
    (episode / "parts.py").write_text("x = (\n")
    with pytest.raises(EpisodeError, match=r"parts\.py:1"):
        closure(episode / "act.py")
