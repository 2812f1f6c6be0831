"""A channel's look in a plan: its files travel by content, and a film of another machine has the same pictures."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest
from PIL import Image

from tapehead.analysis.errors import UsageError
from tapehead.analysis.store import Store, digest_of
from tapehead.render.cluster.plan_file import PlanFile, freeze, parse_plan
from tapehead.render.cluster.plan_look import BRAND
from tapehead.render.cluster.segments import Work, gathered, receipt_key, run_segment
from tapehead.render.cluster.shared_store import open_shared
from tapehead.render.film.make import Choices, begin, finish, prepare, render
from tapehead.render.planning.brand import read_brand
from tapehead.render.planning.film_plan import FilmPlan
from tapehead.render.progress import Reporter
from tapehead.render.quality import Quality, sized
from tapehead.scenes.episode import Episode, load_episode

QUIET = Reporter(quiet=True)
TINY = Quality("tiny", 160, 90, 5)
FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"
EPISODE = """
from tapehead.scenes.episode import Episode, SceneRef

EPISODE = Episode(title="A square", scenes=(SceneRef("wide", ".wide:Wide", "Wide"),))
"""
WIDE = """
from manim import Square
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.palette import INK

class Wide(StageScene):
    badged = False
    def construct(self):
        self.add(Square(side_length=3, fill_color=INK, fill_opacity=1, stroke_width=0).shift([4, 0, 0]))
        with self.say("wide.one"):
            pass
