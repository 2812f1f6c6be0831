"""The tape's seam: a pure function of (frame, frame index, frame rate, seed, settings).

Three protocols, each more than the one before: :class:`TapeStage` is what an encoder puts frames through,
:class:`PlayedTape` what a scene or a video is played from, sound included, and :class:`Tape` what an effect makes of a
preset.  Nothing outside an effect's own modules asks which one it is.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeAlias

from tapehead.analysis.errors import UsageError
from tapehead.render.identity import own_code
from tapehead.render.tape.settings import Settings

if TYPE_CHECKING:  # numpy costs the command line a tenth of a second at start
    import numpy as np
    from numpy.typing import NDArray

    from tapehead.render.tape.presets import Preset

    Frame: TypeAlias = NDArray[np.uint8]
    """A picture, ``(height, width, 3)``, RGB, top row first."""
    Sound: TypeAlias = NDArray[np.float32]
    """``(samples, channels)`` at 48 kHz."""
    Read: TypeAlias = Callable[[int, int], Sound]
    """``read(first, count)`` gives sound, silence before its start and after its end."""

Event: TypeAlias = tuple[str, float, float]
"""What the machine does, one of :data:`tapehead.scenes.stage.tape_track.EVENTS`, and from when to when in seconds."""


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


class TapeSound(Protocol):
    """Treats sound in stretches, in any order."""

    def identity(self) -> dict[str, Any]:
        """Plain data that says all that can be heard of it: it goes into the key of a film's sound."""

    def treat(self, read: Read, channels: int, first: int, count: int, seed: int) -> Sound:
        """Samples ``first`` to ``first + count`` of the treated sound, as many channels as ``read`` gives."""


class PlayedTape(TapeStage, Protocol):
    """A tape in the machine: pictures, sound, and when it stands still."""

    @property
    def still(self) -> Sequence[tuple[int, int]]:
        """Frames, from and up to, in which the machine was told to pause: nothing is heard."""

    def sound(self, fps: int | Fraction) -> TapeSound | None:
        """What the sound goes through; ``None`` if it stays as it is.  ``fps`` is the rate of the pictures."""

    def wet(self, index: int) -> float:
        """How much of the tape is on at a frame, 0 to 1: the sound is mixed by it."""

    def source_frame(self, index: int, fps: int | Fraction) -> int:
        """Which frame of what was recorded is shown at ``index``: a tape in pause stays where it is."""


class Tape(PlayedTape, Protocol):
    """What an effect makes of a preset; :class:`PlainTape` has a usual answer to nearly all of it."""

    @property
    def preset(self) -> Preset:
        """What it was made of."""

    @property
    def settings(self) -> Settings:
        """All that can be set, with its values; scenes drive these, the tool lists and changes them."""

    @property
    def takes_orders(self) -> bool:
        """Whether it does anything at all that a scene could drive or keep off, and the tool apply."""

    def but(self, changes: Mapping[str, Any]) -> Self:
        """The same tape with some settings changed (checked)."""

    def on(self, backend: str) -> Self:
        """The same tape on another back-end.

        Raises:
            UsageError: there is none of that name.
        """

    def with_events(self, events: Sequence[Event]) -> Self:
        """The same tape with these events beside its own; an effect without a machine returns itself."""


@dataclass(frozen=True)
class PlainTape:
    """An effect that treats pictures: :meth:`apply` is all that it has to add.

    It has settings if it is given any, no sound, no back-ends, no machine.  Every picture counts as another one until
    :attr:`is_static` or :meth:`state` say otherwise, and its identity holds the code that it is made of.
    """

    preset: Preset
    settings: Settings

    @property
    def takes_orders(self) -> bool:
        """It can be driven and taken away."""
        return True

    @property
    def is_static(self) -> bool:
        """Not unless somebody knows."""
        return False

    @property
    def still(self) -> Sequence[tuple[int, int]]:
        """It never stands still by itself."""
        return ()

    def identity(self) -> dict[str, Any]:
        """The preset, all settings with their defaults, and the effect's module with all that it imports."""
        return self.preset.identity() | {"settings": self.settings.digest(), "code": own_code(type(self).__module__)}

    def state(self, index: int, fps: int | Fraction) -> Hashable:
        """Another one at every index."""
        return index

    def apply(self, frame: Frame, index: int, fps: int | Fraction, seed: int) -> Frame:
        """The frame, treated: an effect's own."""
        raise NotImplementedError

    def sound(self, fps: int | Fraction) -> TapeSound | None:
        """Nothing is heard of it."""
        return None

    def wet(self, index: int) -> float:
        """All of it, always."""
        return 1.0

    def source_frame(self, index: int, fps: int | Fraction) -> int:
        """Never another one."""
        return index

    def but(self, changes: Mapping[str, Any]) -> Self:
        """The same tape with some settings changed (checked)."""
        return replace(self, settings=self.settings.but(changes)) if changes else self

    def on(self, backend: str) -> Self:
        """There is one way to compute it."""
        raise UsageError(f"the effect '{self.preset.effect}' has no back-end '{backend}'; omit --backend")

    def with_events(self, events: Sequence[Event]) -> Self:
        """There is no machine to start or to stop."""
        return self


def stretches(tape: TapeStage, index: int, count: int, fps: int | Fraction) -> Iterator[tuple[int, int]]:
    """Cut ``count`` frames from ``index`` on into stretches ``(first, count)`` in which a held picture stays equal."""
    first, state = index, tape.state(index, fps)
    for at in range(index + 1, index + count):
        if (now := tape.state(at, fps)) != state:
            yield first, at - first
            first, state = at, now
    yield first, index + count - first
