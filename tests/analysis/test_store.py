"""The store keeps finished things, notices damage, and survives being shared."""

from __future__ import annotations

import multiprocessing
import os
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehead.analysis.errors import StoreError
from tapehead.analysis.results import Origin, Result, quantity
from tapehead.analysis.store import Store, canonical, default_root, digest_of

KEY = digest_of("a key")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def put(store: Store, key: str = KEY, text: str = "whole") -> None:
    with store.draft("thing", key) as work:
        (work / "a.txt").write_text(text)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), plain))
def test_key_does_not_depend_on_order(value: dict) -> None:
    assert digest_of(value) == digest_of(dict(reversed(value.items())))


def test_keys_tell_values_apart() -> None:
    assert digest_of({"a": 1}) != digest_of({"a": 1.5}) != digest_of({"a": "1"})
    assert canonical(np.float64(0.5)) == canonical(0.5)
    with pytest.raises(StoreError, match="plain data"):
        digest_of({"a": object()})


def test_an_entry_is_found_again(store: Store) -> None:
    assert store.get("thing", KEY) is None
    put(store)
    entry = store.get("thing", KEY)
    assert entry is not None
    assert entry.file("a.txt").read_text() == "whole"
    assert [e.key for e in store.entries()] == [KEY]


def test_a_failed_draft_leaves_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.draft("thing", KEY) as work:
        (work / "a.txt").write_text("half")
        raise RuntimeError
    assert store.peek("thing", KEY) is None
    assert not list(store.root.rglob("a.txt"))


def test_a_flipped_byte_is_noticed_reported_and_removed(store: Store) -> None:
    put(store)
    said: list[str] = []
    store.report = said.append
    path = store.place("thing", KEY) / "a.txt"
    path.write_text("whose")  # same length
    assert store.peek("thing", KEY) is not None, "peek reads sizes only"
    assert store.get("thing", KEY) is None
    assert "does not match its digest" in said[0]
    assert not path.exists()


def test_a_cut_file_is_noticed_by_size(store: Store) -> None:
    put(store)
    (store.place("thing", KEY) / "a.txt").write_text("who")
    assert store.peek("thing", KEY) is None


def test_a_lost_record_is_no_entry(store: Store) -> None:
    put(store)
    (store.place("thing", KEY) / "entry.json").write_text("{")
    assert store.get("thing", KEY) is None
    put(store)
    assert store.get("thing", KEY) is not None


def test_first_finished_wins(store: Store) -> None:
    with store.draft("thing", KEY) as work:
        (work / "a.txt").write_text("second")
        put(store, text="first")
    entry = store.get("thing", KEY)
    assert entry is not None
    assert entry.file("a.txt").read_text() == "first"


def _count_making(root: Path) -> None:
    store = Store(root)
    with store.lock("thing", KEY):
        if store.peek("thing", KEY) is None:
            with (root / "made").open("a") as file:
                file.write("x")
            time.sleep(0.05)
            put(store)


def test_many_processes_make_one_thing_once(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("fork")
    workers = [spawn.Process(target=_count_making, args=(tmp_path,)) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert (tmp_path / "made").read_text() == "x"


def test_a_result_comes_back_as_it_was(store: Store) -> None:
    matrix = quantity(np.arange(6.0).reshape(2, 3), "row", "col", unit="nap", labels={"row": ["a", "b"]})
    flat = quantity(np.array(7), unit="count")
    result = Result({"m": matrix, "n": flat}, Origin.PUBLISHED, "Somebody 2024", "gpt2", {"seed": 3}, "r")
    store.put_result(KEY, result, {"analysis": "x"})
    back = store.read_result(store.place("result", KEY))
    assert np.array_equal(back["m"], result["m"])
    assert back["n"].shape == ()
    assert back.quantity("m").labels == {"row": ("a", "b")}
    assert (back.origin, back.citation, back.model, back.name) == (Origin.PUBLISHED, "Somebody 2024", "gpt2", "r")


def test_gc_spares_what_a_film_refers_to(store: Store, tmp_path: Path) -> None:
    other = digest_of("other")
    put(store)
    put(store, other)
    film = tmp_path / "provenance.json"
    film.write_text("{}")
    store.remember_film(film, {"thing": [KEY]})
    assert store.gc(dry_run=True)[0] == 1
    assert store.gc()[0] == 1
    assert [e.key for e in store.entries()] == [KEY]
    film.unlink()
    assert store.gc()[0] == 1, "a film that is gone refers to nothing"


def test_gc_all_takes_everything(store: Store, tmp_path: Path) -> None:
    put(store)
    film = tmp_path / "provenance.json"
    film.write_text("{}")
    store.remember_film(film, {"thing": [KEY]})
    assert store.gc(everything=True)[0] == 1


def test_gc_leaves_drafts_of_living_processes(store: Store) -> None:
    with store.draft("thing", KEY) as work:
        (work / "a.txt").write_text("x")
        dead = work.parent / work.name.replace(f"-{os.getpid()}-", "-999999-")
        dead.mkdir()
        store.gc(everything=True)
        assert work.exists()
        assert not dead.exists()


def test_an_unwritable_store_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="TAPEHEAD_STORE"):
        put(Store(tmp_path / "file" / "store"))


@pytest.mark.parametrize("home", ["missing", "relative"])
def test_without_a_home_it_is_told_which_variable_helps(home: str, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("TAPEHEAD_STORE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "also/relative")
    if home == "missing":
        monkeypatch.setattr(Path, "home", homeless)
    else:
        monkeypatch.setenv("HOME", "relative/home")
    with pytest.raises(StoreError, match="TAPEHEAD_STORE"):
        default_root()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_root() == tmp_path / "tapehead" / "store"
