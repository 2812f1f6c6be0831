"""A plan file: the same every time, of no machine, and refused when it is not what it was."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from tapehead.analysis.errors import UsageError
from tapehead.analysis.store import Store, digest_of
from tapehead.render.cluster.plan_file import PlanFile, freeze, parse_plan, read_plan
from tapehead.render.cluster.plan_records import MARK, VERSION, AnalysisRecord
from tapehead.render.commands.cli import main
from tapehead.render.film.make import Choices, prepare
from tapehead.render.planning.estimates import GatherCost
from tapehead.render.planning.film_plan import FilmPlan
from tapehead.render.progress import Reporter
from tapehead.scenes.episode import BUILT_IN, find_episode, load_episode
from tests.render.cluster.conftest import TINY, Small
from tests.render.test_cli import run


def made(root: Path) -> tuple[FilmPlan, PlanFile]:
    store = Store(root)
    plan = prepare(find_episode("odd-squares"), Choices(TINY, voice="none"), store, Reporter(quiet=True))
    return plan, freeze(plan, store)


def test_there_and_back(tmp_path: Path) -> None:
    plan, plan_file = made(tmp_path / "store")
    again = parse_plan(plan_file.text())
    assert again.text() == plan_file.text()
    back = again.plan(tmp_path / "store")
    assert replace(back, tape_identity=plan.tape_identity, voice=plan.voice) == plan
    assert json.loads(json.dumps([plan.tape_identity, plan.voice])) == [back.tape_identity, back.voice]
    assert back.key == plan.key == again.record.key


def test_made_twice_in_two_stores_it_is_the_same_text_and_names_no_place(tmp_path: Path) -> None:
    _, one = made(tmp_path / "one")
    _, two = made(tmp_path / "elsewhere" / "two")
    assert one.text() == two.text()
    assert str(tmp_path) not in one.text()
    assert str(BUILT_IN.parent) not in one.text()


def test_it_says_what_it_reads(tmp_path: Path) -> None:
    plan, plan_file = made(tmp_path / "store")
    store = Store(tmp_path / "store")
    results, voices = plan_file.inputs("result"), plan_file.inputs("voice")
    assert set(results) == {ref.key for ref in plan.results.values()}
    assert len(voices) == 4
    for kind, inputs in (("result", results), ("voice", voices)):
        for key, digest in inputs.items():
            assert store.get(kind, key).digest == digest
    assert {kind for kind, _, _ in plan_file.inputs_of(0)} == {"result", "voice"}
    assert len(plan_file.inputs_of(0)) == 3
    assert plan_file.record.analyses == (AnalysisRecord("sums", plan.results["sums"].key, {"cpu": 1}),)


def test_costs_are_guessed_from_length_until_they_were_measured(small: Small, tmp_path: Path) -> None:
    guessed = small.plan_file.segments
    assert not any(each.measured for each in guessed)
    ratio = guessed[0].expected_frames / guessed[1].expected_frames
    assert guessed[0].draw_s / guessed[1].draw_s == pytest.approx(ratio, rel=0.02)
    measured = freeze(small.plan, Store(small.store))
    known = json.loads((small.store / "costs" / "slow-squares-tiny.json").read_text())
    for each in measured.segments:
        assert each.measured
        assert each.draw_s == known[each.scene]["draw_s"]
    film = known["(film)"]
    assert measured.record.gather == GatherCost(film["join_s"], film["mix_s"], measured=True)
    assert measured.record.key == small.plan_file.record.key


def test_a_changed_scene_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "moving_squares"
    shutil.copytree(BUILT_IN / "odd_squares", folder, ignore=shutil.ignore_patterns("__pycache__"))
    store = Store(tmp_path / "store")
    plan_file = freeze(prepare(load_episode(folder), Choices(TINY, voice="none"), store, Reporter(quiet=True)), store)
    plan_file.check_code(1)
    (folder / "verdict.py").write_text((folder / "verdict.py").read_text() + "\nMORE = 1\n")
    plan_file.check_code(0)
    with pytest.raises(UsageError, match="'verdict' is not here what it was"):
        plan_file.check_code(1)
    other = PlanFile(structs.replace(plan_file.record, encoder={**plan_file.encoder, "av": "0.1"}))
    with pytest.raises(UsageError, match="install the same av"):
        other.check_code(0)
    shutil.rmtree(folder)
    with pytest.raises(UsageError, match="not on this machine"):
        plan_file.plan(store.root)


def edited(data: dict) -> str:
    return json.dumps({**data, "film": {**data["film"], "seed": 99}})


def reordered(data: dict) -> str:
    """Two lines spoken in another order."""
    scene = data["film"]["scenes"][0]
    scene = {**scene, "lines": dict(reversed(scene["lines"].items()))}
    return json.dumps({**data, "film": {**data["film"], "scenes": [scene, *data["film"]["scenes"][1:]]}})


def test_foreign_old_and_edited_files_are_refused(small: Small, tmp_path: Path) -> None:
    data = json.loads(small.plan_file.text())
    older = {**data, MARK: 1}
    older["digest"] = digest_of({name: value for name, value in older.items() if name != "digest"})
    signed: dict = {MARK: VERSION}
    signed["digest"] = digest_of(dict(signed))
    for text, why in (
        ("no json", "no JSON"),
        ('{"name": "package"}', f"no '{MARK}'"),
        ("[1, 2]", f"no '{MARK}'"),
        (json.dumps(older), "version 1"),
        (json.dumps(signed), "no plan that can be used: .*missing required field"),
        (edited(data), "changed after it was made"),
        (reordered(data), "changed after it was made"),
    ):
        file = tmp_path / "plan.json"
        file.write_text(text)
        with pytest.raises(UsageError, match=why):
            read_plan(file)
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="no JSON"):
        read_plan(file)
    with pytest.raises(UsageError, match="cannot be read"):
        read_plan(tmp_path / "nowhere.json")


def said(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[int, str]:
    """Exit code and stderr of our command line, without the seconds of a new process."""
    monkeypatch.setattr(sys, "argv", ["tapehead", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0), capsys.readouterr().err


def test_wrong_words_are_one_line_and_exit_code_2(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TAPEHEAD_STORE", str(tmp_path / "store"))
    file, foreign = str(small.file), tmp_path / "foreign.json"
    foreign.write_text("{}")
    for arguments, why in (
        (("segment", "--plan", file, "--index", "2"), "the plan has 2, 0 to 1"),
        (("segment", "--plan", file, "--index", "-1"), "segment -1"),
        (("segment", "--plan", file), "SLURM_ARRAY_TASK_ID"),
        (("segment", "--plan", file, "--index", "0", "--part", "half"), "FIRST:LAST"),
        (("segment", "--plan", file, "--index", "0", "--store", "nope://x"), "nope"),
        (("gather", "--plan", str(foreign)), "tapehead plan EPISODE"),
        (("render", "--plan", file, "--executor", "rey"), "ray"),
        (("render", "--plan", file, "--executor", "local:8"), "no address"),
        (("render", "--plan", file, "--tape", "sp"), "--tape"),
        (("render", "odd-squares", "--executor", "ray"), "tapehead plan"),
        (("render",), "EPISODE"),
        (("plan", "--plan", file, "--quality", "1080p60"), "--quality"),
        (("plan",), "EPISODE"),
        (("plan", "odd-squares", "--emit", "slurn"), "slurm"),
    ):
        code, errors = said(arguments, monkeypatch, capsys)
        assert code == 2, (arguments, errors)
        assert why in errors, (arguments, errors)
        assert len(errors.strip().splitlines()) == 1


def test_ray_is_asked_for_where_it_is_not_installed(small: Small, tmp_path: Path) -> None:
    file = str(small.file)
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "ray.py").write_text("raise ImportError('not here')\n")
    path = f"{blocked}:{BUILT_IN.parent}"
    done = run("render", "--plan", file, "--executor", "ray", PYTHONPATH=path)
    assert done.returncode == 1
    assert "pip install 'tapehead[ray]'" in done.stderr
    assert "Traceback" not in done.stderr
