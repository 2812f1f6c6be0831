"""The VHS stage: a preset's settings, a back-end by name, and one call per frame."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Any

from tapehead.analysis.errors import UnknownNameError
from tapehead.render.identity import identity
from tapehead.render.tape.settings import checked
from tapehead.render.tape.stage import PlainTape

if TYPE_CHECKING:  # numpy and numba come with the first frame, not with the command line
    from tapehead.render.tape.presets import Preset
    from tapehead.render.tape.stage import Event, Frame, TapeSound

BACKENDS: Mapping[str, str] = {
    "numba": "compiled for this processor, one thread",
    "numpy": "the plain reference, slow",
    "torch-cpu": "torch operators on the processor, for comparison",
    "torch-cuda": "torch operators on an NVIDIA card",
}


@dataclass(frozen=True)
class Vhs(PlainTape):
    """A VHS tape.  Equal (frame, index, fps, seed, settings, back-end) give equal bytes, in any order and process."""

    backend: str = "numba"

    def sound(self, fps: int | Fraction) -> TapeSound:
        """The linear or the Hi-Fi track."""
        from tapehead.render.tape.audio import VhsSound

        return VhsSound(self.settings)

    def identity(self) -> dict[str, Any]:
        """The preset, the chain's version, the back-end, and the digest of all settings, defaults included."""
        facts = {"chain": identity("tape"), "backend": self.backend, "settings": self.settings.digest()}
        return self.preset.identity() | facts

    def on(self, backend: str) -> Vhs:
        """The same tape on another back-end.

        Raises:
            UnknownNameError: there is none of that name.
        """
        if backend not in BACKENDS:
            raise UnknownNameError("tape back-end", backend, BACKENDS)
        return replace(self, backend=backend)

    def with_events(self, events: Sequence[Event]) -> Vhs:
        """The same tape, with a pause and with what else happens to it."""
        changes: dict[str, Any] = {}
        for kind, begin, end in events:
            if kind == "pause":
                changes["pause.at"] = begin, end
            else:
                changes["transport"] = (*changes.get("transport", self.settings["transport"]), (kind, begin, end))
        return self.but(changes)

    def source_frame(self, index: int, fps: int | Fraction) -> int:
        """The frame at which the tape stands, while it is in pause."""
        from tapehead.render.tape.conditions import paused

        span = self.settings["pause.at"]
        return ceil(span[0] * fps) if span is not None and paused(self.settings, float(index / fps)) else index

    def state(self, index: int, fps: int | Fraction) -> Hashable:
        """All that :func:`tapehead.render.tape.plan.plan_frame` makes of the index: settings, time on the tape, words
        on top."""
        from tapehead.render.tape.field_timing import moment
        from tapehead.render.tape.osd import texts
        from tapehead.render.tape.systems import SYSTEMS

        rate = Fraction(fps)
        now = moment(SYSTEMS[self.settings["system"]], self.settings["fields"], index, rate)
        return self.settings, now.seconds, texts(self.settings, float(index / rate))

    def apply(self, frame: Frame, index: int, fps: int | Fraction, seed: int) -> Frame:
        """The frame shown at film frame ``index``, as the tape gives it back; ``frame`` is left as it is."""
        from tapehead.render.tape.plan import plan_frame

        if frame.ndim != 3 or frame.shape[2] != 3 or frame.dtype.name != "uint8" or 0 in frame.shape:
            raise ValueError(f"a frame is (height, width, 3) of uint8, not {frame.shape} of {frame.dtype}")
        plan = plan_frame(self.settings, frame.shape[0], frame.shape[1], index, Fraction(fps), seed)
        if self.backend == "numba":
            from tapehead.render.tape.kernel import treat
        elif self.backend == "numpy":
            from tapehead.render.tape.reference import treat
        else:
            from tapehead.render.tape.operators import treat_on

            return treat_on(self.backend.removeprefix("torch-"), plan, frame)
        return treat(plan, frame)


def vhs(preset: Preset) -> Vhs:
    """The stage of a preset whose effect is ``vhs``.

    Raises:
        DamagedEntryError: a setting is unknown or out of range.
    """
    return Vhs(preset, checked(preset.name, preset.version, preset.settings))
