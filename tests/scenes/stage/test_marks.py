"""A tick and a cross: one stroke and two, in colours that differ, each about as large as a word."""

from __future__ import annotations

import numpy as np

from tapehead.scenes.stage.marks import tick
from tapehead.scenes.stage.palette import BAD, GOOD


def test_a_tick_is_one_stroke_and_a_cross_two_that_cross():
    yes, no = tick(True), tick(False)
    assert len(yes.family_members_with_points()) == 1 and len(no.family_members_with_points()) == 2
    assert yes.get_stroke_color().to_hex().upper() == GOOD.upper()
    assert {part.get_stroke_color().to_hex().upper() for part in no.get_family()} == {BAD.upper()}
    first, second = no.family_members_with_points()
    assert np.allclose(first.get_center(), second.get_center()) and first.get_start()[1] < 0 < second.get_start()[1]
    assert all(0.4 < mark.width < 0.7 for mark in (yes, no))
