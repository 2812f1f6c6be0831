"""The command `tapehead overlap`: what it leaves in its folder, and what it says of mistakes."""

from __future__ import annotations

import base64
import csv
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from tapehead.analysis.errors import TapeheadError, UsageError
from tapehead.analysis.model_files import ModelError
from tapehead.analysis.vision.own_overlap import PARTS, load
from tapehead.analysis.vision.world.creatures import draw, pose
from tapehead.render.commands.cli import app
from tapehead.render.commands.overlap import what_was_made


def tapehead(*arguments: str) -> Any:
    """Run a command; errors of ours come out as they are."""
    found = CliRunner().invoke(app, list(arguments))
    if isinstance(found.exception, TapeheadError):
        raise found.exception
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two folders of pictures that are not square."""
    place, rng = tmp_path_factory.mktemp("album"), np.random.default_rng(2)
    for kind in ("horse", "bus"):
        (place / kind).mkdir()
        for n in range(8):
            shown = np.round(255 * draw(kind, pose(rng), 96).picture).astype(np.uint8)
            Image.fromarray(shown).resize((120, 96)).save(place / kind / f"{kind}-{n}.png")
    return place


@pytest.fixture(scope="module")
def run(album: Path) -> tuple[Path, dict[str, Any]]:
    folder = album / "out"
    told = tapehead("overlap", str(album / "horse"), str(album / "bus"), "--out", str(folder), "--quiet", "--json")
    return folder, json.loads(told.stdout)


def test_results_sheet_tables_figures_page_and_notebook(run: tuple[Path, dict[str, Any]]) -> None:
    folder, told = run
    parts = load(folder)
    assert set(parts) == set(PARTS)
    assert told["run"]["auc"] == pytest.approx(float(parts["apart"]["overlap"]))
    assert told["run"]["near_pairs"] == told["run"]["far_pairs"] == 4
    rows = list(csv.DictReader((folder / "tables" / "pairs-measure-pair.csv").read_text().splitlines()))
    assert len(rows) == parts["pairs"]["value"].size
    assert float(rows[0]["value"]) == pytest.approx(float(parts["pairs"]["value"][0, 0]))
    drawn = {path.name for path in (folder / "figures").iterdir()}
    for name in ("pairs-near", "pairs-far", "pairs-means", "dealt-dealt", "apart-measures"):
        assert {f"{name}.{kind}" for kind in ("pdf", "svg", "png", "txt")} <= drawn
    sheet = Image.open(folder / "pictures" / "pairs.png")
    assert sheet.size == (8 * 100 - 4, 2 * 100 - 4)
    page = (folder / "report.html").read_text()
    shown = re.search(r'alt="The pairs[^"]*at the left\." src="data:image/png;base64,([^"]+)"', page)
    assert shown is not None and base64.b64decode(shown[1]) == (folder / "pictures" / "pairs.png").read_bytes()
    assert "Mean overlap: 4 near pairs" in page and "few-pairs" not in page
    assert "There are only 4 pairs in a group" in page
    for cell in json.loads((folder / "notebook.ipynb").read_text())["cells"]:
        if cell["cell_type"] == "code":
            compile(cell["source"], "cell", "exec")


def test_pictures_of_one_size_are_told_in_one_line() -> None:
    assert what_was_made({"b.png: 4 x 4", "a.png: 4 x 4", "c d.png: 5 x 5, made 4 x 4"}) == [
        "2 pictures: 4 x 4",
        "c d.png: 5 x 5, made 4 x 4",
    ]
    assert what_was_made(set()) == []


def test_mistakes_are_told_before_anything_is_written(album: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (tmp_path / "pairs.csv").write_text("first,second\na.png,b.png\n")
    for arguments, words in (
        ((str(tmp_path / "pairs.csv"),), "line 2: there is no picture"),
        ((str(album / "horse"),), "give one table"),
        ((str(album / "horse"), str(album / "horse" / "..") + "/horse"), "both folders are .*horse"),
        ((str(album / "horse"), str(album / "bus"), "--device", "abacus"), "abacus"),
        ((str(album / "horse"), str(album / "bus"), "--share", "1"), "between 0 and 1"),
        ((str(album / "horse"), str(album / "bus"), "--layer", "stage9"), "did you mean stage"),
        ((str(album / "horse"), str(album / "bus"), "--model", "./nowhere"), "no directory './nowhere'"),
    ):
        with pytest.raises(UsageError, match=words):
            tapehead("overlap", *arguments, "--out", str(out), "--quiet")
    with pytest.raises(ModelError, match="'mini' is a language model, which `tapehead circuit` takes"):
        tapehead("overlap", str(album / "horse"), str(album / "bus"), "--model", "mini", "--out", str(out), "--quiet")
    assert not out.exists()
