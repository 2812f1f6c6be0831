"""No tape: the effect of the preset `clean`."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tapehead.analysis.errors import DamagedEntryError
from tapehead.render.tape.settings import Settings
from tapehead.render.tape.stage import PlainTape

if TYPE_CHECKING:
    from tapehead.render.tape.presets import Preset
    from tapehead.render.tape.stage import Frame


@dataclass(frozen=True)
class Clean(PlainTape):
    """Every frame passes unchanged."""

    @property
    def takes_orders(self) -> bool:
        """There is nothing that could be driven, taken away or kept off."""
        return False

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


def clean(preset: Preset) -> Clean:
    """The tape of a preset whose effect is ``none``.

    Raises:
        DamagedEntryError: it has settings.
    """
    if preset.settings:
        raise DamagedEntryError(f"tape '{preset.name}': the effect 'none' takes no settings")
    return Clean(preset, Settings(known={}))
