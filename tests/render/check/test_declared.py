"""Typical mistakes, all in one run, each with its place and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tapehead.render.check.declared import declared_problems, look_at_files
from tapehead.render.check.problems import ADVICE, ERROR, Problem, unique
from tapehead.render.start.folder import files_of, write_episode


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_episode(tmp_path / "mine", files_of("data"), "Mine")


def all_of(folder: Path) -> list[Problem]:
    episode, script, problems = look_at_files(folder)
    return unique([*problems, *(declared_problems(episode, script) if episode else [])])


def change(folder: Path, name: str, *changes: tuple[str, str]) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / name).write_text(text, encoding="utf-8")


def test_what_a_template_holds_has_nothing_wrong(folder: Path) -> None:
    assert all_of(folder) == []


def test_mistakes_in_all_files_come_in_one_run(folder: Path) -> None:
    change(folder, "script.toml", ('"Upwards" }', '"Upwarts" }'), ("verdict.slope", "verdikt.slope"))
    change(
        folder,
        "episode.py",
        ('uses=("orbits",), chapter=False),\n        SceneRef', "chapter=False),\n        SceneRef"),
    )
    change(folder, "chart.py", ('cue.until("lasts")', 'cue.until("last")'))
    change(folder, "verdict.py", ("class Verdict", "class Verdikt"))
    said = [problem.what for problem in all_of(folder) if problem.kind == ERROR]
    for expected in (
        "script.toml:8: line 'chart.points': mark 'up': 'Upwarts' is not in the text",
        "line 'verdikt.slope' is for scene 'verdikt', which is not declared: did you mean 'verdict'?",
        "scene 'chart' reads the result 'orbits' and does not declare it: uses=('orbits',)",
        "line 'chart.neptune' has no mark 'last': did you mean 'lasts'?",
        "has no scene class 'Verdict': did you mean 'Verdikt'?",
    ):
        assert any(expected in each for each in said), (expected, said)
    assert len(said) == 5


def test_what_cannot_be_parsed_does_not_hide_the_rest(folder: Path) -> None:
    (folder / "chart.py").write_text("x = (\n", encoding="utf-8")
    change(folder, "script.toml", ("verdict.slope", "verdict.slop"))
    said = " ".join(problem.what for problem in all_of(folder))
    assert "chart.py:1: SyntaxError" in said
    assert "scene 'verdict' has no line 'verdict.slope': did you mean 'verdict.slop'?" in said


def test_what_is_not_wrong_and_seldom_meant(folder: Path) -> None:
    change(
        folder,
        "episode.py",
        ("analyses=(", 'analyses=(AnalysisCall("idle", ".orbits:orbits", {"shuffles": 2}), '),
        ('"public domain"', '""'),
        ('title="Mine"', f'title="{"M" * 120}"'),
        ("chapter=False", "chapter=True"),
        ('description="How long', 'description="<b>How long'),
    )
    change(folder, "script.toml", ('{ lasts = "lasts" }', '{ lasts = "lasts", sun = "ours" }'))
    (folder / "bed.flac").write_bytes(b"")
    said = [problem.what for problem in all_of(folder)]
    assert {problem.kind for problem in all_of(folder)} == {ADVICE}
    for expected in (
        "'idle' is computed",
        "names no licence",
        "120 characters",
        "1 scenes begin",
        "'<'",
        "bed.flac",
        "mark 'sun'",
    ):
        assert any(expected in each for each in said), (expected, said)


def test_a_line_that_cannot_be_read_does_not_hide_the_lines_after_it(folder: Path) -> None:
    change(
        folder,
        "script.toml",
        ("marks = { up", "markes = { up"),
        ("its slope is {orbits.slope", "its slope is {orbit.slope"),
    )
    change(folder, "verdict.py", ('self.result("orbits")', 'self.result("orbit")'))
    said = [problem.what for problem in all_of(folder)]
    at = (folder / "script.toml").read_text(encoding="utf-8").partition("{orbit.")[0].count("\n") + 1
    assert any("script.toml:8: line 'chart.points': unknown field 'markes'" in each for each in said), said
    assert any(f"script.toml:{at}: line 'verdict.slope'" in each for each in said), said
    assert any("reads the result 'orbit', which is not declared: did you mean 'orbits'?" in each for each in said), said


def test_a_number_that_cannot_be_written_so_is_one_of_the_list(folder: Path) -> None:
    path = folder / "script.toml"
    text = path.read_text(encoding="utf-8").replace("{orbits.slope:.2f}.", "{orbits.slope:,.0f}.")
    path.write_text(text.replace('key = "verdict.chance"', 'key = "nowhere.chance"'), encoding="utf-8")
    _, _, found = look_at_files(folder)
    (place,) = [each.what for each in found if "there is no format ',.0f'" in each.what]
    assert place.startswith(str(path))
    assert any("nowhere.chance" in each.what for each in found), "and it does not hide the rest"
