"""A disk that fails: the n-th call below a folder raises an OSError, as a full, broken or forbidden disk would.

It stands between Python and the system for everything that asks for a path (``open``, ``stat``, ``rename``, ``mkdir``,
``listdir``…) and for reading and writing the files that were opened.  What C libraries open by themselves goes by.
"""

from __future__ import annotations

import builtins
import contextlib
import errno
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FAULTS = tuple(getattr(errno, name) for name in ("EMFILE", "EACCES", "EIO", "ENOSPC", "ESTALE"))

CALLS = (
    "open", "stat", "lstat", "scandir", "listdir", "mkdir", "rename", "replace", "unlink", "remove", "rmdir", "utime",
)  # fmt: skip


class FakeDisk:
    """Counts calls below ``root``; from the ``at``-th on, ``times`` of them fail with ``code``."""

    def __init__(self, root: Path, code: int, at: int, times: int = 1, only: tuple[str, ...] = ()) -> None:
        self.root, self.code, self.at, self.times, self.only = os.fspath(root), code, at, times, only
        self.calls = 0
        self.failed: list[str] = []

    def call(self, name: str, path: object) -> None:
        """One call that may fail."""
        if self.only and name not in self.only:
            return
        self.calls += 1
        if self.at <= self.calls < self.at + self.times:
            self.failed.append(f"{name} {path}")
            raise OSError(self.code, os.strerror(self.code), str(path))

    def here(self, path: object) -> bool:
        """Whether this is a path on the disk."""
        if not isinstance(path, str | bytes | os.PathLike):
            return False
        text = os.fsdecode(path)
        return text == self.root or text.startswith(self.root + os.sep)


class _File:
    """An open file whose reads and writes may fail."""

    def __init__(self, file: Any, disk: FakeDisk) -> None:
        self._file, self._disk = file, disk

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._file, name)
        if name not in ("read", "readinto", "write", "flush"):
            return found

        def called(*args: Any) -> Any:
            self._disk.call("read" if name.startswith("read") else "write", self._file.name)
            return found(*args)

        return called

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def __iter__(self) -> Any:
        return iter(self._file)


@contextlib.contextmanager
def failing(disk: FakeDisk) -> Iterator[FakeDisk]:
    """Within, the disk is the one that all code of this process sees."""
    with pytest.MonkeyPatch.context() as patch:
        for name in CALLS:
            patch.setattr(os, name, _failing(disk, name, getattr(os, name)))
        opened = io.open

        def open_(file: Any, *args: Any, **kwargs: Any) -> Any:
            if not disk.here(file):
                return opened(file, *args, **kwargs)
            disk.call("open", file)
            return _File(opened(file, *args, **kwargs), disk)

        patch.setattr(builtins, "open", open_)
        patch.setattr(io, "open", open_)
        yield disk


def _failing(disk: FakeDisk, name: str, real: Any) -> Any:
    def call(*args: Any, **kwargs: Any) -> Any:
        if args and disk.here(args[0]):
            disk.call(name, args[0])
        return real(*args, **kwargs)

    return call
