"""Every example of docs/extending.md, written to disk as it stands there and used."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import av
import numpy as np
import pytest
from manim import tempconfig
from typer.testing import CliRunner

from tapehead.analysis import registry
from tapehead.analysis.errors import EpisodeError, ResultError, UsageError
from tapehead.analysis.registry import AnalysisCall, load, obtain
from tapehead.analysis.results import Result, quantity
from tapehead.analysis.store import Store
from tapehead.render.commands.tape import app
from tapehead.render.tape import effects
from tapehead.render.tape.driven import scripted
from tapehead.render.tape.effects import tape_from, tape_named
from tapehead.render.tape_tool import formats, video
from tapehead.scenes.episode import find_episode
from tapehead.scenes.stage.charts import Series
from tapehead.scenes.stage.tape_track import Key, TapeTrack
from tests.faults.media import plain

runner = CliRunner()
PAGE = Path(__file__).parents[2] / "docs" / "extending.md"
EXAMPLE = re.compile(r"^`([\w/.]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("extending")
    found = EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))
    assert len(found) == 10
    for name, text in found:
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text(text, encoding="utf-8")
    return place


@pytest.fixture
def modules() -> Iterator[None]:
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name in ("negative", "coin_models", "y4m"):
            del sys.modules[name]


def module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = made
    spec.loader.exec_module(made)
    return made


def tapehead(*arguments: str, cwd: Path) -> str:
    command = [sys.executable, "-m", "tapehead", *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_analysis(folder: Path, tmp_path: Path) -> None:
    episode = find_episode(str(folder / "dice"))
    store = Store(tmp_path / "store")
    sums = load(store, obtain(episode.analyses, episode.package, store, 3)["sums"], "sums")
    assert sums["spread"] == pytest.approx(np.sqrt(sums["n"] * 35 / 12), rel=0.02), "the variance of a fair die"
    assert sums["multiplied"][8] == pytest.approx(9 * sums["spread"][0])


def test_an_episode_with_a_scene(folder: Path, tmp_path: Path) -> None:
    told = tapehead("stills", "./dice", "--voice", "none", "--jobs", "1", "--out", str(tmp_path), "--json", cwd=folder)
    stills = json.loads(told.strip().splitlines()[-1])["stills"]
    assert list(tmp_path.rglob("*.png")), stills


def test_a_figure(folder: Path, tmp_path: Path) -> None:
    tapehead("figures", "./dice", "--format", "svg", "--out", str(tmp_path), "--quiet", cwd=folder)
    (picture,) = tmp_path.rglob("*.svg")
    assert "one die, multiplied" in picture.read_text(encoding="utf-8")


def test_a_chart(folder: Path, tmp_path: Path) -> None:
    sums = Result({"n": quantity([1, 2, 3], "n"), "spread": quantity([1.7, 2.4, 2.9], "n", unit="pips")}, name="sums")
    with tempconfig({"media_dir": str(tmp_path)}):
        lollipops = module(folder / "dice" / "lollipops.py").Lollipops
        chart = lollipops(Series(sums, "spread", x="n"), x="dice", y="spread", zero=True)
        tops = [mark.get_top()[1] - 0.12 for mark in chart.marks]
        assert tops == pytest.approx([chart.at(n, y)[1] for n, y in ((1, 1.7), (2, 2.4), (3, 2.9))], abs=1e-6)
        assert {round(float(mark.get_bottom()[1]), 6) for mark in chart.marks} == {round(float(chart.at(1, 0)[1]), 6)}
        assert len(chart.highlight(1).animations) >= 2
    del sys.modules["lollipops"]


def test_a_look_of_the_tape(folder: Path) -> None:
    soft = tape_from(folder / "soft.json")
    assert soft.identity() != tape_named("sp").identity()


def test_a_tape_effect(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, modules: None) -> None:
    made = module(folder / "negative.py")
    known = {**effects.EFFECTS, "negative": effects.Effect(made.negative, made.settings)}
    monkeypatch.setattr(effects, "EFFECTS", known)
    preset = tmp_path / "dark.json"
    preset.write_text('{"name": "dark", "version": 1, "title": "Dark", "effect": "negative", "settings": {}}')
    tape = tape_from(preset)
    frame = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    assert np.array_equal(tape.apply(frame, 0, 25, 1), 255 - frame)
    half = scripted(tape, TapeTrack((Key(5, "negative.part", 0.5),)))
    assert np.array_equal(half.apply(frame, 4, 25, 1), 255 - frame)
    assert np.abs(half.apply(frame, 5, 25, 1).astype(int) - 127.5).max() <= 0.5
    assert "negative.part" in runner.invoke(app, ["describe", str(preset)]).stdout


def test_a_delivery_format(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, modules: None) -> None:
    source = plain(tmp_path).path
    with pytest.raises(UsageError, match=r"\.mov \(ProRes"):
        formats.delivery_for(tmp_path / "out.y4m")
    monkeypatch.setattr(formats, "FORMATS", (*formats.FORMATS, module(folder / "y4m.py").Y4M))
    with pytest.raises(UsageError, match=r"\.y4m \(YUV4MPEG2, bare pictures\)"):
        formats.delivery_for(tmp_path / "out.none")
    monkeypatch.setattr(video, "STRETCH", 10)  # three pieces
    made = video.apply(source, tmp_path / "out.y4m", tape_named("sp"), 1)
    exact = video.apply(source, tmp_path / "out.mkv", tape_named("sp"), 1)
    with av.open(str(made.path)) as ours, av.open(str(exact.path)) as theirs:
        got, wanted = ([f.to_ndarray(format="rgb24") for f in c.decode(video=0)] for c in (ours, theirs))
    assert len(got) == len(wanted) == made.frames == 25
    assert max(np.abs(a.astype(int) - b).max() for a, b in zip(got, wanted, strict=True)) <= 4, "YUV and back"
    assert not made.has_sound

    def broken(*_: object) -> None:
        raise ResultError("the tape tore")

    monkeypatch.setattr(type(tape_named("sp")), "apply", broken)
    with pytest.raises(ResultError, match="tore"):
        video.apply(source, tmp_path / "again.y4m", tape_named("sp"), 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.mkv", "out.y4m", source.name]


def test_an_embedded_model(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, modules: None) -> None:
    (folder / "coin").mkdir()
    (folder / "coin" / "heads.txt").write_text("0.25")
    module(folder / "coin_models.py")
    monkeypatch.setattr(registry, "FAMILIES", {**registry.FAMILIES, "coin": "coin_models"})
    study = tmp_path / "study.py"
    study.write_text(
        "from tapehead.analysis.registry import analysis\n"
        "from tapehead.analysis.results import Result, quantity\n\n\n"
        '@analysis("toss")\n'
        "def toss(model, *, seed):\n"
        '    return Result({"heads": quantity(model.heads)})\n'
    )
    monkeypatch.syspath_prepend(tmp_path)
    store = Store(tmp_path / "store")
    call = (AnalysisCall("toss", "study:toss", model="coin"),)
    first = obtain(call, "", store, 1)["toss"]
    assert load(store, first, "toss").read("heads") == 0.25
    (folder / "coin" / "heads.txt").write_text("0.75")
    second = obtain(call, "", store, 1)["toss"]
    assert second.key != first.key
    assert load(store, second, "toss").read("heads") == 0.75
    with pytest.raises(EpisodeError, match="family 'dice'; there is language, diffusion, vision, coin"):
        obtain((AnalysisCall("toss", "study:toss", model="dice"),), "", store, 1)
