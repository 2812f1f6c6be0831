"""Records are sealed, names have a form, and no record that somebody wrote stops the others or leads outside."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tapehead.analysis.errors import StoreError
from tapehead.analysis.records import NotWholeError, UnsealedError, is_file_name, parse_record, seal_of, sealed
from tapehead.analysis.store import RECORD, Store, digest_of
from tests.analysis.test_store import KEY, plain, put

OTHER = digest_of("another one")
FILES = {"a.txt": {"size": 5, "sha256": "ab" * 32}}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")
    put(store)
    put(store, OTHER, "sound")
    return store


def record_of(store: Store) -> Path:
    return store.place("thing", KEY) / RECORD


def emptied(record: dict[str, Any]) -> None:
    record["files"] = {}


def null_files(record: dict[str, Any]) -> None:
    record["files"] = None


def other_facts(record: dict[str, Any]) -> None:
    record["facts"]["frames"] = 7


def outside(record: dict[str, Any]) -> None:
    name = "/etc/hostname"
    record["files"] = {name: {"size": Path(name).stat().st_size, "sha256": record["files"]["a.txt"]["sha256"]}}


def above(record: dict[str, Any]) -> None:
    record["files"]["../../../precious"] = record["files"]["a.txt"]


def other_kind(record: dict[str, Any]) -> None:
    record["kind"] = "master"


def no_facts(record: dict[str, Any]) -> None:
    del record["facts"]


def negative(record: dict[str, Any]) -> None:
    record["files"]["a.txt"]["size"] = -1


@pytest.mark.parametrize(
    "change",
    [emptied, null_files, other_facts, outside, above, other_kind, no_facts, negative],
    ids=lambda f: f.__name__,
)
@pytest.mark.parametrize("resealed", [False, True])
def test_a_record_changed_by_hand_is_found(change: Callable[[Any], None], resealed: bool, store: Store) -> None:
    record = json.loads(record_of(store).read_text())
    change(record)
    if resealed:
        record["seal"] = seal_of(record)
    record_of(store).write_text(json.dumps(record))
    said: list[str] = []
    store.report = said.append
    if resealed and change in (emptied, other_facts):
        assert store.peek("thing", KEY) is not None, "a seal is no signature"
        return
    assert [entry.key for entry in store.entries()] == [OTHER]
    assert store.peek("thing", KEY) is None
    assert "is damaged" in said[-1]
    assert "\n" not in said[-1]
    assert Path("/etc/hostname").exists()


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, '{"a":' * 100_000, "[]", "null", '"x"', "1" * 10_000, "{}", "\x00", '{"files": null}', "\ud800"],
    ids=lambda text: text[:12] or "empty",
)
def test_no_text_for_a_record_stops_listing_or_gc(text: str, store: Store) -> None:
    record_of(store).write_text(text, errors="surrogatepass")
    assert [entry.key for entry in store.entries()] == [OTHER]
    assert [found.damaged for found in store.survey() if found.key == KEY] == [True]
    assert store.gc(everything=True).removed == 2
    record_of(store).parent.mkdir(parents=True)
    record_of(store).write_text(text, errors="surrogatepass")
    assert store.get("thing", KEY) is None
    assert not record_of(store).exists()


@pytest.mark.parametrize(
    "note",
    [
        "[]", "null", "{", "[" * 100_000, '{"provenance": 1, "keys": {}}', '{"provenance": "/", "keys": []}',
        '{"provenance": "/", "keys": {"thing": ["../../x"]}}', '{"provenance": "/", "keys": {"../x": []}}',
        '{"provenance": "", "keys": {}}',
    ],
    ids=lambda text: text[:20],
)  # fmt: skip
def test_a_malformed_note_of_a_film_is_told_and_the_others_count(note: str, store: Store, tmp_path: Path) -> None:
    film = tmp_path / "provenance.json"
    film.write_text("{}")
    store.remember_film(film, {"thing": [KEY]})
    (store.root / "films" / "0.json").write_text(note)
    said: list[str] = []
    store.report = said.append
    assert store.referenced() == {("thing", KEY)}
    assert "no note of a film" in said[0]
    assert store.gc().removed == 1
    assert [entry.key for entry in store.entries()] == [KEY]


def test_a_note_with_a_nul_or_a_very_long_place_is_a_film_that_is_gone(store: Store) -> None:
    (store.root / "films").mkdir()
    for number, place in enumerate(("/a\0b", "/" + "x" * 4000)):
        note = json.dumps({"provenance": place, "keys": {"thing": [KEY]}})
        (store.root / "films" / f"{number}.json").write_text(note)
    assert store.referenced() == set()


def test_an_entry_without_a_seal_is_not_used_not_lost_and_can_be_taken_over(store: Store) -> None:
    """As every entry was before records had seals."""
    record = json.loads(record_of(store).read_text())
    del record["seal"]
    record_of(store).write_text(json.dumps(record))
    said: list[str] = []
    store.report = said.append
    assert store.get("thing", KEY) is None
    assert "verify --seal" in said[0]
    assert record_of(store).exists(), "it is not removed for its age"
    assert store.seal() == (1, [])
    assert store.get("thing", KEY) is not None
    assert store.seal() == (0, [])


def test_an_entry_without_a_seal_makes_way_for_a_new_one(store: Store) -> None:
    record = json.loads(record_of(store).read_text())
    del record["seal"]
    record_of(store).write_text(json.dumps(record))
    put(store, KEY, "again")
    assert store.get("thing", KEY).file("a.txt").read_text() == "again"


def test_only_what_matches_its_digests_is_taken_over(store: Store) -> None:
    record = json.loads(record_of(store).read_text())
    del record["seal"]
    record_of(store).write_text(json.dumps(record))
    (record_of(store).parent / "a.txt").write_text("whose")
    count, left = store.seal()
    assert count == 0
    assert [found.damaged for found in left] == [True]
    assert store.get("thing", KEY) is None
    assert not record_of(store).exists()


@pytest.mark.parametrize("key", ["", "x", "../../x", "/tmp/x", "AB" * 32, "ab" * 31, f"{KEY}\n", f"{KEY}/..", 7, None])
def test_a_key_has_the_form_of_one_wherever_it_comes_in(key: Any, store: Store, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    doors: tuple[Callable[[], object], ...] = (
        lambda: store.place("thing", key),
        lambda: store.peek("thing", key),
        lambda: store.get("thing", key),
        lambda: store.draft("thing", key).__enter__(),
        lambda: store.lock("thing", key).__enter__(),
    )
    for door in doors:
        with pytest.raises(StoreError, match="64 hexadecimal digits"):
            door()
    assert (tmp_path / "x").exists()


@pytest.mark.parametrize("kind", ["", "..", "../..", "/tmp", "a/b", "tmp", "films", "leases", "Thing", "thing\n", 1])
def test_a_kind_has_the_form_of_one(kind: Any, store: Store) -> None:
    with pytest.raises(StoreError, match="no kind of store entries"):
        store.get(kind, KEY)
    with pytest.raises(StoreError, match="no kind of store entries"):
        store.draft(kind, KEY).__enter__()


@given(st.text(max_size=40) | st.from_regex(r"(\.{0,2}/?[a-z\0\\]{0,3}/?){1,4}", fullmatch=True))
def test_a_file_name_stays_inside(name: str) -> None:
    if is_file_name(name):
        assert "\0" not in name
        assert name != RECORD
        inside = Path("/store/thing/ab/key")
        assert (inside / name).resolve().is_relative_to(inside)
        assert (inside / name).resolve() != inside


@given(st.dictionaries(st.text(max_size=8), plain, max_size=4))
def test_what_was_sealed_comes_back(facts: dict[str, Any]) -> None:
    text = sealed("thing", KEY, FILES, facts)
    record = parse_record(text.encode(), "thing", KEY)
    assert record["facts"] == facts
    assert record["files"] == FILES


def test_facts_that_are_no_data_are_one_message() -> None:
    with pytest.raises(StoreError, match="no plain data"):
        sealed("thing", KEY, FILES, {"x": object()})


def _changed(record: Any, path: list[int], value: Any) -> Any:
    """``record`` with one of its parts, wherever ``path`` leads, replaced."""
    if not path or not isinstance(record, dict | list) or not record:
        return value
    made = dict(record) if isinstance(record, dict) else list(record)
    at: Any = list(made)[path[0] % len(made)] if isinstance(made, dict) else path[0] % len(made)
    made[at] = _changed(made[at], path[1:], value)
    return made


@settings(max_examples=300)
@given(st.lists(st.integers(0, 7), max_size=4), plain)
def test_no_change_of_a_record_goes_unnoticed(path: list[int], value: Any) -> None:
    """Any part of a record replaced by anything: it is refused, or it says what it said before."""
    record = json.loads(sealed("thing", KEY, FILES, {"frames": 7, "flashes": [{"at": 1.5}]}))
    made = _changed(record, path, value)
    try:
        back = parse_record(json.dumps(made).encode(), "thing", KEY)
    except (NotWholeError, UnsealedError):
        return
    assert json.dumps(back, sort_keys=True) == json.dumps(record, sort_keys=True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60) | plain.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_for_a_record(store: Store, text: bytes) -> None:
    """Nothing but None comes back, the neighbour stays, and the entry can be made again."""
    record_of(store).write_bytes(text)
    assert [entry.key for entry in store.entries()] == [OTHER]
    assert store.get("thing", KEY) is None
    put(store)
    assert store.get("thing", KEY) is not None
    shutil.rmtree(store.root / "tmp")
