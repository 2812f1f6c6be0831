"""Yes and no as drawings: a tick and a cross, told apart by shape and by colour."""

from __future__ import annotations

import numpy as np
from manim import VMobject

from tapehead.scenes.stage.palette import BAD, GOOD

_TICK = ([-0.25, 0, 0], [-0.05, -0.22, 0], [0.32, 0.3, 0])
_ONE, _OTHER = ([-0.25, -0.25, 0], [0.25, 0.25, 0]), ([-0.25, 0.25, 0], [0.25, -0.25, 0])


def tick(ok: bool) -> VMobject:
    """A tick, or a cross where it is not ``ok``; about 0.6 frame units wide, at the origin."""
    mark = VMobject().set_points_as_corners([np.array(p) for p in (_TICK if ok else _ONE)])
    if not ok:
        mark.add(VMobject().set_points_as_corners([np.array(p) for p in _OTHER]))
    mark.set_stroke(GOOD if ok else BAD, 9).set_fill(opacity=0)
    return mark
