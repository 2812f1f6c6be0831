"""Results side by side are what they are one after the other, and what fails says so and loses nothing."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tapehead.analysis.errors import ResultError, TapeheadError, UsageError, WorkerError
from tapehead.analysis.interrupts import end_with
from tapehead.analysis.registry import AnalysisCall, ModelChoice, obtain
from tapehead.analysis.store import Store
from tapehead.render.film.computing import compute_beside, worth_it
from tapehead.scenes.episode import Episode, load_episode

STUDY = """
import os
import signal
from dataclasses import replace

import numpy as np

from tapehead.analysis.errors import UnknownNameError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity


@analysis("noise")
def noise(*, count: int, seed: int) -> Result:
    return Result({"x": quantity(np.random.default_rng(seed + count).normal(size=count), "k")})


@analysis("total")
def total(*, of: Result, seed: int) -> Result:
    return Result({"x": quantity(of["x"].sum())})


@analysis("process")
def process(*, seed: int) -> Result:
    return Result({"x": quantity(float(os.getpid()))})


@analysis("tuned")
def tuned(*, seed: int) -> Result:
    return Result({"x": quantity(float("malloc.trim_threshold" in os.environ.get("GLIBC_TUNABLES", "")))})


@analysis("killed")
def killed(*, seed: int) -> Result:
    os.kill(os.getpid(), signal.SIGKILL)
    return Result({"x": quantity(0.0)})


@analysis("refused")
def refused(*, seed: int) -> Result:
    raise UnknownNameError("flower", "rse", ["rose"])


@analysis("broken")
def broken(*, seed: int) -> Result:
    return Result({"x": quantity(1 / 0)})
"""
EPISODE = """
from tapehead.analysis.registry import AnalysisCall
from tapehead.scenes.episode import Episode, SceneRef

EPISODE = Episode(title="T", scenes=(SceneRef("one", ".one:One", "One"),), analyses=(
    AnalysisCall("alone", ".study:noise", {"count": 3}),
    AnalysisCall("first", ".study:noise", {"count": 5}),
    AnalysisCall("second", ".study:total", {}, {"of": "first"}),
    AnalysisCall("third", ".study:total", {}, {"of": "second"}),
    AnalysisCall("one", ".study:process"),
    AnalysisCall("tuned", ".study:tuned"),
    AnalysisCall("killed", ".study:killed"),
    AnalysisCall("refused", ".study:refused"),
    AnalysisCall("broken", ".study:broken"),
))
"""
HERE = ModelChoice()


@pytest.fixture
def episode(tmp_path: Path) -> Episode:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "study.py").write_text(STUDY)
    (folder / "episode.py").write_text(EPISODE)
    (folder / "script.toml").write_text("")
    return load_episode(folder)


def calls(episode: Episode, *names: str) -> tuple[AnalysisCall, ...]:
    return tuple(call for call in episode.analyses if call.id in names)


def test_they_are_what_they_are_one_after_the_other(episode: Episode, tmp_path: Path) -> None:
    wanted = calls(episode, "alone", "first", "second", "third", "one")
    told: list[list[str]] = []
    begun: list[str] = []

    def beside(missing: tuple[AnalysisCall, ...]) -> None:
        told.append([call.id for call in missing])
        compute_beside(episode, missing, store, 1, HERE, 2, begun.append)

    store, other = Store(tmp_path / "store"), Store(tmp_path / "other")
    kept = obtain(calls(episode, "first"), episode.package, store, 1)
    found = obtain(wanted, episode.package, store, 1, beside=beside)
    plain = obtain(wanted, episode.package, other, 1)
    assert told == [["alone", "second", "third", "one"]], "what is kept is not computed again"
    assert sorted(begun) == sorted(told[0]) and begun[0] == "second", "the longest row is begun first"
    assert [*found] == [*plain] and found["first"].key == kept["first"].key
    for name in ("alone", "first", "second", "third"):
        assert (found[name].key, found[name].digest) == (plain[name].key, plain[name].digest)
    assert store.read_result(found["one"].path)["x"] != os.getpid(), "it was computed in another process"
    obtain(wanted, episode.package, store, 1, beside=lambda _missing: pytest.fail("nothing is missing"))


@pytest.mark.parametrize("own", [None, "glibc.malloc.check=0"])
def test_processes_keep_memory_unless_the_user_has_settings_of_it(
    episode: Episode, tmp_path: Path, own: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if own is None:
        monkeypatch.delenv("GLIBC_TUNABLES", raising=False)
    else:
        monkeypatch.setenv("GLIBC_TUNABLES", own)
    store = Store(tmp_path / "store")
    compute_beside(episode, calls(episode, "tuned"), store, 1, HERE, 1)
    found = obtain(calls(episode, "tuned"), episode.package, store, 1, beside=lambda _: pytest.fail("it is there"))
    assert bool(store.read_result(found["tuned"].path)["x"]) == (own is None)
    assert os.environ.get("GLIBC_TUNABLES") == own


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("killed", WorkerError, "was killed, most likely for want of memory: killed; run again with --jobs 1"),
        ("refused", UsageError, "unknown flower 'rse': did you mean rose?"),
        ("broken", ResultError, "analysis 'broken' failed: .*study.py:[0-9]+: ZeroDivisionError"),
    ],
)
def test_what_fails_says_so_and_loses_nothing(
    episode: Episode, tmp_path: Path, name: str, kind: type[TapeheadError], words: str
) -> None:
    store = Store(tmp_path / "store")
    with pytest.raises(kind, match=words) as failed:
        compute_beside(episode, calls(episode, "first", "second", name), store, 1, HERE, 1)
    assert failed.value.exit_code == kind.exit_code
    kept: list[str] = []
    obtain(
        calls(episode, "first", "second"),
        episode.package,
        store,
        1,
        progress=lambda call, there: kept.append(call) if there else None,
    )
    assert kept == ["first", "second"], "they were there before the other failed"


def test_where_it_is_worth_it() -> None:
    model, plain = AnalysisCall("a", ".x:y", model="language"), AnalysisCall("b", ".x:y")
    assert worth_it([model, model], HERE, 2)
    assert not worth_it([model, plain], HERE, 2), "one process would wait for the other's imports"
    assert not worth_it([model, model], HERE, 1)
    assert not worth_it([model, model], ModelChoice("gpt2"), 2), "of a model of any size there is one copy"
    assert not worth_it([model, model], ModelChoice(device="cuda"), 2)


def _parent(said: str) -> None:
    """Start a process as a pool does, and wait to be killed."""
    child = multiprocessing.get_context("spawn").Process(target=_child, args=(os.getpid(), said))
    child.start()
    child.join()


def _child(parent: int, said: str) -> None:
    end_with(parent)
    Path(said).write_text(str(os.getpid()))
    time.sleep(300)


@pytest.fixture
def orphan(tmp_path: Path) -> Iterator[int]:
    said = tmp_path / "pid"
    parent = multiprocessing.get_context("spawn").Process(target=_parent, args=(str(said),))
    parent.start()
    while not said.is_file() or not said.read_text():
        assert parent.is_alive()
        time.sleep(0.1)
    parent.kill()
    parent.join()
    yield int(said.read_text())


def test_a_process_ends_with_the_one_that_started_it(orphan: int) -> None:
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        try:
            os.kill(orphan, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    os.kill(orphan, 9)
    pytest.fail("it goes on, though nobody will ever ask it for anything")
