"""An episode in other shapes: keys, the stage in its room, a cut with its end card, a brand's colours on the stage."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from tapehead.analysis.errors import EpisodeError, UsageError
from tapehead.analysis.store import Store
from tapehead.render.check.walked import walk
from tapehead.render.drawing.cues import MASTER
from tapehead.render.drawing.master import MasterReader
from tapehead.render.film.make import Choices, Film, around_of, folder_for, prepare, render
from tapehead.render.planning.brand import read_brand
from tapehead.render.planning.film_plan import FilmPlan
from tapehead.render.progress import Reporter
from tapehead.render.quality import Quality, sized
from tapehead.render.workers.worker import draw_scene, look_of
from tapehead.scenes.episode import Episode, SceneRef, load_episode
from tapehead.scenes.stage.palette import GROUND, INK, rgb

QUIET = Reporter(quiet=True)
UPRIGHT = sized("144x256", 5)

EPISODE = """
from tapehead.scenes.episode import Episode, SceneRef

EPISODE = Episode(
    title="A square",
    scenes=(
        SceneRef("wide", ".wide:Wide", "Wide"),
        SceneRef("free", ".free:Free", "Free", shapes=("9:16", "1:1")),
    ),
)
"""
WIDE = """
from manim import Square
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.palette import INK

class Wide(StageScene):
    badged = False
    def construct(self):
        self.add(Square(side_length=4, fill_color=INK, fill_opacity=1, stroke_width=0))
        with self.say("wide.one"):
            pass
"""
FREE = """
from manim import Rectangle, config
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.palette import HIGHLIGHT

class Free(StageScene):
    badged = False
    def construct(self):
        whole = Rectangle(width=config.frame_width, height=config.frame_height, stroke_width=0)
        self.add(whole.set_fill(HIGHLIGHT, 1))
        with self.say("free.one"):
            pass
