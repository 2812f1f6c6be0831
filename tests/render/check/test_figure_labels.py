"""An axis without a label is an error of a check, named with the figure and the axis."""

from __future__ import annotations

from pathlib import Path

import pytest

from tapehead.analysis.results import Result, quantity
from tapehead.render.check.figures import figure_problems
from tapehead.render.check.problems import ERROR
from tapehead.render.start.folder import files_of, write_episode
from tapehead.scenes.episode import load_episode


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_episode(tmp_path / "labelled", files_of("data"), "Mine")


def test_a_template_s_figure_has_its_labels(folder: Path) -> None:
    assert list(figure_problems(load_episode(folder), {}.get)) == []


def test_an_axis_that_says_nothing(tmp_path: Path) -> None:
    folder = write_episode(tmp_path / "unlabelled", files_of("data"), "Mine")
    text = (folder / "figures.py").read_text()
    (folder / "figures.py").write_text(text.replace('Axis("length of a year"', 'Axis(" "'))
    (problem,) = figure_problems(load_episode(folder), {}.get)
    assert problem.kind == ERROR
    assert problem.what.startswith("figure 'orbits-years' has no label at its y axis")


def test_names_along_an_axis_are_labels_enough(tmp_path: Path) -> None:
    folder = write_episode(tmp_path / "bars", files_of("data"), "Mine")
    text = (folder / "figures.py").read_text()
    text = text.replace('"xy"', '"bars"').replace('Axis("distance from the Sun", "distance", "log")', 'Axis("")')
    (folder / "figures.py").write_text(text)
    assert list(figure_problems(load_episode(folder), {}.get)) == []


def test_dates_along_an_axis_say_what_they_are(folder: Path) -> None:
    text = (folder / "figures.py").read_text()
    (folder / "figures.py").write_text(text.replace('Axis("distance from the Sun", "distance", "log")', 'Axis("")'))
    episode = load_episode(folder)
    call = episode.analyses[0].id
    for unit, wrong in (("days since 1990-01-01", 0), ("days", 1)):
        found = Result({"distance": quantity([1.0, 2.0], "n", unit=unit)}, name=call)
        assert len(list(figure_problems(episode, {call: found}.get))) == wrong, unit
