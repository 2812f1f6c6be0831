"""Whatever a disk does, the store loses nothing that it holds: an error names the cause, and the entry stays."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tapehead.analysis.errors import ResultError, StoreError
from tapehead.analysis.leases import FOLDER
from tapehead.analysis.results import Result, quantity
from tapehead.analysis.store import Store, digest_of
from tests.analysis.test_store import KEY, put
from tests.faults.disk import FAULTS, FakeDisk, failing

KEYS = [digest_of(number) for number in range(3)]
READING = tuple(code for code in FAULTS if code != errno.ENOSPC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")
    for key in KEYS:
        put(store, key, f"whole {key[:4]}")
    return store


def contents(store: Store) -> dict[str, bytes]:
    """Every file of every entry, read without the store."""
    places = store.root.glob("*/??/*/**/*")
    return {str(path.relative_to(store.root)): path.read_bytes() for path in places if path.is_file()}


def film(store: Store) -> None:
    provenance = store.root.parent / "provenance.json"
    provenance.write_text("{}")
    store.remember_film(provenance, {"thing": KEYS[:1]})


def looking(store: Store) -> None:
    for key in KEYS:
        assert store.peek("thing", key) is not None


def reading(store: Store) -> None:
    for key in KEYS:
        assert store.get("thing", key) is not None


def listing(store: Store) -> None:
    store.referenced()
    list(store.entries())


def leasing(store: Store) -> None:
    with store.leased():
        reading(store)


def making_again(store: Store) -> None:
    put(store, KEYS[0], "another one, which loses")


@pytest.mark.parametrize("code", FAULTS, ids=lambda code: errno.errorcode[code])
@pytest.mark.parametrize("work", [looking, reading, listing, leasing, making_again])
def test_no_fault_at_any_call_costs_an_entry(work: Callable[[Store], None], code: int, store: Store) -> None:
    """The n-th call fails, for every n: each time the entries are all there, byte for byte."""
    film(store)
    before, tried = contents(store), 0
    for at in range(1, 400):
        disk = FakeDisk(store.root, code, at)
        said = ""
        with failing(disk):
            try:
                work(store)
            except StoreError as error:
                said = str(error)
            except OSError as error:  # where the maker itself writes
                assert work is making_again
                assert error.errno == code
        if not disk.failed:
            break
        tried += 1
        assert contents(store) == before, f"call {at}: {disk.failed}"
        assert "damaged" not in said
        assert not said or os.strerror(code) in said, "the cause is named"
    assert tried > len(KEYS), "something was tried"
    assert not disk.failed


@pytest.mark.parametrize("code", READING, ids=lambda code: errno.errorcode[code])
def test_gc_and_a_disk_that_fails_take_nothing_that_a_film_uses(code: int, store: Store) -> None:
    film(store)
    for at in range(1, 400):
        for key in KEYS[1:]:
            put(store, key, f"whole {key[:4]}")
        disk = FakeDisk(store.root, code, at)
        with failing(disk):
            try:
                store.gc()
            except StoreError as error:
                assert os.strerror(code) in str(error)
        assert store.get("thing", KEYS[0]) is not None, f"call {at}: {disk.failed}"
        if not disk.failed:
            break
    assert at > 10
    assert [entry.key for entry in store.entries()] == KEYS[:1]


def test_no_file_descriptor_is_free(store: Store) -> None:
    """What was found first: with no descriptor left, three of three sound entries were deleted."""
    before, held = contents(store), []
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 256), hard))
    try:
        try:
            while True:
                held.append(os.open(os.devnull, os.O_RDONLY))
        except OSError as error:
            assert error.errno == errno.EMFILE
        for look in (store.peek, store.get):
            for key in KEYS:
                with pytest.raises(StoreError, match=r"Too many open files.*ulimit -n"):
                    look("thing", key)
        with pytest.raises(StoreError, match="Too many open files"):
            list(store.entries())
        with pytest.raises(StoreError, match="Too many open files"):
            store.gc(everything=True)
    finally:
        for file in held:
            os.close(file)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert contents(store) == before


def test_what_can_not_be_read_is_listed_and_left(store: Store) -> None:
    said: list[str] = []
    store.report = said.append
    disk = FakeDisk(store.root / "thing", errno.EACCES, 1, times=10**6, only=("open",))
    with failing(disk):
        assert [found.unreadable for found in store.survey()] == [True] * 3
        assert list(store.entries()) == []
        done = store.gc(everything=True)
    assert (done.removed, done.unreadable) == (0, 3)
    assert all("Permission denied" in line for line in said)
    assert len(list(store.entries())) == 3


def test_a_note_of_a_film_that_can_not_be_read_stops_gc(store: Store) -> None:
    film(store)
    disk = FakeDisk(store.root / "films", errno.EIO, 1, times=100, only=("open",))
    with failing(disk), pytest.raises(StoreError, match=r"note of a film.*Input/output error"):
        store.gc()
    assert len(list(store.entries())) == 3


def test_a_film_whose_place_can_not_be_looked_at_still_counts(store: Store) -> None:
    film(store)
    out = store.root.parent / "provenance.json"
    with failing(FakeDisk(out, errno.ESTALE, 1, times=100)):
        assert store.gc().removed == 2
    assert [entry.key for entry in store.entries()] == KEYS[:1]


# -- what lies at an entry's place ---------------------------------------------------------------------


def dangling(place: Path) -> None:
    place.symlink_to(place.parent / "nowhere")


def elsewhere(place: Path) -> None:
    there = place.parent.parent.parent.parent / "elsewhere"
    there.mkdir()
    (there / "precious").write_text("x")
    place.symlink_to(there)


def a_file(place: Path) -> None:
    place.write_text("I am a file")


def empty(place: Path) -> None:
    place.mkdir()


def a_pipe_for_a_record(place: Path) -> None:
    place.mkdir()
    os.mkfifo(place / "entry.json")


@pytest.mark.timeout(20)
@pytest.mark.parametrize("wrong", [dangling, elsewhere, a_file, empty, a_pipe_for_a_record])
@pytest.mark.parametrize("way", ["get", "draft", "gc"])
def test_what_is_no_entry_is_replaced_and_leaves_nothing(
    wrong: Callable[[Path], None], way: str, tmp_path: Path
) -> None:
    store = Store(tmp_path / "store")
    place = store.place("thing", KEY)
    place.parent.mkdir(parents=True)
    wrong(place)
    if way == "get":
        assert store.get("thing", KEY) is None
        assert not os.path.lexists(place)
    elif way == "gc":
        assert store.gc().removed == 1
        assert not os.path.lexists(place)
    put(store)
    assert store.get("thing", KEY).file("a.txt").read_text() == "whole"
    assert not place.is_symlink()
    assert not list((store.root / "tmp").glob("trash*"))
    if wrong is elsewhere:
        assert (tmp_path / "elsewhere" / "precious").read_text() == "x", "nothing outside is touched"


def test_a_link_inside_an_entry_is_no_part_of_it(store: Store, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.txt").write_text(f"whole {KEYS[0][:4]}")
    file = store.place("thing", KEYS[0]) / "a.txt"
    file.unlink()
    file.symlink_to(outside / "a.txt")
    assert store.get("thing", KEYS[0]) is None
    assert (outside / "a.txt").exists()
    with pytest.raises(StoreError, match="no plain file"), store.draft("thing", KEY) as work:
        (work / "link").symlink_to(outside / "a.txt")


def test_numbers_that_can_not_be_kept_are_one_message(store: Store) -> None:
    result = Result({"m": quantity(np.zeros(2, np.longdouble), "row")}, name="long")
    with pytest.raises(ResultError, match=r"long/m holds .*float64"):
        store.put_result(KEY, result, {})
    assert not list((store.root / "tmp").iterdir())


def test_results_that_can_not_be_read_now_are_not_damaged(store: Store) -> None:
    store.put_result(KEY, Result({"m": quantity(np.zeros(2), "row")}), {})
    place = store.place("result", KEY)
    with failing(FakeDisk(place, errno.EIO, 1, times=100)), pytest.raises(StoreError, match="cannot be read now"):
        store.read_result(place)


# -- leases ------------------------------------------------------------------------------------------------


HOLDER = """
import sys, time
from pathlib import Path
from tapehead.analysis.store import Store
store = Store(Path(sys.argv[1]))
with store.leased():
    assert store.get("thing", sys.argv[2])
    print("held", flush=True)
    time.sleep(60)
