"""The tape tears by what is missing, and the log says which reading tore it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tapehead.analysis.results import Result, quantity
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.tape_track import OWN
from tapehead.scenes.stage.tears import SHARE, TALL, TORN, mend, tear, tear_apart
from tests.scenes.stage.test_tape_deck import played, values

LEFT = Result({"left": quantity([100.0, 75.0, 0.0, 112.0], "head", unit="%"), "share": quantity(0.2)}, name="cut")


def test_the_less_is_left_the_more_it_tears(tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        for head in range(4):
            tear(scene, LEFT.read("left", head=head), over=0.0)
            scene.hold(0.1)
        tear(scene, LEFT.read("share"), SHARE, over=0.0)
        scene.hold(0.1)
        mend(scene, over=0.0)
        scene.hold(0.1)

    track, _ = played(construct, tmp_path)
    error = [value for _, value in values(track, "track.error", 5)]
    assert error == pytest.approx([0.0, TORN / 4, TORN, 0.0, 0.8 * TORN])
    # the band grows from the preset's own height to its tallest
    height = values(track, "track.height", 5)
    assert [share for share, _ in height] == pytest.approx([1.0, 0.75, 0.0, 1.0, 0.2])
    assert height[2][1] == pytest.approx(TALL)
    assert values(track, "track.error", 6)[5] == pytest.approx(OWN)
    assert {key.driver for key in track.keys if key.setting == "track.error" and key.driver} == {
        "cut/left",
        "cut/share",
    }


def test_the_badge_is_spared_once(tmp_path: Path) -> None:
    seen = []

    def construct(scene: StageScene) -> None:
        for head in (1, 2):
            tear(scene, LEFT.read("left", head=head), over=0.0)
            scene.hold(0.1)
        seen.append(scene.tape.is_kept_clean(scene.standing_badge))

    track, _ = played(construct, tmp_path)
    assert seen == [True]
    assert len(track.regions) == 1


def test_the_rule_can_be_shown_where_no_number_is(tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        tear_apart(scene, over=0.3)
        scene.hold(0.5)
        mend(scene, over=0.2)
        scene.hold(0.4)

    track, _ = played(construct, tmp_path)
    assert values(track, "track.error", 9)[4] == pytest.approx((0.0, TORN))
    assert values(track, "track.height", 9)[4] == pytest.approx((0.0, TALL))
    assert values(track, "track.error", 9)[8] == pytest.approx(OWN)
