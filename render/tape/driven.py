"""A tape that a scene drives: its track read frame by frame, and the regions that it wants clean.

The stage stays a pure function of (frame, frame index, frame rate, seed): the track is data.  Frames are counted from
the scene's start, and every scene is a recording of its own with a seed of its own (:func:`scene_seed`): with the place
in the film instead, a word more in one scene would change every frame after it.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tapehead.render.tape.effects import every_setting, tape_named
from tapehead.render.tape.presets import CLEAN
from tapehead.render.tape.settings import Setting, SettingError, Settings, UnknownSettingError
from tapehead.scenes.stage.tape_track import OWN, WHOLE, TapeTrack, between

if TYPE_CHECKING:
    from tapehead.render.tape.stage import Event, Frame, PlayedTape, Tape, TapeSound


def driven(setting: str, value: Any, moving: bool) -> Any:
    """What a scene asks for, in its canonical form; with ``moving``, ``None`` only asks for the setting.

    A scene is drawn before anybody knows its tape, so it may ask for the settings of every effect there is; a tape
    that does not have one takes no notice.

    Raises:
        UnknownNameError: no effect has such a setting; the message names the nearest.
        SettingError: the value is outside its range or no number, or a scene cannot drive this setting.
    """
    known = every_setting()
    if setting not in known:
        raise UnknownSettingError(setting, {name: settings[0] for name, settings in known.items()})
    if setting.startswith("audio."):
        raise SettingError(f"tape setting {setting} holds for the whole film; a scene drives the picture")
    for found in known[setting]:
        if found.kind in ("span", "events"):
            raise SettingError(
                f"tape setting {setting} is a list of times; in a scene say self.tape.event(kind, over=s)"
            )
        if moving and found.kind not in ("number", "integer"):
            raise SettingError(f"tape setting {setting} cannot move: it is {found.allowed()}")
        if not (moving and value is None):
            value = found.check(value)
    return value


def scene_seed(seed: int, scene: str) -> int:
    """The seed of one scene's recording."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{scene}".encode()).digest()[:7], "big")


@dataclass(frozen=True)
class Scripted:
    """A tape under a scene's track."""

    tape: Tape
    track: TapeTrack

    @property
    def is_static(self) -> bool:
        """Never: it may be driven at any frame."""
        return False

    @property
    def still(self) -> Sequence[tuple[int, int]]:
        """The scene's pauses."""
        return tuple((event.first, event.last) for event in self.track.events if event.kind == "pause")

    def identity(self) -> dict[str, Any]:
        """The tape's identity and the digest of the track."""
        text = json.dumps(self.track.to_data(), sort_keys=True, separators=(",", ":"))
        return self.tape.identity() | {"track": hashlib.sha256(text.encode()).hexdigest()}

    def at(self, index: int, fps: int | Fraction) -> Tape:
        """The tape as it is set at a frame of the scene."""
        settings = self.tape.settings
        changes = {}
        for name, (share, value) in self.track.at(index).items():
            if name in settings and not settings.known[name].is_rate:
                changes[name] = _resolved(settings.known[name], settings, share, value)
        for name in self._gathered:
            changes[name] = self._mean(name, index)
        return self.tape.but(changes).with_events(self._events(index, Fraction(fps)))

    def sound(self, fps: int | Fraction) -> TapeSound | None:
        """The tape's, with all that the machine does in this scene but stand still (:attr:`still`)."""
        events = tuple(event for event in self._events(0, Fraction(fps)) if event[0] != "pause")
        return self.tape.with_events(events).sound(fps)

    def wet(self, index: int) -> float:
        """How much of the tape there is at a frame: 0 where the scene has taken it off altogether."""
        return 1 - max((strength for box, _, strength in self.track.clean_at(index) if box == WHOLE), default=0.0)

    def source_frame(self, index: int, fps: int | Fraction) -> int:
        """The tape's own; a scene that pauses has drawn its pictures for that."""
        return self.tape.source_frame(index, fps)

    def state(self, index: int, fps: int | Fraction) -> Hashable:
        """The driven tape's settings and state, and what is kept clean."""
        if self.wet(index) == 0:
            return None
        tape = self.at(index, fps)
        return tape.settings, tape.state(index, fps), tuple(self.track.clean_at(index))

    def apply(self, frame: Frame, index: int, fps: int | Fraction, seed: int) -> Frame:
        """The frame at ``index`` of the scene, as the driven tape gives it back."""
        if self.wet(index) == 0:
            return frame
        clean = self.track.clean_at(index)
        treated = self.at(index, fps).apply(frame, index, fps, seed)
        if clean and (treated is frame or not treated.flags.writeable):  # an effect may return what it was given
            treated = treated.copy()
        for box, soft, strength in clean:
            _insert(treated, frame, box, soft, strength)
        return treated

    def _mean(self, name: str, index: int) -> float:
        gathered, last = self._gathered[name]
        end = len(gathered) - 1
        total = gathered[index] if index <= end else gathered[end] + last * (index - end)
        return total / index if index else last if not end else gathered[1]

    @functools.cached_property
    def _gathered(self) -> dict[str, tuple[list[float], float]]:
        """For each rate: its sums up to each frame as far as there are keys, and its value from there on."""
        settings, made = self.tape.settings, {}
        for name, keys in self.track.by_setting.items():
            if name not in settings or not settings.known[name].is_rate:
                continue
            setting, sums = settings.known[name], [0.0]
            for frame in range(keys[-1].frame):
                sums.append(sums[-1] + _resolved(setting, settings, *between(keys, frame)))
            made[name] = sums, float(_resolved(setting, settings, *between(keys, keys[-1].frame)))
        return made

    def _events(self, index: int, fps: Fraction) -> tuple[Event, ...]:
        """What happens in this scene, in seconds; a pause only while it lasts, which frames say exactly."""
        return tuple(
            (event.kind, float(event.first / fps), float(event.last / fps))
            for event in self.track.events
            if event.kind != "pause" or event.first <= index < event.last
        )


