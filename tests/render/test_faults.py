"""What a render survives, with real processes: after each fault one message, no worker left, and the same film."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tapehead.analysis.store import Store, digest_of
from tapehead.render.quality import sized
from tests.analysis.test_store import put
from tests.render.test_cli import ROOT, TAPEHEAD, broken_episode, wait_for, workers_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, mounts and limits memory as Linux does")
SCENES = {"corners", "verdict"}
SIZE = ("--size", "320x180", "--rate", "6")
"""What breaks does not ask how many pixels there are: a render of this size is mostly starts of processes."""


def command(out: Path, *extra: str, episode: str = "odd-squares") -> list[str]:
    return [*TAPEHEAD, "render", episode, "--voice", "none", "--quiet", "--json", *SIZE, "--out", str(out), *extra]


def environment(store: Path, **more: str) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200", "TAPEHEAD_STORE": str(store), **more}


def start(store: Path, full: list[str], **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        full,
        cwd=ROOT,
        env=environment(store, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Exit code, stdout and stderr; and no worker is left."""
    out, errors = process.communicate(timeout=500)
    assert wait_for(lambda: not workers_of(process.pid), 10.0), "no worker outlives its parent"
    return process.returncode, out, errors


def made(store: Path, out: Path, *extra: str, **more: str) -> dict[str, Any]:
    code, answer, errors = ended(start(store, command(out, *extra), **more))
    assert code == 0, errors
    return json.loads(answer.strip().splitlines()[-1])


def one_message(code: int, errors: str) -> str:
    assert code == 1, errors
    assert "Traceback" not in errors
    lines = errors.strip().splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("tapehead: "))
    assert len(lines) - first <= 3, errors
    assert sum(line.startswith("tapehead: ") for line in lines) == 1
    return "\n".join(lines[first:])


def drawings(store: Path) -> dict[str, tuple[int, int]]:
    """The drawn scenes of a store; one that is drawn again is another file."""
    found = {}
    for record in store.glob("master/*/*/entry.json"):
        found[record.parent.name] = (record.stat().st_ino, record.stat().st_mtime_ns)
    return found


@dataclass(frozen=True)
class Calm:
    store: Path
    digests: dict[str, Any]
    seconds: float


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Calm:
    """An undisturbed render."""
    folder = tmp_path_factory.mktemp("calm")
    began = time.monotonic()
    answer = made(folder / "store", folder / "out", "--jobs", "2")
    assert set(answer["drawn"]) == SCENES
    return Calm(folder / "store", answer["digests"], time.monotonic() - began)


# -- killed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kills", [3, pytest.param(50, marks=[pytest.mark.long, pytest.mark.timeout(7200)])])
def test_kill_9_at_random_moments(calm: Calm, tmp_path: Path, kills: int) -> None:
    """A worker, the parent, or everything; the next run goes on, draws nothing twice and makes the same film."""
    dice, store, out = random.Random(kills), tmp_path / "store", tmp_path / "out"
    kept: dict[str, tuple[int, int]] = {}
    for kill in range(kills):
        if kill % 10 == 9:  # it may be finished by now: go on with a new one
            shutil.rmtree(store)
            shutil.rmtree(out, ignore_errors=True)
            kept = {}
        process = start(store, command(out, "--jobs", "2"))
        time.sleep(dice.uniform(0.1, calm.seconds))
        victim = ("worker", "parent", "everything")[kill % 3]
        workers = workers_of(process.pid)
        if process.poll() is None:
            if victim == "worker" and workers:
                os.kill(dice.choice(workers), signal.SIGKILL)
            elif victim == "parent":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
        code, _, errors = ended(process)
        assert code in (0, 1, -signal.SIGKILL)
        assert "Traceback" not in errors or "multiprocessing" in errors
        now = drawings(store)
        assert kept.items() <= now.items(), "no finished scene is drawn twice"
        kept = now
        for film in out.rglob("*.mp4"):
            assert film.stat().st_size > 0
    last = made(store, out)
    assert last["digests"] == calm.digests
    assert kept.items() <= drawings(store).items()
    assert not [path for path in (store / "tmp").iterdir() if path.is_dir()], "what dead processes left is cleared away"


