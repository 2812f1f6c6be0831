"""The files that an analysis reads: declared, part of its key, and the only ones of its episode that it may open.

A number that comes from a table changes when the table does.  So the digest of every declared file enters the key, and
a file that was forgotten is an error at the first run and not a stale number at the second.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from tapehead.analysis.errors import EpisodeError

_CODE = (".py", ".pyc")
"""Sources enter the key by themselves."""


def data_files(names: Iterable[str], folder: Path, whose: str) -> dict[str, Path]:
    """Declared data files by name.

    Raises:
        EpisodeError: a name leads out of the folder, or there is no such file.
    """
    found = {}
    for name in names:
        parts = PurePosixPath(name)
        if not name or parts.is_absolute() or ".." in parts.parts:
            raise EpisodeError(
                f"{whose} declares the data file '{name}', which is not in {folder}; "
                "put a copy into that folder and declare its name there"
            )
        path = folder / parts
        if not path.is_file():
            what = "is a folder: declare the files in it" if path.is_dir() else "is not there: add it or correct data="
            raise EpisodeError(f"{whose} declares the data file '{name}', and {path} {what}")
        found[parts.as_posix()] = path
    return found


@dataclass
class _Reader:
    """The analysis that runs: where it may open declared files only, and what it opened beside them."""

    whose: str
    how: str
    home: str
    guarded: tuple[str, ...]
    declared: frozenset[str]
    free: tuple[str, ...]
    refused: list[EpisodeError] = field(default_factory=list)

    def check(self, given: str | bytes) -> None:
        path = os.path.abspath(os.fsdecode(given))  # noqa: PTH100 (a link inside the folder counts as inside)
        real = os.path.realpath(path)
        guarded = next((folder for folder in self.guarded if _inside(path, folder) or _inside(real, folder)), None)
        if guarded is None or path in self.declared or real in self.declared:
            return
        if path.endswith(_CODE) or f"{os.sep}__pycache__{os.sep}" in path:
            return
        if any(_inside(path, folder) or _inside(real, folder) for folder in self.free) or Path(path).is_dir():
            return
        name = os.path.relpath(path if _inside(path, guarded) else real, guarded)
        what = (
            self.how.format(name)
            if guarded == self.home
            else "it belongs to another folder than the analysis, so give what it holds as a parameter"
        )
        error = EpisodeError(
            f"{self.whose} reads '{name}' of {guarded} without declaring it, "
            f"so a change in it would not change the result; {what}"
        )
        self.refused.append(error)
        raise error


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


_active: ContextVar[_Reader | None] = ContextVar("the analysis that runs", default=None)
_installed = False


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "open":
        return
    reader = _active.get()
    if reader is None or not isinstance(arguments[0], str | bytes):
        return
    flags = arguments[2]
    if isinstance(flags, int) and (flags & os.O_ACCMODE == os.O_WRONLY or flags & os.O_TRUNC):
        return
    reader.check(arguments[0])


@contextlib.contextmanager
def only_declared(
    whose: str,
    decorator: str,
    data: Iterable[str],
    home: Path,
    declared: Iterable[Path],
    others: Iterable[Path] = (),
    free: Iterable[Path] = (),
) -> Iterator[None]:
    """While an analysis runs in this thread: opening another file of its folder for reading is an error.

    Args:
        whose: the analysis, as messages name it.
        decorator: how its declaration begins, to show what it has to be.
        data: names that are declared already.
        home: the folder of the analysis.
        declared: paths of the declared files.
        others: folders whose files it may not open at all.
        free: folders that are known otherwise (a model's).

    Raises:
        EpisodeError: a file was opened that is not declared, also where the analysis itself swallowed the error.
    """
    global _installed
    if not _installed:
        sys.addaudithook(_hook)
        _installed = True
    paths = [str(path) for path in declared]
    names = "".join(f'"{name}", ' for name in data)
    reader = _Reader(
        whose,
        f'declare it: {decorator}, data=({names}"{{}}",))',
        os.path.realpath(home),
        tuple(dict.fromkeys(os.path.realpath(folder) for folder in (home, *others))),
        frozenset({os.path.abspath(p) for p in paths} | {os.path.realpath(p) for p in paths}),  # noqa: PTH100
        tuple(os.path.realpath(folder) for folder in (*free, Path(sys.prefix))),
    )
    token = _active.set(reader)
    try:
        yield
    finally:
        _active.reset(token)
    if reader.refused:
        raise reader.refused[0]
