"""``tapehead sales`` in this process: the generated table, a table of one's own, and mistakes in one line."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from tapehead.analysis.sales.games import film_design, make_games
from tapehead.render.commands import cli

FAST = ("--splits", "20", "--shuffles", "20", "--quiet")


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["tapehead", "sales", *arguments])
    monkeypatch.setenv("COLUMNS", "160")
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return int(stopped.value.code or 0), out, err


def write_games(path: Path, count: int = 120, seed: int = 3) -> None:
    games = make_games(count, seed).games
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name", *games.values])
        for n, name in enumerate(games.names):
            cells = [values[n] for values in games.values.values()]
            writer.writerow([name, *("" if np.isnan(cell) else repr(float(cell)) for cell in cells)])


def test_a_table_of_ones_own_is_fitted_like_the_generated_one(tmp_path: Path, capsys, monkeypatch) -> None:
    write_games(tmp_path / "games.csv")
    data = ("--data", str(tmp_path / "games.csv"), "--json", *FAST)
    code, out, _err = run(capsys, monkeypatch, *data)
    mine = json.loads(out)
    _code, out, _err = run(capsys, monkeypatch, "--count", "120", "--seed", "3", "--json", *FAST)
    generated = json.loads(out)
    assert code == 0 and generated["table"] == "generated" and mine["table"].endswith("games.csv")
    design = film_design(make_games(120, 3))
    assert mine["games"] == len(design.y)
    assert mine["coefficients"] == pytest.approx(generated["coefficients"])
    full = np.column_stack([np.ones(len(design.y)), design.X])
    wanted = np.linalg.lstsq(full, design.y, rcond=None)[0]
    assert list(mine["coefficients"].values()) == pytest.approx(list(wanted))
    assert mine["low"]["talk"] < mine["coefficients"]["talk"] < mine["high"]["talk"]
    assert mine["split_least"] <= mine["split_median"] <= mine["split_most"]
    assert set(mine["cross_validated"]) == {"talk", "user", "critic", "all"}


def test_the_tables_are_shown(capsys, monkeypatch) -> None:
    code, out, err = run(capsys, monkeypatch, "--count", "300", *FAST)
    assert code == 0 and not err
    for part in ("Who is left", "95 % interval", "never saw", "One split alone is luck"):
        assert part in out


def test_columns_by_name_and_a_sign_that_turns(tmp_path: Path, capsys, monkeypatch) -> None:
    rng = np.random.default_rng(0)
    quality = rng.normal(size=80)
    user = quality + 0.2 * rng.normal(size=80)
    sold = 3 * quality - 1.5 * user + 0.05 * rng.normal(size=80)
    rows = ["Q,U,S", *(f"{q:.6f},{u:.6f},{s:.6f}" for q, u, s in zip(quality, user, sold, strict=True))]
    (tmp_path / "a.csv").write_text("\n".join(rows))
    (tmp_path / "c.toml").write_text('sales = "S"\n[predictors]\ncritic = "Q"\nuser = "U"\n')
    given = ("--data", str(tmp_path / "a.csv"), "--columns", str(tmp_path / "c.toml"), *FAST)
    code, out, _err = run(capsys, monkeypatch, *given)
    assert code == 0 and "Mind the sign of user" in out


@pytest.mark.parametrize(
    ("change", "arguments", "complaint"),
    [
        (lambda t: t.replace("title 3,", "title 3,lots,", 1), (), "has 8 cells and the heading 7"),
        (lambda t: "\n".join(t.splitlines()[:12]), (), "needed|too few to judge"),
        (lambda t: t.replace("critic_score", "press"), (), "unknown column 'critic_score'"),
        (lambda t: t, ("--splits", "3"), "--splits has to be at least 20"),
        (lambda t: t, ("--shuffles", "3"), "shuffles has to be at least 20"),
    ],
)
def test_mistakes_are_one_line(change, arguments, complaint: str, tmp_path: Path, capsys, monkeypatch) -> None:
    import re

    path = tmp_path / "games.csv"
    write_games(path)
    path.write_text(change(path.read_text()))
    code, out, err = run(capsys, monkeypatch, "--data", str(path), *FAST, *arguments)
    assert code == 2 and not out
    assert re.search(complaint, err) and err.startswith("tapehead: ") and err.count("\n") == 1


def test_columns_need_a_table(tmp_path: Path, capsys, monkeypatch) -> None:
    code, _out, err = run(capsys, monkeypatch, "--columns", str(tmp_path / "c.toml"))
    assert code == 2 and "name the table with --data as well" in err
