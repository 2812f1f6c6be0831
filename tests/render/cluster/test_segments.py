"""Segments made one by one, on a shared directory or behind a URL, are the film that `tapehead render` makes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import fsspec
import pytest

from tapehead.analysis.errors import StoreError, UsageError
from tapehead.analysis.records import seal_of
from tapehead.analysis.store import Store
from tapehead.render.cluster.executors import executor_named
from tapehead.render.cluster.segments import (
    Work,
    chunk_part,
    draw_part,
    found,
    gathered,
    push_inputs,
    run_segment,
    sound_part,
)
from tapehead.render.cluster.shared_store import RemoteStore, SharedStore, open_shared
from tapehead.render.commands.cluster import INDEX_VARIABLES
from tapehead.render.film.make import finish
from tapehead.render.progress import Reporter
from tapehead.render.workers.worker import SceneDone
from tests.render.cluster.conftest import Small
from tests.render.test_cli import run


def joined(small: Small, done: dict[str, SceneDone], shared: SharedStore, out: Path) -> dict:
    out.mkdir(parents=True, exist_ok=True)
    plan = small.plan_file.plan(shared.local.root)
    film = finish(small.episode, plan, done, out, shared.local, Reporter(quiet=True))
    return json.loads(film.files["provenance"].read_text()) | {"digests": film.digests}


def same(small: Small, record: dict) -> None:
    """Films are equal, and so is what they say of themselves, byte for byte."""
    assert record["digests"] == small.digests
    assert {name: value for name, value in record.items() if name != "digests"} == {
        name: value for name, value in small.provenance.items() if name != "digests"
    }


def test_the_local_executor(small: Small, tmp_path: Path) -> None:
    small.fresh(tmp_path / "store")
    shared = open_shared(str(tmp_path / "store"))
    done = executor_named("local").run(small.plan_file, shared, Work(tmp_path / "logs", jobs=2))
    same(small, joined(small, done, shared, tmp_path / "out"))
    assert found(small.plan_file, 0, shared) is not None, "a gather elsewhere finds them too"


def test_an_array_of_commands_on_a_directory(small: Small, tmp_path: Path) -> None:
    store = small.fresh(tmp_path / "store").root
    place = ("--plan", str(small.file), "--store", str(store))
    early = run("gather", *place, "--out", str(tmp_path / "out"))
    assert early.returncode == 1
    assert "2 of 2 segments" in early.stderr
    assert f"tapehead segment --plan {small.file} --store {store} --index 1" in early.stderr
    assert "Traceback" not in early.stderr
    for index, variable in enumerate(INDEX_VARIABLES[:2]):
        done = run("segment", *place, "--json", "--quiet", **{variable: str(index)})
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout)
        assert said["index"] == index
        assert said["drawn"]
        assert len(said["chunks"]) == (2, 1)[index]
        assert all((Path(each["path"]) / "chunk.mp4").is_file() for each in said["chunks"])
    before = {path: path.stat().st_mtime_ns for path in store.rglob("*.mp4")}
    again = json.loads(run("segment", *place, "--index", "1", "--json", "--quiet").stdout)
    assert not again["drawn"]
    assert again["digest"] == said["digest"]
    assert {path: path.stat().st_mtime_ns for path in store.rglob("*.mp4")} == before
    film = run("gather", *place, "--out", str(tmp_path / "out"), "--json", "--quiet")
    assert film.returncode == 0, film.stderr
    assert json.loads(film.stdout)["digests"] == small.digests


def test_a_segment_that_has_gone_is_named(small: Small, tmp_path: Path) -> None:
    small.fresh(tmp_path / "store")
    shared = open_shared(str(tmp_path / "store"))
    done = [run_segment(small.plan_file, index, shared, Work(tmp_path / "logs"))[0] for index in (0, 1)]
    file = shared.local.place("chunk", done[1].chunks[-1]) / "chunk.mp4"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    with pytest.raises(StoreError, match=r"1 of 2 segments(.|\n)*run 1"):
        gathered(small.plan_file, shared, lambda index: f"run {index}")


@pytest.fixture(params=["memory", "file"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"memory://{tmp_path.name}/store" if request.param == "memory" else f"file://{tmp_path}/far"


def machine(url: str, root: Path) -> SharedStore:
    """Another machine: it sees the URL and has a store of its own."""
    return RemoteStore(url, Store(root))


def test_four_machines_and_a_url(small: Small, tmp_path: Path) -> None:
    """Inputs go there, one draws, one encodes, another does a whole segment, a fourth joins the film."""
    url = f"memory://{tmp_path.name}/store"
    stores = [machine(url, tmp_path / str(number)) for number in range(4)]
    small.fresh(tmp_path / "origin")
    push_inputs(small.plan_file, machine(url, tmp_path / "origin"))
    done, _ = run_segment(small.plan_file, 0, stores[0], Work(tmp_path / "logs"))
    assert done.drawn
    elsewhere, _ = run_segment(small.plan_file, 0, stores[1], Work(tmp_path / "logs"))
    assert not elsewhere.drawn
    second = f"memory://{tmp_path.name}/second"
    run_segment(small.plan_file, 0, machine(second, tmp_path / "0"), Work(tmp_path / "logs"))
    assert found(small.plan_file, 0, machine(second, tmp_path / "sixth")), "what is kept here is sent there"
    with pytest.raises(StoreError, match="1 of 2 segments"):
        gathered(small.plan_file, stores[3], str)
    with pytest.raises(StoreError, match="'verdict' is not drawn yet"):
        sound_part(small.plan_file, stores[1])
    drawn = draw_part(small.plan_file, 1, stores[1], Work(tmp_path / "logs"))
    assert drawn.now
    with pytest.raises(UsageError, match=r"'verdict' has \d+"):
        chunk_part(small.plan_file, 1, 0, 100_000, stores[2], Work(tmp_path / "logs"))
    chunk = chunk_part(small.plan_file, 1, 0, 100, stores[2], Work(tmp_path / "logs"))
    assert chunk.now, "drawn by one machine, encoded by another"
    scene, _ = run_segment(small.plan_file, 1, stores[2], Work(tmp_path / "logs"))
    assert not scene.drawn
    sound = sound_part(small.plan_file, stores[0])
    assert machine(url, tmp_path / "fifth").pull("sound", sound) is not None
    assert sound in small.provenance["store"]["sound"]
    same(small, joined(small, gathered(small.plan_file, stores[3], str), stores[3], tmp_path / "out"))
    files, root = fsspec.core.url_to_fs(url)
    assert not files.ls(f"{root}/parts"), "nothing half-done is left"


def test_a_half_sent_entry_is_not_there_and_a_damaged_one_is_made_again(small: Small, tmp_path: Path, url: str) -> None:
    key, digest = next(iter(small.plan_file.inputs("result").items()))
    here = machine(url, small.fresh(tmp_path / "origin").root)
    files, root = fsspec.core.url_to_fs(url)
    here.push("result", key)
    place = f"{root}/result/{key[:2]}/{key}"
    record = files.cat_file(f"{place}/entry.json")
    files.rm_file(f"{place}/entry.json")
    there = machine(url, tmp_path / "there")
    assert there.pull("result", key) is None, "without its record it is not there"
    with pytest.raises(StoreError, match=r"tapehead plan EPISODE --store"):
        there.need("result", key, digest)
    name = next(iter(json.loads(record)["files"]))
    whole = files.cat_file(f"{place}/{name}")
    files.pipe_file(f"{place}/{name}", whole[:-1] + bytes([whole[-1] ^ 1]))
    files.pipe_file(f"{place}/entry.json", record)
    told: list[str] = []
    careful = RemoteStore(url, Store(tmp_path / "careful", told.append))
    assert careful.pull("result", key) is None
    assert "does not match its digest" in told[0]
    here.push("result", key)
    assert careful.need("result", key, digest).digest == digest
    with pytest.raises(StoreError, match="is not the one that the plan was made with"):
        careful.need("result", key, "0" * 64)


def test_an_entry_can_not_write_outside_itself(tmp_path: Path, url: str) -> None:
    key = "ab" * 32
    files, root = fsspec.core.url_to_fs(url)
    place = f"{root}/master/ab/{key}"
    files.makedirs(place, exist_ok=True)
    record: dict = {"key": key, "kind": "master", "facts": {}, "files": {"../../x": {"size": 1, "sha256": key}}}
    record["seal"] = seal_of(record)
    files.pipe_file(f"{place}/entry.json", json.dumps(record).encode())
    told: list[str] = []
    shared = RemoteStore(url, Store(tmp_path / "here", told.append))
    assert shared.pull("master", key) is None
    assert "outside itself" in told[0]
    assert not list(tmp_path.rglob("x"))


def test_a_store_that_can_not_be_reached_is_one_message(small: Small, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        (tmp_path / "far").write_text("a file, no folder")
    else:
        (tmp_path / "far").mkdir(mode=0o500)
    done = run(
        "segment", "--plan", str(small.file), "--index", "0", "--store", f"file://{tmp_path}/far",
        TAPEHEAD_STORE=str(small.fresh(tmp_path / "mine").root),
    )  # fmt: skip
    assert done.returncode == 1
    assert "cannot be used" in done.stderr
    assert "Traceback" not in done.stderr
