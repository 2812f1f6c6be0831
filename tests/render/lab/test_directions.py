"""What a run of `tapehead directions` leaves in its folder, and what the command says of mistakes."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from tapehead.analysis.diffusion.lab.results import PARTS, load
from tapehead.analysis.errors import TapeheadError, UsageError
from tapehead.render.commands.cli import app
from tapehead.render.lab import moving
from tests.analysis.diffusion import tiny_pipelines as tiny

pytestmark = pytest.mark.timeout(600)


def tapehead(*arguments: str) -> Any:
    """Run a command; errors of ours come out as they are."""
    found = CliRunner().invoke(app, list(arguments))
    if isinstance(found.exception, TapeheadError):
        raise found.exception
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.stable(tmp_path_factory.mktemp("models") / "my <model>")


@pytest.fixture(scope="module")
def run(model: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A random pipeline and a photograph of noise, by the command."""
    folder = tmp_path_factory.mktemp("run")
    noise = np.random.default_rng(0).integers(0, 255, (30, 40, 3), dtype=np.uint8)
    Image.fromarray(noise).save(folder / "me.jpg")
    mask = np.zeros((30, 40), np.uint8)
    mask[:, :20] = 255
    Image.fromarray(mask).save(folder / "mask.png")
    small = ["--k", "2", "--steps", "1", "--denoise", "4", "--t", "0.6"]
    told = tapehead(
        *("directions", "--model", str(model), "--image", str(folder / "me.jpg"), "--mask", str(folder / "mask.png")),
        *(*small, "--to", "seed:4", "--out", str(folder / "out"), "--quiet", "--json", "--jobs", "1"),
    )
    return folder / "out", json.loads(told.stdout)


