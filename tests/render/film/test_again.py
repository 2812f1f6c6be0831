"""What comes out otherwise when it is computed a second time is said, with what and how much."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from tapehead.analysis.errors import ResultError
from tapehead.analysis.results import Result, quantity
from tapehead.render.commands.cli import app
from tapehead.render.film.again import difference

EPISODE = """
from tapehead.analysis.registry import AnalysisCall
from tapehead.scenes.episode import Episode, SceneRef

EPISODE = Episode(
    title="Again",
    scenes=(SceneRef("one", ".one:One", "One", uses=("steady",)),),
    analyses=(
        AnalysisCall("steady", ".numbers:steady", {}),
        AnalysisCall("moody", ".numbers:SOURCE", {}),
        AnalysisCall("follows", ".numbers:follows", {}, inputs={"of": "moody"}),
    ),
)
"""
NUMBERS = '''
import os
import random
import time

import numpy as np

from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity


@analysis("again.steady", version=1)
def steady(*, seed: int) -> Result:
    """Seeds what it draws, or forgot to seed Python's own."""
    return Result({"a": quantity(np.random.default_rng(seed).random(3), "k"), "b": quantity(random.random())})


@analysis("again.clock", version=1)
def clock(*, seed: int) -> Result:
    """Asks the clock."""
    return Result({"a": quantity(np.array([1.0, 2.0, time.time()]), "k")})


@analysis("again.system", version=1)
def system(*, seed: int) -> Result:
    """Asks the system."""
    return Result({"bytes": quantity(np.frombuffer(os.urandom(8), np.uint8).astype(np.int64), "k")})


@analysis("again.unseeded", version=1)
def unseeded(*, seed: int) -> Result:
    """A generator without a seed."""
    return Result({"g": quantity(np.random.default_rng().random(4), "k")})


@analysis("again.follows", version=1)
def follows(of: Result, *, seed: int) -> Result:
    """Made from another."""
    return Result({"n": quantity(float(sum(of[name].sum() for name in of.quantities)))})
'''
ONE = """
from tapehead.scenes.stage.base import StageScene


class One(StageScene):
    def construct(self):
        self.hold(1)
"""


def episode(folder: Path, source: str) -> str:
    folder.mkdir()
    for name, text in (
        ("__init__.py", '"""A test."""\n'),
        ("episode.py", EPISODE.replace("SOURCE", source)),
        ("numbers.py", NUMBERS),
        ("one.py", ONE),
        ("script.toml", 'language = "en"\n'),
    ):
        (folder / name).write_text(text)
    return str(folder)


def again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, source: str):
    monkeypatch.setenv("TAPEHEAD_STORE", str(tmp_path / "store"))
    folder = episode(tmp_path / f"again_{source}", source)
    return CliRunner().invoke(app, ["analyze", folder, "--again", "--json", "--quiet"])


@pytest.mark.parametrize(("source", "what"), [("clock", "1 of 3 numbers of 'a' are others, by up to"),
                                              ("system", "numbers of 'bytes' are others"),
                                              ("unseeded", "4 of 4 numbers of 'g' are others")])  # fmt: skip
def test_the_clock_and_the_system_are_found_out(monkeypatch, tmp_path, source, what) -> None:
    done = again(monkeypatch, tmp_path, source)
    assert isinstance(done.exception, ResultError)
    message = str(done.exception)
    assert message.startswith("computed again, 2 of 3 results came out otherwise: 'moody': ")
    assert what in message and "'follows': it is made from another one that differs" in message
    told = json.loads(done.stdout.strip().splitlines()[-1])
    assert [each["name"] for each in told["differing"]] == ["moody", "follows"]
    assert set(told["results"]) == {"steady", "moody", "follows"}


def test_what_is_seeded_comes_out_the_same(monkeypatch, tmp_path) -> None:
    done = again(monkeypatch, tmp_path, "steady")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout.strip().splitlines()[-1])["differing"] == []


def test_differences_in_words() -> None:
    def of(**arrays: object) -> Result:
        return Result({name: quantity(values, *"k" * np.ndim(values)) for name, values in arrays.items()})

    nan = np.array([1.0, np.nan])
    assert difference(of(a=nan), of(a=nan.copy())) == "its facts, units or axes are others"
    assert difference(of(a=1.0), of(b=1.0)) == "it has b where a is kept"
    assert "is kept" in difference(of(a=np.zeros(2)), of(a=np.zeros(3)))
    assert difference(of(a=np.array([1, 5])), of(a=np.array([1, 7]))).endswith("by up to 2")
    assert difference(of(a=nan), of(a=np.array([np.nan, np.nan]))).startswith("1 of 2 numbers of 'a' are others")
