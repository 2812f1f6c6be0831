"""Captions in other languages, edited line by line beside the script."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import tomlkit

from tapehead.analysis.errors import EpisodeError, UsageError
from tapehead.render.assets import asset
from tapehead.render.studio.edited_file import EditedFile, digest, put
from tapehead.render.words.translations import Translation, read_translation
from tapehead.scenes.episode import BUILT_IN, Episode
from tapehead.scenes.script import Script

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
_BEGINNING = 'language = "{language}"\n\n[lines]\n'


class CaptionsFile(EditedFile):
    """The captions of one language; a language without any has no file yet."""

    def __init__(self, episode: Episode, language: str, path: Path) -> None:
        super().__init__(path, needed=False)
        self.episode, self.language = episode, language

    def check(self, trial: Path) -> None:
        """Load a translation."""
        read_translation(trial, self.language, self.episode.script())

    def to_data(self) -> dict[str, Any]:
        """Texts by line, the lines that have none, and whether there is something to undo or redo.

        Raises:
            EpisodeError: it does not load, or the script does not.
        """
        with self.lock:
            now, script = self.content(), self.episode.script()
            found = (
                read_translation(self.path, self.language, script)
                if now
                else Translation(self.language, self.path, {}, _recordings(script))
            )
            return {
                "language": self.language,
                "state": digest(now),
                "lines": dict(found.lines),
                "missing": list(found.missing),
                "marks": {key: dict(phrases) for key, phrases in found.marks.items()},
                **self.steps(now),
            }

    def edit(self, seen: str, key: str, text: str) -> str:
        """Change the caption of a line; an empty one takes it away, with its marks.  Returns the new state.

        Raises:
            ChangedOnDiskError: the file is not the one that was seen.
            EpisodeError: it would not load: there is no such line, or the text asks for other numbers than it.
        """
        text = " ".join(text.split())

        def change(document: Any) -> None:
            if "lines" not in document:
                document["lines"] = tomlkit.table()
            put(document["lines"], key, text)
            if not text and key in document.get("marks", {}):
                del document["marks"][key]

        return self.change(seen, change, _BEGINNING.format(language=self.language))


def _recordings(script: Script) -> tuple[str, ...]:
    """The names of all lines and of their other words."""
    return tuple(
        each.recording for line in script.lines for each in (line, *(variant.line for variant in line.variants))
    )


class Captions:
    """All languages of an episode."""

    def __init__(self, episode: Episode) -> None:
        self.episode = episode
        self._files: dict[str, CaptionsFile] = {}

    def languages(self) -> list[str]:
        """Those that there are captions in."""
        places = [*asset("captions").glob(f"{self.episode.slug}.*.toml"), *self.episode.folder.glob("captions/*.toml")]
        return sorted({path.stem.rsplit(".", 1)[-1] for path in places})

    def of(self, language: str) -> CaptionsFile:
        """The captions in a language, whether or not there are any.

        Raises:
            UsageError: it is none, or the one that is spoken.
        """
        if not _LANGUAGE.fullmatch(language):
            raise UsageError(f"'{language[:40]}' is no language; write de, es, or pt-BR")
        try:
            spoken = self.episode.script().language
        except EpisodeError:
            spoken = ""  # which is said where the script is shown
        if language == spoken:
            raise UsageError(f"the film is spoken in '{language}': change its script instead")
        if language not in self._files:
            self._files[language] = CaptionsFile(self.episode, language, self._path(language))
        return self._files[language]

    def _path(self, language: str) -> Path:
        own = self.episode.folder / "captions" / f"{language}.toml"
        ours = asset("captions") / f"{self.episode.slug}.{language}.toml"
        beside = ours.is_file() or self.episode.folder.is_relative_to(BUILT_IN)
        return ours if beside and not own.is_file() else own