def test_results_pictures_tables_figures_page_and_notebook(run: tuple[Path, dict[str, Any]]) -> None:
    folder, told = run
    parts = load(folder)
    assert set(parts) == set(PARTS)
    assert told["run"]["found"] == 0, "nothing may be found in random weights"
    assert "no-scorer" in told["run"]["cautions"]
    assert "its middle 30 x 30, made 8 x 8" in told["picture"]
    assert not list(folder.rglob("*.part"))
    for name in ("picture-reconstruction", "basis-spectrum", "walk-grid", "walk-strip-t599-1", "test-chance"):
        for kind in ("pdf", "svg", "png", "txt"):
            assert (folder / "figures" / f"{name}.{kind}").stat().st_size > 100, name
    assert "random" in (folder / "figures" / "test-chance.txt").read_text()
    edited = np.asarray(Image.open(folder / "pictures" / "t599-direction-2-plus.png"))
    assert np.array_equal(edited, moving.rows_of(parts["walk"]["picture"])[0, 0, 1, -1])
    with (folder / "tables" / "walk-time-family-direction-place.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == parts["walk"]["change"].size
    assert float(rows[-1]["change"]) == pytest.approx(parts["walk"]["change"][-1, -1, -1, -1], rel=1e-6)
    page = (folder / "report.html").read_text()
    assert "nothing is claimed" in page
    assert "http" not in page.replace("http://www.w3.org", "")
    assert page.count("<img") > 10
    assert "my &lt;model&gt;" in page
    assert "<model>" not in page


def test_the_walk_as_gif_and_film_goes_there_and_back(run: tuple[Path, dict[str, Any]]) -> None:
    folder, _ = run
    with Image.open(folder / "pictures" / "walk.gif") as gif:
        frames = int(getattr(gif, "n_frames", 1))
        assert frames == 4  # middle, plus, middle, minus
        assert gif.size[0] > 3 * moving.SMALLEST
    with av.open(str(folder / "pictures" / "walk.mp4")) as film:
        shown = list(film.decode(video=0))
    assert len(shown) == frames
    order = moving.there_and_back(np.arange(5)).tolist()
    assert order == [2, 3, 4, 3, 2, 1, 0, 1]


def test_the_notebook_runs(run: tuple[Path, dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    folder, _ = run
    monkeypatch.chdir(folder)
    space: dict[str, Any] = {}
    for cell in json.loads((folder / "notebook.ipynb").read_text())["cells"]:
        if cell["cell_type"] == "code":
            exec(compile(cell["source"], "cell", "exec"), space)
    assert float(space["parts"]["picture"]["error"]) > 0


@pytest.mark.long  # by default: test_directions_run keeps and uses one; "--use" with no basis is below
def test_a_basis_is_used_again(model: Path, run: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    folder, _ = run
    told = tapehead(
        *("directions", "--model", str(model), "--seed", "9", "--use", str(folder / "basis.safetensors")),
        *("--direction", "2", "--steps", "1", "--denoise", "4", "--to", "none", "--out", str(tmp_path / "out")),
        *("--quiet", "--json", "--jobs", "1"),
    )
    assert json.loads(told.stdout)["run"]["found"] == 0
    parts = load(tmp_path / "out")
    assert int(parts["basis"]["directions"]) == 1
    assert parts["basis"]["v"][0, 0] == pytest.approx(load(folder)["basis"]["v"][0, 1], abs=1e-6)
    assert float(parts["basis"]["residual"][0, 0]) > 0.01, "a vector of another picture is no singular vector here"
    assert not float(parts["carried"]["there"])


BAD: dict[str, tuple[list[str], str]] = {
    "no picture": (["--image", "{folder}/words.txt"], "is no picture"),
    "missing picture": (["--image", "{folder}/nothing.png"], "nothing.png"),
    "empty mask": (["--mask", "{folder}/black.png"], "is empty"),
    "time": (["--t", "1.5"], "between 0 and 1"),
    "too many": (["--k", "5000"], "has 64 dimensions and no more directions; asked for --k 5000"),
    "long prompt": (["--prompt", "word " * 80], "tokens"),
    "more directions than dimensions": (["--k", "65"], "has 64 dimensions and no more directions; asked for --k 65"),
    "seeds": (["--to", "seed:x"], "seeds are whole numbers"),
    "seeds too large": (["--to", "seed:4,99999999999999999999"], "a seed is at most 4294967295"),
    "guidance": (["--guidance", "nan"], "--guidance is the classifier-free weight, a number"),
    "level": (["--level", "inf"], "--level is a number of standard deviations"),
    "target": (["--to", "{folder}/nobody.png"], "no such picture"),
    "basis": (["--use", "{folder}/words.txt"], "cannot be read as safetensors"),
    "walk": (["--walk", "run"], "unknown walk 'run'"),
    "layer": (["--layer", "up-1"], "unknown layer 'up-1'"),
    "out": (["--out", "{folder}/words.txt"], "is a file"),
}


@pytest.mark.parametrize("name", BAD)
def test_each_mistake_is_one_clear_line_and_nothing_is_written(name: str, model: Path, tmp_path: Path) -> None:
    options, message = BAD[name]
    (tmp_path / "words.txt").write_text("words")
    Image.new("L", (8, 8)).save(tmp_path / "black.png")
    given = [option.format(folder=tmp_path) for option in options]
    out = [] if "--out" in options else ["--out", str(tmp_path / "out")]
    with pytest.raises(UsageError, match=message) as caught:
        tapehead("directions", "--model", str(model), *given, *out, "--denoise", "4", "--quiet", "--jobs", "1")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_sheets_have_their_pictures_in_place() -> None:
    pictures = np.arange(2 * 3 * 2 * 2 * 3, dtype=np.uint8).reshape(2, 3, 2, 2, 3)
    whole = moving.sheet(pictures)
    step = 2 + moving.GAP
    assert whole.shape == (2 * step - moving.GAP, 3 * step - moving.GAP, 3)
    assert np.array_equal(whole[step : step + 2, 2 * step : 2 * step + 2], pictures[1, 2])
    assert moving.enlarged(pictures, 5).shape == (2, 3, 6, 6, 3)


@pytest.mark.parametrize("command", [["circuit", "x.json"], ["directions"]])
def test_a_seed_that_no_generator_takes_is_refused(command: list[str]) -> None:
    found = CliRunner().invoke(app, [*command, "--seed", str(2**70)])
    assert found.exit_code == 2
    assert "4294967295" in found.output
