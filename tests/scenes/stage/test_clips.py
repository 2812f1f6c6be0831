"""A clip is in step with the film through everything that happens to it, in its key, and heard where it runs."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tapehead.analysis.errors import EpisodeError
from tapehead.render.check.declared import declared_problems
from tapehead.render.drawing.cues import MASTER, CueList
from tapehead.render.drawing.draw import draw
from tapehead.render.drawing.master import MasterReader
from tapehead.render.planning.sources import scene_sources
from tapehead.render.quality import Quality
from tapehead.render.sound.files import decoded
from tapehead.render.sound.mixing import file_sound
from tapehead.render.words.timeline import FileSound, PlacedLine, Timeline
from tapehead.scenes.episode import Episode, SceneRef
from tapehead.scenes.script import TimedLine, Word
from tapehead.scenes.stage.context import StageContext
from tests.clips import grey_film

SMALL = Quality("small", 128, 72, 15)
LEVELS = [40 + 2 * n for n in range(80)]
"""Eight seconds at ten pictures a second."""
HEAD = """
from manim import *
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.clips import Clip

class Shown(StageScene):
    def construct(self):
"""


def line(key: str, seconds: float, audio: str = "", **marks: float) -> TimedLine:
    return TimedLine(key, "x", "n", "One.", seconds, (Word("One.", 0, seconds),), True, marks, 0.2, audio)


def drawn(place: Path, body: str, sound: bool = False, **lines: float) -> tuple[CueList, list[int], list[np.ndarray]]:
    """The cues, the grey in the middle of each frame, and the frames of a scene that shows a clip."""
    folder = place / "film"
    folder.mkdir(exist_ok=True)
    if not (folder / "demo.mov").exists():
        grey_film(folder / "demo.mov", LEVELS, sound=sound)
    text = HEAD + "".join(f"        {each}\n" for each in body.strip().splitlines())
    (folder / "shown.py").write_text(text)
    package = f"clips_{abs(hash((str(place), body)))}"
    out = place / "out"
    out.mkdir(exist_ok=True)
    said = {key.replace("_", "."): line(key.replace("_", "."), seconds, mark=0.4) for key, seconds in lines.items()}
    context = StageContext("t", "x", "X", SMALL.fps, 1, said)
    try:
        cues = draw(package, folder, ".shown:Shown", context, SMALL, out, out / "media")
    finally:
        for name in [name for name in sys.modules if name.startswith(package)]:
            del sys.modules[name]
    reader = MasterReader(out / MASTER)
    frames = [np.array(reader.frame(number)) for number in range(cues.frames)]
    return cues, [int(frame[36, 64, 0]) for frame in frames], frames


def level(seconds: float) -> int:
    """What the footage shows at a second of its own."""
    return LEVELS[min(len(LEVELS) - 1, int(seconds * 10 + 1e-6))]


def test_a_clip_goes_forward_second_by_second_and_stands_before_and_after(tmp_path: Path) -> None:
    _, seen, _ = drawn(
        tmp_path,
        """
clip = Clip("demo.mov", start=1.5, height=6)
self.add(clip)
self.hold(0.4)
self.play(clip.forward(2.0))
self.hold(0.4)
""",
    )
    wanted = [level(1.5)] * 6 + [level(1.5 + n / 15) for n in range(30)] + [level(3.5)] * 6
    assert seen == pytest.approx(wanted, abs=2)


def test_it_runs_on_through_holds_fades_and_moves_of_its_own_and_of_others(tmp_path: Path) -> None:
    _, seen, frames = drawn(
        tmp_path,
        """
clip = Clip("demo.mov", height=4).run()
self.play(FadeIn(clip), run_time=0.4)
with self.say("x.one") as cue:
    cue.until("mark")
    self.play(clip.animate.scale(1.5), run_time=0.4)
self.play(FadeIn(Square(1).to_edge(LEFT)), run_time=0.4)
self.wait(0.4)
clip.stop()
self.hold(0.4)
self.play(FadeOut(clip), run_time=0.4)
""",
        x_one=1.0,
    )
    faded, runs = 6, 6 + 18 + 6 + 6  # fade in; line and pause; square; wait
    assert seen[faded:runs] == pytest.approx([level(n / 15) for n in range(faded, runs)], abs=2), (
        "in step, whatever moves"
    )
    assert seen[runs : runs + 6] == pytest.approx([level(runs / 15)] * 6, abs=2), "and stands when it is told to"
    assert seen[0] < seen[3] < level(3 / 15), "it fades in while it runs"
    assert seen[-1] < 0.6 * level(runs / 15), "and out"
    early, late = ((frame[36, :, 0] > 35).sum() for frame in (frames[8], frames[-10]))
    assert late > 1.3 * early, "and grows"


def test_a_group_a_speed_an_end_and_a_second_to_go_to(tmp_path: Path) -> None:
    _, seen, _ = drawn(
        tmp_path,
        """
