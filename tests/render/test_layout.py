"""Every scene of every built-in episode, looked at in small pictures at each of its cues.

The scene is drawn with its animations skipped (each is taken to its end), so that all films together take minutes.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from manim import tempconfig
from manim.renderer.cairo_renderer import CairoRenderer

from tapehead.analysis.registry import load, obtain
from tapehead.analysis.store import Store
from tapehead.render.drawing.draw import BoxCamera, Tap, scene_class, settings_for
from tapehead.render.drawing.dry import SMALL, DryObserver
from tapehead.render.planning.film_plan import plan_scene
from tapehead.render.words.narration import narrate
from tapehead.render.words.voice import voice_named
from tapehead.scenes.episode import BUILT_IN, Episode, load_episode
from tapehead.scenes.filling import filled
from tapehead.scenes.spoken_numbers import contradictions
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.layout import problems
from tests.films import FOLDERS, PACKAGES


@cache
def episode_parts(folder: Path) -> tuple[Episode, dict, dict]:
    episode, store = load_episode(folder), Store()
    results = obtain(episode.analyses, episode.package, store, episode.seed)
    script = filled(episode.script(), lambda name: load(store, results[name], name))
    return episode, results, narrate(script, voice_named("none"), store)


class Looker(DryObserver):
    """Watches a scene whose animations are skipped and notes what is wrong at each moment of each cue."""

    def __init__(self) -> None:
        super().__init__(SMALL.fps)
        self.found: list[str] = []
        self.cues = 0

    def cue(self, scene: StageScene, key: str, moment: str) -> None:
        super().cue(scene, key, moment)
        self.cues += 1
        scene.renderer.static_image = None
        scene.renderer.update_frame(scene)
        self.found += [f"{key} ({moment}): {problem}" for problem in problems(scene, scene.camera.pixel_array)]


def look_at(scene_type: type[StageScene], context) -> Looker:
    looker = Looker()
    with tempfile.TemporaryDirectory() as media, tempconfig(settings_for(SMALL, Path(media), context.seed)):
        tap = type("NoTap", (Tap,), {"sink": staticmethod(lambda _pixels, _repeat: None)})
        renderer = CairoRenderer(file_writer_class=tap, camera_class=BoxCamera, skip_animations=True)
        bound = type(scene_type.__name__, (scene_type,), {"context": context, "observer": looker})
        looker.scene = bound(renderer=renderer)
        looker.scene.render()
    return looker


SLOW = {"circuit_report", "direction_report", "editing", "puppet_show"}
"""Films whose results take minutes to a quarter of an hour to compute."""
LONG = (pytest.mark.long, pytest.mark.timeout(3600))


def marks_of(film: str) -> tuple[Any, ...]:
    """The tests of a film share a process, which computes its results; films go apart."""
    return (pytest.mark.xdist_group(f"layout of {film}"), *(LONG if film in SLOW else ()))


def every_film() -> list[Any]:
    return [pytest.param(name, marks=marks_of(name)) for name in PACKAGES]


@pytest.mark.parametrize("slug", every_film())
def test_spoken_numbers_are_those_of_the_results(slug: str) -> None:
    episode, results, _lines = episode_parts((BUILT_IN / slug).resolve())
    store = Store()
    script = filled(episode.script(), lambda name: load(store, results[name], name))
    assert list(contradictions(script, lambda name: load(store, results[name], name))) == []


def all_scenes() -> list[Any]:
    return [
        pytest.param(folder, scene.name, marks=marks_of(folder.name))
        for folder in FOLDERS
        for scene in load_episode(folder).scenes
    ]


@pytest.mark.parametrize(("folder", "name"), all_scenes(), ids=lambda value: getattr(value, "name", value))
def test_every_cue_can_be_read(folder: Path, name: str) -> None:
    episode, results, lines = episode_parts(folder)
    plan = plan_scene(episode, episode.scene(name), SMALL, results, lines, episode.seed)
    looker = look_at(scene_class(episode.package, folder, plan.target), plan.context)
    assert looker.cues >= 2 * len(plan.context.lines)
    assert not looker.found, "\n".join(looker.found)


# -- the check itself can fail -----------------------------------------------------------------------


def bad_scene(draw) -> type[StageScene]:
    class Bad(StageScene):
        def construct(self) -> None:
            draw(self)
            with self.say("corners.start"):
                pass

    return Bad


def problems_of(draw) -> str:
    folder = BUILT_IN / "odd_squares"
    episode, results, lines = episode_parts(folder)
    plan = plan_scene(episode, episode.scene("corners"), SMALL, results, lines, episode.seed)
    context = plan.context
    only = {"corners.start": context.lines["corners.start"]}
    object.__setattr__(context, "lines", only)
    return "\n".join(look_at(bad_scene(draw), context).found)


def test_the_check_sees_what_it_should() -> None:
    from manim import LEFT, Rectangle

    from tapehead.scenes.stage.lettering import TINY, Words
    from tapehead.scenes.stage.palette import FAINT

    assert problems_of(lambda scene: scene.add(Words("all is well"))) == ""
    assert "leaves the frame" in problems_of(lambda scene: scene.add(Words("off").shift(7.5 * LEFT)))
    assert "overlap" in problems_of(lambda scene: scene.add(Words("one"), Words("two")))
    assert "contrast" in problems_of(lambda scene: scene.add(Words("faint", color=FAINT)))
    assert "smallest" in problems_of(lambda scene: scene.add(Words("little", size=TINY).scale(0.7)))
    white = Rectangle(width=6, height=2, fill_opacity=1, color="#FFFFFF")
    assert "contrast" in problems_of(lambda scene: scene.add(white, Words("white on white")))
