"""The tape in a scene's hands: settings driven over time, by plain values or by results, and regions that stay clean.

    self.tape.tracking(0.7)                                          # from now on
    self.tape.ramp("chroma.delay", 1.4, over=2.0)                    # in a straight line, while the scene goes on
    self.tape.follow("chroma.delay", scores, of=(0, 1), to=(None, 1.6), over=3.0)
    self.tape.own("track.error", over=0.5)                           # back to what the preset has
    with self.tape.keep_clean(formula): ...

Nothing here changes what is drawn.  Time is the scene's own: frames that were written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from manim import Mobject, ValueTracker, config

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Quantity, Reading
from tapehead.scenes.stage.tape_track import EVENTS, OWN, WHOLE, Box, Event, Key, Region, TapeTrack, between

if TYPE_CHECKING:
    from tapehead.scenes.stage.base import StageScene

Source: TypeAlias = Reading | float | Sequence[float] | np.ndarray | Quantity | ValueTracker | Callable[[], float]
Rectangle: TypeAlias = tuple[float, float, float, float]
"""Left, bottom, right, top in frame units, as Manim counts them."""

_GRAIN = 4096
"""Places are kept to this part of the picture: half a pixel at 2160p."""


class _Live:
    """A number that is asked for at every frame."""

    def __init__(self, ask: Callable[[], float], key: Callable[[int, float], Key]) -> None:
        self.ask, self.key = ask, key
        self.last: float | None = None


class CleanInsert:
    """Regions that the tape leaves alone, until they are released.  Also a ``with`` block."""

    def __init__(self, deck: TapeDeck, regions: list[_Kept]) -> None:
        self._deck, self._regions = deck, regions

    def release(self) -> None:
        """Let the tape have them again; once is enough."""
        self._deck._release(self._regions)

    def __enter__(self) -> CleanInsert:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


class _Kept:
    """A clean region while it is followed: a mobject wherever it is, as long as it is on the stage, or a rectangle."""

    def __init__(self, what: Mobject | Rectangle | None, pad: float, soft: float, fade: int) -> None:
        self.what, self.pad = what, pad
        self.soft, self.fade = soft / config.frame_height, fade
        self.boxes: list[tuple[int, Box | None]] = []

    def note(self, frame: int, box: Box | None) -> None:
        """From ``frame`` on it is there."""
        if self.boxes and self.boxes[-1][0] == frame:
            self.boxes.pop()
        if box != (self.boxes[-1][1] if self.boxes else None):
            self.boxes.append((frame, box))

    def place(self, on_stage: set[int]) -> Box | None:
        """Where it is now."""
        if self.what is None:
            return WHOLE
        if isinstance(self.what, Mobject):
            seen = [m.points for m in self.what.get_family() if len(m.points) and id(m) in on_stage]
            if not seen:
                return None
            points = np.concatenate(seen)
            (left, bottom), (right, top) = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
        else:
            left, bottom, right, top = self.what
        width, height = float(config.frame_width), float(config.frame_height)
        sides = (
            0.5 + (left - self.pad) / width,
            0.5 - (top + self.pad) / height,
            0.5 + (right + self.pad) / width,
            0.5 - (bottom - self.pad) / height,
        )
        a, b, c, d = (min(1.0, max(0.0, round(float(side) * _GRAIN) / _GRAIN)) for side in sides)
        return (a, b, c, d) if a < c and b < d else None


class TapeDeck:
    """Drives the tape of one scene; every :class:`~tapehead.scenes.stage.base.StageScene` has one as ``self.tape``.

    Settings go by the dotted names of ``tapehead tape describe PRESET --all`` and are checked against their range at
    once.  Whatever a scene does not drive is what the preset says; a film without a tape ignores all of it.
    """

    def __init__(self, scene: StageScene) -> None:
        self._scene = scene
        self._keys: dict[str, list[Key]] = {}
        self._live: dict[str, _Live] = {}
        self._kept: list[_Kept] = []
        self._done: list[_Kept] = []
        self._events: list[Event] = []
        self._off: list[_Kept] = []

    # -- settings ----------------------------------------------------------------------------------

    def set(self, setting: str, value: Any) -> None:
        """A setting has a value from now on.

        Raises:
            UsageError: there is no such setting, or the value is outside its range.
        """
        checked = self._checked(setting, value, moving=False)
        self._cut(setting)
        self._add(Key(self._now, setting, checked, **_origin(value)))

    def ramp(self, setting: str, to: float | None, over: float) -> None:
        """A setting moves to a value in a straight line over ``over`` seconds; ``None`` means the preset's own.

        Raises:
            UsageError: there is no such setting, it is no number, or the value is outside its range.
        """
        self._checked(setting, to, moving=True)
        end = Key(self._now + self._frames(over), setting, *_affine(to), line=True, **_origin(to))
        self._move(setting, [end])

    def tracking(
        self, error: float | None, over: float = 0.0, place: float | None = None, height: float | None = None
    ) -> None:
        """The tracking error: 0 is in track, 1 is lost; ``None`` is the preset's own.

        Args:
            error: see above; a reading is logged with its place.
            over: seconds that the way there takes.
            place: middle of the band, from 0 at the top of the picture to 1 at the bottom.
            height: of the band, in lines of a field (NTSC has 240).
        """
        for setting, value in (("track.pos", place), ("track.height", height)):
            if value is not None:
                self.set(setting, value)
        self.ramp("track.error", error, over)

    def own(self, setting: str = "", over: float = 0.0) -> None:
        """Give a setting, or all of them, back to the preset within ``over`` seconds."""
        for name in [setting] if setting else [*self._keys]:
            if name not in self._keys:
                self._checked(name, None, moving=True)
            elif _moves(between(self._keys[name], self._now)[1]):
                self.ramp(name, None, over)
            else:
                self._cut(name)
                self._add(Key(self._now, name, 0.0, 1.0))

    def follow(
        self,
        setting: str,
        source: Source,
        *,
        of: tuple[float, float] | None = None,
        to: tuple[float | None, float | None] | None = None,
        over: float = 0.0,
        named: str = "",
    ) -> None:
        """A setting follows a computed number.

        Args:
            setting: its dotted name.
            source: one reading (the setting moves to it within ``over`` seconds); a row of readings, an array or a
                quantity of one axis (spread evenly over ``over`` seconds, straight lines between); or a value tracker
                or a function (asked at every frame from now on, until the setting is told something else).
            of: which values of the source are nothing and everything; what lies outside counts as the nearer end.
                It may fall.  Left out, the source's values are the setting's.
            to: what the setting is at these ends; ``None`` stands for the preset's own value.
            over: seconds.
            named: the result that the source comes from, as ``result/array``; readings know theirs.

        Raises:
            UsageError: there is no such setting, or it would leave its range.
            EpisodeError: the source is empty, not finite, has several axes or no name; ``of`` without ``to``.
        """
        if (of is None) != (to is None) or (of is not None and of[0] == of[1]):
            raise EpisodeError(f"tape setting {setting} follows `of` two different values `to` two settings")
        for end in to or ():
            if end is not None:
                self._checked(setting, end, moving=True)

        def key(frame: int, reading: float, name: str, line: bool) -> Key:
            value, share = _affine(reading if of is None or to is None else None)
            if of is not None and to is not None:
                part = min(1.0, max(0.0, (reading - of[0]) / (of[1] - of[0])))
                (v0, s0), (v1, s1) = _affine(to[0]), _affine(to[1])
                value, share = v0 + (v1 - v0) * part, s0 + (s1 - s0) * part
            else:
                value = self._checked(setting, value, moving=True)
            return Key(frame, setting, value, share, line, name, float(reading))

        ask = source.get_value if isinstance(source, ValueTracker) else source if callable(source) else None
        if ask is not None:
            if not named:
                raise EpisodeError(f"tape setting {setting} follows a live number: say whose, named='result/array'")
            self._cut(setting)
            self._live[setting] = _Live(ask, lambda frame, reading: key(frame, reading, named, False))
            return
        readings, name = _readings(source, setting)
        if not (name := named or name):
            raise EpisodeError(f"tape setting {setting} follows an array: say which, named='result/array'")
        length = self._frames(over)
        if len(readings) == 1:
            self._move(setting, [key(self._now + length, readings[0], name, True)])
            return
        places = self._now + np.rint(np.linspace(0, max(length, len(readings) - 1), len(readings))).astype(int)
        at = [int(place) for place in places]
        keys = [key(at[n], reading, name, n > 0) for n, reading in enumerate(readings)]
        self._cut(setting)
        for each in keys:
            self._add(each)

    # -- the machine -------------------------------------------------------------------------------

    def event(self, kind: str, over: float) -> None:
        """The machine starts, stops, eats the tape or pauses, from now on for ``over`` seconds.

        Raises:
            EpisodeError: ``kind`` is not one of them.
        """
        if kind not in EVENTS:
            raise EpisodeError(f"the tape has no event '{kind}'; it has {', '.join(EVENTS)}")
        self._events.append(Event(kind, self._now, self._now + max(1, self._frames(over))))

    def off(self, fade: float = 0.0) -> None:
        """Take the tape away altogether, sound included, until :meth:`on`."""
        if not self._off:
            self._off = self._keep([None], 0.0, 0.0, fade)

    def on(self) -> None:
        """Put the tape back on."""
        self._release(self._off)
        self._off = []

    # -- clean regions -----------------------------------------------------------------------------

    def keep_clean(
        self, *what: Mobject | Rectangle, pad: float = 0.15, soft: float = 0.3, fade: float = 0.2
    ) -> CleanInsert:
        """The tape leaves these alone, each with a soft edge, until they are released.

        A mobject is followed wherever it goes, as long as it is on the stage; it need not be there yet.

        Args:
            what: mobjects, or rectangles as (left, bottom, right, top) in frame units.
            pad: how much more than their boxes, frame units.
            soft: width of the edge outside that, frame units.
            fade: seconds in which a region comes and goes.
        """
        return CleanInsert(self, self._keep(list(what), pad, soft, fade))

    def is_kept_clean(self, what: Mobject) -> bool:
        """Whether a mobject is a region that the tape leaves alone."""
        return any(region.what is what for region in self._kept)

    def _keep(self, what: list[Any], pad: float, soft: float, fade: float) -> list[_Kept]:
        made = [_Kept(each, pad, soft, self._frames(fade)) for each in what]
        self._kept += made
        return made

    def _release(self, regions: list[_Kept]) -> None:
        for region in regions:
            if region in self._kept:
                self._kept.remove(region)
                region.note(self._now, None)
                self._done.append(region)

    # -- what the renderer asks --------------------------------------------------------------------

    def shown(self, frame: int) -> None:
        """The picture of film frame ``frame`` is about to be written: note what follows it."""
        for setting, live in self._live.items():
            reading = float(live.ask())
            if not np.isfinite(reading):
                raise EpisodeError(f"tape setting {setting} follows a number that is {reading} at frame {frame}")
            if reading != live.last:
                live.last = reading
                self._add(live.key(frame, reading))
        if self._kept:
            stage = self._scene
            on_stage = {id(member) for top in stage.mobjects for member in top.get_family()}
            for region in self._kept:
                region.note(frame, region.place(on_stage))

    def track(self) -> TapeTrack:
        """All that was asked so far."""
        keys = tuple(key for setting in sorted(self._keys) for key in self._keys[setting])
        regions = [Region(k.soft, k.fade, tuple(k.boxes)) for k in (*self._done, *self._kept) if k.boxes]
        return TapeTrack(keys, tuple(sorted(regions, key=lambda r: r.boxes[0][0])), tuple(self._events))

    # -- inside ------------------------------------------------------------------------------------

    @property
    def _now(self) -> int:
        return self._scene.frame

    def _frames(self, seconds: float) -> int:
        return max(0, round(seconds * self._scene.context.fps))

    def _checked(self, setting: str, value: Any, moving: bool) -> Any:
        return self._scene.observer.tape(setting, value, moving)

    def _cut(self, setting: str) -> None:
        """Forget what was planned for a setting from now on; a ramp that is under way ends where it is."""
        self._live.pop(setting, None)
        keys, now = self._keys.get(setting, []), self._now
        later = [key for key in keys if key.frame > now]
        kept = [key for key in keys if key.frame <= now]
        if later and later[0].line and kept and kept[-1].frame < now:
            share, value = between(keys, now)
            kept.append(replace(later[0], frame=now, share=share, value=value, reading=None))
        if keys:
            self._keys[setting] = kept

    def _add(self, key: Key) -> None:
        keys = self._keys.setdefault(key.setting, [])
        # A line that ends here and a jump from here are two things; otherwise the last word counts.
        if keys and keys[-1].frame == key.frame and (key.line or not keys[-1].line):
            keys.pop()
        keys.append(key)

    def _move(self, setting: str, keys: list[Key]) -> None:
        """Go on from where the setting is now through ``keys``."""
        self._cut(setting)
        share, value = between(self._keys[setting], self._now) if setting in self._keys else OWN
        if not _moves(value):
            raise EpisodeError(f"tape setting {setting} is {value!r} now and cannot move from there; set it")
        here = self._keys.get(setting)
        if keys[0].frame > self._now and not (here and here[-1].frame == self._now):
            self._add(Key(self._now, setting, value, share))
        for key in keys:
            self._add(key if key.frame > self._now else replace(key, line=False))


def _moves(value: Any) -> bool:
    """Whether a value is a number that can move."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _affine(value: float | None) -> tuple[float, float]:
    """``(value, share)`` of a plain value, or of the preset's own."""
    return (0.0, 1.0) if value is None else (float(value), 0.0)


def _origin(value: Any) -> dict[str, Any]:
    """Where a value was read from, if it is a reading."""
    return {"driver": f"{value.result}/{value.array}", "reading": float(value)} if isinstance(value, Reading) else {}


def _readings(source: Any, setting: str) -> tuple[list[float], str]:
    """The source's numbers, and its name if it knows it."""
    if isinstance(source, Quantity):
        source = source.values
    single = [source] if isinstance(source, int | float) else source
    values = np.asarray(single, dtype=float)
    if values.ndim != 1 or not values.size or not np.isfinite(values).all():
        raise EpisodeError(
            f"tape setting {setting} follows finite numbers along one axis; got an array of shape {values.shape}"
        )
    first = single[0]
    return [float(v) for v in values], f"{first.result}/{first.array}" if isinstance(first, Reading) else ""
