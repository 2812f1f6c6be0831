"""What all trainings share: where checkpoints lie, one process at a run, a directory that is whole or not there."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

from tapehead.analysis.errors import OutputError, TapeheadError
from tapehead.analysis.store import part_beside


def default_cache() -> Path:
    """Where checkpoints lie: outside any work tree, for they are large and not results."""
    return Path.home() / ".cache" / "tapehead" / "training"


@contextlib.contextmanager
def alone(directory: Path) -> Iterator[None]:
    """Hold a run's directory; the kernel lets go when the process ends, however it ends.

    Raises:
        TapeheadError: another process holds it.
        OutputError: it cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with (directory / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise TapeheadError(f"another process trains in {directory}; wait for it or stop it") from None
            yield
    except OSError as error:
        raise OutputError(f"{directory} cannot be written: {error.strerror or error}") from error


@contextlib.contextmanager
def in_making(out: Path) -> Iterator[Path]:
    """A directory beside ``out`` to write a model into; it takes the place of ``out`` (:func:`swap`) or vanishes.

    Raises:
        OutputError: it cannot be written; what was at ``out`` is still there.
    """
    work = part_beside(out)
    try:
        work.mkdir(parents=True)
        yield work
        swap(work, out)
    except OSError as error:
        raise OutputError(f"{out} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def swap(work: Path, final: Path) -> None:
    """Put ``work`` in the place of ``final``; for an instant neither is there, but never half of one."""
    old = part_beside(final)
    if final.exists():
        final.rename(old)
    try:
        work.rename(final)
    except OSError:
        if old.exists():
            old.rename(final)
        raise
    shutil.rmtree(old, ignore_errors=True)
