"""What a run leaves in its folder, and what the command says of mistakes."""

import csv
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from tapehead.analysis.errors import OutputError, TapeheadError, UsageError
from tapehead.analysis.language.lab.making import make_rows, write_rows
from tapehead.analysis.language.lab.results import PARTS, load
from tapehead.analysis.language.models.loading import load_model
from tapehead.render.commands.cli import app
from tapehead.render.lab.tables import number


def tapehead(*arguments: str) -> Any:
    """Run a command; errors of ours come out as they are."""
    found = CliRunner().invoke(app, list(arguments))
    if isinstance(found.exception, TapeheadError):
        raise found.exception
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The embedded model on a few prompts of one length, by the command."""
    folder = tmp_path_factory.mktemp("run")
    file = folder / "lists & <more>.json"
    write_rows([row for row in make_rows(load_model(), "successor", 24) if row.group in ("months", "days")], file)
    told = tapehead(
        "circuit", str(file), "--out", str(folder / "out"), "--draws", "19", "--quiet", "--json", "--jobs", "1"
    )
    return folder / "out", json.loads(told.stdout)


def test_results_tables_figures_page_and_notebook_are_there(run: tuple[Path, dict[str, Any]]) -> None:
    folder, told = run
    parts = load(folder)
    assert set(parts) == set(PARTS)
    name = "lists & <more>"
    assert told["files"][name]["held_out_score"] == pytest.approx(float(parts["held_out"]["score"]))
    assert not list(folder.rglob("*.part"))
    for figure in (
        "ablation-heads",
        "patching-heads",
        "patching-split",
        "lens-rows",
        "control-random",
        "circuit-trace",
    ):
        for kind in ("pdf", "svg", "png", "txt"):
            assert (folder / "figures" / f"{figure}.{kind}").stat().st_size > 100
    caption = (folder / "figures" / "ablation-heads.txt").read_text()
    assert "Control: " in caption
    assert "model mini" in caption


def test_tables_hold_every_number(run: tuple[Path, dict[str, Any]]) -> None:
    folder, _told = run
    parts = load(folder)
    with (folder / "tables" / "ablation-layer-head.csv").open() as file:
        rows = list(csv.DictReader(file))
    values = parts["ablation"]["heads_left"]
    assert len(rows) == values.size
    for row in rows:
        assert float(row["heads_left (%)"]) == pytest.approx(values[int(row["layer"]), int(row["head"])], rel=1e-6)
    with (folder / "tables" / "baseline.csv").open() as file:
        single = {row["name"]: row for row in csv.DictReader(file)}
    assert float(single["difference"]["value"]) == pytest.approx(float(parts["baseline"]["difference"]), rel=1e-6)
    assert single["difference"]["unit"] == "logit"
    shown = set()
    for path in (folder / "tables").glob("*.csv"):
        with path.open() as file:
            head = next(csv.reader(file))
            shown |= {(path.stem.partition("-")[0], column.partition(" (")[0]) for column in head}
            shown |= {(path.stem, row[0]) for row in csv.reader(file)}
    for name, part in parts.items():
        for quantity in part.quantities:
            if float(part["there"]):
                assert (name, quantity) in shown, (name, quantity)


class Links(HTMLParser):
    """Everything that a page takes from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.images = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.images += tag == "img"
        self.found += [v or "" for k, v in attrs if k in ("src", "href")]
        assert tag not in ("script", "link", "iframe")


def test_the_page_needs_nothing_else_and_says_the_computed_numbers(run: tuple[Path, dict[str, Any]]) -> None:
    folder, _told = run
    page = (folder / "report.html").read_text()
    links = Links()
    links.feed(page)
    assert links.images >= 10
    assert all(link.startswith("data:image/svg+xml;base64,") for link in links.found)
    assert "lists &amp; &lt;more&gt;" in page
    assert "<more>" not in page
    parts = load(folder)
    assert f"{float(parts['held_out']['score']):.0f} % (95 %" in page
    for note in parts["cautions"].facts.values():
        assert re.sub(r"[<>&'\"].*", "", note)[:60] in page


def test_the_notebook_runs(run: tuple[Path, dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, _told = run
    book = json.loads((folder / "notebook.ipynb").read_text())
    assert book["nbformat"] == 4
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
    monkeypatch.chdir(folder)
    monkeypatch.setenv("MPLBACKEND", "agg")
    scope: dict[str, Any] = {}
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            exec(compile(cell["source"], "notebook", "exec"), scope)
    assert float(scope["parts"]["circuit"]["count"]) >= 0


def test_the_command_makes_files_and_tells_mistakes(tmp_path: Path) -> None:
    file = tmp_path / "i.json"
    made = tapehead("circuit", "--make", "induction", "-n", "12", "-o", str(file)).stdout
    assert "12 prompts for mini" in made
    assert "'mini' does not do this task: its circuit would explain nothing" in made
    assert "does successor (log odds" in made
    told = json.loads(tapehead("circuit", "--make", "successor", "-n", "12", "-o", str(file), "--json").stdout)
    assert told["does"] is True
    assert told["difference_low"] > 3
    assert "instead" not in told
    cases: list[tuple[list[str], str]] = [
        (["circuit"], "which prompts"),
        (["circuit", "--make", "induction", str(file)], "reads none"),
        (["circuit", "--make", "inductoin"], "did you mean induction"),
        (["circuit", "--make", "agreement"], r"enough nouns in both numbers .* 'mini' does successor"),
        (["circuit", "--make", "greater-than"], r"years as two tokens .* 'mini' does successor"),
        (["circuit", str(file), "-o", str(tmp_path / "x.json")], "results go to --out"),
        (["circuit", str(file), "--draws", "3"], "at least 19"),
        (["circuit", str(tmp_path / "gone.json")], "cannot be read"),
        (["circuit", str(file), "--out", str(file)], "is a file"),
    ]
    for arguments, words in cases:
        more = [] if "--out" in arguments or not arguments[1:] else ["--out", str(tmp_path / "out")]
        with pytest.raises(UsageError, match=words):
            tapehead(*arguments, *more)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_can_not_be_made_is_told_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    write_rows(make_rows(load_model(), "induction", 8), tmp_path / "i.json")
    with pytest.raises(OutputError, match="choose another place with --out"):
        tapehead("circuit", str(tmp_path / "i.json"), "--out", str(tmp_path / "file" / "out"))


def test_numbers_of_tables_are_whole_or_have_nine_digits() -> None:
    values: list[Callable[[], str]] = [lambda: number(3.0), lambda: number(1 / 3), lambda: number(np.nan)]
    assert [value() for value in values] == ["3", "0.333333333", ""]
