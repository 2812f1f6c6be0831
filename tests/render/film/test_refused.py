"""Scenes that cannot be drawn say why, all of them, and take nothing from those that can."""

from __future__ import annotations

from pathlib import Path

import pytest

from tapehead.analysis.errors import EpisodeError, RefusedError
from tapehead.analysis.store import Store
from tapehead.render.film.make import Choices, render
from tapehead.render.progress import Reporter
from tapehead.render.quality import sized
from tapehead.scenes.episode import load_episode

SCENES = """\
from manim import *

class Good(Scene):
    def construct(self):
        self.add(Square())
        self.wait(0.5)

class Typeset(Scene):
    def construct(self):
        self.add(MathTex("x"))

class Also(Scene):
    def construct(self):
        self.add(Title("x"))

class Loud(Scene):
    def construct(self):
        self.add_sound("gone.wav")

class Broken(Scene):
    def construct(self):
        self.add(Sqare())

class Fine(Good):
    pass
"""
NAMES = ("Typeset", "Good", "Broken", "Loud", "Also", "Fine")


def test_all_refusals_come_together_and_the_other_scenes_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "old.py").write_text(SCENES)
    (folder / "script.toml").write_text("")
    refs = "".join(f'SceneRef("{name.lower()}", "old.py:{name}", "{name}", plain=True), ' for name in NAMES)
    (folder / "episode.py").write_text(
        "from tapehead.scenes.episode import Episode, SceneRef\n"
        f'EPISODE = Episode(title="Old", scenes=({refs}), description="")\n'
    )
    store = Store(tmp_path / "store")
    choices = Choices(sized("320x180", 5), jobs=1, voice="none", out=tmp_path / "out")
    with pytest.raises(RefusedError) as caught:
        render(load_episode(folder), choices, store, Reporter(quiet=True))
    lines = str(caught.value).splitlines()
    told = [line for line in lines if line.startswith("scene ")]
    assert (
        told[0]
        == "scene 'typeset' cannot be drawn here (old.py:10: self.add(MathTex(\"x\"))): 'latex' is not installed"
    )
    assert told[1].startswith("scene 'broken': NameError: name 'Sqare' is not defined")
    assert told[2] == (
        "scene 'loud' cannot be drawn here (old.py:18: self.add_sound(\"gone.wav\")): the file 'gone.wav' is not "
        "there; it is looked for in the episode's folder"
    )
    assert told[3].startswith("scene 'also' cannot be drawn here (old.py:14")
    assert len(told) == 4
    assert str(caught.value).count("apt install") == 1, "the way out of what several lack is told once"
    assert lines[-1].startswith("the other 2 scenes are drawn and kept: ")
    drawn = {entry.record["facts"]["scene"] for entry in store.entries() if entry.kind == "master"}
    assert drawn == {"good", "fine"}
    assert caught.value.exit_code == EpisodeError.exit_code
    assert not list((tmp_path / "out").rglob("*.mp4"))
