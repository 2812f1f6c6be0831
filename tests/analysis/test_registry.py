"""Analyses are found by name, computed once, and computed again when anything that matters changes."""

from __future__ import annotations

import sys
import types
from pathlib import Path

import pytest

from tapehead.analysis import registry
from tapehead.analysis.errors import EpisodeError, StoreError, UnknownNameError
from tapehead.analysis.registry import AnalysisCall, ModelChoice, analysis, load, obtain, with_inputs
from tapehead.analysis.results import Result, quantity
from tapehead.analysis.store import Store

calls: list[str] = []


@analysis("base", version=1)
def base(x: float, *, seed: int) -> Result:
    calls.append("base")
    return Result({"x": quantity(x + seed)})


@analysis("double", version=1)
def double(first: Result, *, seed: int) -> Result:
    calls.append("double")
    return Result({"x": quantity(2 * first["x"])})


@analysis("size", version=1)
def size(model: str, *, seed: int) -> Result:
    calls.append(model)
    return Result({"x": quantity(len(model))}, model=model)


@pytest.fixture(autouse=True)
def module(monkeypatch: pytest.MonkeyPatch):
    made = types.ModuleType("made_up_analyses")
    made.base, made.double, made.plain, made.size = base, double, len, size
    made.EMBEDDED = "tiny"
    made.model_digest = lambda name, download: f"digest of {name.partition('@')[0]}"
    made.load_model = lambda name, device, download: f"{name} on {device}"
    sys.modules["made_up_analyses"] = made
    monkeypatch.setitem(registry.FAMILIES, "made-up", "made_up_analyses")
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


@pytest.mark.parametrize("change", [{"x": 2.0}, {"seed": 4}])
def test_what_matters_makes_it_anew(tmp_path: Path, change: dict) -> None:
    store = Store(tmp_path)
    obtain(declared(), "", store, seed=3)
    obtain(declared(change.get("x", 1.0)), "", store, change.get("seed", 3))
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


def asked(store: Store, model: str = "made-up", **choice: str) -> list[str]:
    """Models that were loaded and run for one call."""
    before = len(calls)
    obtain((AnalysisCall("s", "made_up_analyses:size", model=model),), "", store, 1, ModelChoice(**choice))
    return calls[before:]


def test_the_model_is_the_users_choice_and_part_of_the_key(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert asked(store) == ["tiny on cpu"]
    assert asked(store) == []
    assert asked(store, name="gpt2") == ["gpt2 on cpu"]
    assert asked(store, name="gpt2@elsewhere") == [], "equal weights are the same model"
    assert asked(store, device="cuda:1") == ["tiny on cuda:1"]
    assert asked(store, device="cuda:0") == [], "one class of device"


def test_a_pinned_model_is_not_changed_by_the_choice(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert asked(store, "made-up:small", name="gpt2") == ["small on cpu"]
    assert asked(store, "made-up:small") == []


def test_an_unknown_family_of_models_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EpisodeError, match="nobody"):
        asked(Store(tmp_path), "nobody")


def test_asking_for_one_result_brings_what_it_needs() -> None:
    calls = (
        AnalysisCall("a", "m:f"),
        AnalysisCall("b", "m:f", {}, {"x": "a"}),
        AnalysisCall("c", "m:f"),
        AnalysisCall("d", "m:f", {}, {"x": "b"}),
    )
    assert [call.id for call in with_inputs(calls, ["d"])] == ["a", "b", "d"]
    assert [call.id for call in with_inputs(calls, ["c", "a"])] == ["a", "c"]
    with pytest.raises(UnknownNameError, match="unknown analysis 'e'"):
        with_inputs(calls, ["e"])


def test_a_missing_result_that_wants_another_device_may_be_made_elsewhere(tmp_path: Path) -> None:
    call, store, asked = AnalysisCall("s", "made_up_analyses:size", model="made-up"), Store(tmp_path), []

    def made_there(call: AnalysisCall) -> None:
        asked.append(call.id)
        obtain((call,), "", store, 1, ModelChoice(device="cuda"))  # as the other machine does, into the same store

    entries = obtain((call,), "", store, 1, ModelChoice(device="cuda:1"), elsewhere=made_there)
    assert asked == ["s"]
    again = obtain((call,), "", store, 1, ModelChoice(device="cuda"), elsewhere=made_there)
    assert again["s"].key == entries["s"].key and asked == ["s"], "kept"
    obtain((call,), "", store, 1, ModelChoice(), elsewhere=made_there)
    assert asked == ["s"], "what runs on a processor is made here"
    with pytest.raises(StoreError, match="'s' was made on another machine and is not in"):
        obtain((call,), "", Store(tmp_path / "other"), 1, ModelChoice(device="cuda"), elsewhere=lambda _call: None)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (AnalysisCall("a", "made_up_analyses:base", {"xx": 1.0}), "takes no 'xx': did you mean 'x'"),
        (AnalysisCall("a", "made_up_analyses:base", {"x": 1.0, "depth": 2}), "takes no 'depth': it takes x, seed"),
        (AnalysisCall("a", "made_up_analyses:base"), "needs 'x'"),
        (AnalysisCall("a", "made_up_analyses:base", {"x": 1.0, "seed": 2}), "given 'seed' more than once"),
        (AnalysisCall("a", "made_up_analyses:base", {"x": 1.0}, model="made-up"), "takes no 'model'"),
    ],
)
def test_parameters_that_do_not_fit_are_refused_when_it_is_called(
    call: AnalysisCall, said: str, tmp_path: Path
) -> None:
    with pytest.raises(EpisodeError, match=said):
        obtain((call,), "", Store(tmp_path), seed=0)
    assert calls == []
