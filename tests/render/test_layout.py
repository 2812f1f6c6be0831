"""Every scene of every built-in episode, looked at in small pictures at each of its cues.

The scene is drawn with its animations skipped (each is taken to its end), so that all films together take minutes.
By default one or two scenes of each film are looked at; the rest is for `make test-long`.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from manim import tempconfig
from manim.renderer.cairo_renderer import CairoRenderer

from tapehead.analysis.registry import load, obtain, with_inputs
from tapehead.analysis.results import Result
from tapehead.analysis.store import Entry, Store
from tapehead.render.drawing.draw import BoxCamera, Tap, scene_class, settings_for
from tapehead.render.drawing.dry import SMALL, DryObserver
from tapehead.render.planning.film_plan import plan_scene
from tapehead.render.words.narration import narrate
from tapehead.render.words.voice.choose import voice_named
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


SLOW = {
    "analogous_circuits", "circuit_report", "direction_report", "editing", "friends", "game_sales", "intuitive_math",
    "one_is_1", "pareidolia", "puppet_show", "remembered_patterns", "sequence_circuits",
}  # fmt: skip
"""Films whose results take from twenty seconds to a quarter of an hour to compute."""
QUICK = {
    "analogous_circuits": ("tiles",),
    "friends": ("rulers",),
    "game_sales": ("pairs",),
    "intuitive_math": ("hyperplane",),
    "one_is_1": ("panels",),
    "pareidolia": ("seen",),
    "puppet_show": ("corridor",),
    "remembered_patterns": ("glass",),
    "sequence_circuits": ("tower",),
}
"""Scenes of theirs that need few of these results: by default only they are looked at, with the results they use."""
SOME = {"gallery": ("points", "webs"), "linear_algebra": ("hook", "lost")}
"""Of films whose results are quick, the scenes that are looked at by default; of others all."""
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


def marks_of_scene(film: str, scene: str) -> tuple[Any, ...]:
    """Whether anything is found at all is asked of a few scenes; all of them are looked at by `make test-long`."""
    late = film not in SLOW and scene not in SOME.get(film, (scene,))
    return (*marks_of(film), *(LONG if late else ()))


def all_scenes() -> list[Any]:
    return [
        pytest.param(folder, scene.name, marks=marks_of_scene(folder.name, scene.name))
        for folder in FOLDERS
        for scene in load_episode(folder).scenes
    ]


def named(value: Any) -> str:
    return str(getattr(value, "name", value))


def check_cues(episode: Episode, name: str, results: dict[str, Entry], lines: dict) -> None:
    plan = plan_scene(episode, episode.scene(name), SMALL, results, lines, episode.seed)
    looker = look_at(scene_class(episode.package, episode.folder, plan.target), plan.context)
    assert looker.cues >= 2 * len(plan.context.lines)
    assert not looker.found, "\n".join(looker.found)


@pytest.mark.parametrize(("folder", "name"), all_scenes(), ids=named)
def test_every_cue_can_be_read(folder: Path, name: str) -> None:
    episode, results, lines = episode_parts(folder)
    check_cues(episode, name, results, lines)


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        pytest.param(folder, name, marks=pytest.mark.xdist_group(f"quick scenes of {folder.name}"))
        for folder in FOLDERS
        for name in QUICK.get(folder.name, ())
    ],
    ids=named,
)
def test_a_film_of_long_results_is_looked_at_where_few_of_them_do(folder: Path, name: str) -> None:
    """Its lines say what the results hold, and its cues can be read; the other scenes are for `make test-long`."""
    episode, store = load_episode(folder), Store()
    results: dict[str, Entry] = {}

    def read(result: str) -> Result:
        if result not in results:
            results.update(obtain(with_inputs(episode.analyses, [result]), episode.package, store, episode.seed))
        return load(store, results[result], result)

    for result in episode.scene(name).uses:
        read(result)
    script = filled(replace(episode.script(), lines=episode.script().scene(name)), read)
    assert list(contradictions(script, read)) == []
    check_cues(episode, name, results, narrate(script, voice_named("none"), store))


def test_films_of_long_results_are_named_once() -> None:
    assert set(QUICK) <= SLOW <= set(PACKAGES)
    assert set(SOME) <= set(PACKAGES) - SLOW
    for film, names in (QUICK | SOME).items():
        assert set(names) <= {scene.name for scene in load_episode(BUILT_IN / film).scenes}


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
