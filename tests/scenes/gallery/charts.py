"""The charts of the gallery as its scenes make them, without playing anything."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from manim import Mobject, tempconfig

from tapehead.render.drawing.draw import scene_class
from tapehead.render.drawing.dry import SMALL
from tapehead.render.planning.film_plan import plan_scene
from tapehead.scenes.episode import BUILT_IN
from tapehead.scenes.stage.charts import Chart, ImageGrid, ImageRows
from tapehead.scenes.stage.charts.chart import Unaxed
from tests.render.test_layout import episode_parts


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


def charts_of_gallery(media: str) -> dict[str, list[Mobject]]:
    """The charts of each scene, in the order in which they are laid out; Manim's files go to ``media``."""
    folder = (BUILT_IN / "gallery").resolve()
    episode, results, lines = episode_parts(folder)
    found: dict[str, list[Mobject]] = {}
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
    return found