def test_a_killed_fork_server(tmp_path: Path) -> None:
    """What starts the workers is killed while it imports: no silence, and not the exit code of Ctrl-C."""

    def server(group: int) -> list[int]:
        return [pid for pid in workers_of(group) if b"forkserver" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    process = start(tmp_path / "store", command(tmp_path / "out", "--jobs", "1"))
    assert wait_for(lambda: server(process.pid))
    os.kill(server(process.pid)[0], signal.SIGKILL)
    code, _, errors = ended(process)
    assert "no worker could be started" in one_message(code, errors)
    assert made(tmp_path / "store", tmp_path / "out", "--jobs", "1")["drawn"]


# -- scenes that misbehave ---------------------------------------------------------------------------


def broken(tmp_path: Path, body: str, *extra: str) -> tuple[str, str]:
    """The message and the log of a film with a broken scene."""
    folder = broken_episode(tmp_path / "broken", body)
    out = tmp_path / "out"
    code, _, errors = ended(start(tmp_path / "store", command(out, *extra, episode=str(folder))))
    message = one_message(code, errors)
    assert "'verdict'" in message
    assert "verdict.count" in message, "the last cue is named"
    assert not list(out.rglob("*.mp4"))
    log = next(out.rglob("verdict.log"))
    assert message.splitlines()[2].strip() == f"full report: {log}"
    return message, log.read_text()


def test_a_scene_that_raises(tmp_path: Path) -> None:
    message, log = broken(tmp_path, "raise ValueError('first line\\nsecond line')")
    assert "first line" in message
    assert "verdict.py:" in message
    assert "second line" not in message.splitlines()[0]
    assert "Traceback" in log
    assert "raise ValueError" in log
    assert "second line" in log


def test_a_scene_that_hangs(tmp_path: Path) -> None:
    # It sleeps: a loop that spins would hang alike, and take a core from the tests beside it.
    message, log = broken(tmp_path, "while True: __import__('time').sleep(0.1)", "--timeout", "15")
    assert "has not moved for 15 s" in message
    assert "verdict.py" in log, "the log says where it hangs"


def test_a_scene_that_eats_memory(tmp_path: Path) -> None:
    message, log = broken(tmp_path, "self.hoard = [bytearray(10**8) for _ in range(10**6)]", "--memory", "3")
    assert "more memory than the 3 GB" in message
    assert "verdict.py:" in message
    assert "MemoryError" in log


# -- the store ---------------------------------------------------------------------------------------


def test_a_flipped_byte_is_found_and_made_again(calm: Calm, tmp_path: Path) -> None:
    """One byte in every entry of every kind, at once."""
    store = tmp_path / "store"
    shutil.copytree(calm.store, store)
    kinds = set()
    for record in store.glob("*/??/*/entry.json"):
        victim = max((path for path in record.parent.iterdir() if path != record), key=lambda path: path.stat().st_size)
        content = bytearray(victim.read_bytes())
        content[len(content) // 2] ^= 1
        victim.write_bytes(content)
        kinds.add(record.parts[-4])
    assert kinds >= {"master", "chunk", "sound", "result"}
    code, answer, errors = ended(start(store, command(tmp_path / "out")))
    assert code == 0, errors
    assert json.loads(answer.strip().splitlines()[-1])["digests"] == calm.digests
    for kind in kinds:
        assert f"store: {kind} " in errors
    assert "Traceback" not in errors


def test_gc_in_a_loop_beside_a_render(calm: Calm, tmp_path: Path) -> None:
    """It takes nothing that the render uses, says so, and takes all of it when nobody uses it any more."""
    store, spared, told = Store(tmp_path / "store"), 0, []
    put(store, digest_of("of nobody"))
    process = start(store.root, command(tmp_path / "out", "--jobs", "2"))
    while process.poll() is None:
        done = store.gc(everything=True)
        spared, told = max(spared, done.in_use), [*told, done.removed]
        time.sleep(0.1)
    code, answer, errors = ended(process)
    assert code == 0, errors
    said = json.loads(answer.strip().splitlines()[-1])
    assert said["digests"] == calm.digests
    assert sorted(said["drawn"]) == sorted(SCENES), "each was drawn once"
    assert "damaged" not in errors
    assert spared > len(SCENES)
    assert sum(told) >= 1, "what nobody uses went"
    assert store.gc(everything=True).in_use == 0
    assert list(store.entries()) == []


def test_what_is_killed_leaves_nothing_in_tmpdir(tmp_path: Path) -> None:
    """The parent alone, then everything at once."""
    tmp = tmp_path / "tmp"
    tmp.mkdir()
    for everything in (False, True):
        process = start(tmp_path / "store", command(tmp_path / "out", "--seed", str(everything + 5)), TMPDIR=str(tmp))
        assert wait_for(lambda: any(tmp.glob("tapehead-work-*/*/*.stack")), 60), "a worker is at work"
        if everything:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        ended(process)
        assert wait_for(lambda: not list(tmp.iterdir()), 10), list(tmp.iterdir())


def test_logs_of_the_user_stay(calm: Calm, tmp_path: Path) -> None:
    theirs = tmp_path / "out" / "odd-squares" / sized(SIZE[1], int(SIZE[3])).name / "logs"
    theirs.mkdir(parents=True)
    (theirs / "precious.log").write_text("x")
    shutil.copytree(calm.store, tmp_path / "store")
    made(tmp_path / "store", tmp_path / "out")
    assert (theirs / "precious.log").read_text() == "x"


@pytest.mark.parametrize("limits", [(8, 16, 64), pytest.param((12, 24), marks=pytest.mark.long)])
def test_few_file_descriptors_cost_no_entry(calm: Calm, tmp_path: Path, limits: tuple[int, ...]) -> None:
    """With a limit that is too small for a render, it says so or does it; the store has all that it had."""
    store = tmp_path / "store"
    shutil.copytree(calm.store, store)
    before = {path.relative_to(store): path.read_bytes() for path in store.glob("*/??/*/**/*") if path.is_file()}
    for limit in limits:
        full = " ".join(command(tmp_path / "out" / str(limit)))
        process = start(store, ["bash", "-c", f"ulimit -n {limit}; exec {full}"])
        code, _, errors = ended(process)
        assert code in (0, 1), errors
        assert "damaged" not in errors, errors
        assert code == 0 or limit < 20 or "Too many open files" in one_message(code, errors)
        after = {path.relative_to(store): path.read_bytes() for path in store.glob("*/??/*/**/*") if path.is_file()}
        assert before.items() <= after.items()


def in_own_mounts(script: str, store: Path) -> subprocess.CompletedProcess[str]:
    """Run a shell script with mounts that nobody else sees."""
    probe = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]
    if not shutil.which("unshare") or subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount")
    return subprocess.run(
        ["unshare", "-rm", "sh", "-c", script],
        cwd=ROOT,
        env=environment(store),
        capture_output=True,
        text=True,
        timeout=550,
        check=False,
    )


@pytest.mark.parametrize(("place", "size"), [("store", "300k"), ("out", "100k")])
def test_a_full_disk(calm: Calm, tmp_path: Path, place: str, size: str) -> None:
    """A small tmpfs is one message and whole files only; with more room, the same command finishes."""
    store, out = tmp_path / "store", tmp_path / "out"
    disk = store if place == "store" else out
    disk.mkdir()
    render = " ".join(command(out))
    verify = " ".join([*TAPEHEAD, "store", "verify"])
    done = in_own_mounts(
        f"mount -t tmpfs -o size={size} none {disk} || exit 9\n"
        f"{render}; echo code $?; echo films $(find {out} -name '*.mp4' | wc -l); echo >&2 ---\n"
        f"{verify}; echo verify $?; mount -o remount,size=500m {disk}; {render}",
        store,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "code 1\nfilms 0\n" in done.stdout
    assert "verify 0\n" in done.stdout
    message = one_message(1, done.stderr.split("---")[0])
    assert "space" in message
    assert json.loads(done.stdout.strip().splitlines()[-1])["digests"] == calm.digests


def test_a_read_only_store(calm: Calm, tmp_path: Path) -> None:
    """It cannot take anything new, and says so; what it has can be read."""
    store, out = tmp_path / "store", tmp_path / "out"
    shutil.copytree(calm.store, store)
    before = sorted(path for path in store.rglob("*"))
    script = f"mount --bind {store} {store} && mount -o remount,ro,bind {store} || exit 9\n"
    done = in_own_mounts(script + " ".join(command(out, "--seed", "7")), store)
    message = one_message(done.returncode, done.stderr)
    assert str(store) in message
    assert "TAPEHEAD_STORE" in message
    assert not list(out.rglob("*.mp4"))
    assert before == sorted(path for path in store.rglob("*"))


# -- company, and clocks -----------------------------------------------------------------------------


def test_two_renders_of_one_film_at_the_same_time(calm: Calm, tmp_path: Path) -> None:
    """They share the work: each scene is drawn once, and both end with the film."""
    both = [start(tmp_path / "store", command(tmp_path / "out", "--jobs", "1")) for _ in range(2)]
    answers = []
    for process in both:
        code, answer, errors = ended(process)
        assert code == 0, errors
        answers.append(json.loads(answer.strip().splitlines()[-1]))
    assert [answer["digests"] for answer in answers] == [calm.digests] * 2
    assert sorted(answers[0]["drawn"] + answers[1]["drawn"]) == sorted(SCENES)


JUMPY = """
import time, random
_real, _dice = time.time, random.Random(3)
time.time = lambda: _real() + _dice.uniform(-4e8, 4e8)
"""


def test_a_clock_that_jumps(calm: Calm, tmp_path: Path) -> None:
    """The wall clock says what it likes, in every process, and files of the store are from the past and the future."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(JUMPY)
    jumpy = {"PYTHONPATH": f"{tmp_path / 'site'}:{ROOT}"}
    store = tmp_path / "store"
    assert made(store, tmp_path / "one", "--only", "verdict", **jumpy)["drawn"] == ["verdict"]
    for number, path in enumerate(path for path in store.rglob("*") if path.is_file()):
        os.utime(path, (1, 1) if number % 2 else (4e9, 4e9))
    answer = made(store, tmp_path / "out", **jumpy)
    assert answer["drawn"] == ["corners"], "what was drawn stays drawn"
    assert answer["digests"] == calm.digests
