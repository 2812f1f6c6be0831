"""The command line as a user meets it: real processes, exit codes, one clear message."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from tapehead.render.commands.cli import main
from tapehead.scenes.episode import BUILT_IN

TAPEHEAD = [sys.executable, "-m", "tapehead.render.commands.cli"]
ROOT = BUILT_IN.parent


def run(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200", **environment}
    return subprocess.run(
        [*TAPEHEAD, *arguments], cwd=cwd, env=env, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., SimpleNamespace]:
    """``run`` without a process of its own: the same ``main``, for words that are refused before any work."""

    def ask(*arguments: str, cwd: Path = ROOT) -> SimpleNamespace:
        monkeypatch.chdir(cwd)
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.setattr(sys, "argv", ["tapehead", *arguments])
        with pytest.raises(SystemExit) as done:
            main()
        out, errors = capsys.readouterr()
        return SimpleNamespace(returncode=done.value.code, stdout=out, stderr=errors)

    return ask


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, tapehead.render.commands.cli\n"
        "heavy = {'manim', 'torch', 'transformer_lens', 'diffusers', 'moviepy', 'av', 'numpy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)
    done = run("--help")
    assert done.returncode == 0
    for command in ("list", "doctor", "analyze", "render", "stills", "store"):
        assert command in done.stdout


def test_planning_imports_no_manim_and_no_torch() -> None:
    code = (
        "import sys, tapehead.render.planning.film_plan, tapehead.render.film.make, tapehead.scenes.episode\n"
        "import tapehead.render.words.narration, tapehead.render.words.captions\n"
        "from tapehead.scenes.episode import folders, load_episode\n"
        "for _, folder in folders(): load_episode(folder.resolve()).script()\n"
        "heavy = {'manim', 'torch', 'transformer_lens', 'diffusers', 'moviepy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)


def test_list_as_json_is_one_line_on_stdout() -> None:
    done = run("list", "--json")
    assert done.stdout.count("\n") == 1
    assert {"linear-algebra", "odd-squares"} <= {e["slug"] for e in json.loads(done.stdout)["episodes"]}


def test_list_says_what_it_found_and_does_not_run_it(tmp_path: Path) -> None:
    for name in ("my film", "tools"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "episode.py").write_text("open('ran', 'w').close()\n")
    done = run("list", cwd=tmp_path)
    assert done.returncode == 0
    assert "odd-squares" in done.stdout
    assert "found but not loaded: ./tools; name it, `tapehead render ./tools`, or put its folder" in done.stderr
    assert "`tapehead render './my film'`" in done.stderr
    assert len(done.stderr.splitlines()) == 2
    assert json.loads(run("list", "--json", cwd=tmp_path).stdout)["not_loaded"] == ["./my film", "./tools"]
    assert not (tmp_path / "ran").exists()
    named = run("list", cwd=tmp_path, TAPEHEAD_EPISODES=str(tmp_path))
    assert (tmp_path / "ran").exists()
    assert "must define EPISODE" in named.stderr


@pytest.mark.parametrize("text", ["raise SystemExit(0)", "def f(): f()\n\nf()", "x = {}['y']"])
def test_an_episode_that_fails_while_it_is_loaded_is_one_line(text: str, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "episode.py").write_text(text)
    done = run("analyze", "mine", cwd=tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert f"{tmp_path / 'mine' / 'episode.py'}:1: " in done.stderr


def test_two_episodes_of_one_slug_are_both_listed_with_a_word(tmp_path: Path) -> None:
    shutil.copytree(BUILT_IN / "odd_squares", tmp_path / "odd_squares", ignore=shutil.ignore_patterns("__pycache__"))
    done = run("list", TAPEHEAD_EPISODES=str(tmp_path), cwd=tmp_path)
    assert "'odd-squares' are two episodes" in done.stderr
    assert str(tmp_path / "odd_squares") in done.stderr
    assert done.stdout.count("odd-squares") == 2
    assert run("analyze", "odd-squares", TAPEHEAD_EPISODES=str(tmp_path), cwd=tmp_path).returncode == 2


@pytest.mark.parametrize(
    ("arguments", "nearest"),
    [
        (("render", "odd-sqares"), "odd-squares"),
        (("render", "odd-squares", "--only", "corner"), "corners"),
        (("render", "odd-squares", "--quality", "480p"), "480p15"),
        (("render", "odd-squares", "--voice", "espaek"), "espeak"),
        (("render", "odd-squares", "--tape", "claen"), "clean"),
        (("render", "./nowhere"), "nowhere/episode.py"),
        (("render", "odd-squares", "--jobs", "-1"), "--jobs"),
        (("render", "odd-squares", "--wrong"), "--wrong"),
        (("stills", "lineal-algebra"), "linear-algebra"),
        (("analyze", "zzzzzzzz"), "there are"),
        (("train", "minni"), "mini"),
    ],
)
def test_a_wrong_word_is_one_line_and_exit_code_2(
    arguments: tuple[str, ...], nearest: str, tmp_path: Path, asked: Callable[..., SimpleNamespace]
) -> None:
    done = asked(*arguments, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert nearest in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not done.stdout
    assert not list(tmp_path.iterdir()), "nothing is written"


def test_render_as_json(tmp_path: Path) -> None:
    done = run("render", "odd-squares", "--only", "verdict", "--json", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout.strip().splitlines()[-1])
    assert set(answer) == {"film", "duration_s", "files", "digests", "stages_s", "drawn"}
    assert Path(answer["film"]).is_file()
    assert answer["duration_s"] > 3


def test_quiet_is_quiet(tmp_path: Path) -> None:
    done = run("render", "odd-squares", "--only", "verdict", "--quiet", "--json", "--out", str(tmp_path))
    assert done.stderr == ""


def broken_episode(folder: Path, body: str) -> Path:
    shutil.copytree(BUILT_IN / "odd_squares", folder, ignore=shutil.ignore_patterns("__pycache__"))
    scene = folder / "verdict.py"
    scene.write_text(
        scene.read_text().replace(
            '        with self.say("verdict.none"):', f'        {body}\n        with self.say("verdict.none"):'
        )
    )
    return folder


@pytest.mark.long  # by default: test_faults raises in a scene, test_ray_cluster renders this very film beside its own
def test_a_scene_that_raises_says_where(tmp_path: Path) -> None:
    folder = broken_episode(tmp_path / "broken", "sums.read('nothing')")
    size = ("--size", "320x180", "--rate", "6")
    done = run("render", str(folder), "--voice", "none", *size, "--out", str(tmp_path / "out"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "has no 'nothing'" in done.stderr
    assert "verdict.py" in done.stderr
    log = next((tmp_path / "out").rglob("verdict.log"))
    assert "Traceback" in log.read_text()
    assert "verdict.count" in log.read_text(), "the last cue is named"
    assert not list((tmp_path / "out").rglob("*.mp4"))


def test_a_read_only_place_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file, not a folder")
    done = run("render", "odd-squares", "--out", str(tmp_path / "out"))
    assert done.returncode == 2
    assert "--out" in done.stderr
    assert "Traceback" not in done.stderr


def start_render(tmp_path: Path, *extra: str) -> subprocess.Popen[str]:
    env = os.environ | {"PYTHONPATH": str(ROOT), "TAPEHEAD_STORE": str(tmp_path / "store")}
    command = [*TAPEHEAD, "render", "odd-squares", "--voice", "none", "--out", str(tmp_path / "out"), *extra]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=env,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A shell that runs the tests in the background has them ignore Ctrl-C, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  (no threads here)
    )


@pytest.mark.parametrize(
    ("error", "told"),
    [(EOFError("Ran out of input"), ": Ran out of input ("), (BrokenPipeError(errno.EPIPE, "x"), "x")],
)
def test_what_ends_early_within_a_command_is_told_and_is_no_ctrl_d(
    asked: Callable[..., SimpleNamespace], monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    def ends(_name: str) -> None:
        raise error

    monkeypatch.setattr("tapehead.scenes.episode.find_episode", ends)
    done = asked("record", "odd-squares", "--list")
    assert done.returncode == 1
    assert done.stderr.startswith("tapehead: a file is cut short, or another process")
    assert told in done.stderr
    assert "noticed in tapehead.render.commands.spoken, line" in done.stderr


def test_ctrl_d_at_a_prompt_stops_without_an_error(
    asked: Callable[..., SimpleNamespace], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tapehead.render.film.record.microphone_here", lambda: SimpleNamespace(name="deaf"))
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    monkeypatch.setenv("TAPEHEAD_STORE", str(tmp_path / "store"))
    done = asked("record", "odd-squares", "--to", str(tmp_path / "takes"))
    assert (done.returncode, "1 of " in done.stdout) == (130, True)
    assert "cut short" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no pipe tells there that nobody reads it")
def test_a_reader_who_has_enough_is_no_error() -> None:
    process = subprocess.Popen(
        [*TAPEHEAD, "list"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.close()
    _, errors = process.communicate(timeout=300)
    assert (process.returncode, errors) == (1, "")


def workers_of(group: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                ended = " Z " in (entry / "stat").read_text()  # dead, and waiting for an init that may be slow
                if os.getpgid(int(entry.name)) == group and int(entry.name) != group and not ended:
                    found.append(int(entry.name))
            except (ProcessLookupError, FileNotFoundError):
                continue
    return found


def wait_for(condition, seconds: float = 120.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(FileNotFoundError):  # what is looked at may be moved while it is looked at
            if condition():
                return True
        time.sleep(0.02)
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc; would return with a portable process list")
def test_ctrl_c_stops_everything_and_loses_nothing(tmp_path: Path) -> None:
    process = start_render(tmp_path, "--jobs", "1")  # so that a whole scene is left to interrupt
    assert wait_for(lambda: list((tmp_path / "store").glob("master/*/*/entry.json"))), "one scene gets finished"
    os.killpg(process.pid, signal.SIGINT)
    process.wait(30)
    assert wait_for(lambda: not workers_of(process.pid), 10.0)
    if process.returncode == 0:
        pytest.fail("the render was over before it could be interrupted")
    assert process.returncode == 130
    assert process.stderr is not None
    assert "Traceback" not in process.stderr.read()
    assert not list((tmp_path / "out").rglob("*.mp4"))
    kept = {p.parent.name: p.stat().st_mtime_ns for p in (tmp_path / "store").glob("master/*/*/entry.json")}
    again = start_render(tmp_path)
    assert again.wait(240) == 0
    after = {p.parent.name: p.stat().st_mtime_ns for p in (tmp_path / "store").glob("master/*/*/entry.json")}
    assert kept.items() <= after.items(), "what was finished is not drawn twice"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc; would return with a portable process list")
@pytest.mark.parametrize("victim", ["worker", pytest.param("parent", marks=pytest.mark.long)])
def test_kill_9_in_the_middle_and_again(tmp_path: Path, victim: str) -> None:
    small = ("--size", "320x180", "--rate", "15")
    process = start_render(tmp_path, "--jobs", "1", *small)
    assert wait_for(
        lambda: list((tmp_path / "store").glob("tmp/*/frames*")) or list((tmp_path / "store").glob("tmp/*/.frames*"))
    )
    if victim == "parent":
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
    else:
        youngest = max(workers_of(process.pid))
        os.kill(youngest, signal.SIGKILL)
        assert process.wait(20) == 1
        assert process.stderr is not None
        message = process.stderr.read()
        assert "killed by signal 9" in message
        assert "Traceback" not in message
    assert wait_for(lambda: not workers_of(process.pid), 5.0), "no worker outlives its parent"
    assert not list((tmp_path / "out").rglob("*.mp4"))
    again = start_render(tmp_path, *small)
    assert again.wait(120) == 0
    assert list((tmp_path / "out").rglob("odd-squares.mp4"))


def test_words_alone_are_spoken(tmp_path: Path) -> None:
    """The example's lines ship, so this needs no voice that speaks."""
    done = run("speak", "odd-squares", "--json", "--quiet", TAPEHEAD_STORE=str(tmp_path))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["voice"] == "natural"
    assert 140 < told["words_a_minute"]["narrator"] < 175
    assert told["seconds"] == pytest.approx(sum(line["seconds"] for line in told["lines"].values()), abs=0.01)
    assert all(Path(line["audio"]).is_file() for line in told["lines"].values())
    refused = run("speak", "odd-squares", "--voice", "none", "--ship", TAPEHEAD_STORE=str(tmp_path))
    assert refused.returncode == 2
    assert "--voice natural" in refused.stderr


