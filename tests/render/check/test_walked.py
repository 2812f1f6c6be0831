"""A walk through the scenes finds what the files do not show, and goes on after it."""

from __future__ import annotations

from pathlib import Path

from tapehead.analysis.store import Store
from tapehead.render.check.problems import ADVICE, ERROR, LAYOUT
from tapehead.render.check.walked import walk
from tapehead.render.progress import Reporter
from tapehead.render.start.folder import files_of, write_episode
from tapehead.render.words.voice.silent import SilentVoice
from tapehead.scenes.episode import load_episode
from tapehead.scenes.filling import without_results
from tapehead.scenes.script import Script


def test_a_scene_that_fails_and_one_that_looks_wrong(tmp_path: Path) -> None:
    folder = write_episode(tmp_path / "mine", files_of("data"), "Mine")
    for name, old, new in (
        ("chart.py", "planets.highlight(last)", "planets.highlight(99)"),
        ("verdict.py", "size=HUGE).shift(1.2 * UP)", "size=HUGE).shift(9 * UP)"),
        ("verdict.py", 'with self.say("verdict.chance") as cue:', "if True:"),
        ("verdict.py", 'cue.until("none")', 'self.hold(1)\n            self.add_sound("bell.wav")'),
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
    advice = [problem.what for problem in found.problems if problem.kind == ADVICE]
    assert [each for each in advice if "scene 'verdict': self.add_sound(…) does nothing in a StageScene" in each]
    assert list((tmp_path / "pictures").glob("verdict-*.png"))
    assert found.seconds > 10


def test_the_voice_is_asked_about_the_words_with_their_numbers(tmp_path: Path) -> None:
    """A script that reads results holds braces, which no voice can speak; what it is asked is what will be heard."""
    folder = write_episode(tmp_path / "mine", files_of("data"), "Mine")
    episode = load_episode(folder)
    script, store = episode.script(), Store(tmp_path / "store")
    assert any("{" in line.text for line in script.lines)
    voice = Counting()
    found = walk(episode, script, store, Reporter(True), tmp_path / "pictures", voice=voice)
    assert not [problem.what for problem in found.problems if problem.kind == ERROR]
    assert not [line.text for asked in voice.asked for line in asked.lines if "{" in line.text]
    kept = {line.key for line in without_results(script).lines}
    assert kept
    assert kept == {line.key for line in script.lines if "{" not in line.text and not line.variants}


class Counting(SilentVoice):
    """The voice ``none``, which remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Script] = []

    def check(self, script: Script) -> None:
        self.asked.append(script)
        super().check(script)
