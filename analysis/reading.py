"""The files that an analysis reads: declared, part of its key, and the only ones of its episode that it may open.

A number that comes from a table changes when the table does.  So the digest of every declared file enters the key, and
a file that was forgotten is an error at the first run and not a stale number at the second.

Python reports what it opens, in the threads that the analysis starts as well, and what a program that it starts is
told to open.  A library that opens files by itself, in C or Rust (``safetensors``, ``h5py``, OpenCV), reports nothing:
what it reads has to be declared without anybody asking for it.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import threading
import weakref
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


@dataclass(eq=False)
class _Reader:
    """The analysis that runs: where it may open declared files only, and what it opened beside them."""

    whose: str
    how: str
    home: str
    guarded: tuple[str, ...]
    declared: frozenset[str]
    free: tuple[str, ...]
    shipped: str
    refused: list[EpisodeError] = field(default_factory=list)

    def check(self, given: str | bytes | os.PathLike[str]) -> None:
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
        if guarded == self.home:
            what = self.how.format(name)
        elif guarded == self.shipped:
            what = f'ask for it by its name: shipped_file("{Path(guarded).name}/{Path(name).as_posix()}")'
        else:
            what = "it belongs to another folder than the analysis, so give what it holds as a parameter"
        error = EpisodeError(
            f"{self.whose} reads '{name}' of {guarded} without declaring it, "
            f"so a change in it would not change the result; {what}"
        )
        self.refused.append(error)
        raise error


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


_PROGRAMS = frozenset({"subprocess.Popen", "os.posix_spawn", "os.exec"})
_WATCHED = _PROGRAMS | {"open", "sqlite3.connect"}
_active: ContextVar[_Reader | None] = ContextVar("the analysis that runs", default=None)
_installed = False


_running: dict[_Reader, weakref.WeakSet[threading.Thread]] = {}
"""Analyses that run, and the threads that were there before each: context does not pass to new ones by itself."""


def _reader() -> _Reader | None:
    found = _active.get()
    if found is None and _running:
        thread = threading.current_thread()
        found = next((reader for reader, before in _running.items() if thread not in before), None)
    return found


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _WATCHED or (reader := _reader()) is None:
        return
    if event in _PROGRAMS:
        for path in _told(arguments[1], arguments[2] if event == "subprocess.Popen" else None):
            reader.check(path)
    elif isinstance(arguments[0], str | bytes | os.PathLike):
        flags = arguments[2] if event == "open" else None
        if isinstance(flags, int) and (flags & os.O_ACCMODE == os.O_WRONLY or flags & os.O_TRUNC):
            return
        reader.check(arguments[0])


def _told(arguments: Any, cwd: Any) -> Iterator[str]:
    """The files that are named to a program: as a word, after ``--in=``, or in the text of a shell's ``-c``."""
    given = [arguments] if isinstance(arguments, str | bytes | os.PathLike) else arguments
    for text in map(os.fsdecode, given):
        for word in {text, *re.split(r"[\s=<;|&()'\"]+", text)} - {""}:
            path = os.path.join(os.fsdecode(cwd or "."), word)  # noqa: PTH118 (an absolute word stays what it is)
            if os.path.isfile(path):  # noqa: PTH113 (no name is too long for it, and no NUL)
                yield path


@contextlib.contextmanager
def only_declared(
    whose: str,
    decorator: str,
    data: Iterable[str],
    home: Path,
    declared: Iterable[Path],
    others: Iterable[Path] = (),
    free: Iterable[Path] = (),
    shipped: Path | None = None,
) -> Iterator[None]:
    """While an analysis runs, here and in threads that it starts: to open another file of its folder is an error.

    Args:
        whose: the analysis, as messages name it.
        decorator: how its declaration begins, to show what it has to be.
        data: names that are declared already.
        home: the folder of the analysis.
        declared: paths of the declared files.
        others: folders whose files it may not open at all.
        free: folders that are known otherwise (a model's).
        shipped: a folder of tapehead's own whose files are asked for by ``shipped_file``.

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
        tuple(dict.fromkeys(os.path.realpath(folder) for folder in (home, *others, *((shipped,) if shipped else ())))),
        frozenset({os.path.abspath(p) for p in paths} | {os.path.realpath(p) for p in paths}),  # noqa: PTH100
        tuple(os.path.realpath(folder) for folder in (*free, Path(sys.prefix))),
        os.path.realpath(shipped) if shipped else "",
    )
    _running[reader] = weakref.WeakSet(threading.enumerate())
    token = _active.set(reader)
    try:
        yield
    finally:
        _active.reset(token)
        del _running[reader]
    if reader.refused:
        raise reader.refused[0]
