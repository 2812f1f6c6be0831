"""What a render needs for a while goes with it, also when it is killed."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.disk import FakeDisk, failing
from tests.render.test_cli import ROOT, wait_for

WORKS = """
import multiprocessing, sys, time
from pathlib import Path
from tapehead.render.workers.workshop import workshop
def main():
    with workshop() as place:
        (place / "half").write_text("x")
        worker = multiprocessing.get_context("forkserver").Process(target=time.sleep, args=(float(sys.argv[1]),))
        worker.start()
        print("works", flush=True)
        worker.join()
main()
"""


def begun(tmp_path: Path, seconds: float) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", WORKS, str(seconds)],
        env=os.environ | {"TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "works\n"
    return process


@pytest.fixture
def short() -> Iterator[Path]:
    """A TMPDIR in which sockets have room; that of a test beside others has not."""
    with tempfile.TemporaryDirectory(prefix="th-", dir="/tmp") as folder:
        yield Path(folder)


def test_a_deep_tmpdir_leaves_room_for_the_names_of_sockets(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 80)
    deep.mkdir()
    process = begun(deep, 0.1)
    out, errors = process.communicate(timeout=60)
    assert (process.returncode, out, errors) == (0, "", "")
    assert list(deep.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="kills a group of processes")
@pytest.mark.parametrize("everything", [False, True])
def test_a_killed_process_leaves_nothing(short: Path, everything: bool) -> None:
    process = begun(short, 60)
    assert {path.name.split("-")[0] for path in short.iterdir()} == {"tapehead", "pymp"}
    if everything:
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()  # its worker lives on in this test; those of a render end by themselves
    process.wait()
    try:
        assert wait_for(lambda: not list(short.iterdir()), 10)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def test_one_that_ends_leaves_nothing_and_says_nothing(tmp_path: Path) -> None:
    process = begun(tmp_path, 0)
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
    assert wait_for(lambda: not list(tmp_path.iterdir()), 10)


def test_what_a_guard_could_not_remove_is_cleared_away_by_the_next(tmp_path: Path) -> None:
    left, alive, other = (tmp_path / name for name in ("tapehead-work-999999-x", f"tapehead-work-{os.getpid()}-x", "x"))
    for folder in (left, alive, other):
        folder.mkdir()
    begun(tmp_path, 0).communicate(timeout=30)
    assert not left.exists()
    assert alive.exists()
    assert other.exists()


def test_no_room_for_temporary_files_is_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tapehead.analysis.errors import OutputError
    from tapehead.render.workers import workshop

    monkeypatch.setattr(workshop, "_homes", {})
    with failing(FakeDisk(tmp_path, errno.ENOSPC, 1, only=("mkdir",))), pytest.raises(OutputError, match="TMPDIR"):
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        workshop.home()
