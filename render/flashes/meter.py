"""Flash safety of finished pictures: general and red flashes after WCAG 2.3.1, and large stripes.

The rule: no more than three flashes in any second over more than a quarter of any ten degrees of the field of view
(341 by 256 pixels of a 1024 by 768 screen).  A general flash is a pair of opposing changes of relative luminance of a
tenth of white or more, the darker state below 0.8; a red flash is one to or from a saturated red.
Stripes after ITU-R BT.1702: more than five pairs of light and dark over a large part of the picture.

Pictures are judged in cells of a 64th of their width: grain that balances out within a cell is exempt, as the rule has
it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]
Floats = NDArray[np.floating[Any]]

"""Goes into the keys of what was measured: raise it with any change that finds more or less."""

CELLS_ACROSS = 64
_FIELD_ACROSS, _FIELD_DOWN = 21, 16
"""341 by 256 of 1024 pixels, in cells of 16."""
_QUARTER = 0.25
_CHANGES = 6
"""Changes in a second that are allowed: three flashes are three pairs."""
_STRIPE_PAIRS = 5
_STRIPE_SECONDS = 0.5
_STRIPE_LOOKS = 15
"""Times a second at which stripes are looked for: they have to stay for half a second to count."""


@dataclass(frozen=True)
class Flash:
    """A stretch of film that breaks the rule."""

    kind: str
    """general, red or stripes"""
    start_s: float
    end_s: float
    share: float
    """Largest share of the ten-degree field (for stripes: of the picture)."""

    def __str__(self) -> str:
        return f"{timecode(self.start_s)} to {timecode(self.end_s)}: {self.kind}, {self.share:.0%} of the field"


def timecode(seconds: float) -> str:
    """``m:ss.s``."""
    return f"{int(seconds // 60)}:{seconds % 60:04.1f}"


def linear_light() -> NDArray[np.float32]:
    """Relative light of each code value (sRGB, IEC 61966-2-1, as WCAG defines relative luminance)."""
    v = np.arange(256) / 255
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4).astype(np.float32)


_LIGHT = linear_light()
_WEIGHTS = np.array([0.2126, 0.7152, 0.0722], np.float32)


class _Changes:
    """Counts opposing changes cell by cell: an extreme is confirmed when the value has moved away far enough."""

    def __init__(self, shape: tuple[int, int], least: float, per_second: int) -> None:
        self.least = least
        self.low: Floats = np.full(shape, np.inf)
        self.high: Floats = np.full(shape, -np.inf)
        self.direction = np.zeros(shape, np.int8)
        self.recent: deque[NDArray[np.bool_]] = deque(maxlen=per_second)
        self.count = np.zeros(shape, np.int32)

    def feed(self, value: Floats, valid: Any = True) -> NDArray[np.int32]:
        """Changes of each cell within the last second, after another frame; ``valid`` says which count."""
        self.low, self.high = np.minimum(self.low, value), np.maximum(self.high, value)
        rises = (value - self.low >= self.least) & (self.direction <= 0)
        falls = (self.high - value >= self.least) & (self.direction >= 0) & ~rises
        moved = rises | falls
        self.direction[rises], self.direction[falls] = 1, -1
        self.low, self.high = np.where(moved, value, self.low), np.where(moved, value, self.high)
        counted = moved & valid
        if len(self.recent) == self.recent.maxlen:
            self.count -= self.recent[0]
        self.recent.append(counted)
        self.count += counted
        return self.count


def _box_share(flagged: NDArray[np.bool_]) -> float:
    """Largest share of any ten-degree field that is flagged."""
    if not flagged.any():  # nearly always
        return 0.0
    rows, columns = flagged.shape
    down, across = min(_FIELD_DOWN, rows), min(_FIELD_ACROSS, columns)
    total = np.pad(np.cumsum(np.cumsum(flagged, 0), 1), ((1, 0), (1, 0)))
    inside = total[down:, across:] - total[:-down, across:] - total[down:, :-across] + total[:-down, :-across]
    return float(inside.max()) / (_FIELD_DOWN * _FIELD_ACROSS)


@dataclass
class FlashMeter:
    """Feed it all frames of a film in order, then ask for the :meth:`flashes`."""

    fps: Fraction
    _frames: int = 0
    _open: dict[str, list[float]] = field(default_factory=dict)
    _found: list[Flash] = field(default_factory=list)
    _general: _Changes | None = None
    _red: _Changes | None = None
    _previous_low: Floats | None = None
    _saturated: Floats | None = None
    _stripes: float | None = None
    _windows: _Windows | None = None
    _light: _Light | None = None
    _looked: int = 0

    def feed(self, frame: Frame, repeat: int = 1, rows: Iterable[tuple[int, int]] | None = None) -> None:
        """Another picture ``(height, width, 3)``, shown for ``repeat`` frames.

        It must equal the one before outside of ``rows`` (first, last), if these are given.
        """
        if self._light is None:
            self._light, self._windows, rows = _Light(*frame.shape[:2]), _Windows(), None
        self._light.see(frame, rows)
        cells = self._light.cells()
        luminance = cells @ _WEIGHTS
        total = cells.sum(axis=2)
        red_part = cells[..., 0] / np.maximum(total, 1e-6)
        redness = np.maximum(cells[..., 0] - cells[..., 1] - cells[..., 2], 0) * 320
        saturated = (red_part >= 0.8) & (total > 0.02)
        if self._general is None or self._red is None:
            window = max(1, round(self.fps))
            self._general = _Changes(luminance.shape, 0.1, window)
            self._red = _Changes(luminance.shape, 20.0, window)
            self._saturated = saturated
        assert self._saturated is not None
        step = round(self.fps / _STRIPE_LOOKS)
        if self._stripes is None or repeat >= step or self._frames - self._looked >= step:
            assert self._windows is not None
            self._stripes, self._looked = self._windows.share(self._light.luminance()), self._frames
        stripes = self._stripes
        for _ in range(repeat):
            seconds = float(self._frames / self.fps)
            # The darker state of a change: the extreme that the change comes from, or the value it goes to.
            darker = np.minimum(self._general.low, luminance)
            self._note("general", _box_share(self._general.feed(luminance, darker < 0.8) > _CHANGES), seconds)
            either = saturated | self._saturated
            self._note("red", _box_share(self._red.feed(redness, either) > _CHANGES), seconds)
            self._saturated = saturated
            self._note("stripes", stripes, seconds)
            self._frames += 1

    def _note(self, kind: str, share: float, seconds: float) -> None:
        limit = 0.4 if kind == "stripes" else _QUARTER
        if share > limit:
            start, _end, most = self._open.get(kind, [seconds, seconds, 0.0])
            self._open[kind] = [start, seconds, max(most, share)]
        elif kind in self._open:
            self._close(kind)

    def _close(self, kind: str) -> None:
        start, end, share = self._open.pop(kind)
        end += float(1 / self.fps)
        if kind == "stripes" and end - start < _STRIPE_SECONDS:
            return
        # The second that was judged ends where it was noticed.
        start = max(0.0, start - 1) if kind != "stripes" else start
        self._found.append(Flash(kind, start, end, min(share, 1.0)))

    def flashes(self) -> list[Flash]:
        """What breaks the rule, in order of time."""
        for kind in list(self._open):
            self._close(kind)
        return sorted(self._found, key=lambda flash: (flash.start_s, flash.kind))


class _Light:
    """Mean light of a picture's cells, 64 across, and luminance at four times that resolution.

    Only what changed is looked at again.
    """

    def __init__(self, height: int, width: int) -> None:
        self.height = height
        across = min(CELLS_ACROSS * 4, width)
        down = max(1, min(round(across * height / width), height))
        self._fine = np.zeros((down, across, 3), np.float32)
        self._coarse = np.zeros((-(-down // 4), -(-across // 4), 3), np.float32)
        tall, wide = (np.diff(-(-np.arange(n + 1) * of // n)) for n, of in ((down, height), (across, width)))
        self._fine_pixels = (tall[:, None] * wide[None, :]).astype(np.float32)
        fours = (np.add.reduceat(sizes, np.arange(0, len(sizes), 4)) for sizes in (tall, wide))
        self._coarse_pixels = np.multiply.outer(*fours).astype(np.float32)[..., None]

    def see(self, frame: Frame, rows: Iterable[tuple[int, int]] | None) -> None:
        """Another picture; it equals the last one outside of ``rows``."""
        from tapehead.render.flashes.kernel import add_up_light

        frame, down = np.ascontiguousarray(frame), len(self._fine)
        for first, last in ((0, self.height),) if rows is None else rows:
            touched = first * down // self.height, (last - 1) * down // self.height + 1
            add_up_light(frame, _LIGHT, self._fine, self._coarse, *touched)

    def cells(self) -> Floats:
        """Mean light ``(rows, 64, 3)``."""
        means: Floats = self._coarse / self._coarse_pixels
        return means

    def luminance(self) -> Floats:
        """Relative luminance at four times the cells' resolution."""
        means: Floats = (self._fine @ _WEIGHTS) / self._fine_pixels
        return means