"""
SCRIPT = """
language = "en"
[speakers.narrator]
variant = "en-us"
[[line]]
key = "wide.one"
text = "One square."
pause = 0.2
[[line]]
key = "free.one"
text = "Two words."
pause = 0.2
"""


@pytest.fixture
def episode(tmp_path: Path) -> Episode:
    folder = tmp_path / "a-square"
    folder.mkdir()
    for name, text in (("episode.py", EPISODE), ("wide.py", WIDE), ("free.py", FREE), ("script.toml", SCRIPT)):
        (folder / name).write_text(text)
    return load_episode(folder)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def planned(episode: Episode, store: Store, quality: Quality = UPRIGHT, **choices: object) -> FilmPlan:
    return prepare(episode, Choices(quality, voice="none", **choices), store, QUIET)  # type: ignore[arg-type]


def test_a_scene_s_key_is_of_the_size_at_which_it_is_drawn(episode: Episode, store: Store) -> None:
    upright, square, wide = (planned(episode, store, sized(size, 5)) for size in ("320x568", "320x320", "320x180"))
    assert [plan.drawn(plan.scenes[0]).width for plan in (upright, square, wide)] == [320, 320, 320]
    assert upright.scenes[0].key == square.scenes[0].key == wide.scenes[0].key, "the same stage is drawn once"
    assert len({plan.key for plan in (upright, square, wide)}) == 3
    assert upright.scenes[1].key != wide.scenes[1].key, "this one fills the upright picture otherwise"
    faster = planned(episode, store, sized("320x568", 6))
    assert faster.scenes[0].key != upright.scenes[0].key


def test_captions_and_title_are_in_the_film_s_key_and_in_no_scene_s(episode: Episode, store: Store) -> None:
    first = planned(episode, store)
    for other in (planned(episode, store, title="Another"), planned(episode, store, words=True)):
        assert other.key != first.key
        assert other.scenes[0].key == first.scenes[0].key
    assert planned(episode, store, burn=False).scenes[1].framing is None, "it has all of the picture then"
    assert planned(episode, store, sized("320x180", 5)).scenes[0].framing is None
    burned = planned(episode, store, sized("320x180", 5), burn=True).scenes[0].framing
    assert burned and burned.rooms.captions and not burned.heading


def test_films_with_and_without_captions_do_not_take_each_other_s_place() -> None:
    wide, upright = sized("320x180"), UPRIGHT
    folders = [
        folder_for("x", Choices(quality, burn=burn, burnt=burnt))
        for quality in (wide, upright)
        for burn, burnt in ((None, ""), (True, "de"), (quality is not upright, ""))
    ]
    assert len(set(folders)) == 6
    assert folder_for("x", Choices(wide, burn=False)) == folder_for("x", Choices(wide))


def test_the_stage_stands_in_its_room(episode: Episode, store: Store) -> None:
    plan = planned(episode, store)
    for scene, colour in zip(plan.scenes, (INK, "#FFD84D"), strict=True):
        draw_scene(plan, scene, store, lambda _note, _frames: None)
        master = store.peek("master", scene.key)
        assert master and scene.framing
        reader = MasterReader(master.file(MASTER))
        drawn, stage = reader.frame(0), scene.framing.rooms.stage
        assert drawn.shape == (stage.height, stage.width, 3)
        made = look_of(plan, scene, master).apply(drawn, 0, 5, 1)
        assert made.shape == (256, 144, 3)
        middle = made[stage.top + stage.height // 2, stage.left + stage.width // 2]
        np.testing.assert_allclose(middle, np.array(rgb(colour)) * 255, atol=1)
        np.testing.assert_allclose(made[1, 1], np.array(rgb(GROUND)) * 255, atol=1)
    stages = [scene.framing.rooms.stage for scene in plan.scenes if scene.framing]
    assert stages[0].width / stages[0].height == pytest.approx(16 / 9, rel=0.03)
    assert stages[1].width * stages[1].height > stages[0].width * stages[0].height


def test_what_is_too_long_is_refused_before_anything_is_drawn(episode: Episode, store: Store, tmp_path: Path) -> None:
    cut = Choices(
        UPRIGHT, voice="none", cut="a-square-short", scenes=("free", "wide"), words=True, most_s=4.0, out=tmp_path / "o"
    )
    plan = prepare(episode, cut, store, QUIET)
    assert [scene.name for scene in plan.scenes] == ["free", "wide", "end-card"], "in the order that was asked for"
    assert (plan.name, plan.whole) == ("a-square-short", False)
    with pytest.raises(UsageError, match=r"lasts \d\.\d s, and 4 s are the most .*: leave out (free|wide), and"):
        render(episode, cut, store, QUIET)
    assert not list(tmp_path.glob("o/**/*.mp4")) and not list(store.root.glob("master/*"))


def test_check_says_how_small_the_stage_is_and_what_has_no_room(episode: Episode, store: Store, tmp_path: Path) -> None:
    script = episode.script()

    def said(title: str) -> str:
        choices = Choices(sized("1080x1920"), title=title)
        around = around_of(episode, choices, {})
        found = walk(episode, script, store, QUIET, tmp_path / "p", picture=choices.quality, around=around)
        return "\n".join(str(problem.what) for problem in found.problems)

    short = said("A square")
    assert "in 1080x1920 the stage of wide is 1080x6" in short and "letters of the smallest size are 22 pixels" in short
    assert "does not fit" not in short
    assert "does not fit into its" in said("A title that goes on " * 60)


@pytest.mark.parametrize("shape", ["16x9", "0:1", "9:16:2", ""])
def test_a_shape_that_is_none_is_one_line(shape: str) -> None:
    with pytest.raises(EpisodeError, match="a shape is width to height, as in '9:16'"):
        Episode("x", "X", (SceneRef("a", ".a:A", "A", shapes=(shape,)),))


@pytest.mark.long
def test_a_cut_with_a_brand_from_end_to_end(episode: Episode, store: Store, tmp_path: Path) -> None:
    """The ground of every picture and the stage are the brand's; the sound is as loud as any film's."""
    brand = episode.folder / "brand.toml"
    brand.write_text('[colours]\nground = "#10202B"\nink = "#FFFFFF"\n[ending]\ntitle = "The end"\nseconds = 1\n')
    cut = Choices(
        UPRIGHT,
        jobs=1,
        voice="none",
        cut="a-square-short",
        scenes=("wide",),
        words=True,
        most_s=60.0,
        out=tmp_path / "out",
        brand=read_brand(brand),
    )
    film: Film = render(episode, cut, store, QUIET)
    record = json.loads((film.path.parent / "a-square-short.provenance.json").read_text())
    assert record["look"]["colours"] == {"ground": "#10202B", "ink": "#FFFFFF"}
    assert set(record["scenes"]) == {"wide", "end-card"}
    with av.open(str(film.path)) as container:
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert pictures[0].shape == (256, 144, 3)
    for picture in (pictures[0], pictures[-1]):
        np.testing.assert_allclose(picture[2, 2], (0x10, 0x20, 0x2B), atol=6)
    frames = record["scenes"]["wide"]["frames"]
    assert len(pictures) == frames + 5
    plain = render(episode, replace(cut, brand=None), store, QUIET)
    assert plain.digests["files"]["film"] != film.digests["files"]["film"]
