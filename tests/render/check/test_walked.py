"""A walk through the scenes finds what the files do not show, and goes on after it."""

from __future__ import annotations

from pathlib import Path

from tapehead.analysis.store import Store
from tapehead.render.check.problems import ERROR, LAYOUT
from tapehead.render.check.walked import walk
from tapehead.render.progress import Reporter
from tapehead.render.start.folder import files_of, write_episode
from tapehead.scenes.episode import load_episode


def test_a_scene_that_fails_and_one_that_looks_wrong(tmp_path: Path) -> None:
    folder = write_episode(tmp_path / "mine", files_of("data"), "Mine")
    for name, old, new in (
        ("chart.py", "planets.highlight(last)", "planets.highlight(99)"),
        ("verdict.py", "size=HUGE).shift(1.2 * UP)", "size=HUGE).shift(9 * UP)"),
        ("verdict.py", 'with self.say("verdict.chance") as cue:', "if True:"),
        ("verdict.py", 'cue.until("none")', "self.hold(1)"),
    ):
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    episode = load_episode(folder)
    found = walk(episode, episode.script(), Store(tmp_path / "store"), Reporter(True), tmp_path / "pictures")
    errors = [problem.what for problem in found.problems if problem.kind == ERROR]
    assert len(errors) == 2
    assert "chart.py:" in errors[0]
    assert "asked for number 99" in errors[0]
    assert "scene 'verdict' never says: verdict.chance" in errors[1]
    layout = [problem.what for problem in found.problems if problem.kind == LAYOUT]
    assert any("'slope 1.50' leaves the frame by" in each for each in layout), layout
    assert list((tmp_path / "pictures").glob("verdict-*.png"))
    assert found.seconds > 10