class _Windows:
    """Looks for stripes in windows of a quarter of the picture; a window that is the same is not judged again."""

    def __init__(self) -> None:
        self._judged: dict[tuple[int, int], tuple[Floats, bool]] = {}

    def share(self, luminance: Floats) -> float:
        """Share of the picture that regular stripes of any direction cover."""
        rows, columns = luminance.shape
        down, across = rows // 2, columns // 2
        if down < 12 or across < 12:
            return 0.0
        window = np.hanning(down)[:, None] * np.hanning(across)[None, :]
        covered = np.zeros((4, 4), bool)
        for top in range(3):
            for left in range(3):
                y, x = top * rows // 4, left * columns // 4
                part = luminance[y : y + down, x : x + across]
                known = self._judged.get((top, left))
                if known is None or not np.array_equal(known[0], part):
                    known = self._judged[top, left] = part.copy(), _is_striped(part, window)
                if known[1]:
                    covered[top : top + 2, left : left + 2] = True
        return float(covered.mean())


def _is_striped(part: Floats, window: Floats) -> bool:
    """Whether more than half of the variation is one wave (with what belongs to its frequency) of more than five
    periods, and light and dark differ by a tenth of white or more."""
    if part.std() < 0.05:
        return False
    down, across = part.shape
    power = np.abs(np.fft.fft2((part - part.mean()) * window)) ** 2
    ky, kx = (np.abs(np.fft.fftfreq(n) * n) for n in (down, across))
    periods = np.hypot(ky[:, None], kx[None, :])
    peak = np.unravel_index(np.argmax(power), power.shape)
    if periods[peak] <= _STRIPE_PAIRS:
        return False
    near = sum(power[(peak[0] + a) % down, (peak[1] + b) % across] for a in (-1, 0, 1) for b in (-1, 0, 1))
    return bool(2 * near > 0.5 * power.sum())
