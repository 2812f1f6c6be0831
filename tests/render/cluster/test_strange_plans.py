"""A plan is data from somebody else, and its digest protects nothing: anyone can compute it."""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tapehead.analysis.errors import UsageError
from tapehead.analysis.records import is_key
from tapehead.analysis.store import Store, digest_of
from tapehead.render.cluster.plan_file import PlanFile, parse_plan
from tapehead.render.cluster.plan_records import MARK, MOST_BYTES
from tapehead.render.commands.cli import main
from tests.analysis.test_records import _changed
from tests.analysis.test_store import plain
from tests.render.cluster.conftest import Small

Data = dict[str, Any]


def resigned(data: Data) -> str:
    """As a stranger would make it: digest and key fit."""
    data = {name: value for name, value in data.items() if name != "digest"}
    try:
        key = PlanFile(parse_plan_unchecked(data)).key
        data["key"] = key
    except Exception:
        pass
    return json.dumps({**data, "digest": digest_of(data)})


def parse_plan_unchecked(data: Data) -> Any:
    import msgspec

    from tapehead.render.cluster.plan_records import PlanRecord

    return msgspec.convert({**data, "digest": "0" * 64}, PlanRecord)


def put(*path: str | int, value: Any) -> Callable[[Data], None]:
    """Changes one place of a plan."""

    def change(data: Any) -> None:
        for part in path[:-1]:
            data = data[part]
        data[path[-1]] = value

    return change


def renamed_input(kind: str, name: str) -> Callable[[Data], None]:
    """An entry's key is a path, wherever it stands."""

    def change(data: Data) -> None:
        old = next(iter(data["inputs"][kind]))
        text = json.dumps(data).replace(old, name)
        data.clear()
        data.update(json.loads(text))

    return change


def deep(levels: int) -> list[Any]:
    made: list[Any] = []
    for _ in range(levels):
        made = [made]
    return made


