"""The report of a run in a folder: which results it reads, and what a folder has to hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.lab import results as lab
from tapehead.analysis.registry import load, obtain
from tapehead.analysis.results import Result
from tapehead.analysis.saved_runs import missing, save
from tapehead.analysis.store import Store
from tapehead.scenes.circuit_report.numbers import PARTS
from tapehead.scenes.circuit_report.of_run import film_of
from tapehead.scenes.circuit_report.run import part
from tapehead.scenes.filling import filled
from tests.scenes.circuit_report.runs import run


def whole(parts: dict[str, Result]) -> dict[str, Result]:
    """With the parts that the film does not speak of."""
    return {name: missing("not computed") for name in lab.PARTS} | parts


def test_a_film_of_a_folder_reads_the_parts_that_lie_there(tmp_path: Path) -> None:
    parts = run("strong")
    save(whole(parts), tmp_path / "run", {})
    film, store = film_of(tmp_path / "run"), Store(tmp_path / "store")
    results = obtain(film.analyses, film.package, store, film.seed)
    script = filled(film.script(), lambda name: load(store, results[name], name))
    assert script.line("control.result").variant == "strong"
    assert script.lines == filled(film.script(), parts.__getitem__).lines


def test_another_run_in_the_folder_is_another_film(tmp_path: Path) -> None:
    save(whole(run("strong")), tmp_path, {})
    before = film_of(tmp_path).analyses
    save(whole(run("found")), tmp_path, {})
    assert film_of(tmp_path).analyses != before


def test_a_folder_without_a_run_or_without_a_part_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"holds no results\.json"):
        film_of(tmp_path)
    save(whole(run()) | {"lens": missing("the model has no unembedding")}, tmp_path, {})
    with pytest.raises(UsageError, match="has no 'lens', which its film speaks of: the model has no unembedding"):
        film_of(tmp_path)


def test_a_part_is_taken_out_of_a_whole_run() -> None:
    parts = run()
    together = Result(
        {f"{name}/{key}": one for name, each in parts.items() for key, one in each.quantities.items()},
        model="mini",
        facts={name: dict(each.facts) for name, each in parts.items()},
    )
    for name in PARTS:
        taken = part(together, name, seed=0)
        assert replace(taken, name=name) == parts[name]
