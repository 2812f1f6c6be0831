"""The gallery is the regression test of the charts: an example of each, in its box, in letters that can be read.

That nothing overlaps is looked at where all films are (`tests/render/test_layout.py`); the long tests draw it whole.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from manim import Group, Mobject, VGroup, tempconfig

from tapehead.analysis.results import Result
from tapehead.analysis.store import Store
from tapehead.render.drawing.draw import scene_class
from tapehead.render.drawing.dry import SMALL
from tapehead.render.planning.film_plan import plan_scene
from tapehead.scenes.episode import BUILT_IN, find_episode
from tapehead.scenes.stage import charts
from tapehead.scenes.stage.charts import Chart, ImageGrid, ImageRows, NamedAxes
from tapehead.scenes.stage.charts.chart import Unaxed
from tapehead.scenes.stage.lettering import TINY, Lettering
from tests.render.test_layout import episode_parts

FOUR = ("runs-longest", "walks-paths", "heat", "counter")
"""Figures of the kinds of which one scene each has an example."""
SCENES = [scene.name for scene in find_episode("gallery").scenes]
KINDS = {
    kind
    for name in charts.__all__
    if isinstance(kind := getattr(charts, name), type) and issubclass(kind, VGroup | Group)
} - {Chart, NamedAxes}


def noting(lay_out: Callable[[Any], None], made: list[Mobject]) -> Callable[[Any], None]:
    """The same, and the chart is kept."""

    def noted(self: Any) -> None:
        lay_out(self)
        made.append(self)

    return noted


@contextlib.contextmanager
def at_once(_scene: Any, _key: str) -> Iterator[SimpleNamespace]:
    """A line whose marks all come two seconds after each other, for which nobody waits."""
    yield SimpleNamespace(to=lambda _mark: 2.0, until=lambda _mark: None, left=2.0)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[Mobject]]]:
    """The charts of each scene, made and not played."""
    folder = (BUILT_IN / "gallery").resolve()
    episode, results, lines = episode_parts(folder)
    found: dict[str, list[Mobject]] = {}
    media = str(tmp_path_factory.mktemp("media"))
    with tempconfig({"media_dir": media, "dry_run": True}):
        for scene in episode.scenes:
            plan = plan_scene(episode, scene, SMALL, results, lines, episode.seed)
            found[scene.name] = []
            with pytest.MonkeyPatch.context() as noted:
                for each in (Chart, Unaxed, ImageGrid, ImageRows):
                    noted.setattr(each, "_lay_out", noting(each._lay_out, found[scene.name]))
                kind = scene_class(episode.package, folder, plan.target)
                quiet = {"context": plan.context, "play": lambda *_given, **_options: None, "say": at_once}
                type(kind.__name__, (kind,), quiet)().construct()
        yield found


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
