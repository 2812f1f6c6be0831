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
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tapehead.analysis.errors import OutputError
from tapehead.render.guard import Guard

_PREFIX = "tapehead-work-"
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
            guard = Guard(home, _meeting_place())
            multiprocessing.util.Finalize(None, guard.end, exitpriority=_LAST_OF_ALL)
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
