"""Manim scenes as they are: each camera, sounds, subcaptions, sections, and lines over them by timing."""

from __future__ import annotations

import wave
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tapehead.analysis.errors import EpisodeError
from tapehead.render.drawing import plain
from tapehead.render.drawing.cues import MASTER, CueList
from tapehead.render.drawing.draw import draw, scene_class
from tapehead.render.drawing.master import MasterReader
from tapehead.render.drawing.plain import draw_plain, moments_of
from tapehead.render.planning.film_plan import plan_scene
from tapehead.render.planning.sources import media_named
from tapehead.render.quality import Quality
from tapehead.render.sound.files import decoded
from tapehead.scenes.episode import Episode, SceneRef
from tapehead.scenes.script import Script, TimedLine, Word
from tapehead.scenes.stage.branding import Look
from tapehead.scenes.stage.context import StageContext

SMALL = Quality("small", 256, 144, 5)

OLD = """\
from manim import *
from tapehead.scenes.stage.base import StageScene

class Flat(Scene):
    def construct(self):
        self.camera.background_color = WHITE
        self.add_sound("tone.wav", time_offset=0.2, gain=-6)
        self.add_subcaption("Hello there", duration=0.6)
        self.add(Square(color=RED, fill_opacity=1))
        self.play(Create(Circle()), run_time=0.4)
        self.next_section("skipped", skip_animations=True)
        self.play(Create(Square()), run_time=2)
        self.next_section("back")
        self.play(Create(Triangle()), run_time=0.4)

class Spins(Scene):
    def construct(self):
        square = Square(fill_opacity=1)
        square.add_updater(lambda m, dt: m.shift(RIGHT * dt))
        self.add(square)
        self.wait(1)

class Moves(MovingCameraScene):
    def construct(self):
        self.add(Square(side_length=2, fill_opacity=1))
        self.play(self.camera.frame.animate.scale(0.5), run_time=0.6)
        self.wait(0.2)

class Deep(ThreeDScene):
    def construct(self):
        self.set_camera_orientation(phi=60 * DEGREES, theta=30 * DEGREES)
        self.add(Square(fill_opacity=1))
        self.wait(0.4)

class Zooms(ZoomedScene):
    def construct(self):
        self.add(Dot(radius=0.2))
        self.activate_zooming(animate=False)
        self.wait(0.4)

class Still(Scene):
    def construct(self):
        self.add(Square(fill_opacity=1))

class Nothing(Scene):
    def construct(self):
        pass

class Zero(Scene):
    def construct(self):
        self.play(Create(Circle()), run_time=0)

class NoSound(Scene):
    def construct(self):
        self.add_sound("gone.wav")
        self.wait(1)

class Both(StageScene, ThreeDScene):
    pass

class StagedMoves(StageScene, MovingCameraScene):
    def construct(self):
        self.add(Square(side_length=2, fill_opacity=1))
        self.play(self.camera.frame.animate.scale(0.5), run_time=0.6)
        self.hold(0.2)

class StagedSpins(StageScene):
    def construct(self):
        square = Square(fill_opacity=1, fill_color=WHITE).shift(LEFT * 3)
        square.add_updater(lambda m, dt: m.shift(RIGHT * dt))
        self.add(square)
        with self.say("x.one"):
            pass
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("old_film")
    (place / "old.py").write_text(OLD)
    with wave.open(str(place / "tone.wav"), "wb") as out:
        out.setparams((1, 2, 8000, 0, "NONE", ""))
        tone = 0.25 * np.sin(2 * np.pi * 500 * np.arange(4000) / 8000)
        out.writeframes((tone * 32767).astype("<i2").tobytes())
    return place


def line(key: str, seconds: float, at: float | None = None, **marks: float) -> TimedLine:
    return TimedLine(key, "x", "n", "One.", seconds, (Word("One.", 0, seconds),), True, marks, 0.2, "", at=at)


def drawn(
    folder: Path, name: str, out: Path, lines: Mapping[str, TimedLine] | None = None, plain: bool = True
) -> tuple[CueList, list[np.ndarray]]:
    out.mkdir(exist_ok=True)
    context = StageContext("t", "x", "X", SMALL.fps, 1, lines or {})
    make = draw_plain if plain else draw
    cues = make("old_film", folder, f".old:{name}", context, SMALL, out, out / "media")
    reader = MasterReader(out / MASTER)
    return cues, [np.array(reader.frame(number)) for number in range(cues.frames)]


def test_what_manim_would_mix_write_and_cut_is_kept(folder: Path, tmp_path: Path) -> None:
    cues, frames = drawn(folder, "Flat", tmp_path)
    assert cues.frames == len(frames) == 4, "a skipped section has no frames"
    assert tuple(frames[-1][2, -3][:3]) == (255, 255, 255), "its own ground"
    assert cues.sections == [{"name": "skipped", "frame": 2}, {"name": "back", "frame": 2}]
    assert cues.subcaptions == [{"text": "Hello there", "start": 0.0, "end": 0.6}]
    (sound,) = cues.sounds
    assert (sound["frame"], sound["gain_db"]) == (1, -6.0)
    samples = decoded(tmp_path / sound["file"])
    assert samples.shape == (24000, 2)
    assert np.abs(samples).max() == pytest.approx(0.25, abs=0.02)
    assert cues.origins == ["illustration"]


@pytest.mark.parametrize(
    ("ground", "scene", "seen"),
    [
        ("#2A1C14", "Spins", (0x2A, 0x1C, 0x14)),
        ("#F8F4E9", "Spins", (0, 0, 0)),  # Manim's white could not be read on it
        ("#2A1C14", "Flat", (255, 255, 255)),  # what a scene says itself goes first
        ("", "Spins", (0, 0, 0)),
    ],
)
def test_it_stands_on_the_channel_s_ground(
    folder: Path, tmp_path: Path, ground: str, scene: str, seen: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    if ground:
        monkeypatch.setattr(plain, "LOOK", Look({"ground": ground}))
        monkeypatch.setattr(plain, "GROUND", ground)
    _, frames = drawn(folder, scene, tmp_path)
    assert tuple(frames[-1][2, -3][:3]) == seen
    badge = frames[-1][-16:, :90, :3].astype(int)
    assert np.ptp(badge) > 100, "its badge"
    assert (badge.reshape(-1, 3) == seen).all(axis=1).mean() > 0.05, "beside it nothing is changed"


def test_the_badge_is_on_every_picture_and_nothing_else_is_changed(folder: Path, tmp_path: Path) -> None:
    _, frames = drawn(folder, "Flat", tmp_path)
    for frame in frames:
        corner = frame[-16:, :90].astype(int)
        assert corner.min() < 60, "the badge's plate"
        assert (frame[:, 130:].reshape(-1, 3).max(axis=0) == 255).any()
    assert tuple(frames[0][72, 128]) != (255, 255, 255), "the square in the middle"


@pytest.mark.parametrize("name", ["Moves", "Deep", "Zooms"])
def test_every_camera_of_manim_s_draws(folder: Path, tmp_path: Path, name: str) -> None:
    _, frames = drawn(folder, name, tmp_path)
    assert all(frame[20:120].max() > 200 for frame in frames)
    if name == "Moves":
        first, last = ((frame[72].max(axis=1) > 200).sum() for frame in (frames[0], frames[-1]))
        assert last > 1.6 * first, "twice as near"


def test_what_moves_by_itself_moves(folder: Path, tmp_path: Path) -> None:
    _, frames = drawn(folder, "Spins", tmp_path)
    places = [np.flatnonzero(frame[72].max(axis=1) > 200).mean() for frame in frames]
    assert len(places) == 5
    assert np.all(np.diff(places) > 2)


def test_a_scene_that_only_adds_is_a_picture(folder: Path, tmp_path: Path) -> None:
    cues, frames = drawn(folder, "Still", tmp_path, {"x.one": line("x.one", 1.0)})
    assert cues.frames == 6
    assert all(np.array_equal(frame, frames[0]) for frame in frames)


def test_lines_are_spoken_one_after_the_other_or_when_they_say() -> None:
    lines = {
        "x.one": line("x.one", 1.0, mark=0.5),
        "x.two": line("x.two", 1.0, at=3.0),
        "x.three": line("x.three", 1.0),
    }
    moments, frames = moments_of(lines, 10)
    assert [(each.key, each.moment, each.frame) for each in moments] == [
        ("x.one", "start", 0), ("x.one", "mark", 5), ("x.one", "end", 10),
        ("x.two", "start", 30), ("x.two", "end", 40),
        ("x.three", "start", 42), ("x.three", "end", 52),
    ]  # fmt: skip
    assert frames == 54


def test_the_last_picture_stands_until_all_is_said(folder: Path, tmp_path: Path) -> None:
    cues, frames = drawn(folder, "Moves", tmp_path, {"x.one": line("x.one", 2.0)})
    assert cues.frames == 11
    assert np.array_equal(frames[-1], frames[5])


def test_what_cannot_be_drawn_is_told(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(EpisodeError, match="draws nothing"):
        drawn(folder, "Nothing", tmp_path / "a")
    with pytest.raises(
        EpisodeError, match=r"^the file 'gone\.wav' is not there; it is looked for in the episode's folder(\n|$)"
    ):
        drawn(folder, "NoSound", tmp_path / "b")
    with pytest.raises(ValueError, match="cannot render"):  # Manim's own words
        drawn(folder, "Zero", tmp_path / "c")
    with pytest.raises(EpisodeError, match=r"plain=True\) takes a Manim scene as it is"):
        scene_class("old_film", folder, ".old:Flat")
    with pytest.raises(EpisodeError, match=r"a StageScene and a ThreeDScene.*declare"):
        scene_class("old_film", folder, ".old:Both")


def test_a_stage_scene_with_a_moving_camera(folder: Path, tmp_path: Path) -> None:
    _, frames = drawn(folder, "StagedMoves", tmp_path, plain=False)
    first, last = ((frame[72].max(axis=1) > 200).sum() for frame in (frames[0], frames[-1]))
    assert last > 1.6 * first
    near, far = (frame[-20:, :100].astype(int) for frame in (frames[0], frames[-1]))
    assert near.max() > 100
    assert np.abs(near - far).mean() < 8, "the badge keeps its place and its size"


def test_what_dt_moves_goes_on_while_a_line_is_spoken(folder: Path, tmp_path: Path) -> None:
    cues, frames = drawn(folder, "StagedSpins", tmp_path, {"x.one": line("x.one", 2.0)}, plain=False)
    assert cues.frames == 11
    places = [np.flatnonzero(frame[72].max(axis=1) > 200).mean() for frame in frames]
    assert np.all(np.diff(places) > 2)


# -- declared


def test_a_file_may_be_named_as_manim_names_it() -> None:
    assert SceneRef("a", "old.py:Intro", "A").target == ".old:Intro"
    assert SceneRef("a", "./parts/old.py:Intro", "A").target == ".parts.old:Intro"
    assert SceneRef("a", ".old:Intro", "A").target == ".old:Intro"


def test_what_a_scene_names_is_in_its_key(folder: Path) -> None:
    ref = SceneRef("x", "old.py:Flat", "X", plain=True)
    episode = Episode("old-film", "Old", (ref,), package="old_film", folder=folder)
    assert media_named(folder / "old.py", folder) == ["tone.wav"]
    keys = [plan_scene(episode, ref, SMALL, {}, {}, 1).key]
    data = (folder / "tone.wav").read_bytes()
    (folder / "tone.wav").write_bytes(data + b"\0\0")
    keys.append(plan_scene(episode, ref, SMALL, {}, {}, 1).key)
    (folder / "tone.wav").write_bytes(data)
    keys.append(plan_scene(episode, replace(ref, plain=False), SMALL, {}, {}, 1).key)
    keys.append(plan_scene(episode, ref, SMALL, {}, {"x.a": line("x.a", 1.0)}, 1).key)
    keys.append(plan_scene(episode, ref, SMALL, {}, {"x.a": line("x.a", 1.0, at=2.0)}, 1).key)
    assert len(set(keys)) == 5
    assert plan_scene(episode, ref, SMALL, {}, {}, 1).key == keys[0]


def test_a_line_says_when_it_begins(tmp_path: Path) -> None:
    path = tmp_path / "script.toml"
    path.write_text('[[line]]\nkey = "x.a"\ntext = "One."\nat = 2.5\n\n[[line]]\nkey = "x.b"\ntext = "Two."\n')
    script = Script.load(path)
    assert [each.at for each in script.lines] == [2.5, None]
    placed = script.placed({"x.a": line("x.a", 1.0), "x.b": line("x.b", 1.0)})
    assert [each.at for each in placed.values()] == [2.5, None]
    path.write_text('[[line]]\nkey = "x.a"\ntext = "One."\nat = "soon"\n')
    with pytest.raises(EpisodeError, match="at is the second of the scene"):
        Script.load(path)


def test_a_check_goes_through_a_moving_camera(folder: Path) -> None:
    from tapehead.render.drawing.dry import SMALL as WALKED
    from tapehead.render.drawing.dry import DryObserver, walk_through
    from tapehead.render.drawing.watch import LayoutWatch

    found = scene_class("old_film", folder, ".old:StagedMoves")
    observer, watch = DryObserver(WALKED.fps), LayoutWatch(WALKED.fps, keep=True)
    walk_through(found, StageContext("t", "x", "X", WALKED.fps, 1), observer, watch)
    assert observer.frames() == 12