"""
SCRIPT = """
language = "en"
[speakers.narrator]
variant = "en-us"
[[line]]
key = "wide.one"
text = "One square."
pause = 2.5
"""
LOOK = """
name = "Dice and more"
logo = "logo.png"
[colours]
ground = "#102030"
[font]
files = ["DejaVuSans.ttf"]
licence = "LICENCE.txt"
[opening]
line = "films about numbers"
seconds = 0.6
[lower_third]
text = "Dice"
seconds = 1.0
"""


@pytest.fixture
def episode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Episode:
    monkeypatch.setenv("TAPEHEAD_STORE", str(tmp_path / "own"))
    return written_in(tmp_path)


def written_in(root: Path) -> Episode:
    folder = root / "a-square"
    folder.mkdir()
    for name, text in (("episode.py", EPISODE), ("wide.py", WIDE), ("script.toml", SCRIPT), ("brand.toml", LOOK)):
        (folder / name).write_text(text)
    shutil.copyfile(FONTS / "DejaVuSans.ttf", folder / "DejaVuSans.ttf")
    (folder / "LICENCE.txt").write_text("Bitstream Vera Fonts Copyright")
    Image.new("RGBA", (40, 20), "#ff0000").save(folder / "logo.png")
    return load_episode(folder)


def choices(episode: Episode, out: Path, quality: Quality = TINY) -> Choices:
    return Choices(quality, 1, voice="none", brand=read_brand(episode.folder / "brand.toml"), out=out)


def frozen(episode: Episode, store: Store, quality: Quality = TINY) -> tuple[FilmPlan, PlanFile]:
    plan = prepare(episode, choices(episode, store.root / "out", quality), store, QUIET)
    return plan, parse_plan(freeze(plan, store).text())


def test_a_plan_says_all_of_a_look_and_no_place(episode: Episode, tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    plan, plan_file = frozen(episode, store)
    assert plan_file.key == plan.key, "the film is the one that a plain render makes"
    assert [scene.name for scene in plan.scenes] == ["opening-card", "wide"]
    text = plan_file.text().replace(str(episode.folder), "")
    assert str(tmp_path) not in text and "logo.png" not in text and "DejaVuSans.ttf" not in text
    (files,) = plan_file.inputs(BRAND)
    entry = store.get(BRAND, files)
    assert entry is not None and set(entry.record["files"]) == {"font-000.ttf", "logo.png"}
    back = plan_file.plan(store.root)
    assert back.look.identity() == plan.look.identity()
    assert back.look.files == (str(entry.path),)
    card, wide = back.scenes
    assert Path(card.context.card["logo"]).read_bytes() == (episode.folder / "logo.png").read_bytes()
    assert wide.framing and wide.framing.pen.files == back.look.files and wide.framing.third
    assert all(kind[0] in ("result", "voice", BRAND) for kind in plan_file.inputs_of(1))
    assert (BRAND, files, entry.digest) in plan_file.inputs_of(0)


def test_other_contents_are_another_entry_and_another_film(episode: Episode, tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    _, one = frozen(episode, store)
    Image.new("RGBA", (40, 20), "#00ff00").save(episode.folder / "logo.png")
    _, other = frozen(episode, store)
    assert one.inputs(BRAND) != other.inputs(BRAND)
    assert one.key != other.key
    brand = episode.folder / "brand.toml"
    brand.write_text(brand.read_text().replace('text = "Dice"', 'text = "Coins"'))
    _, said = frozen(episode, store)
    assert said.inputs(BRAND) == other.inputs(BRAND)
    assert receipt_key(said, 1) != receipt_key(other, 1), "what stands over a scene is in its segment's bytes"
    assert receipt_key(said, 0) == receipt_key(other, 0)


def test_an_upright_film_can_be_planned_too(episode: Episode, tmp_path: Path) -> None:
    plan, plan_file = frozen(episode, Store(tmp_path / "store"), sized("144x256", 5))
    framing = plan_file.plan(tmp_path / "store").scenes[1].framing
    assert framing and plan.scenes[1].framing
    assert framing.identity() == plan.scenes[1].framing.identity()
    assert framing.rooms == plan.scenes[1].framing.rooms and framing.captions == "lines"


def broken(data: dict[str, Any], **changes: Any) -> str:
    """A plan whose digest fits, with something of its look changed."""
    film = data["film"]
    for place, value in changes.items():
        if place == "look":
            film = {**film, "look": {**film["look"], **value}}
        else:
            scenes = [
                {**scene, place: {**scene[place], **value}} if scene[place] else scene for scene in film["scenes"]
            ]
            film = {**film, "scenes": scenes}
    changed = {**data, "film": film}
    return json.dumps({**changed, "digest": digest_of({name: v for name, v in changed.items() if name != "digest"})})


STRANGE = [
    ({"look": {"colours": {"ground": "red"}}}, "a colour as in #F4F1E8"),
    ({"look": {"colours": {"gruond": "#102030"}}}, "'gruond' is no role of a colour"),
    ({"look": {"files": "../../etc"}}, "64 hexadecimal digits"),
    ({"look": {"files": "0" * 64}}, "not the files of the film's look"),
    ({"look": {"font": ""}}, "a font needs its name and its files"),
    ({"card": {"logo": "/etc/passwd"}}, "the ending of a picture's file"),
    ({"card": {"seconds": 1e6}}, "seconds"),
    ({"framing": {"stage": {"left": 10, "top": 0, "width": 160, "height": 90}}}, "stands outside the picture"),
    ({"framing": {"captions": "lines"}}, "words without a place for them"),
    ({"framing": {"third": {"text": "", "line": "", "seconds": 1.0}}}, "third.text"),
]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    root = tmp_path_factory.mktemp("written")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAPEHEAD_STORE", str(root / "own"))
        data: dict[str, Any] = json.loads(frozen(written_in(root), Store(root / "store"))[1].text())
    return data


@pytest.mark.parametrize(("changes", "said"), STRANGE)
def test_a_strange_look_is_refused(written: dict[str, Any], changes: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse_plan(broken(written, **changes))


@pytest.mark.long
def test_another_machine_makes_the_same_film(episode: Episode, tmp_path: Path) -> None:
    """Without the brand's folder: fonts and logo come from the store alone."""
    store = Store(tmp_path / "store")
    _, plan_file = frozen(episode, store)
    elsewhere = Store(tmp_path / "elsewhere")
    for kind in ("voice", BRAND):
        if (store.root / kind).is_dir():
            shutil.copytree(store.root / kind, elsewhere.root / kind)
    hidden = {name: (episode.folder / name).read_bytes() for name in ("logo.png", "DejaVuSans.ttf", "brand.toml")}
    for name in hidden:
        (episode.folder / name).unlink()
    shutil.rmtree(tmp_path / "own", ignore_errors=True)
    shared = open_shared(str(elsewhere.root), QUIET.warn)
    for index in range(len(plan_file.segments)):
        run_segment(plan_file, index, shared, Work(tmp_path / "logs"))
    there = plan_file.plan(elsewhere.root)
    begin(there, tmp_path / "there", elsewhere, QUIET)
    film = finish(episode, there, gathered(plan_file, shared, str), tmp_path / "there", elsewhere, QUIET)
    for name, data in hidden.items():
        (episode.folder / name).write_bytes(data)
    here = render(episode, choices(episode, tmp_path / "out"), store, QUIET)
    assert film.digests["files"]["film"] == here.digests["files"]["film"]
    assert film.digests["frames"] == here.digests["frames"]