"""


def test_gc_spares_what_a_running_process_uses_until_it_is_killed(store: Store) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(store.root), KEYS[1]], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert store.gc(everything=True, dry_run=True)[:1] == (2,)
        done = store.gc(everything=True)
        assert (done.removed, done.in_use) == (2, 1)
        assert [entry.key for entry in store.entries()] == [KEYS[1]]
    finally:
        holder.kill()
        holder.wait()
    assert store.gc(everything=True).removed == 1
    assert not list((store.root / FOLDER).glob("*.live")), "a dead holder's lease is cleared away"


def test_what_is_made_under_a_lease_is_spared_from_the_first_moment(store: Store) -> None:
    with store.leased():
        with store.leased():
            put(store)
        assert Store(store.root).gc(everything=True).in_use == 1
    assert Store(store.root).gc(everything=True).removed == 1


def test_a_lease_of_another_machine_counts_while_it_is_renewed(store: Store) -> None:
    folder = store.root / FOLDER
    folder.mkdir()
    other = folder / "0000abcd-17-11112222.live"
    other.write_text(f"thing/{KEYS[0]}\nthing/../../x\nnonsense\nthing/{KEYS[1][:20]}")
    assert store.gc().in_use == 1
    for age_s in (-3600, 3600):  # not renewed for an hour, or by a clock that has been set back since
        put(store, KEYS[1])
        other.write_text(f"thing/{KEYS[1]}\n")
        os.utime(other, (time.time() - age_s,) * 2)
        assert store.gc().in_use == 0
        assert not other.exists()


def test_the_parts_of_a_plan_wait_for_the_film(store: Store) -> None:
    from tapehead.analysis.leases import release_plan

    with store.leased("plan digest"):
        store.get("thing", KEYS[0])
    with store.leased("plan digest"):
        store.get("thing", KEYS[1])
    assert store.gc() == (1, len(f"whole {KEYS[2][:4]}"), 2, 0)
    (file,) = (store.root / FOLDER).glob("*.plan")
    release_plan(store.root, "plan digest")
    assert not file.exists()
    assert store.gc().removed == 2


def test_a_plan_that_nobody_finishes_is_let_go(store: Store) -> None:
    with store.leased("plan digest"):
        store.get("thing", KEYS[0])
    (file,) = (store.root / FOLDER).glob("*.plan")
    os.utime(file, (time.time() - 8 * 24 * 3600,) * 2)
    assert store.gc().removed == 3


def test_gc_in_a_loop_beside_one_who_works(store: Store) -> None:
    """Every entry that was found or made stays as long as the work goes on; what was left alone goes."""
    loop = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path; from tapehead.analysis.store import Store\n"
            "print('on', flush=True)\nwhile True: Store(Path(sys.argv[1])).gc(everything=True)",
            str(store.root),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert loop.stdout is not None
        loop.stdout.readline()
        ends = time.monotonic() + 1.5
        made = 0
        while time.monotonic() < ends:
            with store.leased():
                keys = [digest_of([made, number]) for number in range(4)]
                for key in keys:
                    put(store, key, key)
                for key in keys:
                    entry = store.get("thing", key)
                    assert entry is not None
                    assert entry.file("a.txt").read_text() == key
                made += len(keys)
        assert made > 8
    finally:
        loop.kill()
        loop.wait()
    assert not any(store.peek("thing", key) for key in KEYS), "it did collect"


def test_a_store_that_can_not_be_written_can_be_read(store: Store) -> None:
    with failing(FakeDisk(store.root / FOLDER, errno.EROFS, 1, times=100)), store.leased() as lease:
        assert lease is None
        assert store.get("thing", KEYS[0]) is not None


def test_sweep_takes_what_dead_processes_left_and_nothing_else(store: Store) -> None:
    tmp = store.root / "tmp"
    kept, gone = [], []
    for name in ("mine", "thing-abc.lock", f"x-0000abcd-999999-{'a' * 8}"):
        (tmp / name).mkdir()
        kept.append(tmp / name)
    for name in ("trash-12345678", f"trash-{os.urandom(4).hex()}"):
        (tmp / name).write_text("an entry that was a file")
        gone.append(tmp / name)
    old = store.root / "films" / ".note.json.0123abcd.part"
    old.parent.mkdir()
    old.write_text("half")
    os.utime(old, (1, 1))
    store.sweep()
    assert all(path.exists() for path in kept)
    assert not any(path.exists() for path in [*gone, old])


def test_an_entry_put_there_meanwhile_is_not_the_damaged_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between finding damage and removing it, another process has mended the entry."""
    place = store.place("thing", KEYS[0])
    (place / "a.txt").write_text("damaged now")
    inode = Store._inode
    seen = []

    def mended(self: Store, kind: str, key: str, path: Path) -> tuple[int, int] | None:
        found = inode(self, kind, key, path)
        if not seen:
            seen.append(1)
            shutil.copytree(place, place.with_name("copy"))
            shutil.rmtree(place)
            place.with_name("copy").rename(place)
            self_look = self._look

            def look(kind: str, key: str, contents: bool):  # the judgement falls on the old one
                monkeypatch.setattr(self, "_look", self_look)
                try:
                    return self_look(kind, key, contents)
                finally:
                    (place / "a.txt").write_text(f"whole {KEYS[0][:4]}")

            monkeypatch.setattr(self, "_look", look)
        return found

    monkeypatch.setattr(Store, "_inode", mended)
    assert store.get("thing", KEYS[0]) is not None
