"""A tape's file: a *preset*, ``assets/tapes/NAME.json``, or one of the user's.

It holds a name, a version, a title, the effect it uses and that effect's settings.  What an effect makes of the
settings is its own business (:mod:`tapehead.render.tape.effects`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import DamagedEntryError, UnknownNameError, UsageError
from tapehead.render.assets import asset

_LARGEST = 1 << 20
"""Bytes of a preset's file."""

CLEAN = "clean"
"""The tape that is none."""


@dataclass(frozen=True)
class Preset:
    """A tape as its file describes it."""

    name: str
    version: int
    title: str
    effect: str
    settings: Mapping[str, Any]
    digest: str
    """SHA-256 of the effect and its settings as canonical JSON: the title and the name change no pixel."""

    def identity(self) -> dict[str, Any]:
        """What names this tape in a key."""
        return {"name": self.name, "version": self.version, "effect": self.effect, "digest": self.digest}


def tape_names() -> list[str]:
    """All tapes there are, in alphabetical order."""
    return sorted(path.stem for path in asset("tapes").glob("*.json"))


def is_file_name(choice: str) -> bool:
    """Whether a user means a preset file and not one of ours."""
    return choice.lower().endswith(".json") and not choice.startswith("{")


def preset_named(name: str) -> Preset:
    """The preset called ``name``, or one told as text (:func:`as_text`).

    Raises:
        UnknownNameError: there is no such tape.
        DamagedEntryError: it is not a usable preset.
    """
    if name.startswith("{"):
        return read_preset("", name, "the plan's tape")
    if name not in tape_names():
        raise UnknownNameError("tape", name, tape_names())
    return read_preset(name, asset(f"tapes/{name}.json").read_text(encoding="utf-8"))


def as_text(preset: Preset) -> str:
    """All of a preset in one line, for :func:`preset_named` on a machine that does not have its file."""
    return json.dumps({field: getattr(preset, field) for field in _FIELDS}, sort_keys=True, separators=(",", ":"))


def preset_from(path: Path) -> Preset:
    """A preset file of the user's.

    Raises:
        UsageError: there is no such file.
        DamagedEntryError: it is not a usable preset.
    """
    try:
        if not path.is_file():  # a pipe or a device might never end
            raise UsageError(f"the preset {path} cannot be read: there is no such file")
        if path.stat().st_size > _LARGEST:
            raise UsageError(f"the preset {path} cannot be read: it is larger than {_LARGEST >> 20} megabyte")
        raw = path.read_bytes()
        text = raw.decode(json.detect_encoding(raw))  # whatever mark an editor puts before it
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the preset {path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    return read_preset(path.stem, text, str(path))


_FIELDS: Mapping[str, type] = {"name": str, "version": int, "title": str, "effect": str, "settings": dict}


def read_preset(name: str, text: str, path: str = "") -> Preset:
    """Parse a preset's JSON; ``path`` is where it lies if not with us.

    The preset is called ``name``, that of its file: a user's that was copied and renamed is another preset.  Without a
    name it is called what it calls itself.

    Raises:
        DamagedEntryError: it is not JSON, or a field is missing, unknown or of the wrong kind.
    """
    ours = not path
    path = path or f"assets/tapes/{name}.json"
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DamagedEntryError(f"{path} is not JSON: {error}") from None
    if not isinstance(fields, dict) or set(fields) != set(_FIELDS):
        raise DamagedEntryError(f"{path} must have exactly the fields {', '.join(_FIELDS)}")
    for field, kind in _FIELDS.items():
        if type(fields[field]) is not kind:  # bool passes for int with isinstance
            raise DamagedEntryError(f"{path}: '{field}' must be of type {kind.__name__}")
    if ours and fields["name"] != name:
        raise DamagedEntryError(f"{path} calls itself '{fields['name']}'")
    pixels = json.dumps([fields["effect"], fields["settings"]], sort_keys=True, separators=(",", ":"))
    return Preset(**{**fields, "name": name or fields["name"]}, digest=hashlib.sha256(pixels.encode()).hexdigest())
