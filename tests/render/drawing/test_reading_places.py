"""Where readings stand in the picture: from the animation that brings them to the one that takes them away."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tapehead.analysis.results import Result, quantity
from tapehead.analysis.store import Store
from tapehead.render.drawing.cues import CUES, CueList
from tapehead.render.drawing.draw import draw
from tapehead.render.drawing.master import MasterReader
from tapehead.render.quality import Quality
from tapehead.scenes.stage.context import StageContext

SCENE = """
from manim import RIGHT, FadeIn, FadeOut, Square
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import Words


class Moves(StageScene):
    def construct(self):
        first = Words("{x}", x=self.result("r").read("x", i=0), size=96)
        self.play(FadeIn(first), run_time=1)
        self.play(first.animate.shift(3 * RIGHT), run_time=1)
        self.hold(1)
        second = Words("{x} of {y}", x=self.result("r").read("x", i=1), y=self.result("r").read("x", i=2))
        self.play(FadeOut(first), FadeIn(second.shift(2 * RIGHT)), run_time=1)
        self.play(FadeOut(second), FadeIn(Square()), run_time=1)
        self.hold(1)
"""


@pytest.fixture
def cues(tmp_path: Path) -> CueList:
    """Of a scene in which a number comes, moves and goes."""
    folder = tmp_path / "film"
    folder.mkdir()
    (folder / "scene.py").write_text(SCENE)
    (folder / "__init__.py").write_text("")
    store = Store(tmp_path / "store")
    store.put_result("a" * 64, Result({"x": quantity([2.5, 7.0, 9.25], "i")}), {})
    context = StageContext("E", "moves", "S", 10, 1, {}, {"r": str(store.place("result", "a" * 64))})
    out = tmp_path / "out"
    out.mkdir()
    draw("tests_moves", folder, ".scene:Moves", context, Quality("tiny", 160, 90, 10), out, tmp_path)
    return CueList.load(out / CUES)


def test_places_hold_from_coming_to_going(cues: CueList, tmp_path: Path) -> None:
    shown = [cues.numbers[number]["shown"] for number in range(3)]
    assert shown == ["2.5", "7", "9.25"]
    spans = [(each["first"], each["last"], each["numbers"]) for each in cues.places]
    assert spans == [(0, 20, [0]), (10, 40, [0]), (30, 50, [1, 2])]
    first, moved, _ = (np.array(each["box"]) for each in cues.places)
    width = 8 * 160 / 90
    assert np.allclose(moved - first, [3 / width, 0, 3 / width, 0], atol=2e-3)


def test_in_the_box_is_the_number_and_nothing_beside_it(cues: CueList, tmp_path: Path) -> None:
    frame = MasterReader(tmp_path / "out" / "frames.tpf").frame(28)[:80].astype(int)  # without the badge's corner
    lit = frame.max(axis=2) > 60
    rows, columns = np.nonzero(lit)
    left, top, right, bottom = cues.places[1]["box"]
    assert left * 160 - 2 <= columns.min() <= left * 160 + 2
    assert right * 160 - 2 <= columns.max() + 1 <= right * 160 + 2
    assert top * 90 - 2 <= rows.min() <= top * 90 + 2
    assert bottom * 90 - 2 <= rows.max() + 1 <= bottom * 90 + 2