def stage_for(tape: str, taped: bool, track: TapeTrack) -> PlayedTape:
    """What treats a scene's frames: the film's tape under the scene's track, or none for a scene off the tape.

    Raises:
        UnknownNameError: there is no such tape.
    """
    return scripted(tape_named(tape if taped else CLEAN), track)


def scripted(tape: Tape, track: TapeTrack) -> PlayedTape:
    """The tape under a scene's track; a tape that changes nothing takes no orders."""
    return Scripted(tape, track) if track and tape.takes_orders else tape


def _resolved(setting: Setting, settings: Settings, share: float, value: Any) -> Any:
    """``share * own + value`` as the setting takes it."""
    own = settings.own(setting.id)
    if setting.kind not in ("number", "integer"):
        return own if (share, value) == OWN else value
    if share and own is None:  # there is nothing to come from: be at once where it goes
        return None if share == 1 else setting.check(value / (1 - share))
    if value is None:
        return None
    number = share * (own or 0.0) + value
    if setting.step:
        number = round(number / setting.step) * setting.step
    assert setting.range is not None
    number = min(setting.range[1], max(setting.range[0], number))
    return round(number) if setting.kind == "integer" else number


@functools.lru_cache(maxsize=64)
def _mask(height: int, width: int, box: tuple[float, ...], soft: float, strength: float) -> tuple[int, int, Any]:
    """First row and column of a clean region with its edge, and how much of it is clean in parts of 256."""
    import numpy as np

    left, top, right, bottom = (side * size for side, size in zip(box, (width, height) * 2, strict=True))
    edge = max(soft * height, 1e-3)
    rows = np.arange(max(0, int(top - edge)), min(height, int(bottom + edge) + 1)) + 0.5
    columns = np.arange(max(0, int(left - edge)), min(width, int(right + edge) + 1)) + 0.5
    down = np.maximum(np.maximum(top - rows, rows - bottom), 0.0)[:, None]
    across = np.maximum(np.maximum(left - columns, columns - right), 0.0)[None, :]
    near = np.clip(1 - np.sqrt(down * down + across * across) / edge, 0.0, 1.0)
    part = near * near * (3 - 2 * near) * strength
    return int(rows[0]), int(columns[0]), np.floor(part * 256 + 0.5).astype(np.uint32)[..., None]


def _insert(treated: Frame, clean: Frame, box: tuple[float, ...], soft: float, strength: float) -> None:
    """Put the clean picture back inside a box, in place."""
    import numpy as np

    height, width = clean.shape[:2]
    row, column, part = _mask(height, width, box, soft, strength)
    there = slice(row, row + part.shape[0]), slice(column, column + part.shape[1])
    mixed = clean[there] * part + treated[there] * (256 - part) + 128
    treated[there] = (mixed >> 8).astype(np.uint8)
