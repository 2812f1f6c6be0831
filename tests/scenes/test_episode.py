"""Episodes are declared as data, found by name or folder, and refused with a reason."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tapehead.analysis.errors import EpisodeError, UnknownNameError
from tapehead.analysis.registry import AnalysisCall
from tapehead.scenes.episode import BUILT_IN, Episode, Reference, SceneRef, find_episode, folders


def test_built_in_episodes_are_found_by_slug() -> None:
    assert find_episode("odd-squares").title
    assert find_episode("odd_squares").package == "tapehead.scenes.odd_squares"


def test_episodes_on_the_search_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(BUILT_IN / "odd_squares", tmp_path / "mine")
    monkeypatch.setenv("TAPEHEAD_EPISODES", str(tmp_path))
    assert dict(folders())["mine"] == tmp_path / "mine"
    assert find_episode("mine").folder == tmp_path / "mine"


def test_unknown_names_come_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="odd-squares"):
        find_episode("od-squares")
    with pytest.raises(UnknownNameError, match="verdict"):
        find_episode("odd-squares").scene("verdic")


def test_a_folder_without_a_declaration(tmp_path: Path) -> None:
    with pytest.raises(EpisodeError, match=r"episode\.py"):
        find_episode(str(tmp_path))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = (", "SyntaxError"),
        ("import nothing_like_it", "nothing_like_it"),
        ("EPISODE = 3", "must define EPISODE"),
    ],
)
def test_a_broken_declaration_says_why(tmp_path: Path, text: str, said: str) -> None:
    folder = tmp_path / f"broken_{len(text)}"
    folder.mkdir()
    (folder / "episode.py").write_text(text)
    with pytest.raises(EpisodeError, match=said):
        find_episode(str(folder))


def test_declarations_are_checked() -> None:
    scene = SceneRef("a", ".a:A", "A", uses=("numbers",))
    with pytest.raises(EpisodeError, match="numbers"):
        Episode("e", "E", (scene,))
    with pytest.raises(EpisodeError, match="different names"):
        Episode("e", "E", (SceneRef("a", ".a:A", "A"),) * 2)
    with pytest.raises(EpisodeError, match="declared later"):
        Episode("e", "E", (SceneRef("a", ".a:A", "A"),), (AnalysisCall("x", "m:f", inputs={"table": "y"}),))


def test_a_credit_names_the_licence() -> None:
    assert Reference("Somebody's work", licence="MIT").credit == "Somebody's work (MIT)"
    assert Reference("Somebody's work").credit == "Somebody's work"
