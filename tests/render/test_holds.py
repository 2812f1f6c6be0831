"""With the times of the lines that ship, no picture of a film stands still for longer than six seconds.

Only times are asked: every animation is taken to its end, and nothing is painted, so a film takes seconds.  A film
whose lines do not ship has no times that all machines share; to look at one all the same:

    python -m tests.render.test_holds EPISODE [VOICE]
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from manim import Create, FadeIn, Square, Wait, tempconfig
from manim.renderer.cairo_renderer import CairoRenderer

from tapehead.analysis.registry import load, obtain
from tapehead.analysis.store import Store
from tapehead.render.assets import asset
from tapehead.render.drawing.draw import BoxCamera, Tap, scene_class, settings_for
from tapehead.render.planning.film_plan import plan_scene
from tapehead.render.words.narration import narrate
from tapehead.render.words.voice.choose import voice_named
from tapehead.render.words.voice.natural import NaturalVoice
from tapehead.render.words.voice.speech import Speech, Voice
from tapehead.scenes.episode import find_episode
from tapehead.scenes.filling import filled
from tapehead.scenes.script import Line, Speaker
from tapehead.scenes.stage.base import StageScene
from tests.render.test_layout import LONG, SMALL, Looker

LONGEST_S = 6.0
FIRST = ("odd-squares",)

Stretch = tuple[str, float, float]
"""Where in a scene: the line spoken, or the last one; start and end in seconds of the scene."""


class ShippedTimes(NaturalVoice):
    """The words' times of the lines that ship, with silence for sound: nothing is decoded or spoken."""

    def speak(self, line: Line, speaker: Speaker, spoken: str) -> Speech:
        there = self._shipped(speaker, spoken)
        assert there, f"line '{line.key}' does not ship: tapehead speak EPISODE --ship"
        return Speech(np.zeros(there[1].samples, np.float32), 48000, list(there[1].words), True)


class Timekeeper(Looker):
    """Notes when something moves, and during which line."""

    def __init__(self) -> None:
        super().__init__()
        self.line = "(before the first line)"
        self.moving: list[tuple[float, float, str]] = []

    def cue(self, scene: StageScene, key: str, moment: str) -> None:
        self.line = key


class Unpainted(CairoRenderer):
    """Time passes, and nothing is drawn."""

    def update_frame(self, *_: Any, **__: Any) -> None:
        pass

    def play(self, scene: Any, *animations: Any, **options: Any) -> None:
        began = self.time
        super().play(scene, *animations, **options)
        if not all(isinstance(each, Wait) for each in scene.animations):
            scene.observer.moving.append((began, self.time, scene.observer.line))


def holds_of(scene_type: type[StageScene], context: Any) -> tuple[list[Stretch], float]:
    """The stretches of a scene in which nothing moves, and its length in seconds."""
    keeper = Timekeeper()
    with tempfile.TemporaryDirectory() as media, tempconfig(settings_for(SMALL, Path(media), context.seed)):
        tap = type("NoTap", (Tap,), {"sink": staticmethod(lambda _pixels, _repeat: None)})
        renderer = Unpainted(file_writer_class=tap, camera_class=BoxCamera, skip_animations=True)
        names = {"context": context, "observer": keeper, "__module__": scene_type.__module__}
        keeper.scene = type(scene_type.__name__, (scene_type,), names)(renderer=renderer)
        keeper.scene.render()
        length = keeper.scene.time
    found, at, said = list[Stretch](), 0.0, "(start)"
    for began, ended, line in keeper.moving:
        if began > at + 1e-6:
            found.append((said, at, began))
        at, said = ended, line
    return [*found, (said, at, length)], length


def long_holds(scenes: Iterable[tuple[str, list[Stretch], float]], longest: float = LONGEST_S) -> list[str]:
    """Holds of a film that are too long; one that goes on over a cut, where the picture changes, ends there."""
    return [
        f"{name}, after the last movement in '{line}' at {start:.1f} s: nothing moves for {end - start:.1f} s"
        for name, holds, _ in scenes
        for line, start, end in holds
        if end - start > longest
    ]


def film_holds(slug: str, voice: Voice, store: Store) -> list[tuple[str, list[Stretch], float]]:
    """For every scene of a film, its holds and its length."""
    episode = find_episode(slug)
    results = obtain(episode.analyses, episode.package, store, episode.seed)
    script = filled(episode.script(), lambda name: load(store, results[name], name))
    with tempfile.TemporaryDirectory() as folder:
        lines = narrate(script, voice, Store(Path(folder)))
    found = []
    for scene in episode.scenes:
        plan = plan_scene(episode, scene, SMALL, results, lines, episode.seed)
        found.append((scene.name, *holds_of(scene_class(episode.package, episode.folder, plan.target), plan.context)))
    return found


def films_that_ship() -> list[Any]:
    """Each is drawn once more than in `test_layout`, so by default only the shortest."""
    slugs = sorted(path.parent.name for path in asset("voices").glob("lines/*/lines.json"))
    return [
        pytest.param(slug, marks=() if slug in FIRST else (*LONG, pytest.mark.xdist_group(f"holds of {slug}")))
        for slug in slugs
    ]


@pytest.mark.parametrize("slug", films_that_ship())
def test_nothing_stands_still_for_long(slug: str) -> None:
    episode = find_episode(slug)
    shipped = json.loads((asset("voices") / "lines" / slug / "lines.json").read_text(encoding="utf-8"))
    lines = {line.key for line in episode.script().lines}
    assert 0 < len(shipped) <= len(lines), "nothing stale ships; what is said twice ships once"
    assert not (long := long_holds(film_holds(slug, ShippedTimes(), Store()))), "\n".join(long)


def test_a_long_hold_is_found() -> None:
    episode = find_episode("odd-squares")
    store = Store()
    results = obtain(episode.analyses, episode.package, store, episode.seed)
    with tempfile.TemporaryDirectory() as folder:
        lines = narrate(episode_script(episode, results, store), voice_named("none"), Store(Path(folder)))
    context = plan_scene(episode, episode.scenes[0], SMALL, results, lines, episode.seed).context
    context = replace(context, lines={})

    class Still(StageScene):
        def construct(self) -> None:
            square = Square()
            self.play(FadeIn(square), run_time=1.0)
            self.hold(7.0)
            self.play(Create(Square()), run_time=1.0)
            self.hold(2.0)

    holds, length = holds_of(Still, context)
    assert length == pytest.approx(11.0, abs=0.2)
    assert [(round(start), round(end)) for _, start, end in holds] == [(1, 8), (9, 11)]
    assert len(long_holds([("one", holds, length)])) == 1
    assert not long_holds([("one", holds, length)], 8.0)


def episode_script(episode: Any, results: Any, store: Store) -> Any:
    return filled(episode.script(), lambda name: load(store, results[name], name))


if __name__ == "__main__":
    spec = sys.argv[2] if len(sys.argv) > 2 else ""
    for each in (made := film_holds(sys.argv[1], voice_named(spec) if spec else ShippedTimes(), Store())):
        print(f"{each[0]}: {each[2]:.1f} s, longest hold {max(end - start for _, start, end in each[1]):.1f} s")
    print("\n".join(long_holds(made)) or f"no hold over {LONGEST_S:g} s")
