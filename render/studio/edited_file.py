"""A TOML file on disk that is edited piece by piece: comments and order stay, and nothing is written over.

Whoever changes something says which state of the file was seen.  If the file is another one by then, since an editor or
another tab saved it, the change is refused and the file stays.  What would not load is never written.
"""

from __future__ import annotations

import hashlib
import tempfile
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from tapehead.analysis.errors import EpisodeError, OutputError, UsageError
from tapehead.analysis.store import write_atomically

_STEPS = 500
Step = tuple[bytes, bytes]
"""A file before and after; empty where there was none."""


class ChangedOnDiskError(UsageError):
    """The file is not the one that was seen."""


class EditedFile(ABC):
    """The file, and what was done to it here.

    Args:
        path: of the file.
        needed: whether it has to be there; else a file that is not there is an empty one.
    """

    def __init__(self, path: Path, needed: bool = True) -> None:
        self.path, self._needed = path, needed
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self.lock = threading.Lock()

    @abstractmethod
    def check(self, trial: Path) -> None:
        """Load what would be written; raises EpisodeError for what would not load."""

    @property
    def state(self) -> str:
        """A digest of what is on disk."""
        return digest(self.content())

    def steps(self, now: bytes) -> dict[str, bool]:
        """Whether there is something to undo or redo in a file with this content."""
        return {
            "undo": bool(self._done) and self._done[-1][1] == now,
            "redo": bool(self._undone) and self._undone[-1][0] == now,
        }

    def undo(self, seen: str) -> str:
        """Take the last change back.

        Raises:
            ChangedOnDiskError: the file is not the one that was seen, or not what the last change left.
            UsageError: there is nothing to undo.
        """
        return self._step(seen, self._done, self._undone, 0, "undo")

    def redo(self, seen: str) -> str:
        """Do again what was undone.  Raises as :meth:`undo` does."""
        return self._step(seen, self._undone, self._done, 1, "redo")

    def change(self, seen: str, change: Callable[[Any], None], empty: str = "") -> str:
        """Change the document; returns the new state.

        Args:
            seen: the state that was seen.
            change: does it, to a document of tomlkit's.
            empty: what a file that is not there begins with.

        Raises:
            ChangedOnDiskError: the file is not the one that was seen.
            EpisodeError: it would not load.
            OutputError: it cannot be written.
        """
        with self.lock:
            before = self._seen(seen)
            try:
                document = tomlkit.parse((before or empty.encode()).decode("utf-8"))
                change(document)
                after = tomlkit.dumps(document).encode("utf-8")
            except (TOMLKitError, UnicodeDecodeError) as error:
                raise EpisodeError(f"{self.path} cannot be edited: {error}") from error
            self._try(after)
            if after != before:
                self._write(after)
                self._done = [*self._done, (before, after)][-_STEPS:]
                self._undone.clear()
            return digest(after)

    def content(self) -> bytes:
        """What is on disk.

        Raises:
            EpisodeError: it cannot be read.
        """
        try:
            return self.path.read_bytes()
        except FileNotFoundError as error:
            if not self._needed:
                return b""
            raise EpisodeError(f"{self.path} cannot be read: {error.strerror}") from error
        except OSError as error:
            raise EpisodeError(f"{self.path} cannot be read: {error.strerror}") from error

    def _step(self, seen: str, source: list[Step], target: list[Step], side: int, name: str) -> str:
        with self.lock:
            now = self._seen(seen)
            if not source:
                raise UsageError(f"there is nothing to {name}")
            step = source[-1]
            if step[1 - side] != now:
                raise ChangedOnDiskError(f"{self.path.name} was changed elsewhere since; there is nothing to {name}")
            self._write(step[side])
            target.append(source.pop())
            return digest(step[side])

    def _write(self, content: bytes) -> None:
        try:
            if content or self._needed:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                write_atomically(self.path, content)
            else:
                self.path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"{self.path} cannot be written: {error.strerror or error}") from error

    def _try(self, content: bytes) -> None:
        """Load what would be written.  Complaints name the real file."""
        with tempfile.TemporaryDirectory(prefix="tapehead-studio-") as folder:
            trial = Path(folder, self.path.name)
            trial.write_bytes(content)
            try:
                self.check(trial)
            except EpisodeError as error:
                raise EpisodeError(str(error).replace(str(trial), str(self.path))) from None

    def _seen(self, seen: str) -> bytes:
        now = self.content()
        if digest(now) != seen:
            raise ChangedOnDiskError(f"{self.path.name} was changed elsewhere meanwhile; nothing was written over it")
        return now


def put(table: Any, name: str, value: Any) -> None:
    """Set, change or take away; of a table only the entries that differ, so that the others keep their form."""
    if value is None or value in ("", {}):
        if name in table:
            del table[name]
        return
    if isinstance(value, dict):
        if name not in table:
            table[name] = tomlkit.inline_table()
        inner = table[name]
        for gone in [key for key in inner if key not in value]:
            del inner[gone]
        for key, each in value.items():
            if inner.get(key) != each:
                inner[key] = each
        return
    if name not in table or table[name] != value:
        table[name] = value


def digest(content: bytes) -> str:
    """The state of a file with this content."""
    return hashlib.sha256(content).hexdigest()
