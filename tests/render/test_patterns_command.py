"""`tapehead patterns`: answers, what views saved, and mistakes in one line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tapehead.render.commands.cli import app

QUERY = 'x:animal -> home@Japan; x -> s@"long snout"; x -> life@pet; x -> k:kind => c@mammal'


def run(*words: str) -> dict[str, Any]:
    done = CliRunner().invoke(app, ["patterns", *words, "--json", "--quiet"])
    assert done.exit_code == 0, done.output + repr(done.exception)
    return json.loads(done.stdout.splitlines()[-1])


def refused(*words: str) -> str:
    done = CliRunner().invoke(app, ["patterns", *words])
    assert done.exit_code != 0
    return str(done.exception)


def test_the_dogs_are_found_by_their_connections() -> None:
    found = run("toy", QUERY)
    assert {match["x"] for match in found["matches"]} == {"Shiba Inu", "Akita", "Kai Ken"}
    assert found["without_views"]["count"] == 3
    assert found["without_views"]["complete"]


def test_kinds_of_matches() -> None:
    two = "p:person -> a:animal; p -> b:animal"
    assert run("toy", two)["without_views"]["count"] == 21
    assert run("toy", two, "--kind", "monomorphism")["without_views"]["count"] == 10
    capped = run("toy", two, "--limit", "4")["without_views"]
    assert (capped["count"], capped["complete"]) == (4, False)


def test_a_remembered_query_helps_a_later_one(tmp_path: Path) -> None:
    views = tmp_path / "views"
    first = run("toy", QUERY, "--views", str(views), "--remember", "dogs")
    assert first["views"]["built_now"] == 1
    later = run("toy", f"{QUERY}; o:person -> x", "--views", str(views))
    assert later["views"]["built_now"] == 0
    assert [each["name"] for each in later["views"]["fitted"]] == ["dogs"]
    assert later["with_views"]["count"] == later["without_views"]["count"] == 3
    assert later["with_views"]["candidates"]["views"] < later["without_views"]["candidates"]["label"]
    assert 0 < later["with_views"]["edges_covered"] < 1
    none = run("toy", "p:person -> a:animal", "--views", str(views))
    assert none["views"]["fitted"] == []
    assert sorted(file.name for file in views.iterdir()) == ["dogs.pattern", "dogs.view"]


def test_views_of_another_graph_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "other.pattern").write_text("x:zebra -> y")
    found = run("toy", "p:person -> a:animal", "--views", str(tmp_path))
    assert found["views"]["not_used"] == ["other"]


def test_files(tmp_path: Path) -> None:
    (tmp_path / "g.txt").write_text("v a x\nv b y\ne a b\n")
    (tmp_path / "q.pattern").write_text("p:x -> q:y\n")
    found = run(str(tmp_path / "g.txt"), str(tmp_path / "q.pattern"))
    assert found["matches"] == [{"p": "a", "q": "b"}]
    assert run(str(tmp_path / "g.txt"), "--labels")["labels"] == {"x": 1, "y": 1}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("toy",), "what is to be found"),
        (("toy", "a ->"), "leads nowhere"),
        (("toy", "a:animl"), "did you mean animal"),
        (("toy", "a@Shiba"), "did you mean Shiba Inu"),
        (("toy", "a; b"), "2 parts"),
        (("toy", "a", "--kind", "same"), "kind of match"),
        (("tyo", "a"), "there is no graph 'tyo'"),
        (("toy", "a", "--remember", "x"), "--views"),
        (("toy", "a", "--views", "/nowhere"), "no folder"),
        (("toy", "none.pattern"), "there is no file"),
    ],
)
def test_mistakes_are_said_in_one_line(words: tuple[str, ...], said: str) -> None:
    assert said in refused(*words)


def test_nothing_is_kept_of_a_refused_query(tmp_path: Path) -> None:
    refused("toy", "a; b", "--views", str(tmp_path / "v"), "--remember", "x")
    assert not (tmp_path / "v").exists()
    run("toy", "a:kind => b:class", "--views", str(tmp_path / "v"), "--remember", "x")
    assert "another pattern" in refused("toy", "a:kind -> b", "--views", str(tmp_path / "v"), "--remember", "x")


def test_the_table_for_people() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tapehead", "patterns", "toy", "p:person -> pet -> c:country"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "matches" in done.stdout
    assert "x@pet" in done.stderr
