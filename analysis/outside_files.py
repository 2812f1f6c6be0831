"""Files that somebody else wrote: read in bounded memory, and never waited for.

A model's directory, a script or a receipt may hold a named pipe, which blocks whoever opens it, a link to a device that
never ends, gigabytes where a page was expected, or JSON that is nested a million times.  Each is one clear line here.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

from tapehead.analysis.errors import UsageError

MOST = 4 * 2**20
"""Bytes of a configuration, a receipt or a script: the longest that people write have a tenth of it."""
DEEPEST = 64
"""Levels of lists and tables in each other; written by hand, ten are many."""

_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISDIR, "a folder"),
)


class OutsideFileError(UsageError):
    """A file is of a kind, a size or a form that is not read."""


def kind_of(mode: int) -> str:
    """What a file is instead of an ordinary one, by its ``st_mode``; empty for an ordinary file."""
    return next((name for fits, name in _KINDS if fits(mode)), "")


def is_there(path: Path) -> bool:
    """Whether there is a file of that name; a text that no file can be called is the name of none."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long for the disk, which counts bytes; or not to be looked at
        return False


def read_bytes(path: Path, most: int = MOST, check: Callable[[os.stat_result], None] = lambda _facts: None) -> bytes:
    """The bytes of an ordinary file, links followed; ``check`` sees the facts of exactly what is read.

    Raises:
        OutsideFileError: it is a pipe, device, socket or folder, or has more than ``most`` bytes.
        OSError: it is missing or cannot be read.
    """
    _refuse_odd(path, path.stat())  # before it is opened: opening alone moves some devices
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        facts = os.fstat(file.fileno())
        _refuse_odd(path, facts)  # it may have been exchanged in between
        check(facts)
        # Its size is what the disk says; files of /proc say nothing and go on.
        if facts.st_size > most or len(found := file.read(most + 1)) > most:
            raise OutsideFileError(f"{path} has more than {_size(most)}, and more is not read here")
    return found


@contextlib.contextmanager
def reading(path: Path, newline: str | None = None) -> Iterator[TextIO]:
    """An ordinary file of any length, open as text in UTF-8, with or without a byte order mark.

    Raises:
        OutsideFileError: it is a pipe, device, socket or folder.
        OSError: it is missing or cannot be read.
        UnicodeDecodeError: while it is read: it is not UTF-8.
    """
    _refuse_odd(path, path.stat())
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, encoding="utf-8-sig", newline=newline) as file:
        _refuse_odd(path, os.fstat(file.fileno()))
        yield file


def read_text(path: Path, most: int = MOST) -> str:
    """The text of a UTF-8 file, with or without a byte order mark.

    Raises:
        OutsideFileError, OSError: as :func:`read_bytes`; or it is not UTF-8.
    """
    try:
        return read_bytes(path, most).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise OutsideFileError(f"{path} is not in UTF-8 (byte {error.start}); save it as UTF-8") from None


def read_json(path: Path, most: int = MOST, what: type | None = None) -> Any:
    """What a JSON file holds; with ``what`` a value of that type.

    Raises:
        OutsideFileError, OSError: as :func:`read_text`; or it is no JSON, nested too deeply, or another value.
    """
    found = json_of(read_text(path, most), str(path))
    if what is not None and not isinstance(found, what):
        raise OutsideFileError(f"{path} holds a {_name(found)} where a {_named(what)} is expected")
    return found


def json_of(text: str | bytes, name: str) -> Any:
    """The value of a JSON text whose size is known to be bounded; ``name`` says in messages where it is from.

    Raises:
        OutsideFileError: it is no JSON, or nested more than :data:`DEEPEST` times.
    """
    why = ""
    try:
        found = json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        why = f"is nested more than {DEEPEST} times"
    except json.JSONDecodeError as error:
        why = f"is no JSON: {error.msg} in line {error.lineno}, column {error.colno}"
    except ValueError as error:  # not UTF-8, NaN, or a number of more digits than Python takes
        why = f"is no JSON: {str(error).splitlines()[0][:200]}"
    if not why and _deeper(found, DEEPEST):
        why = f"is nested more than {DEEPEST} times"
    if why:  # raised out here so that the text, which may be secret, is not chained to it
        raise OutsideFileError(f"{name} {why}")
    return found


def read_toml(path: Path, most: int = MOST) -> dict[str, Any]:
    """What a TOML file holds.

    Raises:
        OutsideFileError, OSError: as :func:`read_text`; or it is no TOML, or nested more than :data:`DEEPEST` times.
    """
    return toml_of(read_text(path, most), str(path))


def toml_of(text: str, name: str) -> dict[str, Any]:
    """What a TOML text holds; ``name`` is what messages call it.

    Raises:
        OutsideFileError: it is no TOML, or nested more than :data:`DEEPEST` times.
    """
    why = ""
    try:
        found = tomllib.loads(text)
    except RecursionError:
        why = f"is nested more than {DEEPEST} times"
    except ValueError as error:  # also dates that are none, and numbers of more digits than Python takes
        why = f"is no valid TOML: {str(error).splitlines()[0][:200]}"
    if not why and _deeper(found, DEEPEST):
        why = f"is nested more than {DEEPEST} times"
    if why:
        raise OutsideFileError(f"{name} {why}")
    return found


def shown(value: Any, most: int = 60) -> str:
    """A value as a message shows it: on one line, cut, control characters written out."""
    # Strings are cut before they are written out: one of 10 MB would be written twice for nothing.
    text = (
        repr(value[:most] if isinstance(value, str | bytes) else value) if _small(value) else f"a long {_name(value)}"
    )
    return text if len(text) <= most + 3 else text[:most] + "…"


def _small(value: Any) -> bool:
    if isinstance(value, bool | float | str | bytes) or value is None:
        return True
    if isinstance(value, int):
        return value.bit_length() < 1000
    return isinstance(value, list | tuple | dict) and len(value) < 20 and not _deeper(value, 4)


def _name(value: Any) -> str:
    return _named(type(value))


def _named(kind: type) -> str:
    words = {"int": "number", "float": "number", "dict": "table", "tuple": "list", "str": "text", "NoneType": "null"}
    return words.get(kind.__name__, kind.__name__)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number in JSON")


def _deeper(value: Any, most: int) -> bool:
    level = [value]
    for _ in range(most + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list | tuple)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


def _refuse_odd(path: Path, facts: os.stat_result) -> None:
    if kind := kind_of(facts.st_mode):
        raise OutsideFileError(f"{path} is {kind} and not a file")


def _size(count: int) -> str:
    return f"{count / 2**20:g} MiB" if count >= 2**20 else f"{count / 2**10:g} KiB"