def test_store_commands(tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    run(
        "render",
        "odd-squares",
        "--only",
        "verdict",
        "--voice",
        "none",
        "--size",
        "320x180",
        "--out",
        str(tmp_path / "out"),
        TAPEHEAD_STORE=store,
    )
    listed = json.loads(run("store", "ls", "--json", TAPEHEAD_STORE=store).stdout)
    assert {"result", "voice", "master", "chunk", "sound"} == {entry["kind"] for entry in listed["entries"]}
    assert all(entry["used"] for entry in listed["entries"]), "the lines of other scenes were not spoken"
    assert run("store", "verify", TAPEHEAD_STORE=store).returncode == 0
    kept = json.loads(run("store", "gc", "--json", TAPEHEAD_STORE=store).stdout)
    assert kept["removed"] == 0, "nothing that the film refers to"
    film = next(Path(store).glob("chunk/*/*/chunk.mp4"))
    damaged = bytearray(film.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    film.write_bytes(damaged)
    broken = run("store", "verify", TAPEHEAD_STORE=store)
    assert broken.returncode == 1
    assert "does not match its digest" in broken.stdout
    assert json.loads(run("store", "gc", "--all", "--json", TAPEHEAD_STORE=store).stdout)["removed"] > 0


def test_doctor_finds_this_machine_fit() -> None:
    done = run("doctor", "--json")
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    wanted = {"python", "manim", "pango", "fonts", "libx264", "aac", "voice natural", "voice espeak", "gpu", "models"}
    assert wanted | {"store", "disk", "latex", "browser", "tape", "time"} <= set(checks)
    assert done.returncode == 0, [check for check in checks.values() if not check["ok"]]


def test_it_says_its_version() -> None:
    from importlib.metadata import version

    assert run("--version").stdout == f"tapehead {version('tapehead')}\n"


def test_mistakes_in_options_are_told_before_the_work_and_in_our_words(
    tmp_path: Path, asked: Callable[..., SimpleNamespace]
) -> None:
    (tmp_path / "file").write_text("x")
    for words, said in (
        (("render", "odd-squares", "--jobs", "two"), "--jobs takes a whole number, not 'two'"),
        (("render", "odd-squares", "--jobs", "-1"), "--jobs takes 0 or more, not '-1'"),
        (("render", "odd-squares", "--out", str(tmp_path / "file")), f"{tmp_path / 'file'} is a file; give a folder"),
        (("render", "odd-squares", "--out", str(tmp_path / "file" / "in")), "is a file; give a folder"),
        (("render", str(ROOT / "scenes/odd_squares/corners.py")), "is a file of an episode: give its folder"),
        (("render", "odd-squares", "--tape", "zzz"), "unknown tape 'zzz'; there are: "),
    ):
        done = asked(*words)
        assert done.returncode == 2, words
        assert said in done.stderr
        assert done.stderr.count("\n") == 1
