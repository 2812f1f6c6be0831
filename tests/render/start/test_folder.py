"""`tapehead new`: whatever the folder is called, what is in it can be loaded, and nothing is overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.render.start.folder import TEMPLATES, files_of, title_of, write_episode
from tapehead.scenes.episode import load_episode


@pytest.mark.parametrize("name", ["my film", "Äpfel", "映画", "2nd", "class", 'say "hi"', "a\\b", "it's"])
def test_any_name_will_do(name: str, tmp_path: Path) -> None:
    folder = write_episode(tmp_path / name, files_of("plain"), title_of(tmp_path / name))
    episode = load_episode(folder)
    assert episode.title == name[0].upper() + name[1:]
    assert episode.script().lines
    assert "tapehead check" in (folder / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == [name], "nothing is left beside it"


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_can_be_loaded(template: str, tmp_path: Path) -> None:
    episode = load_episode(write_episode(tmp_path / "mine", files_of(template), "Mine"))
    assert episode.title == "Mine"
    assert {line.scene for line in episode.script().lines} == {scene.name for scene in episode.scenes}


def test_what_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "note.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds something"):
        write_episode(tmp_path / "full", files_of("plain"), "Full")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["note.txt"]
    (tmp_path / "empty").mkdir()
    assert write_episode(tmp_path / "empty", files_of("plain"), "Empty").is_dir()
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError):
        write_episode(tmp_path / "file", files_of("plain"), "File")


def test_an_unknown_template_is_told_what_there_is() -> None:
    with pytest.raises(UnknownNameError, match="lecture"):
        files_of("lectures")
