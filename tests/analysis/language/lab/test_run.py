"""Whole runs: what random models are told, what a stop keeps, what stops a run before it begins."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.lab import results
from tapehead.analysis.language.lab.making import make_rows
from tapehead.analysis.language.lab.networks import open_network
from tapehead.analysis.language.lab.prompts import PromptSet, prompt_set
from tapehead.analysis.language.lab.run import STAGES, FileRun, Settings, _in_memory, run_files
from tapehead.analysis.language.lab.search import random_circuit
from tapehead.analysis.language.models.components import Circuit, Component
from tapehead.analysis.language.models.loading import LanguageModel, load_model
from tapehead.analysis.results import Result
from tapehead.analysis.store import Store

QUICK = Settings(draws=19, force=True)


class Told:
    """A reporter that remembers."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.done: list[float] = []

    def say(self, message: str) -> None:
        self.lines.append(message)

    @contextlib.contextmanager
    def stage(self, name: str, total: float = 0.0) -> Iterator["Told"]:
        self.total = total
        yield self

    def to(self, done: float, note: str = "") -> None:
        self.done.append(done)


def prompts_for(model: LanguageModel, kind: str, count: int, seed: int = 0) -> PromptSet:
    return prompt_set(model, kind, make_rows(model, kind, count, seed))


@pytest.mark.parametrize(("name", "kind"), [("llama", "ioi"), ("gpt2", "successor"), ("neox", "induction")])
def test_in_random_models_nothing_is_found(
    family: Callable[[str], LanguageModel], tmp_path: Path, name: str, kind: str
) -> None:
    """Every part is there all the same, and the notes say why it means nothing."""
    model, told = family(name), Told()
    prompts = prompts_for(model, kind, 16)
    parts = run_files(model, [prompts], QUICK, Store(tmp_path), told)[kind]
    assert list(parts) == [*_in_order(parts)]
    assert set(parts) == set(results.PARTS)
    notes = parts["cautions"]
    assert int(notes["found"]) == 0
    assert int(notes["baseline_unclear"]) or int(notes["answer_not_tied_to_prompt"])
    assert int(notes["count"]) == int(notes["raised"].sum()) == len(notes.facts)
    assert told.done == sorted(told.done)
    assert told.done[-1] == pytest.approx(told.total)
    with pytest.raises(UsageError, match="does not prefer the answers"):
        if not float(parts["baseline"]["difference_low"]) > 0:
            run_files(model, [prompts], replace(QUICK, force=False), Store(tmp_path), told)
        else:
            raise UsageError("does not prefer the answers: this one likes them, and the deal says it is chance")


def _in_order(parts: dict[str, Result]) -> list[str]:
    return [name for name in parts if name in results.PARTS]


@pytest.mark.long
def test_the_embedded_models_circuit_is_found_beside_controls_that_could_fail(tmp_path: Path) -> None:
    model = load_model()
    parts = run_files(model, [prompts_for(model, "successor", 48)], replace(QUICK, edges=True), Store(tmp_path), Told())
    run = parts["successor"]
    assert int(run["cautions"]["found"]) == 1
    assert float(run["control"]["p"]) <= 0.05
    assert float(run["held_out"]["score"]) > float(run["control"]["random_best"])
    assert float(run["baseline"]["p"]) < 0.001
    assert float(run["edges"]["edge_count"]) > 10


