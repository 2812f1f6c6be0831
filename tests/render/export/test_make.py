"""A whole export: from a folder with an episode to files that a reader opens."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import opentimelineio as otio
import pytest

from tapehead.analysis.errors import OutputError
from tapehead.analysis.store import Store, digest_file
from tapehead.render.export import make
from tapehead.render.export.make import export
from tapehead.render.film.make import Choices
from tapehead.render.planning.brand import brand_for
from tapehead.render.progress import Reporter
from tapehead.render.quality import Quality
from tapehead.scenes.episode import load_episode

SMALL = Quality("small", 128, 72, 24)
SCENES = """
from manim import *
from tapehead.scenes.stage.base import StageScene

class Solid(StageScene):
    def construct(self):
        with self.say("solid.one") as cue:
            self.play(FadeIn(Square(2, fill_opacity=1, color=RED)), run_time=0.4)
            cue.until("here")
            self.sound("tick")

class Free(StageScene):
    ground = False
    badged = False
    def construct(self):
        self.add(Square(3, fill_opacity=0.5, stroke_width=0, color="#ffffff"))
        self.hold(0.5)
"""
EPISODE = """
from tapehead.scenes.episode import Episode, SceneRef
EPISODE = Episode(title="Two scenes", scenes=(
    SceneRef("solid", ".acts:Solid", "Solid"), SceneRef("free", ".acts:Free", "Free")))
"""
SCRIPT = """
language = "en"
[speakers.narrator]
variant = "en-us"
[[line]]
key = "solid.one"
text = "One line, and here it ends."
marks = { here = "here" }
"""


@pytest.mark.long
def test_an_episode_becomes_a_folder_that_a_reader_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "two-scenes"
    folder.mkdir()
    for name, text in (("acts.py", SCENES), ("episode.py", EPISODE), ("script.toml", SCRIPT), ("__init__.py", "")):
        (folder / name).write_text(text)
    episode, store = load_episode(folder), Store(tmp_path / "store")
    choices = Choices(SMALL, 1, voice="none", out=tmp_path / "out")
    made = export(episode, choices, store, Reporter(quiet=True), "otio,edl,fcpxml")
    record = json.loads((made.folder / "export.json").read_text())
    assert {name: digest_file(made.folder / name) for name in record["files"]} == record["files"]
    read = otio.adapters.read_from_file(str(made.files["otio"]))
    frames = {}
    for clip in read.find_clips():
        path = made.folder / clip.media_reference.target_url
        assert path.is_file()
        with av.open(str(path)) as container:
            stream = next(iter(container.streams))
            if stream.type == "video":
                frames[clip.name] = [(stream.codec_context.pix_fmt, frame) for frame in container.decode(stream)]
                assert len(frames[clip.name]) == clip.source_range.duration.value
            else:
                assert float(stream.duration * stream.time_base) == pytest.approx(made.duration_s, abs=1e-4)
    assert [mark.name for mark in read.tracks[0][0].markers] == ["Solid", "solid.one", "solid.one: here"]
    assert frames["solid"][0][0] == "yuv422p10le"
    assert frames["free"][0][0].startswith("yuva444p1"), "no ground, hence alpha"
    picture = frames["free"][3][1].to_ndarray(format="rgba")
    assert picture[2, 2, 3] == 0
    assert picture[36, 64].tolist() == pytest.approx([255, 255, 255, 128], abs=4)
    assert "solid.one" not in made.files["srt"].read_text()
    assert "here it ends" in made.files["srt"].read_text()

    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    before = {path: path.stat().st_mtime_ns for path in made.folder.rglob("*")}
    monkeypatch.setattr(make, "write_stems", full)
    with pytest.raises(OutputError, match="No space left"):
        export(episode, choices, store, Reporter(quiet=True), "otio")
    assert {path: path.stat().st_mtime_ns for path in made.folder.rglob("*")} == before, "what was there is whole"
    assert not list(made.folder.parent.glob(".*")), "and nothing is left beside it"
    assert np.isfinite(made.duration_s)


@pytest.mark.long
def test_a_brand_is_in_what_is_exported(tmp_path: Path) -> None:
    """Its ground behind the scenes that have one, its card before them; what has no ground is cut out in its look."""
    folder = tmp_path / "two-scenes"
    folder.mkdir()
    for name, text in (("acts.py", SCENES), ("episode.py", EPISODE), ("script.toml", SCRIPT), ("__init__.py", "")):
        (folder / name).write_text(text)
    (folder / "brand.toml").write_text(
        'name = "Slow bread"\n[colours]\nground = "#2A1C14"\nink = "#FBF1E3"\n[opening]\nline = "films about waiting"\n'
    )
    choices = Choices(SMALL, 1, voice="none", out=tmp_path / "out", brand=brand_for(folder))
    made = export(load_episode(folder), choices, Store(tmp_path / "store"), Reporter(quiet=True), "edl", "ffv1")
    assert len([name for name in made.files if name.startswith("scene ")]) == 3
    corners = {}
    for name in ("opening-card", "solid", "free"):
        with av.open(str(made.files[f"scene {name}"])) as container:
            corners[name] = next(container.decode(video=0)).to_ndarray(format="rgba")[2, 2].tolist()
    assert corners["solid"] == pytest.approx([0x2A, 0x1C, 0x14, 255], abs=3)
    assert corners["opening-card"] == pytest.approx(corners["solid"], abs=1)
    assert corners["free"][3] == 0
