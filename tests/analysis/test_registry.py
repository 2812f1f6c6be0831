"""Analyses are found by name, computed once, and computed again when anything that matters changes."""

from __future__ import annotations

import sys
import types
from pathlib import Path

import pytest

from analysis.errors import EpisodeError
from analysis.registry import AnalysisCall, analysis, load, obtain
from analysis.results import Result, quantity
from analysis.store import Store

calls: list[str] = []


@analysis("base", version=1)
def base(x: float, *, seed: int) -> Result:
    calls.append("base")
    return Result({"x": quantity(x + seed)})


@analysis("double", version=1)
def double(first: Result, *, seed: int) -> Result:
    calls.append("double")
    return Result({"x": quantity(2 * first["x"])})


@pytest.fixture(autouse=True)
def module():
    made = types.ModuleType("made_up_analyses")
    made.base, made.double, made.plain = base, double, len
    sys.modules["made_up_analyses"] = made
    calls.clear()
    yield
    del sys.modules["made_up_analyses"]


def declared(x: float = 1.0) -> tuple[AnalysisCall, ...]:
    return (
        AnalysisCall("a", "made_up_analyses:base", {"x": x}),
        AnalysisCall("b", "made_up_analyses:double", {}, {"first": "a"}),
    )


def test_results_flow_and_are_kept(tmp_path: Path) -> None:
    store = Store(tmp_path)
    entries = obtain(declared(), "", store, seed=3)
    assert load(store, entries["b"], "b").read("x") == 8
    assert calls == ["base", "double"]
    obtain(declared(), "", store, seed=3)
    assert calls == ["base", "double"]


@pytest.mark.parametrize("change", [{"x": 2.0}, {"seed": 4}, {"device": "cuda"}])
def test_what_matters_makes_it_anew(tmp_path: Path, change: dict) -> None:
    store = Store(tmp_path)
    obtain(declared(), "", store, seed=3)
    obtain(declared(change.get("x", 1.0)), "", store, change.get("seed", 3), change.get("device", "cpu"))
    assert calls.count("base") == 2


def test_a_damaged_result_is_computed_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    entry = obtain(declared(), "", store, seed=3)["a"]
    (entry.path / "arrays.safetensors").write_bytes(b"x")
    obtain(declared(), "", store, seed=3)
    assert calls.count("base") == 2
    assert calls.count("double") == 1, "what follows from an equal result is kept"


@pytest.mark.parametrize("function", ["made_up_analyses:nothing", "nowhere:base", "made_up_analyses:plain"])
def test_what_is_no_analysis_is_refused(tmp_path: Path, function: str) -> None:
    with pytest.raises(EpisodeError, match=function.split(":")[1]):
        obtain((AnalysisCall("a", function),), "", Store(tmp_path), seed=1)
