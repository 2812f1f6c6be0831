"""What a check says of scenes that cannot be drawn on this machine: LaTeX, or a file that they name, is not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tapehead.render.check.problems import ADVICE, ERROR, Problem
from tapehead.render.planning.needs import Need, Needs, told_needs, way_to_latex
from tapehead.scenes.episode import Episode, SceneRef


def unmet(episode: Episode) -> dict[str, list[Need]]:
    """By scene, what each plain scene needs and has not; those that have everything are left out.

    Scenes of the stage say it when they are walked through, which takes no reading between the lines.
    """
    needs = Needs(episode.folder)
    found = {scene.name: _missing(needs, episode, scene) for scene in episode.scenes if scene.plain}
    return {name: missing for name, missing in found.items() if missing}


def need_problems(episode: Episode, scenes: Iterable[SceneRef]) -> Iterator[Problem]:
    """All that these scenes need and have not; the way to LaTeX is told once for all of them."""
    needs = Needs(episode.folder)
    for scene in scenes:
        missing = _missing(needs, episode, scene)
        for told in told_needs(scene, missing, episode.folder):
            yield Problem(ERROR, told)
        if not all(need.reader for need in missing):
            yield Problem(ADVICE, way_to_latex(scene.plain))


def _missing(needs: Needs, episode: Episode, scene: SceneRef) -> list[Need]:
    module, _, name = scene.target.partition(":")
    path = episode.folder / f"{module.lstrip('.').replace('.', '/')}.py"
    return needs.missing(path.resolve(), name)
