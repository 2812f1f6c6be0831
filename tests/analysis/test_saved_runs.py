"""Saved runs: what was saved is read, damage and other runs are told, and a film reads the run it was planned from."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tapehead.analysis.errors import OutputError, ResultError, UsageError
from tapehead.analysis.registry import load as load_result
from tapehead.analysis.registry import obtain
from tapehead.analysis.results import Result, quantity
from tapehead.analysis.saved_runs import ARRAYS, SIDECAR, calls, kept, load, missing, save, told_by
from tapehead.analysis.store import Store, digest_file

NAMES = ("circuit", "edges")


def run(score: float = 1.5) -> dict[str, Result]:
    values = quantity([[score, np.nan]], "layer", "head", unit="%", labels={"layer": ["0"]})
    facts = {"best": "0.1", "names": ["a", "b"], "count": np.int64(2), "kept": np.array([1.5, 2.5])}
    part = Result({"there": quantity(1), "score": values}, model="m", facts=facts)
    return {"circuit": part, "edges": missing("not asked for", "m")}


def saved(folder: Path, score: float = 1.5) -> Path:
    save(run(score), folder, {"seed": np.int64(3)})
    return folder


def test_what_was_saved_is_read(tmp_path: Path) -> None:
    back = load(saved(tmp_path), "tapehead circuit", NAMES)
    part = run()["circuit"]
    assert back["circuit"].quantity("score").unit == "%"
    assert back["circuit"].quantity("score").labels == {"layer": ("0",)}
    assert np.array_equal(back["circuit"]["score"], part["score"], equal_nan=True)
    assert back["circuit"]["there"].shape == ()
    assert back["circuit"].facts == {"best": "0.1", "names": ["a", "b"], "count": 2, "kept": [1.5, 2.5]}
    assert int(back["edges"]["there"]) == 0
    assert back["edges"].facts["why"] == "not asked for"
    assert json.loads((tmp_path / SIDECAR).read_text())["settings"] == {"seed": 3}


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda at: (at / ARRAYS).write_bytes(b"x"), "are of different runs"),
        (lambda at: (at / ARRAYS).unlink(), "cannot be read"),
        (lambda at: (at / SIDECAR).write_text("{"), "cannot be read"),
        (lambda at: (at / SIDECAR).write_text("{}"), "cannot be read"),
        (lambda at: (at / SIDECAR).write_bytes(b"\xff\xfe"), "cannot be read"),
    ],
)
def test_damage_is_told(tmp_path: Path, damage: object, message: str) -> None:
    damage(saved(tmp_path))  # type: ignore[operator]
    with pytest.raises(ResultError, match=message) as found:
        load(tmp_path, "tapehead circuit", NAMES)
    assert "run the command again" in str(found.value)


def test_a_folder_without_a_run_or_with_one_of_another_command_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"holds no results\.json: not the --out of a finished `tapehead circuit`"):
        load(tmp_path / "nowhere", "tapehead circuit", NAMES)
    with pytest.raises(UsageError, match="a run of another command; name the --out of `tapehead directions`"):
        load(saved(tmp_path), "tapehead directions", ("picture",))


def test_a_film_says_which_part_it_lacks(tmp_path: Path) -> None:
    told_by(run(), ("circuit",), tmp_path)
    with pytest.raises(UsageError, match="has no 'edges', which its film speaks of: not asked for"):
        told_by(run(), NAMES, tmp_path)


def test_a_film_reads_the_run_that_it_was_planned_from(tmp_path: Path) -> None:
    folder, store = saved(tmp_path / "run"), Store(tmp_path / "store")
    planned = calls(folder, NAMES)
    results = obtain(planned, "", store, 0)
    assert float(load_result(store, results["circuit"], "circuit")["score"][0, 0]) == 1.5
    assert calls(folder, NAMES) == planned
    other = calls(saved(folder, 2.5), NAMES)
    assert other != planned
    again = obtain(other, "", store, 0)
    assert float(load_result(store, again["circuit"], "circuit")["score"][0, 0]) == 2.5
    for folder_of, digest in ((folder, "0"), (tmp_path / "nowhere", digest_file(folder / SIDECAR))):
        with pytest.raises(ResultError, match="another run than the one that the film was planned from"):
            kept(directory=str(folder_of), part="circuit", digest=digest)


def test_a_run_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    saved(tmp_path)
    (tmp_path / SIDECAR).unlink()
    (tmp_path / SIDECAR).mkdir()
    with pytest.raises((OutputError, OSError)):
        save(run(9.0), tmp_path, {})
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted((ARRAYS, SIDECAR))