FILM, SCENE = ("film",), ("film", "scenes", 0)
STRANGE: dict[str, tuple[Callable[[Data], None], str]] = {
    "result above": (renamed_input("result", "../../victim"), "key"),
    "result absolute": (renamed_input("result", "/tmp/victim"), "key"),
    "voice above": (renamed_input("voice", "../../victim"), "voices"),
    "voice short": (renamed_input("voice", "ab"), "voices"),
    "key in capitals": (renamed_input("result", "AB" * 32), "key"),
    "digest of an input": (put("inputs", "result", value={"ab" * 32: "no"}), "inputs.result"),
    "an input too many": (lambda data: data["inputs"]["voice"].update({"ab" * 32: "ab" * 32}), "inputs.voice"),
    "another kind of input": (put("inputs", "master", value={}), "unknown field `master`"),
    "episode above": (put(*FILM, "episode", value="../../out"), "film.episode"),
    "episode absolute": (put(*FILM, "episode", value="/tmp/x"), "film.episode"),
    "episode empty": (put(*FILM, "episode", value=""), "film.episode"),
    "episode with a NUL": (put(*FILM, "episode", value="a\0b"), "control character"),
    "quality above": (put(*FILM, "quality", "name", value="../x"), "film.quality.name"),
    "quality dots": (put(*FILM, "quality", "name", value=".."), "film.quality.name"),
    "quality line": (put(*FILM, "quality", "name", value="480p\n"), "film.quality.name"),
    "fps 0": (put(*FILM, "quality", "fps", value=0), "film.quality.fps"),
    "fps -1": (put(*FILM, "quality", "fps", value=-1), "film.quality.fps"),
    "fps text": (put(*FILM, "quality", "fps", value="15"), "film.quality.fps"),
    "fps true": (put(*FILM, "quality", "fps", value=True), "film.quality.fps"),
    "fps huge": (put(*FILM, "quality", "fps", value=10**9), "film.quality.fps"),
    "width huge": (put(*FILM, "quality", "width", value=10**9), "film.quality.width"),
    "height 10^400": (put(*FILM, "quality", "height", value=10**400), ""),
    "seed huge": (put(*FILM, "seed", value=2**70), ""),
    "seed text": (put(*FILM, "seed", value="1"), "film.seed"),
    "language": (put(*FILM, "language", value="../en"), "film.language"),
    "folder above": (put(*FILM, "folder", value="scenes/../../../x"), "film.folder"),
    "folder null": (put(*FILM, "folder", value=None), "film.folder"),
    "whole text": (put(*FILM, "whole", value="yes"), "film.whole"),
    "a part with two scenes": (put(*FILM, "whole", value=False), "a part has one scene"),
    "no scenes": (put(*FILM, "scenes", value=[]), "film.scenes"),
    "scenes null": (put(*FILM, "scenes", value=None), "film.scenes"),
    "scene above": (put(*SCENE, "name", value="../../x"), "film.scenes[0].name"),
    "scene's key": (put(*SCENE, "key", value="../../victim"), "film.scenes[0].key"),
    "target": (put(*SCENE, "target", value="../x:Y"), "film.scenes[0].target"),
    "frames 0": (put(*SCENE, "expected_frames", value=0), "expected_frames"),
    "frames huge": (put(*SCENE, "expected_frames", value=10**12), "expected_frames"),
    "frames float": (put(*SCENE, "expected_frames", value=1.5), "expected_frames"),
    "audio outside": (lambda data: first_line(data).update(audio="/etc/hostname"), "no field of a line"),
    "line of nothing": (lambda data: first_line(data).clear(), "missing"),
    "line's words": (lambda data: first_line(data).update(words=[1]), "words"),
    "line's duration": (lambda data: first_line(data).update(duration=-1), "no time in a line"),
    "line of a year": (lambda data: first_line(data).update(duration=3.2e7), "no time in a line"),
    "line of another scene": (lambda data: first_line(data).update(key="other.x"), "belongs to another scene"),
    "lines null": (put(*SCENE, "lines", value=None), "lines"),
    "a result that is none": (put(*SCENE, "results", value=["x"]), "reads the result 'x'"),
    "segments empty": (put("segments", value=[]), "segments"),
    "segments null": (put("segments", value=None), "segments"),
    "segments swapped": (lambda data: data["segments"].reverse(), "segments: number 0"),
    "segment's frames": (put("segments", 0, "expected_frames", value=1), "segments: number 0"),
    "segment's cost": (put("segments", 0, "draw_s", value=-1.0), "draw_s"),
    "segment's needs": (put("segments", 0, "needs", value={"cpu": 10**9}), "needs"),
    "gather": (put("gather", value={}), "gather"),
    "sources": (put("sources", value={}), "sources"),
    "a source": (put("sources", value={"corners": 1}), "sources"),
    "encoder": (put("encoder", value=[]), "encoder"),
    "analyses": (put("analyses", value=[]), "analyses"),
    "deep voice": (put(*FILM, "voice", value={"a": deep(40)}), "nested deeper"),
    "deep encoder": (put("encoder", value={"a": deep(400)}), "nested deeper"),
    "long title": (put(*FILM, "title", value="x" * 20_000), "film.title"),
    "longer tape": (put(*FILM, "tape", value="x" * 200_000), "200000 letters"),
    "title with a bell": (put(*FILM, "title", value="ring\a"), "control character"),
    "something more": (put("hook", value="rm -rf /"), "unknown field `hook`"),
    "version text": (put(MARK, value="2"), "version"),
    "version true": (put(MARK, value=True), "version"),
}  # fmt: skip


def first_line(data: Data) -> Data:
    lines: dict[str, Data] = data["film"]["scenes"][0]["lines"]
    return next(iter(lines.values()))


