"""Which effects there are, and how a preset becomes a tape.

An *effect* is code: given a preset it makes what treats the frames and the sound.  A new look of a known effect is a
new file in ``assets/tapes``; a new effect is one more line in :data:`EFFECTS`, and nothing else has to hear of it:
scenes may drive its settings, a film is heard through its sound, and the tool offers it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tapehead.analysis.errors import DamagedEntryError
from tapehead.render.tape.presets import Preset, as_text, is_file_name, preset_from, preset_named
from tapehead.render.tape.settings import Setting, registry

if TYPE_CHECKING:
    from tapehead.render.tape.stage import Tape


@dataclass(frozen=True)
class Effect:
    """How a tape is made of a preset, and what scenes may drive of it."""

    make: Callable[[Preset], Tape]
    """Checks the settings; raises DamagedEntryError for what it does not know."""
    settings: Callable[[], Iterable[Setting]] = tuple
    """All that can be set, those of the current version."""


def _clean(preset: Preset) -> Tape:
    from tapehead.render.tape.clean import clean

    return clean(preset)


def _vhs(preset: Preset) -> Tape:
    from tapehead.render.tape.vhs import vhs

    return vhs(preset)


EFFECTS: Mapping[str, Effect] = {
    "none": Effect(_clean),
    "vhs": Effect(_vhs, lambda: registry().values()),
}
"""What a preset's ``effect`` may be."""


def every_setting() -> dict[str, list[Setting]]:
    """The settings of all effects by id: a scene is drawn before anybody knows which tape it will be put on.

    Effects may share an id; what a scene asks for then has to suit them all.
    """
    found: dict[str, list[Setting]] = {}
    for effect in EFFECTS.values():
        for setting in effect.settings():
            found.setdefault(setting.id, []).append(setting)
    return found


def tape_told(choice: str) -> str:
    """What a film's plan says of its tape, for :func:`tape_named`: a name, or all of a user's preset file.

    A plan is carried out on machines that do not have the file.

    Raises:
        UsageError: there is no such file.
        DamagedEntryError: it is not a usable preset.
    """
    return as_text(tape_from(Path(choice)).preset) if is_file_name(choice) else choice


def tape_named(name: str) -> Tape:
    """The tape called ``name``, or that of a preset told as text (:func:`tape_told`).

    Raises:
        UnknownNameError: there is no such tape.
        DamagedEntryError: it is not a usable preset.
    """
    return stage_of(preset_named(name))


def tape_from(path: Path) -> Tape:
    """The tape of a preset file of the user's.

    Raises:
        UsageError: there is no such file.
        DamagedEntryError: it is not a usable preset; the message names setting, value and range.
    """
    return stage_of(preset_from(path))


def stage_of(preset: Preset) -> Tape:
    """The tape that a preset describes.

    Raises:
        DamagedEntryError: the effect is unknown or does not take these settings.
    """
    if preset.effect not in EFFECTS:
        known = ", ".join(sorted(EFFECTS))
        raise DamagedEntryError(f"tape '{preset.name}' asks for the effect '{preset.effect}'; there is {known}")
    return EFFECTS[preset.effect].make(preset)
