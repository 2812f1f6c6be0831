"""What a scene asks of the tape, as plain data keyed to the scene's frames.

The track is left beside the clean master and never changes a drawn pixel: whichever tape is put on later reads it.
A value is told relative to the preset that will be there, ``share * (the preset's own) + value``, since the scene does
not know it; a straight line between two such values is one again.
"""

from __future__ import annotations

import functools
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

EVENTS = ("start", "stop", "eaten", "pause")

Box = tuple[float, float, float, float]
"""Left, top, right, bottom as shares of the picture's width and height, from its upper left corner."""

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True)
class Key:
    """From ``frame`` on, ``setting`` is ``share * own + value``, where ``own`` is what the preset has."""

    frame: int
    setting: str
    value: Any = None
    share: float = 0.0
    line: bool = False
    """Whether the setting moves here in a straight line from the key before; otherwise it stays and then jumps."""
    driver: str = ""
    """The result that the value follows, as ``result/array``."""
    reading: float | None = None
    """What that result was."""


@dataclass(frozen=True)
class Region:
    """A part of the picture that the tape leaves alone."""

    soft: float
    """Width of its edge, as a share of the picture's height."""
    fade: int
    """Frames that it takes to come and to go."""
    boxes: tuple[tuple[int, Box | None], ...]
    """From each frame on, where it is; ``None`` where it is not."""

    def at(self, frame: int) -> tuple[Box, float] | None:
        """Its place and its strength, 0 to 1, or ``None``."""
        now = bisect_right(self.boxes, frame, key=lambda entry: entry[0]) - 1
        if now < 0 or (box := self.boxes[now][1]) is None:
            return None
        if self.fade < 1:
            return box, 1.0
        begin = now
        while begin > 0 and self.boxes[begin - 1][1] is not None:
            begin -= 1
        first = self.boxes[begin][0]
        last = next((at for at, there in self.boxes[now + 1 :] if there is None), None)
        rising = 1.0 if first == 0 else (frame - first + 1) / (self.fade + 1)
        falling = 1.0 if last is None else (last - frame) / (self.fade + 1)
        return box, max(0.0, min(1.0, rising, falling))


@dataclass(frozen=True)
class Event:
    """Something that the machine does in the frames from ``first`` up to ``last``; kinds as in :data:`EVENTS`."""

    kind: str
    first: int
    last: int


@dataclass(frozen=True)
class TapeTrack:
    """All that one scene asks of the tape."""

    keys: tuple[Key, ...] = ()
    """By setting, then by frame."""
    regions: tuple[Region, ...] = ()
    events: tuple[Event, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.keys or self.regions or self.events)

    @functools.cached_property
    def by_setting(self) -> Mapping[str, tuple[Key, ...]]:
        """Each setting's keys in order of time."""
        found: dict[str, list[Key]] = {}
        for key in self.keys:
            found.setdefault(key.setting, []).append(key)
        return {name: tuple(keys) for name, keys in found.items()}

    def at(self, frame: int) -> dict[str, tuple[float, Any]]:
        """``(share, value)`` of every setting that is not the preset's own at a frame."""
        found = {name: between(keys, frame) for name, keys in self.by_setting.items()}
        return {name: there for name, there in found.items() if there != OWN}

    def clean_at(self, frame: int) -> list[tuple[Box, float, float]]:
        """Boxes that stay clean at a frame, each with its softness and its strength."""
        found = []
        for region in self.regions:
            if (there := region.at(frame)) is not None and there[1] > 0:
                found.append((there[0], region.soft, there[1]))
        return found

    def to_data(self) -> dict[str, Any]:
        """Plain data, short; :meth:`from_data` reads it back."""
        left_out = {"value": None, "share": 0.0, "line": False, "driver": "", "reading": None}
        keys = [
            {name: value for name, value in asdict(key).items() if name not in left_out or value != left_out[name]}
            for key in self.keys
        ]
        regions = [
            {"soft": r.soft, "fade": r.fade, "boxes": [[at, list(box) if box else None] for at, box in r.boxes]}
            for r in self.regions
        ]
        return {"keys": keys, "regions": regions, "events": [asdict(event) for event in self.events]} if self else {}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> TapeTrack:
        """Read what :meth:`to_data` wrote."""
        regions = (
            Region(r["soft"], r["fade"], tuple((at, tuple(box) if box else None) for at, box in r["boxes"]))
            for r in data.get("regions", ())
        )
        return cls(
            tuple(Key(**key) for key in data.get("keys", ())),
            tuple(regions),
            tuple(Event(**event) for event in data.get("events", ())),
        )


OWN: tuple[float, Any] = (1.0, 0.0)
"""The preset's own value."""


def between(keys: tuple[Key, ...] | list[Key], frame: int) -> tuple[float, Any]:
    """``(share, value)`` that a setting's keys give at a frame."""
    after = bisect_right(keys, frame, key=lambda key: key.frame)
    before = (keys[after - 1].share, keys[after - 1].value) if after else OWN
    if after == len(keys) or not keys[after].line or not after:
        return before
    here, there = keys[after - 1], keys[after]
    part = (frame - here.frame) / (there.frame - here.frame)
    if part == 0:
        return before
    return here.share + (there.share - here.share) * part, here.value + (there.value - here.value) * part
