"""A folder called `logs` beside a film may be the user's: nothing in it is written over or removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tapehead.analysis.errors import EpisodeError
from tapehead.render.workers.logs import MARK, remove_logs, write_log
from tapehead.scenes.episode import Episode, SceneRef


def test_logs_of_ours_go_without_a_trace(tmp_path: Path) -> None:
    path = write_log(tmp_path / "out" / "logs", "scene", "what happened")
    assert Path(path).read_text() == "what happened"
    write_log(tmp_path / "out" / "logs", "scene", "again")
    assert Path(path).read_text() == "again"
    assert (tmp_path / "out" / "logs" / MARK).is_file()
    remove_logs(tmp_path / "out" / "logs")
    assert list((tmp_path / "out").iterdir()) == []
    remove_logs(tmp_path / "out" / "logs")


def test_a_folder_of_somebody_else_stays_as_it_is(tmp_path: Path) -> None:
    theirs = tmp_path / "logs"
    theirs.mkdir()
    (theirs / "scene.log").write_text("precious")
    path = write_log(theirs, "scene", "what happened")
    assert Path(path) == tmp_path / "tapehead-logs" / "scene.log"
    remove_logs(theirs)
    assert (theirs / "scene.log").read_text() == "precious"
    assert [each.name for each in tmp_path.iterdir()] == ["logs"]


def test_what_somebody_put_into_ours_stays(tmp_path: Path) -> None:
    write_log(tmp_path / "logs", "scene", "x")
    (tmp_path / "logs" / "notes.txt").write_text("precious")
    remove_logs(tmp_path / "logs")
    assert [each.name for each in (tmp_path / "logs").iterdir()] == ["notes.txt"]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    theirs, out = tmp_path / "theirs", tmp_path / "out"
    theirs.mkdir()
    out.mkdir()
    (theirs / MARK).write_text("even with a mark")
    (theirs / "a.log").write_text("precious")
    (out / "logs").symlink_to(theirs)
    assert Path(write_log(out / "logs", "scene", "x")).parent == out / "tapehead-logs"
    remove_logs(out / "logs")
    assert (theirs / "a.log").exists()


@pytest.mark.parametrize("name", ["../x", "/tmp/x", "..", ".x", "a/b", "", "a\0b", "x" * 101])
def test_no_scene_is_named_like_a_place(name: str) -> None:
    with pytest.raises(EpisodeError, match="names files"):
        Episode(title="T", scenes=(SceneRef(name, ".x:X", "X"),))


def test_umlauts_and_dashes_are_names() -> None:
    assert Episode(title="T", scenes=(SceneRef("größe-2", ".x:X", "X"),)).scenes[0].name == "größe-2"
