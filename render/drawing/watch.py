"""Looks at a scene while it is drawn and notes what a viewer would stumble over, and when.

The layout is looked at where the picture stands: at the end of each animation and in each hold.  From frame to frame
only what is cheap is asked: whether anything is seen, and whether anything moves.  What jumps is found where it can
happen, between the end of one animation and the beginning of the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from manim import Mobject, Wait

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.layout import Finding, findings
from tapehead.scenes.stage.lettering import Lettering
from tapehead.scenes.stage.record import is_visible

LONGEST_EMPTY_S, LONGEST_HOLD_S = 0.5, 6.0
LIT, SHARE = 48, 0.0008
"""A frame holds a picture if so much of it is brighter than this; the ground is 16 at most."""
LEAST_JUMP = 0.3
"""Frame units."""
_ROWS = 135
_MOST = 200
"""Findings of one scene that are kept."""


def is_empty(pixels: np.ndarray) -> bool:
    """Whether nothing is seen but the badge in its corner, lower left; uint8 (height, width, 3 or 4)."""
    light = pixels[..., :3].max(axis=2) > LIT
    height, width = light.shape
    light[-height // 8 :, : width // 2] = False
    return bool(light.mean() < SHARE)


@dataclass
class _Stretch:
    """A row of frames of one kind, from the first to where it ended."""

    since: int | None = None


class LayoutWatch:
    """Collects the findings of one scene; frames are counted from its first one."""

    def __init__(self, fps: float, keep: bool = False) -> None:
        self.fps, self._keep = fps, keep
        self.pictures: dict[int, np.ndarray] = {}
        """With ``keep``: the pictures of what was found where something stands, by frame."""
        self.found: list[dict[str, Any]] = []
        self._known: set[tuple[str, ...]] = set()
        self._empty, self._hold = _Stretch(), _Stretch(0)
        self._last: np.ndarray | None = None
        self._stood: dict[int, tuple[Mobject, np.ndarray, float]] = {}

    def begins(self, scene: StageScene, frame: int) -> None:
        """An animation is about to start: what stands elsewhere than where the last one left it has jumped."""
        for mobject, place, width in self._stood.values():
            if mobject not in scene.mobjects or not is_visible(mobject):
                continue
            far = float(np.linalg.norm(mobject.get_center() - place))
            if far > LEAST_JUMP and abs(float(mobject.width) - width) < 0.2 * max(width, 0.1):
                name = " ".join(mobject.plain_text.split())[:40] if isinstance(mobject, Lettering) else ""
                called = f"'{name}'" if name else f"a {type(mobject).__name__}"
                what = f"{called} jumps by {far:.2f} between two frames; let it move with .animate"
                self._note(frame, Finding("jump", what, (called, str(frame))))

    def ends(self, scene: StageScene, frame: int, pixels: np.ndarray) -> None:
        """An animation is over; ``pixels`` is its last frame, of number ``frame``."""
        for finding in findings(scene, pixels):
            if self._note(max(0, frame), finding) and self._keep:
                self.pictures[max(0, frame)] = pixels[..., :3].copy()
        self._stood = {
            id(each): (each, each.get_center().copy(), float(each.width))
            for each in scene.mobjects
            if is_visible(each) and each is not getattr(scene, "_badge", None)
        }

    def shows(self, pixels: np.ndarray, first: int, frames: int, moving: bool) -> None:
        """``frames`` equal frames from number ``first`` on are written; ``moving``: one of an animation."""
        stride = max(1, pixels.shape[0] // _ROWS)
        sample = pixels[::stride, ::stride, :3].copy()
        if not is_empty(sample.copy()):
            self._close_empty(first)
        elif self._empty.since is None:
            self._empty.since = first
        if moving or self._last is None or not np.array_equal(self._last, sample):
            self._close_hold(first)
            self._hold.since = first
        self._last = sample

    def moves(self, first: int, last: int) -> None:
        """Something moves from frame ``first`` to ``last``, and no frame of it was painted."""
        self._close_empty(first)
        self._close_hold(first)
        self._hold.since, self._last = last, None

    def finish(self, frames: int) -> list[dict[str, Any]]:
        """The scene is over after so many frames: all findings, in the order of their times."""
        self._close_empty(frames)
        self._close_hold(frames)
        return sorted(self.found, key=lambda each: each["frame"])

    def _close_empty(self, frame: int) -> None:
        since, self._empty.since = self._empty.since, None
        if since is not None and (seconds := (frame - since) / self.fps) > LONGEST_EMPTY_S:
            self._note(since, Finding("empty", f"nothing is seen for {seconds:.1f} s", (str(since),)))

    def _close_hold(self, frame: int) -> None:
        since = self._hold.since
        if since is not None and (seconds := (frame - since) / self.fps) > LONGEST_HOLD_S:
            self._note(since, Finding("hold", f"nothing moves for {seconds:.1f} s", (str(since),)))

    def _note(self, frame: int, finding: Finding) -> bool:
        """Keep a finding, the first of its kind about its subject; says whether it was."""
        key = (finding.kind, *finding.subject)
        new = key not in self._known and len(self.found) < _MOST
        if new:
            self._known.add(key)
            place = None if finding.box is None else [round(each, 3) for each in finding.box]
            self.found.append({"frame": frame, "kind": finding.kind, "what": finding.what, "box": place})
        return new


def stands_still(scene: StageScene) -> bool:
    """Whether the animation that was played last was a wait."""
    return all(isinstance(each, Wait) for each in scene.animations or ())
