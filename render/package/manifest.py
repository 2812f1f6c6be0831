"""``package.json``: what is in a package, with the digest of every file, and what still is open."""

from __future__ import annotations

import json
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import TapeheadError
from tapehead.analysis.outside_files import OutsideFileError, read_json, shown
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

    def check(self) -> None:
        """See that a part that was read is one: ``file`` is a name in the folder and leads nowhere else.

        Raises:
            ValueError: it is none.
        """
        plain = isinstance(self.file, str) and self.file.isprintable() and len(self.file.encode()) <= 255
        if not plain or self.file in ("", ".", "..") or any(sign in self.file for sign in "/\\"):
            raise ValueError(f"the file {shown(self.file)} is no name in the package's folder")
        forms = {"role": r"[a-z ]{1,40}", "sha256": r"[0-9a-f]{64}", "mime": r"[\w.+-]+/[\w.+-]+"}
        for name, form in {**forms, "language": r"[A-Za-z0-9-]{0,40}"}.items():
            value = getattr(self, name)
            if not isinstance(value, str) or not re.fullmatch(form, value, re.ASCII):
                raise ValueError(f"{name} of {self.file} is {shown(value)}")
        _whole(self.size // 2**20 if isinstance(self.size, int) else self.size, f"the size of {self.file}")


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
                # A link would let a stranger's package send any file of this machine.
                own = path.is_file() and not path.is_symlink()
                if not own or path.stat().st_size != part.size or digest_file(path) != part.sha256:
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
        why = ""
        try:
            return cls._from(folder, read_json(path, what=dict))
        except OSError:
            raise PackageError(f"there is no package in {folder}; make it with `tapehead package EPISODE`") from None
        except KeyError as error:
            why = f"it lacks {error}"
        except (OutsideFileError, ValueError, TypeError, OverflowError) as error:
            why = str(error)
        raise PackageError(f"{path} cannot be read ({why}); make the package again")

    @classmethod
    def _from(cls, folder: Path, data: Mapping[str, Any]) -> Package:
        """A package may come from somebody else: its files lie in its folder, and every field is of its kind."""
        if data["format"] != FORMAT:
            raise ValueError(f"format {shown(data['format'])}")
        fields = {str(name): value for name, value in data.items() if name != "format"}
        fields |= {
            "tags": tuple(data["tags"]),
            "open": tuple(data["open"]),
            "chapters": tuple((_whole(second, "chapters"), title) for second, title in data["chapters"]),
            "parts": tuple(Part(**part) for part in data["parts"]),
        }
        made = cls(folder=folder, **fields)
        texts = {name: getattr(made, name) for name in ("title", "description", "language", "licence", "quality")}
        texts |= {"episode": made.episode, "category": made.category}
        texts |= {f"tags, number {n}": tag for n, tag in enumerate(made.tags, 1)}
        texts |= {f"open, number {n}": item for n, item in enumerate(made.open, 1)}
        texts |= {f"chapters, number {n}": title for n, (_, title) in enumerate(made.chapters, 1)}
        for name, text in texts.items():
            if not isinstance(text, str):
                raise ValueError(f"{name} is {shown(text)}")
        for name in ("made_for_kids", "synthetic_media"):
            if not isinstance(getattr(made, name), bool):
                raise ValueError(f"{name} is {shown(getattr(made, name))}")
        if isinstance(made.duration_s, bool) or not 0 <= float(made.duration_s) < 10**6:
            raise ValueError(f"duration_s is {shown(made.duration_s)}")
        for part in made.parts:
            part.check()
        return made


def _whole(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**9:
        raise ValueError(f"{name} has {shown(value)} where a whole number is expected")
    return value
