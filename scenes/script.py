"""The narration of an episode: what is said, by whom, and which phrases are marks.

``script.toml`` is the only place where words are written.  :class:`Script` is that file, checked; :class:`TimedLine`
is a line after it was spoken, with the times that pictures and captions follow.

A line may speak results: ``text = "It keeps {circuit.score:.0%}."`` (:mod:`tapehead.scenes.templates`), and may have
other words for other results::

    [[line.variants]]
    name = "weak"
    when = "control.p > 0.05"
    text = "Its control does as well."

The first variant whose condition holds (:mod:`tapehead.scenes.conditions`) is said instead of the line.  Between the
file and the voice stands :func:`tapehead.scenes.filling.filled`, which chooses and fills in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.outside_files import OutsideFileError, read_text, toml_of
from tapehead.scenes.script_lines import DEFAULT, Line, Speaker, SpokenNumber, TimedLine, Variant, Word, occurrences
from tapehead.scenes.script_reader import ScriptReader, line_number

__all__ = [
    "DEFAULT", "Line", "Script", "ScriptError", "Speaker", "SpokenNumber", "TimedLine", "Variant", "Word",
    "occurrences",
]  # fmt: skip

_WRITTEN_KEY = re.compile(r"^[ \t]*key[ \t]*=[ \t]*[\"']([^\"'\n]*)[\"']", re.MULTILINE)


class ScriptError(EpisodeError):
    """What is wrong with a script's lines; ``left`` is the script of those that could be read."""

    def __init__(self, message: str, left: Script) -> None:
        self.left = left
        super().__init__(message)


@dataclass(frozen=True)
class Script:
    """A checked script; ``pronounce`` maps whole words to what the voice says for them."""

    path: Path
    language: str
    speakers: Mapping[str, Speaker]
    pronounce: Mapping[str, str]
    lines: tuple[Line, ...]
    written: str = field(default="", repr=False, compare=False)
    """The text of the file, in which complaints find their line."""

    @classmethod
    def load(cls, path: Path) -> Script:
        """Read and check a script file.

        Raises:
            EpisodeError: it is missing or malformed; the message names file, line key and remedy.
        """
        path = Path(path)
        try:
            written = read_text(path)
            data = toml_of(written, str(path))
        except OSError as error:
            raise EpisodeError(f"the script {path} cannot be read: {error.strerror}") from error
        except OutsideFileError as error:
            raise EpisodeError(str(error)) from None
        read = ScriptReader(path, written).read(data)
        script = cls(path, read.language, read.speakers, read.pronounce, read.lines, written)
        if read.complaints:
            raise ScriptError("\n".join(read.complaints), script)
        return script

    def scene(self, name: str) -> tuple[Line, ...]:
        """The lines of one scene, in the order of the file; none if the scene is silent."""
        return tuple(line for line in self.lines if line.scene == name)

    def placed(self, spoken: Mapping[str, TimedLine]) -> dict[str, TimedLine]:
        """Spoken lines with the seconds at which they begin over plain scenes."""
        begins = {line.key: line.at for line in self.lines if line.at is not None}
        return {key: replace(line, at=begins[key]) if key in begins else line for key, line in spoken.items()}

    def where(self, line: Line, snippet: str = "") -> str:
        """Where a line stands, for a complaint: ``script.toml:12: line 'hook.recipe', variant 'weak'``."""
        place = next((n for n, each in enumerate(self.lines) if each.key == line.key), 0)
        names = [variant.name for variant in self.lines[place].variants]
        keys = _WRITTEN_KEY.findall(self.written)  # of a script that was read in part, some lines are not here
        number = keys.index(line.key) if line.key in keys else place
        inner = names.index(line.variant) if line.variant in names else -1
        variant = f", variant '{line.variant}'" if inner >= 0 else ""
        return f"{self.path}{line_number(self.written, number, inner, snippet)}: line '{line.key}'{variant}"

    def line(self, key: str) -> Line:
        """A line by key.

        Raises:
            EpisodeError: there is none.
        """
        for line in self.lines:
            if line.key == key:
                return line
        raise EpisodeError(f"{self.path}: there is no line '{key}'")