clip = Clip("demo.mov", end=3.0, speed=2.0)
both = Group(clip, Square(1).to_edge(LEFT))
self.add(both)
clip.run()
self.play(both.animate.shift(0.1 * UP), run_time=1.0)
self.hold(1.0)
clip.seek(1.0)
self.hold(0.2)
""",
    )
    wanted = [level(min(n / 7.5, 3.0)) for n in range(30)]
    assert seen[:30] == pytest.approx(wanted, abs=2)
    assert seen[30:] == pytest.approx([level(1.0 + n / 7.5) for n in range(3)], abs=2), "it runs on from there"


def test_twice_drawn_is_the_same(tmp_path: Path) -> None:
    body = 'self.play(FadeIn(Clip("demo.mov").run()), run_time=0.6)\nself.hold(0.2)'
    one, two = (drawn(tmp_path, body)[2] for _ in range(2))
    assert all(np.array_equal(first, second) for first, second in zip(one, two, strict=True))


def test_a_picture_and_a_drawing_lie_in_the_episode_s_folder(tmp_path: Path) -> None:
    (tmp_path / "film").mkdir()
    Image.new("RGB", (40, 30), (200, 10, 10)).save(tmp_path / "film" / "photo.png")
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9" fill="#00c800"/></svg>'
    )
    (tmp_path / "film" / "logo.svg").write_text(svg)
    cues, _, frames = drawn(
        tmp_path,
        """
self.add(Clip("photo.png", height=3).to_edge(LEFT))
self.add(ImageMobject("photo.png").scale_to_fit_height(2))
self.add(SVGMobject("logo.svg", height=2).to_edge(RIGHT))
self.hold(0.2)
""",
    )
    assert [tuple(frames[0][36, x][:3]) for x in (12, 64)] == [(200, 10, 10)] * 2
    assert tuple(frames[0][36, 116][:3]) == pytest.approx((0, 200, 0), abs=1)
    assert cues.origins == ["illustration"], "nobody computed what is in a picture"


def test_the_key_of_a_scene_holds_the_footage(tmp_path: Path) -> None:
    drawn(tmp_path, 'self.add(Clip("demo.mov"))\nself.hold(0.1)')
    folder = tmp_path / "film"
    before = scene_sources(folder / "shown.py", folder)
    grey_film(folder / "demo.mov", LEVELS[::-1])
    assert scene_sources(folder / "shown.py", folder) != before


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('self.add(Clip("demos.mov"))', r"there is no 'demos\.mov' in .*did you mean 'demo\.mov'"),
        ('self.add(Clip("demo.mov", start=8.5))', r"lasts 8\.00 s; start=8\.5 is not in there"),
        ('self.add(Clip("demo.mov", start=2, end=1))', r"end=1 is not between its start \(2\)"),
        ('self.add(Clip("demo.mov", sound=True))', "has no sound in it"),
        ('self.add(Clip("demo.mov", speed=0))', "speed is above 0"),
        ('self.add(Clip("demo.mov").seek(9))', r"seek\(9\) is not in there"),
        ('self.add(Clip("../demo.mov"))', "lies outside of the episode's folder"),
        ('self.add(Clip("de" + "mo.mov"))', "is named nowhere in plain words"),
    ],
)
def test_what_cannot_be_shown_is_said(tmp_path: Path, body: str, said: str) -> None:
    with pytest.raises(EpisodeError, match=said):
        drawn(tmp_path, body)


def test_its_sound_is_heard_where_it_runs_and_softer_under_words(tmp_path: Path) -> None:
    cues, _, _ = drawn(
        tmp_path,
        """
clip = Clip("demo.mov", start=1.0, sound=True, gain_db=-6)
self.add(clip)
self.hold(0.4)
self.play(clip.forward(1.2))
clip.run()
self.hold(0.6)
""",
        sound=True,
    )
    one, two = cues.sounds
    assert (one["frame"], one["gain_db"], one["duck_db"]) == (6, -6.0, 12.0)
    assert two["frame"] == 24, "and what runs to the end of the scene as well"
    samples = decoded(tmp_path / "out" / one["file"])
    assert len(samples) == pytest.approx(1.2 * 48000, abs=2)
    assert len(decoded(tmp_path / "out" / two["file"])) == pytest.approx(0.6 * 48000, abs=2)
    tone = 0.5 * np.sin(2 * np.pi * 440 * (1.0 + np.arange(len(samples)) / 48000))
    assert samples[2000:-2000, 0] == pytest.approx(tone[2000:-2000], abs=2e-3), "the same seconds as are seen"
    spoken = PlacedLine(2.0, line("x.one", 3.0, audio="there"), "x")
    sound = FileSound("s", 3.0, -6.0, str(tmp_path / "out" / one["file"]), 12.0)
    heard = file_sound(sound, Timeline(9.0, 15, (), (spoken,), ()))
    loud = np.sqrt(np.mean(heard[4800:-4800] ** 2)) / np.sqrt(np.mean(samples[4800:-4800] ** 2))
    assert 20 * np.log10(loud) == pytest.approx(-18, abs=0.1)
    alone = file_sound(sound, Timeline(9.0, 15, (), (), ()))
    assert 20 * np.log10(np.std(alone) / np.std(samples)) == pytest.approx(-6, abs=0.1)


def test_check_asks_for_its_licence_and_its_file(tmp_path: Path) -> None:
    drawn(tmp_path, 'self.add(Clip("demo.mov"))\nself.hold(0.1)')
    folder = tmp_path / "film"
    text = (folder / "shown.py").read_text()
    (folder / "shown.py").write_text(text.replace("demo.mov", "dmeo.mov"))
    episode = Episode(title="T", scenes=(SceneRef("x", ".shown:Shown", "X"),), folder=folder)
    told = [each.what for each in declared_problems(episode, None)]
    assert any("nothing says whose demo.mov is, and under which licence" in each for each in told)
    assert any("shows 'dmeo.mov', which is not there: did you mean 'demo.mov'?" in each for each in told)
