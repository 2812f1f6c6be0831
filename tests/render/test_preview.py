"""`tapehead preview`, with and without `--watch`: what is redrawn when a file is saved, and what is not."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import av
import pytest
from typer.testing import CliRunner

from tapehead.render.commands.cli import app
from tapehead.render.film.make import Choices
from tapehead.render.film.preview import Preview, changed, stamps_of
from tapehead.render.film.stills import Stills
from tapehead.scenes.episode import BUILT_IN
from tests.render.test_cli import ROOT, TAPEHEAD, wait_for, workers_of


def test_a_saved_a_new_and_a_lost_file_are_noticed(tmp_path: Path) -> None:
    (tmp_path / "act.py").write_text("one = 1\n")
    (tmp_path / "lost.toml").write_text("")
    before = stamps_of(tmp_path)
    assert changed(before, stamps_of(tmp_path)) == set()
    (tmp_path / "act.py").write_text("one = 11\n")
    (tmp_path / "new.py").write_text("")
    (tmp_path / "lost.toml").unlink()
    (tmp_path / "notes.txt").write_text("of no interest")
    (tmp_path / ".act.py.swp").write_text("an editor's own")
    names = {path.name for path in changed(before, stamps_of(tmp_path))}
    assert names == {"act.py", "new.py", "lost.toml"}


@pytest.mark.parametrize("given", [[], ["--strict"]])
def test_strict_is_asked_of_the_render(given: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Preview] = []
    monkeypatch.setattr("tapehead.render.film.preview.preview", lambda what, *_rest: asked.append(what))
    monkeypatch.setattr("tapehead.render.commands.films.refuse_errors", lambda *_given: None)
    done = CliRunner().invoke(app, ["preview", "odd-squares", "--no-open", *given])
    assert done.exit_code == 0, done.output
    assert [each.choices.strict for each in asked] == [bool(given)]


@pytest.mark.parametrize("given", [[], ["--strict"]])
def test_strict_is_asked_of_stills(given: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Choices] = []

    def make_stills(_episode: object, choices: Choices, *_rest: object) -> Stills:
        asked.append(choices)
        return Stills((), Path("nowhere"), 0)

    monkeypatch.setattr("tapehead.render.film.stills.make_stills", make_stills)
    monkeypatch.setattr("tapehead.render.commands.films.refuse_errors", lambda *_given: None)
    done = CliRunner().invoke(app, ["stills", "odd-squares", *given])
    assert done.exit_code == 0, done.output
    assert [each.strict for each in asked] == [bool(given)]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc; would return with a portable process list")
def test_watching_redraws_what_is_saved(tmp_path: Path) -> None:
    folder, out = tmp_path / "mine", tmp_path / "out"
    shutil.copytree(BUILT_IN / "odd_squares", folder, ignore=shutil.ignore_patterns("__pycache__"))
    size = ("--size", "320x180", "--rate", "6")
    process = subprocess.Popen(
        [*TAPEHEAD, "preview", str(folder), "--watch", "--voice", "none", "--out", str(out), "--no-open", *size],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "TAPEHEAD_STORE": str(tmp_path / "store"), "COLUMNS": "200"},
        stdout=(tmp_path / "answers").open("w"),
        stderr=(tmp_path / "told").open("w"),
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  (no threads here)
    )

    def answers() -> list[str]:
        return (tmp_path / "answers").read_text().split()

    def told() -> str:
        return (tmp_path / "told").read_text()

    def drawn() -> int:
        return len(list((tmp_path / "store").glob("master/*/*/entry.json")))

    try:
        assert wait_for(lambda: len(answers()) == 1, 200), told()
        film = Path(answers()[0])
        assert drawn() == 2
        before = film.read_bytes()
        assert told().count("first picture of") == 1
        assert (out / "mine" / "320x180p6" / "now.png").is_file()

        scene = folder / "verdict.py"
        good = scene.read_text()
        scene.write_text(good.replace("soft-pop", "loud-pop"))
        assert good != scene.read_text()
        assert wait_for(lambda: "preview: scene 'verdict'" in told(), 200), told()
        assert process.poll() is None, "a mistake is waited out"
        assert len(answers()) == 1

        scene.write_text(good.replace('self.sound("soft-pop")', "self.hold(1.0)"))
        assert wait_for(lambda: len(answers()) == 2, 200), told()
        assert drawn() == 3, "the other scene is not drawn again"
        assert film.read_bytes() != before
        assert told().count("first picture of 'verdict'") >= 1
        with av.open(str(film)) as container:
            assert container.streams.video[0].height == 180
        assert "Traceback" not in told()
    finally:
        os.killpg(process.pid, signal.SIGINT)
        code = process.wait(30)
    assert code == 130
    assert wait_for(lambda: not workers_of(process.pid), 10.0)
