"""Where the store lies, and how its files are written, looked at and removed."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import stat
import uuid
from collections.abc import Iterator
from pathlib import Path

from tapehead.analysis.errors import StoreError
from tapehead.analysis.records import NotWholeError

MISSING = (errno.ENOENT, errno.ENOTDIR)
"""What the system says of a file that is not there."""


def default_root() -> Path:
    """``$TAPEHEAD_STORE``, else ``tapehead/store`` in the user's cache directory.

    Raises:
        StoreError: the user has no home folder, and no variable says another place.
    """
    with contextlib.suppress(RuntimeError):  # of ~ where there is no home
        if chosen := os.environ.get("TAPEHEAD_STORE"):
            return Path(chosen).expanduser()
        cache = Path(os.environ.get("XDG_CACHE_HOME", ""))  # others than absolute ones are to be ignored
        cache = cache if cache.is_absolute() else Path.home() / ".cache"
        if cache.is_absolute():  # a home that is not would fill every working directory
            return cache / "tapehead" / "store"
    raise StoreError("this user has no home folder for the store; set TAPEHEAD_STORE to a directory")


PART = re.compile(r"\..+\.[0-9a-f]{8}\.part")
"""Names of what is not finished: see :func:`part_beside`."""


def part_beside(path: Path) -> Path:
    """A name beside ``path`` that nobody else takes, for what gets its name when it is finished."""
    return path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")


def write_atomically(path: Path, data: bytes | str) -> None:
    """Write ``data`` beside ``path`` and rename: a final name only ever holds a finished file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = part_beside(path)
    try:
        with part.open("wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def plain_file(folder: Path, name: str) -> os.stat_result:
    """What the system says of a file of an entry.

    Raises:
        NotWholeError: it is missing or no plain file, or a link leads to it: what lies elsewhere is no part of it.
    """
    with or_not_whole(name):
        for parent in list(Path(name).parents)[:-1]:
            if not stat.S_ISDIR((folder / parent).lstat().st_mode):
                raise NotWholeError(f"{parent} is no directory")
        facts = (folder / name).lstat()
    if not stat.S_ISREG(facts.st_mode):
        raise NotWholeError(f"{name} is no plain file")
    return facts


@contextlib.contextmanager
def or_not_whole(what: str) -> Iterator[None]:
    """A file that should be there and is not."""
    try:
        yield
    except OSError as error:
        if error.errno in MISSING:
            raise NotWholeError(f"{what} is missing") from None
        raise


def may_exist(path: Path) -> bool:
    """Whether a file is there, or may be: a place that cannot be looked at is no proof that it is gone."""
    try:
        path.stat()
    except OSError as error:
        return error.errno not in (*MISSING, errno.ENAMETOOLONG)
    except ValueError:  # a NUL
        return False
    return True


def remove(path: Path) -> None:
    """A directory with all that is in it, a file, or a link itself."""
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
