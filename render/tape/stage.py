"""The tape's seam: a pure function of (frame, frame index, frame rate, seed, settings).

A *tape* is a preset, ``assets/tapes/NAME.json``: a name, a version, a title, the effect it uses and that
effect's settings.  An *effect* is code: given the settings it makes the stage that treats the frames.  A new
look of a known effect is a new file; a new effect is one more line in :data:`EFFECTS`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from tapehead.analysis.errors import DamagedEntryError, UnknownNameError, UsageError
from tapehead.render.assets import asset

if TYPE_CHECKING:  # numpy costs the command line a tenth of a second at start
    import numpy as np
    from numpy.typing import NDArray

    Frame: TypeAlias = NDArray[np.uint8]
    """A picture, ``(height, width, 3)``, RGB, top row first."""


_LARGEST = 1 << 20
"""Bytes of a preset's file."""

CLEAN = "clean"
"""The tape that is none."""


class TapeStage(Protocol):
    """Treats frames one at a time, in any order, in any process: it remembers nothing from frame to frame."""

    @property
    def is_static(self) -> bool:
        """Whether equal pictures stay equal at every index and seed: a held picture is then treated once."""

    def identity(self) -> dict[str, Any]:
        """Plain data that says all that can change a pixel: it goes into store keys and into the provenance."""

    def state(self, index: int, fps: int | Fraction) -> Hashable:
        """What the tape is like at an index: with equal states and seeds, equal pictures become equal pictures."""

    def apply(self, frame: Frame, index: int, fps: int | Fraction, seed: int) -> Frame:
        """The frame shown at film frame ``index`` (from 0), treated; ``frame`` itself is left as it is."""


def stretches(tape: TapeStage, index: int, count: int, fps: int | Fraction) -> Iterator[tuple[int, int]]:
    """Cut ``count`` frames from ``index`` on into stretches ``(first, count)`` in which a held picture stays equal."""
    first, state = index, tape.state(index, fps)
    for at in range(index + 1, index + count):
        if (now := tape.state(at, fps)) != state:
            yield first, at - first
            first, state = at, now
    yield first, index + count - first


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


@dataclass(frozen=True)
class Clean:
    """No tape: every frame passes unchanged."""

    preset: Preset

    @property
    def is_static(self) -> bool:
        """Always: the index is not looked at."""
        return True

    def identity(self) -> dict[str, Any]:
        """The preset's identity; there is nothing else to it."""
        return self.preset.identity()

    def state(self, index: int, fps: int | Fraction) -> Hashable:
        """Always the same."""
        return None

    def apply(self, frame: Frame, index: int, fps: int | Fraction, seed: int) -> Frame:
        """The frame itself."""
        return frame


def _clean(preset: Preset) -> TapeStage:
    if preset.settings:
        raise DamagedEntryError(f"tape '{preset.name}': the effect 'none' takes no settings")
    return Clean(preset)


def _vhs(preset: Preset) -> TapeStage:
    from tapehead.render.tape.vhs import vhs

    return vhs(preset)


EFFECTS: Mapping[str, Callable[[Preset], TapeStage]] = {"none": _clean, "vhs": _vhs}
"""What a preset's ``effect`` may be.  A maker checks the settings and raises for what it does not know."""


def tape_names() -> list[str]:
    """All tapes there are, in alphabetical order."""
    return sorted(path.stem for path in asset("tapes").glob("*.json"))


def tape_told(choice: str) -> str:
    """What a film's plan says of its tape, for :func:`tape_named`: a name, or all of a user's preset file.

    A plan is carried out on machines that do not have the file.

    Raises:
        UsageError: there is no such file.
        DamagedEntryError: it is not a usable preset.
    """
    if not is_file_name(choice):
        return choice
    preset = tape_from(Path(choice)).preset  # type: ignore[attr-defined]
    return json.dumps({field: getattr(preset, field) for field in _FIELDS}, sort_keys=True, separators=(",", ":"))


def is_file_name(choice: str) -> bool:
    """Whether a user means a preset file and not one of ours."""
    return choice.lower().endswith(".json") and not choice.startswith("{")


def tape_named(name: str) -> TapeStage:
    """The stage of the tape called ``name``, or of a preset told as text (:func:`tape_told`).

    Raises:
        UnknownNameError: there is no such tape.
        DamagedEntryError: it is not a usable preset.
    """
    if name.startswith("{"):
        return stage_of(read_preset("", name, "the plan's tape"))
    if name not in tape_names():
        raise UnknownNameError("tape", name, tape_names())
    return stage_of(read_preset(name, asset(f"tapes/{name}.json").read_text(encoding="utf-8")))


def tape_from(path: Path) -> TapeStage:
    """The stage of a preset file of the user's.

    Raises:
        UsageError: there is no such file.
        DamagedEntryError: it is not a usable preset; the message names setting, value and range.
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
    return stage_of(read_preset(path.stem, text, str(path)))


def stage_of(preset: Preset) -> TapeStage:
    """The stage that a preset describes.

    Raises:
        DamagedEntryError: the effect is unknown or does not take these settings.
    """
    if preset.effect not in EFFECTS:
        known = ", ".join(sorted(EFFECTS))
        raise DamagedEntryError(f"tape '{preset.name}' asks for the effect '{preset.effect}'; there is {known}")
    return EFFECTS[preset.effect](preset)


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
