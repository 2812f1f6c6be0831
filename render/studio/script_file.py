"""A script on disk that is edited line by line: comments and order stay, and nothing is written over.

Whoever changes something says which state of the file was seen.  If the file is another one by then, since an editor or
another tab saved it, the change is refused and the file stays.  What would not load is never written.
"""

from __future__ import annotations

import hashlib
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from tapehead.analysis.errors import EpisodeError, UsageError
from tapehead.analysis.store import write_atomically
from tapehead.scenes.script import Line, Script

FIELDS: Mapping[str, type | tuple[type, ...]] = {
    "text": str,
    "say": str,
    "speaker": str,
    "pause": (int, float),
    "marks": dict,
}
"""What of a line can be changed here, and what each is."""
_STEPS = 500


class ChangedOnDiskError(UsageError):
    """The file is not the one that was seen."""


@dataclass
class ScriptFile:
    """The file, and what was done to it here."""

    path: Path
    _done: list[tuple[bytes, bytes]] = field(default_factory=list)
    _undone: list[tuple[bytes, bytes]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def state(self) -> str:
        """A digest of what is on disk."""
        return _digest(self._bytes())

    def to_data(self) -> dict[str, Any]:
        """Language, speakers and lines as they are written, and whether there is something to undo or redo.

        Raises:
            EpisodeError: it does not load.
        """
        with self._lock:
            script, now = Script.load(self.path), self._bytes()
            return {
                "state": _digest(now),
                "language": script.language,
                "speakers": sorted(script.speakers),
                "pronounce": dict(script.pronounce),
                "lines": [_line_data(line) for line in script.lines],
                "undo": bool(self._done) and self._done[-1][1] == now,
                "redo": bool(self._undone) and self._undone[-1][0] == now,
            }

    def edit(self, seen: str, key: str, changes: Mapping[str, Any]) -> str:
        """Change fields of a line; ``None`` or an empty text takes a field away.  Returns the new state.

        Raises:
            ChangedOnDiskError: the file is not the one that was seen.
            UsageError: there is no such line or field, or a value of another kind.
            EpisodeError: the script would not load.
        """
        for name, value in changes.items():
            if name not in FIELDS:
                raise UsageError(f"'{name}' of a line cannot be edited; {', '.join(FIELDS)} can")
            if value is not None and (not isinstance(value, FIELDS[name]) or isinstance(value, bool)):
                raise UsageError(f"'{name}' of line '{key}' cannot be {type(value).__name__}")

        def change(document: Any) -> None:
            for line in document.get("line", ()):
                if line.get("key") == key:
                    for name, value in changes.items():
                        _put(line, name, value)
                    return
            raise UsageError(f"{self.path}: there is no line '{key}'")

        return self._change(seen, change)

    def pronounce(self, seen: str, word: str, said: str) -> str:
        """Set how a word is spoken; an empty ``said`` forgets it.  Raises as :meth:`edit` does."""

        def change(document: Any) -> None:
            if "pronounce" not in document:
                if not said:
                    return
                document["pronounce"] = tomlkit.table()
            _put(document["pronounce"], word, said)

        return self._change(seen, change)

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

    def _step(self, seen: str, source: list[Any], target: list[Any], side: int, name: str) -> str:
        with self._lock:
            now = self._seen(seen)
            if not source:
                raise UsageError(f"there is nothing to {name}")
            step = source[-1]
            if step[1 - side] != now:
                raise ChangedOnDiskError(f"{self.path.name} was changed elsewhere since; there is nothing to {name}")
            write_atomically(self.path, step[side])
            target.append(source.pop())
            return _digest(step[side])

    def _change(self, seen: str, change: Callable[[Any], None]) -> str:
        with self._lock:
            before = self._seen(seen)
            try:
                document = tomlkit.parse(before.decode("utf-8"))
                change(document)
                after = tomlkit.dumps(document).encode("utf-8")
            except (TOMLKitError, UnicodeDecodeError) as error:
                raise EpisodeError(f"{self.path} cannot be edited: {error}") from error
            self._try(after)
            if after != before:
                write_atomically(self.path, after)
                self._done = [*self._done, (before, after)][-_STEPS:]
                self._undone.clear()
            return _digest(after)

    def _try(self, content: bytes) -> None:
        """Load what would be written.  Complaints name the real file."""
        with tempfile.TemporaryDirectory(prefix="tapehead-studio-") as folder:
            trial = Path(folder, self.path.name)
            trial.write_bytes(content)
            try:
                Script.load(trial)
            except EpisodeError as error:
                raise EpisodeError(str(error).replace(str(trial), str(self.path))) from None

    def _seen(self, seen: str) -> bytes:
        now = self._bytes()
        if _digest(now) != seen:
            raise ChangedOnDiskError(f"{self.path.name} was changed elsewhere meanwhile; nothing was written over it")
        return now

    def _bytes(self) -> bytes:
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise EpisodeError(f"the script {self.path} cannot be read: {error.strerror}") from error


def _put(table: Any, name: str, value: Any) -> None:
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


def _line_data(line: Line) -> dict[str, Any]:
    return {
        "key": line.key,
        "scene": line.scene,
        "speaker": line.speaker,
        "text": line.text,
        "say": line.say,
        "pause": line.pause,
        "marks": dict(line.marks),
        "variants": [{"name": each.name, "when": each.when.text, "text": each.line.text} for each in line.variants],
        "said": dict(line.said),
    }


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
