"""The folder for what a process and its workers need for a while; it goes with the process, however that ends.

Nobody who is killed can clean up.  So a small process of its own waits for ours to end and removes the folder, and that
of :mod:`multiprocessing` with it.  Where that one is killed too (the power fails), the next process clears it away.
"""

from __future__ import annotations

import contextlib
import multiprocessing.process
import multiprocessing.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tapehead.analysis.errors import OutputError

_PREFIX = "tapehead-work-"
_GUARD = """
import os, shutil, sys, time
gone = 5 if sys.stdin.buffer.read() else 0
for _ in range(60):
    if gone == 5:
        break
    for each in sys.argv[1:]:
        shutil.rmtree(each, ignore_errors=True)
    gone = 0 if any(map(os.path.exists, sys.argv[1:])) else gone + 1
    time.sleep(0.5)
"""
"""Waits until the process at the other end of the pipe is gone; a last word from there says that it cleaned up itself.
Its workers may live, and make folders again, for a moment longer."""
_LAST_OF_ALL = -200
"""After multiprocessing's own cleaning (-100)."""

_LONGEST_SOCKET, _IN_IT = 103, 32
"""Bytes of a socket's path (104 with its end on macOS, 108 on Linux), and of what stands in it below TMPDIR."""
_SHORT_PLACES = ("/tmp", "/var/tmp")  # noqa: S108  (a folder of its own is made there)

_homes: dict[int, Path] = {}
"""By process: a forked one has none yet."""


@contextlib.contextmanager
def workshop() -> Iterator[Path]:
    """A folder of one render.  Inside it everything goes with the block."""
    path = Path(tempfile.mkdtemp(dir=home()))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def home() -> Path:
    """The folder of this process, and a guard over it and over multiprocessing's.

    Raises:
        OutputError: nothing can be written where temporary files go.
    """
    home = _homes.get(os.getpid())
    if home is None or not home.is_dir():  # somebody may have swept the whole of TMPDIR
        try:
            _clear_away()
            home = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
            _homes[os.getpid()] = home
            _guard(home, _meeting_place())
        except OSError as error:
            raise OutputError(f"no temporary folder can be made ({error}); free some space, or set TMPDIR") from error
    return home


def _meeting_place() -> Path:
    """The folder in which :mod:`multiprocessing` puts the sockets of its processes.

    The name of a socket has a hundred letters at most.  Where TMPDIR leaves too few of them, a shorter place is taken.
    """
    config = multiprocessing.process.current_process()._config  # type: ignore[attr-defined]  # as get_temp_dir does
    if config.get("tempdir") is None and len(os.fsencode(tempfile.gettempdir())) + _IN_IT > _LONGEST_SOCKET:
        for place in _SHORT_PLACES:
            with contextlib.suppress(OSError):
                config["tempdir"] = made = tempfile.mkdtemp(prefix="pymp-", dir=place)
                multiprocessing.util.Finalize(None, shutil.rmtree, (made, True), exitpriority=-100)
                break
    return Path(multiprocessing.util.get_temp_dir())


def _guard(*folders: Path) -> None:
    process: subprocess.Popen[bytes] | None = None
    with contextlib.suppress(OSError):  # without one only a kill leaves something, until the next process comes
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _GUARD, *map(str, folders)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,  # who kills a group means those who work
        )

    def end() -> None:
        shutil.rmtree(folders[0], ignore_errors=True)
        if process is not None:
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                process.communicate(b"done", timeout=5)

    multiprocessing.util.Finalize(None, end, exitpriority=_LAST_OF_ALL)


def _clear_away() -> None:
    """Remove the folders of processes of this machine that are no more."""
    with contextlib.suppress(OSError):
        for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
            owner = left.name.removeprefix(_PREFIX).split("-")[0]
            if owner.isascii() and owner.isdigit() and not _alive(int(owner)):
                shutil.rmtree(left, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return True