@pytest.mark.parametrize("name", STRANGE)
def test_what_no_plan_may_say_is_one_line(name: str, small: Small) -> None:
    change, why = STRANGE[name]
    data = json.loads(small.plan_file.text())
    change(data)
    with pytest.raises(UsageError) as refused:
        parse_plan(resigned(data), "plan.json")
    said = str(refused.value)
    assert said.startswith("plan.json ")
    assert why in said
    assert "\n" not in said
    assert len(said) < 700
    assert "tapehead plan EPISODE" in said


def test_a_plan_that_was_only_signed_again_is_read(small: Small) -> None:
    """The cases above are refused for what they say."""
    assert parse_plan(resigned(json.loads(small.plan_file.text()))).text() == small.plan_file.text()


@pytest.mark.parametrize(
    "text", [b"[" * 10**6, b'{"a":' * 10**6, b'{"tapehead-plan": NaN}', b"\xff\xfe", b"", b"9" * 10**6, b"null"],
    ids=lambda text: str(text[:12]),
)  # fmt: skip
def test_texts_that_are_no_plan_are_one_line(text: bytes) -> None:
    with pytest.raises(UsageError, match=r"plan\.json (is no plan|cannot be read).*tapehead plan EPISODE") as refused:
        parse_plan(text, "plan.json")
    assert len(str(refused.value)) < 400
    assert "\n" not in str(refused.value)


def test_a_plan_without_end_is_read_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="longer than 64 MiB"):
        parse_plan(b" " * (MOST_BYTES + 1))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 30), min_size=1, max_size=7), plain)
def test_any_part_replaced_by_anything(small: Small, path: list[int], value: Any) -> None:
    """It is refused in one line, or what it says is harmless: keys are keys and names lead nowhere."""
    data = json.loads(small.plan_file.text())
    made = _changed(copy.deepcopy(data), path, value)
    try:
        text = resigned(made) if isinstance(made, dict) else json.dumps(made)
        plan_file = parse_plan(text)
    except UsageError as error:
        assert "\n" not in str(error)
        assert len(str(error)) < 800
        return
    film = plan_file.film
    for name in (film.episode, film.quality.name, *(scene.name for scene in film.scenes)):
        assert (Path("/out") / name).resolve().parent == Path("/out")
    keys = [each.key for each in film.results.values()] + [scene.key for scene in film.scenes]
    keys += [*plan_file.inputs("result"), *plan_file.inputs("voice")]
    assert all(is_key(key) for key in keys)
    assert 1 <= film.quality.fps <= 240
    assert len(plan_file.segments) == len(film.scenes)


