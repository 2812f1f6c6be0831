"""Where the tape tool reads and writes: never over what it reads, and in a folder that goes whatever happens."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tapehead.analysis.errors import UsageError
from tapehead.analysis.outside_files import kind_of
from tapehead.render.encoding.container import writing
from tapehead.render.guard import Guard
from tapehead.render.tape_tool import sequence


def not_over(out: Path, inputs: Mapping[str, Path]) -> None:
    """Check that a result would not be written over what it is made of, by whatever name or link.

    Args:
        out: the file to write, or numbered pictures.
        inputs: what is read, by what it is called to the user (``the video``).

    Raises:
        UsageError: it would.
    """
    read: dict[tuple[int, int], str] = {}
    for name, path in inputs.items():
        files = [member for _, member in sequence.members(path)] if sequence.is_sequence(path) else [path]
        read |= {key: name for file in files if (key := _file_key(file)) is not None}
    written = [member for _, member in sequence.members(out)] if sequence.is_sequence(out) else [out]
    for file in written:
        if (key := _file_key(file)) in read:
            raise UsageError(f"{file} is {read[key]} itself; choose another name for the result")


def must_be_files(path: Path) -> None:
    """Check that a video, or each of the numbered pictures, is an ordinary file before it is opened: a pipe without
    a writer would be waited for, for ever, and so would a device.

    Raises:
        UsageError: one is not, or is missing.
    """
    for file in [member for _, member in sequence.members(path)] if sequence.is_sequence(path) else [path]:
        try:
            kind = kind_of(file.stat().st_mode)
        except FileNotFoundError:
            raise UsageError(f"there is no file {file}") from None
        except (OSError, ValueError) as error:
            raise UsageError(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}") from error
        if kind and not file.is_dir():  # a folder is refused by whoever reads, with what to do about it
            raise UsageError(f"{file} is {kind} and not a file; save what comes from it as a file first")


def _file_key(path: Path) -> tuple[int, int] | None:
    """What a file is, whatever it is called; ``None`` where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


@contextlib.contextmanager
def work_folder(beside: Path) -> Iterator[Path]:
    """A hidden folder beside a result, gone afterwards: also when this process is killed.

    A small process of its own waits for this one to end and then removes the folder; nothing that is killed together
    with this process can do it.

    Raises:
        OutputError: the place cannot be written.
    """
    with writing(beside):
        beside.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".tapehead-", dir=beside.parent))
    guard = Guard(folder)
    try:
        yield folder
    finally:
        guard.end()
