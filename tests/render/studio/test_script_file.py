"""A script is edited line by line; its comments stay, and what somebody else saved is never written over."""

from __future__ import annotations

from pathlib import Path

import pytest

from tapehead.analysis.errors import EpisodeError, UsageError
from tapehead.render.studio.script_file import ChangedOnDiskError, ScriptFile
from tapehead.scenes.script import Script

WRITTEN = """# The words of a film.
language = "en"

[speakers.narrator]   # who speaks
rate = 155

# ---- the first scene

[[line]]
key = "first.one"
text = "One cat, and then one dog."   # said slowly
marks = { cat = "One cat", dog = "one dog" }
pause = 0.7

[[line]]
key = "first.two"
text = "And no bird."
"""


@pytest.fixture
def script(tmp_path: Path) -> ScriptFile:
    path = tmp_path / "script.toml"
    path.write_text(WRITTEN)
    return ScriptFile(path)


def test_a_text_is_changed_and_everything_else_stays(script: ScriptFile) -> None:
    script.edit(script.state, "first.two", {"text": "And no bird at all."})
    assert script.path.read_text() == WRITTEN.replace("And no bird.", "And no bird at all.")


def test_a_comment_behind_a_changed_value_stays(script: ScriptFile) -> None:
    script.edit(script.state, "first.one", {"text": "One cat, and now one dog."})
    assert script.path.read_text() == WRITTEN.replace("and then", "and now")


def test_a_mark_is_moved_and_the_others_keep_their_form(script: ScriptFile) -> None:
    script.edit(script.state, "first.one", {"marks": {"cat": "One cat", "dog": "then"}})
    assert 'marks = { cat = "One cat", dog = "then" }' in script.path.read_text()
    assert Script.load(script.path).line("first.one").marks == {"cat": "One cat", "dog": "then"}


def test_pause_and_speaker_can_be_set_and_taken_away(script: ScriptFile) -> None:
    script.edit(script.state, "first.two", {"pause": 1.5})
    assert Script.load(script.path).line("first.two").pause == 1.5
    script.edit(script.state, "first.two", {"pause": None})
    assert script.path.read_text() == WRITTEN


def test_undo_and_redo_go_through_the_same_states(script: ScriptFile) -> None:
    states = [script.state]
    for text in ("And no fish.", "And no frog."):
        states.append(script.edit(states[-1], "first.two", {"text": text}))
    assert script.undo(states[2]) == states[1]
    assert script.undo(states[1]) == states[0]
    assert script.path.read_text() == WRITTEN
    with pytest.raises(UsageError, match="nothing to undo"):
        script.undo(states[0])
    assert script.redo(states[0]) == states[1]
    script.edit(states[1], "first.two", {"text": "And no crab."})
    with pytest.raises(UsageError, match="nothing to redo"):
        script.redo(script.state)


def test_what_an_editor_saved_meanwhile_is_not_written_over(script: ScriptFile) -> None:
    seen = script.state
    script.path.write_text(WRITTEN.replace("no bird", "no whale"))
    with pytest.raises(ChangedOnDiskError, match="changed elsewhere"):
        script.edit(seen, "first.two", {"text": "And no bird at all."})
    assert "no whale" in script.path.read_text()


def test_a_change_of_somebody_else_is_not_undone(script: ScriptFile) -> None:
    script.edit(script.state, "first.two", {"text": "And no fish."})
    script.path.write_text(WRITTEN.replace("no bird", "no whale"))
    with pytest.raises(ChangedOnDiskError):
        script.undo(script.state)
    assert "no whale" in script.path.read_text()
    assert not script.to_data()["undo"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"marks": {"bird": "the whale"}}, "the whale"),
        ({"speaker": "nobody"}, "nobody"),
        ({"pause": 1e9}, "pause"),
        ({"text": "no\x00body"}, "script.toml"),
    ],
)
def test_what_would_not_load_is_never_written(script: ScriptFile, changes: dict[str, object], said: str) -> None:
    with pytest.raises(EpisodeError, match=said) as caught:
        script.edit(script.state, "first.two", changes)
    assert str(script.path) in str(caught.value)
    assert script.path.read_text() == WRITTEN


@pytest.mark.parametrize("changes", [{"key": "x.y"}, {"pause": "long"}, {"pause": True}, {"text": 3}, {"marks": "cat"}])
def test_fields_and_kinds_are_checked(script: ScriptFile, changes: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        script.edit(script.state, "first.two", changes)
    assert script.path.read_text() == WRITTEN


def test_a_line_that_is_not_there_is_said(script: ScriptFile) -> None:
    with pytest.raises(UsageError, match=r"no line 'first\.nine'"):
        script.edit(script.state, "first.nine", {"text": "x"})


def test_a_pronunciation_is_added_and_forgotten(script: ScriptFile) -> None:
    script.pronounce(script.state, "cat", "kat")
    assert Script.load(script.path).pronounce == {"cat": "kat"}
    script.pronounce(script.state, "cat", "")
    assert Script.load(script.path).pronounce == {}


def test_a_script_that_is_broken_says_so(script: ScriptFile) -> None:
    script.path.write_text("language = [")
    with pytest.raises(EpisodeError):
        script.to_data()
    with pytest.raises(EpisodeError):
        script.edit(script.state, "first.two", {"text": "x"})
    assert script.path.read_text() == "language = ["
