"""`--film` of both commands, from input to a film that plays and says what its own run found."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import av
import pytest
from typer.testing import CliRunner

from tapehead.analysis.diffusion.lab.results import load as load_directions
from tapehead.analysis.errors import TapeheadError, UnknownNameError, UsageError
from tapehead.analysis.language.lab.making import make_rows, write_rows
from tapehead.analysis.language.lab.results import load as load_circuit
from tapehead.analysis.language.models.loading import load_model
from tapehead.analysis.store import digest_file
from tapehead.render.commands.cli import app
from tests.analysis.diffusion import tiny_pipelines as tiny


def tapehead(*arguments: str) -> Any:
    """Run a command; errors of ours come out as they are."""
    found = CliRunner().invoke(app, list(arguments))
    if isinstance(found.exception, TapeheadError):
        raise found.exception
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found


def played(path: Path) -> tuple[float, str]:
    """Seconds that can be decoded, and the words of the film without their times."""
    with av.open(str(path)) as film:
        rate = float(film.streams.video[0].average_rate or 0)
        frames = sum(1 for _ in film.decode(video=0))
    words = path.with_suffix(".srt").read_text()
    return frames / rate, " ".join(line for line in words.splitlines() if not re.match(r"\d+$|\d\d:", line))


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_circuit_leaves_a_film_that_tells_its_own_run(tmp_path: Path) -> None:
    file = tmp_path / "calendar.json"
    write_rows([row for row in make_rows(load_model(), "successor", 24) if row.group in ("months", "days")], file)
    told = tapehead(
        *("circuit", str(file), "--out", str(tmp_path / "out"), "--draws", "19", "--quiet", "--json", "--jobs", "1"),
        *("--film", "--voice", "none"),
    )
    path = Path(json.loads(told.stdout)["files"]["calendar"]["film"])
    seconds, words = played(path)
    parts = load_circuit(tmp_path / "out")
    assert 90 < seconds < 400
    assert f"{float(parts['prompts']['prompts']):.0f}" in words
    assert f"{float(parts['held_out']['score']):.0f}" in words
    kept = json.loads((path.parent / "provenance.json").read_text())
    assert digest_file(tmp_path / "out" / "results.json") in json.dumps(kept)
    assert not list((tmp_path / "out").rglob("*.part"))


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_the_film_of_a_random_model_claims_nothing(tmp_path: Path) -> None:
    model = tiny.stable(tmp_path / "random model")
    told = tapehead(
        *("directions", "--model", str(model), "--seed", "3", "--k", "2", "--steps", "1", "--denoise", "4"),
        *("--to", "seed:4", "--out", str(tmp_path / "out"), "--quiet", "--json", "--jobs", "1"),
        *("--film", "--voice", "none"),
    )
    run = json.loads(told.stdout)["run"]
    seconds, words = played(Path(run["film"]))
    assert run["found"] == 0
    assert 90 < seconds < 400
    assert "random model" in words
    assert not float(load_directions(tmp_path / "out")["cautions"]["found"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--quality", "480p"], "quality '480p'"),
        (["--voice", "natrual"], "voice 'natrual'"),
        (["--tape", "wet"], "tape 'wet'"),
    ],
)
@pytest.mark.parametrize("command", ["circuit", "directions"])
def test_a_misspelt_film_shows_before_the_work(
    command: str, options: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def worked(*_arguments: Any) -> None:
        raise AssertionError("the run began")

    monkeypatch.setattr("tapehead.analysis.language.lab.any_model.load_any", worked)
    monkeypatch.setattr("tapehead.analysis.diffusion.models.loading.load_model", worked)
    file = [str(tmp_path / "x.json")] if command == "circuit" else []
    with pytest.raises(UnknownNameError, match=message):
        tapehead(command, *file, "--out", str(tmp_path / "out"), "--film", *options)
    assert not (tmp_path / "out").exists()


def test_a_film_needs_another_picture(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="with --film leave out --to none"):
        tapehead("directions", "--film", "--to", "none", "--out", str(tmp_path / "out"))