def run_here(arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple:
    monkeypatch.setattr(sys, "argv", ["tapehead", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0), capsys.readouterr().err


@pytest.mark.parametrize("command", ["segment", "render", "gather", "plan"])
@pytest.mark.parametrize("name", ["result above", "result absolute", "voice above", "episode above", "quality above"])
def test_no_command_touches_what_a_plan_names(
    command: str,
    name: str,
    small: Small,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    store = small.fresh(tmp_path / "store")
    monkeypatch.chdir(tmp_path)
    for place in ("victim", "store/victim", "out/x/logs", "x/logs", "out/logs"):
        (tmp_path / place).mkdir(parents=True, exist_ok=True)
        (tmp_path / place / "precious").write_text("x")
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    data = json.loads(small.plan_file.text())
    STRANGE[name][0](data)
    file = tmp_path.parent / f"{tmp_path.name}.json"
    file.write_text(resigned(data))
    options = {"segment": ["--index", "0"], "plan": ["--simulate"]}.get(command, ["--out", "out"])
    arguments = [command, "--plan", str(file), "--store", str(store.root), "--quiet", *options]
    code, errors = run_here(arguments, monkeypatch, capsys)
    assert code == 2, errors
    assert len(errors.strip().splitlines()) == 1
    assert sorted(str(path) for path in tmp_path.rglob("*")) == before


def test_a_tampered_receipt_is_made_again(small: Small, tmp_path: Path) -> None:
    """It is whole as the store sees it, and says what cannot be."""
    from tapehead.render.cluster.segments import RECEIPT, found, leave_receipt, receipt_key
    from tapehead.render.cluster.shared_store import open_shared
    from tapehead.render.workers.worker import SceneDone

    shared = open_shared(str(tmp_path / "store"))
    key, scene = receipt_key(small.plan_file, 0), small.plan_file.film.scenes[0]
    good = {
        "name": scene.name, "master": scene.key, "chunks": ["ab" * 32], "starts": [0], "frames": 10,
        "frames_digest": "x", "flashes": [],
    }  # fmt: skip
    for change in (
        {"chunks": ["../../victim"]}, {"master": "../x"}, {"master": "ab" * 32}, {"starts": [5]}, {"frames": 0},
        {"starts": [0, 0], "chunks": ["ab" * 32] * 2}, {"flashes": [1]}, {"chunks": []}, {"more": 1},
    ):  # fmt: skip
        with shared.local.draft(RECEIPT, key, {"seconds": "no"}) as work:
            (work / "scene.json").write_text(json.dumps({**good, **change}))
        assert found(small.plan_file, 0, shared) is None, change
        done = SceneDone(scene.name, scene.key, ("ab" * 32,), (0,), 10, "x", True, 1.0)
        leave_receipt(small.plan_file, 0, done, shared)
        entry = shared.local.get(RECEIPT, key)
        assert entry is not None
        assert json.loads(entry.file("scene.json").read_text()) == good
        shared.local.discard(RECEIPT, key, "the test goes on")
    assert Store(tmp_path / "store").get(RECEIPT, key) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda record: record["facts"].update(frames=7),
        lambda record: record.update(files=None),
        lambda record: record.update(files={}),
        lambda record: record.update(seal=""),
        lambda record: record["files"].update({"/etc/hostname": {"size": 1, "sha256": "ab" * 32}}),
        lambda record: record.clear(),
    ],
)
def test_a_record_behind_a_url_that_was_changed_is_not_used(
    change: Callable[[Data], None], small: Small, tmp_path: Path
) -> None:
    import fsspec

    from tapehead.render.cluster.shared_store import RemoteStore

    url = f"file://{tmp_path}/far"
    key = next(iter(small.plan_file.inputs("result")))
    RemoteStore(url, small.fresh(tmp_path / "origin")).push("result", key)
    files, root = fsspec.core.url_to_fs(url)
    place = f"{root}/result/{key[:2]}/{key}/entry.json"
    record = json.loads(files.cat_file(place))
    change(record)
    files.pipe_file(place, json.dumps(record).encode())
    told: list[str] = []
    shared = RemoteStore(url, Store(tmp_path / "here", told.append))
    assert shared.pull("result", key) is None
    assert "is not used" in told[0]
    assert not list((tmp_path / "here").rglob("entry.json"))
    RemoteStore(url, Store(tmp_path / "origin")).push("result", key)
    assert shared.pull("result", key) is not None, "who has it puts a whole one there"


def test_a_file_behind_a_url_is_fetched_only_if_it_has_its_size(small: Small, tmp_path: Path) -> None:
    import fsspec

    from tapehead.render.cluster.shared_store import RemoteStore

    url = f"file://{tmp_path}/far"
    key = next(iter(small.plan_file.inputs("result")))
    RemoteStore(url, small.fresh(tmp_path / "origin")).push("result", key)
    root = fsspec.core.url_to_fs(url)[1]
    place = Path(f"{root}/result/{key[:2]}/{key}/result.json")
    with place.open("r+b") as file:
        file.truncate(2**40)  # a terabyte of nothing
    told: list[str] = []
    shared = RemoteStore(url, Store(tmp_path / "here", told.append))
    assert shared.pull("result", key) is None
    assert "another size" in told[0]
