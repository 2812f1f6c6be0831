"""``package.json``: what is in a package, with the digest of every file, and what still is open."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import TapeheadError
from tapehead.analysis.store import digest_file, write_atomically

MANIFEST = "package.json"
RECEIPT = "publish.json"
"""What an upload leaves beside the package; a package made anew keeps it."""
FORMAT = 1
EDUCATION = "27"
"""YouTube's number for the category "Education"."""


class PackageError(TapeheadError):
    """A package is missing, incomplete, or not what it was when it was made."""


@dataclass(frozen=True)
class Part:
    """One file of a package: ``role`` says what it is for, ``file`` is its name in the folder."""

    role: str
    file: str
    size: int
    sha256: str
    mime: str
    language: str = ""

    @classmethod
    def of(cls, role: str, path: Path, language: str = "") -> Part:
        """A part from a file that lies in the package's folder."""
        mime = _MIME.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return cls(role, path.name, path.stat().st_size, digest_file(path), mime, language)


_MIME = {".srt": "application/x-subrip", ".vtt": "text/vtt", ".txt": "text/plain", ".json": "application/json"}


@dataclass(frozen=True)
class Package:
    """A whole package as read from its folder; ``open`` lists what is missing before it can be published."""

    folder: Path
    episode: str
    title: str
    description: str
    tags: tuple[str, ...]
    language: str
    made_for_kids: bool
    synthetic_media: bool
    licence: str
    quality: str
    duration_s: float
    chapters: tuple[tuple[int, str], ...]
    parts: tuple[Part, ...]
    category: str = EDUCATION
    open: tuple[str, ...] = ()

    def part(self, role: str, language: str = "") -> Part | None:
        """The file with a role, and a language where there are several."""
        for part in self.parts:
            if part.role == role and (not language or part.language == language):
                return part
        return None

    def each(self, role: str) -> tuple[Part, ...]:
        """All files with a role."""
        return tuple(part for part in self.parts if part.role == role)

    def path(self, part: Part) -> Path:
        """Where a part lies."""
        return self.folder / part.file

    def changed(self) -> list[str]:
        """Names of files that are gone or not what they were when the package was made."""
        found = []
        for part in self.parts:
            path = self.path(part)
            try:
                if path.stat().st_size != part.size or digest_file(path) != part.sha256:
                    found.append(part.file)
            except OSError:
                found.append(part.file)
        return found

    def to_data(self) -> dict[str, Any]:
        """Plain data, without the place where the package lies."""
        data = asdict(self)
        del data["folder"]
        return {"format": FORMAT, **data}

    def save(self) -> Path:
        """Write the manifest; it is the last file of a package, so that a package with one is whole."""
        path = self.folder / MANIFEST
        write_atomically(path, json.dumps(self.to_data(), indent=1, ensure_ascii=False) + "\n")
        return path

    @classmethod
    def load(cls, folder: Path) -> Package:
        """Read a package.

        Raises:
            PackageError: there is none, or its manifest is not readable.
        """
        path = folder / MANIFEST
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            return cls._from(folder, data)
        except OSError:
            raise PackageError(f"there is no package in {folder}; make it with `tapehead package EPISODE`") from None
        except (ValueError, KeyError, TypeError) as error:
            raise PackageError(f"{path} can not be read ({error}); make the package again") from error

    @classmethod
    def _from(cls, folder: Path, data: Mapping[str, Any]) -> Package:
        if data["format"] != FORMAT:
            raise ValueError(f"format {data['format']}")
        fields = {name: value for name, value in data.items() if name != "format"}
        fields |= {
            "tags": tuple(data["tags"]),
            "open": tuple(data["open"]),
            "chapters": tuple((int(second), str(title)) for second, title in data["chapters"]),
            "parts": tuple(Part(**part) for part in data["parts"]),
        }
        return cls(folder=folder, **fields)
