"""The gallery is the regression test of the charts: an example of each, in its box, in letters that can be read.

That nothing overlaps is looked at where all films are (`tests/render/test_layout.py`); the long tests draw it whole.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from manim import RIGHT, Group, Mobject, VGroup

from tapehead.analysis.results import Result
from tapehead.analysis.store import Store
from tapehead.scenes.episode import find_episode
from tapehead.scenes.stage import charts
from tapehead.scenes.stage.charts import Chart, NamedAxes
from tapehead.scenes.stage.lettering import TINY, Lettering
from tests.scenes.gallery.charts import charts_of_gallery
from tests.scenes.gallery.looks import differs, kept, look_of

FOUR = ("runs-longest", "walks-paths", "heat", "counter")
"""Figures of the kinds of which one scene each has an example."""
SCENES = [scene.name for scene in find_episode("gallery").scenes]
KINDS = {
    kind
    for name in charts.__all__
    if isinstance(kind := getattr(charts, name), type) and issubclass(kind, VGroup | Group)
} - {Chart, NamedAxes}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Mobject]]:
    """The charts of each scene, made and not played."""
    return charts_of_gallery(str(tmp_path_factory.mktemp("media")))


@pytest.mark.parametrize("name", SCENES)
def test_every_chart_lies_in_its_box_with_letters_that_can_be_read(name: str, made: dict[str, list[Mobject]]) -> None:
    assert len(made[name]) >= 2
    for chart in made[name]:
        box = chart.box  # type: ignore[attr-defined]
        letters = [part for part in chart.get_family() if isinstance(part, Lettering) and part.submobjects]
        assert letters
        for part in letters:
            assert part.size * part.drawn_scale() >= 0.99 * TINY, part.plain_text
            assert box.left - 0.1 <= part.get_left()[0] <= part.get_right()[0] <= box.right + 0.1, part.plain_text
            assert box.bottom - 0.1 <= part.get_bottom()[1] <= part.get_top()[1] <= box.top + 0.35, part.plain_text


@pytest.mark.parametrize("name", SCENES)
def test_every_chart_looks_as_it_did(name: str, made: dict[str, list[Mobject]]) -> None:
    """If it is meant to look otherwise now: look at it, and write the pictures anew as `looks.py` says."""
    before = kept()[name]
    assert len(made[name]) == len(before)
    for number, (chart, look) in enumerate(zip(made[name], before, strict=True)):
        now = look_of(chart)
        assert now.max() > 60, "there is something to be seen"
        assert not differs(now, look), f"chart {number} ({type(chart).__name__}) of {name}"


@pytest.mark.parametrize("name", SCENES)
def test_a_chart_that_moved_a_little_looks_otherwise(name: str, made: dict[str, list[Mobject]]) -> None:
    for chart, look in zip(made[name], kept()[name], strict=True):
        assert differs(look_of(chart.copy().shift(0.15 * RIGHT)), look), type(chart).__name__


def test_every_kind_of_chart_has_an_example(made: dict[str, list[Mobject]]) -> None:
    there = {type(chart) for charts_there in made.values() for chart in charts_there}
    assert not KINDS - there


def test_every_figure_of_it_is_drawn_in_print(tmp_path: Path) -> None:
    from tapehead.analysis.registry import load, obtain
    from tapehead.render.figures.make import Wanted, declared, make_figures
    from tapehead.render.figures.style import STYLES

    episode, store = find_episode("gallery"), Store()
    entries = obtain(episode.analyses, episode.package, store, episode.seed)
    assert isinstance(load(store, entries["dice"], "dice"), Result)
    wanted = [
        one
        for one in declared(episode)
        if one.name in ("dice-means", "daylight-days", "dice-heaps", "divisors-divides", *FOUR)
    ]
    paths = make_figures(episode, wanted, entries, store, STYLES["light"], Wanted(("svg",)), tmp_path / "figures")
    assert len([path for path in paths if path.suffix == ".svg"]) == 8
    days = (tmp_path / "figures" / "daylight-days.svg").read_text(encoding="utf-8")
    assert "Jan 2027" in days
    assert "since" not in days