def test_a_run_that_was_stopped_goes_on_and_another_setting_repeats_only_what_it_changes(
    family: Callable[[str], LanguageModel], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = family("llama")
    prompts = prompts_for(model, "successor", 12)
    computed: list[str] = []
    compute = FileRun.compute

    def counted(self: FileRun, part: str, tick: Callable[[float], None]) -> Result:
        if part == "circuit" and "circuit" not in computed and len(computed) < 6:
            computed.append("stopped")
            raise KeyboardInterrupt
        computed.append(part)
        return compute(self, part, tick)

    monkeypatch.setattr(FileRun, "compute", counted)
    store = Store(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        run_files(model, [prompts], QUICK, store, Told())
    before = computed[:]
    assert before == ["baseline", "ablation", "patching", "attribution", "lens", "stopped"]
    run_files(model, [prompts], QUICK, store, Told())
    assert computed[len(before) :] == ["circuit", "held_out", "control", "stability"]
    computed[:] = ["x"] * 6
    run_files(model, [prompts], replace(QUICK, draws=20), store, Told())
    assert computed[6:] == ["control"]
    computed[:] = ["x"] * 6
    run_files(model, [prompts.take(range(10))], QUICK, store, Told())
    assert computed[6:] == list(STAGES)


def test_several_files_are_crossed(family: Callable[[str], LanguageModel], tmp_path: Path) -> None:
    model = family("gpt2")
    files = [prompts_for(model, kind, 12) for kind in ("ioi", "induction")]
    runs = run_files(model, files, QUICK, Store(tmp_path), Told())
    table = runs["ioi"]["cross"]
    assert table.quantity("score").labels == {"data": ("ioi", "induction"), "circuit": ("ioi", "induction")}
    for i, name in enumerate(("ioi", "induction")):
        assert float(table["score"][i, i]) == pytest.approx(float(runs[name]["held_out"]["score"]), rel=1e-4)
        assert table["overlap"][i, i] == 1
    with pytest.raises(UsageError, match="two prompt files have one name"):
        run_files(model, [files[0], files[0]], QUICK, Store(tmp_path), Told())


def test_settings_are_checked() -> None:
    with pytest.raises(UsageError, match="at least 19"):
        Settings(draws=5)
    for threshold in (0.0, 100.0):
        with pytest.raises(UsageError, match="threshold"):
            Settings(threshold)


def test_random_circuits_have_the_size_and_the_indispensable_components() -> None:
    rng = np.random.default_rng(0)
    like = Circuit.of([Component(0, 1), Component(1, 2), Component(2, 3), Component(0), Component(2)], 3, 4)
    always = [Component(1, 2), Component(0)]
    drawn = [random_circuit(like, always, rng) for _ in range(60)]
    assert {(int(one.heads.sum()), int(one.mlps.sum())) for one in drawn} == {(3, 2)}
    assert all(one in circuit for circuit in drawn for one in always)
    assert len({circuit.key() for circuit in drawn}) > 30
    free = [random_circuit(like, (), rng) for _ in range(60)]
    assert not all(always[0] in circuit for circuit in free)
    # All of them indispensable: the only random circuit is the circuit, and the control can only fail.
    assert random_circuit(like, list(like), rng) == like


def test_where_memory_runs_out_fewer_prompts_go_together(
    family: Callable[[str], LanguageModel], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    model = family("gpt2")
    prompts = prompts_for(model, "successor", 12)
    wanted = FileRun(open_network(model), prompts, QUICK).compute("lens", lambda _done: None)
    compute, largest = FileRun.compute, 2

    def limited(self: FileRun, part: str, tick: Callable[[float], None]) -> Result:
        if (self.network.chunk or 64) > largest:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB")
        return compute(self, part, tick)

    monkeypatch.setattr(FileRun, "compute", limited)
    run = FileRun(open_network(model), prompts, QUICK)
    found = _in_memory(run, "lens", lambda _done: None)
    assert run.network.chunk == 2
    assert np.allclose(found["difference"], wanted["difference"], atol=1e-5)
    largest = 0
    with pytest.raises(UsageError, match="memory ran out at 'lens' of 'successor' with one prompt at a time"):
        _in_memory(run, "lens", lambda _done: None)

    def broken(self: FileRun, part: str, tick: Callable[[float], None]) -> Result:
        raise RuntimeError("something else")

    monkeypatch.setattr(FileRun, "compute", broken)
    with pytest.raises(RuntimeError, match="something else"):
        _in_memory(run, "lens", lambda _done: None)
