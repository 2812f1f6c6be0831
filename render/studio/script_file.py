"""A script on disk that is edited line by line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit

from tapehead.analysis.errors import UsageError
from tapehead.render.studio.edited_file import ChangedOnDiskError, EditedFile, digest, put
from tapehead.scenes.script import Line, Script

__all__ = ["FIELDS", "ChangedOnDiskError", "ScriptFile"]

FIELDS: Mapping[str, type | tuple[type, ...]] = {
    "text": str,
    "say": str,
    "speaker": str,
    "pause": (int, float),
    "marks": dict,
}
"""What of a line can be changed here, and what each is."""


class ScriptFile(EditedFile):
    """An episode's script."""

    def check(self, trial: Path) -> None:
        """Load a script."""
        Script.load(trial)

    def to_data(self) -> dict[str, Any]:
        """Language, speakers and lines as they are written, and whether there is something to undo or redo.

        Raises:
            EpisodeError: it does not load.
        """
        with self.lock:
            script, now = Script.load(self.path), self.content()
            return {
                "state": digest(now),
                "language": script.language,
                "speakers": sorted(script.speakers),
                "pronounce": dict(script.pronounce),
                "lines": [_line_data(line) for line in script.lines],
                **self.steps(now),
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
                        put(line, name, value)
                    return
            raise UsageError(f"{self.path}: there is no line '{key}'")

        return self.change(seen, change)

    def pronounce(self, seen: str, word: str, said: str) -> str:
        """Set how a word is spoken; an empty ``said`` forgets it.  Raises as :meth:`edit` does."""

        def change(document: Any) -> None:
            if "pronounce" not in document:
                if not said:
                    return
                document["pronounce"] = tomlkit.table()
            put(document["pronounce"], word, said)

        return self.change(seen, change)


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
