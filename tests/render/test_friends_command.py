"""``tapehead friends`` in this process: a classic, a file, and mistakes in one line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tapehead.analysis.friends.networks import blocks_network
from tapehead.render.commands import cli

FAST = ("--pairs", "120", "--resamples", "100", "--shuffles", "5", "--quiet")


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["tapehead", "friends", *arguments])
    monkeypatch.setenv("COLUMNS", "160")
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return int(stopped.value.code or 0), out, err


def test_the_tables_of_a_classic(capsys, monkeypatch) -> None:
    code, out, _err = run(capsys, monkeypatch, "karate", *FAST)
    assert code == 0
    for part in ("graded on itself", "tested links hidden", "logistic", "shuffled labels", "95 % interval"):
        assert part in out


def test_a_file_with_doubled_links_as_json(tmp_path: Path, capsys, monkeypatch) -> None:
    edges = blocks_network("b", 100, 4, 10, 0.8, seed=1).edges.tolist()
    path = tmp_path / "mine.csv"
    path.write_text("".join(f"p{a},p{b}\n" for a, b in [*edges, edges[0]]))
    code, out, _err = run(capsys, monkeypatch, str(path), "--json", *FAST)
    found = json.loads(out)
    assert code == 0 and found["links"] == len(edges) and found["network"] == str(path)
    assert found["notes"] == ["1 repeated links were counted once"]
    assert found["auc"]["graded on itself"] > found["auc"]["tested links hidden"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("karat",), "unknown network 'karat': did you mean karate?"),
        (("no/where.csv",), "cannot be read: No such file"),
        (("florentine",), "at least 20 of each are needed to judge anything by folds"),
        (("karate", "--pairs", "4"), "rows has to be at least 40"),
        (("lesmis", "--memory", "0.00001"), "allow more with --memory"),
    ],
)
def test_mistakes_are_one_line(arguments, complaint: str, capsys, monkeypatch) -> None:
    code, out, err = run(capsys, monkeypatch, arguments[0], *FAST, *arguments[1:])
    assert code == 2 and not out
    assert complaint in err and err.startswith("tapehead: ") and err.count("\n") == 1
